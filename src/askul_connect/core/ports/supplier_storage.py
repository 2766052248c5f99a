"""What the supplier keeps. Everything of a customer is asked for with its account: a foreign key answers like none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.accounts import (
    Account,
    AccountState,
    ClientCredential,
    Department,
    LoginRecord,
    Membership,
    Session,
    User,
)
from askul_connect.core.domain.audit import AuditRecord, ChainHead
from askul_connect.core.domain.sales import IdempotencyRecord
from askul_connect.core.ports import people_storage
from askul_connect.core.ports.account_records import (
    AccountMoves,
    ErasureRepository,
    RegistrationAttemptRepository,
    SnapshotRepository,
)
from askul_connect.core.ports.billing_storage import BillingRepository
from askul_connect.core.ports.cart_storage import CartRepository
from askul_connect.core.ports.confinement import Confinable
from askul_connect.core.ports.discount_storage import CouponRepository, RecommendedItemsRepository
from askul_connect.core.ports.factor_storage import (
    ChallengeRepository,
    FactorFailureRepository,
    FactorRepository,
    ProofRepository,
    RecoveryCodeRepository,
)
from askul_connect.core.ports.fulfilment_storage import ReturnRepository, ShipmentRepository
from askul_connect.core.ports.item_search import ItemSearch
from askul_connect.core.ports.login_storage import (
    AttemptRepository,
    DeviceRepository,
    EnvironmentRepository,
    OneTimeTokenRepository,
    SourceRepository,
)
from askul_connect.core.ports.order_search import OrderSearchRepository
from askul_connect.core.ports.reduction_storage import ReductionRepository
from askul_connect.core.ports.sales_storage import (
    CatalogRepository,
    OrderRepository,
    ShippedLineRepository,
    SupplierDocumentRepository,
)
from askul_connect.core.ports.sign_on_storage import SignOnRepository
from askul_connect.core.ports.status_storage import StatusRepository
from askul_connect.core.ports.storage import FactRepository, OutboxRepository, Storage
from askul_connect.core.ports.support_storage import StaffRepository, TicketRepository


class AccountRepository(Protocol):
    """Accounts."""

    def add(self, account: Account) -> None:
        """Store a new one; StorageConflict when id, customer number or member number exists."""
        ...

    def save(self, account: Account) -> None:
        """Store its new state."""
        ...

    def get(self, account_id: str) -> Account | None:
        """By id."""
        ...

    def by_customer_number(self, number: str) -> Account | None:
        """By customer number."""
        ...

    def by_member_number(self, number: str) -> Account | None:
        """By member number (ACC-9)."""
        ...

    def by_name(self, name_key: str) -> Sequence[Account]:
        """Those of a name, compared by :func:`~askul_connect.core.domain.company_names.company_key`; oldest first."""
        ...

    def by_corporate_number(self, number: str) -> Sequence[Account]:
        """Those of a corporate number, oldest first (ACC-4)."""
        ...

    def in_states(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states, by id."""
        ...

    def sharing(self, *states: AccountState) -> Sequence[Account]:
        """Those in one of the states that share name or corporate number with another such one, oldest first."""
        ...

    def all(self) -> Sequence[Account]:
        """Every account, by customer number."""
        ...


class DepartmentRepository(Protocol):
    """Departments."""

    def add(self, department: Department) -> None:
        """Store a new one; StorageConflict when the account has the code."""
        ...

    def save(self, department: Department) -> None:
        """Store its new state; account and code stay."""
        ...

    def remove(self, account_id: str, code: str) -> None:
        """Forget one, if there is one."""
        ...

    def by_code(self, account_id: str, code: str) -> Department | None:
        """By code within the account."""
        ...

    def of_account(self, account_id: str) -> Sequence[Department]:
        """All of an account, by code."""
        ...


class UserRepository(Protocol):
    """People."""

    def add(self, user: User) -> None:
        """Store a new one; StorageConflict when the id or the e-mail key exists anywhere."""
        ...

    def save(self, user: User) -> None:
        """Store its new state."""
        ...

    def get(self, home_account_id: str, user_id: str) -> User | None:
        """By id within the home account."""
        ...

    def by_email_key(self, email_key: str) -> User | None:
        """By e-mail, over all accounts: one e-mail is one user (ACC-4)."""
        ...

    def of_account(self, home_account_id: str) -> Sequence[User]:
        """All whose home the account is, by e-mail key."""
        ...


class MembershipRepository(Protocol):
    """What ties people to accounts (ACC-5)."""

    def add(self, membership: Membership) -> None:
        """Store a new one; StorageConflict when the account has one of that user."""
        ...

    def save(self, membership: Membership) -> None:
        """Store its new state."""
        ...

    def get(self, account_id: str, user_id: str) -> Membership | None:
        """The person's in that account, whatever its state."""
        ...

    def of_account(self, account_id: str) -> Sequence[Membership]:
        """All of an account, by time of joining and user id."""
        ...

    def of_user(self, user_id: str) -> Sequence[Membership]:
        """All of a person, over accounts, by account id."""
        ...

    def primary_administrator(self, account_id: str) -> Membership | None:
        """The active one of the person whom the customer number logs in."""
        ...


class SessionRepository(Protocol):
    """Sessions, by the hash of their token."""

    def add(self, session: Session) -> None:
        """Store a new one; StorageConflict when the token's hash exists."""
        ...

    def save(self, session: Session) -> None:
        """Store its new state; the account it works in may be another one."""
        ...

    def get(self, token_hash: str) -> Session | None:
        """By token hash."""
        ...

    def live_of_user(self, user_id: str) -> Sequence[Session]:
        """Sessions of a person that have not been ended, in whichever account, oldest first."""
        ...


