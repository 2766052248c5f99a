"""What a cart costs: one pure function, cart, facts and rules in, every amount explained out (CART-1, PRC-1).

The order of application is fixed (ADR 0023): contract price, allowances agreed for a line, recommended items,
campaigns, tiers by the order's amount, one coupon, what plugins propose, allowances agreed for the whole, shipping,
tax. Within a kind rules go by their id. Each works on what the ones before it left.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, shares, taxed_amounts
from askul_connect.core.domain.carts import (
    AppliedRule,
    Cart,
    CouponRefusal,
    DepartmentSubtotal,
    Offer,
    PricedCart,
    PricedLine,
    PricedPart,
    RuleKind,
    Shipper,
)
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.coupons import Coupon, CouponStanding
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.discounts import Discount, DiscountKind
from askul_connect.core.domain.money import PRICE_DECIMALS, UnitPrice, minor_to_text
from askul_connect.core.domain.rounding import Rounding, round_decimal
from askul_connect.core.domain.tax import tax_subtotals
from askul_connect.core.errors import AllowanceRefused, ValueInvalid
from askul_connect.core.policies.coupons import coupon_standing
from askul_connect.core.policies.pricing_discounts import (
    DISCOUNT,
    OpenCart,
    OpenLine,
    offer_of,
    registration_offer,
    take_off,
    would_take_off,
)
from askul_connect.core.policies.pricing_rules import PricingFacts, PricingRules
from askul_connect.core.policies.pricing_shipping import shipping_fees, shipping_offer, sums_by_rate

#: Why a plugin adds something, UN/ECE 7161: other services.
ADDED = "ADR"
_WHY = {
    CouponStanding.NOT_YET: "it cannot be used yet",
    CouponStanding.EXPIRED: "it has expired",
    CouponStanding.USED_UP: "it was used as often as it may be",
    CouponStanding.NOT_MEANT: "it is not for this account",
}


def price(cart: Cart, facts: PricingFacts, rules: PricingRules) -> PricedCart:
    """Price a cart.

    Args:
        cart: What is wanted; its lines have different ids, quantities above zero and items among the facts.
        facts: What is known of the account and the items.
        rules: The supplier's.

    Raises:
        ValueInvalid: The cart is no such cart.
        AllowanceRefused: More is taken off than there is, by what was agreed.
    """
    asked = _opened(cart, facts)
    opened = OpenCart(asked)
    lines = opened.lines
    if len({one.line.line_id for one in lines}) < len(lines):
        raise ValueInvalid("two lines of the cart have one id", where="lines")
    offers: list[Offer] = []
    for discount in _in_order(facts, rules):
        if discount.kind is DiscountKind.RECOMMENDED and discount.discount_id not in facts.registered:
            in_cart = bool(opened.meant(discount.target))
            offers.append(registration_offer(discount, facts.currency, in_cart=in_cart))
        elif (offer := take_off(opened, discount, facts.currency)) is not None:
            offers.append(offer)
    coupon, refused = _coupon(cart, opened, facts, rules, offers)
    _propose(lines, facts)
    parts = _parts(cart, asked, facts, rules)
    for part in parts:
        offers += [
            offer for fee in part.shipping if (offer := shipping_offer(fee, facts.currency)) is not None
        ]
    beside = [entry for part in parts for entry in part.allowances]
    # one part is the whole
    whole = len(parts) == 1
    tax = (
        parts[0].tax
        if whole
        else tax_subtotals(taxed_amounts(sums_by_rate(lines), beside), rules.tax_rounding)
    )
    excl_tax = sum(entry.taxable for entry in tax)
    return PricedCart(
        lines=_priced(asked),
        parts=parts,
        departments=_departments(lines),
        tax=tax,
        goods=sum([one.rest for one in lines]),
        shipping=sum(fee.entry.amount for part in parts for fee in part.shipping if fee.entry),
        total_excl_tax=excl_tax,
        total_incl_tax=excl_tax + sum(entry.tax for entry in tax),
        offers=tuple(offers),
        coupon=coupon,
        refused_coupons=tuple(refused),
    )


def _opened(cart: Cart, facts: PricingFacts) -> list[OpenLine]:
    units = {
        sku: _price_units(facts.items[sku].unit_price, facts.currency)
        for sku in {line.sku for line in cart.lines}
        if sku in facts.items
    }
    made = []
    for line in cart.lines:
        if line.sku not in units or line.quantity < 1:
            raise ValueInvalid(f"{line.quantity} of {line.sku!r} have no price", where="lines")
        # half up, as divide does, without a call for each line; no price is below zero
        before = (units[line.sku] * line.quantity + _HALF) // _PRICE_UNIT
        opened = OpenLine(line, facts.items[line.sku], before)
        for entry in line.allowances:
            name = entry.reason_code or entry.reason
            opened.adjust(AppliedRule(kind=RuleKind.AGREED, rule_id=name, entry=entry), entry.net)
        if opened.rest < 0:
            raise AllowanceRefused(f"more is taken off line {line.line_id!r} than it costs", where="lines")
        made.append(opened)
    return made


#: Contract prices are counted in ten-thousandths of a minor unit.
_PRICE_UNIT: int = 10**PRICE_DECIMALS
_HALF = _PRICE_UNIT // 2


# There are far fewer prices than lines of carts.
@lru_cache(maxsize=8192)
def _price_units(price: Decimal, of: Currency) -> int:
    scale: int = 10**of.exponent
    return round_decimal(UnitPrice(price, of).value, PRICE_DECIMALS, Rounding.DOWN) * scale


def _in_order(facts: PricingFacts, rules: PricingRules) -> list[Discount]:
    places = list(DiscountKind)
    found = [*rules.recommended, *rules.discounts]
    valid = [one for one in found if one.valid_on(facts.today)]
    return sorted(valid, key=lambda one: (places.index(one.kind), one.discount_id))


def _coupon(
    cart: Cart, opened: OpenCart, facts: PricingFacts, rules: PricingRules, offers: list[Offer]
) -> tuple[str, list[CouponRefusal]]:
    """Take off the one coupon that counts: the one entered, or of those claimed the one that takes off most."""
    known = {one.code: one for one in rules.coupons}
    if cart.coupons:
        return _entered(cart.coupons, known, opened, facts)
    usable = sorted(
        (one for one in rules.coupons if one.code in facts.claimed and _standing(one, facts) is _USABLE),
        key=attrgetter("code"),
    )
    taken = {one.code: would_take_off(opened, one.discount) for one in usable}
    best = max(usable, key=lambda one: taken[one.code], default=None)
    counts = ""
    if best is not None and taken[best.code]:
        take_off(opened, best.discount, facts.currency)
        counts = best.code
    others = (one.discount for one in usable if one.code != counts)
    found = (offer_of(opened, one, facts.currency) for one in others)
    offers.extend(offer for offer in found if offer is not None)
    return counts, []


_USABLE = CouponStanding.USABLE


def _entered(
    codes: Sequence[str], known: dict[str, Coupon], opened: OpenCart, facts: PricingFacts
) -> tuple[str, list[CouponRefusal]]:
    refused = [
        CouponRefusal(code=code, reason="one coupon counts for an order, and another was entered before")
        for code in codes[1:]
    ]
    code = codes[0]
    coupon = known.get(code)
    reason = "there is no such coupon"
    if coupon is not None:
        standing = _standing(coupon, facts)
        reason = _WHY.get(standing, "")
        if standing is CouponStanding.NOT_MEANT and coupon.account_id not in {"", facts.account_id}:
            # another account's coupon answers like none
            reason = "there is no such coupon"
    if coupon is not None and not reason:
        if would_take_off(opened, coupon.discount):
            take_off(opened, coupon.discount, facts.currency)
            return code, refused
        reason = _lack(opened, coupon.discount, facts)
    return "", [CouponRefusal(code=code, reason=reason), *refused]


def _lack(opened: OpenCart, discount: Discount, facts: PricingFacts) -> str:
    offer = offer_of(opened, discount, facts.currency)
    if offer is None or not offer.in_cart:
        return "no item that it is for is ordered"
    missing = []
    if offer.lacks_amount:
        missing.append(f"{minor_to_text(offer.lacks_amount, facts.currency)} {facts.currency} without tax")
    if offer.lacks_quantity:
        missing.append(f"{offer.lacks_quantity} units")
    return f"its items lack {' and '.join(missing)}" if missing else "it takes nothing off these items"


def _standing(coupon: Coupon, facts: PricingFacts) -> CouponStanding:
    uses = facts.coupon_uses.get(coupon.code, 0)
    return coupon_standing(coupon, facts.account_id, facts.standing, uses, facts.today)


def _propose(lines: Sequence[OpenLine], facts: PricingFacts) -> None:
    """Take over what plugins propose; what would bring a line below zero is taken off as far as it goes."""
    by_id = {one.line.line_id: one for one in lines}
    for proposal in sorted(facts.proposals, key=lambda one: (one.rule_id, one.adjustment.line_id)):
        line = by_id.get(proposal.adjustment.line_id)
        if line is None:
            raise ValueInvalid(f"{proposal.rule_id} adjusts a line that is not in the cart", where="lines")
        net = max(proposal.adjustment.net, -line.rest)
        if net:
            rule = AppliedRule(
                kind=RuleKind.PLUGIN,
                rule_id=proposal.rule_id,
                reason_code=ADDED if net > 0 else DISCOUNT,
                reason=proposal.adjustment.explanation,
                charge=net > 0,
            )
            line.adjust(rule, net)


def _parts(
    cart: Cart,
    asked: Sequence[OpenLine],
    facts: PricingFacts,
    rules: PricingRules,
) -> tuple[PricedPart, ...]:
    held: dict[tuple[Fulfilment, str], list[OpenLine]] = {}
    for one in asked:
        direct = one.item.fulfilment is Fulfilment.DIRECT
        held.setdefault((one.item.fulfilment, one.item.maker if direct else ""), []).append(one)
    by_shipper = {Shipper(fulfilment=by, maker=maker): lines for (by, maker), lines in held.items()}
    shippers = sorted(by_shipper)
    goods = [sum([one.rest for one in by_shipper[shipper]]) for shipper in shippers]
    agreed = spread_entries(cart.allowances, goods)
    parts = []
    for place, shipper in enumerate(shippers):
        lines = by_shipper[shipper]
        sums = sums_by_rate(lines)
        fees = shipping_fees(
            shipper,
            lines,
            sums,
            kind=facts.kind,
            rules=rules.shipping,
            rates=facts.rates,
            rounding=rules.tax_rounding,
        )
        entries = (*agreed[place], *(fee.entry for fee in fees if fee.entry is not None))
        tax = tax_subtotals(taxed_amounts(sums, entries), rules.tax_rounding)
        excl_tax = sum(entry.taxable for entry in tax)
        parts.append(
            PricedPart(
                shipper=shipper,
                line_ids=tuple(one.line.line_id for one in lines),
                goods=goods[place],
                allowances=entries,
                shipping=fees,
                tax=tax,
                total_excl_tax=excl_tax,
                total_incl_tax=excl_tax + sum(entry.tax for entry in tax),
            )
        )
    return tuple(parts)


def spread_entries(
    entries: Sequence[AllowanceCharge], goods: Sequence[int]
) -> list[tuple[AllowanceCharge, ...]]:
    """The part of what was agreed for a whole that each of its parts bears, by what is left of its goods.

    Spread by largest remainder, so that the parts of each entry add up to it; charges go first, so that nothing is
    taken off a part that has nothing left.

    Raises:
        AllowanceRefused: More is taken off than there is.
    """
    left = list(goods)
    if sum(left) + net_of(entries) < 0:
        raise AllowanceRefused(
            f"{-net_of(entries)} are taken off {sum(left)} minor units without tax", where="allowances"
        )
    amounts: dict[int, tuple[int, ...]] = {}
    for place in sorted(range(len(entries)), key=lambda one: not entries[one].charge):
        amounts[place] = shares(entries[place].amount, left) if left else ()
        sign = 1 if entries[place].charge else -1
        left = [rest + sign * part for rest, part in zip(left, amounts[place], strict=True)]
    return [
        tuple(
            _part(entry, amounts[place][part])
            for place, entry in enumerate(entries)
            if amounts[place][part] or entry.amount == 0
        )
        for part in range(len(goods))
    ]


def _part(entry: AllowanceCharge, amount: int) -> AllowanceCharge:
    # neither percentage nor base says how a part of the amount came about
    return entry if amount == entry.amount else evolve(entry, amount=amount, percent=None, base_amount=None)


def _priced(lines: Iterable[OpenLine]) -> tuple[PricedLine, ...]:
    return tuple(
        [
            PricedLine(
                line=one.line, item=one.item, before=one.before, applied=tuple(one.made), after=one.rest
            )
            for one in lines
        ]
    )


def _departments(lines: Iterable[OpenLine]) -> tuple[DepartmentSubtotal, ...]:
    sums: dict[str, tuple[int, int]] = {}
    for one in lines:
        before, after = sums.get(one.line.department, (0, 0))
        sums[one.line.department] = (before + one.before, after + one.rest)
    return tuple(
        DepartmentSubtotal(department=code, before=before, after=after)
        for code, (before, after) in sorted(sums.items())
    )
