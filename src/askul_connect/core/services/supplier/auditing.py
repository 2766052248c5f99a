"""Whether the supplier's data agree with themselves: what ``verify`` looks at beyond the database's own checks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from askul_connect.core.domain.allowances import net_of
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.parts import line_amount
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.confirming import CONFIRMATION_FEED
from askul_connect.core.services.supplier.invoicing import INVOICE_FEED
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.shipping import SHIP_NOTICE_FEED

_PAGE = 1_000
#: States of a line of which units are still to come.
_OPEN = frozenset(
    {
        LineState.DRAFT,
        LineState.AWAITING_APPROVAL,
        LineState.PLACED,
        LineState.CONFIRMED,
        LineState.PARTLY_SHIPPED,
    }
)


def _feeds(unit: SupplierUnitOfWork) -> Mapping[str, Callable[[str, Iterable[str]], Mapping[str, object]]]:
    return {
        ORDER_FEED: unit.orders.many,
        CONFIRMATION_FEED: unit.documents.confirmations,
        SHIP_NOTICE_FEED: unit.documents.ship_notices,
        INVOICE_FEED: unit.documents.invoices,
    }


def audit_feeds(unit: SupplierUnitOfWork) -> Iterator[str]:
    """Change feeds that name what is not there."""
    for account in unit.accounts.all():
        for feed, find in _feeds(unit).items():
            alive, after = 0, 0
            while changes := unit.changes.since(account.account_id, feed, after, _PAGE):
                named = [change.key for change in changes if not change.deleted]
                there = find(account.account_id, named)
                alive += len(named)
                after = changes[-1].sequence
                for key in named:
                    if key not in there:
                        yield f"the feed {feed} of {account.customer_number} names {key}, which is not stored"
            if alive != (counted := unit.changes.alive(account.account_id, feed)):
                yield f"the feed {feed} of {account.customer_number} counts {counted}, it names {alive}"


def audit_orders(unit: SupplierUnitOfWork) -> Iterator[str]:
    """Orders whose totals or quantities do not add up."""
    for account in unit.accounts.all():
        shipped = _shipped(unit, account.account_id)
        after = 0
        while changes := unit.changes.since(account.account_id, ORDER_FEED, after, _PAGE):
            after = changes[-1].sequence
            orders = unit.orders.many(account.account_id, [change.key for change in changes])
            for number, order in sorted(orders.items()):
                held = sum(line.amount_excl_tax for line in order.lines) + net_of(order.allowances)
                if held != order.total_excl_tax:
                    yield (
                        f"the order {number} says {order.total_excl_tax}, its lines with the order's allowances"
                        f" and charges {held}"
                    )
                for line in order.lines:
                    yield from _of_line(order, line, shipped[number, line.line_id])


def _shipped(unit: SupplierUnitOfWork, account_id: str) -> Counter[tuple[str, str]]:
    """Units that left by order and line, as the shipments say."""
    found: Counter[tuple[str, str]] = Counter()
    after = 0
    while changes := unit.changes.since(account_id, SHIP_NOTICE_FEED, after, _PAGE):
        after = changes[-1].sequence
        named = [change.key for change in changes if not change.deleted]
        for left in unit.shipped_lines.of_notices(account_id, named):
            found[left.order_number, left.line_id] += left.quantity
    return found


def _of_line(order: Order, line: OrderLine, left: int) -> Iterator[str]:
    name = f"line {line.line_id} of the order {order.order_number}"
    try:
        follows = line_amount(line, order.currency, 0, line.quantity)
    except ValueInvalid as error:
        yield f"{name} has no amount: {error.detail}"
    else:
        if line.amount_excl_tax != follows:
            yield (
                f"{name} says {line.amount_excl_tax}, its quantity and price with its allowances and charges"
                f" {follows}"
            )
    if line.quantity_shipped != left:
        yield f"{name} says {line.quantity_shipped} shipped, its shipments {left}"
    # whatever the tolerance was when a line was shipped, it was never more than as much again
    done = line.quantity_shipped + line.quantity_cancelled
    if line.quantity_cancelled > line.quantity or done > 2 * line.quantity:
        yield f"more of the order {order.order_number} was shipped or cancelled than ordered: {name}"
    if min(line.quantity_shipped, line.quantity_cancelled) < 0:
        yield f"{name} has fewer units shipped or cancelled than none"
    if (line.state in _OPEN) != (line.outstanding > 0):
        yield f"{name} is {line.state}, {line.outstanding} units of it are outstanding"


def known_orders(unit: SupplierUnitOfWork, numbers: Iterable[str]) -> frozenset[str]:
    """Which of these orders exist, over all accounts."""
    return frozenset(number for number in numbers if unit.orders.get_for_staff(number) is not None)
