"""Change feeds, keyed calls that were answered, and gapless counters.

A feed's places come from one row per feed, which a writer holds from taking a place until its commit:
places become visible in their order, and a reader that remembers the last one it saw misses nothing
(Q-REL-9). SQLite has one writer anyway; on PostgreSQL the row's lock makes writers of one feed queue, and
only those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, add_up, insert, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.sales import IdempotencyRecord
from askul_connect.core.ports.supplier_storage import Change

_CHANGES = tables.changes.c
_FEED = (_CHANGES.account_id == sa.bindparam("account_id"), _CHANGES.feed == sa.bindparam("feed"))
_TAKE_PLACES = add_up(tables.feeds, ("last",))
_RECORD = upsert(tables.changes)
_SINCE = Prepared(
    sa.select(_CHANGES.sequence, _CHANGES.key, _CHANGES.deleted)
    .where(*_FEED, _CHANGES.sequence > sa.bindparam("after", type_=sa.BigInteger()))
    .order_by(_CHANGES.sequence)
    .limit(sa.bindparam("limit", type_=sa.BigInteger()))
)
_ALIVE = Prepared(
    sa.select(sa.func.count()).select_from(tables.changes).where(*_FEED, _CHANGES.deleted.is_(False))
)
_MARKED = tables.changes.alias("marked")
_ALIVE_FROM = Prepared(
    sa.select(sa.func.count())
    .select_from(tables.changes)
    .where(
        *_FEED,
        _CHANGES.deleted.is_(False),
        _CHANGES.sequence
        >= sa.select(sa.func.min(_MARKED.c.sequence))
        .where(
            _MARKED.c.account_id == sa.bindparam("account_id"),
            _MARKED.c.feed == sa.bindparam("feed"),
            OneOf(_MARKED.c.key, "keys"),
        )
        .scalar_subquery(),
    )
)


class SqlChanges:
    """Change feeds in commit order."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def record(self, account_id: str, feed: str, keys: Iterable[str], *, deleted: bool = False) -> None:
        """Give each key a new place at the end of the feed; its earlier place is forgotten."""
        new = list(dict.fromkeys(keys))
        if not new:
            return
        taken = {"account_id": account_id, "feed": feed, "last": len(new)}
        first = self._transaction.number(_TAKE_PLACES, taken) - len(new) + 1
        self._transaction.run_many(
            _RECORD, ((account_id, feed, key, first + offset, deleted) for offset, key in enumerate(new))
        )

    def since(self, account_id: str, feed: str, after: int, limit: int) -> Sequence[Change]:
        """Up to ``limit`` changes behind a sequence number, in order."""
        rows = self._transaction.rows(
            _SINCE, {"account_id": account_id, "feed": feed, "after": after, "limit": limit}
        )
        return [Change(sequence=place, key=key, deleted=bool(deleted)) for place, key, deleted in rows]

    def alive(self, account_id: str, feed: str) -> int:
        """Number of keys that are not deleted."""
        return self._transaction.number(_ALIVE, {"account_id": account_id, "feed": feed})

    def alive_from(self, account_id: str, feed: str, keys: Iterable[str]) -> int:
        """Number of keys that are not deleted, from the first place of some keys on; 0 when none of them is there."""
        asked = {"account_id": account_id, "feed": feed, "keys": self._transaction.keys(keys)}
        return self._transaction.number(_ALIVE_FROM, asked)


_ANSWERED = tables.idempotency.c
_ANSWERED_INSERT = insert(tables.idempotency)
_ANSWERED_BY_KEY = Prepared(
    sa.select(tables.idempotency).where(
        _ANSWERED.account_id == sa.bindparam("account_id"),
        _ANSWERED.operation == sa.bindparam("operation"),
        _ANSWERED.key == sa.bindparam("key"),
    )
)


class SqlIdempotency:
    """Keyed calls that were answered."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, account_id: str, operation: str, key: str) -> IdempotencyRecord | None:
        """The record, if the key was used."""
        parameters = {"account_id": account_id, "operation": operation, "key": key}
        row = self._transaction.row(_ANSWERED_BY_KEY, parameters)
        return tables.IDEMPOTENCY_ROWS.entity(row) if row else None

    def add(self, record: IdempotencyRecord) -> None:
        """Store; StorageConflict when the key was used."""
        self._transaction.run(_ANSWERED_INSERT, tables.IDEMPOTENCY_ROWS.row(record))


_COUNT_UP = add_up(tables.counters, ("last",))


class SqlCounters:
    """Gapless counters for document numbers."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def next(self, name: str) -> int:
        """The next number, from 1; taken back if the unit is rolled back."""
        return self._transaction.number(_COUNT_UP, {"name": name, "last": 1})
