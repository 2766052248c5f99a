"""Which budget period a day is in, and when what is open goes over to a later one (INT-3)."""

from __future__ import annotations

from datetime import date

from askul_connect.core.policies.settings import BudgetPeriod, BudgetSettings, CarryOver

_MONTHS = 12
_YEAR_DIGITS = 4
_PARTS = {BudgetPeriod.QUARTER: ("Q", 3), BudgetPeriod.HALF_YEAR: ("H", 6)}


def period_of_day(day: date, settings: BudgetSettings) -> str:
    """The budget period of a business date: ``2026-04``, ``2026-Q1``, ``2026-H1`` or ``2026``.

    Months are named by the calendar. Quarters, halves and years count from the month in which the budget year begins,
    and are named by the calendar year in which it begins.
    """
    if settings.period is BudgetPeriod.MONTH:
        return f"{day.year:04d}-{day.month:02d}"
    year = budget_year(day.year, day.month, settings)
    if settings.period is BudgetPeriod.YEAR:
        return f"{year:04d}"
    letter, months = _PARTS[settings.period]
    place = (day.month - settings.first_month) % _MONTHS // months + 1
    return f"{year:04d}-{letter}{place}"


def budget_year(year: int, month: int, settings: BudgetSettings) -> int:
    """The calendar year in which the budget year of a month begins."""
    return year if month >= settings.first_month else year - 1


def period_after_carry_over(period: str, today: date, settings: BudgetSettings) -> str:
    """The period in which what is still open of an earlier one is to stand: the same one where it stays."""
    present = period_of_day(today, settings)
    past = _year_of(period, settings) < budget_year(today.year, today.month, settings)
    if settings.carry_over is CarryOver.YEAR and past:
        return present
    if settings.carry_over is CarryOver.PERIOD and (
        past or (len(period) == len(present) and period < present)
    ):
        return present
    return period


def _year_of(period: str, settings: BudgetSettings) -> int:
    year, rest = int(period[:_YEAR_DIGITS]), period[_YEAR_DIGITS + 1 :]
    return budget_year(year, int(rest), settings) if rest.isdecimal() else year
