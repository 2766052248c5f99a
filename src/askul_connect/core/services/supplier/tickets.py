"""Tickets as those see them who open them, and as they are read and written to (SUP-2)."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import next_state
from askul_connect.core.domain.tickets import (
    TICKET_STEPS,
    Author,
    Ticket,
    TicketAttachment,
    TicketChannel,
    TicketMessage,
    TicketState,
    TicketStep,
)
from askul_connect.core.errors import NotAuthenticated, Problem, TooManyTickets, ValueInvalid
from askul_connect.core.messages.tickets import (
    AttachedFile,
    AttachmentEntry,
    GetTicketRequest,
    GetTicketResponse,
    OpenTicketRequest,
    OpenTicketResponse,
    ReplyTicketRequest,
    ReplyTicketResponse,
    TicketEntry,
)
from askul_connect.core.policies.attachments import CheckedFile, checked_file, require_room
from askul_connect.core.policies.first_answer import first_answer
from askul_connect.core.policies.service_status import NEARBY, nearby
from askul_connect.core.services.supplier.context import Context, Principal
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import seen_ticket, speaker

TICKET_FEED = "tickets"

_HOUR = timedelta(hours=1)
_MOST_FROM_A_SOURCE = 20
_MOST_FOR_A_CONTACT = 5
_LONGEST_MESSAGE = 4_000
_LONGEST_FIELD = 254
_MOST_MESSAGES = 200
_REQUIRED = ("company", "contact_name", "contact_email", "contact_phone")


def open_ticket(context: Context, request: OpenTicketRequest) -> OpenTicketResponse:
    """Take a request to the support desk.

    Without a login nothing is looked up: what was given is kept as it was given, and its secret is the only way to it.

    Raises:
        ValueInvalid: Something is missing, too long or not accepted; all findings at once.
        TooManyTickets: Too many came from this source or for this contact within an hour.
    """
    principal = _opener(context)
    filled = _filled(context, request, principal)
    _require_valid(filled)
    files = _checked(filled.attachments)
    require_room(files, count=0, size=0)
    key = email_key(filled.contact_email)
    _require_few(context, key)
    secret = Secret("") if _is_customer(principal) else context.house.ids.token("ticket")
    ticket = Ticket(
        ticket_id=context.house.ids.digits("ticket-number", 10),
        account_id=principal.account_id if principal else "",
        user_id=principal.actor if principal and _is_customer(principal) else "",
        channel=filled.channel,
        state=TicketState.OPEN,
        company=filled.company,
        member_number=filled.member_number,
        contact_name=filled.contact_name,
        contact_email=normalise_email(filled.contact_email),
        contact_key=key,
        contact_phone=filled.contact_phone,
        order_number=filled.order_number,
        error_code=filled.error_code,
        happened_at=filled.happened_at,
        language=filled.language.value,
        secret_hash=secret.fingerprint() if secret else "",
        source=context.call.address,
        created_at=context.now,
        changed_at=context.now,
    )
    context.unit.tickets.add(ticket)
    _add_message(
        context, ticket, filled.message, author=Author.CUSTOMER, author_id=ticket.user_id, files=files
    )
    answer = _answer_chat(context, ticket, filled) if ticket.channel is TicketChannel.CHAT else ""
    changed(context, ticket)
    actor = principal.actor if principal else ""
    audit(context, "ticket-opened", ticket.ticket_id, account_id=ticket.account_id, actor=actor)
    notify_person(context, "ticket-opened", ticket.ticket_id, address_of(context, ticket), _facts(ticket))
    return OpenTicketResponse(ticket=ticket.ticket_id, secret=secret, first_answer=answer)


def reply_ticket(context: Context, request: ReplyTicketRequest) -> ReplyTicketResponse:
    """Write to a ticket; the same message twice in a row is one.

    Raises:
        NotFound, NotAuthenticated: It is not one that the caller may see.
        IllegalStep: It is closed.
        ValueInvalid: The message or a file is not accepted.
    """
    ticket, principal = seen_ticket(context, request.ticket, request.secret)
    by_staff = principal is not None and principal.role is Role.SUPPLIER
    if request.ask and not by_staff:
        raise ValueInvalid("only the support desk asks the customer", where="ask")
    author = Author.STAFF if by_staff else Author.CUSTOMER
    step = (TicketStep.ASK if request.ask else TicketStep.ANSWER) if by_staff else TicketStep.REPLY
    author_id = principal.actor if principal else ""
    last = context.unit.tickets.messages(ticket.ticket_id)[-1]
    if (last.author, last.author_id, last.text) == (author, author_id, request.message):
        return ReplyTicketResponse(number=last.number, state=ticket.state.value)
    state = next_state(TICKET_STEPS, ticket.state, step, "a ticket")
    problems = _message_problems(request.message)
    if problems:
        raise ValueInvalid("the message cannot be taken", problems=tuple(problems))
    files = _checked(request.attachments)
    known = context.unit.tickets.attachments(ticket.ticket_id)
    require_room(files, count=len(known), size=sum(one.size for one in known))
    number = _add_message(context, ticket, request.message, author=author, author_id=author_id, files=files)
    ticket = evolve(ticket, state=state, changed_at=context.now)
    context.unit.tickets.save(ticket)
    changed(context, ticket)
    audit(
        context,
        f"ticket-{step.value}",
        ticket.ticket_id,
        account_id=ticket.account_id,
        actor=author_id,
        detail={"message": number},
    )
    if by_staff:
        key = f"{ticket.ticket_id}:{number}"
        notify_person(context, "ticket-answered", key, address_of(context, ticket), _facts(ticket))
    return ReplyTicketResponse(number=number, state=state.value)


def get_ticket(context: Context, request: GetTicketRequest) -> GetTicketResponse:
    """A ticket with its history; that staff read it is recorded (AUTH-19).

    Raises:
        NotFound, NotAuthenticated: It is not one that the caller may see.
    """
    ticket, principal = seen_ticket(context, request.ticket, request.secret)
    if principal is not None and principal.role is Role.SUPPLIER:
        audit(
            context,
            "ticket-read",
            ticket.ticket_id,
            account_id=ticket.account_id,
            actor=principal.actor,
            reference=ticket.ticket_id,
            detail={"attachments": request.with_attachments},
        )
    return GetTicketResponse(
        ticket=ticket.ticket_id,
        state=ticket.state.value,
        channel=ticket.channel.value,
        company=ticket.company,
        member_number=ticket.member_number,
        contact_name=ticket.contact_name,
        contact_email=ticket.contact_email,
        contact_phone=ticket.contact_phone,
        order_number=ticket.order_number,
        error_code=ticket.error_code,
        opened_at=ticket.created_at,
        changed_at=ticket.changed_at,
        messages=tuple(
            TicketEntry(number=one.number, at=one.at, author=one.author.value, text=one.text)
            for one in context.unit.tickets.messages(ticket.ticket_id)
        ),
        attachments=tuple(
            AttachmentEntry(
                number=one.number,
                message=one.message,
                name=one.name,
                media_type=one.media_type,
                size=one.size,
                sha256=one.sha256,
                content=one.content if request.with_attachments else "",
            )
            for one in context.unit.tickets.attachments(ticket.ticket_id)
        ),
        happened_at=ticket.happened_at,
        closed_at=ticket.closed_at,
    )


def changed(context: Context, ticket: Ticket) -> None:
    """Put a ticket at the end of the lists it is in: the support desk's, and the account's if it has one."""
    context.unit.changes.record("", TICKET_FEED, [ticket.ticket_id])
    if ticket.account_id:
        context.unit.changes.record(ticket.account_id, TICKET_FEED, [ticket.ticket_id])


def address_of(context: Context, ticket: Ticket) -> str:
    """Where notices about a ticket go: the registered address of who was logged in, otherwise the given one."""
    if ticket.user_id:
        membership = context.unit.memberships.get(ticket.account_id, ticket.user_id)
        user = context.unit.users.get(membership.home_account_id, ticket.user_id) if membership else None
        if user is not None:
            return user.email
    return ticket.contact_email


def _facts(ticket: Ticket) -> dict[str, str]:
    # no text of the ticket: mail is read by others too
    return {"ticket": ticket.ticket_id, "language": ticket.language}


def _opener(context: Context) -> Principal | None:
    """Who opens it; an old token is nobody's, since whoever is locked out has to get through."""
    try:
        return speaker(context)
    except NotAuthenticated:
        return None


