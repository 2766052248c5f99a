"""A cart of 100 lines with 20 active rules: every amount explained, against the bare arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.carts import Cart, CartItem, CartLine, PricedCart
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.coupons import Coupon, CouponKind, Standing
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.delivery_terms import ASKUL_SHIPPING
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.pricing_cart import price
from askul_connect.core.policies.pricing_rules import PricingFacts, PricingRules
from benchmarks import baseline_pricing
from benchmarks.contest import Contest, Side

RATES = {TaxCategory.STANDARD: Decimal(10), TaxCategory.REDUCED: Decimal(8)}
MAKERS, CATEGORIES = 8, 5


def _item(number: int) -> CartItem:
    category = TaxCategory.REDUCED if number % 6 == 0 else TaxCategory.STANDARD
    return CartItem(
        sku=f"S{number:03}",
        name="品",
        unit_price=Decimal(1_000_003 + 7_919 * number) / 10_000,
        tax_category=category,
        tax_rate=RATES[category],
        fulfilment=Fulfilment.STOCK,
        maker=f"M{number % MAKERS}",
        category=("文具", f"C{number % CATEGORIES}"),
        family=f"F{number % 20}",
        catalog_issue="2026春" if number % 3 else "",
    )


def _targets(count: int) -> list[Target]:
    """Makers, categories, families, a printed catalog, items, everything; as many as asked for."""
    found = [
        *(Target(makers=(f"M{number}",)) for number in range(4)),
        *(Target(categories=(f"文具>C{number}",)) for number in range(4)),
        *(Target(families=(f"F{number}", f"F{number + 1}")) for number in range(4)),
        Target(catalog_issues=("2026春",)),
        *(
            Target(skus=tuple(f"S{number:03}" for number in range(at, at + 5)))
            for at in (0, 6, 12, 18, 24, 30)
        ),
        Target(),
    ]
    return found[:count]


def _discount(number: int, kind: DiscountKind, target: Target, benefit: Benefit, bound: int) -> Discount:
    return Discount(
        discount_id=f"{number:02}",
        kind=kind,
        name="割引",
        target=target,
        steps=(Step(benefit=benefit, from_amount=bound),),
    )


def situation(lines: int, rules: int) -> tuple[Cart, PricingFacts, PricingRules]:
    """A cart of so many lines, with so many rules that all count: the last two are coupons."""
    items = {item.sku: item for item in map(_item, range(40))}
    targets = _targets(rules)
    discounts = [
        _discount(
            number,
            DiscountKind.CAMPAIGN if number < rules - 3 else DiscountKind.TIER,
            target,
            Benefit(percent=Decimal(number + 1) / 2),
            100 * number,
        )
        for number, target in enumerate(targets[: rules - 2])
    ]
    coupons = [
        Coupon(
            code=f"K{number}",
            kind=CouponKind.CAMPAIGN,
            discount=_discount(
                90 + number, DiscountKind.COUPON, target, Benefit(amount=1_000 * number), 5_000
            ),
        )
        for number, target in enumerate(targets[rules - 2 :], start=1)
    ]
    cart = Cart(
        lines=tuple(
            CartLine(
                line_id=f"{number:03}",
                sku=f"S{number * 7 % 40:03}",
                quantity=1 + number % 9,
                department=f"D{number % 4}",
            )
            for number in range(lines)
        )
    )
    facts = PricingFacts(
        account_id="a",
        kind=AccountKind.CORPORATION,
        standing=Standing(registered_on=date(2025, 1, 1), ordered=True),
        currency=currency("JPY"),
        today=date(2026, 11, 2),
        items=items,
        rates=RATES,
        claimed=frozenset(one.code for one in coupons),
    )
    return (
        cart,
        facts,
        PricingRules(discounts=tuple(discounts), coupons=tuple(coupons), shipping=ASKUL_SHIPPING),
    )


def _named(item: CartItem, target: Target) -> bool:
    return (
        target.everything
        or item.sku in target.skus
        or item.maker in target.makers
        or item.family in target.families
        or ">".join(item.category) in target.categories
        or item.catalog_issue in target.catalog_issues
    )


def by_hand(
    cart: Cart, facts: PricingFacts, rules: PricingRules
) -> tuple[list[tuple[int, int, int]], list[tuple[list[int], int, int]], list[tuple[list[int], int, int]]]:
    """The cart as the hand-written arithmetic has it: numbers, and which lines each rule is for."""
    items = [facts.items[line.sku] for line in cart.lines]
    lines = [
        (int(item.unit_price * 10_000), line.quantity, int(item.tax_rate))
        for item, line in zip(items, cart.lines, strict=True)
    ]

    def places(discount: Discount) -> list[int]:
        return [place for place, item in enumerate(items) if _named(item, discount.target)]

    discounts = [
        (places(one), one.steps[0].from_amount, int((one.steps[0].benefit.percent or 0) * 10_000))
        for one in rules.discounts
    ]
    coupons = [
        (places(one.discount), one.discount.steps[0].from_amount, one.discount.steps[0].benefit.amount or 0)
        for one in rules.coupons
    ]
    return lines, discounts, coupons


def contests(*, lines: int = 100, rules: int = 20, repeat: int = 20) -> Iterator[Contest]:
    """One row."""
    cart, facts, selling = situation(lines, rules)
    numbers = by_hand(cart, facts, selling)
    shipping = (2_000, 400)

    def ours() -> PricedCart:
        return price(cart, facts, selling)

    def baseline() -> tuple[list[int], int, int, int]:
        return baseline_pricing.price(*numbers, shipping)

    def check() -> None:
        priced = ours()
        counted = {one.rule_id for line in priced.lines for one in line.adjustments}
        assert len(counted) == rules - 1, "every rule counts, and one of the coupons"
        assert (
            [line.after for line in priced.lines],
            priced.shipping,
            priced.total_excl_tax,
            priced.total_incl_tax,
        ) == baseline()

    yield Contest(
        name=f"price a cart, {lines} lines, {rules} rules",
        against="the same arithmetic by hand",
        ours=Side(run=lambda _: [ours() for _ in range(repeat)]),
        baseline=Side(run=lambda _: [baseline() for _ in range(repeat)]),
        check=check,
        items=repeat,
        unit="cart",
        reach=5.0,
    )
