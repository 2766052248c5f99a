"""Entries of the supplier's own people, of tickets and of the outage playbook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import evolve
from tenancy_callers import canary
from tenancy_entry import ABSENT, COMPANY, DEPARTMENT, OWN, Asked, Entry, list_entry, ticket_of_own

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages import sessions, staff, tickets
from askul_connect.core.messages.paging import MAXIMUM_PAGE_SIZE
from askul_connect.core.operations.sessions import LIST_LOGIN_HISTORY
from askul_connect.core.operations.support import LIST_TICKETS

_NOBODY = "0000000000"


def _ticket(asked: Asked) -> tuple[str, Secret | None]:
    """A ticket that the caller may see; another account's, opened by its administrator; none."""
    people = asked.estate.people_of
    if asked.whose == ABSENT:
        return _NOBODY, None
    if asked.whose == COMPANY:
        return people.ticket(asked.account, asked.estate.administrators[asked.account])[0], None
    return people.own_ticket(asked.caller, asked.own)


def _get(asked: Asked) -> Any:
    ticket, secret = _ticket(asked)
    return tickets.GetTicketRequest(ticket=ticket, secret=secret)


def _reply(asked: Asked) -> Any:
    ticket, secret = _ticket(asked)
    return tickets.ReplyTicketRequest(
        ticket=ticket, secret=secret, message=f"{canary(asked.own)} {asked.estate.fresh()}"
    )


def _listed(asked: Asked) -> Any:
    # whoever sees few of an account's tickets may find none on its first pages: only what comes now is asked for
    customer = bool(asked.caller.account) and not asked.caller.staff
    cursor = _end_of_tickets(asked) if customer and asked.whose in {OWN, DEPARTMENT} else ""
    # each account has one at least, and each caller
    for account in ("a", "b"):
        asked.estate.people_of.ticket(account, asked.estate.administrators[account])
    asked.estate.people_of.own_ticket(asked.caller, asked.own)
    request = evolve(_LIST.request(asked), page_size=MAXIMUM_PAGE_SIZE)
    return evolve(request, cursor=cursor) if cursor else request


def _end_of_tickets(asked: Asked) -> str:
    """The cursor behind everything that the caller's account has now."""
    estate, request = asked.estate, tickets.ListTicketsRequest(page_size=MAXIMUM_PAGE_SIZE)
    while True:
        page = estate.call(LIST_TICKETS, request, estate.administrators[asked.own]).page
        request = evolve(request, cursor=page.next_cursor)
        if not page.more:
            cursor: str = page.next_cursor
            return cursor


def _link(asked: Asked) -> Any:
    return tickets.LinkTicketRequest(
        ticket=asked.estate.people_of.ticket(asked.own)[0],
        customer=asked.estate.customer_numbers[asked.own],
        checked="折り返し確認",
    )


def _attempt(asked: Asked) -> Any:
    reference = _NOBODY
    if asked.whose != ABSENT:
        token = asked.estate.administrators[asked.account]
        found = asked.estate.call(LIST_LOGIN_HISTORY, sessions.ListLoginHistoryRequest(), token)
        reference = next(one.reference for one in found.attempts if canary(asked.account) in one.login_id)
    return staff.FindLoginAttemptRequest(reference=reference, ticket=ticket_of_own(asked))


def _view(asked: Asked) -> Any:
    known = asked.estate.customer_numbers[asked.account]
    return staff.ViewCustomerRequest(
        customer=_NOBODY if asked.whose == ABSENT else known, ticket=ticket_of_own(asked)
    )


_LIST = list_entry(tickets.ListTicketsRequest, "ListTickets", "ticket")

SUPPORT_ENTRIES: Mapping[str, Entry] = {
    "StaffLogin": Entry(
        request=lambda asked: asked.estate.people_of.new_staff("支援")[1],
        reaches=lambda answer, _: answer.name == "支援" and bool(answer.session_token.reveal()),
        free={"login_name", "password", "code", "new_password", "device"},
        wrong=(
            lambda _: staff.StaffLoginRequest(login_name="x", password=Secret("x"), code=Secret("000000")),
        ),
    ),
    "AddStaff": Entry(
        request=lambda asked: staff.AddStaffRequest(login_name=f"added{asked.estate.fresh()}", name="支援"),
        reaches=lambda answer, _: answer.enrolment_uri.reveal().startswith("otpauth://"),
        free={"login_name", "name"},
        wrong=(lambda _: staff.AddStaffRequest(login_name="", name=""),),
    ),
    "RemoveStaff": Entry(
        request=lambda asked: staff.RemoveStaffRequest(staff_id=asked.estate.people_of.new_staff("x")[0]),
        reaches=lambda answer, asked: answer.removed_at == asked.estate.clock.now(),
        free={"staff_id"},
        wrong=(lambda _: staff.RemoveStaffRequest(staff_id="absent"),),
    ),
    "ListStaff": Entry(
        request=lambda _: staff.ListStaffRequest(),
        reaches=lambda answer, _: "session of staff" in {one.name for one in answer.staff},
    ),
    "FindLoginAttempt": Entry(
        request=_attempt,
        reaches=lambda answer, asked: canary(asked.account) in answer.attempt.login_id,
        names={"reference"},
        free={"ticket"},
    ),
    "ViewCustomer": Entry(
        request=_view,
        reaches=lambda answer, asked: canary(asked.account) in answer.name and bool(answer.users),
        names={"customer"},
        free={"ticket"},
    ),
    "OpenTicket": Entry(
        request=lambda asked: asked.estate.people_of.ticket_request(asked.own),
        reaches=lambda answer, _: len(answer.ticket) == len(_NOBODY),
        free={
            "message",
            "company",
            "member_number",
            "contact_name",
            "contact_email",
            "contact_phone",
            "order_number",
            "error_code",
        },
        wrong=(lambda _: tickets.OpenTicketRequest(message=""),),
    ),
    "ReplyTicket": Entry(
        request=_reply,
        reaches=lambda answer, _: answer.number > 1,
        names={"ticket"},
        free={"message", "secret"},
    ),
    "GetTicket": Entry(
        request=_get,
        reaches=lambda answer, asked: canary(asked.account) in answer.messages[0].text,
        names={"ticket"},
        free={"secret"},
    ),
    "ListTickets": Entry(request=_listed, reaches=_LIST.reaches, names=_LIST.names, wrong=_LIST.wrong),
    "CloseTicket": Entry(
        request=lambda asked: tickets.CloseTicketRequest(ticket=_ticket(asked)[0]),
        reaches=lambda answer, asked: answer.closed_at == asked.estate.clock.now(),
        names={"ticket"},
    ),
    "LinkTicket": Entry(
        request=_link,
        reaches=lambda answer, _: len(answer.ticket) == len(_NOBODY),
        free={"ticket", "customer", "checked"},
        wrong=(lambda _: tickets.LinkTicketRequest(ticket=_NOBODY, customer=_NOBODY, checked="x"),),
    ),
    "GetOutagePlaybook": Entry(
        request=lambda _: tickets.GetOutagePlaybookRequest(),
        reaches=lambda answer, _: bool(answer.steps) and bool(answer.channels),
    ),
}
