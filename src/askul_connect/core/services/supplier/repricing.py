"""Pricing an order anew that its customer has changed, with all that one checkout became (ORD-5, PRC-1; ADR 0035)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.carts import Cart, PricedCart
from askul_connect.core.domain.coupons import Coupon, CouponKind, RecommendedItems
from askul_connect.core.domain.sales import Order
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.policies.order_changes import live, retotalled
from askul_connect.core.policies.pricing_rules import PricingFacts, PricingRules
from askul_connect.core.policies.repricing import (
    cart_item,
    cart_line,
    is_fixed,
    repriced_beside,
    repriced_line,
    rest_of,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.pricing import account_standing, price_by
from askul_connect.core.services.supplier.visibility import visible_order


@frozen(kw_only=True)
class Repriced:
    """What a change comes to; nothing of it is stored.

    Attributes:
        order: The changed one.
        others: Those of the same checkout whose amounts change too.
        total: What the units that are left of all the checkout come to, minor units with tax.
        lost_coupon: Whether the checkout's coupon counts no more.
    """

    order: Order
    others: tuple[Order, ...]
    total: int
    lost_coupon: bool

    @property
    def orders(self) -> tuple[Order, ...]:
        """Every order that changes."""
        return (self.order, *self.others)


def reprice(context: Context, account: Account, before: Order, after: Order) -> Repriced:
    """Price what is left of a checkout by the rules of its day.

    Lines of which something has left keep their amounts, and orders of which something has left what they cost beside
    their lines.

    Args:
        context: The call.
        account: Whose order.
        before: The order that is changed, as it is stored.
        after: With its new quantities.

    Raises:
        AllowanceRefused: More is taken off than there is, by what was agreed.
        PluginFailed: A plugin proposes what it may not.
    """
    unit, house = context.unit, context.house
    linked = unit.orders.many(before.account_id, before.linked_orders or ())
    stored = [before, *(linked[number] for number in sorted(linked))]
    asked = [after, *stored[1:]]
    codes = unit.coupons.used_for(before.account_id, before.checkout_id)
    coupons = tuple(coupon for coupon in map(unit.coupons.get, codes) if coupon is not None)
    priced = _priced(context, account, stored, asked, coupons)
    if priced is None:
        # nothing of the checkout is left; its coupon is given back by whoever releases it
        return Repriced(order=after, others=(), total=0, lost_coupon=False)
    made = [_applied(context, old, new, priced) for old, new in zip(stored, asked, strict=True)]
    return Repriced(
        order=made[0],
        others=tuple(new for new, old in zip(made[1:], stored[1:], strict=True) if new != old),
        total=sum(rest_of(order, house.currency, house.profile.tax_rounding) for order in made),
        lost_coupon=bool(codes) and not priced.coupon,
    )


def _priced(
    context: Context,
    account: Account,
    stored: Sequence[Order],
    asked: Sequence[Order],
    coupons: Sequence[Coupon],
) -> PricedCart | None:
    terms = context.house.profile.terms
    pairs = [
        (old, new)
        for before, after in zip(stored, asked, strict=True)
        for old, new in zip(before.lines, after.lines, strict=True)
        if live(new) > 0
    ]
    if not pairs:
        return None
    items = context.unit.catalog.items({new.sku for _, new in pairs})
    cart = Cart(
        lines=tuple(cart_line(old, new, terms) for old, new in pairs),
        coupons=tuple(coupon.code for coupon in coupons),
    )
    day, profile = stored[0].order_date, context.house.profile
    recommended = _recommended(context, stored)
    facts = PricingFacts(
        account_id=account.account_id,
        kind=account.kind,
        standing=account_standing(context, account, ask_orders=False),
        currency=context.house.currency,
        today=day,
        items={new.sku: cart_item(new, items.get(new.sku)) for _, new in pairs},
        rates={
            rule.tax_category: context.house.tax_table.rate(rule.tax_category, day).rate
            for rule in context.house.selling.shipping
        },
        registered=frozenset(one.discount.discount_id for one in recommended),
    )
    rules = PricingRules(
        recommended=tuple(one.discount for one in recommended),
        discounts=context.house.selling.discounts,
        # who may use it and how often was asked when the order was placed
        coupons=tuple(evolve(one, kind=CouponKind.CAMPAIGN, account_id="") for one in coupons),
        shipping=context.house.selling.shipping,
        tax_rounding=profile.tax_rounding,
    )
    return price_by(context, account, cart, facts, rules)


def _recommended(context: Context, stored: Sequence[Order]) -> list[RecommendedItems]:
    """The recommended items that counted for the order: those that its account had registered, or that it shows."""
    account_id, placed_at = stored[0].account_id, stored[0].placed_at
    shown = {entry.reason for order in stored for line in order.lines for entry in line.allowances}
    registered = {
        one.discount_id
        for one in context.unit.recommended_items.registered(account_id)
        if one.at <= placed_at
    }
    return [
        one
        for one in context.unit.recommended_items.all()
        if (one.discount.discount_id in registered and not one.withdrawn) or one.discount.name in shown
    ]


def _applied(context: Context, before: Order, after: Order, priced: PricedCart) -> Order:
    """An order with the amounts of a priced cart."""
    lines = {one.line.line_id: one for one in priced.lines}
    # a cart has every line id once, and so has the checkout that it was
    made = evolve(
        after,
        lines=tuple(
            line
            if is_fixed(line) or not live(line)
            else repriced_line(line, lines[line.line_id], after.currency)
            for line in after.lines
        ),
    )
    if not any(map(is_fixed, made.lines)):
        beside, agreed = repriced_beside(before, made, priced, context.house.profile.terms)
        made = evolve(made, allowances=beside, agreed=agreed)
    if (made.lines, made.allowances) == (before.lines, before.allowances):
        return before
    return retotalled(made, context.house.profile)


def store_repriced(context: Context, repriced: Repriced) -> None:
    """Store what a change comes to, in the unit of work that makes it."""
    for order in repriced.orders:
        context.unit.orders.amend(order)
    if repriced.others:
        numbers = [order.order_number for order in repriced.others]
        context.unit.changes.record(repriced.order.account_id, ORDER_FEED, numbers)
    if repriced.lost_coupon:
        context.unit.coupons.give_back(repriced.order.account_id, repriced.order.checkout_id, context.now)


@frozen(kw_only=True)
class CheckoutView:
    """What a customer is told of a checkout after a change, as it is stored.

    Attributes:
        others: The other orders, as far as the caller sees them.
        total: What the units that are left of all of it come to, minor units with tax.
        coupon: Code of the coupon that counts; empty without one.
    """

    others: tuple[OrderDocument, ...]
    total: int
    coupon: str


def checkout_view(context: Context, order: Order) -> CheckoutView:
    """The checkout that an order is of, as it stands."""
    linked = context.unit.orders.many(order.account_id, order.linked_orders or ())
    others = [linked[number] for number in sorted(linked)]
    codes = context.unit.coupons.used_for(order.account_id, order.checkout_id)
    rounding = context.house.profile.tax_rounding
    return CheckoutView(
        others=tuple(order_document(one) for one in others if visible_order(context, one)),
        total=sum(rest_of(one, context.house.currency, rounding) for one in (order, *others)),
        coupon=codes[0] if codes else "",
    )
