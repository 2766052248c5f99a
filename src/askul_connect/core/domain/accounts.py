"""Accounts, users, departments and machine identities of the supplier."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.allowances import AgreedTerm
from askul_connect.core.domain.rounding import Rounding


class AccountKind(StrEnum):
    """Kind of customer (ACC-1)."""

    CORPORATION = "corporation"
    SOLE_PROPRIETOR = "sole_proprietor"
    INDIVIDUAL = "individual"


class AccountState(StrEnum):
    """State of an account (ACC-3)."""

    PENDING_APPROVAL = "pending_approval"
    ACTIVE = "active"
    SUSPENDED = "suspended"
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
    """State of a user."""

    ACTIVE = "active"
    REMOVED = "removed"


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
class Account:
    """One customer of the supplier."""

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


@frozen(kw_only=True)
class Department:
    """One department of an account; its address is where its lines are shipped to (CART-1)."""

    department_id: str
    account_id: str
    code: str
    name: str
    parent_code: str
    postcode: str
    address: str


@frozen(kw_only=True)
class User:
    """A person of an account.

    Attributes:
        email_key: The case-folded address that logins are compared by (AUTH-1).
        password_hash: Encoded argon2id hash; empty while no password was ever issued.
        password_temporary: The password may only be used to set a new one (AUTH-4).
        password_expires_at: When the present password stops working (temporary) or must be changed.
        old_password_hashes: The last ones, newest first, which may not be used again (AUTH-5).
        primary_administrator: The one user the customer number logs in (AUTH-1).
    """

    user_id: str
    account_id: str
    email: str = field(repr=False)
    email_key: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    department_codes: tuple[str, ...]
    state: UserState
    password_hash: str = field(repr=False)
    password_temporary: bool
    password_expires_at: datetime | None
    old_password_hashes: tuple[str, ...] = field(repr=False)
    primary_administrator: bool
    created_at: datetime


@frozen(kw_only=True)
class Session:
    """A login; the token itself is never stored (AUTH-11)."""

    token_hash: str = field(repr=False)
    account_id: str
    user_id: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    password_change_only: bool
    ended_at: datetime | None = None


@frozen(kw_only=True)
class ClientCredential:
    """A machine identity (AUTH-20), scoped to operations and departments.

    Attributes:
        operations: Names of the operations it may call.
        departments: Department codes it is limited to; empty means all of the account.
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


@frozen(kw_only=True)
class LoginRecord:
    """One login attempt (AUTH-10); append-only."""

    reference: str
    at: datetime
    login_id: str = field(repr=False)
    account_id: str
    user_id: str
    result: str
    reason: str = ""
    address: str = field(default="", repr=False)


@frozen(kw_only=True)
class SupplierProfile:
    """Who the supplier is, in which zone and currency it works, and by which rules it takes orders.

    Attributes:
        registration_number: Invoice registration number (``T`` and 13 digits), printed on every invoice.
        zone: IANA name of the zone its business dates are in.
        cutoff_hour: Orders placed before this local hour are of that day's business.
        price_factor_permille: Contract level of its prices, in thousandths of the list price.
        tax_rounding: How the tax of each rate is rounded to a minor unit.
        terms: The allowances and charges it takes; one that is not among them is refused.
    """

    name: str
    party_id: str
    registration_number: str
    postcode: str
    address: str
    zone: str = "Asia/Tokyo"
    currency: str = "JPY"
    cutoff_hour: int = 12
    price_factor_permille: int = 1000
    tax_rounding: Rounding = Rounding.DOWN
    terms: tuple[AgreedTerm, ...] = ()
