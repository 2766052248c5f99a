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


def require_credit(context: Context, account: Account, total_incl_tax: int) -> None:
    """Go on only when an order of that total stays within the account's credit.

    What is ordered and not yet invoiced counts; invoices do not, paid or not (ACC-1).

    Raises:
        AccountLimitReached: It does not.
    """
    limit = LIMITS[account.kind].credit
    if limit is None:
        return
    unit, account_id = context.unit, account.account_id
    open_orders = {order.order_number: order for order in unit.orders.open_of_account(account_id)}
    unbilled = {line.order_number for line in unit.shipped_lines.unbilled(account_id, context.today)}
    counted = {**open_orders, **unit.orders.many(account_id, sorted(unbilled - set(open_orders)))}
    used = sum(order.total_incl_tax for order in counted.values())
    if used + total_incl_tax > limit:
        raise AccountLimitReached(
            f"{total_incl_tax} and the {used} ordered and not yet invoiced exceed the credit of {limit}"
        )


def offered(account: Account, items: Iterable[Item]) -> dict[str, Item]:
    """Those of some items that the account sees, by SKU."""
    return {item.sku: item for item in items if sold_to(account.kind, item)}
