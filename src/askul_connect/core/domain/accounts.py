"""Accounts, users, departments and machine identities of the supplier."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.allowances import AgreedTerm
from askul_connect.core.domain.delivery import DeliveryTerms
from askul_connect.core.domain.rounding import Rounding


class AccountKind(StrEnum):
    """Kind of customer (ACC-1)."""

    CORPORATION = "corporation"
    SOLE_PROPRIETOR = "sole_proprietor"
    INDIVIDUAL = "individual"


class AccountState(StrEnum):
    """State of an account (ACC-3); the steps between them are in :mod:`askul_connect.core.domain.standing`."""

    PENDING_APPROVAL = "pending_approval"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Role(StrEnum):
    """What a user may do (ACC-5); ``SUPPLIER`` is the supplier's staff and its own automation."""

    ADMINISTRATOR = "administrator"
    APPROVER = "approver"
    BUYER = "buyer"
    ACCOUNTANT = "accountant"
    VIEWER = "viewer"
    SUPPLIER = "supplier"


class UserState(StrEnum):
    """State of a person, and of what ties a person to an account (ACC-6, ACC-9)."""

    AWAITING_APPROVAL = "awaiting_approval"
    ACTIVE = "active"
    REJECTED = "rejected"
    REMOVED = "removed"


class SecondFactorRule(StrEnum):
    """Whether the people of an account need a second factor (AUTH-8, ACC-11)."""

    OPTIONAL = "optional"
    REQUIRED = "required"


class SessionStage(StrEnum):
    """What a session may be used for (AUTH-4, AUTH-8, AUTH-11)."""

    FULL = "full"
    PASSWORD_CHANGE = "password_change"  # noqa: S105 -- a stage, no password
    SECOND_FACTOR = "second_factor"
    FACTOR_ENROLMENT = "factor_enrolment"
    ENDED = "ended"


@frozen(kw_only=True)
class BillingTerms:
    """When an account is invoiced and pays (BIL-1).

    Attributes:
        closing_day: 10, 20, or 31 for the month's end.
        payment_months: Months after the closing month in which payment is due.
        payment_day: Day of that month, 31 for its end.
    """

    closing_day: int = 31
    payment_months: int = 1
    payment_day: int = 31


@frozen(kw_only=True)
class LoginSettings:
    """How the people of an account log in; set by its administrator, in force at once (ACC-11).

    Attributes:
        password_days: Days until a password must be changed, within the policy's range; 0 for the policy's own.
        idle_minutes: Minutes without a call after which a session ends.
        remember_me: Whether devices may be remembered (AUTH-11).
        second_factor: Whether a second factor is required (AUTH-8).
    """

    password_days: int = 0
    idle_minutes: int = 30
    remember_me: bool = True
    second_factor: SecondFactorRule = SecondFactorRule.OPTIONAL


@frozen(kw_only=True)
class Account:
    """One customer of the supplier.

    Attributes:
        application_number: Given at registration, asked for when data change (ACC-10); empty for an account that
            the supplier opened itself.
        login: How its people log in.
        state_reason: Why it is in its state, in the supplier's words; empty when nothing was said.
        merged_into: The account that took this one over (ACC-4); empty otherwise.
        version: Grows with every change of the registered data; a change names the version it is based on (ACC-7).
        contact: Name of the person who is written to.
        state_since: When it came into its state; None for one that is older than this field.
    """

    account_id: str
    customer_number: str
    member_number: str
    kind: AccountKind
    state: AccountState
    name: str = field(repr=False)
    name_kana: str = field(repr=False)
    postcode: str
    address: str = field(repr=False)
    representative: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    corporate_number: str
    invoice_registration_number: str
    buyer_party: str
    terms: BillingTerms
    created_at: datetime
    application_number: str = ""
    login: LoginSettings = field(factory=LoginSettings)
    state_reason: str = ""
    merged_into: str = ""
    version: int = 1
    contact: str = ""
    state_since: datetime | None = None


@frozen(kw_only=True)
class Department:
    """One department of an account; its address is where its lines are shipped to (CART-1).

    Attributes:
        parent_code: The department above it; empty for one at the top.
        version: Grows with every change (ACC-7).
    """

    department_id: str
    account_id: str
    code: str
    name: str
    parent_code: str
    postcode: str
    address: str
    version: int = 1


@frozen(kw_only=True)
class User:
    """A person who logs in. What the person may do is said by memberships, one for each account (ACC-5).

    Attributes:
        account_id: The home account: its administrator answers for the person's identity.
        email_key: The case-folded address that logins are compared by (AUTH-1).
        state: ``AWAITING_APPROVAL`` until the home account's administrator has approved (ACC-9).
        password_hash: Encoded argon2id hash; empty while no password was ever issued.
        password_temporary: The password may only be used to set a new one (AUTH-4).
        password_expires_at: When the present password stops working (temporary) or must be changed.
        old_password_hashes: The last ones, newest first, which may not be used again (AUTH-5).
        password_compromised: The password is known to have leaked and must be changed (AUTH-18).
        version: Grows with every change of name, address or state (ACC-7).
    """

    user_id: str
    account_id: str
    email: str = field(repr=False)
    email_key: str = field(repr=False)
    name: str = field(repr=False)
    state: UserState
    password_hash: str = field(repr=False)
    password_temporary: bool
    password_expires_at: datetime | None
    old_password_hashes: tuple[str, ...] = field(repr=False)
    created_at: datetime
    password_compromised: bool = False
    version: int = 1


