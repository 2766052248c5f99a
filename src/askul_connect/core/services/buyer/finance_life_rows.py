"""The rows of the tables for finance about what became of orders afterwards: changes, and credit notes (INT-7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from askul_connect.core.domain.finance import FinanceCell
from askul_connect.core.domain.purchase_changes import ChangeKind, OrderChange
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.services.buyer.refusals import refusal_code

Row = tuple[FinanceCell, ...]
#: These name lines and want no quantity.
_WITHOUT_QUANTITY = frozenset({ChangeKind.CLOSE, ChangeKind.REOPEN})


def change_rows(supplier: str, change: OrderChange) -> Iterator[Row]:
    """Of ``order_changes``."""
    for position, line in enumerate(change.lines, start=1):
        yield (
            supplier,
            change.key.purchase_order_id,
            change.change_id,
            change.kind.value,
            change.state.value,
            line.line_id,
            None if change.kind in _WITHOUT_QUANTITY else line.quantity,
            refusal_code(change.refusal) if change.refusal else "",
            change.key.buyer_party,
            change.key.issue_year,
            position,
        )


def credit_note_row(supplier: str, note: CreditNote) -> Row:
    """Of ``credit_notes``."""
    return (
        supplier,
        note.credit_note_number,
        note.invoice_number,
        note.invoice_issued_on,
        note.issued_on,
        note.currency,
        note.supplier.registration_number,
        note.total_excl_tax,
        note.total_incl_tax,
    )


def credit_note_line_rows(supplier: str, note: CreditNote, results: Mapping[str, str]) -> Iterator[Row]:
    """Of ``credit_note_lines``; results of matching by line."""
    for position, line in enumerate(note.lines, start=1):
        yield (
            supplier,
            note.credit_note_number,
            line.line_number,
            line.order_number,
            line.purchase_order_id,
            line.line_id,
            line.ship_notice_number,
            line.shipped_on,
            line.returned_on,
            line.sku,
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            line.amount_excl_tax,
            line.tax_rate,
            line.reason,
            results.get(line.line_number, ""),
            position,
        )


def credit_note_tax_rows(supplier: str, note: CreditNote) -> Iterator[Row]:
    """Of ``credit_note_tax``."""
    for position, entry in enumerate(note.tax, start=1):
        yield (supplier, note.credit_note_number, entry.rate, entry.taxable, entry.tax, position)
