"""Tax categories, the dated table of rates, and tax computed once per rate (PRC-3).

Japanese law asks for one rounding per rate and invoice and forbids adding up tax rounded per line
(Enforcement Order of the Consumption Tax Act, article 70-10), so nothing here taxes a single line.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from attrs import Attribute, field, frozen

from askul_connect.core.domain.rounding import Rounding, divide, round_decimal
from askul_connect.core.errors import UnknownTax, ValueInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A rate is a whole number of hundredths of a percent, that is of ten-thousandths of the amount.
_RATE_DECIMALS = 2
_WHOLE = 10_000


class TaxCategory(StrEnum):
    """How an item is taxed."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"


class RateStatus(StrEnum):
    """Whether a row of the table is law."""

    ENACTED = "enacted"
    PLANNED = "planned"
    """Announced, not law: kept to be seen, never used."""
    REPEALED = "repealed"
    """Was law, but was changed before it came into force."""


def _ten_thousandths(rate: Decimal) -> int:
    """The rate as an integer; refuses what is no percentage from 0 to 100 with at most two decimals."""
    if type(rate) is not Decimal or not rate.is_finite():
        raise ValueInvalid(f"a tax rate is a Decimal of percent, such as Decimal('10'), not {rate!r}")
    return _units_of(rate)


# There are few rates, and each line of each document has one.
@lru_cache(maxsize=256)
def _units_of(rate: Decimal) -> int:
    units = round_decimal(rate, _RATE_DECIMALS, Rounding.DOWN)
    if not 0 <= units <= _WHOLE or units != round_decimal(rate, _RATE_DECIMALS, Rounding.UP):
        raise ValueInvalid(f"a tax rate is 0 to 100 percent with at most two decimals, not {rate}")
    return units


def _is_rate(_instance: object, _attribute: Attribute[Decimal], rate: Decimal) -> None:
    _ten_thousandths(rate)


