"""Order history, invoices and budgets as tables for finance (INT-7): the same rows as the database holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.services.buyer.input_tax import input_tax_rows
from askul_connect.core.services.buyer.views import View

_ORDER_COLUMNS = (
    "supplier",
    "order_number",
    "purchase_order_id",
    "order_date",
    "state",
    "currency",
    "total_excl_tax",
    "total_incl_tax",
)
_ORDER_LINE_COLUMNS = (
    "supplier",
    "order_number",
    "line_id",
    "sku",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "amount_excl_tax",
    "tax_rate",
    "state",
    "quantity_shipped",
    "quantity_cancelled",
    "department",
    "cost_centre",
)
_INVOICE_COLUMNS = (
    "supplier",
    "invoice_number",
    "issued_on",
    "due_on",
    "currency",
    "registration_number",
    "total_excl_tax",
    "total_incl_tax",
)
_INVOICE_LINE_COLUMNS = (
    "supplier",
    "invoice_number",
    "line_id",
    "order_number",
    "purchase_order_id",
    "order_line_id",
    "ship_notice_number",
    "shipped_on",
    "sku",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "amount_excl_tax",
    "tax_rate",
    "match",
)
_TAX_COLUMNS = ("supplier", "invoice_number", "rate", "taxable", "tax")
_INPUT_TAX_COLUMNS = (
    "supplier",
    "invoice_number",
    "registration_number",
    "rate",
    "purchased_on",
    "percent",
    "taxable",
    "tax",
    "within_cap",
    "deductible",
)
_ALLOWANCE_COLUMNS = (
    "kind",
    "amount",
    "reason_code",
    "reason",
    "percent",
    "base_amount",
    "tax_category",
    "tax_rate",
)
_ORDER_ALLOWANCE_COLUMNS = ("supplier", "order_number", "line_id", *_ALLOWANCE_COLUMNS)
_INVOICE_ALLOWANCE_COLUMNS = (
    "supplier",
    "invoice_number",
    "line_id",
    "order_number",
    "purchase_order_id",
    "ship_notice_number",
    *_ALLOWANCE_COLUMNS,
)
_BUDGET_COLUMNS = (
    "department",
    "period",
    "currency",
    "budget",
    "pre_encumbrance",
    "encumbrance",
    "actual",
    "available",
)


def export_tables(
    writer: FinanceWriter, orders: Sequence[View], invoices: Sequence[View], budgets: Sequence[View]
) -> None:
    """Write all tables; amounts in minor units of the currency beside them."""
    writer.write("orders", _ORDER_COLUMNS, _rows(orders, _ORDER_COLUMNS))
    writer.write(
        "order_lines", _ORDER_LINE_COLUMNS, _rows(_lines(orders, "order_number"), _ORDER_LINE_COLUMNS)
    )
    writer.write(
        "order_allowances",
        _ORDER_ALLOWANCE_COLUMNS,
        _rows(_allowances(orders, "order_number"), _ORDER_ALLOWANCE_COLUMNS),
    )
    writer.write("invoices", _INVOICE_COLUMNS, _rows(invoices, _INVOICE_COLUMNS))
    writer.write(
        "invoice_lines", _INVOICE_LINE_COLUMNS, _rows(_matched_lines(invoices), _INVOICE_LINE_COLUMNS)
    )
    writer.write(
        "invoice_allowances",
        _INVOICE_ALLOWANCE_COLUMNS,
        _rows(_allowances(invoices, "invoice_number"), _INVOICE_ALLOWANCE_COLUMNS),
    )
    writer.write("invoice_tax", _TAX_COLUMNS, _rows(_taxes(invoices), _TAX_COLUMNS))
    writer.write("input_tax", _INPUT_TAX_COLUMNS, _rows(input_tax_rows(invoices), _INPUT_TAX_COLUMNS))
    writer.write("budgets", _BUDGET_COLUMNS, _rows(budgets, _BUDGET_COLUMNS))


def _rows(
    entries: Sequence[View] | Iterator[View], columns: Sequence[str]
) -> Iterator[tuple[str | int, ...]]:
    return (tuple(entry[column] for column in columns) for entry in entries)


def _lines(documents: Sequence[View], number: str) -> Iterator[View]:
    for document in documents:
        head = {"supplier": document["supplier"], number: document[number]}
        for line in document["lines"]:
            yield {**line, **head}


def _allowances(documents: Sequence[View], number: str) -> Iterator[View]:
    """Those of the lines, with the line's id, and those of the whole, without one."""
    for document in documents:
        head = {"supplier": document["supplier"], number: document[number]}
        for line in document["lines"]:
            for entry in line["allowances"]:
                yield {**line, **_written(entry), **head}
        for entry in document["allowances"]:
            yield {**_written(entry), **head, "line_id": ""}


def _written(entry: View) -> dict[str, Any]:
    """A cell is empty where nothing is stated."""
    return {name: "" if value is None else value for name, value in entry.items()}


def _matched_lines(invoices: Sequence[View]) -> Iterator[View]:
    for invoice in invoices:
        results: Mapping[str, Any] = {match["line_id"]: match["result"] for match in invoice["match"]}
        head = {"supplier": invoice["supplier"], "invoice_number": invoice["invoice_number"]}
        for line in invoice["lines"]:
            yield {**line, **head, "match": results.get(line["line_id"], "")}


def _taxes(invoices: Sequence[View]) -> Iterator[View]:
    for invoice in invoices:
        for entry in invoice["tax"]:
            yield {**entry, "supplier": invoice["supplier"], "invoice_number": invoice["invoice_number"]}
