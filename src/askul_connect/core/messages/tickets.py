"""Requests and responses of tickets and of the outage playbook (SUP-2, SUP-3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tickets import TicketChannel
from askul_connect.core.messages.paging import ListRequest, PageInfo


class Language(StrEnum):
    """What a customer is answered in."""

    JA = "ja"
    EN = "en"


@frozen(kw_only=True)
class AttachedFile:
    """A screenshot or document: PNG, JPEG or PDF.

    Attributes:
        content: The bytes in base64.
    """

    name: str
    content: str


@frozen(kw_only=True)
class OpenTicketRequest:
    """Ask the support desk; with or without a login.

    Attributes:
        company, member_number, contact_name, contact_email: Filled in from the login where they are empty.
        happened_at: When it happened.
        error_code: What was shown: ``w:001``, a reason or a reference number.
    """

    message: str
    channel: TicketChannel = TicketChannel.FORM
    language: Language = Language.JA
    company: str = ""
    member_number: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    order_number: str = ""
    error_code: str = ""
    happened_at: datetime | None = None
    attachments: tuple[AttachedFile, ...] = field(default=())


@frozen(kw_only=True)
class OpenTicketResponse:
    """Taken.

    Attributes:
        ticket: Its number.
        secret: Lets whoever opened it without a login read and answer it; shown once, empty with a login.
        first_answer: Of a chat: what diagnosis and FAQ say; empty otherwise.
    """

    ticket: str
    secret: Secret
    first_answer: str


@frozen(kw_only=True)
class ReplyTicketRequest:
    """Write a message to a ticket; the same text twice in a row is one message.

    Attributes:
        secret: From the opening, without a login.
        ask: A question of the support desk's, whose answer is waited for; staff only.
    """

    ticket: str
    message: str
    secret: Secret | None = None
    ask: bool = False
    attachments: tuple[AttachedFile, ...] = field(default=())


@frozen(kw_only=True)
class ReplyTicketResponse:
    """Kept."""

    number: int
    state: str


@frozen(kw_only=True)
class GetTicketRequest:
    """One ticket with its history.

    Attributes:
        secret: From the opening, without a login.
        with_attachments: Whether the attachments' bytes are wanted too.
    """

    ticket: str
    secret: Secret | None = None
    with_attachments: bool = False


@frozen(kw_only=True)
class TicketEntry:
    """One message of a ticket.

    Attributes:
        author: ``customer``, ``staff`` or ``automatic``.
    """

    number: int
    at: datetime
    author: str
    text: str


@frozen(kw_only=True)
class AttachmentEntry:
    """One attachment.

    Attributes:
        message: Number of the message it came with.
        content: base64; empty unless it was asked for. Not examined: open it with care.
    """

    number: int
    message: int
    name: str
    media_type: str
    size: int
    sha256: str
    content: str = ""


@frozen(kw_only=True)
class GetTicketResponse:
    """A ticket as it was opened, and everything since."""

    ticket: str
    state: str
    channel: str
    company: str
    member_number: str
    contact_name: str
    contact_email: str
    contact_phone: str
    order_number: str
    error_code: str
    opened_at: datetime
    changed_at: datetime
    messages: tuple[TicketEntry, ...]
    attachments: tuple[AttachmentEntry, ...]
    happened_at: datetime | None = None
    closed_at: datetime | None = None


@frozen(kw_only=True)
class CloseTicketRequest:
    """End a ticket. It is not opened again, and opens no customer's data any more."""

    ticket: str


@frozen(kw_only=True)
class CloseTicketResponse:
    """Closed."""

    closed_at: datetime


@frozen(kw_only=True)
class LinkTicketRequest:
    """Say whose a ticket is that was opened without a login, once that was made sure.

    Attributes:
        customer: Customer number or member number.
        checked: How it was made sure, for the customer's audit records.
    """

    ticket: str
    customer: str
    checked: str


@frozen(kw_only=True)
class LinkTicketResponse:
    """The ticket is that customer's."""

    ticket: str


@frozen(kw_only=True)
class ListTicketsRequest(ListRequest):
    """Own tickets; administrators: the account's; the support desk: all."""


@frozen(kw_only=True)
class TicketSummary:
    """One ticket of a list."""

    ticket: str
    state: str
    channel: str
    company: str
    member_number: str
    error_code: str
    opened_at: datetime
    changed_at: datetime


@frozen(kw_only=True)
class ListTicketsResponse:
    """Tickets that are new or have changed since the cursor."""

    tickets: tuple[TicketSummary, ...]
    page: PageInfo


@frozen(kw_only=True)
class GetOutagePlaybookRequest:
    """Asks what to do while the service does not work; needs no login."""


@frozen(kw_only=True)
class PlaybookStep:
    """One thing to do."""

    step: str
    text_ja: str
    text_en: str


@frozen(kw_only=True)
class FallbackChannel:
    """Another way to order or to ask.

    Attributes:
        channel: ``fax``, or a channel of ``ListSupportChannels``.
        use_ja, use_en: What it is good for.
    """

    channel: str
    title_ja: str
    title_en: str
    use_ja: str
    use_en: str
    hours_ja: str
    hours_en: str
    open_now: bool


@frozen(kw_only=True)
class InformationItem:
    """Something to have at hand before calling."""

    item: str
    text_ja: str
    text_en: str


@frozen(kw_only=True)
class GetOutagePlaybookResponse:
    """Status, steps in order, other ways, and what to have ready.

    Attributes:
        state: ``available``, ``limited`` or ``stopped``; ``unknown`` where the supplier was not asked.
    """

    state: str
    steps: tuple[PlaybookStep, ...]
    channels: tuple[FallbackChannel, ...]
    have_ready: tuple[InformationItem, ...]
