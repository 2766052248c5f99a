"""Cancelling and rejecting lines of which nothing has left (ORD-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from attrs import evolve

from askul_connect.core.domain.orders import CancelCause, LineState, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import AskulConnectError, IllegalStep, ValueInvalid
from askul_connect.core.messages.order_life import (
    CancelOrderRequest,
    CancelOrderResponse,
    RejectLinesRequest,
    RejectLinesResponse,
)
from askul_connect.core.policies.order_changes import changeable_until, customers_step, reduced
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.documents import order_document
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.order_steps import (
    check_reason,
    chosen_lines,
    next_change_number,
    note_step,
    own_order,
    refuse,
    ticketed_order,
)
from askul_connect.core.services.supplier.releasing import release
from askul_connect.core.services.supplier.repricing import checkout_view, reprice, store_repriced


def cancel_order(
    context: Context, request: CancelOrderRequest
) -> CancelOrderResponse | Tried[CancelOrderResponse]:
    """Cancel lines of an order of one's own, or all of it; what they held is given back.

    What is left of its checkout is priced anew.

    Raises:
        NotFound: There is no such order that the caller may see.
        TooLateToChange: The cut-off has passed, or a maker ships a line and it is confirmed.
        IllegalStep: A line's state does not allow it.
        ValueInvalid: A line is unknown or named twice.
        OrderRefused: Several of these.
    """
    order = own_order(context, request.order_number)
    account, house = context.account(), context.house
    until = changeable_until(order.placed_at, house.profile, house.holidays.is_holiday)
    order = _without(
        context,
        order,
        request.lines,
        CancelCause.CUSTOMER,
        lambda line: customers_step(line, Step.CANCEL, context.now, until),
    )
    repriced = reprice(context, account, order, order)
    store_repriced(context, repriced)
    order = repriced.order
    number = next_change_number(context)
    note_step(context, "order-cancelled", number, order, account, detail={"lines": list(request.lines)})
    response = _answer(context, request, order, number)
    return Tried(response) if request.trial else response


def reject_lines(context: Context, request: RejectLinesRequest) -> RejectLinesResponse:
    """Reject lines for the supplier; what they held is given back, and the customer learns the reason.

    Raises:
        AccessDenied: Staff name no open ticket of that customer.
        NotFound: There is no such order.
        IllegalStep: A line's state does not allow it.
        ValueInvalid: A line is unknown or named twice, none is named, or a reason says nothing.
    """
    order, account = ticketed_order(context, request.order_number, request.ticket)
    if not request.lines:
        raise ValueInvalid("at least one line is rejected", where="lines")
    for place, entry in enumerate(request.lines, start=1):
        check_reason(entry.reason, f"lines[{place}]/reason")
    order = _without(
        context,
        order,
        tuple(entry.line_id for entry in request.lines),
        CancelCause.REJECTED,
        lambda line: next_line_state(line.state, Step.REJECT),
        reasons={entry.line_id: entry.reason for entry in request.lines},
    )
    number = next_change_number(context)
    lines = [entry.line_id for entry in request.lines]
    note_step(
        context, "lines-rejected", number, order, account, ticket=request.ticket, detail={"lines": lines}
    )
    return RejectLinesResponse(order=order_document(order), change_number=number)


def _without(
    context: Context,
    order: Order,
    line_ids: tuple[str, ...],
    cause: CancelCause,
    step: Callable[[OrderLine], LineState],
    *,
    reasons: Mapping[str, str] = MappingProxyType({}),
) -> Order:
    """Store an order without some of its lines, or without any; all findings at once."""
    chosen, problems = chosen_lines(order, line_ids)
    if not line_ids:
        chosen = {line.line_id: line for line in order.lines if line.state is not LineState.CANCELLED}
        if not chosen:
            raise IllegalStep(f"order {order.order_number} is cancelled already")
    states: dict[str, LineState] = {}
    for place, (line_id, line) in enumerate(chosen.items(), start=1):
        try:
            states[line_id] = step(line)
        except AskulConnectError as error:
            problems.append(finding(type(error), error.detail, where=f"lines[{place}]", line_id=line_id))
    refuse(f"order {order.order_number} cannot be cancelled like this", problems)
    release(context, order, {line_id: line.outstanding for line_id, line in chosen.items()})
    changed = evolve(
        order,
        lines=tuple(
            reduced(line, line.outstanding, cause, reasons.get(line.line_id, ""), state=states[line.line_id])
            if line.line_id in states
            else line
            for line in order.lines
        ),
    )
    context.unit.orders.save(changed)
    return changed


def _again(context: Context, reference: str) -> tuple[Order, str]:
    order_number, change_number = reference.split()
    return own_order(context, order_number), change_number


def _answer(context: Context, request: CancelOrderRequest, order: Order, number: str) -> CancelOrderResponse:
    view = checkout_view(context, order)
    return CancelOrderResponse(
        order=order_document(order),
        change_number=number,
        trial=request.trial,
        other_orders=view.others,
        total_incl_tax=view.total,
        coupon=view.coupon,
    )


def replay_cancel_order(context: Context, request: CancelOrderRequest, reference: str) -> CancelOrderResponse:
    """The answer of an earlier call with the same key, as the order stands now."""
    order, number = _again(context, reference)
    return _answer(context, request, order, number)


def replay_reject_lines(context: Context, request: RejectLinesRequest, reference: str) -> RejectLinesResponse:
    """The answer of an earlier call with the same key, as the order stands now."""
    order_number, number = reference.split()
    order, _ = ticketed_order(context, order_number, request.ticket)
    return RejectLinesResponse(order=order_document(order), change_number=number)


def cancel_asked_for(request: CancelOrderRequest) -> CancelOrderRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request
