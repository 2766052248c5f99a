"""What is read out of pasted lines (CART-3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.policies.quick_order import near_codes, quick_rows

pytestmark = pytest.mark.spec("CART-3")


def read(text: str) -> list[tuple[int, str, int | None]]:
    rows = quick_rows(text)
    assert not [one for one in rows if one.fault]
    return [(one.number, one.code, one.quantity) for one in rows]


@pytest.mark.parametrize(
    ("line", "code", "quantity"),
    [
        ("PEN 10", "PEN", 10),
        ("  PEN\t10  ", "PEN", 10),
        ("PEN,10", "PEN", 10),
        ("PEN;10", "PEN", 10),
        ("ＰＥＮ　１０", "PEN", 10),
        ("ＰＥＮ，１０", "PEN", 10),
        ("PEN、10", "PEN", 10),
        ("PEN x10", "PEN", 10),
        ("PEN×10", "PEN", 10),
        ("PEN × 10個", "PEN", 10),
        ("PEN 10箱", "PEN", 10),
        ("PEN 1,000", "PEN", 1_000),
        ('"PEN","10"', "PEN", 10),
        ("PEN,10,", "PEN", 10),
        ("PEN", "PEN", None),
        ("PEN,", "PEN", None),
        ("4901234567894 3", "4901234567894", 3),
        ("コピー用紙 A4", "コピー用紙 A4", None),
        ("コピー用紙 A4 5", "コピー用紙 A4", 5),
        ("BOX 10", "BOX", 10),
        ("A-1 x", "A-1 x", None),
    ],
)
def test_a_line_is_forgiven_its_spelling(line: str, code: str, quantity: int | None) -> None:
    assert read(line) == [(1, code, quantity)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("PEN 0", "'0' is no quantity"),
        ("PEN -3", "'-3' is no quantity"),
        ("PEN 1.5", "'1.5' is no quantity"),
        ("PEN,ten", "'ten' is no quantity"),
        ("PEN 9999999999", "'9999999999' is no quantity"),
        ("PEN,1,2", "3 cells are more than two"),
        (",5", "1 to 100 characters"),
        ("P" * 101, "1 to 100 characters"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(line: str, fault: str) -> None:
    good, bad = quick_rows(f"PEN 1\n{line}")
    assert (good.fault, bad.number) == ("", 2)
    assert fault in bad.fault


def test_lines_keep_their_numbers_and_a_header_says_where_the_columns_are() -> None:
    assert read("\ufeffPEN 1\r\n\r\n  \nTEA 2\n") == [(1, "PEN", 1), (4, "TEA", 2)]
    text = "No,品名,数量,お申込番号\n1,ペン,3,PEN\n2,お茶,,TEA\n"
    assert read(text) == [(2, "PEN", 3), (3, "TEA", None)]
    assert read("sku\nPEN\n") == [(2, "PEN", None)]
    assert list(quick_rows("SKU,quantity\n")) == []
    assert list(quick_rows(" \n")) == []
    assert quick_rows("SKU,数量\nPEN")[0].quantity is None


@given(st.text(max_size=200))
def test_any_text_is_read_to_rows_that_are_good_or_say_why_not(text: str) -> None:
    rows = quick_rows(text)
    assert all(one.fault or (one.code and (one.quantity is None or one.quantity > 0)) for one in rows)
    assert [one.number for one in rows] == sorted({one.number for one in rows})


def test_one_slip_of_the_fingers_is_near() -> None:
    near = set(near_codes("pen"))
    assert {"PEM", "PN", "PENS", "EPN", "P3N", "PEN-"} <= near
    assert not {"PEN", "PENCIL", "ENP"} & near - {"PEN"}
    assert list(near_codes("P")) == list(near_codes("P" * 21)) == []
