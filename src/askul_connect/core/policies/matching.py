"""The three-way match of one invoice line: order, goods receipt, invoice (INT-4).

The document's own amounts stay as they are; this only judges them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, taxed_amounts
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.delivery_terms import FREIGHT
from askul_connect.core.domain.purchasing import MatchResult, PurchaseLine
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import TaxCategory, tax_subtotals
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, OrderDocumentLine
from askul_connect.core.policies.settings import MatchingSettings


@frozen(kw_only=True)
class MatchFacts:
    """What an invoice line is compared with.

    Attributes:
        currency: ISO 4217 code of the invoice.
        ordered_currency: That of the purchase order; empty when there is none.
        purchase_line: The purchase order's line, None when there is none.
        order_line: The supplier's order line, None when it was never synchronised.
        rates: Rates in percent that the law has for the line's category on the day it was shipped, besides the
            order's own.
        received: Units received so far; None when no receipt was booked.
        invoiced_before: Units of the order line on other invoice lines that were matched.
        billed_elsewhere: Number of another invoice that bills the same shipped line, empty if none.
        taxes_add_up: Whether the invoice's tax of this line's rate, and its totals, are those of its lines.
        order_difference: What is wrong with the part of the order's allowances and charges on this invoice, empty if
            nothing is.
    """

    currency: str
    ordered_currency: str
    purchase_line: PurchaseLine | None
    order_line: OrderDocumentLine | None
    rates: frozenset[Decimal]
    received: int | None
    invoiced_before: int
    billed_elsewhere: str
    taxes_add_up: bool
    order_difference: str = ""


@frozen(kw_only=True)
class Finding:
    """The result for one line and what it rests on."""

    result: MatchResult
    detail: str


def match_line(line: InvoiceLine, facts: MatchFacts, settings: MatchingSettings) -> Finding:
    """Match one invoice line; the first difference in the order of the checks decides."""
    if facts.purchase_line is None:
        return Finding(
            result=MatchResult.UNKNOWN_ORDER,
            detail=f"there is no purchase order {line.purchase_order_id} of this order with a line {line.line_id}",
        )
    for check in _CHECKS:
        found = check(line, facts.purchase_line, facts, settings)
        if found is not None:
            return found
    total, ordered = facts.invoiced_before + line.quantity, _ordered(facts.purchase_line, facts)
    return Finding(
        result=MatchResult.MATCHED,
        detail=f"{line.quantity} at {line.unit_price}; {total} invoiced, {facts.received or 0} received,"
        f" {ordered} ordered",
    )


def _duplicate(
    line: InvoiceLine, _purchase: PurchaseLine, facts: MatchFacts, _settings: MatchingSettings
) -> Finding | None:
    if not facts.billed_elsewhere:
        return None
    return Finding(
        result=MatchResult.DUPLICATE_INVOICE,
        detail=f"line {line.line_id} of shipment {line.ship_notice_number} is billed in {facts.billed_elsewhere}",
    )


def _price(
    line: InvoiceLine, purchase: PurchaseLine, facts: MatchFacts, settings: MatchingSettings
) -> Finding | None:
    agreed = facts.order_line.unit_price if facts.order_line else purchase.unit_price
    detail = ""
    taken_off, whole = agreed_for_line(purchase, facts.order_line)
    if facts.currency != facts.ordered_currency:
        detail = f"invoiced in {facts.currency}, ordered in {facts.ordered_currency}"
    elif abs(line.unit_price - agreed) > settings.price_tolerance:
        detail = f"invoiced at {line.unit_price}, ordered at {agreed} (tolerance {settings.price_tolerance})"
    elif not _is_product(line, facts.currency):
        detail = f"the amount {line.amount_excl_tax} is not {line.quantity} times {line.unit_price}"
        if line.allowances:
            detail += f" with {net_of(line.allowances):+d} of allowances and charges"
    elif not in_proportion(
        net_of(line.allowances),
        line.quantity,
        net_of(taken_off),
        whole,
        parts=len(taken_off),
    ):
        detail = (
            f"{net_of(line.allowances):+d} of allowances and charges for {line.quantity} units,"
            f" {net_of(taken_off):+d} were agreed for {whole}"
        )
    elif facts.order_difference:
        detail = facts.order_difference
    return Finding(result=MatchResult.PRICE_DIFFERENCE, detail=detail) if detail else None


def agreed_for_line(
    purchase: PurchaseLine, ordered: OrderDocumentLine | None
) -> tuple[Sequence[AllowanceCharge], int]:
    """What is taken off a line or added to it by agreement, and for how many units of it.

    What the supplier takes off besides counts as agreed, what it adds does not.
    """
    if ordered is not None and net_of(ordered.allowances) < net_of(purchase.allowances):
        return ordered.allowances, ordered.quantity
    return purchase.allowances, purchase.quantity


def unagreed_charges(agreed: Sequence[AllowanceCharge], held: Sequence[AllowanceCharge]) -> str:
    """What a supplier's orders hold beside their lines that was not agreed, empty if nothing is.

    What shipping costs is the supplier's to say, and it says so in the order (PRC-4).

    Args:
        agreed: What the purchase order says of the order as a whole.
        held: The same of the orders that it became, all of them together.
    """
    added = net_of(held) - net_of(agreed)
    freight = sum(entry.amount for entry in held if entry.charge and entry.reason_code == FREIGHT)
    freight -= sum(entry.amount for entry in agreed if entry.charge and entry.reason_code == FREIGHT)
    if added == max(freight, 0):
        return ""
    return f"the order has {net_of(held):+d} of allowances and charges, {net_of(agreed):+d} were agreed"


def _is_product(line: InvoiceLine, code: str) -> bool:
    """Whether the amount is quantity times price, rounded to a whole minor unit in whichever way."""
    exact = line.unit_price.scaleb(currency(code).exponent) * line.quantity
    return abs(exact + net_of(line.allowances) - line.amount_excl_tax) < 1


def in_proportion(billed: int, quantity: int, agreed: int, whole: int, *, parts: int) -> bool:
    """Whether a part of an amount is the part's share of it; each of its parts may be rounded to a minor unit.

    Args:
        billed: The part that is billed.
        quantity: What it is for.
        agreed: The whole amount.
        whole: What that is for.
        parts: How many amounts were rounded.
    """
    if whole == 0:
        return billed in {0, agreed}
    return abs(billed * whole - agreed * quantity) <= abs(whole) * parts


def _tax(
    line: InvoiceLine, _purchase: PurchaseLine, facts: MatchFacts, _settings: MatchingSettings
) -> Finding | None:
    order, detail = facts.order_line, ""
    if order and line.tax_category is not order.tax_category:
        detail = f"invoiced as {line.tax_category}, ordered as {order.tax_category}"
    elif order and line.tax_rate != order.tax_rate and line.tax_rate not in facts.rates:
        detail = f"invoiced with {line.tax_rate} % tax, ordered with {order.tax_rate} %"
    elif not facts.taxes_add_up:
        detail = f"the invoice's tax at {line.tax_rate} %, or its totals, are not those of its lines"
    return Finding(result=MatchResult.TAX_DIFFERENCE, detail=detail) if detail else None


def _quantity(
    line: InvoiceLine, purchase: PurchaseLine, facts: MatchFacts, settings: MatchingSettings
) -> Finding | None:
    total = facts.invoiced_before + line.quantity
    ordered, received = _ordered(purchase, facts), facts.received or 0
    if total > ordered + settings.quantity_tolerance:
        return Finding(
            result=MatchResult.OVER_INVOICED,
            detail=f"{total} units invoiced, {ordered} ordered and not cancelled",
        )
    if total > received + settings.quantity_tolerance:
        return Finding(result=MatchResult.NOT_RECEIVED, detail=f"{total} units invoiced, {received} received")
    return None


def _ordered(purchase: PurchaseLine, facts: MatchFacts) -> int:
    """Units that were ordered and not cancelled."""
    return purchase.quantity - (facts.order_line.quantity_cancelled if facts.order_line else 0)


_Check = Callable[[InvoiceLine, PurchaseLine, MatchFacts, MatchingSettings], Finding | None]
_CHECKS: tuple[_Check, ...] = (_duplicate, _price, _tax, _quantity)


def rates_in_order(
    invoice: Invoice | CreditNote, settings: MatchingSettings
) -> frozenset[tuple[TaxCategory, Decimal]]:
    """Category and rate of a document's taxes that agree with its lines; none when its totals do not add up.

    The parts of the orders' allowances and charges count as lines do.

    The taxable sum must be that of the lines exactly; the tax must be that sum's tax rounded once, down or up, since
    the law leaves the method free (PRC-3), give or take the tolerance.
    """
    stated = sum(entry.tax for entry in invoice.tax)
    beside = [entry.allowance for entry in invoice.allowances]
    if any(entry.tax_category is None or entry.tax_rate is None for entry in beside):
        return frozenset()
    if invoice.total_excl_tax != sum(line.amount_excl_tax for line in invoice.lines) + net_of(beside):
        return frozenset()
    if invoice.total_incl_tax != invoice.total_excl_tax + stated:
        return frozenset()
    lines = taxed_amounts(
        [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in invoice.lines], beside
    )
    lowest = {(entry.category, entry.rate): entry for entry in tax_subtotals(lines, Rounding.DOWN)}
    highest = {(entry.category, entry.rate): entry for entry in tax_subtotals(lines, Rounding.UP)}
    keys = [(entry.category, entry.rate) for entry in invoice.tax]
    if len(set(keys)) < len(keys) or not lowest.keys() >= set(keys):
        # tax that no line bears would be paid without being looked at
        return frozenset()
    fine = set()
    for key, entry in zip(keys, invoice.tax, strict=True):
        if entry.taxable != lowest[key].taxable:
            continue
        bounds = sorted((lowest[key].tax, highest[key].tax))
        if bounds[0] - settings.tax_tolerance <= entry.tax <= bounds[1] + settings.tax_tolerance:
            fine.add(key)
    if any((entry.tax_category, entry.tax_rate) not in fine for entry in beside):
        # no line may bear that tax, so that none would show the difference
        return frozenset()
    return frozenset(fine)


def order_difference(
    invoice: Invoice,
    order_number: str,
    *,
    order: OrderDocument | None,
    allowances: Sequence[AllowanceCharge],
    whole: int,
) -> str:
    """What is wrong with the part of an order's allowances and charges that an invoice bills, empty if nothing is.

    It goes with the value of the order's lines on the invoice.

    Args:
        invoice: The invoice.
        order_number: The order.
        order: As the supplier holds it, None when it was never synchronised.
        allowances: What the purchase order says was agreed.
        whole: Amount of all lines of the purchase order, minor units.
    """
    if order is not None:
        allowances, whole = order.allowances, sum(line.amount_excl_tax for line in order.lines)
    lines = [line for line in invoice.lines if line.order_number == order_number]
    # what came back before it was billed was never agreed with the order
    agreed = [one for one in invoice.allowances if one.order_number == order_number and not one.reduction_id]
    entries = [entry.allowance for entry in agreed]
    taxes: set[tuple[TaxCategory | None, Decimal | None]] = {
        (line.tax_category, line.tax_rate) for line in lines
    }
    taxes |= {(entry.tax_category, entry.tax_rate) for entry in allowances if entry.tax_rate is not None}
    strange = [entry for entry in entries if (entry.tax_category, entry.tax_rate) not in taxes]
    if order is not None and strange:
        return f"{strange[0].net:+d} of the order is taxed as {strange[0].tax_category} at {strange[0].tax_rate} %"
    billed = net_of(entries)
    part = sum(line.amount_excl_tax for line in lines)
    shipments = len({line.ship_notice_number for line in lines})
    if in_proportion(billed, part, net_of(allowances), whole, parts=len(allowances) * shipments):
        return ""
    return (
        f"{billed:+d} of the order's allowances and charges for {part} of its lines,"
        f" {net_of(allowances):+d} were agreed for {whole}"
    )
