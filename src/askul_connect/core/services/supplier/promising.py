"""When something that is ordered now arrives at an address of the account (ORD-4)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account, Department
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.company_names import postcode_key
from askul_connect.core.domain.prefectures import prefecture_of
from askul_connect.core.policies.delivery import DeliveryPromise, Destination, promise
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
    return promise_to(context, ships_to(context, account, department), fulfilment, lead_days)


def promise_to(
    context: Context, postcode: str, fulfilment: Fulfilment, lead_days: int
) -> DeliveryPromise | None:
    """The promise for one item at a postcode; None where the supplier does not deliver to."""
    house = context.house
    return promise(
        ordered_at=context.now,
        postcode=postcode,
        fulfilment=fulfilment,
        lead_days=lead_days,
        terms=house.profile.delivery,
        zone=house.profile.zone,
        is_holiday=house.holidays.is_holiday,
    )


def ships_to(context: Context, account: Account, department: str) -> str:
    """The postcode of the address that a department's lines are shipped to (CART-1)."""
    known = context.unit.departments.by_code(account.account_id, department) if department else None
    return destination(context, account, known).postcode


def destination(context: Context, account: Account, department: Department | None) -> Destination:
    """Where something for a department goes: its own address, or the account's where it has none."""
    postcode, address = account.postcode, account.address
    if department is not None and department.postcode:
        postcode, address = department.postcode, department.address
    return Destination(
        postcode=postcode,
        served=context.house.profile.delivery.area(postcode_key(postcode), context.today) is not None,
        prefecture=prefecture_of(address),
    )
