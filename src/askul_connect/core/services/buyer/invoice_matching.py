"""Matching the invoices that are not fully matched yet, and booking what matched as actual (INT-3, INT-4)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchasing import InvoiceMatch, MatchResult, PurchaseLine, PurchaseOrderRecord
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import UnknownTax
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument
from askul_connect.core.policies.matching import (
    Finding,
    MatchFacts,
    match_line,
    order_difference,
    rates_in_order,
    unagreed_charges,
)
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.units import run_unit


def match_invoices(desk: Desk, tally: Tally) -> None:
    """Match every invoice with a line that is not matched: new ones, and those that waited for a receipt."""
    for supplier, number in run_unit(desk.storage, lambda unit: unit.matches.open_invoices()):
        found = run_unit(desk.storage, partial(_match, desk, supplier=supplier, number=number))
        if found:
            tally.changed = True
            results = sorted({match.result.value for match in found})
            desk.say("match", f"invoice {number} of {supplier}: {', '.join(results)}")
        for match in found:
            # the key as text is the purchase order's correlation id
            with correlated(match.purchase_order):
                LOGGER.debug(
                    "line %s of invoice %s of %s: %s", match.line_number, number, supplier, match.result.value
                )


def open_matches(unit: BuyerUnitOfWork) -> int:
    """How many invoice lines do not match."""
    return sum(
        match.result is not MatchResult.MATCHED
        for supplier, number in unit.matches.open_invoices()
        for match in unit.matches.of_invoice(supplier, number)
    )


def _match(desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, number: str) -> list[InvoiceMatch]:
    """Match the open lines of one invoice; the results that are new."""
    invoice = unit.history.invoice(supplier, number)
    if invoice is None:
        return []
    matcher = _Matcher(desk=desk, unit=unit, supplier=supplier, invoice=invoice)
    known = {match.line_number: match for match in unit.matches.of_invoice(supplier, number)}
    results = []
    touched: dict[str, PurchaseOrderRecord] = {}
    for line in invoice.lines:
        before = known.get(line.line_number)
        if before is not None and before.result is MatchResult.MATCHED:
            continue
        match = matcher.match(line)
        if match != before:
            unit.matches.put([match])
            results.append(match)
            record = None if match.purchase_order in touched else matcher.record_of(line)
            if record is not None:
                touched[match.purchase_order] = record
    for record in touched.values():
        settle(desk, unit, record, source=f"{supplier}/{number}")
    return results


@frozen(kw_only=True)
class _Matcher:
    """Matches the lines of one invoice in one unit of work."""

    desk: Desk
    unit: BuyerUnitOfWork
    supplier: str
    invoice: Invoice
    rates: frozenset[tuple[TaxCategory, Decimal]] = field(init=False)

    @rates.default
    def _rates_in_order(self) -> frozenset[tuple[TaxCategory, Decimal]]:
        return rates_in_order(self.invoice, self.desk.rules.matching)

    def match(self, line: InvoiceLine) -> InvoiceMatch:
        """Match one line; what matches is booked when its purchase order is settled."""
        record = self.record_of(line)
        purchase = next(
            (entry for entry in record.lines if entry.line_id == line.line_id) if record else iter(()), None
        )
        finding = match_line(line, self._facts(line, record, purchase), self.desk.rules.matching)
        return self._result(line, record, finding)

    def _result(
        self, line: InvoiceLine, record: PurchaseOrderRecord | None, finding: Finding
    ) -> InvoiceMatch:
        return InvoiceMatch(
            supplier=self.supplier,
            invoice_number=self.invoice.invoice_number,
            line_number=line.line_number,
            purchase_order=str(record.key) if record else "",
            line_id=line.line_id if record else "",
            result=finding.result,
            detail=finding.detail,
        )

    def record_of(self, line: InvoiceLine) -> PurchaseOrderRecord | None:
        """The purchase order that an invoice line bills."""
        for record in self.unit.purchase_orders.by_id(line.purchase_order_id):
            if record.supplier == self.supplier and line.order_number in record.order_numbers:
                return record
        return None

    def _facts(
        self, line: InvoiceLine, record: PurchaseOrderRecord | None, purchase: PurchaseLine | None
    ) -> MatchFacts:
        order = self.unit.history.order(self.supplier, line.order_number) if record else None
        billed = self.unit.matches.billed(self.supplier, line.order_number, line.line_id) if record else ()
        return MatchFacts(
            currency=self.invoice.currency,
            ordered_currency=record.currency if record else "",
            purchase_line=purchase,
            order_line=next((entry for entry in order.lines if entry.line_id == line.line_id), None)
            if order
            else None,
            rates=self._lawful_rates(line),
            received=self.unit.receipts.received(record.key, line.line_id) if record else None,
            invoiced_before=sum(entry.quantity for entry in billed),
            billed_elsewhere=next(
                (
                    entry.invoice_number
                    for entry in billed
                    if line.ship_notice_number and entry.ship_notice_number == line.ship_notice_number
                ),
                "",
            ),
            taxes_add_up=(line.tax_category, line.tax_rate) in self.rates,
            order_difference=self._order_difference(line, record, order),
        )

    def _order_difference(
        self, line: InvoiceLine, record: PurchaseOrderRecord | None, order: OrderDocument | None
    ) -> str:
        if record is None:
            return ""
        if order is not None:
            # one purchase order may be several orders, which bear together what was agreed for the whole
            orders = [self.unit.history.order(self.supplier, number) for number in record.order_numbers]
            known = [one for one in orders if one is not None]
            held = tuple(entry for one in known for entry in one.allowances)
            found = unagreed_charges(record.allowances, held) if len(known) == len(orders) else ""
            if found:
                return found
        return order_difference(
            self.invoice,
            line.order_number,
            order=order,
            allowances=record.allowances,
            whole=sum(entry.amount_excl_tax for entry in record.lines),
        )

    def _lawful_rates(self, line: InvoiceLine) -> frozenset[Decimal]:
        """The rate may have changed between the order and the shipment, which is what decides it."""
        try:
            rate = self.desk.rules.tax_table.rate(line.tax_category, line.shipped_on).rate
        except UnknownTax:
            return frozenset()
        return frozenset((rate,))
