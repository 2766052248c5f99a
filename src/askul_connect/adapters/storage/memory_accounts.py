"""Accounts and who acts for them, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.accounts import (
    Account,
    ClientCredential,
    Department,
    LoginRecord,
    Session,
    User,
)


class MemoryAccounts:
    """Accounts."""

    def __init__(self, journal: Journal) -> None:
        self._accounts = MemoryTable[str, Account](
            journal, lambda a: a.account_id, lambda a: a.customer_number, lambda a: a.member_number
        )

    def add(self, account: Account) -> None:
        """Store a new one; StorageConflict when id, customer number or member number exists."""
        self._accounts.insert(account)

    def save(self, account: Account) -> None:
        """Store its new state."""
        self._accounts.replace(account)

    def get(self, account_id: str) -> Account | None:
        """By id."""
        return self._accounts.get(account_id)

    def by_customer_number(self, number: str) -> Account | None:
        """By customer number."""
        return self._accounts.find(0, number)

    def all(self) -> Sequence[Account]:
        """Every account, by customer number."""
        return sorted(self._accounts, key=lambda account: account.customer_number)


class MemoryDepartments:
    """Departments."""

    def __init__(self, journal: Journal) -> None:
        self._departments = MemoryTable[tuple[str, str], Department](
            journal, lambda department: (department.account_id, department.code)
        )

    def add(self, department: Department) -> None:
        """Store a new one; StorageConflict when the account has the code."""
        self._departments.insert(department)

    def by_code(self, account_id: str, code: str) -> Department | None:
        """By code within the account."""
        return self._departments.get((account_id, code))

    def of_account(self, account_id: str) -> Sequence[Department]:
        """All of an account, by code."""
        return sorted((d for d in self._departments if d.account_id == account_id), key=lambda d: d.code)


class MemoryUsers:
    """Users."""

    def __init__(self, journal: Journal) -> None:
        self._users = MemoryTable[tuple[str, str], User](
            journal, lambda user: (user.account_id, user.user_id), lambda user: user.email_key
        )

    def add(self, user: User) -> None:
        """Store a new one; StorageConflict when the e-mail key exists anywhere."""
        self._users.insert(user)

    def save(self, user: User) -> None:
        """Store its new state."""
        self._users.replace(user)

    def get(self, account_id: str, user_id: str) -> User | None:
        """By id within the account."""
        return self._users.get((account_id, user_id))

    def by_email_key(self, email_key: str) -> User | None:
        """By e-mail, over all accounts: one e-mail is one user (ACC-4)."""
        return self._users.find(0, email_key)

    def primary_administrator(self, account_id: str) -> User | None:
        """The user whom the customer number logs in."""
        return next((user for user in self.of_account(account_id) if user.primary_administrator), None)

    def of_account(self, account_id: str) -> Sequence[User]:
        """All of an account, by e-mail key."""
        return sorted((u for u in self._users if u.account_id == account_id), key=lambda u: u.email_key)


class MemorySessions:
    """Sessions, by the hash of their token."""

    def __init__(self, journal: Journal) -> None:
        self._sessions = MemoryTable[str, Session](journal, lambda session: session.token_hash)

    def add(self, session: Session) -> None:
        """Store a new one."""
        self._sessions.insert(session)

    def save(self, session: Session) -> None:
        """Store its new state."""
        self._sessions.replace(session)

    def get(self, token_hash: str) -> Session | None:
        """By token hash."""
        return self._sessions.get(token_hash)

    def live_of_user(self, account_id: str, user_id: str) -> Sequence[Session]:
        """Sessions of a user that have not been ended, oldest first."""
        live = (
            s
            for s in self._sessions
            if (s.account_id, s.user_id) == (account_id, user_id) and s.ended_at is None
        )
        return sorted(live, key=lambda session: (session.created_at, session.token_hash))


class MemoryCredentials:
    """Client credentials."""

    def __init__(self, journal: Journal) -> None:
        self._credentials = MemoryTable[str, ClientCredential](journal, lambda c: c.credential_id)

    def add(self, credential: ClientCredential) -> None:
        """Store a new one."""
        self._credentials.insert(credential)

    def save(self, credential: ClientCredential) -> None:
        """Store its new state."""
        self._credentials.replace(credential)

    def get(self, credential_id: str) -> ClientCredential | None:
        """By id (the public half of what a machine sends)."""
        return self._credentials.get(credential_id)

    def of_account(self, account_id: str) -> Sequence[ClientCredential]:
        """All of an account, oldest first."""
        own = (credential for credential in self._credentials if credential.account_id == account_id)
        return sorted(own, key=lambda credential: (credential.created_at, credential.credential_id))


class MemoryLoginRecords:
    """Login history, append-only (AUTH-10)."""

    def __init__(self, journal: Journal) -> None:
        # Numbered by arrival: two attempts at one instant are two records.
        self._records = MemoryTable[int, tuple[int, LoginRecord]](journal, lambda record: record[0])

    def add(self, record: LoginRecord) -> None:
        """Append."""
        self._records.insert((sum(1 for _ in self._records), record))

    def of_account(self, account_id: str) -> Sequence[LoginRecord]:
        """An account's attempts, oldest first."""
        own = ((place, record) for place, record in self._records if record.account_id == account_id)
        return [record for _, record in sorted(own, key=lambda one: (one[1].at, one[0]))]
