"""What of a limit an order uses (ACC-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.policies.parts import line_amount
from askul_connect.core.policies.pricing import totals

#: Units that came back, by order and line.
Returned = Mapping[tuple[str, str], int]

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


def used_by(
    order: Order, department: str, currency: Currency, returned: Returned = MappingProxyType({})
) -> int:
    """What the lines of a department cost in one order, discounts taken off, minor units with tax.

    Units that were cancelled or came back use nothing. What shipping costs is the order's and no department's. The
    tax is that of these lines alone, rounded once for each rate.
    """
    amounts = [
        (
            line.tax_category,
            line.tax_rate,
            line_amount(
                line, currency.code, 0, _kept(line, returned.get((order.order_number, line.line_id), 0))
            ),
        )
        for line in order.lines
        if line.department == department and line.state in COUNTED
    ]
    return totals(amounts, currency).incl_tax.minor if amounts else 0


def _kept(line: OrderLine, back: int) -> int:
    """Ordered units that were neither cancelled nor came back; of what came back, units beyond the order go first."""
    live = line.quantity - line.quantity_cancelled
    return max(0, live - max(0, back - max(0, line.quantity_shipped - live)))


def used_in(
    orders: Iterable[Order],
    department: str,
    currency: Currency,
    returned: Returned = MappingProxyType({}),
) -> int:
    """What several orders use, each with its own tax."""
    return sum(used_by(order, department, currency, returned) for order in orders)
