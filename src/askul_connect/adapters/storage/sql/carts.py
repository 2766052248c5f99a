"""Stored carts: one row each, as every change of a window reads and writes the whole cart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.statements import Prepared, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.stored_carts import StoredCart

_CARTS = tables.carts.c
_OWN = _CARTS.account_id == sa.bindparam("account_id")
_ONE = sa.select(_CARTS.schema, _CARTS.body).where(_OWN, _CARTS.user_id == sa.bindparam("user_id"))
_GET = Prepared(_ONE)
_HOLD = Prepared(_ONE.with_for_update())
_OF_ACCOUNT = Prepared(sa.select(_CARTS.schema, _CARTS.body).where(_OWN).order_by(_CARTS.user_id))
_PUT = upsert(tables.carts)
_REMOVE = Prepared(sa.delete(tables.carts).where(_OWN, _CARTS.user_id == sa.bindparam("user_id")))
_FORGET = Prepared(sa.delete(tables.carts).where(_CARTS.changed_at < sa.bindparam("before")))


class SqlCarts:
    """Stored carts, one for each user and account."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, account_id: str, user_id: str) -> StoredCart | None:
        """For who looks only."""
        return self._read(_GET, account_id, user_id)

    def hold(self, account_id: str, user_id: str) -> StoredCart | None:
        """The cart, held against other writers until the unit ends."""
        return self._read(_HOLD, account_id, user_id)

    def put(self, cart: StoredCart) -> None:
        """Store or replace."""
        row = (
            cart.account_id,
            cart.user_id,
            write_instant(cart.changed_at),
            body_schema(StoredCart),
            write_body(cart),
        )
        self._transaction.run(_PUT, row)

    def of_account(self, account_id: str) -> Sequence[StoredCart]:
        """All of an account, by user."""
        rows = self._transaction.rows(_OF_ACCOUNT, {"account_id": account_id})
        return [read_body(StoredCart, *row) for row in rows]

    def remove(self, account_id: str, user_id: str) -> None:
        """Forget one, if there is one."""
        self._transaction.run_named(_REMOVE, {"account_id": account_id, "user_id": user_id})

    def forget(self, before: datetime) -> None:
        """Remove those of whichever account that were last changed before an instant."""
        self._transaction.run(_FORGET, (write_instant(before),))

    def _read(self, statement: Prepared, account_id: str, user_id: str) -> StoredCart | None:
        row = self._transaction.row(statement, {"account_id": account_id, "user_id": user_id})
        return read_body(StoredCart, *row) if row else None
