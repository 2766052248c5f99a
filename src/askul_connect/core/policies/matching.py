"""The match of one invoice line with its order and, three ways, with the goods receipts (INT-4).

The document's own amounts stay as they are; this only judges them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import (
    PERCENT_UNITS,
    AllowanceCharge,
    net_of,
    percent_units,
)
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.delivery_terms import FREIGHT
from askul_connect.core.domain.matches import DifferenceKind, MatchFinding, MatchResult
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument, OrderDocumentLine
from askul_connect.core.policies.match_texts import difference_text
from askul_connect.core.policies.settings import MatchingSettings, MatchWay

#: In place of units received, where receipts are not compared.
NOT_COMPARED = -1


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
        invoiced_before: Units of the order line on other invoice lines that were booked.
        billed_elsewhere: Number of another invoice that bills the same shipped line, empty if none.
        taxes_add_up: Whether the invoice's tax of this line's rate, and its totals, are those of its lines.
        order_difference: What is wrong with the part of the order's allowances and charges on this invoice, None if
            nothing is.
        tax_excess: By how much the tax or the totals are too high, minor units, where they do not add up.
        receipts_count: Whether receipts are compared at all: the three-way match, not the two-way one.
        reused: What was booked under the invoice's number before it came with other lines; empty if nothing was.
        times: How often the invoice has the line's number.
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
    order_difference: MatchFinding | None = None
    tax_excess: int | None = None
    receipts_count: bool = True
    reused: str = ""
    times: int = 1


@frozen(kw_only=True)
class LineMatch:
    """The result for one line and what it rests on.

    Attributes:
        detail: The first difference, or what was compared, in English.
        findings: Every difference; none when it matched.
    """

    result: MatchResult
    detail: str
    findings: tuple[MatchFinding, ...] = ()


def match_line(line: InvoiceLine, facts: MatchFacts, settings: MatchingSettings) -> LineMatch:
    """Match one invoice line: every difference is found, and the first in the order of the checks is the result.

    A line of a credit note has a negative quantity and takes off what was invoiced before.
    """
    purchase = facts.purchase_line
    if purchase is None:
        named = {"purchase_order": line.purchase_order_id, "line": line.line_id}
        return _differing(
            [MatchFinding(kind=DifferenceKind.UNKNOWN_ORDER, amount=line.amount_excl_tax, facts=named)]
        )
    findings = [found for check in _CHECKS for found in check(line, purchase, facts, settings)]
    if findings:
        return _differing(findings)
    total, ordered = facts.invoiced_before + line.quantity, _ordered(purchase, facts)
    received = facts.received if facts.receipts_count else NOT_COMPARED
    return LineMatch(
        result=MatchResult.MATCHED,
        detail=matched_text(line.quantity, line.unit_price, total, received, ordered),
    )


def matched_text(quantity: int, price: Decimal, total: int, received: int | None, ordered: int) -> str:
    """What was compared where nothing differs."""
    arrived = "receipts are not compared" if received == NOT_COMPARED else f"{received or 0} received"
    return f"{quantity} at {price}; {total} invoiced, {arrived}, {ordered} ordered"


def _differing(findings: Sequence[MatchFinding]) -> LineMatch:
    first = findings[0]
    return LineMatch(result=first.result, detail=difference_text(first).en, findings=tuple(findings))


def within(difference: Decimal | int, of: Decimal | int, absolute: Decimal | int, percent: Decimal) -> bool:
    """Whether a difference is tolerated; where both tolerances are given, the smaller one counts.

    Args:
        difference: Of either sign.
        of: What the percentage is of.
        absolute: Tolerance in the difference's own unit; 0 is not given.
        percent: Tolerance in percent; 0 is not given.
    """
    size = abs(Decimal(difference))
    if not percent:
        return size <= absolute
    # multiplied, not divided: nothing is rounded
    in_percent = size * PERCENT_UNITS <= abs(Decimal(of)) * percent_units(percent)
    return in_percent and (not absolute or size <= absolute)


def receipts_count(settings: MatchingSettings, supplier: str, account: str) -> bool:
    """Whether a line is matched three ways; what is said of its account goes before what is said of its supplier."""
    way = settings.accounts.get(account) or settings.suppliers.get(supplier) or settings.way
    return way is MatchWay.THREE_WAY


_Findings = Iterator[MatchFinding]


def _duplicate(
    line: InvoiceLine, _purchase: PurchaseLine, facts: MatchFacts, _settings: MatchingSettings
) -> _Findings:
    whole = line.amount_excl_tax
    if facts.billed_elsewhere and line.quantity >= 0:
        named = {
            "line": line.line_id,
            "shipment": line.ship_notice_number,
            "invoice": facts.billed_elsewhere,
        }
        yield MatchFinding(kind=DifferenceKind.BILLED_ELSEWHERE, amount=whole, facts=named)
    if facts.reused:
        named = {"before": facts.reused}
        yield MatchFinding(kind=DifferenceKind.NUMBER_REUSED, amount=whole, facts=named)
    if facts.times > 1:
        named = {"line": line.line_number, "times": str(facts.times)}
        yield MatchFinding(kind=DifferenceKind.LINE_REPEATED, amount=whole, facts=named)


def _price(
    line: InvoiceLine, purchase: PurchaseLine, facts: MatchFacts, settings: MatchingSettings
) -> _Findings:
    agreed = facts.order_line.unit_price if facts.order_line else purchase.unit_price
    if facts.currency != facts.ordered_currency:
        # amounts of two currencies cannot be compared
        named = {"invoiced": facts.currency, "ordered": facts.ordered_currency}
        yield MatchFinding(kind=DifferenceKind.CURRENCY, facts=named)
        return
    exponent = currency(facts.currency).exponent
    over = line.unit_price - agreed
    if over and not within(over, agreed, settings.price_tolerance, settings.price_tolerance_percent):
        named = {
            "invoiced": str(line.unit_price),
            "ordered": str(agreed),
            "tolerance": _shown(settings.price_tolerance, settings.price_tolerance_percent),
        }
        amount = round_decimal(over.scaleb(exponent) * line.quantity, 0, Rounding.HALF_UP)
        yield MatchFinding(kind=DifferenceKind.UNIT_PRICE, amount=amount, facts=named)
    net = net_of(line.allowances) if line.allowances else 0
    exact = line.unit_price.scaleb(exponent) * line.quantity + net
    # rounded to a whole minor unit in whichever way
    if abs(line.amount_excl_tax - exact) >= 1 and not _small(line.amount_excl_tax - exact, exact, settings):
        named = {
            "invoiced": minor_to_text(line.amount_excl_tax, facts.currency),
            "quantity": str(line.quantity),
            "price": str(line.unit_price),
            "allowances": _signed(net, facts.currency),
        }
        amount = line.amount_excl_tax - round_decimal(exact, 0, Rounding.HALF_UP)
        yield MatchFinding(kind=DifferenceKind.AMOUNT, amount=amount, facts=named)
    if line.allowances or purchase.allowances or (facts.order_line and facts.order_line.allowances):
        yield from _line_allowances(line, purchase, facts, settings, net)
    if facts.order_difference is not None:
        yield facts.order_difference


def _line_allowances(
    line: InvoiceLine, purchase: PurchaseLine, facts: MatchFacts, settings: MatchingSettings, net: int
) -> _Findings:
    taken_off, whole = agreed_for_line(purchase, facts.order_line)
    agreed = net_of(taken_off)
    if in_proportion(net, line.quantity, agreed, whole, parts=len(taken_off)):
        return
    part = _part(agreed, line.quantity, whole)
    if not _small(net - part, part, settings):
        named = {
            "invoiced": _signed(net, facts.currency),
            "units": str(line.quantity),
            "agreed": _signed(agreed, facts.currency),
            "whole": str(whole),
        }
        yield MatchFinding(kind=DifferenceKind.LINE_ALLOWANCE, amount=net - part, facts=named)


def _small(difference: Decimal | int, of: Decimal | int, settings: MatchingSettings) -> bool:
    return within(difference, of, settings.amount_tolerance, settings.amount_tolerance_percent)


def _part(agreed: int, quantity: int, whole: int) -> int:
    return divide(agreed * quantity, whole, Rounding.HALF_UP) if whole else agreed


def _signed(minor: int, code: str) -> str:
    return f"{'+' if minor >= 0 else ''}{minor_to_text(minor, code)}"


def _shown(absolute: Decimal | int, percent: Decimal) -> str:
    if not percent:
        return str(absolute)
    return f"{absolute}, {percent} %" if absolute else f"{percent} %"


def agreed_for_line(
    purchase: PurchaseLine, ordered: OrderDocumentLine | None
) -> tuple[Sequence[AllowanceCharge], int]:
    """What is taken off a line or added to it by agreement, and for how many units of it.

    What the supplier takes off besides counts as agreed, what it adds does not.
    """
    if ordered is not None and net_of(ordered.allowances) < net_of(purchase.allowances):
        return ordered.allowances, ordered.quantity
    return purchase.allowances, purchase.quantity


def unagreed_charges(
    agreed: Sequence[AllowanceCharge], held: Sequence[AllowanceCharge], code: str
) -> MatchFinding | None:
    """What a supplier's orders hold beside their lines that was not agreed, None if nothing is.

    What shipping costs is the supplier's to say, and it says so in the order (PRC-4).

    Args:
        agreed: What the purchase order says of the order as a whole.
        held: The same of the orders that it became, all of them together.
        code: Their currency.
    """
    added = net_of(held) - net_of(agreed)
    freight = sum(entry.amount for entry in held if entry.charge and entry.reason_code == FREIGHT)
    freight -= sum(entry.amount for entry in agreed if entry.charge and entry.reason_code == FREIGHT)
    if added == max(freight, 0):
        return None
    named = {"held": _signed(net_of(held), code), "agreed": _signed(net_of(agreed), code)}
    return MatchFinding(kind=DifferenceKind.ORDER_CHARGE, amount=added - max(freight, 0), facts=named)


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
) -> _Findings:
    order = facts.order_line
    rate_differs = order is not None and line.tax_rate != order.tax_rate and line.tax_rate not in facts.rates
    if order is not None and line.tax_category is not order.tax_category:
        named = {"invoiced": str(line.tax_category), "ordered": str(order.tax_category)}
        yield MatchFinding(
            kind=DifferenceKind.TAX_CATEGORY, amount=_more_tax(line, order.tax_rate), facts=named
        )
    elif order is not None and rate_differs:
        named = {"invoiced": str(line.tax_rate), "ordered": str(order.tax_rate)}
        yield MatchFinding(kind=DifferenceKind.TAX_RATE, amount=_more_tax(line, order.tax_rate), facts=named)
    if not facts.taxes_add_up:
        named = {"rate": str(line.tax_rate)}
        yield MatchFinding(kind=DifferenceKind.TAX_SUM, amount=facts.tax_excess, facts=named)


def _more_tax(line: InvoiceLine, ordered: Decimal) -> int:
    """How much more tax the line bears than it would at the ordered rate; the line's alone, so only a measure."""
    return round_decimal(((line.tax_rate - ordered) * line.amount_excl_tax).scaleb(-2), 0, Rounding.DOWN)


