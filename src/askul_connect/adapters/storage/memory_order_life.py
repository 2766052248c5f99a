"""Changes of purchase orders and the matches of credit notes, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askul_connect.adapters.storage.memory_buyer import MemoryOrderHistory
from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.purchase_changes import CreditedLine, CreditMatch, CreditResult, OrderChange
from askul_connect.core.domain.purchasing import PurchaseOrderKey


class MemoryOrderChanges:
    """Changes of purchase orders that were taken from the ERP."""

    def __init__(self, journal: Journal) -> None:
        self._changes = MemoryTable[tuple[PurchaseOrderKey, str], OrderChange](
            journal, lambda change: (change.key, change.change_id)
        )

    def put(self, change: OrderChange) -> None:
        """Store or replace by purchase order and change id."""
        self._changes.put(change)

    def get(self, key: PurchaseOrderKey, change_id: str) -> OrderChange | None:
        """One change."""
        return self._changes.get((key, change_id))

    def of_order(self, key: PurchaseOrderKey) -> Sequence[OrderChange]:
        """The changes of a purchase order, by sequence."""
        return [change for change in self.all() if change.key == key]

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        gone = self.of_order(key)
        for change in gone:
            self._changes.remove((key, change.change_id))
        return len(gone)

    def all(self) -> Sequence[OrderChange]:
        """Every one, by purchase order and sequence."""

        def place(change: OrderChange) -> tuple[str, str, int, int, str]:
            key = change.key
            return (
                key.buyer_party,
                key.purchase_order_id,
                key.issue_year,
                change.sequence,
                change.change_id,
            )

        return sorted(self._changes, key=place)


class MemoryCreditMatches:
    """Results of matching credit notes."""

    def __init__(self, journal: Journal, history: MemoryOrderHistory) -> None:
        self._history = history
        self._matches = MemoryTable[tuple[str, str, str], CreditMatch](
            journal, lambda match: (match.supplier, match.credit_note_number, match.line_number)
        )

    def put(self, matches: Iterable[CreditMatch]) -> None:
        """Store or replace by supplier, credit note and line."""
        for match in matches:
            self._matches.put(match)

    def remove(self, supplier: str, credit_note_number: str) -> int:
        """Forget those of a credit note; returns how many there were."""
        gone = self.of_credit_note(supplier, credit_note_number)
        for match in gone:
            self._matches.remove((supplier, credit_note_number, match.line_number))
        return len(gone)

    def of_credit_note(self, supplier: str, credit_note_number: str) -> Sequence[CreditMatch]:
        """By line number."""
        key = (supplier, credit_note_number)
        return [match for match in self._sorted() if (match.supplier, match.credit_note_number) == key]

    def of_purchase_order(self, purchase_order: str) -> Sequence[CreditMatch]:
        """Those of a purchase order (its key as text), by supplier, credit note and line number."""
        return [match for match in self._sorted() if match.purchase_order == purchase_order]

    def credited(self, supplier: str, order_number: str, line_id: str) -> Sequence[CreditedLine]:
        """The lines of credit notes about one order line that are matched, by credit note and place in it."""
        return [
            CreditedLine(
                credit_note_number=note.credit_note_number,
                line_number=line.line_number,
                ship_notice_number=line.ship_notice_number,
                quantity=line.quantity,
                amount_excl_tax=line.amount_excl_tax,
            )
            for owner, note in self._history.credit_notes()
            for line in note.lines
            if (owner, line.order_number, line.line_id) == (supplier, order_number, line_id)
            and self._is_matched(owner, note.credit_note_number, line.line_number)
        ]

    def open_credit_notes(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every credit note with a line that is not matched, by supplier and number."""
        return [
            (supplier, note.credit_note_number)
            for supplier, note in self._history.credit_notes()
            if not all(
                self._is_matched(supplier, note.credit_note_number, line.line_number) for line in note.lines
            )
        ]

    def _is_matched(self, supplier: str, number: str, line_number: str) -> bool:
        match = self._matches.get((supplier, number, line_number))
        return match is not None and match.result is CreditResult.MATCHED

    def _sorted(self) -> Sequence[CreditMatch]:
        return sorted(self._matches, key=lambda one: (one.supplier, one.credit_note_number, one.line_number))
