"""How long the buyer's records are kept, as data, and what may go (INT-12).

Japan's tax law has books and documents kept for seven years, and for ten where a loss of the year is carried forward;
the time runs from the day after the tax return of their fiscal year was due, two months after its end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.domain.purchasing import PurchaseOrderState

LEAST_YEARS = 7
LOSS_YEARS = 10
#: Months after the end of a fiscal year until its tax return is due.
_RETURN_DUE_MONTHS = 2
_MONTHS = 12
_MONTH = re.compile(r"(\d{4})-(\d{2})")


class RetentionClass(StrEnum):
    """A class of records by how long they are kept.

    ``RECORDS`` is what tax law calls books and documents, ``WORKING`` what only helps to work; ``KEPT`` never goes.
    """

    RECORDS = "records"
    WORKING = "working"
    KEPT = "kept"


#: The class of each kind of record; a kind that is not here is kept.
CLASSES: Mapping[str, RetentionClass] = MappingProxyType(
    {
        "purchase orders": RetentionClass.RECORDS,
        "orders": RetentionClass.RECORDS,
        "confirmations": RetentionClass.RECORDS,
        "ship notices": RetentionClass.RECORDS,
        "goods receipts": RetentionClass.RECORDS,
        "invoices": RetentionClass.RECORDS,
        "credit notes": RetentionClass.RECORDS,
        "changes": RetentionClass.RECORDS,
        "matches": RetentionClass.RECORDS,
        "ledger moves": RetentionClass.RECORDS,
        "messages": RetentionClass.RECORDS,
        "files in erp/done": RetentionClass.RECORDS,
        "files in erp/rejected": RetentionClass.WORKING,
        "keys of what was removed": RetentionClass.KEPT,
        "requisitions": RetentionClass.KEPT,
        "decisions of people": RetentionClass.KEPT,
        "sums of budgets": RetentionClass.KEPT,
        "records of purges": RetentionClass.KEPT,
    }
)


@frozen(kw_only=True)
class RetentionSettings:
    """What the integrator decided.

    Attributes:
        records_years: Books and documents, 7 or more.
        fiscal_year_end_month: The last month of the buyer's fiscal year.
        working_days: Working papers.
    """

    records_years: int = LOSS_YEARS
    fiscal_year_end_month: int = 3
    working_days: int = 400


def records_before(today: date, settings: RetentionSettings) -> date:
    """The first day whose books and documents are still kept: that of a fiscal year."""
    start = _first_of_fiscal_year(today, settings.fiscal_year_end_month)
    while True:
        earlier = date(start.year - 1, start.month, 1)
        if _kept_until(start, settings.records_years) < today:
            # the year that began at `start` may go; the one behind it is the first to be kept
            return date(start.year + 1, start.month, 1)
        start = earlier


def _first_of_fiscal_year(day: date, end_month: int) -> date:
    month = end_month % _MONTHS + 1
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def _kept_until(start: date, years: int) -> date:
    """The last day on which a fiscal year that began then is kept."""
    due = _months_after(date(start.year + 1, start.month, 1), _RETURN_DUE_MONTHS)
    # `due` is the day after the last day for the return
    return date(due.year + years, due.month, 1) - timedelta(days=1)


def _months_after(first: date, months: int) -> date:
    count = first.year * _MONTHS + first.month - 1 + months
    return date(count // _MONTHS, count % _MONTHS + 1, 1)


def working_before(today: date, settings: RetentionSettings) -> date:
    """The first day whose working papers are still kept."""
    return today - timedelta(days=settings.working_days)


class Needed(StrEnum):
    """Why something is kept although its own day is past."""

    YOUNG = "something about it is younger"
    OPEN_ORDER = "an order is open"
    OPEN_MATCH = "an invoice line is not matched"
    OPEN_LEDGER = "it still holds budget"
    OPEN_PERIOD = "its budget period is still kept"
    OPEN_MESSAGE = "a message about it waits"


#: Purchase orders that have still to go to a supplier.
_WAITING = frozenset({PurchaseOrderState.HELD, PurchaseOrderState.ACCEPTED})
#: Orders to which nothing more happens.
_OVER = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.CANCELLED, OrderState.RETURNED})


@frozen(kw_only=True)
class OrderFacts:
    """What decides whether a purchase order may go, with all orders and documents about it.

    Attributes:
        state: None for an order that none of our purchase orders made.
        days: Of everything about it: taken, ordered, shipped, received, invoiced, moved.
        open_invoices: Whether a line of an invoice over one of its orders is not matched.
        held: What its moves leave reserved or encumbered in any budget, minor units.
        periods: Budget periods of its lines.
        waiting: Whether a message about it has not come to an end.
    """

    state: PurchaseOrderState | None
    orders: Collection[OrderState]
    days: Collection[date]
    open_invoices: bool
    held: bool
    periods: Collection[str]
    waiting: bool


def still_needed(facts: OrderFacts, before: date) -> Needed | None:
    """What a purchase order is kept for; None when it may go.

    Args:
        facts: About it.
        before: First day whose records are kept.
    """
    open_order = facts.state in _WAITING or any(one not in _OVER for one in facts.orders)
    reasons = {
        Needed.YOUNG: any(day >= before for day in facts.days),
        Needed.OPEN_ORDER: open_order,
        Needed.OPEN_MESSAGE: facts.waiting,
        Needed.OPEN_MATCH: facts.open_invoices,
        Needed.OPEN_LEDGER: facts.held,
        Needed.OPEN_PERIOD: any(_end_of(period) >= before for period in facts.periods),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _end_of(period: str) -> date:
    """The last day of a budget period, or later where it is none that we know."""
    if month := _MONTH.fullmatch(period):
        return _months_after(date(int(month[1]), int(month[2]), 1), 1) - timedelta(days=1)
    if period[:4].isdecimal() and period[:4].isascii():
        # a year may begin in any month
        return date(int(period[:4]) + 1, _MONTHS, 31)
    return date.max
