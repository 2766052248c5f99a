"""How long the buyer's records are kept, and what is needed longer than that."""

from datetime import date

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.domain.purchasing import PurchaseOrderState
from askul_connect.core.policies.record_retention import (
    Needed,
    OrderFacts,
    RetentionSettings,
    records_before,
    still_needed,
    working_before,
)

BEFORE = date(2016, 4, 1)
OVER = OrderFacts(
    state=PurchaseOrderState.PLACED,
    orders=[OrderState.DELIVERED, OrderState.CANCELLED],
    days=[date(2016, 3, 31), date(2015, 4, 1)],
    open_invoices=False,
    held=False,
    periods=["2016-03", "2014"],
    waiting=False,
)


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("today", "years", "end", "first"),
    [
        # the return of the year to March 2016 is due on 31 May 2016, and ten years from then are 31 May 2026
        ("2026-05-31", 10, 3, "2015-04-01"),
        ("2026-06-01", 10, 3, "2016-04-01"),
        ("2023-05-31", 7, 3, "2015-04-01"),
        ("2023-06-01", 7, 3, "2016-04-01"),
        # a calendar year's return is due at the end of February, leap years too
        ("2026-02-28", 10, 12, "2015-01-01"),
        ("2026-03-01", 10, 12, "2016-01-01"),
        ("2028-02-29", 10, 12, "2017-01-01"),
        ("2028-03-01", 10, 12, "2018-01-01"),
        ("2026-11-26", 10, 11, "2015-12-01"),
        ("2026-11-26", 10, 10, "2015-11-01"),
    ],
)
def test_the_first_year_that_is_kept(today: str, years: int, end: int, first: str) -> None:
    settings = RetentionSettings(records_years=years, fiscal_year_end_month=end)
    assert records_before(date.fromisoformat(today), settings) == date.fromisoformat(first)


@pytest.mark.spec("INT-12")
@given(today=st.dates(date(2020, 1, 1), date(2090, 12, 31)), years=st.integers(7, 30), end=st.integers(1, 12))
def test_never_less_than_the_years(today: date, years: int, end: int) -> None:
    before = records_before(today, RetentionSettings(records_years=years, fiscal_year_end_month=end))
    # the youngest day that goes was more than the years and two months ago, and less than a year and three months more
    months = (today.year - before.year) * 12 + today.month - before.month
    assert years * 12 + 2 <= months <= years * 12 + 14
    assert before.day == 1


def test_working_papers_go_by_days() -> None:
    assert working_before(date(2026, 5, 31), RetentionSettings(working_days=30)) == date(2026, 5, 1)


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"state": None}, None),
        ({"state": PurchaseOrderState.REFUSED, "orders": []}, None),
        ({"days": [date(2015, 4, 1), BEFORE]}, Needed.YOUNG),
        ({"state": PurchaseOrderState.ACCEPTED}, Needed.OPEN_ORDER),
        ({"state": PurchaseOrderState.HELD, "orders": []}, Needed.OPEN_ORDER),
        ({"state": PurchaseOrderState.CANCELLED, "orders": []}, None),
        ({"orders": [OrderState.DELIVERED, OrderState.PARTLY_SHIPPED]}, Needed.OPEN_ORDER),
        ({"orders": [OrderState.CONFIRMED]}, Needed.OPEN_ORDER),
        ({"waiting": True}, Needed.OPEN_MESSAGE),
        ({"open_invoices": True}, Needed.OPEN_MATCH),
        ({"held": True}, Needed.OPEN_LEDGER),
        ({"periods": ["2016-03", "2016-04"]}, Needed.OPEN_PERIOD),
        ({"periods": ["2015"]}, Needed.OPEN_PERIOD),
        ({"periods": ["2015-Q1"]}, Needed.OPEN_PERIOD),
        ({"periods": ["2014-H2"]}, None),
        ({"periods": ["some"]}, Needed.OPEN_PERIOD),
    ],
)
def test_what_is_kept_for(changes: dict[str, object], reason: Needed | None) -> None:
    assert still_needed(evolve(OVER, **changes), BEFORE) is reason
