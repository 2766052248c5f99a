from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.accounts import BillingTerms
from askul_connect.core.domain.calendar import (
    CLOSING_DAYS,
    add_business_days,
    business_date,
    closing_date,
    due_date,
    is_business_day,
    period_of,
    start_of_day,
)
from askul_connect.core.errors import ValueInvalid

TOKYO = "Asia/Tokyo"
DAYS = st.dates(date(1990, 1, 1), date(2200, 1, 1))


def never(day: date) -> bool:
    return False


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-22T14:59:59.999999+00:00", "2026-11-22"),
        ("2026-11-22T15:00:00+00:00", "2026-11-23"),
        ("2026-11-30T14:59:59+00:00", "2026-11-30"),
        ("2026-11-30T15:00:00+00:00", "2026-12-01"),
        ("2026-12-31T14:59:59+00:00", "2026-12-31"),
        ("2026-12-31T15:00:00+00:00", "2027-01-01"),
        ("2028-02-28T15:00:00+00:00", "2028-02-29"),
        ("2028-02-29T15:00:00+00:00", "2028-03-01"),
        ("2027-02-28T15:00:00+00:00", "2027-03-01"),
        ("2026-11-23T00:00:00+09:00", "2026-11-23"),
        ("2026-11-22T23:59:59+09:00", "2026-11-22"),
    ],
)
def test_the_day_begins_at_midnight_in_japan(instant: str, day: str) -> None:
    assert business_date(datetime.fromisoformat(instant), TOKYO) == date.fromisoformat(day)


def test_an_instant_needs_a_time_zone_and_a_zone_a_name() -> None:
    with pytest.raises(ValueInvalid, match="aware"):
        business_date(datetime(2026, 11, 22), TOKYO)  # noqa: DTZ001  what is refused
    for zone in ("", "Tokyo", "../../etc/passwd", "/etc/passwd", "Asia", "Asia/Tokyo\0"):
        with pytest.raises(ValueInvalid, match="IANA"):
            business_date(datetime(2026, 11, 22, tzinfo=UTC), zone)


def test_the_ends_of_the_calendar_are_typed_errors() -> None:
    with pytest.raises(ValueInvalid):
        business_date(datetime.max.replace(tzinfo=UTC), TOKYO)
    with pytest.raises(ValueInvalid):
        start_of_day(date.min, TOKYO)
    with pytest.raises(ValueInvalid):
        closing_date(date(9999, 12, 21), 20)
    with pytest.raises(ValueInvalid):
        add_business_days(date.max, 1, never)
    with pytest.raises(ValueInvalid):
        due_date(date(9999, 12, 31), BillingTerms())


@given(DAYS, st.sampled_from([TOKYO, "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo"]))
def test_a_day_is_what_lies_between_its_start_and_the_next(day: date, zone: str) -> None:
    start = start_of_day(day, zone)

    assert start.tzinfo is UTC
    assert business_date(start, zone) == day
    assert business_date(start - timedelta(microseconds=1), zone) == day - timedelta(days=1)


def test_the_start_of_a_day_in_japan() -> None:
    assert start_of_day(date(2027, 1, 1), TOKYO) == datetime(2026, 12, 31, 15, tzinfo=UTC)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001
def test_the_zone_an_instant_is_written_in_makes_no_difference(moment: datetime, hours: int) -> None:
    instant = moment.replace(tzinfo=UTC)

    elsewhere = instant.astimezone(timezone(timedelta(hours=hours)))
    assert business_date(elsewhere, TOKYO) == business_date(instant, TOKYO)


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize(
    ("on", "closing_day", "closing"),
    [
        ("2026-11-10", 10, "2026-11-10"),
        ("2026-11-11", 10, "2026-12-10"),
        ("2026-12-11", 10, "2027-01-10"),
        ("2026-11-20", 20, "2026-11-20"),
        ("2026-12-21", 20, "2027-01-20"),
        ("2026-11-01", 31, "2026-11-30"),
        ("2026-11-30", 31, "2026-11-30"),
        ("2026-12-31", 31, "2026-12-31"),
        ("2027-02-28", 31, "2027-02-28"),
        ("2028-02-28", 31, "2028-02-29"),
        ("2028-02-29", 31, "2028-02-29"),
        ("2100-02-28", 31, "2100-02-28"),
    ],
)
def test_closing_dates(on: str, closing_day: int, closing: str) -> None:
    assert closing_date(date.fromisoformat(on), closing_day) == date.fromisoformat(closing)


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize(
    ("closing", "closing_day", "first"),
    [
        ("2026-11-10", 10, "2026-10-11"),
        ("2027-01-20", 20, "2026-12-21"),
        ("2027-02-28", 31, "2027-02-01"),
        ("2028-03-31", 31, "2028-03-01"),
        ("2027-01-31", 31, "2027-01-01"),
    ],
)
def test_periods(closing: str, closing_day: int, first: str) -> None:
    assert period_of(date.fromisoformat(closing), closing_day) == (
        date.fromisoformat(first),
        date.fromisoformat(closing),
    )


