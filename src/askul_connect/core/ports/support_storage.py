"""What the supplier keeps of its own people and of tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.staff import StaffMember
from askul_connect.core.domain.tickets import Ticket, TicketAttachment, TicketMessage


class StaffRepository(Protocol):
    """The supplier's own people."""

    def add(self, member: StaffMember) -> None:
        """Store a new one; StorageConflict when the id or the login key exists."""
        ...

    def save(self, member: StaffMember) -> None:
        """Store its new state."""
        ...

    def get(self, staff_id: str) -> StaffMember | None:
        """By id."""
        ...

    def by_login_key(self, login_key: str) -> StaffMember | None:
        """By what is typed, held against other writers until the unit ends."""
        ...

    def all(self) -> Sequence[StaffMember]:
        """Everybody, removed ones too, by login key."""
        ...


class TicketRepository(Protocol):
    """Tickets with their messages and attachments. Whose a ticket is, is for the services to see to."""

    def add(self, ticket: Ticket) -> None:
        """Store a new one; StorageConflict when the id exists."""
        ...

    def save(self, ticket: Ticket) -> None:
        """Store its new state."""
        ...

    def get(self, ticket_id: str) -> Ticket | None:
        """By id, held against other writers until the unit ends."""
        ...

    def many(self, ticket_ids: Iterable[str]) -> Mapping[str, Ticket]:
        """Those that exist, by id."""
        ...

    def opened_from(self, source: str, since: datetime) -> int:
        """How many were opened from an address since an instant."""
        ...

    def opened_for(self, contact_key: str, since: datetime) -> int:
        """How many were opened for a contact's e-mail address since an instant."""
        ...

    def add_message(self, message: TicketMessage) -> None:
        """Append; StorageConflict when the ticket has a message of that number."""
        ...

    def messages(self, ticket_id: str) -> Sequence[TicketMessage]:
        """All of a ticket, in order."""
        ...

    def add_attachment(self, attachment: TicketAttachment) -> None:
        """Store; StorageConflict when the ticket has an attachment of that number."""
        ...

    def attachments(self, ticket_id: str) -> Sequence[TicketAttachment]:
        """All of a ticket, in order."""
        ...
