"""The delivery promise over regions, cut-offs, holidays and closures (ORD-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.security.holidays import JapaneseHolidays
from askul_connect.core.domain.calendar import is_business_day
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.delivery import Closure, DeliveryArea, DeliveryTerms
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.policies.delivery import DeliveryPromise, promise

ZONE = "Asia/Tokyo"
HOLIDAYS = JapaneseHolidays()
TERMS = DeliveryTerms(
    areas=(
        DeliveryArea(),
        DeliveryArea(postcodes="10", days=0),
        DeliveryArea(postcodes="100", days=0, cutoff=time(15, 30)),
        DeliveryArea(postcodes="90", days=3),
        DeliveryArea(postcodes="53", days=0, valid_from=date(2026, 10, 1), valid_to=date(2026, 12, 31)),
    ),
    closures=(Closure(first=date(2026, 12, 29), last=date(2027, 1, 3), reason="年末年始"),),
)
NEXT_DAY, SAME_DAY, AFTERNOON, ISLANDS, TRIAL = (
    "460-0001",
    "102-0001",
    "〒１００－０００１",
    "900-0001",
    "530-0001",
)


def tokyo(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)


def promised(
    ordered: datetime, postcode: str = NEXT_DAY, lead: int | None = None, terms: DeliveryTerms = TERMS
) -> DeliveryPromise:
    found = promise(
        ordered_at=ordered,
        postcode=postcode,
        fulfilment=Fulfilment.STOCK if lead is None else Fulfilment.DIRECT,
        lead_days=lead or 0,
        terms=terms,
        zone=ZONE,
        is_holiday=HOLIDAYS.is_holiday,
    )
    assert found is not None
    return found


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("ordered", "dispatched", "delivered"),
    [
        # an ordinary week: Monday in the morning, at the last moment, at noon, at midnight
        ("2026-11-09 08:00", "2026-11-09", "2026-11-10"),
        ("2026-11-09 11:59:59.999999", "2026-11-09", "2026-11-10"),
        ("2026-11-09 12:00", "2026-11-10", "2026-11-11"),
        ("2026-11-09 23:59:59", "2026-11-10", "2026-11-11"),
        ("2026-11-10 00:00", "2026-11-10", "2026-11-11"),
        # over a weekend
        ("2026-11-13 11:00", "2026-11-13", "2026-11-16"),
        ("2026-11-13 13:00", "2026-11-16", "2026-11-17"),
        ("2026-11-14 09:00", "2026-11-16", "2026-11-17"),
        # year end: the supplier is closed from 29 December to 3 January
        ("2026-12-28 11:59", "2026-12-28", "2027-01-04"),
        ("2026-12-28 12:00", "2027-01-04", "2027-01-05"),
        ("2026-12-31 10:00", "2027-01-04", "2027-01-05"),
        ("2027-01-01 00:00", "2027-01-04", "2027-01-05"),
        # Coming of Age Day, the second Monday of January
        ("2027-01-08 11:00", "2027-01-08", "2027-01-12"),
        # Golden Week 2026: 3 May is a Sunday, so 6 May is its substitute
        ("2026-05-01 11:00", "2026-05-01", "2026-05-07"),
        ("2026-05-01 12:00", "2026-05-07", "2026-05-08"),
        ("2026-05-06 10:00", "2026-05-07", "2026-05-08"),
        # Golden Week 2027: Friday 30 April is a business day between
        ("2027-04-28 11:00", "2027-04-28", "2027-04-30"),
        ("2027-04-28 13:00", "2027-04-30", "2027-05-06"),
        # a day between two holidays is one itself: 22 September 2026
        ("2026-09-18 11:00", "2026-09-18", "2026-09-24"),
    ],
)
def test_the_next_business_day(ordered: str, dispatched: str, delivered: str) -> None:
    found = promised(tokyo(ordered))
    assert (str(found.dispatched_on), str(found.delivered_on)) == (dispatched, delivered)


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("ordered", "postcode", "delivered"),
    [
        ("2026-11-09 11:59", SAME_DAY, "2026-11-09"),
        ("2026-11-09 12:00", SAME_DAY, "2026-11-10"),
        ("2026-11-09 15:29", AFTERNOON, "2026-11-09"),
        ("2026-11-09 15:30", AFTERNOON, "2026-11-10"),
        ("2026-11-20 11:00", ISLANDS, "2026-11-26"),
        ("2026-12-31 11:00", SAME_DAY, "2027-01-04"),
        # the region table is dated
        ("2026-09-30 11:00", TRIAL, "2026-10-01"),
        ("2026-10-01 11:00", TRIAL, "2026-10-01"),
        ("2027-01-04 11:00", TRIAL, "2027-01-05"),
    ],
)
def test_by_region_and_its_cut_off(ordered: str, postcode: str, delivered: str) -> None:
    assert str(promised(tokyo(ordered), postcode).delivered_on) == delivered


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("ordered", "postcode", "lead", "dispatched", "delivered"),
    [
        ("2026-11-09 11:00", NEXT_DAY, 3, "2026-11-12", "2026-11-13"),
        # Labour Thanksgiving Day lies between
        ("2026-11-20 11:00", NEXT_DAY, 3, "2026-11-26", "2026-11-27"),
        # a maker does not stand next door
        ("2026-11-09 11:00", SAME_DAY, 0, "2026-11-09", "2026-11-10"),
        ("2026-12-25 11:00", ISLANDS, 2, "2027-01-04", "2027-01-07"),
    ],
)
def test_direct_ship_after_its_lead_time(
    ordered: str, postcode: str, lead: int, dispatched: str, delivered: str
) -> None:
    found = promised(tokyo(ordered), postcode, lead)
    assert (str(found.dispatched_on), str(found.delivered_on)) == (dispatched, delivered)


@pytest.mark.spec("ORD-4")
def test_nothing_is_promised_where_nothing_is_delivered_to() -> None:
    terms = DeliveryTerms(areas=(DeliveryArea(postcodes="1"),))
    found = promise(
        ordered_at=tokyo("2026-11-09 11:00"),
        postcode=ISLANDS,
        fulfilment=Fulfilment.STOCK,
        lead_days=0,
        terms=terms,
        zone=ZONE,
        is_holiday=HOLIDAYS.is_holiday,
    )
    assert found is None


@pytest.mark.spec("ORD-4")
def test_of_two_rows_for_one_region_the_later_counts() -> None:
    slower = DeliveryArea(days=4, valid_from=date(2026, 11, 1))
    terms = evolve(TERMS, areas=(slower, DeliveryArea()))
    assert promised(tokyo("2026-10-30 11:00"), terms=terms).delivered_on == date(2026, 11, 2)
    assert promised(tokyo("2026-11-02 11:00"), terms=terms).delivered_on == date(2026, 11, 9)


_INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)).map(lambda one: one.replace(tzinfo=UTC))  # noqa: DTZ001 -- the zone is put on after
_POSTCODES = st.sampled_from([NEXT_DAY, SAME_DAY, AFTERNOON, ISLANDS])


@pytest.mark.spec("ORD-4")
@given(_INSTANTS, _POSTCODES, st.none() | st.integers(0, 20))
def test_a_promise_holds_until_it_says_and_is_of_business_days(
    ordered: datetime, postcode: str, lead: int | None
) -> None:
    found = promised(ordered, postcode, lead)
    is_day_off = TERMS.days_off(HOLIDAYS.is_holiday)
    assert ordered < found.ordered_by
    assert found.dispatched_on <= found.delivered_on
    assert all(is_business_day(day, is_day_off) for day in (found.dispatched_on, found.delivered_on))
    moment = timedelta(microseconds=1)
    assert promised(found.ordered_by - moment, postcode, lead) == found
    assert promised(found.ordered_by, postcode, lead).dispatched_on > found.dispatched_on


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: DeliveryArea(days=-1), "from 0 to 60"),
        (lambda: DeliveryArea(days=61), "from 0 to 60"),
        (lambda: DeliveryArea(postcodes="１"), "ASCII digits"),
        (lambda: DeliveryArea(postcodes="12345678"), "up to 7"),
        (lambda: DeliveryArea(valid_from=date(2026, 1, 2), valid_to=date(2026, 1, 1)), "ends before"),
        (lambda: Closure(first=date(2026, 1, 2), last=date(2026, 1, 1)), "ends before"),
    ],
)
def test_data_that_say_nothing_are_refused(make: object, says: str) -> None:
    assert callable(make)
    with pytest.raises(ValueInvalid, match=says):
        make()
