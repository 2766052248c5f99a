"""Tickets of the support desk: what somebody asks for, what is answered, and the states as a table (SUP-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class TicketState(StrEnum):
    """State of a ticket.

    ``OPEN`` waits for the support desk, ``WAITING`` for the customer's answer to a question of the desk's.
    """

    OPEN = "open"
    ANSWERED = "answered"
    WAITING = "waiting"
    CLOSED = "closed"


class TicketStep(StrEnum):
    """What can happen to a ticket."""

    ANSWER = "answer"
    ASK = "ask"
    REPLY = "reply"
    CLOSE = "close"


_ALIVE = (TicketState.OPEN, TicketState.ANSWERED, TicketState.WAITING)

#: A closed ticket stays closed: it opens no more of a customer's data (AUTH-19). What comes up again is a new one.
TICKET_STEPS: Mapping[tuple[TicketState, TicketStep], TicketState] = MappingProxyType(
    {
        **{(state, TicketStep.ANSWER): TicketState.ANSWERED for state in _ALIVE},
        **{(state, TicketStep.ASK): TicketState.WAITING for state in _ALIVE},
        **{(state, TicketStep.REPLY): TicketState.OPEN for state in _ALIVE},
        **{(state, TicketStep.CLOSE): TicketState.CLOSED for state in _ALIVE},
    }
)


class TicketChannel(StrEnum):
    """How it reached the support desk."""

    FORM = "form"
    CHAT = "chat"
    PHONE = "phone"
    EMAIL = "email"


class Author(StrEnum):
    """Who wrote a message of a ticket."""

    CUSTOMER = "customer"
    STAFF = "staff"
    AUTOMATIC = "automatic"


@frozen(kw_only=True)
class Ticket:
    """One request to the support desk.

    Attributes:
        ticket_id: Ten digits, which the customer is told.
        account_id, user_id: Who opened it, when logged in; the account also once staff have made sure whose it is.
        company, member_number, contact_name, contact_email, contact_phone: As given, not as registered: it proves
            nothing about who wrote it.
        happened_at: When it happened, as far as the customer knows.
        language: ``ja`` or ``en``.
        secret_hash: Of what lets whoever opened it without a login read it; empty for the others.
        source: Address it came from.
        contact_key: The case-folded address, for the limit of tickets.
    """

    ticket_id: str
    account_id: str
    user_id: str
    channel: TicketChannel
    state: TicketState
    company: str
    member_number: str
    contact_name: str
    contact_email: str
    contact_key: str
    contact_phone: str
    order_number: str
    error_code: str
    happened_at: datetime | None
    language: str
    secret_hash: str
    source: str
    created_at: datetime
    changed_at: datetime
    closed_at: datetime | None = None


@frozen(kw_only=True)
class TicketMessage:
    """One message of a ticket; append-only.

    Attributes:
        number: Its place in the ticket, from 1.
        author_id: Id of the user, credential or staff member; empty for who was not logged in and for automatic ones.
    """

    ticket_id: str
    number: int
    at: datetime
    author: Author
    author_id: str
    text: str


@frozen(kw_only=True)
class TicketAttachment:
    """A file that came with a message. It is kept and handed out as bytes: nothing here opens or shows it.

    Attributes:
        number: Its place in the ticket, from 1.
        message: Number of the message it came with.
        media_type: As its first bytes say.
        size: Bytes.
        sha256: Of the bytes, hex.
        content: base64.
    """

    ticket_id: str
    number: int
    message: int
    name: str
    media_type: str
    size: int
    sha256: str
    content: str
