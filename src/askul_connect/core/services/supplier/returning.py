"""Goods that go back: the request, the supplier's answer, and the list of returns (ORD-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.orders import Step, next_line_state
from askul_connect.core.domain.returns import RETURN_STEPS, GoodsReturn, ReturnLine, ReturnState, ReturnStep
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.standing import next_state
from askul_connect.core.errors import IllegalStep, NotFound, Problem, TooLateToChange, ValueInvalid
from askul_connect.core.messages.returns import (
    AuthoriseReturnRequest,
    AuthoriseReturnResponse,
    ListReturnsRequest,
    ListReturnsResponse,
    RefuseReturnRequest,
    RefuseReturnResponse,
    RequestReturnRequest,
    RequestReturnResponse,
    ReturnDocument,
    ReturnDocumentLine,
    ReturnLineRequest,
)
from askul_connect.core.services.supplier.context import Context, Tried
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.order_steps import (
    audit_step,
    check_reason,
    chosen_lines,
    own_order,
    refuse,
    ticketed_order,
)
from askul_connect.core.services.supplier.ticket_access import require_ticket
from askul_connect.core.services.supplier.visibility import visible_documents

RETURN_FEED = "returns"
_RETURN_NUMBER = "RT{:08d}"


@frozen(kw_only=True)
class _Part:
    """Units of a line that one shipment had and that no other return takes."""

    ship_notice_number: str
    quantity: int
    in_time: bool


def request_return(
    context: Context, request: RequestReturnRequest
) -> RequestReturnResponse | Tried[RequestReturnResponse]:
    """Ask to send goods of an order of one's own back.

    Raises:
        NotFound: There is no such order that the caller may see.
        TooLateToChange: The time for returns of these units is over.
        IllegalStep: Nothing of a line has left, or all of it came back.
        ValueInvalid: A line is unknown or named twice, or more is to go back than there is.
        OrderRefused: Several of these.
    """
    order, account = own_order(context, request.order_number), context.account()
    if not request.lines:
        raise ValueInvalid("a return has at least one line", where="lines")
    chosen, problems = chosen_lines(order, [entry.line_id for entry in request.lines])
    lines: list[ReturnLine] = []
    for place, entry in enumerate(request.lines, start=1):
        line = chosen.pop(entry.line_id, None)
        if line is not None:
            found, wrong = _allocated(context, order, line, entry, f"lines[{place}]")
            lines += found
            problems += wrong
    refuse(f"goods of {order.order_number} cannot go back like this", problems)
    made = GoodsReturn(
        return_number=_RETURN_NUMBER.format(context.unit.counters.next("return")),
        account_id=order.account_id,
        order_number=order.order_number,
        requested_by=context.caller.actor,
        requested_at=context.now,
        state=ReturnState.REQUESTED,
        lines=tuple(lines),
    )
    context.unit.returns.add(made)
    note_return(context, "return-requested", made, order, account)
    response = RequestReturnResponse(goods_return=return_document(made, order), trial=request.trial)
    return Tried(response) if request.trial else response


def _allocated(
    context: Context, order: Order, line: OrderLine, entry: ReturnLineRequest, where: str
) -> tuple[list[ReturnLine], list[Problem]]:
    """The shipments that units to be returned came with, oldest first; or why they cannot go back."""

    def wrong(kind: type[IllegalStep | TooLateToChange | ValueInvalid], detail: str) -> list[Problem]:
        return [finding(kind, detail, where=where, line_id=line.line_id)]

    try:
        next_line_state(line.state, Step.RETURN_PART)
    except IllegalStep as error:
        return [], wrong(IllegalStep, error.detail)
    parts = _parts(context, order, line)
    if entry.quantity < 1 or entry.quantity > sum(part.quantity for part in parts):
        left = sum(part.quantity for part in parts)
        return [], wrong(ValueInvalid, f"1 to {left} units of the line can go back, not {entry.quantity}")
    lines: list[ReturnLine] = []
    wanted = entry.quantity
    for part in parts:
        quantity = min(wanted, part.quantity) if part.in_time else 0
        if quantity:
            lines.append(
                ReturnLine(
                    line_id=line.line_id,
                    ship_notice_number=part.ship_notice_number,
                    quantity=quantity,
                    reason=entry.reason,
                )
            )
        wanted -= quantity
    if wanted:
        days = context.house.profile.return_days
        return [], wrong(TooLateToChange, f"goods can go back within {days} days of their shipment")
    return lines, []


def _parts(context: Context, order: Order, line: OrderLine) -> list[_Part]:
    taken: dict[str, int] = {}
    for one in context.unit.returns.of_order(order.account_id, order.order_number):
        for entry in one.lines:
            if entry.line_id == line.line_id:
                number = entry.ship_notice_number
                taken[number] = taken.get(number, 0) + _held(one, entry)
    oldest = context.today - timedelta(days=context.house.profile.return_days)
    shipments = context.unit.shipments.of_order(order.account_id, order.order_number)
    notices = context.unit.documents.ship_notices(
        order.account_id, [one.ship_notice_number for one in shipments]
    )
    parts = [
        _Part(
            ship_notice_number=one.ship_notice_number,
            quantity=entry.quantity - taken.get(one.ship_notice_number, 0),
            in_time=one.shipped_on >= oldest,
        )
        for one in shipments
        for entry in notices[one.ship_notice_number].lines
        if entry.line_id == line.line_id
    ]
    return [part for part in parts if part.quantity > 0]


def _held(one: GoodsReturn, entry: ReturnLine) -> int:
    """Units that no other return can take: those that are to come, and of a return that came those that did."""
    if one.state is ReturnState.REFUSED:
        return 0
    if one.state in {ReturnState.RECEIVED, ReturnState.CREDITED}:
        return entry.quantity_received
    return entry.quantity


def return_document(one: GoodsReturn, order: Order) -> ReturnDocument:
    """A return as the customer sees it."""
    return ReturnDocument(
        return_number=one.return_number,
        order_number=one.order_number,
        purchase_order_id=order.purchase_order_id,
        state=one.state,
        requested_at=one.requested_at,
        lines=tuple(
            ReturnDocumentLine(
                line_id=line.line_id,
                ship_notice_number=line.ship_notice_number,
                quantity=line.quantity,
                reason=line.reason,
                quantity_received=line.quantity_received,
            )
            for line in one.lines
        ),
        answer=one.answer,
    )


def note_return(
    context: Context,
    kind: str,
    one: GoodsReturn,
    order: Order,
    account: Account,
    *,
    ticket: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Leave the traces of a step of a return in the unit of work that takes it."""
    number = one.return_number
    context.unit.changes.record(one.account_id, RETURN_FEED, [number])
    notify_customer(
        context, kind, number, account, order.purchase_order_id, order_numbers=[order.order_number]
    )
    audit_step(context, kind, number, order, ticket=ticket, detail=detail)


