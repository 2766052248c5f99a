"""Functions of the operations of staff, tickets and the support desk."""

from __future__ import annotations

from askul_connect.core.operations import support
from askul_connect.core.services.supplier import customer_views, playbook, staff, ticket_desk, tickets
from askul_connect.core.services.supplier.dispatch import Binding

SUPPORT_BINDINGS = (
    Binding(operation=support.STAFF_LOGIN, staged=staff.staff_login),
    Binding(operation=support.ADD_STAFF, staged=staff.add_staff),
    Binding(operation=support.REMOVE_STAFF, run=staff.remove_staff),
    Binding(operation=support.LIST_STAFF, run=staff.list_staff),
    Binding(operation=support.FIND_LOGIN_ATTEMPT, run=customer_views.find_login_attempt),
    Binding(operation=support.VIEW_CUSTOMER, run=customer_views.view_customer),
    Binding(operation=support.OPEN_TICKET, run=tickets.open_ticket),
    Binding(operation=support.REPLY_TICKET, run=tickets.reply_ticket),
    Binding(operation=support.GET_TICKET, run=tickets.get_ticket),
    Binding(operation=support.LIST_TICKETS, run=ticket_desk.list_tickets),
    Binding(operation=support.CLOSE_TICKET, run=ticket_desk.close_ticket),
    Binding(operation=support.LINK_TICKET, run=ticket_desk.link_ticket),
    Binding(operation=support.GET_OUTAGE_PLAYBOOK, run=playbook.get_outage_playbook),
)
