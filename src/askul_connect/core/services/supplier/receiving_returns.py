"""Returned goods are there: what is credited, what is sold again, where the order stands (ORD-6, BIL-3)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import LineState, Step, next_line_state
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.returns import RETURN_STEPS, GoodsReturn, ReturnLine, ReturnStep
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.standing import next_state
from askul_connect.core.errors import Problem, ValueInvalid
from askul_connect.core.messages.returns import ReceivedLine, ReceiveReturnRequest, ReceiveReturnResponse
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.order_steps import refuse
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.returning import (
    RETURN_FEED,
    note_return,
    return_document,
    ticketed_return,
)
from askul_connect.core.services.supplier.usage import record_usage


def receive_return(context: Context, request: ReceiveReturnRequest) -> ReceiveReturnResponse:
    """Take returned goods in: each part of a shipped line becomes a reduction that the next credit note credits.

    Raises:
        AccessDenied: Staff name no open ticket of that customer.
        NotFound: There is no such return.
        IllegalStep: It is not authorised, or was received before.
        ValueInvalid: More came than was to come, more is sellable than came, or nothing came.
    """
    found, order, account = ticketed_return(context, request.return_number, request.ticket)
    state = next_state(RETURN_STEPS, found.state, ReturnStep.RECEIVE, "a return")
    _check(found, request.lines)
    made = evolve(found, state=state, lines=_received(found.lines, request.lines))
    context.unit.returns.save(made)
    reductions = _reductions(context, made)
    context.unit.reductions.add(reductions)
    record_usage(context, order.account_id, sorted({one.ship_notice_number for one in reductions}))
    _restock(context, order, made)
    context.unit.orders.save(_after(context, order, made))
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    note_return(
        context,
        "return-received",
        made,
        order,
        account,
        ticket=request.ticket,
        detail={"units": sum(line.quantity_received for line in made.lines)},
    )
    return ReceiveReturnResponse(goods_return=return_document(made, order))


def _check(found: GoodsReturn, lines: tuple[ReceivedLine, ...]) -> None:
    coming: dict[str, int] = {}
    for line in found.lines:
        coming[line.line_id] = coming.get(line.line_id, 0) + line.quantity
    problems: list[Problem] = []
    seen: set[str] = set()
    for place, entry in enumerate(lines, start=1):
        most = 0 if entry.line_id in seen else coming.get(entry.line_id, 0)
        seen.add(entry.line_id)
        if not 0 <= entry.quantity <= most or not 0 <= entry.sellable <= entry.quantity or not most:
            detail = (
                f"{most} units of line {entry.line_id!r} are to come back; {entry.quantity} with"
                f" {entry.sellable} sellable cannot have come"
            )
            problems.append(finding(ValueInvalid, detail, where=f"lines[{place}]", line_id=entry.line_id))
    if not problems and not any(entry.quantity for entry in lines):
        problems = [finding(ValueInvalid, "nothing came back; refuse the return instead", where="lines")]
    refuse(f"return {found.return_number} cannot be received like this", problems)


def _received(lines: tuple[ReturnLine, ...], came: tuple[ReceivedLine, ...]) -> tuple[ReturnLine, ...]:
    """The lines with what came, the oldest shipment's first."""
    quantity = {entry.line_id: entry.quantity for entry in came}
    sellable = {entry.line_id: entry.sellable for entry in came}
    made = []
    for line in lines:
        units = min(line.quantity, quantity.get(line.line_id, 0))
        sold_again = min(units, sellable.get(line.line_id, 0))
        quantity[line.line_id] = quantity.get(line.line_id, 0) - units
        sellable[line.line_id] = sellable.get(line.line_id, 0) - sold_again
        made.append(evolve(line, quantity_received=units, sellable=sold_again))
    return tuple(made)


def _reductions(context: Context, made: GoodsReturn) -> list[Reduction]:
    return [
        Reduction(
            reduction_id=f"{made.return_number}:{place}",
            account_id=made.account_id,
            order_number=made.order_number,
            line_id=line.line_id,
            ship_notice_number=line.ship_notice_number,
            quantity=line.quantity_received,
            returned_on=context.today,
            reason=line.reason.value,
        )
        for place, line in enumerate(made.lines, start=1)
        if line.quantity_received
    ]


def _restock(context: Context, order: Order, made: GoodsReturn) -> None:
    """Put what can be sold again on the shelf of the item that was in the parcel."""
    notices = context.unit.documents.ship_notices(
        order.account_id, {line.ship_notice_number for line in made.lines}
    )
    parcels = {
        (number, entry.line_id): entry.sku for number, notice in notices.items() for entry in notice.lines
    }
    back: dict[str, int] = {}
    for line in made.lines:
        sku = parcels[line.ship_notice_number, line.line_id]
        back[sku] = back.get(sku, 0) + line.sellable
    items = context.unit.catalog.items(sorted(back))
    shelved = {sku for sku, item in items.items() if item.fulfilment is Fulfilment.STOCK and back[sku]}
    stock = context.unit.catalog.stock(sorted(shelved))
    context.unit.catalog.save_stock(
        evolve(level, on_hand=level.on_hand + back[sku]) for sku, level in sorted(stock.items())
    )


def _after(context: Context, order: Order, made: GoodsReturn) -> Order:
    returned: dict[str, int] = {}
    for one in context.unit.reductions.of_order(order.account_id, order.order_number):
        returned[one.line_id] = returned.get(one.line_id, 0) + one.quantity
    now = {line.line_id for line in made.lines if line.quantity_received}
    return evolve(
        order,
        lines=tuple(
            evolve(line, state=_state(line, returned[line.line_id])) if line.line_id in now else line
            for line in order.lines
        ),
    )


def _state(line: OrderLine, returned: int) -> LineState:
    whole = returned >= line.quantity_shipped and line.state is not LineState.PARTLY_SHIPPED
    return next_line_state(line.state, Step.RETURN if whole else Step.RETURN_PART)


def mark_credited(context: Context, reductions: Iterable[Reduction]) -> None:
    """Note in their returns that reductions are in a credit note; called by what writes it, in its unit of work.

    A return is credited when all its reductions are.

    Args:
        context: The call.
        reductions: Of one account, marked in the storage before.
    """
    for account_id, order_number in sorted({(one.account_id, one.order_number) for one in reductions}):
        waiting = {
            one.reduction_id.partition(":")[0]
            for one in context.unit.reductions.of_order(account_id, order_number)
            if not one.credit_note_number
        }
        for found in context.unit.returns.of_order(account_id, order_number):
            credit = RETURN_STEPS.get((found.state, ReturnStep.CREDIT))
            if credit is not None and found.return_number not in waiting:
                context.unit.returns.save(evolve(found, state=credit))
                context.unit.changes.record(account_id, RETURN_FEED, [found.return_number])


def replay_receive_return(
    context: Context, request: ReceiveReturnRequest, _reference: str
) -> ReceiveReturnResponse:
    """The answer of an earlier call with the same key, as the return stands now."""
    found, order, _ = ticketed_return(context, request.return_number, request.ticket)
    return ReceiveReturnResponse(goods_return=return_document(found, order))
