"""Order CSV: strict about what it takes, and one bad purchase order does not stop the others."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.codecs.csv_orders import COLUMNS, CsvOrderReader
from askul_connect.core.errors import AskulConnectError, DocumentError, DocumentTooLarge, ValueInvalid
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.ports.documents import RejectedPurchaseOrder

HEADER = ",".join(COLUMNS)
ROW = {
    "purchase_order_id": "PO-1",
    "line_id": "1",
    "sku": "P-1",
    "quantity": "3",
    "unit": "EA",
    "unit_price": "12.50",
    "currency": "JPY",
    "department": "SALES",
    "cost_centre": "CC-1",
    "requested_on": "2026-04-08",
}


def table(*rows: dict[str, str]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows({**ROW, **row} for row in rows)
    return text.getvalue().encode()


def read(data: bytes) -> tuple[PurchaseOrder | RejectedPurchaseOrder, ...]:
    return CsvOrderReader().read(data, name="orders.csv")


def order(data: bytes) -> PurchaseOrder:
    (found,) = read(data)
    assert isinstance(found, PurchaseOrder), found.error.problems
    return found


def refused(data: bytes) -> AskulConnectError:
    (found,) = read(data)
    assert isinstance(found, RejectedPurchaseOrder)
    return found.error


@pytest.mark.spec("INT-2")
def test_every_value_of_a_row_is_read() -> None:
    found = order(b"\xef\xbb\xbf" + table({}))

    assert (found.purchase_order_id, found.currency, found.where) == ("PO-1", "JPY", "orders.csv")
    assert (found.buyer_party, found.seller_party, found.issued_on) == ("", "", None)
    (line,) = found.lines
    assert (line.line_id, line.sku, line.quantity, line.unit) == ("1", "P-1", 3, "EA")
    assert (line.unit_price, line.department, line.cost_centre) == (Decimal("12.5"), "SALES", "CC-1")
    assert line.requested_on == date(2026, 4, 8)
    assert line.places["quantity"] == "row 2, column quantity"
    assert order(table({"requested_on": ""})).lines[0].requested_on is None


def test_purchase_orders_come_in_the_order_of_their_first_row_and_a_bad_one_alone_is_refused() -> None:
    found = read(
        table(
            {"purchase_order_id": "B"},
            {"purchase_order_id": "A", "quantity": "-1"},
            {"purchase_order_id": "B", "line_id": "2"},
            {"purchase_order_id": "C"},
        )
    )

    assert [each.purchase_order_id for each in found] == ["B", "A", "C"]
    b, a, c = found
    assert isinstance(b, PurchaseOrder)
    assert [line.line_id for line in b.lines] == ["1", "2"]
    assert isinstance(c, PurchaseOrder)
    assert isinstance(a, RejectedPurchaseOrder)
    assert isinstance(a.error, ValueInvalid)
    (problem,) = a.error.problems
    assert (problem.where, problem.line_id) == ("row 3, column quantity", "1")
    assert "'-1'" in problem.detail


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *[("quantity", text) for text in ("0", "-1", "1.0", "1e2", "1,000", "３", "+3", "", "9" * 20)],
        *[
            ("unit_price", text)
            for text in ("-1", "1e3", "1,000.5", "NaN", "Infinity", "1.23456", "¥5", "", ".")
        ],
        *[("requested_on", text) for text in ("2026-02-30", "2026/04/01", "20260401", "tomorrow")],
        *[("sku", text) for text in ("", "a\x07b", "a\nb", "x" * 1001)],
        *[(column, "") for column in ("currency", "unit", "line_id", "purchase_order_id")],
        ("department", "x\x1by"),
    ],
)
def test_a_value_that_is_not_acceptable_is_named_by_row_and_column(column: str, text: str) -> None:
    error = refused(table({column: text}))

    assert [problem.where for problem in error.problems] == [f"row 2, column {column}"]
    assert error.where == "orders.csv"


def test_all_findings_of_a_purchase_order_come_at_once() -> None:
    error = refused(
        table({"quantity": "x", "unit_price": "y"}, {"line_id": "1"}, {"line_id": "3", "currency": "USD"})
    )

    assert [problem.where for problem in error.problems] == [
        "row 2, column quantity",
        "row 2, column unit_price",
        "row 3, column line_id",
        "row 4, column currency",
    ]
    assert "row 2" in error.problems[2].detail
    assert "(and 3 more)" in error.detail


def test_findings_beyond_a_hundred_are_counted() -> None:
    error = refused(table(*({"line_id": str(number), "quantity": "x"} for number in range(150))))

    assert len(error.problems) == 100
    assert "(and 149 more)" in error.detail


def test_blank_rows_are_left_out_and_counted_as_a_spreadsheet_does() -> None:
    data = table({}) + b"\r\n,,,,,,,,,\r\n" + table({"line_id": "2", "quantity": "0"}).split(b"\r\n", 1)[1]

    assert [problem.where for problem in refused(data).problems] == ["row 5, column quantity"]


@pytest.mark.parametrize("row", ["PO-1,1,P-1", "PO-1,1,P-1,3,EA,1,JPY,,,,,"])
def test_a_row_of_another_width_than_the_header_is_refused(row: str) -> None:
    found = read(f"{HEADER}\n{row}\n".encode() + table({"purchase_order_id": "PO-2"}).split(b"\r\n", 1)[1])

    assert isinstance(found[0], RejectedPurchaseOrder)
    assert found[0].error.problems[0].where == "row 2"
    assert isinstance(found[1], PurchaseOrder)


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (HEADER.replace(",unit_price", ""), "unit_price is missing"),
        (HEADER + ",colour", "'colour' is unknown"),
        (HEADER + ",sku", "sku occurs twice"),
        ("PO-1,1,P-1,3,EA,1,JPY,,,", "purchase_order_id is missing"),
        ("", "purchase_order_id is missing"),
    ],
)
def test_the_header_names_exactly_the_columns(header: str, named: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(f"{header}\n".encode())

    assert any(named in problem.detail for problem in caught.value.problems)


def test_columns_may_stand_in_any_order() -> None:
    columns = list(reversed(COLUMNS))
    data = ",".join(columns) + "\n" + ",".join(ROW[column] for column in columns) + "\n"

    assert order(data.encode()) == order(table({}))


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (table({"sku": "ペン"}).decode().encode("cp932"), "CP932"),
        (table({}).decode().encode("utf-16"), "UTF-16"),
        (table({"sku": "x"}).replace(b"x", b"\xff\xfe\xff"), "line 2 is not UTF-8"),
        (table({"sku": "x"}).replace(b"x", b"\0"), "NUL"),
        (HEADER.encode() + b'\nPO-1,1,"P"x,3\n', "row 2"),
        (HEADER.encode() + b'\nPO-1,1,"P', "row 2"),
        (HEADER.encode() + b"\n", "no rows"),
        (b"", "missing"),
        (HEADER.encode() + b"\nPO-1," + b"x" * 200_000, "row 2"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(data: bytes, named: str) -> None:
    with pytest.raises(DocumentError, match=named):
        read(data)


def test_a_file_that_is_too_large_is_not_even_decoded() -> None:
    with pytest.raises(DocumentTooLarge):
        read(b"\xff" * 10_000_001)


def test_a_file_with_too_many_rows_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="lines"):
        read(HEADER.encode() + b"\n" * 100_001)


def test_formula_like_cells_are_text() -> None:
    assert order(table({"sku": "=1+1", "department": "@SUM(A1)"})).lines[0].sku == "=1+1"


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=8)


@given(
    rows=st.lists(
        st.tuples(cells, cells, st.integers(1, 999_999_999), st.decimals(0, 999_999_999, places=4)),
        min_size=1,
        max_size=4,
    )
)
def test_what_is_written_is_read(rows: list[tuple[str, str, int, Decimal]]) -> None:
    found = order(
        table(
            *(
                {
                    "purchase_order_id": "PO",
                    "line_id": str(number),
                    "sku": sku,
                    "department": department,
                    "quantity": str(quantity),
                    "unit_price": format(price, "f"),
                }
                for number, (sku, department, quantity, price) in enumerate(rows)
            )
        )
    )

    assert [(line.sku, line.department, line.quantity, line.unit_price) for line in found.lines] == rows


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"{HEADER}\n{text}".encode()))
def test_no_bytes_end_in_anything_but_a_typed_error(data: bytes) -> None:
    try:
        found = read(data)
    except DocumentError:
        return
    assert found
