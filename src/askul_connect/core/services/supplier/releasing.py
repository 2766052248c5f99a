"""Giving back what lines of an order held when they will not be delivered (ORD-5)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order
from askul_connect.core.services.supplier.context import Context

#: The states in which the outstanding units of a line hold something.
HOLDING = frozenset({LineState.PLACED, LineState.CONFIRMED, LineState.PARTLY_SHIPPED})


def release(context: Context, order: Order, lines: Mapping[str, int]) -> None:
    """Give back what units that are taken off an order held: their reserved stock, and the checkout's coupon.

    A coupon counts no more when nothing of its checkout is left.

    Called once for each unit, in the unit of work that takes it off. A line that is not placed yet, or of which nothing
    is outstanding, holds nothing.
    What departments have used is derived from the orders (ACC-5), so that it needs no step here.

    Args:
        context: The call.
        order: As it stood before.
        lines: Units by line that will not be delivered.
    """
    given: dict[str, int] = {}
    for line in order.lines:
        quantity = lines.get(line.line_id, 0)
        if quantity and line.state in HOLDING and line.fulfilment is Fulfilment.STOCK:
            given[line.sku] = given.get(line.sku, 0) + quantity
    if _nothing_left(context, order, lines):
        context.unit.coupons.give_back(order.account_id, order.checkout_id, context.now)
    stock = context.unit.catalog.stock(sorted(given))
    context.unit.catalog.save_stock(
        evolve(stock[sku], reserved=stock[sku].reserved - quantity) for sku, quantity in sorted(given.items())
    )


def _nothing_left(context: Context, order: Order, lines: Mapping[str, int]) -> bool:
    """Whether no unit of the whole checkout has been shipped or will be."""
    others = context.unit.orders.many(order.account_id, order.linked_orders or ()).values()
    return all(
        not line.quantity_shipped and line.quantity - line.quantity_cancelled <= lines.get(line.line_id, 0)
        for line in order.lines
    ) and all(
        not line.quantity_shipped and line.quantity <= line.quantity_cancelled
        for other in others
        for line in other.lines
    )
