"""Placing orders: judge, price, split by who ships, reserve and store, in one unit of work (ORD-2, CART-2, CART-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Account, Department
from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.carts import Cart, CartLine, PricedCart, PricedLine, PricedPart
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.coupons import CouponUse
from askul_connect.core.domain.events import OrderPlaced
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import (
    AccountLimitReached,
    AllowanceRefused,
    CardNotRegistered,
    CouponRefused,
    NotForThisAccount,
    NotFound,
    OrderRefused,
    PriceChanged,
    Problem,
    PurchaseOrderConflict,
)
from askul_connect.core.messages.ordering import (
    DroppedLine,
    OrderLineRequest,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog import unit_prices
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.cursors import in_order
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.limits import account_problems, limit_problems
from askul_connect.core.services.supplier.notices import ORDER_PLACED, notify_customer
from askul_connect.core.services.supplier.order_rules import MAXIMUM_LINES, Facts, Verdict, judge_order
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.pricing import cart_items, price_cart
from askul_connect.core.services.supplier.promising import destination
from askul_connect.core.services.supplier.visibility import visible_order

_ORDER_NUMBER = "AC{:08d}"


def place_order(
    context: Context, request: PlaceOrderRequest
) -> PlaceOrderResponse | Tried[PlaceOrderResponse]:
    """Place an order, or with ``trial`` do everything but keep nothing (CART-5).

    What several ship becomes several orders, linked with each other.

    Raises:
        OrderRefused: The rules of the supplier refuse it; all findings are listed, nothing was ordered.
        NotForThisAccount, AccountLimitReached: The only finding is that accounts of this kind may not order so much.
        CardNotRegistered: The only finding is that there is no card to pay with.
        PurchaseOrderConflict: The purchase order's key was used with other content (INT-11).
        PluginFailed: A rule of a plugin proposes what it may not.
    """
    known = _same_purchase_order(context, request)
    response = _answer_again(request, known) if known else _order_anew(context, request)
    return Tried(response) if request.trial else response


def asked_for(request: PlaceOrderRequest) -> PlaceOrderRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request


def replay_place_order(context: Context, request: PlaceOrderRequest, reference: str) -> PlaceOrderResponse:
    """The answer of an earlier call with the same key, as the orders stand now.

    Raises:
        NotFound: The caller may not see what was ordered under the key.
    """
    numbers = reference.split()
    orders = in_order(numbers, context.unit.orders.many(context.caller.account_id, numbers))
    if not all(visible_order(context, order) for order in orders):
        raise NotFound("there is no order under this key that this caller may see")
    return _answer_again(request, orders)


def order_reference(response: PlaceOrderResponse) -> str:
    """What of the response names its result."""
    return " ".join(order.order_number for order in response.orders)


def _same_purchase_order(context: Context, request: PlaceOrderRequest) -> Sequence[Order]:
    """The orders this purchase order became already: its key is unique for ever."""
    known = context.unit.orders.by_external_id(
        context.caller.account_id, request.buyer_party, request.purchase_order_id, request.issue_year
    )
    # two accounts that were merged may both have used the number: the same content is the same purchase order
    same = [order for order in known if order.request_hash == context.asked]
    if (known and not same) or any(not visible_order(context, order) for order in same):
        raise PurchaseOrderConflict(
            f"purchase order {request.purchase_order_id} of {request.buyer_party} exists with other content",
            where="purchase_order_id",
        )
    return same


def _answer_again(request: PlaceOrderRequest, orders: Sequence[Order]) -> PlaceOrderResponse:
    """The answer for orders that were made of this very request, as they stand now."""
    ordered = {line.line_id for order in orders for line in order.lines}
    return PlaceOrderResponse(
        orders=tuple(map(order_document, orders)),
        trial=request.trial,
        dropped=tuple(
            DroppedLine(
                line_id=line.line_id,
                code=PriceChanged.code,
                reason=f"the price of {line.sku} was not the expected one when the order was placed",
            )
            for line in request.lines
            if line.line_id not in ordered
        ),
    )


@frozen(kw_only=True)
class Checkout:
    """What a request is judged and priced from, and what came of it.

    Attributes:
        stock: Levels as they stand, held until the unit of work ends where it is going to be ordered.
        departments: Of the account, by code.
    """

    account: Account
    facts: Facts
    stock: Mapping[str, StockLevel]
    departments: Mapping[str, Department]


@frozen(kw_only=True)
class Appraisal:
    """What a request would come to.

    Attributes:
        priced: What can be priced of it; None when nothing can.
        orders: What it becomes, not stored.
        problems: Why it cannot be ordered, all at once; empty when it can.
    """

    checkout: Checkout
    verdict: Verdict
    priced: PricedCart | None
    orders: tuple[Order, ...]
    problems: tuple[Problem, ...]


def appraise(context: Context, request: PlaceOrderRequest, *, looking: bool = False) -> Appraisal:
    """Judge, price and split a request, and hold it against every limit; nothing is stored.

    Args:
        context: The call.
        request: What is wanted.
        looking: It is not going to be ordered now: nobody is kept waiting for the stock, and no number is used up.

    Raises:
        PluginFailed: A rule of a plugin proposes what it may not.
    """
    checkout = _gathered(context, request, looking=looking)
    verdict = judge_order(request, checkout.facts)
    problems = list(verdict.problems)
    priced, refused = _priced(context, request, checkout, verdict)
    problems += refused
    orders: tuple[Order, ...] = ()
    if priced is not None:
        orders = _make_orders(context, request, checkout, priced, looking=looking)
        problems += limit_problems(context, request, orders)
    problems += account_problems(context, checkout.account, request, orders)
    return Appraisal(
        checkout=checkout, verdict=verdict, priced=priced, orders=orders, problems=tuple(problems)
    )


def _order_anew(context: Context, request: PlaceOrderRequest) -> PlaceOrderResponse:
    found = appraise(context, request)
    if found.problems:
        raise _refusal(request, found.problems)
    _reserve(context, found.checkout.stock, found.orders)
    _store(context, found.checkout.account, found.orders, found.priced.coupon if found.priced else "")
    return PlaceOrderResponse(
        orders=tuple(map(order_document, found.orders)), trial=request.trial, dropped=found.verdict.dropped
    )


def _refusal(
    request: PlaceOrderRequest, problems: Sequence[Problem]
) -> OrderRefused | CardNotRegistered | NotForThisAccount | AccountLimitReached:
    """One error with everything; what is wrong with the account alone is raised as what it is."""
    for kind in (CardNotRegistered, NotForThisAccount, AccountLimitReached):
        if len(problems) == 1 and problems[0].code == kind.code:
            return kind(problems[0].detail, where=problems[0].where)
    return OrderRefused(
        f"purchase order {request.purchase_order_id} cannot be ordered", problems=tuple(problems)
    )


def _gathered(context: Context, request: PlaceOrderRequest, *, looking: bool) -> Checkout:
    account = context.account()
    # more lines than any order has are not looked up
    skus = {line.sku for line in request.lines[: MAXIMUM_LINES + 1]}
    known = context.unit.catalog.items(skus)
    items = offered(account, known.values())
    catalog = context.unit.catalog
    stock = catalog.levels(skus) if looking else catalog.stock(skus)
    departments = {one.code: one for one in context.unit.departments.of_account(account.account_id)}
    facts = Facts(
        items=items,
        restricted=frozenset(known) - frozenset(items),
        stock=stock,
        prices={sku: price.value for sku, price in unit_prices(context, account, items).items()},
        currency=context.house.profile.currency,
        departments=frozenset(departments),
        scope=context.caller.departments,
        terms=context.house.profile.terms,
        destinations={code: destination(context, account, one) for code, one in departments.items()},
    )
    return Checkout(account=account, facts=facts, stock=stock, departments=departments)


def _priced(
    context: Context, request: PlaceOrderRequest, checkout: Checkout, verdict: Verdict
) -> tuple[PricedCart | None, list[Problem]]:
    """The price of what can be priced, with what is wrong about discounts; None when nothing can."""
    facts = checkout.facts
    lines = tuple(_cart_line(line) for line in verdict.lines if line.sku in facts.items and line.quantity > 0)
    if not lines or len({line.line_id for line in lines}) < len(lines):
        return None, []
    judged = not verdict.problems
    cart = Cart(
        lines=lines if judged else tuple(evolve(line, allowances=()) for line in lines),
        coupons=tuple(request.coupons),
        # what was agreed for the whole belongs to all its lines
        allowances=tuple(_with_rate(context, entry) for entry in request.allowances) if judged else (),
    )
    items = cart_items(context, facts.items.values(), facts.unit_prices)
    try:
        priced = price_cart(context, checkout.account, cart, items)
    except AllowanceRefused as error:
        return None, [finding(AllowanceRefused, error.detail, where=error.where)]
    places = {code: place for place, code in reversed(list(enumerate(request.coupons, start=1)))}
    return priced, [
        finding(CouponRefused, f"coupon {one.code!r}: {one.reason}", where=f"coupons[{places[one.code]}]")
        for one in priced.refused_coupons
    ]


def _cart_line(line: OrderLineRequest) -> CartLine:
    return CartLine(
        line_id=line.line_id,
        sku=line.sku,
        quantity=line.quantity,
        department=line.department,
        cost_centre=line.cost_centre,
        allowances=line.allowances,
    )


def _with_rate(context: Context, entry: AllowanceCharge) -> AllowanceCharge:
    """The rate is the supplier's to say, as it is for an item."""
    if entry.tax_category is None:
        return evolve(entry, tax_rate=None)
    return evolve(entry, tax_rate=context.house.tax_table.rate(entry.tax_category, context.today).rate)