def _quantity(
    line: InvoiceLine, purchase: PurchaseLine, facts: MatchFacts, settings: MatchingSettings
) -> _Findings:
    total = facts.invoiced_before + line.quantity
    if line.quantity < 0:
        if total < 0:
            named = {"credited": str(-line.quantity), "invoiced": str(facts.invoiced_before)}
            yield MatchFinding(
                kind=DifferenceKind.MORE_THAN_INVOICED, amount=_worth(line, total), facts=named
            )
        return
    ordered, received = _ordered(purchase, facts), facts.received or 0
    if total > ordered and not _few(total - ordered, ordered, settings):
        named = {"invoiced": str(total), "ordered": str(ordered)}
        units = min(total - ordered, line.quantity)
        yield MatchFinding(kind=DifferenceKind.MORE_THAN_ORDERED, amount=_worth(line, units), facts=named)
        # what is beyond the order need not arrive as well
        total = ordered
    if facts.receipts_count and total > received and not _few(total - received, received, settings):
        named = {"invoiced": str(total), "received": str(received)}
        units = min(total - received, line.quantity)
        yield MatchFinding(kind=DifferenceKind.MORE_THAN_RECEIVED, amount=_worth(line, units), facts=named)


def _few(units: int, of: int, settings: MatchingSettings) -> bool:
    return within(units, of, settings.quantity_tolerance, settings.quantity_tolerance_percent)


