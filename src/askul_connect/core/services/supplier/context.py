"""What every service function of the supplier is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Generic, TypeVar

from attrs import field, frozen

from askul_connect.core.domain.accounts import Account, Role, Session, SupplierProfile
from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.events import Event
from askul_connect.core.domain.factors import RelyingParty
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.selling_terms import SellingTerms
from askul_connect.core.domain.tax import TaxTable
from askul_connect.core.errors import AskulConnectError, NotAuthenticated
from askul_connect.core.operations.registry import Registry
from askul_connect.core.policies.lockout import ASKUL_LOCKOUT, LockoutRules
from askul_connect.core.policies.passwords import PasswordPolicy
from askul_connect.core.policies.sessions import ASKUL_SESSIONS, SessionRules
from askul_connect.core.ports.authentication import NamedProvider
from askul_connect.core.ports.cards import CardProvider
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.factors import OneTimeCodes, Passkeys
from askul_connect.core.ports.login_risk import NamedAssessor
from askul_connect.core.ports.observation import EventSink, Unobserved
from askul_connect.core.ports.price_adjustments import NamedAdjuster
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.ports.system import Clock, Holidays, Ids, PasswordHasher, SecretCipher

T = TypeVar("T")


@frozen(kw_only=True)
class House:
    """What the supplier is made of: who it is, its rules, and the ports it works through.

    Attributes:
        seal_key: Seals append-only records; from outside the database (AUTH-10).
        cipher: Encrypts what must be read again, by a key from outside the database (AUTH-19).
        codes: One-time codes of authenticators (AUTH-8).
        passkeys: The ceremonies of WebAuthn (AUTH-8).
        relying_party: For whom passkeys are made.
        lockout: Figures of pauses and locks (AUTH-7).
        sessions: Figures of sessions and remembered devices (AUTH-11).
        risk: Who looks at a login before it is let in; the strictest verdict counts (AUTH-9).
        providers: Who proves identities, in the order they are asked in (AUTH-16).
        security_email: Where the supplier's own security alerts go (AUTH-9); empty for nowhere but its files.
        selling: What shipping costs and what is taken off (PRC-1, PRC-4).
        adjusters: Further rules of prices, from plugins (PRC-1).
        cards: Who charges cards; None for a supplier that takes none (BIL-9).
    """

    profile: SupplierProfile
    tax_table: TaxTable
    password_policy: PasswordPolicy
    clock: Clock
    ids: Ids
    hasher: PasswordHasher
    holidays: Holidays
    seal_key: Secret
    cipher: SecretCipher
    codes: OneTimeCodes
    passkeys: Passkeys
    relying_party: RelyingParty = field(factory=RelyingParty)
    events: EventSink = field(factory=Unobserved, repr=False)
    lockout: LockoutRules = ASKUL_LOCKOUT
    sessions: SessionRules = ASKUL_SESSIONS
    risk: tuple[NamedAssessor, ...] = ()
    providers: tuple[NamedProvider, ...] = ()
    security_email: str = ""
    selling: SellingTerms = field(factory=SellingTerms)
    adjusters: tuple[NamedAdjuster, ...] = ()
    cards: CardProvider | None = field(default=None, repr=False)

    @property
    def currency(self) -> Currency:
        """What the supplier sells in."""
        return currency(self.profile.currency)


@frozen(kw_only=True)
class Principal:
    """Who calls: a user's session, a client credential, or the supplier itself.

    Attributes:
        actor: Id of the user or credential, for records.
        operations: Operations a credential is scoped to; None for people, who are bound by their role.
        departments: Department codes the caller is limited to; empty means all of the account.
        account: As it was when the call began; None for the supplier itself.
    """

    account_id: str
    actor: str
    role: Role | None
    operations: frozenset[str] | None = None
    departments: frozenset[str] = frozenset()
    session: Session | None = None
    account: Account | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Note:
    """A line for the log, about one purchase order."""

    text: str
    correlation_id: str


@frozen(kw_only=True)
class Context:
    """One call: its unit of work, its caller, its instant.

    Attributes:
        asked: Hash of what a request with a key asks for, made once for all who compare it; empty without a key.
        happened: What is told to the house's event sink once the unit of work is stored.
        notes: What is logged then.
    """

    unit: SupplierUnitOfWork
    house: House
    call: Call
    now: datetime
    registry: Registry
    principal: Principal | None
    asked: str = ""
    happened: list[Event] = field(factory=list)
    notes: list[Note] = field(factory=list)

    @property
    def today(self) -> date:
        """The business date in the supplier's zone."""
        return business_date(self.now, self.house.profile.zone)

    @property
    def caller(self) -> Principal:
        """The principal of an operation that needs one; the dispatcher has made sure that it is there."""
        if self.principal is None:
            raise NotAuthenticated("this operation needs a login or a client credential")
        return self.principal

    @property
    def is_staff(self) -> bool:
        """Whether the supplier's own people or automation call."""
        return self.principal is not None and self.principal.role is Role.SUPPLIER

    @property
    def is_automation(self) -> bool:
        """Whether the supplier's own program calls, which no face lets in."""
        return self.is_staff and self.principal is not None and self.principal.session is None

    def account(self) -> Account:
        """The caller's own account."""
        account = self.caller.account
        if account is None:
            raise NotAuthenticated("this operation is for the users of an account")
        return account


@frozen(kw_only=True)
class Desk:
    """One call that works in several units of work, with slow work between them (AUTH-6).

    A password is hashed between units, so that a storm of logins holds no transaction open. Each unit authenticates
    and authorises the caller anew: what was revoked meanwhile is revoked.

    Attributes:
        unit: Runs a function in a unit of its own and gives what it returned; that is committed, also when it is
            :class:`Refused`. An exception takes the unit back.
        reserve: The same without waiting for the disk: for what has to be seen by everybody before the slow work
            begins. A ``unit`` that writes has to follow before anybody is answered; both last then.
    """

    house: House
    call: Call
    unit: Callable[[Callable[[Context], T]], T]
    reserve: Callable[[Callable[[Context], T]], T]


@frozen
class Refused:
    """A refusal whose records are kept: the unit of work is committed, then the error is raised."""

    error: AskulConnectError


@frozen
class Tried(Generic[T]):
    """A complete answer without effect: the unit of work is rolled back, then the response is returned (CART-5)."""

    response: T
