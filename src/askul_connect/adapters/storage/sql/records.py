"""Append-only records and the heads of their chains: login history, audit (AUTH-10, AUTH-17)."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.accounts import LoginRecord
from askul_connect.core.domain.audit import AuditRecord, ChainHead

#: More than any chain holds: SQL has no way to say that there is no limit which both databases understand.
_ALL = 1 << 62


def _behind(table: sa.Table) -> Prepared:
    return Prepared(
        sa.select(table)
        .where(table.c.account_id == sa.bindparam("account_id"), table.c.sequence > sa.bindparam("after"))
        .order_by(table.c.sequence)
        .limit(sa.bindparam("most", type_=sa.BigInteger()))
    )


_LOGIN_INSERT = insert(tables.logins)
_LOGINS = _behind(tables.logins)
_LOGINS_OF_USER = Prepared(
    sa.select(tables.logins)
    .where(
        tables.logins.c.account_id == sa.bindparam("account_id"),
        tables.logins.c.user_id == sa.bindparam("user_id"),
    )
    .order_by(tables.logins.c.sequence.desc())
    .limit(sa.bindparam("most", type_=sa.BigInteger()))
)

_LOGIN_BY_REFERENCE = Prepared(
    sa.select(tables.logins)
    .where(tables.logins.c.reference == sa.bindparam("reference"))
    .order_by(tables.logins.c.at, tables.logins.c.account_id)
    .limit(1)
)


def _login_page(*of_whom: sa.ColumnElement[bool], backwards: bool) -> Prepared:
    place = tables.logins.c.sequence
    bound = sa.bindparam("place", type_=sa.BigInteger())
    return Prepared(
        sa.select(tables.logins)
        .where(*of_whom, place < bound if backwards else place > bound)
        .order_by(place.desc() if backwards else place)
        .limit(sa.bindparam("most", type_=sa.BigInteger()))
    )


_OF_ACCOUNT = tables.logins.c.account_id == sa.bindparam("account_id")
_OF_USER = tables.logins.c.user_id == sa.bindparam("user_id")
_PAGES = {
    (whose, backwards): _login_page(
        *((_OF_ACCOUNT, _OF_USER) if whose else (_OF_ACCOUNT,)), backwards=backwards
    )
    for whose in (False, True)
    for backwards in (False, True)
}
_COUNTS = {
    whose: Prepared(
        sa.select(sa.func.count())
        .select_from(tables.logins)
        .where(*((_OF_ACCOUNT, _OF_USER) if whose else (_OF_ACCOUNT,)))
    )
    for whose in (False, True)
}
_BY_REFERENCE = Prepared(
    sa.select(tables.logins).where(_OF_ACCOUNT, tables.logins.c.reference == sa.bindparam("reference"))
)


class SqlLoginRecords:
    """Login history, append-only (AUTH-10)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, record: LoginRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        self._transaction.run(_LOGIN_INSERT, tables.LOGIN_ROWS.row(record))

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[LoginRecord]:
        """An account's attempts behind a sequence number, oldest first; ``""`` has those of unknown IDs."""
        asked = {"account_id": account_id, "after": after, "most": _ALL if limit is None else limit}
        return [tables.LOGIN_ROWS.entity(row) for row in self._transaction.rows(_LOGINS, asked)]

    def by_reference(self, reference: str) -> LoginRecord | None:
        """The attempt whose refusal showed that number, of whichever account."""
        row = self._transaction.row(_LOGIN_BY_REFERENCE, {"reference": reference})
        return tables.LOGIN_ROWS.entity(row) if row else None

    def of_user(self, account_id: str, user_id: str, limit: int) -> Sequence[LoginRecord]:
        """The latest attempts of one person, newest first."""
        asked = {"account_id": account_id, "user_id": user_id, "most": limit}
        return [tables.LOGIN_ROWS.entity(row) for row in self._transaction.rows(_LOGINS_OF_USER, asked)]

    def page(
        self, account_id: str, user_id: str, place: int, limit: int, *, backwards: bool
    ) -> Sequence[LoginRecord]:
        """Attempts of an account behind a place, or before it when read backwards; of one person unless empty."""
        asked = {"account_id": account_id, "user_id": user_id, "place": place, "most": limit}
        rows = self._transaction.rows(_PAGES[bool(user_id), backwards], asked)
        return [tables.LOGIN_ROWS.entity(row) for row in rows]

    def count(self, account_id: str, user_id: str) -> int:
        """How many attempts of an account there are; of one person unless ``user_id`` is empty."""
        asked = {"account_id": account_id, "user_id": user_id}
        return self._transaction.number(_COUNTS[bool(user_id)], asked)

    def of_reference(self, account_id: str, reference: str) -> LoginRecord | None:
        """The attempt of an account that a refusal's number stands for (AUTH-2)."""
        row = self._transaction.row(_BY_REFERENCE, {"account_id": account_id, "reference": reference})
        return tables.LOGIN_ROWS.entity(row) if row else None


_AUDIT_INSERT = insert(tables.audit)
_AUDIT = _behind(tables.audit)


class SqlAudit:
    """Audit records, append-only (AUTH-17)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, record: AuditRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        self._transaction.run(_AUDIT_INSERT, tables.AUDIT_ROWS.row(record))

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[AuditRecord]:
        """An account's records behind a sequence number, oldest first; ``""`` has the supplier's own."""
        asked = {"account_id": account_id, "after": after, "most": _ALL if limit is None else limit}
        return [tables.AUDIT_ROWS.entity(row) for row in self._transaction.rows(_AUDIT, asked)]


_CHAIN_PUT = upsert(tables.chains)
_CHAIN = Prepared(
    sa.select(tables.chains).where(tables.chains.c.chain == sa.bindparam("chain")).with_for_update()
)
_CHAINS = Prepared(sa.select(tables.chains).order_by(tables.chains.c.chain))


class SqlChains:
    """The heads of the chains that seal append-only records."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def get(self, chain: str) -> ChainHead | None:
        """The head, held against other writers until the unit ends."""
        row = self._transaction.row(_CHAIN, {"chain": chain})
        return tables.CHAIN_ROWS.entity(row) if row else None

    def put(self, head: ChainHead) -> None:
        """Store or replace."""
        self._transaction.run(_CHAIN_PUT, tables.CHAIN_ROWS.row(head))

    def all(self) -> Sequence[ChainHead]:
        """Every head, by chain."""
        return [tables.CHAIN_ROWS.entity(row) for row in self._transaction.rows(_CHAINS)]
