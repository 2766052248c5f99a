"""The CSV examples of the guides are read by the code that they are written for."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from askul_connect.adapters.codecs.csv_budgets import COLUMNS as BUDGET_COLUMNS
from askul_connect.adapters.codecs.csv_budgets import CsvBudgetReader
from askul_connect.adapters.codecs.csv_changes import COLUMNS as CHANGE_COLUMNS
from askul_connect.adapters.codecs.csv_mapping import TABLES, CsvMappingReader
from askul_connect.adapters.codecs.csv_orders import COLUMNS as ORDER_COLUMNS
from askul_connect.adapters.codecs.csv_orders import OPTIONAL, CsvOrderReader
from askul_connect.adapters.codecs.csv_receipts import COLUMNS as RECEIPT_COLUMNS
from askul_connect.adapters.codecs.csv_receipts import CsvReceiptReader
from askul_connect.adapters.codecs.csv_requisitions import COLUMNS as REQUISITION_COLUMNS
from askul_connect.adapters.codecs.csv_requisitions import CsvRequisitionReader
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.messages.requisition import RequisitionDocument
from askul_connect.core.services.supplier.sample_catalog import SHOWCASE

NAMING_COLUMNS = (*ORDER_COLUMNS, *OPTIONAL)
DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```csv\n(.*?)^```", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str]]:
    """Give (page, text) for each block fenced as csv."""
    for page in sorted(DOCS.rglob("*.md")):
        for block in FENCE.findall(page.read_text(encoding="utf-8")):
            yield page.relative_to(DOCS).as_posix(), block


EXAMPLES = dict(enumerate(examples()))


def with_columns(columns: tuple[str, ...]) -> list[str]:
    return [block for _, block in EXAMPLES.values() if block.startswith(f"{','.join(columns)}\n")]


def test_every_example_is_of_a_kind_that_is_read() -> None:
    kinds = {
        BUDGET_COLUMNS,
        CHANGE_COLUMNS,
        ORDER_COLUMNS,
        NAMING_COLUMNS,
        RECEIPT_COLUMNS,
        REQUISITION_COLUMNS,
        *TABLES.values(),
    }
    headers = {tuple(block.splitlines()[0].split(",")) for _, block in EXAMPLES.values()}
    assert headers == kinds


@pytest.mark.spec("INT-2")
def test_orders_are_read_and_can_be_ordered_from_the_sample_catalog() -> None:
    (example,) = with_columns(ORDER_COLUMNS)
    orders = CsvOrderReader().read(example.encode(), name="example.csv")

    assert len(orders) > 1
    for order in orders:
        assert isinstance(order, PurchaseOrder), order
        for line in order.lines:
            item = SHOWCASE[line.sku]
            assert (line.unit, line.unit_price, order.currency) == (item.unit, item.list_price, item.currency)
            assert line.quantity % item.multiple == 0


@pytest.mark.spec("INT-2", "INT-3")
def test_an_order_names_a_line_of_a_requisition_of_the_examples() -> None:
    (example,) = with_columns(REQUISITION_COLUMNS)
    (naming,) = with_columns(NAMING_COLUMNS)
    requisitions = CsvRequisitionReader().read(example.encode(), name="example.csv")
    lines = set()
    for requisition in requisitions:
        assert isinstance(requisition, RequisitionDocument), requisition
        lines.update((requisition.requisition_id, line.line_id) for line in requisition.lines)
    (order,) = CsvOrderReader().read(naming.encode(), name="example.csv")
    assert isinstance(order, PurchaseOrder), order
    assert {(line.requisition_id, line.requisition_line_id) for line in order.lines} <= lines


@pytest.mark.spec("INT-2")
def test_receipts_are_of_the_orders_of_the_example() -> None:
    (example,) = with_columns(RECEIPT_COLUMNS)
    (order_example,) = with_columns(ORDER_COLUMNS)
    receipts = CsvReceiptReader().read(example.encode(), name="example.csv")

    assert receipts
    for receipt in receipts:
        assert isinstance(receipt, GoodsReceipt), receipt
        assert f"{receipt.purchase_order_id},{receipt.line_id}," in order_example


@pytest.mark.spec("INT-2", "INT-11")
def test_changes_are_of_the_orders_of_the_example() -> None:
    (example,) = with_columns(CHANGE_COLUMNS)
    (order_example,) = with_columns(ORDER_COLUMNS)
    changes = CsvOrderReader().read(example.encode(), name="example.csv")

    assert len(changes) > 1
    for change in changes:
        assert isinstance(change, PurchaseOrderChange), change
        for line in change.lines:
            assert f"{change.purchase_order_id},{line.line_id}," in order_example


@pytest.mark.spec("INT-2")
def test_mapping_tables_are_read() -> None:
    files = {}
    for name, columns in TABLES.items():
        (example,) = with_columns(columns)
        files[name] = example.encode()
    mapping = CsvMappingReader().read(files)

    assert mapping.buyers
    assert mapping.accounts
    assert {sku for sku in mapping.items.values() if sku not in SHOWCASE} == set()
    assert {supplier for supplier, _ in mapping.items} <= set(mapping.sellers.values())
    assert {department for department, _ in mapping.accounts} <= {
        department.code for department in mapping.departments.values()
    }


@pytest.mark.spec("INT-3")
def test_budgets_are_read() -> None:
    (example,) = with_columns(BUDGET_COLUMNS)
    assert CsvBudgetReader().read({"example.csv": example.encode()})
