"""Ordering the cart as it was shown: the orders and the emptied cart in one unit of work (CART-5, CART-6)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve

from askul_connect.core.domain.sales import Order
from askul_connect.core.domain.stored_carts import StoredCart
from askul_connect.core.errors import NotFound, PriceChanged, Problem, ValueInvalid, VersionConflict
from askul_connect.core.messages.cart import CheckOutCartRequest, CheckOutCartResponse
from askul_connect.core.messages.cart_prices import CartNews
from askul_connect.core.messages.ordering import PlaceOrderRequest
from askul_connect.core.policies.cart_changes import changed_since, emptied
from askul_connect.core.services.supplier.cart import Shelf, held_cart, shelf_of
from askul_connect.core.services.supplier.cart_pricing import news_of, order_of, total_of
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.cursors import in_order
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.placing import appraise, place_order
from askul_connect.core.services.supplier.visibility import visible_order


def check_out_cart(
    context: Context, request: CheckOutCartRequest
) -> CheckOutCartResponse | Tried[CheckOutCartResponse]:
    """Order everything in the cart, and empty it; with ``trial`` keep nothing.

    Raises:
        VersionConflict: The cart was changed since that version; the problems say what has changed.
        PriceChanged: It comes to another total; the problems say what has changed.
        OrderRefused: The rules of the supplier refuse it; all findings are listed, nothing was ordered.
        NotForThisAccount, AccountLimitReached: The only finding is that accounts of this kind may not order so much.
        PurchaseOrderConflict: The purchase order's number was used with other content (INT-11).
    """
    before = _ordered_before(context, request)
    if before:
        response = _response(before, trial=request.trial)
        return Tried(response) if request.trial else response
    cart = held_cart(context)
    shelf = shelf_of(context, [one.sku for one in cart.lines])
    _require_version(cart, request)
    if not cart.lines:
        raise ValueInvalid("there is nothing in the cart", where="expected_version")
    asked = order_of(
        context,
        cart,
        shelf,
        coupons=tuple(request.coupons),
        purchase_order_id=request.purchase_order_id,
        buyer_party=request.buyer_party,
        issue_year=request.issue_year,
        trial=request.trial,
    )
    _require_total(context, cart, shelf, request, asked)
    placed = place_order(context, asked)
    orders = placed.response.orders if isinstance(placed, Tried) else placed.orders
    context.unit.carts.put(emptied(cart, context.now))
    response = CheckOutCartResponse(
        orders=orders, purchase_order_id=asked.purchase_order_id, trial=request.trial
    )
    return Tried(response) if request.trial else response


def asked_to_check_out(request: CheckOutCartRequest) -> CheckOutCartRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request


def replay_check_out_cart(
    context: Context, request: CheckOutCartRequest, reference: str
) -> CheckOutCartResponse:
    """The answer of an earlier call with the same key, as the orders stand now.

    Raises:
        NotFound: The caller may not see what was ordered under the key.
    """
    numbers = reference.split()
    orders = in_order(numbers, context.unit.orders.many(context.caller.account_id, numbers))
    if not orders or not all(visible_order(context, order) for order in orders):
        raise NotFound("there is no order under this key that this caller may see")
    return _response(orders, trial=request.trial)


def check_out_reference(response: CheckOutCartResponse) -> str:
    """What of the response names its result."""
    return " ".join(order.order_number for order in response.orders)


def _response(orders: Sequence[Order], *, trial: bool) -> CheckOutCartResponse:
    return CheckOutCartResponse(
        orders=tuple(map(order_document, orders)),
        purchase_order_id=orders[0].purchase_order_id,
        trial=trial,
    )


def _ordered_before(context: Context, request: CheckOutCartRequest) -> Sequence[Order]:
    """The orders that this very request became under another key: the number of a purchase order is used once."""
    if not request.purchase_order_id:
        return ()
    account = context.account()
    known = context.unit.orders.by_external_id(
        account.account_id,
        request.buyer_party or account.buyer_party or account.customer_number,
        request.purchase_order_id,
        request.issue_year,
    )
    return [one for one in known if one.request_hash == context.asked and visible_order(context, one)]


def _require_version(cart: StoredCart, request: CheckOutCartRequest) -> None:
    if request.expected_version == cart.version:
        return
    detail = (
        f"the cart is in version {cart.version}, and version {request.expected_version} was to be ordered"
    )
    problems = (
        finding(VersionConflict, detail, where="expected_version"),
        *_changes(cart, request.expected_version),
    )
    raise VersionConflict(detail, where="expected_version", problems=problems)


def _changes(cart: StoredCart, version: int) -> Iterator[Problem]:
    lines, gone = changed_since(cart, version)
    for line in lines:
        detail = f"line {line.line_id} is {line.quantity} of {line.sku} for {line.department} now"
        yield finding(VersionConflict, detail, where="lines", line_id=line.line_id)
    for one in gone:
        how = "was ordered" if one.ordered else "is not in the cart any more"
        detail = f"line {one.line_id}, {one.sku} for {one.department}, {how}"
        yield finding(VersionConflict, detail, where="lines", line_id=one.line_id)


def _require_total(
    context: Context, cart: StoredCart, shelf: Shelf, request: CheckOutCartRequest, asked: PlaceOrderRequest
) -> None:
    """What cannot be ordered at all is refused for that; what has another price, for the price."""
    found = appraise(context, asked, looking=True)
    total = total_of(found)
    if found.problems or total == request.expected_total:
        return
    detail = f"the cart comes to {total} {asked.currency} with tax, and {request.expected_total} was expected"
    problems = [finding(PriceChanged, detail, where="expected_total")]
    for news in news_of(cart, shelf):
        if news.news is CartNews.PRICE:
            changed = f"the price of {news.sku} is {news.price_now}, and was {news.price_before}"
            problems.append(finding(PriceChanged, changed, where="lines", line_id=news.line_id))
    raise PriceChanged(detail, where="expected_total", problems=tuple(problems))
