"""What staff may see of a customer, each time with a ticket and a record of it (AUTH-2, AUTH-19)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account, LoginRecord
from askul_connect.core.domain.identifiers import normalise_customer_number, normalise_member_number
from askul_connect.core.domain.standing import password_state
from askul_connect.core.domain.tickets import TicketState
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.staff import (
    CustomerOrder,
    CustomerUser,
    FindLoginAttemptRequest,
    FindLoginAttemptResponse,
    LoginAttempt,
    ViewCustomerRequest,
    ViewCustomerResponse,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.ticket_access import audit_read, no_ticket, require_ticket

_MOST_ATTEMPTS = 20
_MOST_ORDERS = 20
_ACCOUNT_FIELDS = (
    "customer_number",
    "member_number",
    "kind",
    "state",
    "name",
    "representative",
    "postcode",
    "address",
    "phone",
    "email",
)
_VIEWED = (*_ACCOUNT_FIELDS, "users", "attempts", "orders")


def customer_of(context: Context, customer: str) -> Account | None:
    """The account of a customer number or member number; None when there is none."""
    try:
        found = context.unit.accounts.by_customer_number(normalise_customer_number(customer))
    except ValueInvalid:
        found = None
    if found is not None:
        return found
    try:
        return context.unit.accounts.by_member_number(normalise_member_number(customer))
    except ValueInvalid:
        return None


def view_customer(context: Context, request: ViewCustomerRequest) -> ViewCustomerResponse:
    """The customer's account, people, latest login attempts and orders (SUP-2).

    Raises:
        AccessDenied: There is no open ticket of that customer, or no such customer; both answer alike.
    """
    account = customer_of(context, request.customer)
    require_ticket(context, request.ticket, account.account_id if account else "")
    if account is None:
        raise no_ticket()
    audit_read(context, request.ticket, account.account_id, account.account_id, _VIEWED)
    unit = context.unit
    users = []
    for membership in unit.memberships.of_account(account.account_id):
        user = unit.users.get(membership.home_account_id, membership.user_id)
        if user is None:
            continue
        users.append(
            CustomerUser(
                user_id=user.user_id,
                name=user.name,
                email=user.email,
                role=membership.role.value,
                state=membership.state.value,
                password_state=password_state(user, context.now).value,
            )
        )
    attempts = [
        record
        for user in unit.users.of_account(account.account_id)
        for record in unit.logins.of_user(account.account_id, user.user_id, _MOST_ATTEMPTS)
    ]
    attempts.sort(key=lambda record: record.sequence, reverse=True)
    return ViewCustomerResponse(
        customer_number=account.customer_number,
        member_number=account.member_number,
        kind=account.kind.value,
        state=account.state.value,
        name=account.name,
        representative=account.representative,
        postcode=account.postcode,
        address=account.address,
        phone=account.phone,
        email=account.email,
        users=tuple(users),
        attempts=tuple(_attempt(record) for record in attempts[:_MOST_ATTEMPTS]),
        orders=tuple(
            CustomerOrder(
                order_number=order.order_number,
                purchase_order_id=order.purchase_order_id,
                order_date=order.order_date,
                status=order.state.value,
                currency=order.currency,
                total_incl_tax=order.total_incl_tax,
            )
            for order in unit.orders.latest_of_account(account.account_id, _MOST_ORDERS)
        ),
    )


def find_login_attempt(context: Context, request: FindLoginAttemptRequest) -> FindLoginAttemptResponse:
    """The attempt whose refusal showed a number (AUTH-2).

    An attempt with an ID that names nobody belongs to no customer: any open ticket will do for it.

    Raises:
        AccessDenied: The ticket does not exist or is closed.
        NotFound: There is no such attempt, or it is of another customer than the ticket; both answer alike.
    """
    ticket = context.unit.tickets.get(request.ticket)
    if not context.is_automation and (ticket is None or ticket.state is TicketState.CLOSED):
        raise no_ticket()
    record = context.unit.logins.by_reference(request.reference)
    own = record is not None and (
        ticket is None or not record.account_id or record.account_id == ticket.account_id
    )
    if record is None or not own or (not record.account_id and record.user_id):
        # those of the supplier's own people are nobody's ticket
        raise NotFound("there is no such login attempt", where="reference")
    audit_read(context, request.ticket, record.account_id, record.reference, ("login attempt",))
    return FindLoginAttemptResponse(attempt=_attempt(record))


def _attempt(record: LoginRecord) -> LoginAttempt:
    return LoginAttempt(
        reference=record.reference,
        at=record.at,
        login_id=record.login_id,
        result=record.result,
        reason=record.reason,
        address=record.address,
        device=record.device,
        risk=record.risk,
    )
