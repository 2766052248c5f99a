"""What every step of an order after its placing has in common: who may take it, its findings, its traces (ORD-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import (
    AskulConnectError,
    NotFound,
    OrderRefused,
    Problem,
    ValueInvalid,
    concrete_errors,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import require_ticket
from askul_connect.core.services.supplier.visibility import visible_order

_CHANGE_NUMBER = "CH{:08d}"
REASON_LENGTH = 200


def own_order(context: Context, order_number: str) -> Order:
    """An order of the caller's account.

    Raises:
        NotFound: There is none under that number that the caller may see.
    """
    order = context.unit.orders.get(context.caller.account_id, order_number)
    if order is None or not visible_order(context, order):
        raise NotFound(f"there is no order {order_number!r}", where="order_number")
    return order


def ticketed_order(context: Context, order_number: str, ticket: str) -> tuple[Order, Account]:
    """An order of any account with its account, for staff who name an open ticket of that customer (AUTH-19).

    Raises:
        AccessDenied: There is no such order, or no such open ticket; both answer alike.
        NotFound: There is no such order; only the supplier's own program is told.
    """
    order = context.unit.orders.get_for_staff(order_number)
    require_ticket(context, ticket, order.account_id if order else "")
    account = context.unit.accounts.get(order.account_id) if order else None
    if order is None or account is None:
        raise NotFound(f"there is no order {order_number!r}", where="order_number")
    return order, account


def next_change_number(context: Context) -> str:
    """The number of what is done to an order now; a notice and an audit record bear it."""
    return _CHANGE_NUMBER.format(context.unit.counters.next("order-change"))


def chosen_lines(order: Order, line_ids: Iterable[str]) -> tuple[dict[str, OrderLine], list[Problem]]:
    """The lines of an order with those ids, and what is wrong with the choice."""
    known = {line.line_id: line for line in order.lines}
    chosen: dict[str, OrderLine] = {}
    problems: list[Problem] = []
    for number, line_id in enumerate(line_ids, start=1):
        where = f"lines[{number}]"
        if line_id in chosen:
            problems.append(
                finding(ValueInvalid, f"line {line_id!r} is named twice", where=where, line_id=line_id)
            )
        elif line_id not in known:
            detail = f"{order.order_number} has no line {line_id!r}"
            problems.append(finding(ValueInvalid, detail, where=where, line_id=line_id))
        else:
            chosen[line_id] = known[line_id]
    return chosen, problems


def refuse(detail: str, problems: Iterable[Problem]) -> None:
    """Raise all findings at once; findings of one kind are raised as that kind.

    Raises:
        OrderError, ValueInvalid: There are findings.
    """
    found = tuple(problems)
    if not found:
        return
    codes = {problem.code for problem in found}
    kind: type[AskulConnectError] = OrderRefused
    if len(codes) == 1:
        kind = concrete_errors().get(codes.pop(), OrderRefused)
    raise kind(detail, problems=found)


def check_reason(reason: str, where: str) -> None:
    """Refuse a reason that says nothing, or too much for a notice.

    Raises:
        ValueInvalid: It does.
    """
    if not reason.strip() or len(reason) > REASON_LENGTH:
        raise ValueInvalid(f"a reason has 1 to {REASON_LENGTH} characters", where=where)


def note_step(
    context: Context,
    kind: str,
    number: str,
    order: Order,
    account: Account,
    *,
    ticket: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Leave the traces of a step in the unit of work that takes it: feed, notice, and the record of who did it.

    Args:
        context: The call.
        kind: The event in words, for instance ``order-cancelled``.
        number: Of what was done; kind and number are told once.
        order: The order, whose new state is stored by the caller.
        account: Its account, which is told.
        ticket: By which staff were let in.
        detail: Further facts for the audit record.
    """
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    notify_customer(
        context, kind, number, account, order.purchase_order_id, order_numbers=[order.order_number]
    )
    audit_step(context, kind, number, order, ticket=ticket, detail=detail)


def audit_step(
    context: Context,
    kind: str,
    number: str,
    order: Order,
    *,
    ticket: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Record who took a step, in the customer's own audit records; the supplier's own program leaves none."""
    if context.is_automation:
        return
    facts: dict[str, object] = {"change": number, **(detail or {})}
    audit(
        context,
        kind,
        order.order_number,
        account_id=order.account_id,
        reference=ticket or number,
        detail=facts,
    )