@frozen(kw_only=True)
class TaxRate:
    """One row of the table.

    Attributes:
        category: What it applies to.
        rate: Percent, ``Decimal("10")`` for ten percent.
        valid_from, valid_to: First and last day it applies to; no last day while none is known.
        status: Only enacted rows are used.
        source: The law, or who announced it.
    """

    category: TaxCategory
    rate: Decimal = field(validator=_is_rate)
    valid_from: date
    valid_to: date | None = None
    status: RateStatus = RateStatus.ENACTED
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueInvalid(f"the {self.category} rate of {self.rate} % ends before {self.valid_from}")

    def covers(self, day: date) -> bool:
        """Whether the day lies in its period, whatever its status."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


def _do_not_overlap(
    _instance: object, _attribute: Attribute[tuple[TaxRate, ...]], rates: tuple[TaxRate, ...]
) -> None:
    enacted = sorted(
        (rate for rate in rates if rate.status is RateStatus.ENACTED),
        key=lambda rate: (rate.category, rate.valid_from),
    )
    for earlier, later in pairwise(enacted):
        if earlier.category is later.category and earlier.covers(later.valid_from):
            raise ValueInvalid(
                f"two enacted {later.category} rates apply on {later.valid_from}: {earlier.rate} % and "
                f"{later.rate} %; give the earlier one a last day"
            )


@frozen
class TaxTable:
    """Rates by category and day; at most one enacted rate applies to a category on a day.

    Raises:
        ValueInvalid: Two enacted rates of one category overlap.
    """

    rates: tuple[TaxRate, ...] = field(validator=_do_not_overlap)

    def rate(self, category: TaxCategory, on: date) -> TaxRate:
        """The rate that is law on a day.

        Args:
            category: How the item is taxed.
            on: The tax date, in the seller's zone.

        Raises:
            UnknownTax: No enacted rate applies.
        """
        for rate in self.rates:
            if rate.category is category and rate.status is RateStatus.ENACTED and rate.covers(on):
                return rate
        raise UnknownTax(f"no enacted {category} tax rate applies on {on.isoformat()}")


def _row(
    category: TaxCategory,
    rate: str,
    first: str,
    last: str = "",
    *,
    status: RateStatus = RateStatus.ENACTED,
    source: str = "Act No. 108 of 1988",
) -> TaxRate:
    return TaxRate(
        category=category,
        rate=Decimal(rate),
        valid_from=date.fromisoformat(first),
        valid_to=date.fromisoformat(last) if last else None,
        status=status,
        source=source,
    )


#: Japanese consumption tax, national and local together.
JAPAN_CONSUMPTION_TAX = TaxTable(
    (
        _row(TaxCategory.STANDARD, "3", "1989-04-01", "1997-03-31"),
        _row(TaxCategory.STANDARD, "5", "1997-04-01", "2014-03-31", source="Act No. 109 of 1994"),
        _row(TaxCategory.STANDARD, "8", "2014-04-01", "2019-09-30", source="Act No. 68 of 2012"),
        _row(
            TaxCategory.STANDARD,
            "10",
            "2015-10-01",
            status=RateStatus.REPEALED,
            source="Act No. 68 of 2012, put off by Act No. 9 of 2015",
        ),
        _row(
            TaxCategory.STANDARD,
            "10",
            "2017-04-01",
            status=RateStatus.REPEALED,
            source="Act No. 9 of 2015, put off by Act No. 85 of 2016",
        ),
        _row(TaxCategory.STANDARD, "10", "2019-10-01", source="Act No. 85 of 2016"),
        _row(TaxCategory.REDUCED, "8", "2019-10-01", source="Act No. 85 of 2016"),
        _row(
            TaxCategory.REDUCED,
            "1",
            "2027-04-01",
            "2029-03-31",
            status=RateStatus.PLANNED,
            source="cabinet decision of 2026-08-05 on food; bill not enacted as of 2026-09-18",
        ),
        _row(TaxCategory.ZERO, "0", "1989-04-01", source="Act No. 108 of 1988, articles 7 and 8 (exports)"),
        _row(TaxCategory.EXEMPT, "0", "1989-04-01", source="Act No. 108 of 1988, article 6"),
    )
)


@frozen(kw_only=True)
class TaxTotal:
    """What one document holds of one rate.

    Attributes:
        category: How its lines are taxed.
        rate: Percent.
        taxable: Sum of the lines without tax, minor units.
        tax: Tax of that sum, minor units, rounded once.
    """

    category: TaxCategory
    rate: Decimal
    taxable: int
    tax: int


def tax_subtotals(
    amounts: Iterable[tuple[TaxCategory, Decimal, int]], method: Rounding = Rounding.DOWN
) -> tuple[TaxTotal, ...]:
    """The taxable sums and taxes of a document, rounded once per rate (PRC-3, BIL-2).

    Args:
        amounts: Category, rate in percent and net amount in minor units of each line, allowance or charge;
            negative amounts reduce. All are of one currency.
        method: How each tax is rounded; mirrored for a negative sum.

    Returns:
        One total per category and rate, the highest rate first, then by category.

    Raises:
        ValueInvalid: A rate is no percentage, or an amount no integer.
    """
    sums: dict[tuple[TaxCategory, int], int] = {}
    for category, rate, net_minor in amounts:
        if type(net_minor) is not int:
            raise ValueInvalid(f"an amount is an integer of minor units, not {net_minor!r}")
        key = (category, _ten_thousandths(rate))
        sums[key] = sums.get(key, 0) + net_minor
    return tuple(
        TaxTotal(
            category=category,
            rate=_percent(units),
            taxable=taxable,
            tax=divide(taxable * units, _WHOLE, method),
        )
        for (category, units), taxable in sorted(sums.items(), key=lambda item: (-item[0][1], item[0][0]))
    )


def _percent(units: int) -> Decimal:
    """Ten-thousandths as percent in one spelling, so that 8.0 and 8.00 of a document both end as 8."""
    whole, rest = divmod(units, _WHOLE // 100)
    return Decimal(f"{whole}.{rest:02}".rstrip("0").rstrip("."))