def _is_customer(principal: Principal | None) -> bool:
    return principal is not None and principal.role is not Role.SUPPLIER


def _filled(context: Context, request: OpenTicketRequest, principal: Principal | None) -> OpenTicketRequest:
    """The request with what the login says where it says nothing itself."""
    if principal is None or principal.session is None or not _is_customer(principal):
        return request
    account = context.unit.accounts.get(principal.account_id)
    user = context.unit.users.get(principal.session.home_account_id, principal.actor)
    if account is None or user is None:
        return request
    return evolve(
        request,
        company=request.company or account.name,
        # never another one than the login's own
        member_number=account.member_number,
        contact_name=request.contact_name or user.name,
        contact_email=request.contact_email or user.email,
        contact_phone=request.contact_phone or account.phone,
    )


def _require_valid(request: OpenTicketRequest) -> None:
    problems = _message_problems(request.message)
    for name in (*_REQUIRED, "member_number", "order_number", "error_code"):
        value: str = getattr(request, name)
        if name in _REQUIRED and not value.strip():
            problems.append(finding(ValueInvalid, "it is missing", where=name))
        if len(value) > _LONGEST_FIELD or (value and not value.isprintable()):
            problems.append(
                finding(ValueInvalid, f"it has at most {_LONGEST_FIELD} characters on one line", where=name)
            )
    if request.contact_email.strip():
        try:
            normalise_email(request.contact_email)
        except ValueInvalid as error:
            problems.append(finding(ValueInvalid, error.detail, where="contact_email"))
    if problems:
        raise ValueInvalid("the ticket cannot be taken like this", problems=tuple(problems))


