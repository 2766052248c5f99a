"""What the in-process supplier does by itself, and when: facts and a behaviour in, planned steps out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from attrs import frozen

from askul_connect.core.domain.calendar import add_business_days, business_date, start_of_day
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.sales import Order, OrderLine

_SHIPPING_HOUR = 15


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
        cutoff_hour: A confirmation after this local hour counts as of the next business day.
    """

    confirm_after_minutes: int = 60
    ship_after_days: int = 1
    part_interval_days: int = 2
    cutoff_hour: int = 12
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
    """The next thing to do for an order: confirm it (no lines) or ship these lines."""

    order_number: str
    due: datetime
    lines: tuple[PlannedLine, ...] = ()


def next_step(
    order: Order, behaviour: Behaviour, zone: str, is_holiday: Callable[[date], bool]
) -> PlannedStep | None:
    """The next step of an order, from its present state alone; None when nothing is left to do."""
    confirm_at = order.placed_at + timedelta(minutes=behaviour.confirm_after_minutes)
    if any(line.state is LineState.PLACED for line in order.lines):
        return PlannedStep(order_number=order.order_number, due=confirm_at)
    due: dict[datetime, list[PlannedLine]] = {}
    for line in order.lines:
        if line.state in {LineState.CONFIRMED, LineState.PARTLY_SHIPPED}:
            when, planned = _next_part(order, line, behaviour, zone, is_holiday, confirm_at)
            due.setdefault(when, []).append(planned)
    if not due:
        return None
    first = min(due)
    return PlannedStep(order_number=order.order_number, due=first, lines=tuple(due[first]))


def _next_part(
    order: Order,
    line: OrderLine,
    behaviour: Behaviour,
    zone: str,
    is_holiday: Callable[[date], bool],
    confirm_at: datetime,
) -> tuple[datetime, PlannedLine]:
    short = behaviour.short_of(order, line)
    coming = line.quantity - short
    parts = max(1, min(behaviour.parts_of(order, line), coming))
    # cumulative quantity after each part: the earlier parts take the remainder
    after = [coming * part // parts + (1 if coming * part % parts else 0) for part in range(1, parts + 1)]
    index = next((i for i, total in enumerate(after) if total > line.quantity_shipped), parts - 1)
    last = index == parts - 1
    wait = behaviour.ship_after_days + index * behaviour.part_interval_days
    if line.fulfilment is Fulfilment.DIRECT:
        wait += line.lead_days
    confirmed_on = business_date(confirm_at, zone)
    if confirm_at >= start_of_day(confirmed_on, zone) + timedelta(hours=behaviour.cutoff_hour):
        wait += 1
    day = add_business_days(confirmed_on, wait, is_holiday)
    when = start_of_day(day, zone) + timedelta(hours=_SHIPPING_HOUR)
    remaining_short = line.outstanding - (after[index] - line.quantity_shipped) if last else 0
    return when, PlannedLine(
        line_id=line.line_id, quantity=after[index] - line.quantity_shipped, short=remaining_short
    )