@frozen(kw_only=True)
class Membership:
    """What a person is in one account (ACC-5).

    Attributes:
        home_account_id: The person's home account; the same as ``account_id`` in the home account itself.
        department_codes: Departments of this account the person belongs to.
        state: ``ACTIVE`` or ``REMOVED``; a person who awaits approval has no membership yet.
        primary_administrator: The one person the customer number logs in (AUTH-1).
        order_limit: The most one order of this person may cost, minor units with tax; None without a limit.
        version: Grows with every change (ACC-7).
    """

    account_id: str
    user_id: str
    home_account_id: str
    role: Role
    department_codes: tuple[str, ...]
    state: UserState
    primary_administrator: bool
    joined_at: datetime
    order_limit: int | None = None
    version: int = 1


@frozen(kw_only=True)
class Session:
    """A login; the token itself is never stored (AUTH-11).

    Attributes:
        session_id: What a list of sessions names it by.
        account_id: The account it works in at present; changed by switching (ACC-5).
        home_account_id: The person's home account.
        stage: What it may be used for.
        device: What the caller said of itself, for the person to recognise it by.
        device_family: The remembered device it belongs to; empty without one.
        department_code: The department it works in at present, with those below; empty for all within reach (ACC-5).
    """

    token_hash: str = field(repr=False)
    session_id: str
    account_id: str
    user_id: str
    home_account_id: str
    stage: SessionStage
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    address: str = ""
    device: str = ""
    device_family: str = ""
    ended_at: datetime | None = None
    department_code: str = ""


@frozen(kw_only=True)
class ClientCredential:
    """A machine identity (AUTH-20), scoped to operations and departments.

    Attributes:
        operations: Names of the operations it may call.
        departments: Department codes it is limited to; empty means all of the account.
        networks: Addresses and networks it is good from; empty means any.
    """

    credential_id: str
    account_id: str
    label: str
    secret_hash: str = field(repr=False)
    operations: tuple[str, ...]
    departments: tuple[str, ...]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    networks: tuple[str, ...] = ()


@frozen(kw_only=True)
class LoginRecord:
    """One login attempt (AUTH-10); append-only, sealed in a chain for each account.

    Attributes:
        reference: The number a refusal shows, by which support finds the attempt (AUTH-2).
        login_id: What was typed, cut to the length of an address; never a password.
        account_id, user_id: Whom the ID names; empty for an unknown one.
        result: ``success``, or the code of the refusal.
        reason: The machine-readable reason, for the history only.
        device: What the caller said of itself.
        risk: What the assessment said (AUTH-9); empty when nothing stood out.
        sequence, seal: The place in its chain, and the seal over the record and the one before it.
        personal: Stands for login ID, address and device under the seal once these are erased (ACC-8); empty before.
    """

    reference: str
    at: datetime
    login_id: str = field(repr=False)
    account_id: str
    user_id: str
    result: str
    reason: str = ""
    address: str = field(default="", repr=False)
    device: str = field(default="", repr=False)
    risk: str = ""
    sequence: int = 0
    seal: str = field(default="", repr=False)
    personal: str = ""


@frozen(kw_only=True)
class SupplierProfile:
    """Who the supplier is, in which zone and currency it works, and by which rules it takes orders.

    Attributes:
        registration_number: Invoice registration number (``T`` and 13 digits), printed on every invoice.
        zone: IANA name of the zone its business dates are in.
        delivery: Cut-off, regions and closures (ORD-4).
        price_factor_permille: Contract level of its prices, in thousandths of the list price.
        tax_rounding: How the tax of each rate is rounded to a minor unit.
        terms: The allowances and charges it takes; one that is not among them is refused.
        changes_until_hour: Until this local hour of the business day that an order is of, its customer may change or
            cancel it; 24 for the whole day (ORD-5).
        over_shipment_percent: How much more of a line than was ordered may leave, rounded down to units (ORD-5).
        return_days: How many days after a shipment a return may be asked for (ORD-6).
    """

    name: str
    party_id: str
    registration_number: str
    postcode: str
    address: str
    zone: str = "Asia/Tokyo"
    currency: str = "JPY"
    delivery: DeliveryTerms = field(factory=DeliveryTerms)
    price_factor_permille: int = 1000
    tax_rounding: Rounding = Rounding.DOWN
    terms: tuple[AgreedTerm, ...] = ()
    changes_until_hour: int = 12
    over_shipment_percent: int = 0
    return_days: int = 30
