"""What became of orders afterwards as tables for finance (INT-7): changes of the ERP, and credit notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.services.buyer.views import View

_CHANGE_COLUMNS = (
    "supplier",
    "purchase_order_id",
    "change_id",
    "kind",
    "state",
    "line_id",
    "quantity",
    "refusal",
)
_CREDIT_NOTE_COLUMNS = (
    "supplier",
    "credit_note_number",
    "invoice_number",
    "invoice_issued_on",
    "issued_on",
    "currency",
    "registration_number",
    "total_excl_tax",
    "total_incl_tax",
)
_CREDIT_NOTE_LINE_COLUMNS = (
    "supplier",
    "credit_note_number",
    "line_id",
    "order_number",
    "purchase_order_id",
    "order_line_id",
    "ship_notice_number",
    "shipped_on",
    "returned_on",
    "sku",
    "name",
    "quantity",
    "unit",
    "unit_price",
    "amount_excl_tax",
    "tax_rate",
    "reason",
    "match",
)
_CREDIT_NOTE_TAX_COLUMNS = ("supplier", "credit_note_number", "rate", "taxable", "tax")


def export_order_life(writer: FinanceWriter, orders: Sequence[View], notes: Sequence[View]) -> None:
    """Write the tables; amounts in minor units of the currency of the credit note, and above zero."""
    writer.write("order_changes", _CHANGE_COLUMNS, _rows(_changes(orders), _CHANGE_COLUMNS))
    writer.write("credit_notes", _CREDIT_NOTE_COLUMNS, _rows(iter(notes), _CREDIT_NOTE_COLUMNS))
    writer.write(
        "credit_note_lines", _CREDIT_NOTE_LINE_COLUMNS, _rows(_lines(notes), _CREDIT_NOTE_LINE_COLUMNS)
    )
    writer.write("credit_note_tax", _CREDIT_NOTE_TAX_COLUMNS, _rows(_taxes(notes), _CREDIT_NOTE_TAX_COLUMNS))


def _rows(entries: Iterator[View], columns: Sequence[str]) -> Iterator[tuple[str | int, ...]]:
    return (tuple(entry[column] for column in columns) for entry in entries)


def _changes(orders: Sequence[View]) -> Iterator[View]:
    """One row for each line of a change; several orders of one purchase order have the same changes."""
    seen: set[tuple[str, str, str]] = set()
    for order in orders:
        for change in order["changes"]:
            key = (order["supplier"], order["correlation_id"], change["change_id"])
            if key in seen:
                continue
            seen.add(key)
            head = {"supplier": order["supplier"], "purchase_order_id": order["purchase_order_id"], **change}
            for line in change["lines"]:
                yield {**head, "quantity": "", **line}


def _lines(notes: Sequence[View]) -> Iterator[View]:
    for note in notes:
        results: Mapping[str, Any] = {match["line_id"]: match["result"] for match in note["match"]}
        head = {"supplier": note["supplier"], "credit_note_number": note["credit_note_number"]}
        for line in note["lines"]:
            yield {**line, **head, "match": results.get(line["line_id"], "")}


def _taxes(notes: Sequence[View]) -> Iterator[View]:
    for note in notes:
        for entry in note["tax"]:
            yield {**entry, "supplier": note["supplier"], "credit_note_number": note["credit_note_number"]}
