"""When something that is ordered now arrives at an address of the account (ORD-4)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.policies.delivery import DeliveryPromise, promise
from askul_connect.core.services.supplier.context import Context


def delivery_promise(
    context: Context, account: Account, department: str, fulfilment: Fulfilment, lead_days: int
) -> DeliveryPromise | None:
    """The promise for one item; None where the supplier does not deliver to.

    Args:
        context: Gives the instant.
        account: Whose address it is where no department is named, or one without an address of its own.
        department: Code; empty for none.
        fulfilment: Who ships the item.
        lead_days: Business days until a direct-ship item leaves its maker.
    """
    house = context.house
    return promise(
        ordered_at=context.now,
        postcode=ships_to(context, account, department),
        fulfilment=fulfilment,
        lead_days=lead_days,
        terms=house.profile.delivery,
        zone=house.profile.zone,
        is_holiday=house.holidays.is_holiday,
    )


def ships_to(context: Context, account: Account, department: str) -> str:
    """The postcode of the address that a department's lines are shipped to (CART-1)."""
    known = context.unit.departments.by_code(account.account_id, department) if department else None
    return (known.postcode if known else "") or account.postcode
