"""The outbox and the named facts, for both sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where, upsert
from askul_connect.adapters.storage.sql.tables_shared import OUTBOX_ROWS
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState

_OPEN = sa.text("state IN ('pending', 'unknown')")


class OutboxStatements:
    """The statements on one side's outbox."""

    def __init__(self, table: sa.Table) -> None:
        columns = table.c
        messages = sa.select(*(column for column in columns if column.name != "place"))
        self.insert = insert(table, without=("place",))
        self.replace = replace_where(table, ("message_id",), without=("place",))
        self.find = Prepared(
            messages.where(
                columns.kind == sa.bindparam("kind"), columns.business_key == sa.bindparam("business_key")
            )
        )
        self.due = Prepared(
            messages.where(_OPEN, columns.next_attempt_at <= sa.bindparam("now"))
            .order_by(columns.place)
            .limit(sa.bindparam("limit", type_=sa.BigInteger()))
        )
        self.next_due = Prepared(sa.select(sa.func.min(columns.next_attempt_at)).where(_OPEN))
        self.all = Prepared(messages.order_by(columns.place))
        self.remove = Prepared(
            sa.delete(table).where(
                columns.kind == sa.bindparam("kind"), columns.business_key == sa.bindparam("business_key")
            )
        )
        self.counts = Prepared(sa.select(columns.state, sa.func.count()).group_by(columns.state))


class SqlOutbox:
    """Outgoing messages."""

    def __init__(self, transaction: Transaction, statements: OutboxStatements) -> None:
        self._transaction = transaction
        self._statements = statements

    def add(self, message: OutboxMessage) -> None:
        """Store; raises StorageConflict when kind and business key exist."""
        self._transaction.run(self._statements.insert, OUTBOX_ROWS.row(message))

    def find(self, kind: str, business_key: str) -> OutboxMessage | None:
        """The message of that kind about that key."""
        row = self._transaction.row(self._statements.find, {"kind": kind, "business_key": business_key})
        return OUTBOX_ROWS.entity(row) if row else None

    def save(self, message: OutboxMessage) -> None:
        """Store its new state."""
        self._transaction.run_known(self._statements.replace, OUTBOX_ROWS.named(message))

    def due(self, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Pending and unknown messages that may be tried now, in the order they were added."""
        rows = self._transaction.rows(self._statements.due, {"now": write_instant(now), "limit": limit})
        return [OUTBOX_ROWS.entity(row) for row in rows]

    def next_due(self) -> datetime | None:
        """When the earliest pending or unknown message may be tried."""
        row = self._transaction.row(self._statements.next_due)
        return datetime.fromisoformat(row[0]) if row and row[0] else None

    def all(self) -> Sequence[OutboxMessage]:
        """Every message, in the order they were added."""
        return [OUTBOX_ROWS.entity(row) for row in self._transaction.rows(self._statements.all)]

    def remove(self, kind: str, business_key: str) -> bool:
        """Forget the message of that kind about that key; whether there was one."""
        return self._transaction.run(self._statements.remove, (kind, business_key)) > 0

    def counts(self) -> Mapping[OutboxState, int]:
        """How many messages are in each state; a state without any may be left out."""
        return {OutboxState(row[0]): row[1] for row in self._transaction.rows(self._statements.counts)}


class FactStatements:
    """The statements on one side's facts."""

    def __init__(self, table: sa.Table) -> None:
        self.get = Prepared(sa.select(table.c.text).where(table.c.name == sa.bindparam("name")))
        self.put = upsert(table)


class SqlFacts:
    """Single named texts."""

    def __init__(self, transaction: Transaction, statements: FactStatements) -> None:
        self._transaction = transaction
        self._statements = statements

    def get(self, name: str) -> str | None:
        """The text, if it was ever put."""
        row = self._transaction.row(self._statements.get, {"name": name})
        return row[0] if row else None

    def put(self, name: str, text: str) -> None:
        """Store or replace."""
        self._transaction.run(self._statements.put, (name, text))
