"""The facts that a page of invoices is compared with, read in a few queries (INT-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from attrs import define, field

from askul_connect.core.domain.matches import DecisionKind, MatchFinding
from askul_connect.core.domain.purchasing import (
    BilledLine,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
)
from askul_connect.core.domain.tax import TaxCategory, TaxTable
from askul_connect.core.errors import UnknownTax
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, OrderDocumentLine
from askul_connect.core.policies.matching import (
    MatchFacts,
    order_difference,
    receipts_count,
    unagreed_charges,
)
from askul_connect.core.policies.matching_tax import rates_in_order, tax_excess
from askul_connect.core.policies.settings import MatchingSettings
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork

_OrderLineKey = tuple[str, str]


@define(kw_only=True)
class InvoiceFacts:
    """What is the same for all lines of an invoice."""

    rates: frozenset[tuple[TaxCategory, Decimal]]
    times: Mapping[str, int]
    reused: str
    orders: dict[str, MatchFinding | None] = field(factory=dict)


@define(kw_only=True)
class PageFacts:
    """The facts of some invoices of one supplier.

    Attributes:
        records: Purchase orders of this supplier by id, newest first.
        lines: Their lines, by key and line id.
        orders: The supplier's orders by number.
        order_lines: Their lines, by order number and line id.
        received: Units received, by key and line id.
        billed: Booked invoice lines by order number and line id; those that are booked meanwhile are added.
    """

    supplier: str
    settings: MatchingSettings
    taxes: TaxTable
    records: dict[_OrderLineKey, PurchaseOrderRecord]
    lines: dict[tuple[PurchaseOrderKey, str], PurchaseLine]
    orders: Mapping[str, OrderDocument]
    order_lines: dict[_OrderLineKey, OrderDocumentLine]
    received: Mapping[tuple[PurchaseOrderKey, str], int]
    billed: dict[_OrderLineKey, list[BilledLine]]
    reused: Mapping[str, str]
    _rates: dict[tuple[TaxCategory, date], frozenset[Decimal]] = field(factory=dict)

    def of_invoice(self, invoice: Invoice) -> InvoiceFacts:
        """What is the same for all its lines."""
        return InvoiceFacts(
            rates=rates_in_order(invoice, self.settings),
            times=Counter(line.line_number for line in invoice.lines),
            reused=self.reused.get(invoice.invoice_number, ""),
        )

    def record(self, line: InvoiceLine) -> PurchaseOrderRecord | None:
        """The purchase order that a line bills."""
        return self.records.get((line.purchase_order_id, line.order_number))

    def of_line(
        self, invoice: Invoice, whole: InvoiceFacts, line: InvoiceLine, record: PurchaseOrderRecord | None
    ) -> MatchFacts:
        """What a line is compared with."""
        tax = (line.tax_category, line.tax_rate)
        adds_up = tax in whole.rates
        excess = None if adds_up else tax_excess(invoice, *tax)
        if record is None:
            return MatchFacts(
                currency=invoice.currency,
                ordered_currency="",
                purchase_line=None,
                order_line=None,
                rates=frozenset(),
                received=None,
                invoiced_before=0,
                billed_elsewhere="",
                taxes_add_up=adds_up,
                tax_excess=excess,
            )
        place = (line.order_number, line.line_id)
        purchase = self.lines.get((record.key, line.line_id))
        before, elsewhere = 0, ""
        for entry in self.billed.get(place, ()):
            before += entry.quantity
            if line.ship_notice_number and entry.ship_notice_number == line.ship_notice_number:
                elsewhere = elsewhere or entry.invoice_number
        return MatchFacts(
            currency=invoice.currency,
            ordered_currency=record.currency,
            purchase_line=purchase,
            order_line=self.order_lines.get(place),
            rates=self._lawful_rates(line.tax_category, line.shipped_on),
            received=self.received.get((record.key, line.line_id)),
            invoiced_before=before,
            billed_elsewhere=elsewhere,
            taxes_add_up=adds_up,
            order_difference=self._order_difference(invoice, whole, line.order_number, record),
            tax_excess=excess,
            receipts_count=receipts_count(self.settings, self.supplier, purchase.account if purchase else ""),
            reused=whole.reused,
            times=whole.times[line.line_number],
        )

    def book(self, invoice: Invoice, line: InvoiceLine) -> None:
        """Let the lines that follow know that a line was booked."""
        self.billed.setdefault((line.order_number, line.line_id), []).append(
            BilledLine(
                invoice_number=invoice.invoice_number,
                line_number=line.line_number,
                ship_notice_number=line.ship_notice_number,
                quantity=line.quantity,
            )
        )

    def _order_difference(
        self, invoice: Invoice, whole: InvoiceFacts, number: str, record: PurchaseOrderRecord
    ) -> MatchFinding | None:
        if number not in whole.orders:
            whole.orders[number] = self._new_order_difference(invoice, number, record)
        return whole.orders[number]

    def _new_order_difference(
        self, invoice: Invoice, number: str, record: PurchaseOrderRecord
    ) -> MatchFinding | None:
        order = self.orders.get(number)
        if order is not None:
            # one purchase order may be several orders, which bear together what was agreed for the whole
            known = [self.orders[one] for one in record.order_numbers if one in self.orders]
            if len(known) == len(record.order_numbers):
                held = tuple(entry for one in known for entry in one.allowances)
                found = unagreed_charges(record.allowances, held, record.currency)
                if found is not None:
                    return found
        return order_difference(
            invoice,
            number,
            order=order,
            allowances=record.allowances,
            whole=sum(entry.amount_excl_tax for entry in record.lines),
            settings=self.settings,
        )

    def _lawful_rates(self, category: TaxCategory, on: date) -> frozenset[Decimal]:
        """The rate may have changed between the order and the shipment, which is what decides it."""
        if (category, on) not in self._rates:
            try:
                self._rates[category, on] = frozenset((self.taxes.rate(category, on).rate,))
            except UnknownTax:
                self._rates[category, on] = frozenset()
        return self._rates[category, on]


def page_facts(
    unit: BuyerUnitOfWork,
    supplier: str,
    invoices: Collection[Invoice],
    settings: MatchingSettings,
    taxes: TaxTable,
) -> PageFacts:
    """Read the facts of some invoices of one supplier."""
    lines = [line for invoice in invoices for line in invoice.lines]
    ids = {line.purchase_order_id for line in lines if line.purchase_order_id}
    found = unit.purchase_orders.by_ids(ids) if ids else {}
    records: dict[_OrderLineKey, PurchaseOrderRecord] = {}
    for one, of_id in found.items():
        for record in of_id:
            if record.supplier == supplier:
                for number in record.order_numbers:
                    # the newest comes first
                    records.setdefault((one, number), record)
    numbers = {number for record in records.values() for number in record.order_numbers}
    orders: Mapping[str, OrderDocument] = (
        unit.history.many(supplier, "orders", sorted(numbers)) if numbers else {}
    )
    billed = unit.matches.billed_of_orders(supplier, sorted(numbers)) if numbers else {}
    return PageFacts(
        supplier=supplier,
        settings=settings,
        taxes=taxes,
        records=records,
        lines={
            (record.key, line.line_id): line for record in records.values() for line in reversed(record.lines)
        },
        orders=orders,
        order_lines={
            (number, line.line_id): line for number, order in orders.items() for line in reversed(order.lines)
        },
        received=unit.receipts.received_of(ids) if ids else {},
        billed={key: list(entries) for key, entries in billed.items()},
        reused=_reused(unit, supplier, [invoice.invoice_number for invoice in invoices]),
    )


def _reused(unit: BuyerUnitOfWork, supplier: str, numbers: Collection[str]) -> Mapping[str, str]:
    """What was booked under a number before other lines came under it, by number."""
    last = {
        decision.invoice_number: decision
        for decision in unit.matches.decisions(supplier, numbers)
        if not decision.line_number
    }
    return {
        number: decision.reason
        for number, decision in last.items()
        if decision.decision is DecisionKind.NUMBER_REUSED
    }
