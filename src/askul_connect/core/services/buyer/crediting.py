"""Matching the credit notes that are not fully matched yet; what matched is taken back from what is actual (INT-3)."""

from __future__ import annotations

from functools import partial

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchase_changes import CreditMatch, CreditResult
from askul_connect.core.domain.purchasing import PurchaseOrderRecord
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import Invoice, InvoiceLine
from askul_connect.core.policies.credit_matching import CreditFacts, match_credit
from askul_connect.core.policies.matching_tax import rates_in_order
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.units import run_unit


def match_credit_notes(desk: Desk, tally: Tally) -> None:
    """Match every credit note with a line that is not matched: new ones, and those whose invoice waited."""
    for supplier, number in run_unit(desk.storage, lambda unit: unit.credit_matches.open_credit_notes()):
        found = run_unit(desk.storage, partial(_match, desk, supplier=supplier, number=number))
        if found:
            tally.changed = True
            results = sorted({match.result.value for match in found})
            desk.say("match", f"credit note {number} of {supplier}: {', '.join(results)}")
        for match in found:
            # the key as text is the purchase order's correlation id
            with correlated(match.purchase_order):
                LOGGER.debug(
                    "line %s of credit note %s of %s: %s",
                    match.line_number,
                    number,
                    supplier,
                    match.result.value,
                )


def open_credits(unit: BuyerUnitOfWork) -> int:
    """How many lines of credit notes do not match."""
    return sum(
        match.result is not CreditResult.MATCHED
        for supplier, number in unit.credit_matches.open_credit_notes()
        for match in unit.credit_matches.of_credit_note(supplier, number)
    )


def _match(desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, number: str) -> list[CreditMatch]:
    """Match the open lines of one credit note; the results that are new."""
    note = unit.history.credit_note(supplier, number)
    if note is None:
        return []
    matcher = _Matcher(desk=desk, unit=unit, supplier=supplier, note=note)
    known = {match.line_number: match for match in unit.credit_matches.of_credit_note(supplier, number)}
    results = []
    touched: dict[str, PurchaseOrderRecord] = {}
    for line in note.lines:
        before = known.get(line.line_number)
        if before is not None and before.result is CreditResult.MATCHED:
            continue
        record = matcher.record_of(line)
        match = matcher.match(line, record)
        if match != before:
            unit.credit_matches.put([match])
            results.append(match)
            if record is not None:
                touched[match.purchase_order] = record
    for record in touched.values():
        settle(desk, unit, record, source=f"{supplier}/{number}")
    return results


@frozen(kw_only=True)
class _Matcher:
    """Matches the lines of one credit note in one unit of work."""

    desk: Desk
    unit: BuyerUnitOfWork
    supplier: str
    note: CreditNote
    invoice: Invoice | None = field(init=False)

    @invoice.default
    def _invoice_of_note(self) -> Invoice | None:
        return self.unit.history.invoice(self.supplier, self.note.invoice_number)

    def record_of(self, line: CreditNoteLine) -> PurchaseOrderRecord | None:
        """The purchase order of a line."""
        for record in self.unit.purchase_orders.by_id(line.purchase_order_id):
            if record.supplier == self.supplier and line.order_number in record.order_numbers:
                return record
        return None

    def match(self, line: CreditNoteLine, record: PurchaseOrderRecord | None) -> CreditMatch:
        """Match one line; what matches is taken back when its purchase order is settled."""
        finding = match_credit(line, self._facts(line), self.desk.rules.matching)
        return CreditMatch(
            supplier=self.supplier,
            credit_note_number=self.note.credit_note_number,
            line_number=line.line_number,
            purchase_order=str(record.key) if record else "",
            line_id=line.line_id if record else "",
            result=finding.result,
            detail=finding.detail,
        )

    def _facts(self, line: CreditNoteLine) -> CreditFacts:
        invoiced = self._invoiced(line)
        before = [
            entry
            for entry in self.unit.credit_matches.credited(self.supplier, line.order_number, line.line_id)
            if entry.ship_notice_number == line.ship_notice_number
        ]
        in_order = rates_in_order(self.note, self.desk.rules.matching)
        return CreditFacts(
            currency=self.note.currency,
            invoiced_currency=self.invoice.currency if self.invoice else "",
            invoice_line=invoiced,
            invoice_matched=invoiced is not None and self._is_matched(invoiced),
            credited_before=sum(entry.quantity for entry in before),
            amount_before=sum(entry.amount_excl_tax for entry in before),
            taxes_add_up=(line.tax_category, line.tax_rate) in in_order,
        )

    def _invoiced(self, line: CreditNoteLine) -> InvoiceLine | None:
        wanted = (line.order_number, line.line_id, line.ship_notice_number)
        lines = self.invoice.lines if self.invoice else ()
        return next(
            (
                entry
                for entry in lines
                if (entry.order_number, entry.line_id, entry.ship_notice_number) == wanted
            ),
            None,
        )

    def _is_matched(self, invoiced: InvoiceLine) -> bool:
        return any(
            match.line_number == invoiced.line_number and match.booked
            for match in self.unit.matches.of_invoice(self.supplier, self.note.invoice_number)
        )
