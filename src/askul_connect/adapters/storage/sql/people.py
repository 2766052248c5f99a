"""Limits of departments, changes of many users and invitations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import Prepared, insert, replace_where, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.invitations import Invitation
from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.user_imports import UserImport, UserImportState

_LIMITS = tables.department_limits.c
_LIMIT_PUT = upsert(tables.department_limits)
_LIMIT_DELETE = Prepared(
    sa.delete(tables.department_limits).where(
        _LIMITS.account_id == sa.bindparam("account_id"), _LIMITS.code == sa.bindparam("code")
    )
)
_LIMITS_OF_ACCOUNT = Prepared(
    sa.select(tables.department_limits)
    .where(_LIMITS.account_id == sa.bindparam("account_id"))
    .order_by(_LIMITS.code)
)


class SqlDepartmentLimits:
    """Monthly limits of departments."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, limit: DepartmentLimit) -> None:
        """Store or replace."""
        self._transaction.run(_LIMIT_PUT, tables.LIMIT_ROWS.row(limit))

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        self._transaction.run(_LIMIT_DELETE, [account_id, code])

    def of_account(self, account_id: str) -> Sequence[DepartmentLimit]:
        """All of an account, by code."""
        rows = self._transaction.rows(_LIMITS_OF_ACCOUNT, {"account_id": account_id})
        return [tables.LIMIT_ROWS.entity(row) for row in rows]


_IMPORTS = tables.user_imports.c
_IMPORT_INSERT = insert(tables.user_imports)
_IMPORT_REPLACE = replace_where(tables.user_imports, ("account_id", "import_id"))
_IMPORT = Prepared(
    sa.select(tables.user_imports)
    .where(_IMPORTS.account_id == sa.bindparam("account_id"), _IMPORTS.import_id == sa.bindparam("import_id"))
    .with_for_update()
)
_IMPORTS_OF_ACCOUNT = Prepared(
    sa.select(tables.user_imports)
    .where(_IMPORTS.account_id == sa.bindparam("account_id"))
    .order_by(_IMPORTS.created_at.desc(), _IMPORTS.import_id.desc())
)
_WAITING = Prepared(
    sa.select(tables.user_imports)
    .where(_IMPORTS.state == sa.bindparam("state"))
    .order_by(_IMPORTS.effective_on, _IMPORTS.created_at, _IMPORTS.import_id)
)


class SqlUserImports:
    """Changes of many users at once."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, change: UserImport) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._transaction.run(_IMPORT_INSERT, tables.USER_IMPORT_ROWS.row(change))

    def save(self, change: UserImport) -> None:
        """Store its new state."""
        self._transaction.run_known(_IMPORT_REPLACE, tables.USER_IMPORT_ROWS.named(change))

    def get(self, account_id: str, import_id: str) -> UserImport | None:
        """By id within the account, held against other writers until the unit ends."""
        row = self._transaction.row(_IMPORT, {"account_id": account_id, "import_id": import_id})
        return tables.USER_IMPORT_ROWS.entity(row) if row else None

    def of_account(self, account_id: str) -> Sequence[UserImport]:
        """All of an account, newest first."""
        rows = self._transaction.rows(_IMPORTS_OF_ACCOUNT, {"account_id": account_id})
        return [tables.USER_IMPORT_ROWS.entity(row) for row in rows]

    def waiting(self) -> Sequence[UserImport]:
        """Those of all accounts that wait for their date, by date, creation and id; staff only."""
        rows = self._transaction.rows(_WAITING, {"state": UserImportState.WAITING.value})
        return [tables.USER_IMPORT_ROWS.entity(row) for row in rows]


_INVITATIONS = tables.invitations.c
_INVITATION_INSERT = insert(tables.invitations)
_INVITATION_REPLACE = replace_where(tables.invitations, ("account_id", "invitation_id"))
_INVITATION = Prepared(
    sa.select(tables.invitations)
    .where(
        _INVITATIONS.account_id == sa.bindparam("account_id"),
        _INVITATIONS.invitation_id == sa.bindparam("invitation_id"),
    )
    .with_for_update()
)
_INVITATIONS_OF_ACCOUNT = Prepared(
    sa.select(tables.invitations)
    .where(_INVITATIONS.account_id == sa.bindparam("account_id"))
    .order_by(_INVITATIONS.invited_at.desc(), _INVITATIONS.invitation_id.desc())
)
_INVITATIONS_FORGET = Prepared(
    sa.delete(tables.invitations).where(_INVITATIONS.expires_at < sa.bindparam("before"))
)


class SqlInvitations:
    """Invitations of users of other accounts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, invitation: Invitation) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._transaction.run(_INVITATION_INSERT, tables.INVITATION_ROWS.row(invitation))

    def save(self, invitation: Invitation) -> None:
        """Store its new state."""
        self._transaction.run_known(_INVITATION_REPLACE, tables.INVITATION_ROWS.named(invitation))

    def get(self, account_id: str, invitation_id: str) -> Invitation | None:
        """By id within the account that invites, held against other writers until the unit ends."""
        key = {"account_id": account_id, "invitation_id": invitation_id}
        row = self._transaction.row(_INVITATION, key)
        return tables.INVITATION_ROWS.entity(row) if row else None

    def of_account(self, account_id: str) -> Sequence[Invitation]:
        """All that an account has sent, newest first."""
        rows = self._transaction.rows(_INVITATIONS_OF_ACCOUNT, {"account_id": account_id})
        return [tables.INVITATION_ROWS.entity(row) for row in rows]

    def forget(self, before: datetime) -> int:
        """Remove those of all accounts whose time was over earlier; returns how many there were."""
        return self._transaction.run(_INVITATIONS_FORGET, (write_instant(before),))
