"""The differences of an invoice line, counted again from the guide, slowly and in fractions."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.purchasing import PurchaseLine
from askul_connect.core.messages.documents import InvoiceLine, OrderDocumentLine
from askul_connect.core.policies.matching import MatchFacts
from askul_connect.core.policies.settings import MatchingSettings

DECIMALS = {"JPY": 0, "USD": 2, "KWD": 3}


def signed(entries: Sequence[AllowanceCharge]) -> int:
    return sum(entry.amount if entry.charge else -entry.amount for entry in entries)


def allowed(of: Fraction, absolute: Decimal | int, percent: Decimal) -> Fraction:
    """The tolerance: the smaller of those that are given, and none when none is."""
    given = []
    if absolute:
        given.append(Fraction(absolute))
    if percent:
        given.append(abs(of) * Fraction(percent) / 100)
    return min(given, default=Fraction(0))


def half_up(value: Fraction) -> int:
    whole = int(abs(value) + Fraction(1, 2))
    return whole if value >= 0 else -whole


Found = list[tuple[str, int | None]]


def recount(line: InvoiceLine, facts: MatchFacts, settings: MatchingSettings) -> Found:
    """Kinds and amounts of all differences, in the order of the checks."""
    if facts.purchase_line is None:
        return [("unknown_order", line.amount_excl_tax)]
    found = duplicates(line, facts)
    found += prices(line, facts, facts.purchase_line, settings)
    found += taxes(line, facts)
    return found + quantities(line, facts, facts.purchase_line, settings)


def duplicates(line: InvoiceLine, facts: MatchFacts) -> Found:
    kinds = {
        "billed_elsewhere": facts.billed_elsewhere and not line.quantity < 0,
        "number_reused": facts.reused,
        "line_repeated": facts.times != 1,
    }
    return [(kind, line.amount_excl_tax) for kind, found in kinds.items() if found]


def prices(line: InvoiceLine, facts: MatchFacts, purchase: PurchaseLine, settings: MatchingSettings) -> Found:
    if facts.currency != facts.ordered_currency:
        return [("currency", None)]
    found: Found = []
    minor = 10 ** DECIMALS[facts.currency]
    agreed = Fraction((facts.order_line or purchase).unit_price)
    price = Fraction(line.unit_price)
    if abs(price - agreed) > allowed(agreed, settings.price_tolerance, settings.price_tolerance_percent):
        found.append(("unit_price", half_up((price - agreed) * minor * line.quantity)))
    own = price * minor * line.quantity + signed(line.allowances)
    off = line.amount_excl_tax - own
    if not abs(off) < 1 and abs(off) > small(own, settings):
        found.append(("amount", line.amount_excl_tax - half_up(own)))
    found += shares(line, facts.order_line, purchase, settings)
    if facts.order_difference:
        found.append((facts.order_difference.kind.value, facts.order_difference.amount))
    return found


def small(of: Fraction, settings: MatchingSettings) -> Fraction:
    return allowed(of, settings.amount_tolerance, settings.amount_tolerance_percent)


def shares(
    line: InvoiceLine, order: OrderDocumentLine | None, purchase: PurchaseLine, settings: MatchingSettings
) -> Found:
    taken, units = purchase.allowances, purchase.quantity
    if order and signed(order.allowances) < signed(purchase.allowances):
        taken, units = order.allowances, order.quantity
    billed, whole = signed(line.allowances), signed(taken)
    share = Fraction(whole * line.quantity, units) if units else Fraction(whole)
    fine = abs(billed - share) <= len(taken) if units else billed in {0, whole}
    if fine or abs(billed - half_up(share)) <= small(Fraction(half_up(share)), settings):
        return []
    return [("line_allowance", billed - half_up(share))]


def taxes(line: InvoiceLine, facts: MatchFacts) -> Found:
    found: Found = []
    order = facts.order_line
    if order:
        more = Fraction(line.amount_excl_tax) * (Fraction(line.tax_rate) - Fraction(order.tax_rate)) / 100
        if line.tax_category != order.tax_category:
            found.append(("tax_category", int(more)))
        elif line.tax_rate not in {order.tax_rate, *facts.rates}:
            found.append(("tax_rate", int(more)))
    return found if facts.taxes_add_up else [*found, ("tax_sum", facts.tax_excess)]


def quantities(
    line: InvoiceLine, facts: MatchFacts, purchase: PurchaseLine, settings: MatchingSettings
) -> Found:
    def worth(part: int) -> int:
        if not line.quantity:
            return line.amount_excl_tax
        return half_up(Fraction(line.amount_excl_tax * part, line.quantity))

    found: Found = []
    total = facts.invoiced_before + line.quantity
    if line.quantity < 0:
        return [("more_than_invoiced", worth(total))] if total < 0 else []
    few = (settings.quantity_tolerance, settings.quantity_tolerance_percent)
    ordered = purchase.quantity - (facts.order_line.quantity_cancelled if facts.order_line else 0)
    received = facts.received or 0
    beyond = max(total - ordered, 0)
    if beyond > allowed(Fraction(ordered), *few):
        found.append(("more_than_ordered", worth(min(beyond, line.quantity))))
        total = ordered
    missing = max(total - received, 0)
    if facts.receipts_count and missing > allowed(Fraction(received), *few):
        found.append(("more_than_received", worth(min(missing, line.quantity))))
    return found
