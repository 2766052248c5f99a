"""The three-way match of one invoice line: order, goods receipt, invoice (INT-4)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.purchasing import MatchResult, PurchaseLine
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import TaxCategory, tax_subtotals
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocumentLine
from askul_connect.core.policies.settings import MatchingSettings


@frozen(kw_only=True)
class MatchFacts:
    """What an invoice line is compared with.

    Attributes:
        purchase_line: The purchase order's line, None when there is none.
        order_line: The supplier's order line, None when it was never synchronised.
        received: Units received so far; None when no receipt was booked.
        invoiced_before: Units of the line on other invoice lines that were matched.
        billed_elsewhere: Number of another invoice that bills the same shipped line, empty if none.
        tax_ok: Whether the invoice's tax of this line's rate is right.
    """

    purchase_line: PurchaseLine | None
    order_line: OrderDocumentLine | None
    received: int | None
    invoiced_before: int
    billed_elsewhere: str
    tax_ok: bool


@frozen(kw_only=True)
class Finding:
    """The result for one line and what it rests on."""

    result: MatchResult
    detail: str


def match_line(line: InvoiceLine, facts: MatchFacts, settings: MatchingSettings) -> Finding:
    """Match one invoice line; the first difference in the order of this function decides."""
    purchase, order = facts.purchase_line, facts.order_line
    if purchase is None:
        return Finding(
            result=MatchResult.UNKNOWN_ORDER,
            detail=f"no purchase order {line.purchase_order_id} with a line {line.line_id}",
        )
    if facts.billed_elsewhere:
        return Finding(
            result=MatchResult.DUPLICATE_INVOICE,
            detail=f"{line.ship_notice_number} line {line.line_id} is billed in {facts.billed_elsewhere} already",
        )
    agreed = order.unit_price if order else purchase.unit_price
    if abs(line.unit_price - agreed) > settings.price_tolerance:
        return Finding(
            result=MatchResult.PRICE_DIFFERENCE,
            detail=f"invoiced at {line.unit_price}, ordered at {agreed} (tolerance {settings.price_tolerance})",
        )
    if not facts.tax_ok:
        return Finding(
            result=MatchResult.TAX_DIFFERENCE,
            detail=f"the invoice's tax at {line.tax_rate} % is not that of its lines",
        )
    total = facts.invoiced_before + line.quantity
    ordered = purchase.quantity - (order.quantity_cancelled if order else 0)
    if total > ordered + settings.quantity_tolerance:
        return Finding(
            result=MatchResult.OVER_INVOICED,
            detail=f"{total} units invoiced, {ordered} ordered and not cancelled",
        )
    received = facts.received or 0
    if total > received + settings.quantity_tolerance:
        return Finding(result=MatchResult.NOT_RECEIVED, detail=f"{total} units invoiced, {received} received")
    return Finding(
        result=MatchResult.MATCHED,
        detail=f"{line.quantity} at {line.unit_price}; {total} invoiced, {received} received, {ordered} ordered",
    )


def rates_in_order(invoice: Invoice, settings: MatchingSettings) -> frozenset[tuple[TaxCategory, Decimal]]:
    """Category and rate of the invoice's taxes that agree with its lines.

    The taxable sum must be that of the lines exactly; the tax must be that sum's tax rounded once, down or up, since
    the law leaves the method free (PRC-3), give or take the tolerance. The document's own totals stay as they are;
    this only judges them.
    """
    lines = [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines]
    lowest = {(entry.category, entry.rate): entry for entry in tax_subtotals(lines, Rounding.DOWN)}
    highest = {(entry.category, entry.rate): entry for entry in tax_subtotals(lines, Rounding.UP)}
    fine = set()
    for entry in invoice.tax:
        key = (entry.category, entry.rate)
        if key not in lowest or entry.taxable != lowest[key].taxable:
            continue
        bounds = sorted((lowest[key].tax, highest[key].tax))
        if bounds[0] - settings.tax_tolerance <= entry.tax <= bounds[1] + settings.tax_tolerance:
            fine.add(key)
    return frozenset(fine)
