"""The credit of an account: what is ordered and not yet invoiced (ACC-1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import LIMITS
from askul_connect.core.domain.credit_notes import ReducedLine
from askul_connect.core.domain.sales import Order, ShippedLine
from askul_connect.core.errors import AccountLimitReached
from askul_connect.core.policies.credit import owed_for
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.crediting import reduced_until


def require_credit(context: Context, account: Account, orders: Sequence[Order]) -> None:
    """Go on only when orders stay within the account's credit.

    What was cancelled or came back does not count; invoices do not, paid or not.

    Args:
        context: The call.
        account: Whose credit.
        orders: That are about to be stored; they take the place of those with their numbers.

    Raises:
        AccountLimitReached: They do not.
    """
    limit = LIMITS[account.kind].credit
    if limit is None:
        return
    unit, account_id = context.unit, account.account_id
    shipped: dict[str, list[ShippedLine]] = {}
    for line in unit.shipped_lines.unbilled(account_id, context.today):
        shipped.setdefault(line.order_number, []).append(line)
    returned: dict[str, list[ReducedLine]] = {}
    for one in reduced_until(context, account_id, context.today):
        # what came back of an invoice is credited there
        if not one.line.invoice_number:
            returned.setdefault(one.line.order_number, []).append(one)

    def owed(members: Iterable[Order]) -> int:
        return sum(
            owed_for(
                order,
                shipped.get(order.order_number, ()),
                returned.get(order.order_number, ()),
                context.house.currency,
                context.house.profile.tax_rounding,
            )
            for order in members
        )

    known = {order.order_number: order for order in unit.orders.open_of_account(account_id)}
    known |= unit.orders.many(account_id, sorted(set(shipped) - set(known)))
    asked = {order.order_number for order in orders}
    used = owed(order for number, order in known.items() if number not in asked)
    wanted = owed(orders)
    if used + wanted > limit:
        raise AccountLimitReached(
            f"{wanted} and the {used} ordered and not yet invoiced exceed the credit of {limit}"
        )
