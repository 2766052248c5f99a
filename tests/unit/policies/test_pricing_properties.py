"""What holds of every cart's price, whatever the cart and the rules (PRC-1, PRC-3, CART-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import asdict, evolve
from hypothesis import given
from hypothesis import strategies as st
from pricing_recount import recount

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.carts import Cart, CartItem, CartLine, PricedCart
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.coupons import Coupon, CouponKind, Standing
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.delivery_terms import ASKUL_SHIPPING
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.price_adjustments import Proposal, ProposedAdjustment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.pricing_cart import price
from askul_connect.core.policies.pricing_rules import PricingFacts, PricingRules

MAKERS = ("甲", "乙")
FAMILIES = ("", "ペン", "紙")
ISSUES = ("2026春", "2026秋")
DEPARTMENTS = ("D1", "D2", "")
RATES = {TaxCategory.STANDARD: Decimal(10), TaxCategory.REDUCED: Decimal(8)}


@st.composite
def items(draw: st.DrawFn) -> dict[str, CartItem]:
    made = {}
    for number in range(draw(st.integers(1, 5))):
        category = draw(st.sampled_from(sorted(RATES)))
        made[f"S{number}"] = CartItem(
            sku=f"S{number}",
            name="品",
            unit_price=Decimal(draw(st.integers(0, 40_000_000))) / 10_000,
            tax_category=category,
            tax_rate=RATES[category],
            fulfilment=draw(st.sampled_from([Fulfilment.STOCK, Fulfilment.STOCK, Fulfilment.DIRECT])),
            maker=draw(st.sampled_from(MAKERS)),
            category=draw(st.sampled_from([("文具",), ("文具", "ペン"), ("食品", "茶")])),
            family=draw(st.sampled_from(FAMILIES)),
            catalog_issue=draw(st.sampled_from(("", *ISSUES))),
            large=draw(st.sampled_from([False, False, True])),
        )
    return made


def targets() -> st.SearchStrategy[Target]:
    return st.builds(
        Target,
        skus=st.lists(st.sampled_from(["S0", "S1"]), max_size=1).map(tuple),
        makers=st.lists(st.sampled_from(MAKERS), max_size=1).map(tuple),
        families=st.lists(st.sampled_from(FAMILIES[1:]), max_size=1).map(tuple),
        categories=st.lists(st.sampled_from(["文具", "食品>茶"]), max_size=1).map(tuple),
        catalog_issues=st.lists(st.sampled_from(ISSUES), max_size=1).map(tuple),
        large=st.booleans(),
        direct=st.booleans(),
    )


def benefits() -> st.SearchStrategy[Benefit]:
    percents = st.integers(0, 10_000).map(lambda units: Benefit(percent=Decimal(units) / 100))
    amounts = st.builds(Benefit, amount=st.integers(0, 20_000), each=st.booleans())
    return percents | amounts


@st.composite
def discounts(draw: st.DrawFn, number: int, kind: DiscountKind) -> Discount:
    bounds = sorted(set(draw(st.lists(st.integers(0, 20_000), min_size=1, max_size=3))))
    quantity = draw(st.integers(0, 5))
    return Discount(
        discount_id=f"{kind}-{number}",
        kind=kind,
        name="割引",
        steps=tuple(
            Step(benefit=draw(benefits()), from_amount=bound, from_quantity=quantity) for bound in bounds
        ),
        target=draw(targets()),
        valid_to=draw(st.sampled_from([None, date(2026, 11, 1), date(2026, 11, 2)])),
    )


@st.composite
def situations(draw: st.DrawFn) -> tuple[Cart, PricingFacts, PricingRules]:
    known = draw(items())
    lines = tuple(
        CartLine(
            line_id=str(number),
            sku=draw(st.sampled_from(sorted(known))),
            quantity=draw(st.integers(1, 30)),
            department=draw(st.sampled_from(DEPARTMENTS)),
            allowances=draw(
                st.lists(
                    st.builds(AllowanceCharge, charge=st.just(value=True), amount=st.integers(0, 500)),
                    max_size=1,
                )
            ),
        )
        for number in range(draw(st.integers(1, 8)))
    )
    lines = tuple(evolve(line, allowances=tuple(line.allowances)) for line in lines)
    recommended = [
        draw(discounts(number, DiscountKind.RECOMMENDED)) for number in range(draw(st.integers(0, 2)))
    ]
    others = [
        draw(discounts(number, draw(st.sampled_from([DiscountKind.CAMPAIGN, DiscountKind.TIER]))))
        for number in range(draw(st.integers(0, 4)))
    ]
    coupons = [
        Coupon(
            code=f"C{number}",
            kind=CouponKind.CAMPAIGN,
            discount=evolve(draw(discounts(number, DiscountKind.COUPON)), valid_to=None),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    codes = [one.code for one in coupons]
    proposals = draw(
        st.lists(
            st.builds(
                ProposedAdjustment,
                line_id=st.sampled_from([line.line_id for line in lines]),
                net=st.integers(-5_000, 200),
                explanation=st.just("理由"),
            ),
            max_size=2,
            unique_by=lambda one: one.line_id,
        )
    )
    facts = PricingFacts(
        account_id="account-1",
        kind=draw(st.sampled_from(AccountKind)),
        standing=Standing(registered_on=date(2025, 1, 1), ordered=True),
        currency=currency("JPY"),
        today=date(2026, 11, 2),
        items=known,
        rates=RATES,
        registered=frozenset(draw(st.sets(st.sampled_from([one.discount_id for one in recommended]))))
        if recommended
        else frozenset(),
        claimed=frozenset(codes),
        proposals=tuple(Proposal(rule_id="plugin", adjustment=one) for one in proposals),
    )
    rules = PricingRules(
        recommended=tuple(recommended),
        discounts=tuple(others),
        coupons=tuple(coupons),
        shipping=ASKUL_SHIPPING,
    )
    entered = tuple(draw(st.lists(st.sampled_from(codes), max_size=1))) if codes else ()
    return Cart(lines=lines, coupons=entered), facts, rules


def integers_only(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(integers_only, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(integers_only, value))
    return not isinstance(value, float)


@pytest.mark.spec("CART-1", "PRC-1")
@given(situations())
def test_the_sums_are_those_of_the_lines(situation: tuple[Cart, PricingFacts, PricingRules]) -> None:
    cart, _, _ = situation
    priced = price(*situation)
    assert tuple(line.line for line in priced.lines) == cart.lines
    for line in priced.lines:
        assert line.after == line.before + sum(one.net for one in line.adjustments)
        assert line.after >= 0
        assert all(one.entry.reason or one.rule_id == "" for one in line.adjustments)
    goods = sum(line.after for line in priced.lines)
    assert priced.goods == goods
    assert sum(one.after for one in priced.departments) == goods
    assert sum(one.before for one in priced.departments) == sum(line.before for line in priced.lines)
    assert sum(part.goods for part in priced.parts) == goods
    assert sorted(name for part in priced.parts for name in part.line_ids) == sorted(
        line.line_id for line in cart.lines
    )
    assert sum(one.taxable for one in priced.tax) == goods + priced.shipping == priced.total_excl_tax
    for part in priced.parts:
        by_id = {line.line.line_id: line for line in priced.lines}
        assert part.goods == sum(by_id[name].after for name in part.line_ids)
        assert all(by_id[name].shipper == part.shipper for name in part.line_ids)
        assert part.total_excl_tax == part.goods + sum(one.net for one in part.allowances)
    assert sum(part.total_excl_tax for part in priced.parts) == priced.total_excl_tax
    assert integers_only(asdict(priced))


@pytest.mark.spec("PRC-3")
@given(situations())
def test_tax_is_rounded_once_per_rate(situation: tuple[Cart, PricingFacts, PricingRules]) -> None:
    priced = price(*situation)
    for entries, excl_tax, incl_tax in (
        (priced.tax, priced.total_excl_tax, priced.total_incl_tax),
        *((part.tax, part.total_excl_tax, part.total_incl_tax) for part in priced.parts),
    ):
        assert len({(one.category, one.rate) for one in entries}) == len(entries)
        assert all(one.tax == one.taxable * int(one.rate) // 100 for one in entries)
        assert all(one.taxable >= 0 for one in entries)
        assert incl_tax == excl_tax + sum(one.tax for one in entries)


@pytest.mark.spec("PRC-1")
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_changes_nothing(
    situation: tuple[Cart, PricingFacts, PricingRules], chance: Any
) -> None:
    cart, facts, rules = situation
    shuffled = list(cart.lines)
    chance.shuffle(shuffled)

    def unordered(priced: PricedCart) -> Any:
        parts = tuple(evolve(part, line_ids=tuple(sorted(part.line_ids))) for part in priced.parts)
        lines = tuple(sorted(priced.lines, key=lambda one: one.line.line_id))
        return evolve(priced, lines=lines, parts=parts)

    moved = price(evolve(cart, lines=tuple(shuffled)), facts, rules)
    assert unordered(moved) == unordered(price(cart, facts, rules))


@pytest.mark.spec("PRC-1")
@given(situations())
def test_an_independent_recount_agrees_to_the_yen(situation: tuple[Cart, PricingFacts, PricingRules]) -> None:
    priced = price(*situation)
    assert {
        "lines": {line.line.line_id: line.after for line in priced.lines},
        "departments": {one.department: one.after for one in priced.departments},
        "shippers": {
            (part.shipper.fulfilment.value, part.shipper.maker): part.goods for part in priced.parts
        },
        "shipping": priced.shipping,
        "total_excl_tax": priced.total_excl_tax,
        "total_incl_tax": priced.total_incl_tax,
    } == recount(*situation)


@pytest.mark.spec("PRC-1")
@given(situations())
def test_an_offer_lacks_what_it_says(situation: tuple[Cart, PricingFacts, PricingRules]) -> None:
    """Whoever puts what a tier lacks into the cart gets it: as an item that only the tier is for."""
    cart, facts, rules = situation
    tier = Discount(
        discount_id="zz-last",
        kind=DiscountKind.TIER,
        name="最後",
        target=Target(families=("only",)),
        steps=(Step(benefit=Benefit(percent=Decimal(10)), from_amount=3_000, from_quantity=2),),
    )
    only = CartItem(
        sku="ONLY",
        name="品",
        unit_price=Decimal(1),
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
        family="only",
    )
    known = evolve(facts, items={**facts.items, "ONLY": only})
    # nothing else is for it
    lean = PricingRules(discounts=(tier,), shipping=rules.shipping)
    offer = next(one for one in price(cart, known, lean).offers if one.rule_id == "zz-last")
    assert (offer.lacks_amount, offer.lacks_quantity, offer.in_cart) == (3_000, 2, False)
    more = CartLine(line_id="more", sku="ONLY", quantity=offer.lacks_amount)
    short = price(
        evolve(cart, lines=(*cart.lines, evolve(more, quantity=offer.lacks_amount - 1))), known, lean
    )
    assert next(one for one in short.offers if one.rule_id == "zz-last").lacks_amount == 1
    reached = price(evolve(cart, lines=(*cart.lines, more)), known, lean)
    assert "zz-last" not in {one.rule_id for one in reached.offers}
    assert reached.lines[-1].after == 2_700


@pytest.mark.spec("PRC-1", "PRC-3")
@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_a_rest_of_a_yen_goes_to_the_first_line_id(order: tuple[str, ...]) -> None:
    item = CartItem(
        sku="S0",
        name="品",
        unit_price=Decimal(100),
        tax_category=TaxCategory.STANDARD,
        tax_rate=Decimal(10),
        fulfilment=Fulfilment.STOCK,
    )
    facts = PricingFacts(
        account_id="account-1",
        kind=AccountKind.CORPORATION,
        standing=Standing(registered_on=date(2025, 1, 1), ordered=True),
        currency=currency("JPY"),
        today=date(2026, 11, 2),
        items={"S0": item},
    )
    off = Discount(
        discount_id="d", kind=DiscountKind.TIER, name="割引", steps=(Step(benefit=Benefit(amount=50)),)
    )
    cart = Cart(lines=tuple(CartLine(line_id=name, sku="S0", quantity=1) for name in order))
    priced = price(cart, facts, PricingRules(discounts=(off,)))
    assert {line.line.line_id: line.after for line in priced.lines} == {"a": 83, "b": 83, "c": 84}
