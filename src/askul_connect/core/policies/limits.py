"""What of a limit an order uses (ACC-5)."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order
from askul_connect.core.policies.parts import line_amount
from askul_connect.core.policies.pricing import totals

#: Open and shipped; what is cancelled or returned uses nothing, and what is not placed yet neither.
COUNTED = frozenset(
    {
        LineState.PLACED,
        LineState.CONFIRMED,
        LineState.PARTLY_SHIPPED,
        LineState.SHIPPED,
        LineState.DELIVERED,
    }
)


def used_by(order: Order, department: str, currency: Currency) -> int:
    """What the lines of a department cost in one order, discounts taken off, minor units with tax.

    What shipping costs is the order's and no department's. The tax is that of these lines alone, rounded once for
    each rate.
    """
    amounts = [
        (
            line.tax_category,
            line.tax_rate,
            line_amount(line, currency.code, 0, line.quantity - line.quantity_cancelled),
        )
        for line in order.lines
        if line.department == department and line.state in COUNTED
    ]
    return totals(amounts, currency).incl_tax.minor if amounts else 0


def used_in(orders: Iterable[Order], department: str, currency: Currency) -> int:
    """What several orders use, each with its own tax."""
    return sum(used_by(order, department, currency) for order in orders)
