"""Pricing a cart for the caller's account: the facts, the rules in force, and what plugins propose (CART-1, PRC-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.carts import Cart, CartItem, PricedCart
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.coupons import Coupon, Standing
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.price_adjustments import AdjustmentFacts, Proposal
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.policies.pricing_cart import price
from askul_connect.core.policies.pricing_rules import PricingFacts, PricingRules
from askul_connect.core.services.supplier.context import Context


def cart_items(
    context: Context, items: Iterable[Item], prices: Mapping[str, UnitPrice]
) -> dict[str, CartItem]:
    """What prices depend on, of some items at the account's contract prices."""
    return {
        item.sku: CartItem(
            sku=item.sku,
            name=item.name,
            unit_price=prices[item.sku].value,
            tax_category=item.tax_category,
            tax_rate=context.house.tax_table.rate(item.tax_category, context.today).rate,
            fulfilment=item.fulfilment,
            maker=item.maker,
            category=item.category,
            family=item.family,
            catalog_issue=item.catalog_issue,
            large=item.large,
        )
        for item in items
    }


def price_cart(context: Context, account: Account, cart: Cart, items: Mapping[str, CartItem]) -> PricedCart:
    """Price a cart of the account by everything that is in force now.

    Args:
        context: The call.
        account: Whose cart.
        cart: What is wanted.
        items: Every item of it, from :func:`cart_items`.

    Raises:
        AllowanceRefused: More is taken off than there is, by what was agreed.
        PluginFailed: A plugin proposes what it may not.
    """
    return price_by(context, account, cart, *pricing_situation(context, account, cart, items))


def price_by(
    context: Context, account: Account, cart: Cart, facts: PricingFacts, rules: PricingRules
) -> PricedCart:
    """Price a cart by facts and rules, and by what plugins propose then; errors as of :func:`price_cart`."""
    priced = price(cart, facts, rules)
    proposals = _proposals(context, account, priced, facts.today)
    return price(cart, evolve(facts, proposals=proposals), rules) if proposals else priced


def pricing_situation(
    context: Context, account: Account, cart: Cart, items: Mapping[str, CartItem]
) -> tuple[PricingFacts, PricingRules]:
    """The facts of an account and the rules in force, as :func:`price` asks for them; without proposals."""
    unit, account_id = context.unit, account.account_id
    house = context.house
    coupons = known_coupons(context, account_id, cart.coupons)
    recommended = tuple(one.discount for one in unit.recommended_items.all() if not one.withdrawn)
    registered = unit.recommended_items.registered(account_id) if recommended else ()
    categories = {rule.tax_category for rule in house.selling.shipping}
    facts = PricingFacts(
        account_id=account_id,
        kind=account.kind,
        standing=account_standing(context, account, ask_orders=bool(coupons)),
        currency=house.currency,
        today=context.today,
        items=items,
        rates=rates_of(context, categories),
        registered=frozenset(one.discount_id for one in registered),
        claimed=frozenset(one.code for one in unit.coupons.claims(account_id)) if coupons else frozenset(),
        coupon_uses=unit.coupons.uses(account_id) if coupons else {},
    )
    rules = PricingRules(
        recommended=recommended,
        discounts=house.selling.discounts,
        coupons=coupons,
        shipping=house.selling.shipping,
        tax_rounding=house.profile.tax_rounding,
    )
    return facts, rules


def known_coupons(context: Context, account_id: str, entered: Iterable[str]) -> tuple[Coupon, ...]:
    """The coupons that a cart can have something to do with: those for the account, and those entered."""
    offered = {one.code: one for one in context.unit.coupons.offered_to(account_id)}
    others = (context.unit.coupons.get(code) for code in entered if code not in offered)
    return (*offered.values(), *(one for one in others if one is not None))


def account_standing(context: Context, account: Account, *, ask_orders: bool = True) -> Standing:
    """How the account stands for what its coupons ask."""
    return Standing(
        registered_on=business_date(account.created_at, context.house.profile.zone),
        ordered=ask_orders and context.unit.orders.any_of_account(account.account_id),
    )


def rates_of(context: Context, categories: Iterable[TaxCategory]) -> dict[TaxCategory, Decimal]:
    """The rate of today of some categories, in percent."""
    table = context.house.tax_table
    return {category: table.rate(category, context.today).rate for category in categories}


def _proposals(context: Context, account: Account, priced: PricedCart, today: date) -> tuple[Proposal, ...]:
    adjusters = context.house.adjusters
    if not adjusters:
        return ()
    facts = AdjustmentFacts(
        today=today,
        kind=account.kind,
        currency=context.house.profile.currency,
        lines=tuple(sorted(priced.lines, key=lambda one: one.line.line_id)),
    )
    return tuple(
        Proposal(rule_id=named.name, adjustment=one)
        for named in adjusters
        for one in named.adjuster.adjust(facts)
    )
