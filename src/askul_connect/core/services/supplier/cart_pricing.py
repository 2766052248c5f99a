"""Pricing the stored cart: what it costs and when it arrives, all that is wrong, what has changed (CART-1, CART-4)."""

from __future__ import annotations

from collections.abc import Iterator

from askul_connect.core.domain.carts import Adjustment, Offer, PricedLine, PricedPart
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.stored_carts import StoredCart, StoredCartLine
from askul_connect.core.errors import Problem
from askul_connect.core.messages.cart_prices import (
    CartNews,
    CartNewsItem,
    CartProblem,
    OfferDocument,
    PriceCartRequest,
    PriceCartResponse,
    PricedCartLine,
    PricedCartPart,
    PriceStep,
    ShippingExplained,
)
from askul_connect.core.messages.ordering import OrderLineRequest, PlaceOrderRequest
from askul_connect.core.policies.delivery import DeliveryPromise, Destination
from askul_connect.core.services.supplier.cart import Shelf, new_cart, shelf_of
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.placing import Appraisal, Checkout, appraise
from askul_connect.core.services.supplier.promising import destination, promise_for

_MADE_NUMBER = "CART-{}"


def price_stored_cart(context: Context, request: PriceCartRequest) -> PriceCartResponse:
    """What the cart costs now.

    Raises:
        PluginFailed: A rule of a plugin proposes what it may not.
    """
    caller = context.caller
    cart = context.unit.carts.get(caller.account_id, caller.actor) or new_cart(context)
    if not cart.lines:
        return PriceCartResponse(
            version=cart.version,
            currency=context.house.profile.currency,
            lines=(),
            departments=(),
            parts=(),
            tax=(),
            goods=0,
            shipping=0,
            total_excl_tax=0,
            total_incl_tax=0,
        )
    shelf = shelf_of(context, [one.sku for one in cart.lines])
    asked = order_of(context, cart, shelf, coupons=request.coupons)
    return _response(context, cart, shelf, appraise(context, asked, looking=True))


def order_of(
    context: Context,
    cart: StoredCart,
    shelf: Shelf,
    *,
    coupons: tuple[str, ...],
    purchase_order_id: str = "",
    buyer_party: str = "",
    issue_year: int = 0,
    trial: bool = False,
) -> PlaceOrderRequest:
    """The order that a cart is, at whatever the prices are; who orders it says what total is expected."""
    account = context.account()
    return PlaceOrderRequest(
        purchase_order_id=purchase_order_id or _made_number(context, cart),
        # an account without a party of its own is known by its number
        buyer_party=buyer_party or account.buyer_party or account.customer_number,
        issue_year=issue_year,
        currency=context.house.profile.currency,
        lines=tuple(_asked(line, shelf) for line in cart.lines),
        coupons=coupons,
        trial=trial,
    )


def _made_number(context: Context, cart: StoredCart) -> str:
    of = f"{cart.account_id}:{cart.user_id}:{cart.version}"
    return _MADE_NUMBER.format(context.house.ids.new("cart", of))


def _asked(line: StoredCartLine, shelf: Shelf) -> OrderLineRequest:
    item = shelf.facts.items.get(line.sku)
    return OrderLineRequest(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        unit=item.unit if item else "",
        department=line.department,
        cost_centre=line.cost_centre,
    )


def total_of(found: Appraisal) -> int:
    """What the orders come to with tax, minor units."""
    return sum(order.total_incl_tax for order in found.orders)


def news_of(cart: StoredCart, shelf: Shelf) -> Iterator[CartNewsItem]:
    """What has changed of the items since their lines were last changed (CART-4)."""
    for line in cart.lines:
        item, seen = shelf.facts.items.get(line.sku), shelf.seen(line.sku)
        if item is None or seen is None:
            yield CartNewsItem(line_id=line.line_id, sku=line.sku, news=CartNews.NOT_SOLD)
            continue
        if item.discontinued:
            yield CartNewsItem(line_id=line.line_id, sku=line.sku, news=CartNews.DISCONTINUED)
        if seen.price != line.seen_price:
            yield CartNewsItem(
                line_id=line.line_id,
                sku=line.sku,
                news=CartNews.PRICE,
                price_before=line.seen_price,
                price_now=seen.price,
            )
        enough = seen.available is None or line.quantity <= seen.available
        if enough is not line.seen_enough:
            news = CartNews.IN_STOCK if enough else CartNews.OUT_OF_STOCK
            yield CartNewsItem(line_id=line.line_id, sku=line.sku, news=news, available=seen.available)


