"""Business dates: the day an instant falls on in a party's zone, closing days, due days, business days.

Instants are aware UTC; an order date, cut-off, closing or tax date is a ``date`` in the party's zone.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from askul_connect.core.errors import ValueInvalid

if TYPE_CHECKING:
    from collections.abc import Callable

    from askul_connect.core.domain.accounts import BillingTerms

#: The closing days that accounts can have (BIL-1); 31 is the end of the month.
CLOSING_DAYS = (10, 20, 31)
_MONTH_END = 31
_MONTHS = 12
#: No calendar has this many holidays in a row.
_LONGEST_BREAK = 366


def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        ValueInvalid: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueInvalid(f"{name!r} is no time zone; give an IANA name such as 'Asia/Tokyo'") from None


def business_date(instant: datetime, zone: str) -> date:
    """The day an instant falls on in a zone.

    Args:
        instant: Aware; in any zone.
        zone: IANA name, for instance ``Asia/Tokyo``.

    Raises:
        ValueInvalid: The instant has no zone, or the zone does not exist.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueInvalid(f"{instant.isoformat()} has no time zone; give an aware datetime, best in UTC")
    try:
        return instant.astimezone(zone_of(zone)).date()
    except OverflowError:
        raise ValueInvalid(f"{instant.isoformat()} is outside the calendar in {zone}") from None


def start_of_day(day: date, zone: str) -> datetime:
    """The first instant of a day in a zone, in UTC.

    Raises:
        ValueInvalid: The zone does not exist.
    """
    return local_instant(day, time(), zone)


def local_instant(day: date, at: time, zone: str) -> datetime:
    """The instant of a local time of day in a zone, in UTC; the earlier one where a clock change makes two.

    Raises:
        ValueInvalid: The zone does not exist.
    """
    # A time that a clock change skips is the instant of that change.
    try:
        return datetime.combine(day, at, tzinfo=zone_of(zone)).astimezone(UTC)
    except OverflowError:
        raise ValueInvalid(f"{day.isoformat()} is outside the calendar in {zone}") from None


def closing_date(on: date, closing_day: int) -> date:
    """The closing that a day belongs to: the first closing date on or after it.

    Args:
        on: Day of the shipment.
        closing_day: 10, 20, or 31 for the end of the month.

    Raises:
        ValueInvalid: Another closing day.
    """
    this_month = _closing_in(on.year, on.month, closing_day)
    return this_month if on <= this_month else _closing_in(*_month_after(on, 1), closing_day)


def period_of(closing: date, closing_day: int) -> tuple[date, date]:
    """First and last day of the period that ends with a closing.

    Raises:
        ValueInvalid: The date is no closing date of that closing day.
    """
    if closing != _closing_in(closing.year, closing.month, closing_day):
        raise ValueInvalid(f"{closing.isoformat()} is no closing date of closing day {closing_day}")
    before = _closing_in(*_month_after(closing, -1), closing_day)
    return before + timedelta(days=1), closing


def due_date(closing: date, terms: BillingTerms) -> date:
    """The day on which what was closed has to be paid.

    Args:
        closing: The closing date; payment months are counted from its month.
        terms: The account's; a payment day beyond the end of a month means its last day.

    Raises:
        ValueInvalid: The terms are no day of a month, lie before the closing, or a negative number of months.
    """
    if terms.payment_months < 0 or not 1 <= terms.payment_day <= _MONTH_END:
        raise ValueInvalid(
            f"payment on day {terms.payment_day} after {terms.payment_months} months is no due date; "
            "give a day from 1 to 31 and months from 0"
        )
    due = _day_in(*_month_after(closing, terms.payment_months), terms.payment_day)
    if due < closing:
        raise ValueInvalid(
            f"payment on {due.isoformat()} would be due before the closing of {closing.isoformat()}; "
            "give a later payment day or month"
        )
    return due


def is_business_day(day: date, is_holiday: Callable[[date], bool]) -> bool:
    """Whether a day is neither Saturday, Sunday nor a holiday."""
    return day.isoweekday() <= 5 and not is_holiday(day)  # noqa: PLR2004  Friday


def last_business_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    """The day itself, or the last business day before it.

    Raises:
        ValueInvalid: The calendar has no business day within a year.
    """
    for days in range(min(_LONGEST_BREAK, (day - date.min).days)):
        candidate = day - timedelta(days=days)
        if is_business_day(candidate, is_holiday):
            return candidate
    raise ValueInvalid(f"the calendar has no business day within a year of {day.isoformat()}")


def add_business_days(day: date, count: int, is_holiday: Callable[[date], bool]) -> date:
    """The business day that many business days later; with 0 the day itself or the next business day.

    Args:
        day: Where to start; it is not counted.
        count: Business days, 0 or more.
        is_holiday: Public holidays and closures.

    Raises:
        ValueInvalid: The count is negative, or the calendar has no business day within a year.
    """
    if count < 0:
        raise ValueInvalid(f"business days are counted forward, not {count}")
    found = _next_business_day(day, is_holiday)
    # From a day off, the next business day is already the first one counted.
    for _ in range(count - 1 if count and found > day else count):
        found = _next_business_day(found + timedelta(days=1), is_holiday)
    return found


def _next_business_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    for days in range(min(_LONGEST_BREAK, (date.max - day).days)):
        candidate = day + timedelta(days=days)
        if is_business_day(candidate, is_holiday):
            return candidate
    raise ValueInvalid(f"the calendar has no business day within a year of {day.isoformat()}")


def _closing_in(year: int, month: int, closing_day: int) -> date:
    if closing_day not in CLOSING_DAYS:
        raise ValueInvalid(f"{closing_day} is no closing day; choose 10, 20 or 31 (the end of the month)")
    return _day_in(year, month, closing_day)


def _day_in(year: int, month: int, day: int) -> date:
    if not date.min.year <= year <= date.max.year:
        raise ValueInvalid(f"the year {year} is outside the calendar; check the date")
    return date(year, month, min(day, monthrange(year, month)[1]))


def _month_after(day: date, months: int) -> tuple[int, int]:
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return year, month + 1
