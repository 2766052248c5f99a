"""Accounts and who acts for them, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.accounts import (
    Account,
    AccountState,
    ClientCredential,
    Department,
    LoginRecord,
    Membership,
    Session,
    User,
    UserState,
)
from askul_connect.core.domain.audit import AuditRecord, ChainHead
from askul_connect.core.domain.company_names import company_key


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

    def by_member_number(self, number: str) -> Account | None:
        """By member number (ACC-9)."""
        return self._accounts.find(1, number)

    def by_name(self, name_key: str) -> Sequence[Account]:
        """Those of a name, compared by its key; oldest first."""
        return self._oldest(account for account in self._accounts if company_key(account.name) == name_key)

    def by_corporate_number(self, number: str) -> Sequence[Account]:
        """Those of a corporate number, oldest first (ACC-4)."""
        return self._oldest(account for account in self._accounts if account.corporate_number == number)

    @staticmethod
    def _oldest(found: Iterable[Account]) -> Sequence[Account]:
        return sorted(found, key=lambda account: (account.created_at, account.account_id))

    def in_states(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states, by id."""
        return sorted(
            (one for one in self._accounts if one.state in states), key=lambda account: account.account_id
        )

    def sharing(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states that share name or corporate number with another such one, oldest first."""
        found = [one for one in self._accounts if one.state in states]
        names = Counter(company_key(one.name) for one in found)
        numbers = Counter(one.corporate_number for one in found if one.corporate_number)
        return self._oldest(
            one for one in found if names[company_key(one.name)] > 1 or numbers[one.corporate_number] > 1
        )

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

    def save(self, department: Department) -> None:
        """Store its new state; account and code stay."""
        self._departments.replace(department)

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        self._departments.remove((account_id, code))

    def by_code(self, account_id: str, code: str) -> Department | None:
        """By code within the account."""
        return self._departments.get((account_id, code))

    def of_account(self, account_id: str) -> Sequence[Department]:
        """All of an account, by code."""
        return sorted((d for d in self._departments if d.account_id == account_id), key=lambda d: d.code)


class MemoryUsers:
    """People."""

    def __init__(self, journal: Journal) -> None:
        self._users = MemoryTable[tuple[str, str], User](
            journal, lambda user: (user.account_id, user.user_id), lambda user: user.email_key
        )

    def add(self, user: User) -> None:
        """Store a new one; StorageConflict when the id or the e-mail key exists anywhere."""
        self._users.insert(user)

    def save(self, user: User) -> None:
        """Store its new state."""
        self._users.replace(user)

    def get(self, home_account_id: str, user_id: str) -> User | None:
        """By id within the home account."""
        return self._users.get((home_account_id, user_id))

    def by_email_key(self, email_key: str) -> User | None:
        """By e-mail, over all accounts: one e-mail is one user (ACC-4)."""
        return self._users.find(0, email_key)

    def of_account(self, home_account_id: str) -> Sequence[User]:
        """All whose home the account is, by e-mail key."""
        own = (user for user in self._users if user.account_id == home_account_id)
        return sorted(own, key=lambda user: user.email_key)


class MemoryMemberships:
    """What ties people to accounts."""

    def __init__(self, journal: Journal) -> None:
        self._memberships = MemoryTable[tuple[str, str], Membership](
            journal, lambda one: (one.account_id, one.user_id)
        )

    def add(self, membership: Membership) -> None:
        """Store a new one; StorageConflict when the account has one of that user."""
        self._memberships.insert(membership)

    def save(self, membership: Membership) -> None:
        """Store its new state."""
        self._memberships.replace(membership)

    def get(self, account_id: str, user_id: str) -> Membership | None:
        """The person's in that account, whatever its state."""
        return self._memberships.get((account_id, user_id))

    def of_account(self, account_id: str) -> Sequence[Membership]:
        """All of an account, by time of joining and user id."""
        own = (one for one in self._memberships if one.account_id == account_id)
        return sorted(own, key=lambda one: (one.joined_at, one.user_id))

    def of_user(self, user_id: str) -> Sequence[Membership]:
        """All of a person, over accounts, by account id."""
        own = (one for one in self._memberships if one.user_id == user_id)
        return sorted(own, key=lambda one: one.account_id)

    def primary_administrator(self, account_id: str) -> Membership | None:
        """The active one of the person whom the customer number logs in."""
        found = (one for one in self.of_account(account_id) if one.primary_administrator)
        return next((one for one in found if one.state is UserState.ACTIVE), None)


class MemorySessions:
    """Sessions, by the hash of their token."""

    def __init__(self, journal: Journal) -> None:
        self._sessions = MemoryTable[str, Session](journal, lambda session: session.token_hash)

    def add(self, session: Session) -> None:
        """Store a new one; StorageConflict when the token's hash exists."""
        self._sessions.insert(session)

    def save(self, session: Session) -> None:
        """Store its new state; the account it works in may be another one."""
        self._sessions.replace(session)

    def get(self, token_hash: str) -> Session | None:
        """By token hash."""
        return self._sessions.get(token_hash)

    def live_of_user(self, user_id: str) -> Sequence[Session]:
        """Sessions of a person that have not been ended, in whichever account, oldest first."""
        live = (s for s in self._sessions if s.user_id == user_id and s.ended_at is None)
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
        self._records = MemoryTable[tuple[str, int], LoginRecord](
            journal, lambda record: (record.account_id, record.sequence)
        )

    def add(self, record: LoginRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        self._records.insert(record)

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[LoginRecord]:
        """An account's attempts behind a sequence number, oldest first; ``""`` has those of unknown IDs."""
        own = (one for one in self._records if one.account_id == account_id and one.sequence > after)
        return sorted(own, key=lambda one: one.sequence)[:limit]

    def by_reference(self, reference: str) -> LoginRecord | None:
        """The attempt whose refusal showed that number, of whichever account."""
        return next((one for one in self._records if one.reference == reference), None)

    def of_user(self, account_id: str, user_id: str, limit: int) -> Sequence[LoginRecord]:
        """The latest attempts of one person, newest first."""
        own = [one for one in self.of_account(account_id) if one.user_id == user_id]
        return own[::-1][:limit]

    def page(
        self, account_id: str, user_id: str, place: int, limit: int, *, backwards: bool
    ) -> Sequence[LoginRecord]:
        """Attempts of an account behind a place, or before it when read backwards; of one person unless empty."""
        of_whom = [one for one in self.of_account(account_id) if user_id in ("", one.user_id)]
        if backwards:
            return [one for one in reversed(of_whom) if one.sequence < place][:limit]
        return [one for one in of_whom if one.sequence > place][:limit]

    def count(self, account_id: str, user_id: str) -> int:
        """How many attempts of an account there are; of one person unless ``user_id`` is empty."""
        return sum(user_id in ("", one.user_id) for one in self.of_account(account_id))

    def of_reference(self, account_id: str, reference: str) -> LoginRecord | None:
        """The attempt of an account that a refusal's number stands for (AUTH-2)."""
        return next((one for one in self.of_account(account_id) if one.reference == reference), None)


class MemoryAudit:
    """Audit records, append-only (AUTH-17)."""

    def __init__(self, journal: Journal) -> None:
        self._records = MemoryTable[tuple[str, int], AuditRecord](
            journal, lambda record: (record.account_id, record.sequence)
        )

    def add(self, record: AuditRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        self._records.insert(record)

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[AuditRecord]:
        """An account's records behind a sequence number, oldest first; ``""`` has the supplier's own."""
        own = (one for one in self._records if one.account_id == account_id and one.sequence > after)
        return sorted(own, key=lambda one: one.sequence)[:limit]


class MemoryChains:
    """The heads of the chains that seal append-only records."""

    def __init__(self, journal: Journal) -> None:
        self._heads = MemoryTable[str, ChainHead](journal, lambda head: head.chain)

    def get(self, chain: str) -> ChainHead | None:
        """The head, held against other writers until the unit ends."""
        return self._heads.get(chain)

    def put(self, head: ChainHead) -> None:
        """Store or replace."""
        self._heads.put(head)

    def all(self) -> Sequence[ChainHead]:
        """Every head, by chain."""
        return sorted(self._heads, key=lambda head: head.chain)
