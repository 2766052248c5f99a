"""Which period a day is in, and when what is open goes over (INT-3)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.policies.budget_periods import period_after_carry_over, period_of_day
from askul_connect.core.policies.settings import BudgetPeriod, BudgetSettings, CarryOver


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(
    ("period", "first_month", "day", "wanted"),
    [
        (BudgetPeriod.MONTH, 1, date(2026, 4, 30), "2026-04"),
        (BudgetPeriod.MONTH, 4, date(2027, 3, 31), "2027-03"),
        (BudgetPeriod.QUARTER, 1, date(2026, 3, 31), "2026-Q1"),
        (BudgetPeriod.QUARTER, 4, date(2026, 4, 1), "2026-Q1"),
        (BudgetPeriod.QUARTER, 4, date(2027, 3, 31), "2026-Q4"),
        (BudgetPeriod.HALF_YEAR, 1, date(2026, 7, 1), "2026-H2"),
        (BudgetPeriod.HALF_YEAR, 4, date(2027, 1, 1), "2026-H2"),
        (BudgetPeriod.YEAR, 1, date(2026, 12, 31), "2026"),
        (BudgetPeriod.YEAR, 4, date(2027, 3, 31), "2026"),
        (BudgetPeriod.YEAR, 4, date(2027, 4, 1), "2027"),
        (BudgetPeriod.YEAR, 12, date(2026, 12, 1), "2026"),
    ],
)
def test_the_period_of_a_day(period: BudgetPeriod, first_month: int, day: date, wanted: str) -> None:
    assert period_of_day(day, BudgetSettings(period=period, first_month=first_month)) == wanted


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(
    ("when", "period", "open_in", "today", "wanted"),
    [
        (CarryOver.NEVER, BudgetPeriod.MONTH, "2025-01", date(2026, 4, 1), "2025-01"),
        (CarryOver.YEAR, BudgetPeriod.MONTH, "2026-05", date(2027, 3, 31), "2026-05"),
        (CarryOver.YEAR, BudgetPeriod.MONTH, "2026-05", date(2027, 4, 1), "2027-04"),
        (CarryOver.YEAR, BudgetPeriod.MONTH, "2027-03", date(2027, 4, 1), "2027-04"),
        (CarryOver.YEAR, BudgetPeriod.QUARTER, "2026-Q4", date(2027, 4, 1), "2027-Q1"),
        (CarryOver.YEAR, BudgetPeriod.YEAR, "2026", date(2028, 3, 31), "2027"),
        (CarryOver.PERIOD, BudgetPeriod.MONTH, "2026-05", date(2026, 6, 1), "2026-06"),
        (CarryOver.PERIOD, BudgetPeriod.QUARTER, "2026-Q1", date(2026, 7, 1), "2026-Q2"),
        # the settings were of months when it was taken
        (CarryOver.PERIOD, BudgetPeriod.YEAR, "2026-05", date(2026, 6, 1), "2026-05"),
        (CarryOver.PERIOD, BudgetPeriod.YEAR, "2026-05", date(2027, 4, 1), "2027"),
        # a clock that was put back moves nothing back
        (CarryOver.PERIOD, BudgetPeriod.MONTH, "2026-07", date(2026, 6, 1), "2026-07"),
    ],
)
def test_where_what_is_open_stands(
    when: CarryOver, period: BudgetPeriod, open_in: str, today: date, wanted: str
) -> None:
    settings = BudgetSettings(period=period, first_month=4, carry_over=when)
    assert period_after_carry_over(open_in, today, settings) == wanted


@pytest.mark.spec("INT-3")
@given(
    st.sampled_from(BudgetPeriod),
    st.integers(1, 12),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_periods_follow_each_other_as_days_do(
    period: BudgetPeriod, first_month: int, one: date, other: date
) -> None:
    settings = BudgetSettings(period=period, first_month=first_month, carry_over=CarryOver.PERIOD)
    earlier, later = sorted((one, other))
    assert period_of_day(earlier, settings) <= period_of_day(later, settings)
    # what was open goes to the present period exactly, and stays there
    moved = period_after_carry_over(period_of_day(earlier, settings), later, settings)
    assert moved == period_of_day(later, settings)