def _message_problems(message: str) -> list[Problem]:
    if message.strip() and len(message) <= _LONGEST_MESSAGE:
        return []
    return [
        finding(ValueInvalid, f"a message has 1 to {_LONGEST_MESSAGE:,} characters", where="message"),
    ]


def _checked(files: Sequence[AttachedFile]) -> list[CheckedFile]:
    return [
        checked_file(one.name, one.content, where=f"attachments[{number}]")
        for number, one in enumerate(files, 1)
    ]


def _require_few(context: Context, contact_key: str) -> None:
    """Nobody floods the support desk, or somebody's mailbox."""
    since = context.now - _HOUR
    tickets = context.unit.tickets
    source = context.call.address
    if (source and tickets.opened_from(source, since) >= _MOST_FROM_A_SOURCE) or (
        tickets.opened_for(contact_key, since) >= _MOST_FOR_A_CONTACT
    ):
        raise TooManyTickets(
            "too many tickets came from here, or for this contact, within an hour",
            retry_after=int(_HOUR.total_seconds()),
        )


def _answer_chat(context: Context, ticket: Ticket, request: OpenTicketRequest) -> str:
    disturbed = nearby(context.unit.status.current(context.now - NEARBY), context.now)
    text = first_answer(
        request.error_code, request.message, language=ticket.language, disturbance_nearby=disturbed
    )
    _add_message(context, ticket, text, author=Author.AUTOMATIC)
    state = next_state(TICKET_STEPS, ticket.state, TicketStep.ANSWER, "a ticket")
    context.unit.tickets.save(evolve(ticket, state=state))
    return text


def _add_message(
    context: Context,
    ticket: Ticket,
    text: str,
    *,
    author: Author,
    author_id: str = "",
    files: Sequence[CheckedFile] = (),
) -> int:
    unit = context.unit
    number = len(unit.tickets.messages(ticket.ticket_id)) + 1
    if number > _MOST_MESSAGES:
        raise ValueInvalid(f"a ticket has at most {_MOST_MESSAGES} messages; open another", where="message")
    unit.tickets.add_message(
        TicketMessage(
            ticket_id=ticket.ticket_id,
            number=number,
            at=context.now,
            author=author,
            author_id=author_id,
            text=text,
        )
    )
    first = len(unit.tickets.attachments(ticket.ticket_id)) + 1 if files else 1
    for place, file in enumerate(files, first):
        unit.tickets.add_attachment(
            TicketAttachment(
                ticket_id=ticket.ticket_id,
                number=place,
                message=number,
                name=file.name,
                media_type=file.media_type,
                size=len(file.content),
                sha256=hashlib.sha256(file.content).hexdigest(),
                content=base64.b64encode(file.content).decode(),
            )
        )
    return number