def _response(context: Context, cart: StoredCart, shelf: Shelf, found: Appraisal) -> PriceCartResponse:
    priced, problems = found.priced, tuple(map(_problem, found.problems))
    lines = {one.line_id: one for one in cart.lines}
    promises = _Promises(context, found.checkout)
    return PriceCartResponse(
        version=cart.version,
        currency=context.house.profile.currency,
        lines=tuple(_line(one, lines[one.line.line_id], shelf, promises) for one in priced.lines)
        if priced
        else (),
        departments=priced.departments if priced else (),
        parts=tuple(map(_part, priced.parts)) if priced else (),
        tax=priced.tax if priced else (),
        goods=priced.goods if priced else 0,
        shipping=priced.shipping if priced else 0,
        total_excl_tax=sum(order.total_excl_tax for order in found.orders),
        total_incl_tax=total_of(found),
        coupon=priced.coupon if priced else "",
        offers=tuple(map(_offer, priced.offers)) if priced else (),
        problems=problems,
        news=tuple(news_of(cart, shelf)),
    )


class _Promises:
    """Where lines go and when they arrive; what is alike is asked about once."""

    def __init__(self, context: Context, checkout: Checkout) -> None:
        self._context = context
        self._own = destination(context, checkout.account, None)
        self._destinations = checkout.facts.destinations
        self._promises: dict[tuple[Destination, str], DeliveryPromise | None] = {}

    def where_to(self, department: str) -> Destination:
        """The address of a department, or the account's."""
        return self._destinations.get(department, self._own)

    def of(self, item: Item, department: str) -> DeliveryPromise | None:
        """The promise for an item."""
        key = (self.where_to(department), item.sku)
        if key not in self._promises:
            self._promises[key] = promise_for(self._context, item, key[0])
        return self._promises[key]


def _line(one: PricedLine, kept: StoredCartLine, shelf: Shelf, promises: _Promises) -> PricedCartLine:
    item = shelf.facts.items[kept.sku]
    promise = promises.of(item, kept.department)
    return PricedCartLine(
        line_id=kept.line_id,
        version=kept.version,
        sku=kept.sku,
        name=item.name,
        quantity=kept.quantity,
        unit=item.unit,
        department=kept.department,
        cost_centre=kept.cost_centre,
        unit_price=one.item.unit_price,
        before=one.before,
        after=one.after,
        steps=tuple(map(_step, one.adjustments)),
        tax_category=one.item.tax_category,
        tax_rate=one.item.tax_rate,
        fulfilment=item.fulfilment,
        maker=one.shipper.maker,
        available=shelf.available.get(kept.sku, 0),
        lead_days=item.lead_days,
        ship_to=promises.where_to(kept.department).postcode,
        delivered_on=promise.delivered_on if promise else None,
        ordered_by=promise.ordered_by if promise else None,
    )


def _step(one: Adjustment) -> PriceStep:
    return PriceStep(
        kind=one.kind, rule=one.rule_id, reason=one.entry.reason, amount=one.net, percent=one.entry.percent
    )


def _part(part: PricedPart) -> PricedCartPart:
    return PricedCartPart(
        fulfilment=part.shipper.fulfilment,
        maker=part.shipper.maker,
        line_ids=part.line_ids,
        goods=part.goods,
        shipping=tuple(
            ShippingExplained(
                rule=fee.rule_id,
                name=fee.name,
                amount=fee.entry.amount if fee.entry else 0,
                lacking=fee.lacking,
                free_from=fee.free_from,
            )
            for fee in part.shipping
        ),
        tax=part.tax,
        total_excl_tax=part.total_excl_tax,
        total_incl_tax=part.total_incl_tax,
    )


def _offer(offer: Offer) -> OfferDocument:
    return OfferDocument(
        kind=offer.kind,
        rule=offer.rule_id,
        name=offer.name,
        benefit=offer.benefit,
        lacks_amount=offer.lacks_amount,
        lacks_quantity=offer.lacks_quantity,
        in_cart=offer.in_cart,
        register=offer.register,
        target=offer.target,
    )


def _problem(problem: Problem) -> CartProblem:
    return CartProblem(
        code=problem.code,
        detail=problem.detail,
        where=problem.where,
        remedy=problem.remedy,
        line_id=problem.line_id,
    )