def _make_orders(
    context: Context, request: PlaceOrderRequest, checkout: Checkout, priced: PricedCart, *, looking: bool
) -> tuple[Order, ...]:
    counters = context.unit.counters
    numbers = [
        _ORDER_NUMBER.format(place if looking else counters.next("order"))
        for place in range(len(priced.parts))
    ]
    checkout_id = context.house.ids.new("checkout", numbers[0])
    lines = {one.line.line_id: one for one in priced.lines}
    asked = {line.line_id: line for line in request.lines}
    return tuple(
        Order(
            order_number=number,
            account_id=context.caller.account_id,
            purchase_order_id=request.purchase_order_id,
            buyer_party=request.buyer_party,
            issue_year=request.issue_year,
            checkout_id=checkout_id,
            placed_by=context.caller.actor,
            request_hash=context.asked,
            channel=context.call.channel,
            currency=context.house.profile.currency,
            placed_at=context.now,
            order_date=context.today,
            lines=_order_lines(part, lines, asked, checkout),
            tax=part.tax,
            total_excl_tax=part.total_excl_tax,
            total_incl_tax=part.total_incl_tax,
            allowances=part.allowances,
            anticipated=request.anticipated,
            linked_orders=tuple(other for other in numbers if other != number) or None,
            agreed=len(part.allowances) - sum(1 for fee in part.shipping if fee.entry is not None),
        )
        for number, part in zip(numbers, priced.parts, strict=True)
    )


