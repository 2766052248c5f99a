"""When something that is ordered now arrives at an address of the account (ORD-4)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account, Department
from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.company_names import postcode_key
from askul_connect.core.domain.prefectures import prefecture_of
from askul_connect.core.policies.delivery import DeliveryPromise, Destination, promise, undelivered
from askul_connect.core.services.supplier.context import Context


def promise_for(context: Context, item: Item, where_to: Destination) -> DeliveryPromise | None:
    """The promise for an item that is ordered now; None where it is not delivered to."""
    if undelivered(item, where_to):
        return None
    return promise_to(context, where_to, item.fulfilment, item.lead_days)


def promise_to(
    context: Context, where_to: Destination, fulfilment: Fulfilment, lead_days: int
) -> DeliveryPromise | None:
    """The promise for what is on order already; None where the supplier does not deliver to.

    Args:
        context: Gives the instant.
        where_to: The address.
        fulfilment: Who ships the item.
        lead_days: Business days until a direct-ship item leaves its maker.
    """
    house = context.house
    return promise(
        ordered_at=context.now,
        postcode=where_to.postcode,
        fulfilment=fulfilment,
        lead_days=lead_days,
        terms=house.profile.delivery,
        zone=house.profile.zone,
        is_holiday=house.holidays.is_holiday,
    )


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
