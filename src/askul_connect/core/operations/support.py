"""Operations of the supplier's own people and of the support desk (AUTH-19, AUTH-20, SUP-2, SUP-3).

What touches a customer's data carries ``ticket``.
"""

from __future__ import annotations

from askul_connect.core.messages import staff, tickets
from askul_connect.core.operations.registry import (
    ANYONE,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

STAFF_LOGIN = Operation(
    name="StaffLogin",
    request=staff.StaffLoginRequest,
    response=staff.StaffLoginResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    # what is stopped for customers is what staff have to mend
    function=ServiceFunction.STATUS,
    summary="Log in as one of the supplier's own people, with password and one-time code.",
)
ADD_STAFF = Operation(
    name="AddStaff",
    request=staff.AddStaffRequest,
    response=staff.AddStaffResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.STATUS,
    summary="Add a staff member; the temporary password and the second factor are shown once.",
)
REMOVE_STAFF = Operation(
    name="RemoveStaff",
    request=staff.RemoveStaffRequest,
    response=staff.RemoveStaffResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Take a staff member's access away at once.",
)
LIST_STAFF = Operation(
    name="ListStaff",
    request=staff.ListStaffRequest,
    response=staff.ListStaffResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="The supplier's own people.",
)
FIND_LOGIN_ATTEMPT = Operation(
    name="FindLoginAttempt",
    request=staff.FindLoginAttemptRequest,
    response=staff.FindLoginAttemptResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="The login attempt whose refusal showed a number; needs a ticket of that customer.",
)
VIEW_CUSTOMER = Operation(
    name="ViewCustomer",
    request=staff.ViewCustomerRequest,
    response=staff.ViewCustomerResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="A customer's account, people and latest login attempts; needs a ticket of that customer.",
)
OPEN_TICKET = Operation(
    name="OpenTicket",
    request=tickets.OpenTicketRequest,
    response=tickets.OpenTicketResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.STATUS,
    summary="Ask the support desk, with or without a login.",
)
REPLY_TICKET = Operation(
    name="ReplyTicket",
    request=tickets.ReplyTicketRequest,
    response=tickets.ReplyTicketResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Write to a ticket, as who may see it or with its secret.",
)
GET_TICKET = Operation(
    name="GetTicket",
    request=tickets.GetTicketRequest,
    response=tickets.GetTicketResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="One ticket with its history, for who may see it or with its secret.",
)
LIST_TICKETS = Operation(
    name="ListTickets",
    request=tickets.ListTicketsRequest,
    response=tickets.ListTicketsResponse,
    access=CUSTOMERS | SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Tickets that are new or have changed since a cursor.",
)
CLOSE_TICKET = Operation(
    name="CloseTicket",
    request=tickets.CloseTicketRequest,
    response=tickets.CloseTicketResponse,
    access=CUSTOMERS | SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="End a ticket.",
)
LINK_TICKET = Operation(
    name="LinkTicket",
    request=tickets.LinkTicketRequest,
    response=tickets.LinkTicketResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Say whose a ticket is that was opened without a login.",
)
GET_OUTAGE_PLAYBOOK = Operation(
    name="GetOutagePlaybook",
    request=tickets.GetOutagePlaybookRequest,
    response=tickets.GetOutagePlaybookResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="What to do while the service does not work.",
)

SUPPORT_OPERATIONS = (
    STAFF_LOGIN,
    ADD_STAFF,
    REMOVE_STAFF,
    LIST_STAFF,
    FIND_LOGIN_ATTEMPT,
    VIEW_CUSTOMER,
    OPEN_TICKET,
    REPLY_TICKET,
    GET_TICKET,
    LIST_TICKETS,
    CLOSE_TICKET,
    LINK_TICKET,
    GET_OUTAGE_PLAYBOOK,
)
