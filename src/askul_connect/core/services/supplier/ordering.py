"""Finding orders (ORD-1, ORD-10)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.sales import Order
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    GetOrderByExternalIdResponse,
    GetOrderRequest,
    GetOrderResponse,
    ListOrdersRequest,
    ListOrdersResponse,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.visibility import visible_order, visible_orders

ORDER_FEED = "orders"


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
