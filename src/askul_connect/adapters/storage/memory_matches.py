"""What matching found, and what was decided about it, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from askul_connect.adapters.storage.memory_buyer import MemoryOrderHistory
from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.matches import MatchDecision, PlainInvoice
from askul_connect.core.domain.purchasing import BilledLine, InvoiceMatch


def _key(match: InvoiceMatch) -> tuple[str, str, str]:
    return match.supplier, match.invoice_number, match.line_number


class MemoryMatches:
    """Results of matching, and decisions about them."""

    def __init__(self, journal: Journal, history: MemoryOrderHistory) -> None:
        self._history = history
        self._matches = MemoryTable[tuple[str, str, str], InvoiceMatch](journal, _key)
        self._decisions = MemoryTable[int, tuple[int, MatchDecision]](journal, lambda kept: kept[0])

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        for match in matches:
            self._matches.put(match)

    def remove(self, supplier: str, invoice_number: str, line_numbers: Iterable[str]) -> None:
        """Forget the results of lines that are no longer there."""
        for line_number in line_numbers:
            self._matches.remove((supplier, invoice_number, line_number))

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        key = (supplier, invoice_number)
        return [match for match in self.all() if (match.supplier, match.invoice_number) == key]

    def of_invoices(self, supplier: str, numbers: Iterable[str]) -> Mapping[tuple[str, str], InvoiceMatch]:
        """Those of several invoices, by number of the invoice and of its line."""
        asked = set(numbers)
        return {
            (match.invoice_number, match.line_number): match
            for match in self._matches
            if match.supplier == supplier and match.invoice_number in asked
        }

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        found = [match for match in self._matches if match.purchase_order == purchase_order]
        return sorted(found, key=lambda each: (each.supplier, each.invoice_number, each.line_number))

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are booked, by invoice and line."""
        return [
            BilledLine(
                invoice_number=invoice.invoice_number,
                line_number=line.line_number,
                ship_notice_number=line.ship_notice_number,
                quantity=line.quantity,
            )
            for owner, invoice in self._history.invoices()
            for line in invoice.lines
            if (owner, line.order_number, line.line_id) == (supplier, order_number, line_id)
            and self._is_booked(owner, invoice.invoice_number, line.line_number)
        ]

    def billed_of_orders(
        self, supplier: str, order_numbers: Iterable[str]
    ) -> Mapping[tuple[str, str], Sequence[BilledLine]]:
        """As :meth:`billed` for all lines of several orders, by order number and line."""
        asked = set(order_numbers)
        lines = {
            (line.order_number, line.line_id)
            for owner, invoice in self._history.invoices()
            for line in invoice.lines
            if owner == supplier and line.order_number in asked
        }
        found = {key: self.billed(supplier, *key) for key in lines}
        return {key: billed for key, billed in found.items() if billed}

    def plain_invoices(self, supplier: str, numbers: Iterable[str]) -> Sequence[PlainInvoice]:  # noqa: ARG002 -- the port's
        """None: the short way is for speed, and memory needs none."""
        return ()

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not booked, by supplier and number."""
        return [
            (supplier, invoice.invoice_number)
            for supplier, invoice in self._history.invoices()
            if not all(
                self._is_booked(supplier, invoice.invoice_number, line.line_number) for line in invoice.lines
            )
        ]

    def _is_booked(self, supplier: str, invoice_number: str, line_number: str) -> bool:
        match = self._matches.get((supplier, invoice_number, line_number))
        return match is not None and match.booked

    def open(self) -> Sequence[InvoiceMatch]:
        """Every one that is not booked, by supplier, invoice and line."""
        return [match for match in self.all() if not match.booked]

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        places: dict[tuple[str, str], dict[str, int]] = {}
        for supplier, invoice in self._history.invoices():
            lines = places.setdefault((supplier, invoice.invoice_number), {})
            for place, line in enumerate(invoice.lines):
                lines.setdefault(line.line_number, place)

        def order(match: InvoiceMatch) -> tuple[str, str, bool, int, str]:
            place = places.get((match.supplier, match.invoice_number), {}).get(match.line_number)
            # A line that the invoice does not have, or no longer has, comes last.
            return match.supplier, match.invoice_number, place is None, place or 0, match.line_number

        return sorted(self._matches, key=order)

    def page(self, after: tuple[str, str, str], limit: int) -> Sequence[InvoiceMatch]:
        """The next ones behind a supplier, invoice and line."""
        found = sorted(self._matches, key=_key)
        return [match for match in found if _key(match) > after][:limit]

    def decide(self, decisions: Iterable[MatchDecision]) -> None:
        """Add to the record of decisions."""
        place = sum(1 for _ in self._decisions)
        for number, decision in enumerate(decisions, start=place):
            self._decisions.insert((number, decision))

    def decisions(self, supplier: str, numbers: Iterable[str]) -> Sequence[MatchDecision]:
        """The decisions about some invoices, in the order they were made."""
        asked = set(numbers)
        return [
            decision
            for _, decision in sorted(self._decisions, key=lambda kept: kept[0])
            if decision.supplier == supplier and decision.invoice_number in asked
        ]
