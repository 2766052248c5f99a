"""OrderChange and OrderCancellation become changes, or say where and why they cannot."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from askul_connect.adapters.codecs.ubl.order import UblOrderReader
from askul_connect.core.domain.purchase_changes import ChangeKind
from askul_connect.core.errors import DocumentTooLarge, DocumentUnsupported
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.ports.documents import RejectedPurchaseOrder

_XSD = "urn:oasis:names:specification:ubl:schema:xsd"
COMMON = f'xmlns:cac="{_XSD}:CommonAggregateComponents-2" xmlns:cbc="{_XSD}:CommonBasicComponents-2"'
BUYER = (
    "<cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID='0188'>111</cbc:EndpointID></cac:Party>"
    "</cac:BuyerCustomerParty>"
)
REFERENCE = (
    "<cac:OrderReference><cbc:ID>PO-1</cbc:ID><cbc:IssueDate>2026-04-01</cbc:IssueDate></cac:OrderReference>"
)


def document(kind: str, body: str) -> bytes:
    return f'<{kind} xmlns="{_XSD}:{kind}-2" {COMMON}>{body}</{kind}>'.encode()


def line(number: str = "1", *, quantity: str = "3", status: str = "", more: str = "") -> str:
    stated = f"<cbc:LineStatusCode>{status}</cbc:LineStatusCode>" if status else ""
    units = f'<cbc:Quantity unitCode="XPK">{quantity}</cbc:Quantity>' if quantity else ""
    return f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID>{stated}{units}{more}</cac:LineItem></cac:OrderLine>"


def order_change(
    *lines: str, head: str = "<cbc:ID>C-1</cbc:ID>", reference: str = REFERENCE, buyer: str = BUYER
) -> bytes:
    return document("OrderChange", f"{head}{reference}{buyer}{''.join(lines)}")


def read(data: bytes) -> tuple[PurchaseOrderChange, ...]:
    found = UblOrderReader().read(data, name="c.xml")
    assert all(isinstance(one, PurchaseOrderChange) for one in found), found
    return found  # type: ignore[return-value]  # checked above


def findings(data: bytes) -> list[tuple[str, str]]:
    found = UblOrderReader().read(data, name="c.xml")[0]
    assert isinstance(found, RejectedPurchaseOrder), found
    return [(problem.where, problem.detail) for problem in found.error.problems]


@pytest.mark.spec("INT-11", "INT-2")
def test_an_order_change_says_what_is_wanted_of_each_line() -> None:
    more = (
        '<cac:Price><cbc:PriceAmount currencyID="JPY">596</cbc:PriceAmount>'
        '<cbc:BaseQuantity unitCode="XPK">2</cbc:BaseQuantity></cac:Price>'
        "<cac:Item><cac:SellersItemIdentification><cbc:ID>K200-0001</cbc:ID></cac:SellersItemIdentification></cac:Item>"
    )
    lines = (
        line(more=more),
        line("2", status="3", quantity="7.00"),
        line("3", status="2"),
        line("4", status="4"),
    )
    (found,) = read(order_change(*lines))

    assert (found.change_id, found.purchase_order_id, found.kind) == ("C-1", "PO-1", ChangeKind.CHANGE)
    assert (found.buyer_party, found.issued_on) == ("0188:111", date(2026, 4, 1))
    assert [(one.line_id, one.quantity) for one in found.lines] == [("1", 3), ("2", 7), ("3", 0)]
    first = found.lines[0]
    assert (first.sku, first.unit, first.unit_price) == ("K200-0001", "XPK", Decimal(298))
    assert first.places["quantity"] == "/OrderChange/cac:OrderLine[1]/cac:LineItem/cbc:Quantity"


@pytest.mark.spec("INT-11")
def test_the_sequence_tells_changes_of_one_number_apart() -> None:
    head = "<cbc:ID>PO-1</cbc:ID><cbc:SequenceNumberID>2</cbc:SequenceNumberID>"
    assert read(order_change(line(), head=head))[0].change_id == "PO-1/2"


@pytest.mark.spec("INT-11", "INT-2")
def test_an_order_cancellation_cancels_every_purchase_order_it_names() -> None:
    other = "<cac:OrderReference><cbc:ID>PO-2</cbc:ID></cac:OrderReference>"
    found = read(document("OrderCancellation", f"<cbc:ID>X-1</cbc:ID>{REFERENCE}{other}{BUYER}"))

    assert [(one.change_id, one.purchase_order_id, one.kind, one.lines) for one in found] == [
        ("X-1", "PO-1", ChangeKind.CANCEL, ()),
        ("X-1", "PO-2", ChangeKind.CANCEL, ()),
    ]
    assert [one.issued_on for one in found] == [date(2026, 4, 1), None]


_ITEM = "/OrderChange/cac:OrderLine/cac:LineItem"


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize(
    ("data", "where", "detail"),
    [
        (order_change(line(), head=""), "/OrderChange/cbc:ID", "missing"),
        (order_change(line(), reference=""), "/OrderChange/cac:OrderReference/cbc:ID", "missing"),
        (
            order_change(line(), buyer=""),
            "/OrderChange/cac:BuyerCustomerParty/cac:Party/cbc:EndpointID",
            "neither",
        ),
        (order_change(), "/OrderChange/cac:OrderLine", "it has no line"),
        (order_change(line(status="4")), "/OrderChange/cac:OrderLine", "no line of it changes"),
        (order_change(line(status="1")), "[1]/cac:LineItem/cbc:LineStatusCode", "adds no line"),
        (order_change(line(status="42")), "[1]/cac:LineItem/cbc:LineStatusCode", "not '42'"),
        (order_change(line(quantity="")), "[1]/cac:LineItem/cbc:Quantity", "missing"),
        (order_change(line(quantity="x")), "[1]/cac:LineItem/cbc:Quantity", "decimal number"),
        (order_change(line(quantity="1.5")), "[1]/cac:LineItem/cbc:Quantity", "not 1.5"),
        (order_change(line(quantity="-1")), "[1]/cac:LineItem/cbc:Quantity", "not -1"),
        (order_change(line(), line()), "[2]/cac:LineItem/cbc:ID", "stands at"),
        (
            order_change(
                line(more="<cac:Price><cbc:PriceAmount currencyID='JPY'>-1</cbc:PriceAmount></cac:Price>")
            ),
            "[1]/cac:LineItem/cac:Price/cbc:PriceAmount",
            "a unit price is",
        ),
        (
            document("OrderCancellation", f"<cbc:ID>X-1</cbc:ID>{BUYER}"),
            "/OrderCancellation/cac:OrderReference",
            "names no purchase order",
        ),
        (
            document("OrderCancellation", f"<cbc:ID>X-1</cbc:ID>{REFERENCE * 2}{BUYER}"),
            "/OrderCancellation/cac:OrderReference[2]/cbc:ID",
            "named twice",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: bytes, where: str, detail: str) -> None:
    found = findings(data)

    assert len(found) == 1, found
    assert found[0][0].endswith(where)
    assert detail in found[0][1]


@pytest.mark.spec("INT-2")
@pytest.mark.parametrize(
    "data",
    [
        order_change(*(line(str(number)) for number in range(10_001))),
        document("OrderCancellation", f"<cbc:ID>X-1</cbc:ID>{REFERENCE * 1_001}{BUYER}"),
    ],
    ids=["lines", "references"],
)
def test_a_document_beyond_the_limits_is_refused(data: bytes) -> None:
    (found,) = UblOrderReader().read(data, name="c.xml")
    assert isinstance(found, RejectedPurchaseOrder)
    assert isinstance(found.error, DocumentTooLarge)


def test_a_change_of_another_version_is_no_change() -> None:
    with pytest.raises(DocumentUnsupported, match="OrderChange"):
        UblOrderReader().read(b'<OrderChange xmlns="urn:other"/>', name="c.xml")
