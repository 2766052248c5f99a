"""Requests and responses about an account's users and departments."""

from __future__ import annotations

from attrs import field, frozen

from askul_connect.core.domain.accounts import AccountKind, AccountState, Role, UserState
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class GetAccountRequest:
    """The caller's own account."""


@frozen(kw_only=True)
class GetAccountResponse:
    """The account; the customer number is for administrators only and empty for others (ACC-2).

    Attributes:
        version: What a change is based on (ACC-7).
        capabilities: What accounts of its kind have (ACC-1).
        payment_method, invoice_split: How it pays, and what one invoice is for (BIL-9, BIL-1).
        card_registered: Whether there is a card to charge; for administrators only.
        closing_day, payment_months, payment_day: When it is invoiced and pays (BIL-1); 0 for who pays at each shipment.
        name_kana, postcode, address, representative, contact, phone, email, corporate_number,
            invoice_registration_number: The registered data; for administrators only and empty for others.
    """

    name: str
    kind: AccountKind
    state: AccountState
    member_number: str
    customer_number: str
    buyer_party: str
    currency: str
    version: int = field(default=0, metadata=NEW_IN_RESPONSE)
    capabilities: tuple[str, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    payment_method: PaymentMethod = field(default=PaymentMethod.TERMS, metadata=NEW_IN_RESPONSE)
    invoice_split: InvoiceSplit = field(default=InvoiceSplit.ACCOUNT, metadata=NEW_IN_RESPONSE)
    card_registered: bool = field(default=False, metadata=NEW_IN_RESPONSE)
    name_kana: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    postcode: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    address: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    representative: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    contact: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    phone: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    email: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    corporate_number: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    invoice_registration_number: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    closing_day: int = field(default=0, metadata=NEW_IN_RESPONSE)
    payment_months: int = field(default=0, metadata=NEW_IN_RESPONSE)
    payment_day: int = field(default=0, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class AddUserRequest:
    """Add a user (ACC-6).

    Attributes:
        order_limit: The most one order may cost, minor units with tax; none without a limit (ACC-5).
    """

    email: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    department_codes: tuple[str, ...] = field(default=())
    order_limit: int | None = field(default=None, metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class AddUserResponse:
    """The new user, who cannot log in before a temporary password is issued."""

    user_id: str


@frozen(kw_only=True)
class ListUsersRequest:
    """All users of the account."""


@frozen(kw_only=True)
class UserSummary:
    """One user.

    Attributes:
        version: Named by who changes the user (ACC-7).
        order_limit: The most one order may cost, minor units with tax; none without a limit.
        home: Whether this account answers for the person's login; false for who joined from another one.
    """

    user_id: str
    email: str = field(repr=False)
    name: str = field(repr=False)
    role: Role
    state: UserState
    department_codes: tuple[str, ...]
    version: int = field(default=0, metadata=NEW_IN_RESPONSE)
    order_limit: int | None = field(default=None, metadata=NEW_IN_RESPONSE)
    home: bool = field(default=True, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ListUsersResponse:
    """The users."""

    users: tuple[UserSummary, ...]


@frozen(kw_only=True)
class AddDepartmentRequest:
    """Add a department; ``parent_code`` empty for one at the top."""

    code: str
    name: str
    parent_code: str = ""
    postcode: str = ""
    address: str = ""


@frozen(kw_only=True)
class AddDepartmentResponse:
    """The new department."""

    department_id: str


@frozen(kw_only=True)
class ListDepartmentsRequest:
    """All departments the caller may see."""


@frozen(kw_only=True)
class DepartmentSummary:
    """One department.

    Attributes:
        version: Named by who changes the department (ACC-7).
        postcode, address: Where its lines are shipped to; empty for the account's own.
    """

    code: str
    name: str
    parent_code: str
    version: int = field(default=0, metadata=NEW_IN_RESPONSE)
    postcode: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)
    address: str = field(default="", repr=False, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ListDepartmentsResponse:
    """The departments."""

    departments: tuple[DepartmentSummary, ...]
