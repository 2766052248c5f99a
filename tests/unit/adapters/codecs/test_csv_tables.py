"""Goods receipts, budgets and mapping tables in CSV."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_mapping import CsvMappingReader
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.core.domain.mapping import MappedDepartment, Mapping
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ConfigurationError, DocumentError
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.documents import RejectedGoodsReceipt

RECEIPTS = b"purchase_order_id,line_id,quantity,received_on\n"


def test_receipts_are_read_each_by_itself() -> None:
    data = RECEIPTS + b"PO-1,1,5,2026-04-10\nPO-1,2,-1,2026-04-10\nPO-2,1,0,2026-04-11\nPO-2,2,1,\n"

    first, second, third, fourth = CsvReceiptReader().read(data, name="r.csv")

    assert isinstance(first, GoodsReceipt)
    assert (first.purchase_order_id, first.line_id, first.quantity) == ("PO-1", "1", 5)
    assert (first.received_on, first.where) == (date(2026, 4, 10), "r.csv: row 2")
    assert isinstance(second, RejectedGoodsReceipt)
    assert (second.purchase_order_id, second.line_id) == ("PO-1", "2")
    assert [problem.where for problem in second.error.problems] == ["row 3, column quantity"]
    assert isinstance(third, GoodsReceipt)
    assert third.quantity == 0
    assert isinstance(fourth, RejectedGoodsReceipt)
    assert [problem.where for problem in fourth.error.problems] == ["row 5, column received_on"]


@pytest.mark.spec("INT-6")
def test_a_receipt_is_known_again_by_content_and_row_whatever_the_file_is_called() -> None:
    data = RECEIPTS + b"PO-1,1,5,2026-04-10\nPO-1,1,5,2026-04-10\n"
    changed = data.replace(b",5,2026-04-10\nPO", b",4,2026-04-10\nPO")

    ids = [receipt.receipt_id for receipt in CsvReceiptReader().read(data, name="a.csv")]

    assert len(set(ids)) == 2
    assert ids == [receipt.receipt_id for receipt in CsvReceiptReader().read(data, name="b.csv")]
    assert not set(ids) & {receipt.receipt_id for receipt in CsvReceiptReader().read(changed, name="a.csv")}


def test_a_receipt_file_with_another_header_is_refused() -> None:
    with pytest.raises(DocumentError, match="received_on is missing"):
        CsvReceiptReader().read(b"purchase_order_id,line_id,quantity\n", name="r.csv")


BUDGETS = "department,period,currency,budget\n"


@pytest.mark.spec("INT-3")
def test_budgets_are_read_in_minor_units() -> None:
    budgets = CsvBudgetReader().read(
        {
            "a.csv": f"{BUDGETS}SALES,2026-04,JPY,500000\nSALES,2026,USD,1234.5\n".encode(),
            "b.csv": f"{BUDGETS}HQ,2026-04,JPY,0\n".encode(),
        }
    )

    assert budgets == (
        Budget(department="SALES", period="2026-04", currency="JPY", amount=500_000),
        Budget(department="SALES", period="2026", currency="USD", amount=123_450),
        Budget(department="HQ", period="2026-04", currency="JPY", amount=0),
    )


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (",2026-04,JPY,1", "department"),
        ("A,2026-13,JPY,1", "period"),
        ("A,April,JPY,1", "period"),
        ("A,2026-04,YEN,1", "currency"),
        ("A,2026-04,JPY,1.5", "budget"),
        ("A,2026-04,JPY,-1", "budget"),
        ("A,2026-04,JPY,1e6", "budget"),
        ('A,2026-04,JPY,"500,000"', "budget"),
        ("A,2026-04,JPY,", "budget"),
    ],
)
def test_a_budget_that_is_not_acceptable_is_named(row: str, column: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        CsvBudgetReader().read({"b.csv": f"{BUDGETS}{row}\n".encode()})

    assert [problem.where for problem in caught.value.problems] == [f"row 2, column {column}"]
    assert {problem.code for problem in caught.value.problems} == {"configuration-invalid"}
    assert caught.value.where == "b.csv"


def test_a_budget_is_given_once_in_all_files() -> None:
    files = {name: f"{BUDGETS}A,2026,JPY,1\n".encode() for name in ("a.csv", "b.csv")}

    with pytest.raises(ConfigurationError, match=r"a\.csv, row 2"):
        CsvBudgetReader().read(files)


def mapping(**files: str) -> Mapping:
    return CsvMappingReader().read({f"{name}.csv": text.encode() for name, text in files.items()})


@pytest.mark.spec("INT-2")
def test_all_mapping_tables_are_read() -> None:
    found = mapping(
        parties="party,role,supplier\n0188:1,buyer,\n0088:2,seller,askul\n0088:3,seller,askul\n",
        items="supplier,item,sku\naskul,OLD-1,P-1\n",
        units="unit,code\n箱,XBX\n",
        currency="currency,code\nYEN,JPY\n",
        tax="category,rate,tax_category\nS,10.0,standard\nAA,,reduced\n",
        departments="department,code,cost_centre\n営業,SALES,CC-1\n",
        accounts="department,cost_centre,account\nSALES,CC-1,7420\nSALES,,7400\n",
    )

    assert found == Mapping(
        buyers=frozenset({"0188:1"}),
        sellers={"0088:2": "askul", "0088:3": "askul"},
        items={("askul", "OLD-1"): "P-1"},
        units={"箱": "XBX"},
        currencies={"YEN": "JPY"},
        taxes={("S", Decimal(10)): TaxCategory.STANDARD, ("AA", None): TaxCategory.REDUCED},
        departments={"営業": MappedDepartment(code="SALES", cost_centre="CC-1")},
        accounts={("SALES", "CC-1"): "7420", ("SALES", ""): "7400"},
    )
    assert mapping() == Mapping()


@pytest.mark.parametrize(
    ("table", "text", "column", "accepted"),
    [
        ("parties", "party,role,supplier\n0088:2,boss,askul", "role", "buyer, seller"),
        ("parties", "party,role,supplier\n0088:2,seller,", "supplier", "empty"),
        ("units", "unit,code\n箱,BOX", "code", "UN/ECE"),
        ("currency", "currency,code\nYEN,YEN", "code", "ISO 4217"),
        ("tax", "category,rate,tax_category\nS,10,normal", "tax_category", "standard, reduced, zero, exempt"),
        ("tax", "category,rate,tax_category\nS,110,standard", "rate", "0 to 100"),
        ("departments", "department,code,cost_centre\nA,,", "code", "empty"),
        ("units", "unit,code\n箱,XBX\n箱,XCS", "unit", "row 2"),
    ],
)
def test_a_bad_row_names_file_row_column_and_what_is_accepted(
    table: str, text: str, column: str, accepted: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mapping(**{table: text})

    (problem,) = caught.value.problems
    assert caught.value.where == f"mapping/{table}.csv"
    assert problem.where == f"row {text.count(chr(10)) + 1}, column {column}"
    assert accepted in problem.detail


def test_a_table_with_another_header_or_encoding_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="the column code is missing"):
        mapping(units="unit\n箱\n")
    with pytest.raises(ConfigurationError, match="CP932"):
        CsvMappingReader().read({"units.csv": "unit,code\n箱,XBX\n".encode("cp932")})
