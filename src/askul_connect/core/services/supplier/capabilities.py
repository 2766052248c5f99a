"""Asking the table of kinds of accounts (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.accounts import Account, UserState
from askul_connect.core.domain.capabilities import LIMITS, Capability, has, sold_to
from askul_connect.core.domain.catalog import Item
from askul_connect.core.errors import AccountLimitReached, NotForThisAccount
from askul_connect.core.services.supplier.context import Context


def require_capability(account: Account, capability: Capability) -> None:
    """Go on only when accounts of that kind have it.

    Raises:
        NotForThisAccount: They do not.
    """
    if not has(account.kind, capability):
        raise NotForThisAccount(f"accounts of kind {account.kind} have no {capability.replace('_', ' ')}")


def require_room_for_user(context: Context, account: Account) -> None:
    """Go on only when the account may have one more active person.

    Raises:
        AccountLimitReached: It has as many as accounts of its kind may have.
    """
    limit = LIMITS[account.kind].users
    if limit is None:
        return
    members = context.unit.memberships.of_account(account.account_id)
    if sum(one.state is UserState.ACTIVE for one in members) >= limit:
        raise AccountLimitReached(f"accounts of kind {account.kind} have at most {limit} users")


def offered(account: Account, items: Iterable[Item]) -> dict[str, Item]:
    """Those of some items that the account sees, by SKU."""
    return {item.sku: item for item in items if sold_to(account.kind, item)}
