"""The supplier's own people, and tickets with their messages and attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.staff import StaffMember
from askul_connect.core.domain.tickets import Ticket, TicketAttachment, TicketMessage

_STAFF = tables.staff.c
_STAFF_INSERT = insert(tables.staff)
_STAFF_REPLACE = replace_where(tables.staff, ("staff_id",))
_STAFF_ONE = Prepared(sa.select(tables.staff).where(_STAFF.staff_id == sa.bindparam("staff_id")))
_STAFF_BY_KEY = Prepared(
    sa.select(tables.staff).where(_STAFF.login_key == sa.bindparam("login_key")).with_for_update()
)
_STAFF_ALL = Prepared(sa.select(tables.staff).order_by(_STAFF.login_key))


class SqlStaff:
    """The supplier's own people."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, member: StaffMember) -> None:
        """Store a new one; StorageConflict when the id or the login key exists."""
        self._transaction.run(_STAFF_INSERT, tables.STAFF_ROWS.row(member))

    def save(self, member: StaffMember) -> None:
        """Store its new state."""
        self._transaction.run_known(_STAFF_REPLACE, tables.STAFF_ROWS.named(member))

    def get(self, staff_id: str) -> StaffMember | None:
        """By id."""
        row = self._transaction.row(_STAFF_ONE, {"staff_id": staff_id})
        return tables.STAFF_ROWS.entity(row) if row else None

    def by_login_key(self, login_key: str) -> StaffMember | None:
        """By what is typed, held against other writers until the unit ends."""
        row = self._transaction.row(_STAFF_BY_KEY, {"login_key": login_key})
        return tables.STAFF_ROWS.entity(row) if row else None

    def all(self) -> Sequence[StaffMember]:
        """Everybody, removed ones too, by login key."""
        return [tables.STAFF_ROWS.entity(row) for row in self._transaction.rows(_STAFF_ALL)]


_TICKETS = tables.tickets.c
_TICKET_INSERT = insert(tables.tickets)
_TICKET_REPLACE = replace_where(tables.tickets, ("ticket_id",))
_TICKET = Prepared(
    sa.select(tables.tickets).where(_TICKETS.ticket_id == sa.bindparam("ticket_id")).with_for_update()
)
_TICKETS_MANY = Prepared(sa.select(tables.tickets).where(OneOf(_TICKETS.ticket_id, "keys")))


def _count(column: sa.Column[str]) -> Prepared:
    return Prepared(
        sa.select(sa.func.count())
        .select_from(tables.tickets)
        .where(column == sa.bindparam("wanted"), _TICKETS.created_at >= sa.bindparam("since"))
    )


def _of_ticket(table: sa.Table) -> Prepared:
    return Prepared(
        sa.select(table).where(table.c.ticket_id == sa.bindparam("ticket_id")).order_by(table.c.number)
    )


_FROM_SOURCE = _count(_TICKETS.source)
_FOR_CONTACT = _count(_TICKETS.contact_key)
_MESSAGE_INSERT = insert(tables.ticket_messages)
_MESSAGES = _of_ticket(tables.ticket_messages)
_ATTACHMENT_INSERT = insert(tables.ticket_attachments)
_ATTACHMENTS = _of_ticket(tables.ticket_attachments)


class SqlTickets:
    """Tickets with their messages and attachments."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, ticket: Ticket) -> None:
        """Store a new one; StorageConflict when the id exists."""
        self._transaction.run(_TICKET_INSERT, tables.TICKET_ROWS.row(ticket))

    def save(self, ticket: Ticket) -> None:
        """Store its new state."""
        self._transaction.run_known(_TICKET_REPLACE, tables.TICKET_ROWS.named(ticket))

    def get(self, ticket_id: str) -> Ticket | None:
        """By id, held against other writers until the unit ends."""
        row = self._transaction.row(_TICKET, {"ticket_id": ticket_id})
        return tables.TICKET_ROWS.entity(row) if row else None

    def many(self, ticket_ids: Iterable[str]) -> Mapping[str, Ticket]:
        """Those that exist, by id."""
        asked = {"keys": self._transaction.keys(ticket_ids)}
        found = map(tables.TICKET_ROWS.entity, self._transaction.rows(_TICKETS_MANY, asked))
        return {ticket.ticket_id: ticket for ticket in found}

    def opened_from(self, source: str, since: datetime) -> int:
        """How many were opened from an address since an instant."""
        return self._counted(_FROM_SOURCE, source, since)

    def opened_for(self, contact_key: str, since: datetime) -> int:
        """How many were opened for a contact's e-mail address since an instant."""
        return self._counted(_FOR_CONTACT, contact_key, since)

    def _counted(self, statement: Prepared, wanted: str, since: datetime) -> int:
        return self._transaction.number(statement, {"wanted": wanted, "since": write_instant(since)})

    def add_message(self, message: TicketMessage) -> None:
        """Append; StorageConflict when the ticket has a message of that number."""
        self._transaction.run(_MESSAGE_INSERT, tables.TICKET_MESSAGE_ROWS.row(message))

    def messages(self, ticket_id: str) -> Sequence[TicketMessage]:
        """All of a ticket, in order."""
        rows = self._transaction.rows(_MESSAGES, {"ticket_id": ticket_id})
        return [tables.TICKET_MESSAGE_ROWS.entity(row) for row in rows]

    def add_attachment(self, attachment: TicketAttachment) -> None:
        """Store; StorageConflict when the ticket has an attachment of that number."""
        self._transaction.run(_ATTACHMENT_INSERT, tables.TICKET_ATTACHMENT_ROWS.row(attachment))

    def attachments(self, ticket_id: str) -> Sequence[TicketAttachment]:
        """All of a ticket, in order."""
        rows = self._transaction.rows(_ATTACHMENTS, {"ticket_id": ticket_id})
        return [tables.TICKET_ATTACHMENT_ROWS.entity(row) for row in rows]
