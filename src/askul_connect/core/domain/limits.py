"""What a department may spend in a month (ACC-5)."""

from __future__ import annotations

from datetime import date, timedelta

from attrs import frozen


@frozen(kw_only=True)
class DepartmentLimit:
    """The most that a department's lines may cost in one business month.

    What is used of it is derived from the orders; nothing is booked.

    Attributes:
        code: The department. Departments below it have limits of their own.
        monthly_limit: Minor units with tax.
    """

    account_id: str
    code: str
    monthly_limit: int


def month_of(day: date) -> tuple[date, date]:
    """First and last day of a day's month."""
    first = day.replace(day=1)
    following = (first + timedelta(days=31)).replace(day=1)
    return first, following - timedelta(days=1)