class CredentialRepository(Protocol):
    """Client credentials."""

    def add(self, credential: ClientCredential) -> None:
        """Store a new one."""
        ...

    def save(self, credential: ClientCredential) -> None:
        """Store its new state."""
        ...

    def get(self, credential_id: str) -> ClientCredential | None:
        """By id (the public half of what a machine sends)."""
        ...

    def of_account(self, account_id: str) -> Sequence[ClientCredential]:
        """All of an account, oldest first."""
        ...


class LoginRecordRepository(Protocol):
    """Login history, append-only (AUTH-10)."""

    def add(self, record: LoginRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        ...

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[LoginRecord]:
        """An account's attempts behind a sequence number, oldest first; ``""`` has those of unknown IDs."""
        ...

    def by_reference(self, reference: str) -> LoginRecord | None:
        """The attempt whose refusal showed that number, of whichever account."""
        ...

    def of_user(self, account_id: str, user_id: str, limit: int) -> Sequence[LoginRecord]:
        """The latest attempts of one person, newest first."""
        ...

    def page(
        self, account_id: str, user_id: str, place: int, limit: int, *, backwards: bool
    ) -> Sequence[LoginRecord]:
        """Attempts of an account behind a place, or before it when read backwards; of one person unless empty."""
        ...

    def count(self, account_id: str, user_id: str) -> int:
        """How many attempts of an account there are; of one person unless ``user_id`` is empty."""
        ...

    def of_reference(self, account_id: str, reference: str) -> LoginRecord | None:
        """The attempt of an account that a refusal's number stands for (AUTH-2)."""
        ...


class AuditRepository(Protocol):
    """Audit records, append-only (AUTH-17)."""

    def add(self, record: AuditRecord) -> None:
        """Append; StorageConflict when the account has an entry of that sequence."""
        ...

    def of_account(self, account_id: str, after: int = 0, limit: int | None = None) -> Sequence[AuditRecord]:
        """An account's records behind a sequence number, oldest first; ``""`` has the supplier's own."""
        ...


class ChainRepository(Protocol):
    """The heads of the chains that seal append-only records."""

    def get(self, chain: str) -> ChainHead | None:
        """The head, held against other writers until the unit ends."""
        ...

    def put(self, head: ChainHead) -> None:
        """Store or replace."""
        ...

    def all(self) -> Sequence[ChainHead]:
        """Every head, by chain."""
        ...


@frozen(kw_only=True)
class Change:
    """One entry of a change feed: the latest change of a key, at its place in commit order."""

    sequence: int
    key: str
    deleted: bool


class ChangeRepository(Protocol):
    """Change feeds in commit order: what a list with a cursor is read from.

    ``account_id`` empty is the feed of what belongs to all accounts (items).
    """

    def record(self, account_id: str, feed: str, keys: Iterable[str], *, deleted: bool = False) -> None:
        """Give each key a new place at the end of the feed; its earlier place is forgotten."""
        ...

    def since(self, account_id: str, feed: str, after: int, limit: int) -> Sequence[Change]:
        """Up to ``limit`` changes behind a sequence number, in order."""
        ...

    def alive(self, account_id: str, feed: str) -> int:
        """Number of keys that are not deleted."""
        ...

    def alive_from(self, account_id: str, feed: str, keys: Iterable[str]) -> int:
        """Number of keys that are not deleted, from the first place of some keys on; 0 when none of them is there."""
        ...


class IdempotencyRepository(Protocol):
    """Keyed calls that were answered."""

    def get(self, account_id: str, operation: str, key: str) -> IdempotencyRecord | None:
        """The record, if the key was used."""
        ...

    def add(self, record: IdempotencyRecord) -> None:
        """Store; StorageConflict when the key was used."""
        ...


class CounterRepository(Protocol):
    """Gapless counters for document numbers."""

    def next(self, name: str) -> int:
        """The next number, from 1; taken back if the unit is rolled back."""
        ...


class SupplierUnitOfWork(Confinable, Protocol):
    """One unit of work of the supplier."""

    accounts: AccountRepository
    departments: DepartmentRepository
    users: UserRepository
    memberships: MembershipRepository
    sessions: SessionRepository
    one_time_tokens: OneTimeTokenRepository
    credentials: CredentialRepository
    logins: LoginRecordRepository
    audit: AuditRepository
    chains: ChainRepository
    status: StatusRepository
    factors: FactorRepository
    recovery_codes: RecoveryCodeRepository
    challenges: ChallengeRepository
    proofs: ProofRepository
    factor_failures: FactorFailureRepository
    attempts: AttemptRepository
    sources: SourceRepository
    devices: DeviceRepository
    environments: EnvironmentRepository
    staff: StaffRepository
    tickets: TicketRepository
    department_limits: people_storage.DepartmentLimitRepository
    user_imports: people_storage.UserImportRepository
    invitations: people_storage.InvitationRepository
    sign_on: SignOnRepository
    snapshots: SnapshotRepository
    erasures: ErasureRepository
    registration_attempts: RegistrationAttemptRepository
    account_moves: AccountMoves
    catalog: CatalogRepository
    item_search: ItemSearch
    coupons: CouponRepository
    recommended_items: RecommendedItemsRepository
    carts: CartRepository
    orders: OrderRepository
    order_search: OrderSearchRepository
    shipped_lines: ShippedLineRepository
    shipments: ShipmentRepository
    returns: ReturnRepository
    reductions: ReductionRepository
    billing: BillingRepository
    documents: SupplierDocumentRepository
    changes: ChangeRepository
    idempotency: IdempotencyRepository
    counters: CounterRepository
    outbox: OutboxRepository
    facts: FactRepository


SupplierStorage = Storage[SupplierUnitOfWork]
