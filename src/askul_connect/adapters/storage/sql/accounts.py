"""Accounts and who acts for them: departments, users, memberships, sessions, client credentials."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import decoys
from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.accounts import (
    Account,
    AccountState,
    ClientCredential,
    Department,
    Membership,
    Session,
    User,
    UserState,
)
from askul_connect.core.domain.company_names import company_key


def _select(table: sa.Table, *keys: str) -> sa.Select[tuple[object, ...]]:
    return sa.select(table).where(*(table.c[key] == sa.bindparam(key) for key in keys))


_ACCOUNT_INSERT = insert(tables.accounts)
_ACCOUNT_REPLACE = replace_where(tables.accounts, ("account_id",))
_ACCOUNT = Prepared(_select(tables.accounts, "account_id"))
_ACCOUNT_BY_NUMBER = Prepared(_select(tables.accounts, "customer_number"))
_ACCOUNT_BY_MEMBER = Prepared(_select(tables.accounts, "member_number"))
_OLDEST = (tables.accounts.c.created_at, tables.accounts.c.account_id)
_ACCOUNTS_BY_NAME = Prepared(_select(tables.accounts, "name_key").order_by(*_OLDEST))
_ACCOUNTS_BY_CORPORATE = Prepared(_select(tables.accounts, "corporate_number").order_by(*_OLDEST))
_ACCOUNTS_IN_STATES = Prepared(
    sa.select(tables.accounts)
    .where(OneOf(tables.accounts.c.state, "states"))
    .order_by(tables.accounts.c.account_id)
)


def _twice(column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """What more than one account of the states has in a column."""
    several = sa.select(column).where(
        OneOf(tables.accounts.c.state, "states"), column != sa.literal_column("''")
    )
    return column.in_(several.group_by(column).having(sa.func.count() > sa.literal_column("1")))


_ACCOUNTS_SHARING = Prepared(
    sa.select(tables.accounts)
    .where(
        OneOf(tables.accounts.c.state, "states"),
        sa.or_(_twice(tables.accounts.c.name_key), _twice(tables.accounts.c.corporate_number)),
    )
    .order_by(*_OLDEST)
)
_ACCOUNTS = Prepared(sa.select(tables.accounts).order_by(tables.accounts.c.customer_number))


class SqlAccounts:
    """Accounts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, account: Account) -> None:
        """Store a new one; StorageConflict when id, customer number or member number exists."""
        self._transaction.run(_ACCOUNT_INSERT, [*tables.ACCOUNT_ROWS.row(account), company_key(account.name)])

    def save(self, account: Account) -> None:
        """Store its new state."""
        named = {**tables.ACCOUNT_ROWS.named(account), "name_key": company_key(account.name)}
        self._transaction.run_known(_ACCOUNT_REPLACE, named)

    def get(self, account_id: str) -> Account | None:
        """By id."""
        row = self._transaction.row(_ACCOUNT, {"account_id": account_id})
        return decoys.ACCOUNT.entity(row)

    def by_customer_number(self, number: str) -> Account | None:
        """By customer number."""
        row = self._transaction.row(_ACCOUNT_BY_NUMBER, {"customer_number": number})
        return decoys.ACCOUNT.entity(row)

    def by_member_number(self, number: str) -> Account | None:
        """By member number (ACC-9)."""
        row = self._transaction.row(_ACCOUNT_BY_MEMBER, {"member_number": number})
        return tables.ACCOUNT_ROWS.entity(row) if row else None

    def by_name(self, name_key: str) -> Sequence[Account]:
        """Those of a name, compared by its key; oldest first."""
        rows = self._transaction.rows(_ACCOUNTS_BY_NAME, {"name_key": name_key})
        return [tables.ACCOUNT_ROWS.entity(row) for row in rows]

    def by_corporate_number(self, number: str) -> Sequence[Account]:
        """Those of a corporate number, oldest first (ACC-4)."""
        rows = self._transaction.rows(_ACCOUNTS_BY_CORPORATE, {"corporate_number": number})
        return [tables.ACCOUNT_ROWS.entity(row) for row in rows]

    def in_states(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states, by id."""
        return self._of_states(_ACCOUNTS_IN_STATES, states)

    def sharing(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states that share name or corporate number with another such one, oldest first."""
        return self._of_states(_ACCOUNTS_SHARING, states)

    def _of_states(self, statement: Prepared, states: Iterable[AccountState]) -> Sequence[Account]:
        transaction = self._transaction
        rows = transaction.rows(statement, {"states": transaction.keys(one.value for one in states)})
        return [tables.ACCOUNT_ROWS.entity(row) for row in rows]

    def all(self) -> Sequence[Account]:
        """Every account, by customer number."""
        return [tables.ACCOUNT_ROWS.entity(row) for row in self._transaction.rows(_ACCOUNTS)]


_DEPARTMENT_INSERT = insert(tables.departments)
_DEPARTMENT_REPLACE = replace_where(tables.departments, ("account_id", "code"))
_DEPARTMENT_DELETE = Prepared(
    sa.delete(tables.departments).where(
        tables.departments.c.account_id == sa.bindparam("account_id"),
        tables.departments.c.code == sa.bindparam("code"),
    )
)
_DEPARTMENT = Prepared(_select(tables.departments, "account_id", "code"))
_DEPARTMENTS = Prepared(_select(tables.departments, "account_id").order_by(tables.departments.c.code))


class SqlDepartments:
    """Departments."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, department: Department) -> None:
        """Store a new one; StorageConflict when the account has the code."""
        self._transaction.run(_DEPARTMENT_INSERT, tables.DEPARTMENT_ROWS.row(department))

    def save(self, department: Department) -> None:
        """Store its new state; account and code stay."""
        self._transaction.run_known(_DEPARTMENT_REPLACE, tables.DEPARTMENT_ROWS.named(department))

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        self._transaction.run(_DEPARTMENT_DELETE, [account_id, code])

    def by_code(self, account_id: str, code: str) -> Department | None:
        """By code within the account."""
        row = self._transaction.row(_DEPARTMENT, {"account_id": account_id, "code": code})
        return tables.DEPARTMENT_ROWS.entity(row) if row else None

    def of_account(self, account_id: str) -> Sequence[Department]:
        """All of an account, by code."""
        rows = self._transaction.rows(_DEPARTMENTS, {"account_id": account_id})
        return [tables.DEPARTMENT_ROWS.entity(row) for row in rows]


_USER_INSERT = insert(tables.users)
_USER_REPLACE = replace_where(tables.users, ("user_id", "account_id"))
_USER = Prepared(_select(tables.users, "account_id", "user_id"))
_USER_BY_EMAIL = Prepared(_select(tables.users, "email_key"))
_USERS = Prepared(_select(tables.users, "account_id").order_by(tables.users.c.email_key))


class SqlUsers:
    """People."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, user: User) -> None:
        """Store a new one; StorageConflict when the id or the e-mail key exists anywhere."""
        self._transaction.run(_USER_INSERT, tables.USER_ROWS.row(user))

    def save(self, user: User) -> None:
        """Store its new state."""
        self._transaction.run_known(_USER_REPLACE, tables.USER_ROWS.named(user))

    def get(self, home_account_id: str, user_id: str) -> User | None:
        """By id within the home account."""
        row = self._transaction.row(_USER, {"account_id": home_account_id, "user_id": user_id})
        return decoys.USER.entity(row)

    def by_email_key(self, email_key: str) -> User | None:
        """By e-mail, over all accounts: one e-mail is one user (ACC-4)."""
        row = self._transaction.row(_USER_BY_EMAIL, {"email_key": email_key})
        return decoys.USER.entity(row)

    def of_account(self, home_account_id: str) -> Sequence[User]:
        """All whose home the account is, by e-mail key."""
        rows = self._transaction.rows(_USERS, {"account_id": home_account_id})
        return [tables.USER_ROWS.entity(row) for row in rows]


_MEMBERSHIP_INSERT = insert(tables.memberships)
_MEMBERSHIP_REPLACE = replace_where(tables.memberships, ("account_id", "user_id"))
_MEMBERSHIP = Prepared(_select(tables.memberships, "account_id", "user_id"))
_MEMBERSHIPS = Prepared(
    _select(tables.memberships, "account_id").order_by(
        tables.memberships.c.joined_at, tables.memberships.c.user_id
    )
)
_MEMBERSHIPS_OF_USER = Prepared(
    _select(tables.memberships, "user_id").order_by(tables.memberships.c.account_id)
)
_PRIMARY_ADMINISTRATOR = Prepared(
    _select(tables.memberships, "account_id", "state")
    .where(tables.memberships.c.primary_administrator.is_(True))
    .order_by(tables.memberships.c.joined_at, tables.memberships.c.user_id)
)


class SqlMemberships:
    """What ties people to accounts."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, membership: Membership) -> None:
        """Store a new one; StorageConflict when the account has one of that user."""
        self._transaction.run(_MEMBERSHIP_INSERT, tables.MEMBERSHIP_ROWS.row(membership))

    def save(self, membership: Membership) -> None:
        """Store its new state."""
        self._transaction.run_known(_MEMBERSHIP_REPLACE, tables.MEMBERSHIP_ROWS.named(membership))

    def get(self, account_id: str, user_id: str) -> Membership | None:
        """The person's in that account, whatever its state."""
        row = self._transaction.row(_MEMBERSHIP, {"account_id": account_id, "user_id": user_id})
        return decoys.MEMBERSHIP.entity(row)

    def of_account(self, account_id: str) -> Sequence[Membership]:
        """All of an account, by time of joining and user id."""
        rows = self._transaction.rows(_MEMBERSHIPS, {"account_id": account_id})
        return [tables.MEMBERSHIP_ROWS.entity(row) for row in rows]

    def of_user(self, user_id: str) -> Sequence[Membership]:
        """All of a person, over accounts, by account id."""
        rows = self._transaction.rows(_MEMBERSHIPS_OF_USER, {"user_id": user_id})
        return [tables.MEMBERSHIP_ROWS.entity(row) for row in rows]

    def primary_administrator(self, account_id: str) -> Membership | None:
        """The active one of the person whom the customer number logs in."""
        row = self._transaction.row(
            _PRIMARY_ADMINISTRATOR, {"account_id": account_id, "state": UserState.ACTIVE.value}
        )
        return decoys.MEMBERSHIP.entity(row)


_SESSION_INSERT = insert(tables.sessions)
_SESSION_REPLACE = replace_where(tables.sessions, ("token_hash",))
_SESSION = Prepared(_select(tables.sessions, "token_hash"))
_LIVE_SESSIONS = Prepared(
    _select(tables.sessions, "user_id")
    .where(tables.sessions.c.ended_at.is_(None))
    .order_by(tables.sessions.c.created_at, tables.sessions.c.token_hash)
)


class SqlSessions:
    """Sessions, by the hash of their token."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, session: Session) -> None:
        """Store a new one; StorageConflict when the token's hash exists."""
        self._transaction.run(_SESSION_INSERT, tables.SESSION_ROWS.row(session))

    def save(self, session: Session) -> None:
        """Store its new state; the account it works in may be another one."""
        self._transaction.run_known(_SESSION_REPLACE, tables.SESSION_ROWS.named(session))

    def get(self, token_hash: str) -> Session | None:
        """By token hash."""
        row = self._transaction.row(_SESSION, {"token_hash": token_hash})
        return tables.SESSION_ROWS.entity(row) if row else None

    def live_of_user(self, user_id: str) -> Sequence[Session]:
        """Sessions of a person that have not been ended, in whichever account, oldest first."""
        rows = self._transaction.rows(_LIVE_SESSIONS, {"user_id": user_id})
        return [tables.SESSION_ROWS.entity(row) for row in rows]


_CREDENTIAL_INSERT = insert(tables.credentials)
_CREDENTIAL_REPLACE = replace_where(tables.credentials, ("credential_id", "account_id"))
_CREDENTIAL = Prepared(_select(tables.credentials, "credential_id"))
_CREDENTIALS = Prepared(
    _select(tables.credentials, "account_id").order_by(
        tables.credentials.c.created_at, tables.credentials.c.credential_id
    )
)


class SqlCredentials:
    """Client credentials."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, credential: ClientCredential) -> None:
        """Store a new one."""
        self._transaction.run(_CREDENTIAL_INSERT, tables.CREDENTIAL_ROWS.row(credential))

    def save(self, credential: ClientCredential) -> None:
        """Store its new state."""
        self._transaction.run_known(_CREDENTIAL_REPLACE, tables.CREDENTIAL_ROWS.named(credential))

    def get(self, credential_id: str) -> ClientCredential | None:
        """By id (the public half of what a machine sends)."""
        row = self._transaction.row(_CREDENTIAL, {"credential_id": credential_id})
        return tables.CREDENTIAL_ROWS.entity(row) if row else None

    def of_account(self, account_id: str) -> Sequence[ClientCredential]:
        """All of an account, oldest first."""
        rows = self._transaction.rows(_CREDENTIALS, {"account_id": account_id})
        return [tables.CREDENTIAL_ROWS.entity(row) for row in rows]