def _order_lines(
    part: PricedPart,
    lines: Mapping[str, PricedLine],
    asked: Mapping[str, OrderLineRequest],
    checkout: Checkout,
) -> tuple[OrderLine, ...]:
    return tuple(
        _order_line(
            lines[line_id],
            asked[line_id],
            checkout.facts.items[lines[line_id].item.sku],
            checkout.departments.get(asked[line_id].department),
        )
        for line_id in part.line_ids
    )


def _order_line(
    priced: PricedLine, asked: OrderLineRequest, item: Item, department: Department | None
) -> OrderLine:
    return OrderLine(
        line_id=asked.line_id,
        sku=item.sku,
        name=item.name,
        quantity=asked.quantity,
        unit=item.unit,
        unit_price=priced.item.unit_price,
        amount_excl_tax=priced.after,
        tax_category=item.tax_category,
        tax_rate=priced.item.tax_rate,
        fulfilment=item.fulfilment,
        lead_days=item.lead_days,
        department=asked.department,
        cost_centre=asked.cost_centre,
        requested_on=asked.requested_on,
        state=LineState.PLACED,
        allowances=tuple(one.entry for one in priced.adjustments),
        agreed=len(priced.line.allowances),
        ship_to=f"{department.postcode} {department.address}".strip() or None if department else None,
    )


def _reserve(context: Context, stock: Mapping[str, StockLevel], orders: Iterable[Order]) -> None:
    levels = dict(stock)
    held = [line for order in orders for line in order.lines if line.fulfilment is Fulfilment.STOCK]
    for line in held:
        levels[line.sku] = evolve(levels[line.sku], reserved=levels[line.sku].reserved + line.quantity)
    context.unit.catalog.save_stock(levels[sku] for sku in sorted({line.sku for line in held}))


def _store(context: Context, account: Account, orders: Sequence[Order], coupon: str) -> None:
    unit = context.unit
    for order in orders:
        unit.orders.add(order)
    unit.changes.record(account.account_id, ORDER_FEED, [order.order_number for order in orders])
    if coupon:
        unit.coupons.use(
            CouponUse(
                account_id=account.account_id,
                code=coupon,
                checkout_id=orders[0].checkout_id,
                at=context.now,
            )
        )
    for order in orders:
        notify_customer(context, ORDER_PLACED, order.order_number, account, order.purchase_order_id)
        context.happened.append(OrderPlaced())
