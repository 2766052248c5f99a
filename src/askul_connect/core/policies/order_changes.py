"""Rules for changing an order after it was placed: until when, which lines, how much more may leave (ORD-5)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.allowances import net_of, taxed_amounts
from askul_connect.core.domain.calendar import start_of_day
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.orders import CancelCause, LineState, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine
from askul_connect.core.errors import TooLateToChange
from askul_connect.core.policies.fulfilment import business_days_after
from askul_connect.core.policies.pricing import totals


def changeable_until(
    placed_at: datetime, profile: SupplierProfile, is_holiday: Callable[[date], bool]
) -> datetime:
    """The instant from which a customer can no longer change or cancel an order.

    It is an hour of the business day that the order is of, when its shipping is prepared.

    Args:
        placed_at: Aware.
        profile: Gives the hour, the cut-off and the zone.
        is_holiday: Public holidays; the profile has the closures.
    """
    day = business_days_after(placed_at, 0, profile, is_holiday)
    return start_of_day(day, profile.zone) + timedelta(hours=profile.changes_until_hour)


def customers_step(line: OrderLine, step: Step, now: datetime, until: datetime) -> LineState:
    """The state of a line after its customer's step.

    Raises:
        IllegalStep: Its state does not allow the step.
        TooLateToChange: The cut-off has passed, or its maker has been told to ship it.
    """
    state = next_line_state(line.state, step)
    if line.fulfilment is Fulfilment.DIRECT and line.state is not LineState.PLACED:
        raise TooLateToChange(f"{line.sku} comes from its maker and is confirmed; it cannot be changed")
    if now >= until:
        raise TooLateToChange(f"line {line.line_id} could be changed until {until.isoformat()}")
    return state


def live(line: OrderLine) -> int:
    """Units that are ordered and not cancelled."""
    return line.quantity - line.quantity_cancelled


def reduced(line: OrderLine, by: int, cause: CancelCause, reason: str = "", *, state: LineState) -> OrderLine:
    """A line some of whose units will not come.

    What was ordered stays: its amounts are divided by units, so that each part keeps the amount it had.
    """
    return evolve(
        line,
        quantity_cancelled=line.quantity_cancelled + by,
        promised_on=line.promised_on if by < line.outstanding else None,
        cancel_cause=cause,
        cancel_reason=reason or None,
        state=state,
    )


def raised(line: OrderLine, by: int, code: str) -> OrderLine:
    """A line of which more is ordered, at its own unit price; its allowances and charges stay what they are.

    Args:
        line: Of which nothing has left.
        by: Units, above zero.
        code: Currency of the order.
    """
    return reckoned(evolve(line, quantity=line.quantity + by), code)


def reckoned(line: OrderLine, code: str) -> OrderLine:
    """A line with the amount of all its units, its allowances and charges included."""
    goods = UnitPrice(line.unit_price, currency(code)).times(line.quantity).minor
    return evolve(line, amount_excl_tax=goods + net_of(line.allowances))


def retotalled(order: Order, profile: SupplierProfile) -> Order:
    """An order with the tax and totals of its lines, as when it was placed."""
    sums = totals(
        taxed_amounts(
            [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in order.lines],
            order.allowances,
        ),
        currency(order.currency),
        profile.tax_rounding,
    )
    return evolve(order, tax=sums.tax, total_excl_tax=sums.excl_tax.minor, total_incl_tax=sums.incl_tax.minor)


def most_to_ship(line: OrderLine, tolerance_percent: int) -> int:
    """The most units of a line that may leave now: what is outstanding, and of the last part a little more."""
    return line.outstanding + line.quantity * tolerance_percent // 100 if line.outstanding else 0
