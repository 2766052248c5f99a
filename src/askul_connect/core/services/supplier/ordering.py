"""Placing and finding orders (ORD-1, ORD-2, ORD-10)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.allowances import AllowanceCharge, net_of, taxed_amounts
from askul_connect.core.domain.capabilities import LIMITS, Capability
from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.events import OrderPlaced
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import NotFound, OrderRefused, PriceChanged, PurchaseOrderConflict
from askul_connect.core.messages.ordering import (
    DroppedLine,
    GetOrderByExternalIdRequest,
    GetOrderByExternalIdResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
    OrderLineRequest,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.policies.pricing import totals
from askul_connect.core.services.supplier.capabilities import offered, require_capability, require_credit
from askul_connect.core.services.supplier.catalog import unit_prices
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.limits import limit_problems
from askul_connect.core.services.supplier.notices import ORDER_PLACED, notify_customer
from askul_connect.core.services.supplier.order_rules import Facts, Verdict, judge_order
from askul_connect.core.services.supplier.visibility import visible_order, visible_orders

ORDER_FEED = "orders"
_ORDER_NUMBER = "AC{:08d}"


def place_order(
    context: Context, request: PlaceOrderRequest
) -> PlaceOrderResponse | Tried[PlaceOrderResponse]:
    """Place an order, or with ``trial`` do everything but keep nothing (CART-5).

    Raises:
        OrderRefused: The rules of the supplier refuse it; all findings are listed, nothing was ordered.
        PurchaseOrderConflict: The purchase order's key was used with other content (INT-11).
    """
    known = _same_purchase_order(context, request)
    response = _answer_again(request, known) if known else _order_anew(context, request)
    return Tried(response) if request.trial else response


def _order_anew(context: Context, request: PlaceOrderRequest) -> PlaceOrderResponse:
    account = context.account()
    if len(request.lines) > LIMITS[account.kind].order_lines:
        require_capability(account, Capability.BULK_ORDERS)
    skus = [line.sku for line in request.lines]
    items = offered(account, context.unit.catalog.items(skus).values())
    stock = dict(context.unit.catalog.stock(skus))
    prices = unit_prices(context, account, items)
    account_id = context.caller.account_id
    facts = Facts(
        items=items,
        stock=stock,
        prices={sku: price.value for sku, price in prices.items()},
        currency=context.house.profile.currency,
        departments=frozenset(entry.code for entry in context.unit.departments.of_account(account_id)),
        scope=context.caller.departments,
        terms=context.house.profile.terms,
    )
    verdict = judge_order(request, facts)
    if verdict.problems:
        raise OrderRefused(
            f"purchase order {request.purchase_order_id} cannot be ordered", problems=verdict.problems
        )
    order = _make_order(context, request, verdict, facts, prices)
    beyond = limit_problems(context, request, order)
    if beyond:
        raise OrderRefused(f"purchase order {request.purchase_order_id} is beyond a limit", problems=beyond)
    require_credit(context, account, order.total_incl_tax)
    for line in order.lines:
        if line.fulfilment is Fulfilment.STOCK:
            stock[line.sku] = evolve(stock[line.sku], reserved=stock[line.sku].reserved + line.quantity)
    context.unit.catalog.save_stock(
        stock[sku]
        for sku in sorted({entry.sku for entry in order.lines if entry.fulfilment is Fulfilment.STOCK})
    )
    context.unit.orders.add(order)
    context.unit.changes.record(account_id, ORDER_FEED, [order.order_number])
    notify_customer(context, ORDER_PLACED, order.order_number, account, order.purchase_order_id)
    context.happened.append(OrderPlaced())
    return PlaceOrderResponse(orders=(order_document(order),), trial=request.trial, dropped=verdict.dropped)


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


def asked_for(request: PlaceOrderRequest) -> PlaceOrderRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request


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


def _make_order(
    context: Context, request: PlaceOrderRequest, verdict: Verdict, facts: Facts, prices: dict[str, UnitPrice]
) -> Order:
    lines = tuple(
        _make_line(context, line, facts.items[line.sku], prices[line.sku]) for line in verdict.lines
    )
    allowances = tuple(_with_rate(context, entry) for entry in request.allowances)
    sums = totals(
        taxed_amounts(
            [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in lines], allowances
        ),
        context.house.currency,
        context.house.profile.tax_rounding,
    )
    number = _ORDER_NUMBER.format(context.unit.counters.next("order"))
    return Order(
        order_number=number,
        account_id=context.caller.account_id,
        purchase_order_id=request.purchase_order_id,
        buyer_party=request.buyer_party,
        issue_year=request.issue_year,
        checkout_id=context.house.ids.new("checkout", number),
        placed_by=context.caller.actor,
        request_hash=context.asked,
        channel=context.call.channel,
        currency=context.house.profile.currency,
        placed_at=context.now,
        order_date=context.today,
        lines=lines,
        tax=sums.tax,
        total_excl_tax=sums.excl_tax.minor,
        total_incl_tax=sums.incl_tax.minor,
        allowances=allowances,
        anticipated=request.anticipated,
    )


def _with_rate(context: Context, entry: AllowanceCharge) -> AllowanceCharge:
    """The rate is the supplier's to say, as it is for an item."""
    if entry.tax_category is None:
        return evolve(entry, tax_rate=None)
    return evolve(entry, tax_rate=context.house.tax_table.rate(entry.tax_category, context.today).rate)


