"""Who may see a ticket, and what a ticket lets staff see (AUTH-19, SUP-2)."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from askul_connect.core.domain.accounts import Account, Role, SessionStage
from askul_connect.core.domain.identifiers import normalise_member_number
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tickets import Ticket, TicketState
from askul_connect.core.errors import AccessDenied, NotAuthenticated, NotFound, ValueInvalid
from askul_connect.core.services.supplier.authentication import principal_of
from askul_connect.core.services.supplier.context import Context, Principal
from askul_connect.core.services.supplier.records import audit


def require_ticket(context: Context, ticket_id: str, account_id: str) -> Ticket | None:
    """Let staff go on to a customer's data only with an open ticket of that customer (AUTH-19).

    Every operation by which staff read or change what is a customer's calls this first. No ticket, one that does not
    exist, a closed one and another customer's are refused alike.

    Returns:
        The ticket; None for the supplier's own program, which no face lets in.

    Raises:
        AccessDenied: There is no such open ticket.
    """
    if context.is_automation:
        return None
    ticket = context.unit.tickets.get(ticket_id) if ticket_id and account_id else None
    if ticket is None or ticket.state is TicketState.CLOSED or ticket.account_id != account_id:
        raise no_ticket()
    return ticket


def account_for_staff(context: Context, member_number: str, ticket_id: str) -> Account:
    """The account of a member number, for staff who name an open ticket of it.

    Raises:
        AccessDenied: There is no such account, or no such open ticket of it; both answer alike.
        NotFound: There is no such account; only the supplier's own program is told.
    """
    [account] = accounts_for_staff(context, (member_number,), ticket_id)
    return account


def accounts_for_staff(context: Context, member_numbers: Sequence[str], ticket_id: str) -> Sequence[Account]:
    """The accounts of some member numbers, for staff who name an open ticket of one of them.

    Raises:
        AccessDenied: There is no such account, or no such open ticket of one; both answer alike.
        NotFound: There is no such account; only the supplier's own program is told.
    """
    found = [_by_member_number(context, number) for number in member_numbers]
    known = [account for account in found if account is not None]
    if not context.is_automation:
        ticket = context.unit.tickets.get(ticket_id) if ticket_id else None
        owners = {account.account_id for account in known}
        owner = ticket.account_id if ticket and ticket.account_id in owners else ""
        require_ticket(context, ticket_id, owner if len(known) == len(found) else "")
    if len(known) < len(found):
        raise NotFound("there is no such account", where="member_number")
    return known


def _by_member_number(context: Context, member_number: str) -> Account | None:
    try:
        return context.unit.accounts.by_member_number(normalise_member_number(member_number))
    except ValueInvalid:
        return None


def account_served(context: Context, ticket_id: str) -> str:
    """Id of the account that a person is looked for in: the caller's own, or for the supplier's people the ticket's.

    Staff name no account: what they may touch is what the ticket is about, and nothing else can be asked for. The
    supplier's own program names a ticket too.

    Raises:
        AccessDenied: There is no such open ticket, or it is of no customer.
    """
    if not context.is_staff:
        return context.caller.account_id
    ticket = context.unit.tickets.get(ticket_id) if ticket_id else None
    if ticket is None or ticket.state is TicketState.CLOSED or not ticket.account_id:
        raise no_ticket()
    return ticket.account_id


def require_open_ticket(context: Context, ticket_id: str) -> None:
    """Let staff go on to what is of no single customer only with an open ticket, whosever it is.

    Raises:
        AccessDenied: There is no such open ticket.
    """
    if context.is_automation:
        return
    ticket = context.unit.tickets.get(ticket_id) if ticket_id else None
    if ticket is None or ticket.state is TicketState.CLOSED:
        raise no_ticket()


def no_ticket() -> AccessDenied:
    """The refusal of staff who name no open ticket of the customer."""
    return AccessDenied("this needs an open ticket of that customer", where="ticket")


def audit_read(context: Context, ticket_id: str, account_id: str, record: str, fields: Sequence[str]) -> None:
    """Keep in the customer's own audit records that staff read something of it, and what (AUTH-19)."""
    audit(
        context,
        "data-read-by-staff",
        record,
        account_id=account_id,
        reference=ticket_id,
        detail={"ticket": ticket_id, "fields": list(fields)},
    )


def speaker(context: Context) -> Principal | None:
    """Who writes or reads, where no login is needed; None for nobody who has finished one.

    A machine identity and an unfinished session speak for nobody here.

    Raises:
        NotAuthenticated: The token is not valid.
    """
    if context.principal is not None:
        return context.principal
    if context.call.token is None:
        return None
    principal = principal_of(context.unit, context.call.token, context.now, context.call.address)
    if principal.session is None or principal.session.stage is not SessionStage.FULL:
        return None
    return principal


def may_see(principal: Principal, ticket: Ticket) -> bool:
    """Whether a ticket is one of the caller's: own ones, for administrators the account's, for staff all."""
    if principal.role is Role.SUPPLIER:
        return True
    if not ticket.account_id or ticket.account_id != principal.account_id:
        return False
    return principal.role is Role.ADMINISTRATOR or ticket.user_id == principal.actor


def seen_ticket(context: Context, ticket_id: str, secret: Secret | None) -> tuple[Ticket, Principal | None]:
    """A ticket for whoever may see it, and who that is; None for who holds its secret.

    Raises:
        NotFound: There is no such ticket, or it is not the caller's; both answer alike.
        NotAuthenticated: The token is not valid, and no secret was given.
    """
    ticket = context.unit.tickets.get(ticket_id)
    if secret:
        held = ticket.secret_hash if ticket else ""
        if ticket is None or not held or not hmac.compare_digest(held, secret.fingerprint()):
            raise _absent()
        return ticket, None
    principal = speaker(context)
    if principal is None and context.call.token is None:
        raise NotAuthenticated("this needs a login, or the secret that was shown when the ticket was opened")
    if ticket is None or principal is None or not may_see(principal, ticket):
        raise _absent()
    return ticket, principal


def own_ticket(context: Context, ticket_id: str) -> Ticket:
    """A ticket that the logged-in caller may see.

    Raises:
        NotFound: There is no such ticket, or it is not the caller's.
    """
    ticket = context.unit.tickets.get(ticket_id)
    if ticket is None or not may_see(context.caller, ticket):
        raise _absent()
    return ticket


def _absent() -> NotFound:
    return NotFound("there is no such ticket", where="ticket")
