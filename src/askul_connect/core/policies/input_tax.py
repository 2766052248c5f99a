"""How much of the tax of a purchase the buyer may deduct, by the day of the purchase (BIL-7).

Tax invoiced by a registered supplier is deducted in full. Of other suppliers' a share that falls with the years is,
up to a yearly sum of purchases from each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from attrs import frozen

from askul_connect.core.domain.rounding import Rounding, divide

_WHOLE = 100
_MONTHS = 12


@frozen(kw_only=True)
class Share:
    """What may be deducted of an unregistered supplier's tax.

    Attributes:
        first: The first day of purchases it is for; it ends where the next one begins.
        percent: Of the tax.
    """

    first: date
    percent: int


@frozen(kw_only=True)
class YearlyCap:
    """Purchases from one unregistered supplier beyond which nothing more is deducted.

    Attributes:
        first: It is for tax periods that begin on that day or later.
        minor: Yen with tax, in one tax period.
    """

    first: date
    minor: int


#: Before the first row there was no difference between suppliers. The reform of fiscal 2026 made 70 % of 50 %.
SHARES = (
    Share(first=date(2023, 10, 1), percent=80),
    Share(first=date(2026, 10, 1), percent=70),
    Share(first=date(2028, 10, 1), percent=50),
    Share(first=date(2030, 10, 1), percent=30),
    Share(first=date(2031, 10, 1), percent=0),
)
CAPS = (
    YearlyCap(first=date(2024, 10, 1), minor=1_000_000_000),
    YearlyCap(first=date(2026, 10, 1), minor=100_000_000),
)


@frozen(kw_only=True)
class Purchase:
    """What was bought of one supplier at one rate on one day; yen.

    Attributes:
        registered: Whether the supplier's invoice is a qualified one.
        on: The day of the purchase.
        taxable, tax: The sum without tax, and its tax; below zero for what was given back.
    """

    supplier: str
    registered: bool
    on: date
    taxable: int
    tax: int


@frozen(kw_only=True)
class Deduction:
    """What may be deducted for a purchase.

    Attributes:
        percent: Of the tax that is within the cap.
        within_cap: The part of the tax that the share is taken of.
        deductible: Yen.
    """

    purchase: Purchase
    percent: int
    within_cap: int
    deductible: int


def deductible_percent(on: date, *, registered: bool, shares: Sequence[Share] = SHARES) -> int:
    """Percent of the tax of a purchase of that day."""
    if registered:
        return _WHOLE
    return next((share.percent for share in reversed(shares) if share.first <= on), _WHOLE)


def tax_period_start(on: date, first_month: int) -> date:
    """The first day of the buyer's tax period that a day belongs to; a period is a year."""
    return date(on.year if on.month >= first_month else on.year - 1, first_month, 1)


def yearly_cap(period: date, caps: Sequence[YearlyCap] = CAPS) -> int | None:
    """The cap of a tax period that begins on that day, in yen with tax; None without one."""
    return next((cap.minor for cap in reversed(caps) if cap.first <= period), None)


def deductions(purchases: Iterable[Purchase], *, first_month: int = 1) -> tuple[Deduction, ...]:
    """What may be deducted for purchases, in the order they are given in, which is that of the running sums.

    A purchase that goes beyond the cap counts with the part that is within it.

    Args:
        purchases: All purchases of the tax periods, in the order of their days.
        first_month: The month the buyer's tax period begins with.
    """
    spent: dict[tuple[str, date], int] = {}
    found = []
    for one in purchases:
        percent, within = deductible_percent(one.on, registered=one.registered), one.tax
        period = tax_period_start(one.on, first_month)
        cap = None if one.registered or percent == _WHOLE else yearly_cap(period)
        if cap is not None:
            gross, before = one.taxable + one.tax, spent.get((one.supplier, period), 0)
            spent[one.supplier, period] = before + gross
            counted = min(before + gross, cap) - min(before, cap)
            within = divide(one.tax * counted, gross, Rounding.DOWN) if gross else 0
        found.append(
            Deduction(
                purchase=one,
                percent=percent,
                within_cap=within,
                deductible=divide(within * percent, _WHOLE, Rounding.DOWN),
            )
        )
    return tuple(found)
