"""Notices of disturbances."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.service_status import Disturbance, StatusNotice

_NOTICES = tables.status_notices.c
_INSERT = insert(tables.status_notices)
_REPLACE = replace_where(tables.status_notices, ("notice_id",))
_ONE = Prepared(sa.select(tables.status_notices).where(_NOTICES.notice_id == sa.bindparam("notice_id")))
#: Maintenance ends by itself; what was declared to be over has ended; the rest goes on.
_END = sa.func.coalesce(
    _NOTICES.ended_at,
    sa.case(
        (_NOTICES.kind == sa.literal_column(f"'{Disturbance.MAINTENANCE.value}'"), _NOTICES.expected_end)
    ),
)
_CURRENT = Prepared(
    sa.select(tables.status_notices)
    .where(sa.or_(_END.is_(None), sa.bindparam("since", type_=sa.Text()) < _END))
    .order_by(_NOTICES.starts_at, _NOTICES.notice_id)
)


class SqlStatus:
    """Notices of disturbances (AUTH-15)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, notice: StatusNotice) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._transaction.run(_INSERT, tables.STATUS_ROWS.row(notice))

    def save(self, notice: StatusNotice) -> None:
        """Store its new state."""
        self._transaction.run_known(_REPLACE, tables.STATUS_ROWS.named(notice))

    def get(self, notice_id: str) -> StatusNotice | None:
        """By id."""
        row = self._transaction.row(_ONE, {"notice_id": notice_id})
        return tables.STATUS_ROWS.entity(row) if row else None

    def current(self, since: datetime) -> Sequence[StatusNotice]:
        """Those that have not ended by then, planned ones among them, by beginning and id."""
        rows = self._transaction.rows(_CURRENT, {"since": write_instant(since)})
        return [tables.STATUS_ROWS.entity(row) for row in rows]