@pytest.mark.spec("BIL-1")
@given(DAYS, st.sampled_from(CLOSING_DAYS))
def test_each_day_lies_in_exactly_the_period_of_its_closing(day: date, closing_day: int) -> None:
    first, last = period_of(closing_date(day, closing_day), closing_day)

    assert first <= day <= last
    assert closing_date(last + timedelta(days=1), closing_day) > last
    assert period_of(closing_date(last + timedelta(days=1), closing_day), closing_day)[0] == last + timedelta(
        days=1
    )
    assert closing_date(first - timedelta(days=1), closing_day) == first - timedelta(days=1)


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize("closing_day", [0, 1, 15, 25, 30, 32, -1])
def test_other_closing_days_are_refused(closing_day: int) -> None:
    with pytest.raises(ValueInvalid, match="10, 20 or 31"):
        closing_date(date(2026, 11, 22), closing_day)


def test_only_a_closing_date_ends_a_period() -> None:
    with pytest.raises(ValueInvalid):
        period_of(date(2026, 11, 29), 31)


@pytest.mark.spec("BIL-1")
@pytest.mark.parametrize(
    ("closing", "months", "day", "due"),
    [
        ("2026-11-30", 1, 31, "2026-12-31"),
        ("2026-12-31", 1, 31, "2027-01-31"),
        ("2027-01-31", 1, 31, "2027-02-28"),
        ("2028-01-31", 1, 31, "2028-02-29"),
        ("2026-11-10", 0, 25, "2026-11-25"),
        ("2026-11-30", 1, 15, "2026-12-15"),
        ("2026-11-20", 14, 10, "2028-01-10"),
    ],
)
def test_due_dates(closing: str, months: int, day: int, due: str) -> None:
    terms = BillingTerms(payment_months=months, payment_day=day)

    assert due_date(date.fromisoformat(closing), terms) == date.fromisoformat(due)


@pytest.mark.parametrize(("months", "day"), [(-1, 31), (1, 0), (1, 32), (0, 10)])
def test_terms_that_lead_nowhere_are_refused(months: int, day: int) -> None:
    with pytest.raises(ValueInvalid):
        due_date(date(2026, 11, 20), BillingTerms(payment_months=months, payment_day=day))


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-24"),
        ("2026-11-21", 0, "2026-11-24"),
        ("2026-11-21", 1, "2026-11-24"),
        ("2026-11-22", 2, "2026-11-25"),
        ("2026-11-19", 5, "2026-11-27"),
        ("2026-12-31", 1, "2027-01-04"),
    ],
)
def test_business_days_leave_out_weekends_and_holidays(day: str, count: int, expected: str) -> None:
    holidays = {date(2026, 11, 23), date(2027, 1, 1)}

    assert add_business_days(date.fromisoformat(day), count, holidays.__contains__) == date.fromisoformat(
        expected
    )


@given(DAYS, st.integers(0, 40), st.sets(DAYS, max_size=5))
def test_business_days_agree_with_counting(day: date, count: int, holidays: set[date]) -> None:
    found = add_business_days(day, count, holidays.__contains__)

    between = [day + timedelta(days=days) for days in range(1, (found - day).days + 1)]
    working = [each for each in between if is_business_day(each, holidays.__contains__)]
    assert is_business_day(found, holidays.__contains__)
    if count:
        assert len(working) == count
    else:
        assert working in ([], [found])


def test_a_calendar_without_business_days_is_refused() -> None:
    with pytest.raises(ValueInvalid, match="no business day"):
        add_business_days(date(2026, 11, 22), 1, lambda _: True)
    with pytest.raises(ValueInvalid, match="forward"):
        add_business_days(date(2026, 11, 22), -1, never)
