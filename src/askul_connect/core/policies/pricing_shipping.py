"""What shipping the parts of a cart costs (PRC-4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.carts import Offer, RuleKind, Shipper, ShippingFee
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.delivery_terms import FREIGHT, ShippingRule
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import TaxCategory, tax_subtotals
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.pricing_discounts import OpenLine


def shipping_fees(
    shipper: Shipper,
    lines: Sequence[OpenLine],
    sums: Sequence[tuple[TaxCategory, Decimal, int]],
    *,
    kind: AccountKind,
    rules: Sequence[ShippingRule],
    rates: Mapping[TaxCategory, Decimal],
    rounding: Rounding,
) -> tuple[ShippingFee, ...]:
    """What shipping the lines of one shipper costs: at most one fee for ordinary items, and one for large ones.

    Args:
        shipper: Who ships.
        lines: What is shipped, all discounts taken off.
        sums: What all of it comes to, by category and rate.
        kind: Kind of the account.
        rules: The first that covers the part counts.
        rates: Percent by tax category, for the charges.
        rounding: Of the tax of the goods, which count with tax.
    """
    fees = []
    for large in (False, True):
        concerned = [line for line in lines if line.item.large is large]
        rule = next(
            (
                one
                for one in rules
                if one.large is large and one.covers(kind, shipper.fulfilment, shipper.maker)
            ),
            None,
        )
        if not concerned or rule is None:
            continue
        # ordinary shipping is free by all that comes with it, that of large items by themselves
        goods = with_tax(sums_by_rate(concerned) if large else sums, rounding)
        units = sum(line.line.quantity for line in concerned) if large else 1
        fees.append(_fee(rule, goods, units, rates))
    return tuple(fees)


def with_tax(sums: Iterable[tuple[TaxCategory, Decimal, int]], rounding: Rounding) -> int:
    """What amounts come to with the tax that is theirs alone, minor units."""
    return sum(entry.taxable + entry.tax for entry in tax_subtotals(sums, rounding))


def sums_by_rate(lines: Iterable[OpenLine]) -> list[tuple[TaxCategory, Decimal, int]]:
    """What lines come to, by category and rate, in whatever order."""
    sums: dict[tuple[TaxCategory, Decimal], int] = {}
    for line in lines:
        key = (line.item.tax_category, line.item.tax_rate)
        sums[key] = sums.get(key, 0) + line.rest
    return [(*key, amount) for key, amount in sums.items()]


def _fee(rule: ShippingRule, goods: int, units: int, rates: Mapping[TaxCategory, Decimal]) -> ShippingFee:
    free = rule.free_from is not None and goods >= rule.free_from
    lacking = 0 if free or rule.free_from is None else rule.free_from - goods
    entry = None
    if not free and rule.fee:
        if rule.tax_category not in rates:
            raise ValueInvalid(f"the {rule.tax_category} rate, which shipping is taxed by, is not known")
        entry = AllowanceCharge(
            charge=True,
            amount=rule.fee * units,
            reason_code=FREIGHT,
            reason=rule.name,
            tax_category=rule.tax_category,
            tax_rate=rates[rule.tax_category],
        )
    return ShippingFee(
        rule_id=rule.rule_id, name=rule.name, entry=entry, free_from=rule.free_from, lacking=lacking
    )


def shipping_offer(fee: ShippingFee, of: Currency) -> Offer | None:
    """What the goods lack for free shipping; None when it is free, or never is."""
    if fee.entry is None or not fee.lacking:
        return None
    return Offer(
        kind=RuleKind.SHIPPING,
        rule_id=fee.rule_id,
        name=fee.name,
        lacks_amount=fee.lacking,
        lacks_quantity=0,
        benefit=f"{minor_to_text(fee.entry.amount, of)} {of}",
    )
