"""A catalog as CSV: encodings, lines and columns, nothing kept in memory (CAT-3)."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest

from askul_connect.adapters.codecs.csv_catalog_rows import COLUMNS, ReadRow, look_through, read_rows
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import DocumentError
from askul_connect.core.messages.catalog_import import CatalogRow

FULL = CatalogRow(
    sku="P-1",
    name="コピー用紙, A4",
    unit="NMP",
    unit_price=Decimal("600.5"),
    tax_category=TaxCategory.REDUCED,
    jan="4912345678904",
    name_en="Copy paper",
    maker="見本製紙",
    category=("用紙", "コピー用紙"),
    unspsc="14111507",
    content_quantity=500,
    fulfilment=Fulfilment.DIRECT,
    minimum=2,
    multiple=2,
    maximum=10,
    lead_days=3,
    discontinued=True,
    kinds=(AccountKind.CORPORATION, AccountKind.INDIVIDUAL),
    regions=("13", "14"),
    catalog_issue="2026秋冬",
    catalog_page=12,
    family="CP",
    recommended=True,
    substitutes=("P-2", "P-3"),
    large=True,
    on_hand=0,
    price_from=date(2026, 12, 1),
    price_to=date(2026, 12, 31),
    customer="1234567890",
)
CELLS = (
    'P-1,"コピー用紙, A4",NMP,600.5,reduced,4912345678904,Copy paper,見本製紙,用紙 > コピー用紙,14111507,500,'
    "direct,2,2,10,3,"
    "yes,corporation individual,13 14,2026秋冬,12,CP,1,P-2 P-3,true,0,2026-12-01,2026-12-31,1234567890"
)


def read(data: bytes) -> list[ReadRow]:
    file = io.BytesIO(data)
    known = look_through(file, name="items.csv")
    file.seek(0)
    return list(read_rows(file, known, name="items.csv"))


@pytest.mark.spec("CAT-3")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_every_column_is_read_in_every_encoding(encoding: str) -> None:
    text = f"{','.join(COLUMNS)}\r\n{CELLS}\r\n\r\n,,\r\n"
    first, *rest = read(text.encode(encoding))
    assert (first.line, first.row, first.problems) == (2, FULL, ())
    # a row of nothing but commas is blank
    assert rest == []


def test_the_columns_are_the_fields_of_a_row() -> None:
    assert set(COLUMNS) == {field.name for field in CatalogRow.__attrs_attrs__}  # type: ignore[attr-defined]  # of attrs


def test_an_empty_cell_says_what_a_missing_column_says() -> None:
    [one] = read(b"sku,unit_price,name,on_hand,minimum\nA,1,,,\n")
    assert one.row == CatalogRow(sku="A", unit_price=Decimal(1))


@pytest.mark.spec("CAT-3")
def test_findings_have_line_and_column_and_other_rows_are_read() -> None:
    data = (
        "sku,unit_price,name,large,kinds,on_hand,price_from\n"
        'A,1,"two\nlines",no,,,\n'
        "B,1e3,x,perhaps,person,1.5,2026-02-30\n"
        ",,x,,,,\n"
        "C,1\n"
        "D,2,x,yes,,9,2026-02-28\n"
    )
    rows = read(data.encode())
    assert [(one.line, one.row is not None) for one in rows] == [
        (2, False),
        (4, False),
        (5, False),
        (6, False),
        (7, True),
    ]
    assert [[problem.where for problem in one.problems] for one in rows] == [
        ["line 2, column name"],
        [f"line 4, column {name}" for name in ("unit_price", "large", "kinds", "on_hand", "price_from")],
        ["line 5, column sku", "line 5, column unit_price"],
        ["row 6"],
        [],
    ]


@pytest.mark.spec("CAT-3")
@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "line 1"),
        (b"sku\nA\n", "line 1"),
        (b"sku,unit_price,colour\n", "line 1"),
        (b"sku,unit_price,sku\n", "line 1"),
        (b"sku,unit_price\nA,1\n\x81\xff\n", "items.csv"),
        (b"sku,unit_price\nA,\0\n", "items.csv"),
        (b'sku,unit_price\nA,"1\n', "items.csv"),
        (b'sku,unit_price\nA,"1"2\n', "items.csv"),
        ("sku,unit_price\nあ".encode()[:-2], "items.csv"),
        # read as CP932 it would be a table of nonsense
        ("sku,unit_price,name\nA,1,紙\n".encode() + b"B,1,\x8e\x86\n", "items.csv"),
    ],
)
def test_what_is_no_such_table_is_refused(data: bytes, where: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read(data)
    assert where in {caught.value.where, *(one.where for one in caught.value.problems)}


def test_a_character_that_two_chunks_share_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from askul_connect.adapters.codecs import csv_catalog_rows

    monkeypatch.setattr(csv_catalog_rows, "_CHUNK", 7)
    text = "sku,unit_price,name\nA,1,あいうえお\n\nB,2,かき"
    for encoding in ("utf-8", "cp932"):
        data = text.encode(encoding)
        assert [one.row.name for one in read(data) if one.row] == ["あいうえお", "かき"]
        assert look_through(io.BytesIO(data), name="x").lines == 4
