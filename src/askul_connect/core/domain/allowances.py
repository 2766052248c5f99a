"""Allowances and charges of an order or of one of its lines, and the totals a customer anticipates.

An allowance is taken off, a charge is added; both are amounts without tax, in minor units, never negative. Nothing
here knows a format: documents in, integers out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from attrs import Attribute, field, frozen

from askul_connect.core.domain.money import MAXIMUM_MINOR
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal, spread
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid

#: A percentage of an allowance has at most so many decimals.
PERCENT_DECIMALS = 4
#: Smallest parts of a percentage in the whole.
PERCENT_UNITS: int = 100 * 10**PERCENT_DECIMALS


def _is_percent(_instance: object, _attribute: Attribute[Decimal | None], percent: Decimal | None) -> None:
    if percent is not None:
        percent_units(percent)


# There are few percentages, and each line of each order may have one.
@lru_cache(maxsize=1024)
def percent_units(percent: Decimal) -> int:
    """A percentage as an integer of its smallest part.

    Raises:
        ValueInvalid: It is negative or has too many decimals.
    """
    units = round_decimal(percent, PERCENT_DECIMALS, Rounding.DOWN)
    if units < 0 or units != round_decimal(percent, PERCENT_DECIMALS, Rounding.UP):
        raise ValueInvalid(
            f"a percentage is 0 or more with at most {PERCENT_DECIMALS} decimals, not {percent}"
        )
    return units


@frozen(kw_only=True)
class AllowanceCharge:
    """One allowance or charge.

    Attributes:
        charge: Added to what is to be paid; else taken off.
        amount: Minor units without tax, not negative.
        reason_code: UN/ECE 5189 for an allowance, 7161 for a charge; may be empty.
        reason: The same in words; may be empty.
        percent, base_amount: How the amount came about, when the document says so.
        tax_category: Of the order as a whole: how it is taxed, None when that follows the lines. None for a line's,
            which is taxed as the line is.
        tax_rate: The rate of that category in percent, once the supplier has said it.
    """

    charge: bool
    amount: int
    reason_code: str = ""
    reason: str = ""
    percent: Decimal | None = None
    base_amount: int | None = None
    tax_category: TaxCategory | None = None
    tax_rate: Decimal | None = None

    @property
    def net(self) -> int:
        """What it adds to what is to be paid without tax: negative for an allowance."""
        return self.amount if self.charge else -self.amount


@frozen(kw_only=True)
class AnticipatedTotals:
    """What a customer expects to be billed, minor units; None where the document does not say.

    Attributes:
        lines: Sum of the lines without tax, their own allowances and charges included.
        allowances, charges: Sums of those of the order as a whole.
        excl_tax, tax, incl_tax: The total without tax, its tax, and both.
        prepaid: Paid already.
        rounding: Added so that the payable amount is a round one.
        payable: What is left to pay.
    """

    lines: int | None = None
    allowances: int | None = None
    charges: int | None = None
    excl_tax: int | None = None
    tax: int | None = None
    incl_tax: int | None = None
    prepaid: int | None = None
    rounding: int | None = None
    payable: int | None = None


def broken_rules(entry: AllowanceCharge) -> tuple[str, ...]:
    """What makes an entry none at all, whoever it comes from; empty when nothing does."""
    found = []
    for name, minor in (("amount", entry.amount), ("base amount", entry.base_amount)):
        if minor is not None and not 0 <= minor <= MAXIMUM_MINOR:
            found.append(
                f"the {name} is {minor}; it is from 0 to {MAXIMUM_MINOR} minor units,"
                " and whether it is taken off is said apart"
            )
    if entry.percent is not None:
        try:
            percent_units(entry.percent)
        except ValueInvalid as error:
            return (*found, error.detail)
        base = entry.base_amount
        if not found and base is not None and not percentage_agrees(entry.amount, base, entry.percent):
            found.append(f"{entry.percent} % of {entry.base_amount} minor units is not {entry.amount}")
    return tuple(found)


def net_of(entries: Iterable[AllowanceCharge]) -> int:
    """Charges less allowances, minor units."""
    return sum(entry.net for entry in entries)


def percentage_agrees(amount: int, base_amount: int, percent: Decimal) -> bool:
    """Whether an amount is the percentage of its base, rounded to a whole unit in whichever way."""
    difference: int = abs(amount * PERCENT_UNITS - base_amount * percent_units(percent))
    return difference < PERCENT_UNITS


def part_of(entry: AllowanceCharge, before: int, quantity: int, whole: int) -> int:
    """The part of an allowance or charge that belongs to a part of what it is for; all parts add up to it exactly.

    Args:
        entry: The allowance or charge.
        before: How much of the whole went in earlier parts: units of a line, or minor units of an order.
        quantity: How much goes in this part.
        whole: All of it, above zero.
    """
    after = divide(entry.amount * (before + quantity), whole, Rounding.DOWN)
    return after - divide(entry.amount * before, whole, Rounding.DOWN)


def taxed_amounts(
    lines: Sequence[tuple[TaxCategory, Decimal, int]], entries: Iterable[AllowanceCharge]
) -> tuple[tuple[TaxCategory, Decimal, int], ...]:
    """Category, rate and net amount of everything that is taxed: the lines, then the order's allowances and charges.

    One without a category is spread over the categories and rates of the lines in proportion, by largest remainder
    (PRC-3); the order of the lines does not matter.

    Args:
        lines: Category, rate in percent and net amount of each line, its own allowances and charges included.
        entries: Those of the order as a whole; one with a category has its rate.
    """
    groups: dict[tuple[TaxCategory, Decimal], int] = {}
    for category, rate, amount in lines:
        # 8 and 8.0 are one rate
        key = (category, rate.normalize())
        groups[key] = groups.get(key, 0) + amount
    found = list(lines)
    ordered = sorted(groups)
    for entry in entries:
        if entry.tax_category is not None:
            if entry.tax_rate is None:
                raise ValueInvalid(f"the {entry.tax_category} rate of an allowance or charge is not known")
            found.append((entry.tax_category, entry.tax_rate, entry.net))
            continue
        found += [
            (*key, part)
            for key, part in zip(ordered, shares(entry.net, [groups[key] for key in ordered]), strict=True)
            if part
        ]
    return tuple(found)


def shares(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """A total spread in proportion, by largest remainder; over weights that give none, each bears the same."""
    return spread(total, weights if sum(weights) else [1] * len(weights))


class TotalsField(StrEnum):
    """Which of the anticipated totals does not agree with the others."""

    LINES = "lines"
    ALLOWANCES = "allowances"
    CHARGES = "charges"
    EXCL_TAX = "excl_tax"
    INCL_TAX = "incl_tax"
    PAYABLE = "payable"


def disagreements(
    totals: AnticipatedTotals, line_amounts: Iterable[int], entries: Iterable[AllowanceCharge]
) -> tuple[tuple[TotalsField, int, int], ...]:
    """Which totals do not follow from the lines, the allowances and charges and from each other.

    A total that is not stated is not missed. The tax itself is only added up: what it should be is the supplier's to
    say, who knows how each item is taxed.

    Args:
        totals: As stated.
        line_amounts: Amount of every line, its own allowances and charges included.
        entries: Allowances and charges of the order as a whole.

    Returns:
        Field, the amount stated and the amount that follows, minor units, in the order of the fields.
    """
    kept = tuple(entries)
    allowances = sum(entry.amount for entry in kept if not entry.charge)
    charges = sum(entry.amount for entry in kept if entry.charge)
    lines = sum(line_amounts)
    expected: list[tuple[TotalsField, int | None, int]] = [
        (TotalsField.LINES, totals.lines, lines),
        (TotalsField.ALLOWANCES, totals.allowances, allowances),
        (TotalsField.CHARGES, totals.charges, charges),
        (TotalsField.EXCL_TAX, totals.excl_tax, lines - allowances + charges),
    ]
    net = lines - allowances + charges
    if totals.tax is not None:
        expected.append((TotalsField.INCL_TAX, totals.incl_tax, net + totals.tax))
    gross = totals.incl_tax if totals.incl_tax is not None else net + (totals.tax or 0)
    if totals.incl_tax is not None or totals.tax is not None:
        due = gross - (totals.prepaid or 0) + (totals.rounding or 0)
        expected.append((TotalsField.PAYABLE, totals.payable, due))
    return tuple(
        (name, stated, follows)
        for name, stated, follows in expected
        if stated is not None and stated != follows
    )


@frozen(kw_only=True)
class AgreedTerm:
    """An allowance or charge that a supplier has agreed with its customers to take.

    Attributes:
        charge: What it is for.
        reason_code, reason: What an order has to state; an empty one is not compared, but one of the two is there.
        on_lines, on_order: Where it may stand.
        most_percent: Of the amount it stands beside: the line's, or the sum of the lines. None for no limit but that
            nothing is taken off nothing.
    """

    charge: bool
    most_percent: Decimal | None = field(default=None, validator=_is_percent)
    reason_code: str = ""
    reason: str = ""
    on_lines: bool = True
    on_order: bool = True

    def __attrs_post_init__(self) -> None:
        if not self.reason_code and not self.reason:
            raise ValueInvalid("an agreed allowance or charge is known by its reason code or its reason")

    def names(self, entry: AllowanceCharge) -> bool:
        """Whether an order's allowance or charge is the one agreed, whatever its amount."""
        return (
            self.charge == entry.charge
            and (not self.reason_code or self.reason_code == entry.reason_code)
            and (not self.reason or self.reason == entry.reason)
        )

    def covers(self, entry: AllowanceCharge, beside: int) -> bool:
        """Whether its amount is within the limit of what it stands beside, minor units."""
        return self.covers_amount(entry.amount, beside)

    def covers_amount(self, amount: int, beside: int) -> bool:
        """The same for an amount, minor units."""
        return self.most_percent is None or amount * PERCENT_UNITS <= beside * percent_units(
            self.most_percent
        )
