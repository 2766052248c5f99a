"""Matching the invoices that are not fully matched yet, and booking what matched as actual (INT-3, INT-4)."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.purchasing import InvoiceMatch, MatchResult, PurchaseOrderRecord
from askul_connect.core.messages.documents import Invoice, InvoiceLine
from askul_connect.core.policies.budgeting import TaxedLine, actualise, line_values
from askul_connect.core.policies.matching import MatchFacts, match_line, rates_in_order
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.units import run_unit


def match_invoices(desk: Desk, tally: Tally) -> None:
    """Match every invoice with a line that is not matched: new ones, and those that waited for a receipt."""
    invoices = run_unit(desk.storage, lambda unit: unit.history.invoices())
    for supplier, invoice in invoices:
        changed = run_unit(desk.storage, lambda unit, s=supplier, i=invoice: _match(desk, unit, s, i))
        if changed:
            tally.changed = True
            results = ", ".join(sorted(changed))
            desk.say("match", f"invoice {invoice.invoice_number} of {supplier}: {results}")


def open_matches(matches: Sequence[InvoiceMatch]) -> int:
    """How many invoice lines do not match."""
    return sum(1 for match in matches if match.result is not MatchResult.MATCHED)


def _match(desk: Desk, unit: BuyerUnitOfWork, supplier: str, invoice: Invoice) -> set[str]:
    """Match the open lines of one invoice; the results that are new."""
    known = {match.line_number: match for match in unit.matches.of_invoice(supplier, invoice.invoice_number)}
    if len(known) == len(invoice.lines) and not open_matches(tuple(known.values())):
        return set()
    rates = rates_in_order(invoice, desk.rules.matching)
    values = line_values(
        [
            TaxedLine(
                line_id=line.line_number,
                amount_excl_tax=line.amount_excl_tax,
                category=line.tax_category,
                rate=line.tax_rate,
            )
            for line in invoice.lines
        ],
        invoice.tax,
        desk.rules.budgets.basis,
    )
    results = set()
    for line in invoice.lines:
        before = known.get(line.line_number)
        if before is not None and before.result is MatchResult.MATCHED:
            continue
        record = _record(unit, supplier, line)
        facts = _facts(
            unit, supplier, invoice, line, record, tax_ok=(line.tax_category, line.tax_rate) in rates
        )
        finding = match_line(line, facts, desk.rules.matching)
        match = InvoiceMatch(
            supplier=supplier,
            invoice_number=invoice.invoice_number,
            line_number=line.line_number,
            purchase_order=str(record.key) if record else "",
            line_id=line.line_id if record else "",
            result=finding.result,
            detail=finding.detail,
        )
        if match == before:
            continue
        unit.matches.put([match])
        results.add(finding.result.value)
        if finding.result is MatchResult.MATCHED and record is not None:
            _book(desk, unit, supplier, invoice, line, record, values[line.line_number])
    return results


def _record(unit: BuyerUnitOfWork, supplier: str, line: InvoiceLine) -> PurchaseOrderRecord | None:
    for record in unit.purchase_orders.by_id(line.purchase_order_id):
        if record.supplier == supplier and line.order_number in record.order_numbers:
            return record
    return None


def _facts(
    unit: BuyerUnitOfWork,
    supplier: str,
    invoice: Invoice,
    line: InvoiceLine,
    record: PurchaseOrderRecord | None,
    *,
    tax_ok: bool,
) -> MatchFacts:
    order = unit.history.order(supplier, line.order_number) if record else None
    invoiced, elsewhere = 0, ""
    if record is not None:
        invoiced, elsewhere = _billed_before(unit, supplier, invoice, line)
    return MatchFacts(
        purchase_line=next((entry for entry in record.lines if entry.line_id == line.line_id), None)
        if record
        else None,
        order_line=next((entry for entry in order.lines if entry.line_id == line.line_id), None)
        if order
        else None,
        received=unit.receipts.received(record.key, line.line_id) if record else None,
        invoiced_before=invoiced,
        billed_elsewhere=elsewhere,
        tax_ok=tax_ok,
    )


def _billed_before(
    unit: BuyerUnitOfWork, supplier: str, invoice: Invoice, line: InvoiceLine
) -> tuple[int, str]:
    """Units of the same order line on matched invoice lines, and who else billed the very same shipment."""
    units, elsewhere = 0, ""
    for other_supplier, other in unit.history.invoices():
        if other_supplier != supplier:
            continue
        matched = {
            match.line_number
            for match in unit.matches.of_invoice(supplier, other.invoice_number)
            if match.result is MatchResult.MATCHED
        }
        for entry in other.lines:
            same_line = (entry.order_number, entry.line_id) == (line.order_number, line.line_id)
            itself = other.invoice_number == invoice.invoice_number and entry.line_number == line.line_number
            if not same_line or itself or entry.line_number not in matched:
                continue
            units += entry.quantity
            if entry.ship_notice_number and entry.ship_notice_number == line.ship_notice_number:
                elsewhere = other.invoice_number
    return units, elsewhere


def _book(
    desk: Desk,
    unit: BuyerUnitOfWork,
    supplier: str,
    invoice: Invoice,
    line: InvoiceLine,
    record: PurchaseOrderRecord,
    value: int,
) -> None:
    purchase_line = next(entry for entry in record.lines if entry.line_id == line.line_id)
    key = f"{supplier}/{invoice.invoice_number}/{line.line_number}"
    moves = unit.budgets.moves(str(record.key))
    unit.budgets.move(
        [actualise(record, moves, purchase_line, key, line.quantity, value, desk.timeline.now())]
    )
