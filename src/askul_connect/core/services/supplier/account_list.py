"""The accounts of the supplier, for its staff."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.messages.administration import (
    AccountSummary,
    ListAccountsRequest,
    ListAccountsResponse,
)
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import page

#: Feed of all accounts; whoever adds or changes one records its id there, under no account.
ACCOUNT_FEED = "accounts"


def add_account(unit: SupplierUnitOfWork, account: Account) -> None:
    """Store a new account, and put it into the list of accounts."""
    unit.accounts.add(account)
    unit.changes.record("", ACCOUNT_FEED, [account.account_id])


def save_account(unit: SupplierUnitOfWork, account: Account) -> None:
    """Store a changed account, and say so in the list of accounts."""
    unit.accounts.save(account)
    unit.changes.record("", ACCOUNT_FEED, [account.account_id])


def list_accounts(context: Context, request: ListAccountsRequest) -> ListAccountsResponse:
    """Accounts that are new or have changed, in commit order."""
    found = page(context, ACCOUNT_FEED, request, of_account=False)
    accounts = (context.unit.accounts.get(key) for key in found.keys)
    return ListAccountsResponse(
        accounts=tuple(_summary(account) for account in accounts if account is not None), page=found.info
    )


def _summary(account: Account) -> AccountSummary:
    return AccountSummary(
        customer_number=account.customer_number,
        member_number=account.member_number,
        name=account.name,
        kind=account.kind,
        state=account.state,
        state_reason=account.state_reason,
        buyer_party=account.buyer_party,
        corporate_number=account.corporate_number,
        created_at=account.created_at,
    )
