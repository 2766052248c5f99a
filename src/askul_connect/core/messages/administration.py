"""Requests and responses of lists for administrators and the supplier's staff."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import AccountKind, AccountState
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ListClientCredentialsRequest:
    """The machine identities of the account (AUTH-20)."""


@frozen(kw_only=True)
class ClientCredentialSummary:
    """One machine identity; its secret was shown once, and nobody has it since.

    Attributes:
        departments: Department codes it is limited to; empty means all of the account.
        created_by: Id of who issued it.
        last_used_at: To the minute; None when it was never used.
        revoked_at: None while it is good.
        networks: Addresses and networks it is good from; empty means any.
    """

    credential_id: str
    label: str
    operations: tuple[str, ...]
    departments: tuple[str, ...]
    created_by: str
    created_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    networks: tuple[str, ...] = ()


@frozen(kw_only=True)
class ListClientCredentialsResponse:
    """The machine identities, oldest first; revoked ones among them."""

    credentials: tuple[ClientCredentialSummary, ...]


@frozen(kw_only=True)
class ListAccountsRequest(ListRequest):
    """Accounts that are new or have changed since a cursor; for the supplier's staff."""


@frozen(kw_only=True)
class AccountSummary:
    """One account, as the supplier's staff see it.

    Attributes:
        state_reason: Why it is in its state, in the supplier's words; empty when nothing was said.
    """

    customer_number: str = field(repr=False)
    member_number: str
    name: str = field(repr=False)
    kind: AccountKind
    state: AccountState
    state_reason: str
    buyer_party: str
    corporate_number: str
    created_at: datetime


@frozen(kw_only=True)
class ListAccountsResponse:
    """A page of accounts, in commit order."""

    accounts: tuple[AccountSummary, ...]
    page: PageInfo
