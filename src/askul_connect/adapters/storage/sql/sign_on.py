"""Which providers accounts allow."""

from __future__ import annotations

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.sign_on import SignOnSetting

_PUT = upsert(tables.sign_on)
_ONE = Prepared(sa.select(tables.sign_on).where(tables.sign_on.c.account_id == sa.bindparam("account_id")))


class SqlSignOn:
    """Which providers accounts allow (AUTH-16)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, account_id: str) -> SignOnSetting | None:
        """An account's choice."""
        row = self._transaction.row(_ONE, {"account_id": account_id})
        return tables.SIGN_ON_ROWS.entity(row) if row else None

    def put(self, setting: SignOnSetting) -> None:
        """Store or replace."""
        self._transaction.run(_PUT, tables.SIGN_ON_ROWS.row(setting))