def _make_line(context: Context, line: OrderLineRequest, item: Item, price: UnitPrice) -> OrderLine:
    return OrderLine(
        line_id=line.line_id,
        sku=item.sku,
        name=item.name,
        quantity=line.quantity,
        unit=item.unit,
        unit_price=price.value,
        amount_excl_tax=price.times(line.quantity).minor + net_of(line.allowances),
        tax_category=item.tax_category,
        tax_rate=context.house.tax_table.rate(item.tax_category, context.today).rate,
        fulfilment=item.fulfilment,
        lead_days=item.lead_days,
        department=line.department,
        cost_centre=line.cost_centre,
        requested_on=line.requested_on,
        state=LineState.PLACED,
        allowances=line.allowances,
    )


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


def order_for_staff(context: Context, order_number: str) -> tuple[Order, Account]:
    """An order of any account, with its account: for the supplier's own work.

    Raises:
        NotFound: There is no such order.
    """
    order = context.unit.orders.get_for_staff(order_number)
    account = context.unit.accounts.get(order.account_id) if order else None
    if order is None or account is None:
        raise NotFound(f"there is no order {order_number!r}", where="order_number")
    return order, account


def get_order(context: Context, request: GetOrderRequest) -> GetOrderResponse:
    """One order of the caller's account.

    Raises:
        NotFound: There is none under that number that the caller may see.
    """
    order = context.unit.orders.get(context.caller.account_id, request.order_number)
    if order is None or not visible_order(context, order):
        raise NotFound(f"there is no order {request.order_number!r}", where="order_number")
    return GetOrderResponse(order=order_document(order))


def get_order_by_external_id(
    context: Context, request: GetOrderByExternalIdRequest
) -> GetOrderByExternalIdResponse:
    """The orders a purchase order became; none says that it was never taken."""
    orders = context.unit.orders.by_external_id(
        context.caller.account_id, request.buyer_party, request.purchase_order_id, request.issue_year
    )
    return GetOrderByExternalIdResponse(
        orders=tuple(order_document(order) for order in orders if visible_order(context, order))
    )


def list_orders(context: Context, request: ListOrdersRequest) -> ListOrdersResponse:
    """Orders that are new or have changed, in commit order."""
    found = page(context, ORDER_FEED, request, visible=visible_orders(context))
    orders = context.unit.orders.many(context.caller.account_id, found.keys)
    return ListOrdersResponse(
        orders=tuple(order_document(order) for order in in_order(found.keys, orders)), page=found.info
    )
