"""When goods arrive: where to and ordered when in, a promise out (ORD-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from attrs import frozen

from askul_connect.core.domain.calendar import add_business_days, business_date, local_instant
from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.company_names import postcode_key
from askul_connect.core.domain.delivery import DeliveryArea, DeliveryTerms
from askul_connect.core.domain.prefectures import PREFECTURES


@frozen(kw_only=True)
class Destination:
    """Where something goes.

    Attributes:
        postcode: As it is registered.
        served: Whether the supplier delivers there at all.
        prefecture: Code of JIS X 0401; empty when the address does not begin with one.
    """

    postcode: str
    served: bool
    prefecture: str


@frozen(kw_only=True)
class DeliveryPromise:
    """When an item that is ordered now arrives.

    Attributes:
        dispatched_on: The business day it leaves on: the supplier's warehouse, or its maker.
        delivered_on: The business day it arrives on.
        ordered_by: An order before this instant, in UTC, arrives then; a later one may arrive later.
    """

    dispatched_on: date
    delivered_on: date
    ordered_by: datetime


def business_day_of(
    instant: datetime, cutoff: time, zone: str, is_day_off: Callable[[date], bool]
) -> tuple[date, datetime]:
    """The business day an order belongs to, and the instant until which that stays so.

    From the cut-off on, and on a day off, an order is of the next business day.

    Args:
        instant: Aware.
        cutoff: Local time of day.
        zone: IANA name.
        is_day_off: Public holidays and closures; weekends are days off in any case.
    """
    day = business_date(instant, zone)
    if instant >= local_instant(day, cutoff, zone):
        day += timedelta(days=1)
    day = add_business_days(day, 0, is_day_off)
    return day, local_instant(day, cutoff, zone)


def promise(
    *,
    ordered_at: datetime,
    postcode: str,
    fulfilment: Fulfilment,
    lead_days: int,
    terms: DeliveryTerms,
    zone: str,
    is_holiday: Callable[[date], bool],
) -> DeliveryPromise | None:
    """When an item arrives that is ordered at an instant; None where the supplier does not deliver to.

    Args:
        ordered_at: Aware; the order date is its day in the supplier's zone.
        postcode: Where to, in any spelling.
        fulfilment: Stock leaves on the order's business day; what its maker ships, after the lead time.
        lead_days: Business days until a direct-ship item leaves its maker.
        terms: The supplier's cut-off, regions and closures.
        zone: The supplier's IANA zone.
        is_holiday: Public holidays.
    """
    area = terms.area(postcode_key(postcode), business_date(ordered_at, zone))
    if area is None:
        return None
    is_day_off = terms.days_off(is_holiday)
    day, ordered_by = business_day_of(ordered_at, area.cutoff or terms.cutoff, zone, is_day_off)
    dispatched = add_business_days(day, lead_days if fulfilment is Fulfilment.DIRECT else 0, is_day_off)
    return DeliveryPromise(
        dispatched_on=dispatched,
        delivered_on=add_business_days(dispatched, _days(area, fulfilment), is_day_off),
        ordered_by=ordered_by,
    )


def _days(area: DeliveryArea, fulfilment: Fulfilment) -> int:
    # no maker is in the area: what it ships is never there the same day
    return max(area.days, 1) if fulfilment is Fulfilment.DIRECT else area.days


def undelivered(item: Item, where_to: Destination) -> str:
    """Why an item is not delivered to an address; empty when it is."""
    if not where_to.served:
        return f"nothing is delivered to {where_to.postcode or 'an address without a postcode'}"
    if not item.regions or where_to.prefecture in item.regions:
        return ""
    named = "、".join(PREFECTURES[code] for code in item.regions)
    if not where_to.prefecture:
        return f"{item.sku} is delivered to {named} only, and the address does not begin with a prefecture"
    return f"{item.sku} is delivered to {named} only, not to {PREFECTURES[where_to.prefecture]}"
