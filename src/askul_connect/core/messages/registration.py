"""Requests and responses of registering accounts, and of what staff decide about them (ACC-3, ACC-4, ACC-10)."""

from __future__ import annotations

from attrs import field, frozen

from askul_connect.core.domain.accounts import AccountKind, AccountState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST


@frozen(kw_only=True)
class RegisterAccountRequest:
    """Apply for an account.

    Attributes:
        representative: The first administrator too, unless another is named.
        email: Where the account is written to; the administrator's login ID too, unless another is named.
        corporate_number: 13 digits, or empty.
        invoice_registration_number: ``T`` and 13 digits, or empty.
        administrator_name, administrator_email: Who is to log in, where it is not the representative.
        password: By which the applicant can ask, by logging in, whether the account is approved; it ends with the
            approval. Empty for none.
    """

    kind: AccountKind
    name: str
    postcode: str
    address: str
    representative: str
    phone: str
    email: str
    name_kana: str = ""
    contact: str = ""
    corporate_number: str = ""
    invoice_registration_number: str = ""
    administrator_name: str = ""
    administrator_email: str = ""
    password: Secret = Secret("")  # noqa: RUF009 -- a secret never changes


@frozen(kw_only=True)
class RegisterAccountResponse:
    """The application.

    Attributes:
        application_number: Asked for when sensitive data are changed; keep it (ACC-10).
        member_number: For invoices and support; nobody logs in with it.
        warnings: What the supplier's people will look at.
    """

    application_number: str
    member_number: str
    state: AccountState
    warnings: tuple[str, ...]


@frozen(kw_only=True)
class ApproveAccountRequest:
    """Approve an application; again, while no password was chosen, to write the letter anew."""

    member_number: str
    ticket: str


@frozen(kw_only=True)
class ApproveAccountResponse:
    """Where the account stands now."""

    member_number: str
    state: AccountState


@frozen(kw_only=True)
class AccountDecision:
    """A decision about an account, with its reason."""

    member_number: str
    ticket: str
    reason: str


@frozen(kw_only=True)
class DecidedAccount:
    """Where the account stands now."""

    member_number: str
    state: AccountState


@frozen(kw_only=True)
class RejectAccountRequest(AccountDecision):
    """Turn an application down."""


@frozen(kw_only=True)
class RejectAccountResponse(DecidedAccount):
    """Where the account stands now."""


@frozen(kw_only=True)
class SuspendAccountRequest(AccountDecision):
    """Stop an account."""


@frozen(kw_only=True)
class SuspendAccountResponse(DecidedAccount):
    """Where the account stands now."""


@frozen(kw_only=True)
class ReinstateAccountRequest(AccountDecision):
    """Let a suspended account work again."""


@frozen(kw_only=True)
class ReinstateAccountResponse(DecidedAccount):
    """Where the account stands now."""


@frozen(kw_only=True)
class ListDuplicateAccountsRequest:
    """Accounts that look like one company registered twice (ACC-4)."""

    ticket: str


@frozen(kw_only=True)
class DuplicatePair:
    """Two accounts of probably one company.

    Attributes:
        older, newer: Member numbers.
        reasons: What is the same: ``corporate-number``, ``phone``, ``postcode`` (the latter two with the name).
    """

    older: str
    newer: str
    older_name: str
    newer_name: str
    reasons: tuple[str, ...]


@frozen(kw_only=True)
class ListDuplicateAccountsResponse:
    """The pairs, by the age of the older account."""

    pairs: tuple[DuplicatePair, ...]


@frozen(kw_only=True)
class MergeAccountsRequest:
    """Give everything of one account to another one (ACC-4); repeating it answers the same.

    Attributes:
        surviving: Member number of the account that goes on.
        absorbed: Member number of the one that is taken over.
        trial: Say what would go over, and change nothing.
    """

    surviving: str
    absorbed: str
    ticket: str
    trial: bool = field(default=False, metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class MovedRecords:
    """How many records of a kind went over."""

    kind: str
    count: int


@frozen(kw_only=True)
class RenamedDepartment:
    """A department code that both accounts had."""

    before: str
    after: str


@frozen(kw_only=True)
class MergeAccountsResponse:
    """What went over.

    Attributes:
        joined_people: Ids of people who belonged to both accounts: what they are in the surviving one stays.
    """

    surviving: str
    absorbed: str
    moved: tuple[MovedRecords, ...] = field(default=())
    renamed: tuple[RenamedDepartment, ...] = field(default=())
    joined_people: tuple[str, ...] = field(default=())
