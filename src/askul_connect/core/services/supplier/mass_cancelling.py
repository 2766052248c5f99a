"""Cancelling what has not left of many customers' orders at once, and telling each user once (ORD-5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve

from askul_connect.core.domain.accounts import UserState
from askul_connect.core.domain.orders import CancelCause, LineState, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.order_life import CancelOrdersInBulkRequest, CancelOrdersInBulkResponse
from askul_connect.core.policies.order_changes import reduced
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.delivering import settled
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.order_steps import audit_step, check_reason
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.releasing import release
from askul_connect.core.services.supplier.ticket_access import require_open_ticket

_BULK_NUMBER = "BC{:08d}"
MOST_ORDERS = 1_000


def cancel_orders_in_bulk(context: Context, request: CancelOrdersInBulkRequest) -> CancelOrdersInBulkResponse:
    """Cancel every outstanding unit that the conditions name; stock and limits are relieved.

    The cancellations and the notices are one unit of work: after a crash neither is there, and what has been
    cancelled is not open any more, so that no later call finds it again and tells of it.

    Raises:
        AccessDenied: Staff name no open ticket.
        ValueInvalid: No condition is named, the reason says nothing, or ``most`` is out of range.
    """
    require_open_ticket(context, request.ticket)
    check_reason(request.reason, "reason")
    if not (request.order_numbers or request.sku or request.ordered_from or request.ordered_to):
        raise ValueInvalid("name orders, an item or a period", where="order_numbers")
    if not 1 <= request.most <= MOST_ORDERS:
        raise ValueInvalid(f"one call cancels 1 to {MOST_ORDERS} orders, not {request.most}", where="most")
    found = sorted(
        (order for order in context.unit.orders.open_orders() if _lines_of(order, request)),
        key=lambda order: (order.account_id, order.order_number),
    )
    now, left = _first_customers(found, request.most)
    number = _BULK_NUMBER.format(context.unit.counters.next("bulk-cancellation"))
    for order in now:
        _cancel(context, order, request, number)
    return CancelOrdersInBulkResponse(
        bulk_number=number,
        order_numbers=tuple(order.order_number for order in now),
        informed=_tell(context, now, number, request.reason),
        left=len(left),
    )


def _lines_of(order: Order, request: CancelOrdersInBulkRequest) -> tuple[OrderLine, ...]:
    """The lines of an order that all given conditions name and of which something is outstanding."""
    first, last = request.ordered_from or date.min, request.ordered_to or date.max
    if request.order_numbers and order.order_number not in request.order_numbers:
        return ()
    if not first <= order.order_date <= last:
        return ()
    return tuple(
        line
        for line in order.lines
        if line.state in {LineState.PLACED, LineState.CONFIRMED, LineState.PARTLY_SHIPPED}
        and request.sku in {"", line.sku}
    )


def _first_customers(orders: Sequence[Order], most: int) -> tuple[Sequence[Order], Sequence[Order]]:
    """As many whole customers as fit, one at least, and the rest: nobody is told twice of one cancellation."""
    cut = 0
    for place in range(1, len(orders) + 1):
        ends = place == len(orders) or orders[place].account_id != orders[place - 1].account_id
        if ends and (place <= most or not cut):
            cut = place
    return orders[:cut], orders[cut:]


def _cancel(context: Context, order: Order, request: CancelOrdersInBulkRequest, number: str) -> None:
    gone = {line.line_id: line for line in _lines_of(order, request)}
    release(context, order, {line_id: line.outstanding for line_id, line in gone.items()})
    changed = evolve(
        order,
        lines=tuple(
            reduced(line, line.outstanding, CancelCause.MASS, request.reason, state=_after(line))
            if line.line_id in gone
            else line
            for line in order.lines
        ),
    )
    context.unit.orders.save(settled(context, changed))
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    audit_step(
        context,
        "order-cancelled-in-bulk",
        number,
        order,
        ticket=request.ticket,
        detail={"lines": sorted(gone), "reason": request.reason},
    )


def _after(line: OrderLine) -> LineState:
    step = Step.CANCEL_REST if line.state is LineState.PARTLY_SHIPPED else Step.CANCEL
    return next_line_state(line.state, step)


def _tell(context: Context, orders: Sequence[Order], number: str, reason: str) -> int:
    """Tell everybody who placed one of them, once; what a machine or a person who left placed, the account's contact.

    Returns:
        How many were told.
    """
    unit = context.unit
    told: dict[tuple[str, str], list[Order]] = {}
    addresses: dict[str, str] = {}
    for order in orders:
        member = unit.memberships.get(order.account_id, order.placed_by)
        user = unit.users.get(member.home_account_id, member.user_id) if member else None
        there = member is not None and member.state is UserState.ACTIVE
        if user is not None and there and user.state is UserState.ACTIVE:
            who, addresses[user.user_id] = user.user_id, user.email
        else:
            who = ""
        told.setdefault((order.account_id, who), []).append(order)
    for (account_id, user_id), theirs in told.items():
        account = unit.accounts.get(account_id)
        to = addresses[user_id] if user_id else account.email if account else ""
        facts = {
            "orders": ", ".join(f"{one.order_number} ({one.purchase_order_id})" for one in theirs),
            "reason": reason,
        }
        notify_person(context, "orders-cancelled", f"{number}:{account_id}:{user_id}", to, facts)
    return len(told)


def replay_cancel_orders_in_bulk(
    context: Context, request: CancelOrdersInBulkRequest, reference: str
) -> CancelOrdersInBulkResponse:
    """The answer of an earlier call with the same key."""
    require_open_ticket(context, request.ticket)
    number, informed, left, *orders = reference.split()
    return CancelOrdersInBulkResponse(
        bulk_number=number, order_numbers=tuple(orders), informed=int(informed), left=int(left)
    )


def bulk_reference(response: CancelOrdersInBulkResponse) -> str:
    """What of the response names its result."""
    return " ".join(
        (response.bulk_number, str(response.informed), str(response.left), *response.order_numbers)
    )
