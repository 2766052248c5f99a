"""Orders, quotes and histories for customers who fax or call (ORD-9)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, fields

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.order_query import OrderQuery, OrderRow
from askul_connect.core.domain.orders import Channel
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.ordering import PlaceOrderRequest, PlaceOrderResponse
from askul_connect.core.messages.staff_entry import (
    PlaceOrderForCustomerRequest,
    PlaceOrderForCustomerResponse,
    ProvideHistoryRequest,
    ProvideHistoryResponse,
    QuoteForCustomerRequest,
    QuoteForCustomerResponse,
    WantedOrder,
)
from askul_connect.core.services.supplier.context import Context, Desk, Tried
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.on_behalf import as_user, require_check, require_staff_member
from askul_connect.core.services.supplier.placing import asked_for, place_order
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_for_staff

HISTORY_PROVIDED = "history-provided"
#: More in one letter nobody reads; a shorter period is asked for instead.
MOST_ORDERS = 500


def place_order_for_customer(
    context: Context, request: PlaceOrderForCustomerRequest
) -> PlaceOrderForCustomerResponse:
    """Place an order as the named user would, and record who did it, why and on whose word.

    Raises:
        AccessDenied: There is no open ticket of that customer, or the user may not order.
        NotFound: The account has no such user.
        OrderRefused: The rules of the supplier refuse it, as they would the user's own.
        PurchaseOrderConflict: The purchase order was used with other content, whoever sent it.
    """
    if request.order.trial:
        raise ValueInvalid("a trial is what QuoteForCustomer is for", where="order/trial")
    account = _account(context, request)
    before = _numbers(context, account, request.order)
    answer = _ordered(context, account, request, request.order)
    numbers = [order.order_number for order in answer.orders]
    _record(
        context,
        "order-placed-for-customer" if set(numbers) - before else "data-read-by-staff",
        account,
        request,
        {"orders": numbers, "user": request.user_id, "channel": request.channel.value},
    )
    return PlaceOrderForCustomerResponse(orders=answer.orders, dropped=answer.dropped)


def quote_for_customer(desk: Desk, request: QuoteForCustomerRequest) -> QuoteForCustomerResponse:
    """Try an order as the named user would, and keep nothing but the record of it.

    Raises:
        AccessDenied, NotFound, OrderRefused: As when it is placed.
    """

    def note(context: Context) -> None:
        account = _account(context, request)
        as_user(context, account, request.user_id, Channel(request.channel.value))
        facts = {"user": request.user_id, "channel": request.channel.value}
        _record(context, "quoted-for-customer", account, request, facts)

    def attempt(context: Context) -> None:
        account = _account(context, request)
        raise _Quoted(_ordered(context, account, request, evolve(request.order, trial=True)))

    desk.unit(note)
    try:
        desk.unit(attempt)
    except _Quoted as quoted:
        return QuoteForCustomerResponse(orders=quoted.answer.orders, dropped=quoted.answer.dropped)
    raise AssertionError  # pragma: no cover -- an attempt always ends in an exception


class _Quoted(Exception):
    """Takes the unit of work of a quote back, with the answer."""

    def __init__(self, answer: PlaceOrderResponse) -> None:
        super().__init__()
        self.answer = answer


def provide_history(context: Context, request: ProvideHistoryRequest) -> ProvideHistoryResponse:
    """Send the orders of a period to the account's registered contact; whoever asks for it sees none of them.

    Raises:
        AccessDenied: There is no open ticket of that customer.
        NotFound: The account has no contact address any more.
        ValueInvalid: The period has no days, or too many orders for one letter.
    """
    account = _account(context, request)
    if request.date_from > request.date_to:
        raise ValueInvalid(f"{request.date_from} is behind {request.date_to}", where="date_from")
    if not account.email:
        raise NotFound("the account has no contact address", where="member_number")
    period = OrderQuery(account_id=account.account_id, first=request.date_from, last=request.date_to)
    rows = context.unit.order_search.page(period, None, MOST_ORDERS + 1)
    if len(rows) > MOST_ORDERS:
        raise ValueInvalid(f"at most {MOST_ORDERS} orders go into one letter", where="date_from")
    reference = context.house.ids.digits("history-provided", 10)
    days = {"from": request.date_from.isoformat(), "to": request.date_to.isoformat()}
    orders = "\n".join(map(_line, rows)) or "-"
    notify_person(context, HISTORY_PROVIDED, reference, account.email, days, private={"orders": orders})
    _record(context, HISTORY_PROVIDED, account, request, {**days, "reference": reference})
    return ProvideHistoryResponse(reference=reference)


def replay_provide_history(
    context: Context, request: ProvideHistoryRequest, reference: str
) -> ProvideHistoryResponse:
    """The answer of an earlier call with the same key; nothing is sent again."""
    _account(context, request)
    return ProvideHistoryResponse(reference=reference)


def _line(row: OrderRow) -> str:
    names = "、".join(row.item_names)
    return (
        f"{row.order_date} {row.order_number} {row.state.value} {row.total_incl_tax} {row.currency} {names}"
    )


def _account(
    context: Context, request: PlaceOrderForCustomerRequest | QuoteForCustomerRequest | ProvideHistoryRequest
) -> Account:
    require_staff_member(context)
    account = account_for_staff(context, request.member_number, request.ticket)
    require_check(request.checked)
    return account


def _numbers(context: Context, account: Account, order: PlaceOrderRequest) -> frozenset[str]:
    known = context.unit.orders.by_external_id(
        account.account_id, order.buyer_party, order.purchase_order_id, order.issue_year
    )
    return frozenset(one.order_number for one in known)


def _ordered(
    context: Context,
    account: Account,
    request: PlaceOrderForCustomerRequest | QuoteForCustomerRequest,
    wanted: WantedOrder,
) -> PlaceOrderResponse:
    """What the user's own call would answer: the same function, given the user as the caller."""
    user = as_user(context, account, request.user_id, Channel(request.channel.value))
    order = PlaceOrderRequest(**{one.name: getattr(wanted, one.name) for one in fields(PlaceOrderRequest)})
    # the same content is the same purchase order, whoever sends it
    outcome = place_order(evolve(user, asked=content_hash(asked_for(order))), order)
    return outcome.response if isinstance(outcome, Tried) else outcome


def _record(
    context: Context,
    action: str,
    account: Account,
    request: PlaceOrderForCustomerRequest | QuoteForCustomerRequest | ProvideHistoryRequest,
    facts: Mapping[str, object],
) -> None:
    detail = {
        "ticket": request.ticket,
        "caller_check": request.caller_check.value,
        "checked": request.checked.strip(),
        **facts,
    }
    audit(
        context,
        action,
        account.account_id,
        account_id=account.account_id,
        reference=request.ticket,
        detail=detail,
    )
