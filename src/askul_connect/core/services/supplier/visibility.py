"""What of its account a caller may see: who is limited to departments sees their documents only (AUTH-20, ACC-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from askul_connect.core.domain.sales import Order
from askul_connect.core.services.supplier.context import Context


def visible_order(context: Context, order: Order) -> bool:
    """Whether every line of the order is of a department the caller may see."""
    scope = context.caller.departments
    return not scope or all(line.department in scope for line in order.lines)


def visible_orders(context: Context) -> Callable[[Sequence[str]], frozenset[str]] | None:
    """A filter of order numbers for a limited caller; None when the caller sees all."""
    if not context.caller.departments:
        return None

    def keep(numbers: Sequence[str]) -> frozenset[str]:
        orders = context.unit.orders.many(context.caller.account_id, numbers)
        return frozenset(number for number, order in orders.items() if visible_order(context, order))

    return keep


def visible_documents(
    context: Context, orders_of: Callable[[Sequence[str]], Mapping[str, frozenset[str]]]
) -> Callable[[Sequence[str]], frozenset[str]] | None:
    """A filter of documents by the orders they are about; None when the caller sees all."""
    keep_orders = visible_orders(context)
    if keep_orders is None:
        return None

    def keep(numbers: Sequence[str]) -> frozenset[str]:
        about = orders_of(numbers)
        seen = keep_orders(sorted({order for orders in about.values() for order in orders}))
        return frozenset(number for number, orders in about.items() if orders <= seen)

    return keep
