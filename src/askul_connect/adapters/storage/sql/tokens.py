"""One-time tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose

_TOKENS = tables.one_time_tokens.c
_INSERT = insert(tables.one_time_tokens)
_REPLACE = replace_where(tables.one_time_tokens, ("token_hash",))
_ONE = Prepared(
    sa.select(tables.one_time_tokens)
    .where(_TOKENS.token_hash == sa.bindparam("token_hash"))
    .with_for_update()
)
_OF_USER = Prepared(
    sa.select(tables.one_time_tokens)
    .where(_TOKENS.purpose == sa.bindparam("purpose"), _TOKENS.user_id == sa.bindparam("user_id"))
    .order_by(_TOKENS.created_at.desc(), _TOKENS.token_hash.desc())
)
_FORGET = Prepared(
    sa.delete(tables.one_time_tokens).where(
        _TOKENS.expires_at < sa.bindparam("before"), _TOKENS.expires_at > _TOKENS.created_at
    )
)


class SqlOneTimeTokens:
    """Tokens that are good for one thing, once, by their hash."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, token: OneTimeToken) -> None:
        """Store a new one; StorageConflict when the hash exists."""
        self._transaction.run(_INSERT, tables.TOKEN_ROWS.row(token))

    def save(self, token: OneTimeToken) -> None:
        """Store its new state."""
        self._transaction.run_known(_REPLACE, tables.TOKEN_ROWS.named(token))

    def get(self, token_hash: str) -> OneTimeToken | None:
        """By hash, held against other writers until the unit ends."""
        row = self._transaction.row(_ONE, {"token_hash": token_hash})
        return tables.TOKEN_ROWS.entity(row) if row else None

    def of_user(self, purpose: TokenPurpose, user_id: str) -> Sequence[OneTimeToken]:
        """A person's, ended ones among them, newest first."""
        rows = self._transaction.rows(_OF_USER, {"purpose": purpose.value, "user_id": user_id})
        return [tables.TOKEN_ROWS.entity(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Remove those that expired earlier, but none whose end nobody knows; returns how many there were."""
        return self._transaction.run_named(_FORGET, {"before": write_instant(before)})
