"""Tickets in lists, their end, and whose they are (AUTH-19, SUP-2)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.standing import next_state
from askul_connect.core.domain.tickets import TICKET_STEPS, TicketState, TicketStep
from askul_connect.core.errors import IllegalStep, NotFound, ValueInvalid
from askul_connect.core.messages.tickets import (
    CloseTicketRequest,
    CloseTicketResponse,
    LinkTicketRequest,
    LinkTicketResponse,
    ListTicketsRequest,
    ListTicketsResponse,
    TicketSummary,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.customer_views import customer_of
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import may_see, own_ticket
from askul_connect.core.services.supplier.tickets import TICKET_FEED, address_of, changed

_LONGEST_CHECK = 500


def list_tickets(context: Context, request: ListTicketsRequest) -> ListTicketsResponse:
    """Own tickets, the account's for its administrators, all for staff; that staff list them is recorded."""
    caller, tickets = context.caller, context.unit.tickets

    def own(ticket_ids: Sequence[str]) -> frozenset[str]:
        return frozenset(key for key, one in tickets.many(ticket_ids).items() if may_see(caller, one))

    everything = caller.role in {Role.SUPPLIER, Role.ADMINISTRATOR}
    shown = page(context, TICKET_FEED, request, visible=None if everything else own)
    found = in_order(shown.keys, tickets.many(shown.keys))
    if context.is_staff:
        audit(context, "tickets-listed", "", account_id="", detail={"tickets": list(shown.keys)})
    return ListTicketsResponse(
        tickets=tuple(
            TicketSummary(
                ticket=one.ticket_id,
                state=one.state.value,
                channel=one.channel.value,
                company=one.company,
                member_number=one.member_number,
                error_code=one.error_code,
                opened_at=one.created_at,
                changed_at=one.changed_at,
            )
            for one in found
        ),
        page=shown.info,
    )


def close_ticket(context: Context, request: CloseTicketRequest) -> CloseTicketResponse:
    """End a ticket; one that is closed stays as it is.

    Raises:
        NotFound: It is not one that the caller may see.
    """
    ticket = own_ticket(context, request.ticket)
    if ticket.closed_at is not None:
        return CloseTicketResponse(closed_at=ticket.closed_at)
    state = next_state(TICKET_STEPS, ticket.state, TicketStep.CLOSE, "a ticket")
    ticket = evolve(ticket, state=state, changed_at=context.now, closed_at=context.now)
    context.unit.tickets.save(ticket)
    changed(context, ticket)
    audit(context, "ticket-closed", ticket.ticket_id, account_id=ticket.account_id)
    if context.is_staff:
        facts = {"ticket": ticket.ticket_id, "language": ticket.language}
        notify_person(context, "ticket-closed", ticket.ticket_id, address_of(context, ticket), facts)
    return CloseTicketResponse(closed_at=context.now)


def link_ticket(context: Context, request: LinkTicketRequest) -> LinkTicketResponse:
    """Make a ticket a customer's that was opened without a login; the customer is told (AUTH-19).

    Raises:
        NotFound: There is no such ticket or customer.
        IllegalStep: It is closed, or it is a customer's already.
        ValueInvalid: It is not said how the customer's identity was made sure.
    """
    ticket = context.unit.tickets.get(request.ticket)
    if ticket is None:
        raise NotFound("there is no such ticket", where="ticket")
    account = customer_of(context, request.customer)
    if account is None:
        raise NotFound("there is no such customer", where="customer")
    if ticket.account_id == account.account_id:
        return LinkTicketResponse(ticket=ticket.ticket_id)
    if ticket.account_id or ticket.state is TicketState.CLOSED:
        raise IllegalStep("this ticket is closed, or a customer's already", where="ticket")
    if not request.checked.strip() or len(request.checked) > _LONGEST_CHECK:
        raise ValueInvalid(
            f"say in 1 to {_LONGEST_CHECK} characters how it was made sure who asks", where="checked"
        )
    ticket = evolve(ticket, account_id=account.account_id, changed_at=context.now)
    context.unit.tickets.save(ticket)
    changed(context, ticket)
    audit(
        context,
        "ticket-linked",
        ticket.ticket_id,
        account_id=account.account_id,
        reference=ticket.ticket_id,
        detail={"checked": request.checked},
    )
    facts = {"ticket": ticket.ticket_id, "at": context.now.isoformat()}
    notify_person(context, "ticket-linked", ticket.ticket_id, account.email, facts)
    return LinkTicketResponse(ticket=ticket.ticket_id)
