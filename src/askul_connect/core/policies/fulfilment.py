"""What the in-process supplier does by itself, and when: facts and a behaviour in, planned steps out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from attrs import frozen

from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.calendar import add_business_days, start_of_day
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.domain.shipments import Shipment
from askul_connect.core.policies.delivery import business_day_of

_SHIPPING_HOUR = 15
_DELIVERY_HOUR = 18


@frozen(kw_only=True)
class FulfilmentException:
    """Where an order or line is not handled like the others.

    Attributes:
        purchase_order_id: The buyer's number of the order concerned.
        line_id: The line concerned; empty means all lines.
        parts: Number of shipments its quantity is spread over; 0 leaves it as it is.
        short: Units that never come.
    """

    purchase_order_id: str
    line_id: str = ""
    parts: int = 0
    short: int = 0


@frozen(kw_only=True)
class Behaviour:
    """How fast and how well the supplier works.

    Attributes:
        confirm_after_minutes: Minutes from placing to the confirmation.
        ship_after_days: Business days from the confirmation to the first shipment.
        part_interval_days: Business days between the parts of an order.
        deliver_after_days: Business days from a shipment to its recorded delivery; None records none.
    """

    confirm_after_minutes: int = 60
    ship_after_days: int = 1
    part_interval_days: int = 2
    deliver_after_days: int | None = None
    exceptions: tuple[FulfilmentException, ...] = ()

    def parts_of(self, order: Order, line: OrderLine) -> int:
        """In how many shipments a line goes."""
        found = [entry.parts for entry in self.exceptions if _concerns(entry, order, line) and entry.parts]
        return max(found, default=1)

    def short_of(self, order: Order, line: OrderLine) -> int:
        """How many units of a line never come."""
        found = sum(entry.short for entry in self.exceptions if _concerns(entry, order, line))
        return min(found, line.quantity)


def _concerns(entry: FulfilmentException, order: Order, line: OrderLine) -> bool:
    return entry.purchase_order_id == order.purchase_order_id and entry.line_id in {"", line.line_id}


@frozen(kw_only=True)
class PlannedLine:
    """What leaves of one line in one shipment."""

    line_id: str
    quantity: int
    short: int


@frozen(kw_only=True)
class PlannedStep:
    """The next thing to do for an order: confirm it (no lines) or ship these lines.

    Attributes:
        done: Units of the order that were shipped or cancelled before; with the order it names the step.
    """

    order_number: str
    due: datetime
    done: int
    lines: tuple[PlannedLine, ...] = ()


def next_step(
    order: Order, behaviour: Behaviour, profile: SupplierProfile, is_holiday: Callable[[date], bool]
) -> PlannedStep | None:
    """The next step of an order, from its present state alone; None when nothing is left to do.

    Args:
        order: As it stands.
        behaviour: How it is handled.
        profile: Gives the cut-off and the zone; shipping days count from the confirmation.
        is_holiday: Public holidays; the profile has the closures.
    """
    done = sum(line.quantity_shipped + line.quantity_cancelled for line in order.lines)
    confirm_at = order.placed_at + timedelta(minutes=behaviour.confirm_after_minutes)
    if any(line.state is LineState.PLACED for line in order.lines):
        return PlannedStep(order_number=order.order_number, due=confirm_at, done=done)
    due: dict[datetime, list[PlannedLine]] = {}
    for line in order.lines:
        if line.state in {LineState.CONFIRMED, LineState.PARTLY_SHIPPED}:
            part, planned = _next_part(order, line, behaviour)
            days = behaviour.ship_after_days + part * behaviour.part_interval_days
            if line.fulfilment is Fulfilment.DIRECT:
                days += line.lead_days
            day = business_days_after(confirm_at, days, profile, is_holiday)
            # what is back-ordered waits for its new day
            day = max(day, line.promised_on or day)
            when = start_of_day(day, profile.zone) + timedelta(hours=_SHIPPING_HOUR)
            due.setdefault(when, []).append(planned)
    if not due:
        return None
    first = min(due)
    return PlannedStep(order_number=order.order_number, due=first, done=done, lines=tuple(due[first]))


def delivery_due(
    shipment: Shipment, behaviour: Behaviour, profile: SupplierProfile, is_holiday: Callable[[date], bool]
) -> datetime | None:
    """When a shipment that is on its way arrives; None when deliveries are recorded by somebody else.

    Args:
        shipment: On its way.
        behaviour: How long it takes.
        profile: Gives the zone and the closures.
        is_holiday: Public holidays.
    """
    if behaviour.deliver_after_days is None:
        return None
    is_day_off = profile.delivery.days_off(is_holiday)
    day = add_business_days(shipment.shipped_on, behaviour.deliver_after_days, is_day_off)
    return start_of_day(day, profile.zone) + timedelta(hours=_DELIVERY_HOUR)


def business_days_after(
    instant: datetime, count: int, profile: SupplierProfile, is_holiday: Callable[[date], bool]
) -> date:
    """The day that many business days after an instant (ORD-4).

    From the cut-off on, and on a day off, an instant counts as of the next business day.

    Args:
        instant: Aware.
        count: Business days, 0 or more.
        profile: Gives the cut-off and the zone.
        is_holiday: Public holidays; the profile has the closures.
    """
    terms = profile.delivery
    is_day_off = terms.days_off(is_holiday)
    day, _ = business_day_of(instant, terms.cutoff, profile.zone, is_day_off)
    return add_business_days(day, count, is_day_off)


def _next_part(order: Order, line: OrderLine, behaviour: Behaviour) -> tuple[int, PlannedLine]:
    """Which part of a line leaves next, counted from 0, and what is in it."""
    coming = line.quantity - behaviour.short_of(order, line)
    parts = max(1, min(behaviour.parts_of(order, line), coming))
    # quantity after each part: the earlier parts take the remainder
    after = [-(-coming * part // parts) for part in range(1, parts + 1)]
    index = next((i for i, total in enumerate(after) if total > line.quantity_shipped), parts - 1)
    # less than was shipped may be planned, when the behaviour was changed meanwhile; never more than is left of it
    quantity = min(max(0, after[index] - line.quantity_shipped), line.outstanding)
    short = line.outstanding - quantity if index == parts - 1 else 0
    return index, PlannedLine(line_id=line.line_id, quantity=quantity, short=short)