def ticketed_return(context: Context, return_number: str, ticket: str) -> tuple[GoodsReturn, Order, Account]:
    """A return of any account with its order, for staff who name an open ticket of that customer (AUTH-19).

    Raises:
        AccessDenied: There is no such return, or no such open ticket; both answer alike.
        NotFound: There is no such return; only the supplier's own program is told.
    """
    found = context.unit.returns.get_for_staff(return_number)
    if found is None:
        require_ticket(context, ticket, "")
        raise NotFound(f"there is no return {return_number!r}", where="return_number")
    return found, *ticketed_order(context, found.order_number, ticket)


def authorise_return(context: Context, request: AuthoriseReturnRequest) -> AuthoriseReturnResponse:
    """Let goods be sent back.

    Raises:
        AccessDenied: Staff name no open ticket of that customer.
        NotFound: There is no such return.
        IllegalStep: It does not wait for an answer.
    """
    found, order, account = ticketed_return(context, request.return_number, request.ticket)
    state = next_state(RETURN_STEPS, found.state, ReturnStep.AUTHORISE, "a return")
    made = evolve(found, state=state)
    context.unit.returns.save(made)
    note_return(context, "return-authorised", made, order, account, ticket=request.ticket)
    return AuthoriseReturnResponse(goods_return=return_document(made, order))


def refuse_return(context: Context, request: RefuseReturnRequest) -> RefuseReturnResponse:
    """Refuse a return; its units can be asked for again.

    Raises:
        AccessDenied: Staff name no open ticket of that customer.
        NotFound: There is no such return.
        IllegalStep: It is refused already, or its goods are there.
        ValueInvalid: The answer says nothing.
    """
    found, order, account = ticketed_return(context, request.return_number, request.ticket)
    check_reason(request.answer, "answer")
    state = next_state(RETURN_STEPS, found.state, ReturnStep.REFUSE, "a return")
    made = evolve(found, state=state, answer=request.answer)
    context.unit.returns.save(made)
    note_return(context, "return-refused", made, order, account, ticket=request.ticket)
    return RefuseReturnResponse(goods_return=return_document(made, order))


def list_returns(context: Context, request: ListReturnsRequest) -> ListReturnsResponse:
    """Returns that are new or have changed, in commit order."""
    account_id, unit = context.caller.account_id, context.unit
    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset({one.order_number})
            for number, one in unit.returns.many(account_id, numbers).items()
        },
    )
    found = page(context, RETURN_FEED, request, visible=visible)
    returns = unit.returns.many(account_id, found.keys)
    orders = unit.orders.many(account_id, sorted({one.order_number for one in returns.values()}))
    return ListReturnsResponse(
        returns=tuple(
            return_document(one, orders[one.order_number]) for one in in_order(found.keys, returns)
        ),
        page=found.info,
    )


def replay_request_return(
    context: Context, request: RequestReturnRequest, reference: str
) -> RequestReturnResponse:
    """The answer of an earlier call with the same key, as the return stands now."""
    order_number, number = reference.split()
    order = own_order(context, order_number)
    found = context.unit.returns.many(order.account_id, [number])[number]
    return RequestReturnResponse(goods_return=return_document(found, order), trial=request.trial)


def return_asked_for(request: RequestReturnRequest) -> RequestReturnRequest:
    """What a key stands for: whether it is a trial does not change what is asked for."""
    return evolve(request, trial=False) if request.trial else request


def replay_authorise_return(
    context: Context, request: AuthoriseReturnRequest, _reference: str
) -> AuthoriseReturnResponse:
    """The answer of an earlier call with the same key, as the return stands now."""
    found, order, _ = ticketed_return(context, request.return_number, request.ticket)
    return AuthoriseReturnResponse(goods_return=return_document(found, order))


def replay_refuse_return(
    context: Context, request: RefuseReturnRequest, _reference: str
) -> RefuseReturnResponse:
    """The answer of an earlier call with the same key, as the return stands now."""
    found, order, _ = ticketed_return(context, request.return_number, request.ticket)
    return RefuseReturnResponse(goods_return=return_document(found, order))
