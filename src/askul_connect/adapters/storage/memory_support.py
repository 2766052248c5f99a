"""The supplier's own people and tickets, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.staff import StaffMember
from askul_connect.core.domain.tickets import Ticket, TicketAttachment, TicketMessage


class MemoryStaff:
    """The supplier's own people."""

    def __init__(self, journal: Journal) -> None:
        self._members = MemoryTable[str, StaffMember](
            journal, lambda one: one.staff_id, lambda one: one.login_key
        )

    def add(self, member: StaffMember) -> None:
        """Store a new one; StorageConflict when the id or the login key exists."""
        self._members.insert(member)

    def save(self, member: StaffMember) -> None:
        """Store its new state."""
        self._members.replace(member)

    def get(self, staff_id: str) -> StaffMember | None:
        """By id."""
        return self._members.get(staff_id)

    def by_login_key(self, login_key: str) -> StaffMember | None:
        """By what is typed, held against other writers until the unit ends."""
        return self._members.find(0, login_key)

    def all(self) -> Sequence[StaffMember]:
        """Everybody, removed ones too, by login key."""
        return sorted(self._members, key=lambda one: one.login_key)


class MemoryTickets:
    """Tickets with their messages and attachments."""

    def __init__(self, journal: Journal) -> None:
        self._tickets = MemoryTable[str, Ticket](journal, lambda one: one.ticket_id)
        self._messages = MemoryTable[tuple[str, int], TicketMessage](
            journal, lambda one: (one.ticket_id, one.number)
        )
        self._attachments = MemoryTable[tuple[str, int], TicketAttachment](
            journal, lambda one: (one.ticket_id, one.number)
        )

    def add(self, ticket: Ticket) -> None:
        """Store a new one; StorageConflict when the id exists."""
        self._tickets.insert(ticket)

    def save(self, ticket: Ticket) -> None:
        """Store its new state."""
        self._tickets.replace(ticket)

    def get(self, ticket_id: str) -> Ticket | None:
        """By id, held against other writers until the unit ends."""
        return self._tickets.get(ticket_id)

    def many(self, ticket_ids: Iterable[str]) -> Mapping[str, Ticket]:
        """Those that exist, by id."""
        found = ((one, self._tickets.get(one)) for one in ticket_ids)
        return {ticket_id: ticket for ticket_id, ticket in found if ticket is not None}

    def opened_from(self, source: str, since: datetime) -> int:
        """How many were opened from an address since an instant."""
        return sum(one.source == source and one.created_at >= since for one in self._tickets)

    def opened_for(self, contact_key: str, since: datetime) -> int:
        """How many were opened for a contact's e-mail address since an instant."""
        return sum(one.contact_key == contact_key and one.created_at >= since for one in self._tickets)

    def add_message(self, message: TicketMessage) -> None:
        """Append; StorageConflict when the ticket has a message of that number."""
        self._messages.insert(message)

    def messages(self, ticket_id: str) -> Sequence[TicketMessage]:
        """All of a ticket, in order."""
        own = (one for one in self._messages if one.ticket_id == ticket_id)
        return sorted(own, key=lambda one: one.number)

    def add_attachment(self, attachment: TicketAttachment) -> None:
        """Store; StorageConflict when the ticket has an attachment of that number."""
        self._attachments.insert(attachment)

    def attachments(self, ticket_id: str) -> Sequence[TicketAttachment]:
        """All of a ticket, in order."""
        own = (one for one in self._attachments if one.ticket_id == ticket_id)
        return sorted(own, key=lambda one: one.number)
