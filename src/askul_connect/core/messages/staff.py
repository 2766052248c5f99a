"""Requests and responses of the supplier's own people, and what they see of a customer (AUTH-19, AUTH-20)."""

from __future__ import annotations

from datetime import date, datetime

from attrs import field, frozen

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class StaffLoginRequest:
    """Log in as one of the supplier's own people: password and one-time code, both at once.

    Attributes:
        code: Of the authenticator; each is good once.
        new_password: Set in the same step; has to be given with a temporary password.
        device: What the caller calls its device, for the comparison with the past.
    """

    login_name: str
    password: Secret
    code: Secret
    new_password: Secret | None = None
    device: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class StaffLoginResponse:
    """A session, which ends after 15 minutes without a call, and after 8 hours in any case."""

    session_token: Secret
    expires_at: datetime
    name: str


@frozen(kw_only=True)
class AddStaffRequest:
    """A new staff member."""

    login_name: str
    name: str


@frozen(kw_only=True)
class AddStaffResponse:
    """What the new staff member needs for the first login; shown once.

    Attributes:
        enrolment_uri: ``otpauth`` URI for the authenticator.
        expires_at: When the temporary password stops working.
    """

    staff_id: str
    temporary_password: Secret
    enrolment_uri: Secret
    expires_at: datetime


@frozen(kw_only=True)
class RemoveStaffRequest:
    """Take a staff member's access away at once. The last one cannot be removed."""

    staff_id: str


@frozen(kw_only=True)
class RemoveStaffResponse:
    """Removed; all sessions of that person have ended."""

    removed_at: datetime


@frozen(kw_only=True)
class ListStaffRequest:
    """Asks for all staff members, removed ones too."""


@frozen(kw_only=True)
class StaffSummary:
    """One staff member."""

    staff_id: str
    login_name: str
    name: str
    state: str
    added_by: str
    created_at: datetime
    removed_at: datetime | None = None


@frozen(kw_only=True)
class ListStaffResponse:
    """All staff members, by login name."""

    staff: tuple[StaffSummary, ...]


@frozen(kw_only=True)
class FindLoginAttemptRequest:
    """Find the login attempt whose refusal showed a number (AUTH-2).

    Attributes:
        ticket: An open ticket of the customer whose attempt it was.
    """

    reference: str
    ticket: str


@frozen(kw_only=True)
class LoginAttempt:
    """One login attempt.

    Attributes:
        result: ``success``, or the code of the refusal.
        reason: The machine-readable reason.
    """

    reference: str
    at: datetime
    login_id: str
    result: str
    reason: str
    address: str
    device: str
    risk: str


@frozen(kw_only=True)
class FindLoginAttemptResponse:
    """The attempt."""

    attempt: LoginAttempt


@frozen(kw_only=True)
class ViewCustomerRequest:
    """Look at a customer's account.

    Attributes:
        customer: Customer number or member number.
        ticket: An open ticket of that customer.
    """

    customer: str
    ticket: str


@frozen(kw_only=True)
class CustomerUser:
    """A person of the customer's account."""

    user_id: str
    name: str
    email: str
    role: str
    state: str
    password_state: str


@frozen(kw_only=True)
class CustomerOrder:
    """One order of the customer, as support is asked about it.

    Attributes:
        status: Derived from its lines, such as ``placed`` or ``shipped``.
        total_incl_tax: Minor units.
    """

    order_number: str
    purchase_order_id: str
    order_date: date
    status: str
    currency: str
    total_incl_tax: int


@frozen(kw_only=True)
class ViewCustomerResponse:
    """The account, its people, its latest login attempts and orders; never a password, token or seed.

    Attributes:
        attempts: At most 20, newest first.
        orders: At most 20, the latest first (SUP-2).
    """

    customer_number: str
    member_number: str
    kind: str
    state: str
    name: str
    representative: str
    postcode: str
    address: str
    phone: str
    email: str
    users: tuple[CustomerUser, ...] = field(default=())
    attempts: tuple[LoginAttempt, ...] = field(default=())
    orders: tuple[CustomerOrder, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