def _worth(line: InvoiceLine, units: int) -> int:
    """What so many units of the line are billed with."""
    if line.quantity == 0:
        return line.amount_excl_tax
    return divide(line.amount_excl_tax * units, line.quantity, Rounding.HALF_UP)


def _ordered(purchase: PurchaseLine, facts: MatchFacts) -> int:
    """Units that were ordered and not cancelled."""
    return purchase.quantity - (facts.order_line.quantity_cancelled if facts.order_line else 0)


_Check = Callable[[InvoiceLine, PurchaseLine, MatchFacts, MatchingSettings], _Findings]
_CHECKS: tuple[_Check, ...] = (_duplicate, _price, _tax, _quantity)


def order_difference(
    invoice: Invoice,
    order_number: str,
    *,
    order: OrderDocument | None,
    allowances: Sequence[AllowanceCharge],
    whole: int,
    settings: MatchingSettings,
) -> MatchFinding | None:
    """What is wrong with the part of an order's allowances and charges that an invoice bills, None if nothing is.

    It goes with the value of the order's lines on the invoice.

    Args:
        invoice: The invoice.
        order_number: The order.
        order: As the supplier holds it, None when it was never synchronised.
        allowances: What the purchase order says was agreed.
        whole: Amount of all lines of the purchase order, minor units.
        settings: What is tolerated.
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
        named = {
            "invoiced": _signed(strange[0].net, invoice.currency),
            "category": str(strange[0].tax_category or ""),
            "rate": str(strange[0].tax_rate if strange[0].tax_rate is not None else ""),
        }
        return MatchFinding(kind=DifferenceKind.ORDER_ALLOWANCE_TAX, amount=strange[0].net, facts=named)
    billed, agreed_net = net_of(entries), net_of(allowances)
    part = sum(line.amount_excl_tax for line in lines)
    shipments = len({line.ship_notice_number for line in lines})
    if in_proportion(billed, part, agreed_net, whole, parts=len(allowances) * shipments):
        return None
    share = _part(agreed_net, part, whole)
    if _small(billed - share, share, settings):
        return None
    named = {
        "invoiced": _signed(billed, invoice.currency),
        "part": minor_to_text(part, invoice.currency),
        "agreed": _signed(agreed_net, invoice.currency),
        "whole": minor_to_text(whole, invoice.currency),
    }
    return MatchFinding(kind=DifferenceKind.ORDER_ALLOWANCE, amount=billed - share, facts=named)
