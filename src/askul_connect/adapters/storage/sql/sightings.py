"""What readings from the beginning have met, and what was decided about outgoing messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, insert_or_ignore
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.outbox import OutboxDecision
from askul_connect.core.errors import ValueInvalid

_MET = tables.sightings.c
_READER = (_MET.supplier == sa.bindparam("supplier"), _MET.reader == sa.bindparam("reader"))
_ADD = insert_or_ignore(tables.sightings)
_DISCARD = Prepared(sa.delete(tables.sightings).where(*_READER, _MET.number == sa.bindparam("number")))
_COUNT = Prepared(sa.select(sa.func.count()).select_from(tables.sightings).where(*_READER))
_CLEAR = Prepared(sa.delete(tables.sightings).where(*_READER))


def _unmet(table: sa.Table, number: str) -> Prepared:
    key = table.c[number]
    met = sa.exists().where(*_READER, _MET.number == key)
    return Prepared(
        sa.select(key)
        .where(table.c.supplier == sa.bindparam("owner"), ~met)
        .order_by(key)
        .limit(sa.bindparam("limit", type_=sa.BigInteger()))
    )


_UNMET: Mapping[str, Prepared] = {
    "orders": _unmet(tables.orders, "order_number"),
    "confirmations": _unmet(tables.confirmations, "number"),
    "ship_notices": _unmet(tables.ship_notices, "number"),
    "invoices": _unmet(tables.invoices, "invoice_number"),
    "credit_notes": _unmet(tables.credit_notes, "credit_note_number"),
}


class SqlSightings:
    """What a reading of a list from its beginning has met so far (INT-5)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Note records that were met; those that were met before stay."""
        self._transaction.run_many(_ADD, [(supplier, reader, key) for key in keys])

    def discard(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted after they were met."""
        self._transaction.run_many(_DISCARD, [(supplier, reader, key) for key in keys])

    def count(self, supplier: str, reader: str) -> int:
        """Number of records that were met."""
        return self._transaction.number(_COUNT, {"supplier": supplier, "reader": reader})

    def unmet(self, supplier: str, reader: str, feed: str, limit: int) -> Sequence[str]:
        """Keys of stored records of a list that were not met, by key."""
        statement = _UNMET.get(feed)
        if statement is None:
            raise ValueInvalid(f"no history is kept of {feed!r}; there is {', '.join(_UNMET)}")
        given = {"owner": supplier, "supplier": supplier, "reader": reader, "limit": limit}
        return [row[0] for row in self._transaction.rows(statement, given)]

    def clear(self, supplier: str, reader: str) -> None:
        """Forget all: the reading is over, or begins again."""
        self._transaction.run(_CLEAR, (supplier, reader))


_DECISION_ADD = insert(tables.outbox_decisions, without=("place",))
_DECISIONS = Prepared(
    sa.select(*(column for column in tables.outbox_decisions.c if column.name != "place"))
    .where(tables.outbox_decisions.c.message_id == sa.bindparam("message_id"))
    .order_by(tables.outbox_decisions.c.place)
)


class SqlOutboxDecisions:
    """What was decided about outgoing messages (INT-6)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, decision: OutboxDecision) -> None:
        """Append one."""
        self._transaction.run(_DECISION_ADD, tables.OUTBOX_DECISION_ROWS.row(decision))

    def of(self, message_id: str) -> Sequence[OutboxDecision]:
        """Those about a message, in the order they were made."""
        rows = self._transaction.rows(_DECISIONS, {"message_id": message_id})
        return [tables.OUTBOX_DECISION_ROWS.entity(row) for row in rows]
