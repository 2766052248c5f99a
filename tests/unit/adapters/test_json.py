"""The strict converter: what it refuses, and that it names every place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve, field, frozen

from askul_connect.adapters import _json
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import DocumentError, DocumentTooLarge, ValueInvalid
from askul_connect.core.messages.accounts import AddUserRequest
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.ordering import OrderLineRequest, PlaceOrderRequest

LINE = OrderLineRequest(
    line_id="1",
    sku="A",
    quantity=2,
    unit="C62",
    expected_unit_price=Decimal("1.50"),
    requested_on=date(2026, 12, 1),
)
ORDER = PlaceOrderRequest(purchase_order_id="P", buyer_party="b", currency="JPY", lines=(LINE,))
WRITTEN = _json.dumps(ORDER)


def test_the_form_on_the_wire() -> None:
    assert WRITTEN == (
        b'{"purchase_order_id":"P","buyer_party":"b","currency":"JPY","lines":[{"line_id":"1","sku":"A","quantity":2,'
        b'"unit":"C62","expected_unit_price":"1.50","department":"","cost_centre":"","requested_on":"2026-12-01"}],'
        b'"issue_year":0,"price_tolerance":"0","on_price_change":"refuse_order","trial":false}'
    )


def test_absent_fields_have_their_defaults() -> None:
    read = _json.loads(
        PlaceOrderRequest, b'{"purchase_order_id":"P","buyer_party":"b","currency":"J","lines":[]}'
    )

    assert read == PlaceOrderRequest(purchase_order_id="P", buyer_party="b", currency="J", lines=())


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        (b'"quantity":2', b'"quantity":2.0', "$.lines[0].quantity"),
        (b'"quantity":2', b'"quantity":"2"', "$.lines[0].quantity"),
        (b'"quantity":2', b'"quantity":true', "$.lines[0].quantity"),
        (b'"quantity":2', b'"quantity":null', "$.lines[0].quantity"),
        (b'"quantity":2', b'"quantity":9223372036854775808', "$.lines[0].quantity"),
        (b'"quantity":2,', b"", "$.lines[0].quantity"),
        (b'"quantity":2', b'"quantity":2,"price":1', "$.lines[0].price"),
        (b'"1.50"', b"1.50", "$.lines[0].expected_unit_price"),
        (b'"1.50"', b'"1e2"', "$.lines[0].expected_unit_price"),
        (b'"1.50"', b'"NaN"', "$.lines[0].expected_unit_price"),
        (b'"2026-12-01"', b'"2026-12-32"', "$.lines[0].requested_on"),
        (b'"2026-12-01"', b"20261201", "$.lines[0].requested_on"),
        (b'"sku":"A"', b'"sku":1', "$.lines[0].sku"),
        (b'"sku":"A"', b'"sku":"\\u0000"', "$.lines[0].sku"),
        (b'"sku":"A"', b'"sku":"\\ud800"', "$.lines[0].sku"),
        (b'"trial":false', b'"trial":0', "$.trial"),
        (b'"refuse_order"', b'"REFUSE_ORDER"', "$.on_price_change"),
    ],
)
def test_one_wrong_value_is_refused_with_its_place(old: bytes, new: bytes, place: str) -> None:
    assert old in WRITTEN

    with pytest.raises(ValueInvalid) as caught:
        _json.loads(PlaceOrderRequest, WRITTEN.replace(old, new))

    assert caught.value.where == place
    assert [one.where for one in caught.value.problems] == [place]


def test_all_findings_come_at_once() -> None:
    body = b'{"purchase_order_id":1,"buyer_party":"b","lines":[{"quantity":1.0,"zz":1},3],"x":2}'

    with pytest.raises(ValueInvalid) as caught:
        _json.loads(PlaceOrderRequest, body)

    assert {one.where for one in caught.value.problems} == {
        "$.purchase_order_id",
        "$.currency",
        "$.lines[0].line_id",
        "$.lines[0].sku",
        "$.lines[0].quantity",
        "$.lines[0].unit",
        "$.lines[0].zz",
        "$.lines[1]",
        "$.x",
    }


@pytest.mark.parametrize("value", [b'"abc"', b'{"0":"abc"}', b"null", b"1"])
def test_text_is_no_list_of_letters(value: bytes) -> None:
    body = b'{"email":"a","name":"b","role":"buyer","department_codes":' + value + b"}"

    with pytest.raises(ValueInvalid, match=r"\$\.department_codes: a list is expected"):
        _json.loads(AddUserRequest, body)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", DocumentError),
        (b"{", DocumentError),
        (b"\xff", DocumentError),
        (b"\xef\xbb\xbf{}", DocumentError),
        ('{"a":1}'.encode("utf-16"), DocumentError),
        (b'{"a":NaN}', DocumentError),
        (b'{"a":Infinity}', DocumentError),
        (b'{"a":1,"a":1}', DocumentError),
        (b"1" * 5_000, DocumentError),
        (b"[" * 200_000, DocumentTooLarge),
        (b" " * 10_000_001, DocumentTooLarge),
        (b"[]", ValueInvalid),
        (b"null", ValueInvalid),
    ],
)
def test_what_is_no_message(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        _json.loads(PlaceOrderRequest, data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"quantity":2', b'"quantity":2,"quantity":2'),
        (b'"sku":"A"', b'"sku":"A","\\u0073ku":"A"'),
        (b'"sku":"A"', b'"sku":"\\"","sku":"\\"\\""'),
        (b'"department":""', b'"cost_centre":""'),
        (b'"trial":false', b'"trial":false , "trial" :true'),
        (b'"sku":"A"', b'"sku":"\\\\","sku":"\\\\\\u0022"'),
        (b'"trial":false}', b'"trial":false,"lines":[]}'),
    ],
)
def test_a_field_twice_is_refused_wherever_it_is(old: bytes, new: bytes) -> None:
    assert old in WRITTEN

    with pytest.raises(DocumentError, match="twice"):
        _json.loads(PlaceOrderRequest, WRITTEN.replace(old, new))


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"trial": 1}, "$.trial"),
        ({"issue_year": True}, "$.issue_year"),
        ({"issue_year": 1.0}, "$.issue_year"),
        ({"issue_year": 2**63}, "$.issue_year"),
        ({"price_tolerance": 1}, "$.price_tolerance"),
        ({"price_tolerance": Decimal("Infinity")}, "$.price_tolerance"),
        ({"price_tolerance": Decimal("1E+9999999")}, "$.price_tolerance"),
        ({"currency": "\x07"}, "$.currency"),
        ({"currency": None}, "$.currency"),
        ({"on_price_change": "drop_line"}, "$.on_price_change"),
        ({"lines": (LINE, evolve(LINE, quantity=0.5))}, "$.lines[1].quantity"),
    ],
)
def test_a_wrong_object_is_not_written(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ValueInvalid) as caught:
        _json.dumps(evolve(ORDER, **change))

    assert caught.value.where == place


def _is_even(_instance: object, _attribute: Any, value: int) -> None:
    if value % 2:
        raise ValueInvalid(f"{value} is odd")


@frozen(kw_only=True)
class Pair:
    """Checks itself when it is made."""

    first: int = field(validator=_is_even)
    second: str = field(default="x", converter=str.upper)


@frozen(kw_only=True)
class Ordered:
    """Checks itself after it was made."""

    low: int
    high: int = 9

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueInvalid("low is above high")


def test_a_class_makes_its_own_checks() -> None:
    assert _json.loads(Pair, b'{"first":2,"second":"y"}') == Pair(first=2, second="y")
    assert _json.loads(Pair, b'{"first":2}') == Pair(first=2)
    with pytest.raises(ValueInvalid, match="3 is odd"):
        _json.loads(Pair, b'{"first":3,"second":"y"}')
    assert _json.loads(Ordered, b'{"low":9}') == Ordered(low=9)
    with pytest.raises(ValueInvalid, match="low is above high"):
        _json.loads(Ordered, b'{"low":10}')


def test_a_refused_secret_is_not_shown() -> None:
    with pytest.raises(ValueInvalid) as caught:
        _json.dumps(LoginRequest(login_id="a", password=Secret("hunter2\x00")))

    assert "hunter2" not in str(caught.value)
