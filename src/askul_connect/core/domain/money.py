"""Money: integer minor units and a currency; without tax, tax and with tax are different types (PRC-5).

Nothing here accepts a float or a bool, and nothing mixes currencies or types except where that has a meaning:
net + tax is gross, and gross - tax is net.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Never, Self, final, overload

from attrs import Attribute, field, frozen

from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.rounding import Rounding, divide, round_decimal
from askul_connect.core.errors import ValueInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Largest magnitude in minor units: what every JSON reader keeps exactly (2^53 - 1), and far below 64 bits.
MAXIMUM_MINOR = 9_007_199_254_740_991
#: Most decimals of a unit price.
PRICE_DECIMALS = 4
#: A unit price stays below this many major units.
PRICE_LIMIT = 1_000_000_000_000

# [0-9] and not \d: full-width and other digits are no part of a number in a document.
_DECIMAL_TEXT = re.compile(r"-?[0-9]{1,18}(?:\.([0-9]{1,18}))?")


def _is_minor(instance: _Amount, _attribute: Attribute[int], minor: int) -> None:
    if type(minor) is not int:
        raise ValueInvalid(f"an amount is an integer of minor units, not {minor!r}")
    if abs(minor) > MAXIMUM_MINOR:
        raise ValueInvalid(f"{minor} {instance.currency} is beyond {MAXIMUM_MINOR} minor units; split it")


def _is_currency(_instance: object, _attribute: Attribute[Currency], value: object) -> None:
    if not isinstance(value, Currency):
        raise ValueInvalid(f"the currency is {value!r}; take it from currency('JPY')")


@frozen(order=False)
class _Amount:
    """What the three kinds of amount share."""

    minor: int = field(validator=_is_minor)
    currency: Currency = field(validator=_is_currency)

    @classmethod
    def zero(cls, of: Currency) -> Self:
        """Nothing, in a currency."""
        return cls(0, of)

    @classmethod
    def total(cls, amounts: Iterable[Self], of: Currency) -> Self:
        """The sum of amounts of this type and currency; zero when there are none.

        Raises:
            ValueInvalid: One of them has another type or currency.
        """
        result = cls.zero(of)
        for amount in amounts:
            result = cls(result.minor + result.same(amount).minor, of)
        return result

    def same(self, other: object) -> Self:
        """The other amount, if it is of this type and currency.

        Raises:
            ValueInvalid: It is not, and nothing may be computed with the two.
        """
        if not isinstance(other, type(self)):
            raise ValueInvalid(
                f"{self!r} only combines with another {type(self).__name__}, not with {other!r}"
            )
        if other.currency != self.currency:
            raise ValueInvalid(f"{self!r} does not combine with {other!r}: convert to one currency first")
        return other

    # Typed so that no operand fits: a type checker refuses 1 + amount, and whoever runs it gets our error.
    def __radd__(self, other: Never) -> Never:
        raise ValueInvalid(f"{other!r} cannot be added to {self!r}; sum with {type(self).__name__}.total")

    def __rsub__(self, other: Never) -> Never:
        raise ValueInvalid(f"{self!r} cannot be taken from {other!r}")

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.minor < self.same(other).minor

    def __le__(self, other: Self) -> bool:
        return self.minor <= self.same(other).minor

    def __gt__(self, other: Self) -> bool:
        return self.minor > self.same(other).minor

    def __ge__(self, other: Self) -> bool:
        return self.minor >= self.same(other).minor

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{minor_to_text(self.minor, self.currency)} {self.currency}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


@final
@frozen(order=False, repr=False)
class TaxAmount(_Amount):
    """An amount of tax."""

    def __add__(self, other: TaxAmount) -> TaxAmount:
        return TaxAmount(self.minor + self.same(other).minor, self.currency)

    def __sub__(self, other: TaxAmount) -> TaxAmount:
        return TaxAmount(self.minor - self.same(other).minor, self.currency)


@final
@frozen(order=False, repr=False)
class GrossAmount(_Amount):
    """An amount with tax."""

    def __add__(self, other: GrossAmount) -> GrossAmount:
        return GrossAmount(self.minor + self.same(other).minor, self.currency)

    @overload
    def __sub__(self, other: GrossAmount) -> GrossAmount: ...
    @overload
    def __sub__(self, other: TaxAmount) -> NetAmount: ...
    def __sub__(self, other: GrossAmount | TaxAmount) -> GrossAmount | NetAmount:
        """Less another gross amount, or less its tax, which leaves the net amount."""
        if isinstance(other, TaxAmount):
            tax = TaxAmount.zero(self.currency).same(other)
            return NetAmount(self.minor - tax.minor, self.currency)
        return GrossAmount(self.minor - self.same(other).minor, self.currency)


@final
@frozen(order=False, repr=False)
class NetAmount(_Amount):
    """An amount without tax."""

    @overload
    def __add__(self, other: NetAmount) -> NetAmount: ...
    @overload
    def __add__(self, other: TaxAmount) -> GrossAmount: ...
    def __add__(self, other: NetAmount | TaxAmount) -> NetAmount | GrossAmount:
        """Plus another net amount, or plus its tax, which makes the gross amount."""
        if isinstance(other, TaxAmount):
            tax = TaxAmount.zero(self.currency).same(other)
            return GrossAmount(self.minor + tax.minor, self.currency)
        return NetAmount(self.minor + self.same(other).minor, self.currency)

    def __sub__(self, other: NetAmount) -> NetAmount:
        return NetAmount(self.minor - self.same(other).minor, self.currency)


def _is_price(_instance: UnitPrice, _attribute: Attribute[Decimal], value: Decimal) -> None:
    if type(value) is not Decimal or not value.is_finite():
        raise ValueInvalid(f"a unit price is a finite Decimal, not {value!r}")
    sign, _, exponent = value.as_tuple()
    if sign:
        raise ValueInvalid(f"a unit price is not negative: {value}")
    if not -PRICE_DECIMALS <= int(exponent) <= 0:
        raise ValueInvalid(f"a unit price is written out with at most {PRICE_DECIMALS} decimals, not {value}")
    if value >= PRICE_LIMIT:
        raise ValueInvalid(f"a unit price is below {PRICE_LIMIT}, not {value}")


@final
@frozen(order=False)
class UnitPrice:
    """Price of one unit without tax, in major units, at most four decimals.

    Attributes:
        value: Not negative, finite, without exponent.
        currency: Its currency.

    Raises:
        ValueInvalid: The value is no such price.
    """

    value: Decimal = field(validator=_is_price)
    currency: Currency = field(validator=_is_currency)

    def times(self, quantity: int, rounding: Rounding = Rounding.HALF_UP) -> NetAmount:
        """The net amount of a quantity, rounded once to minor units.

        Args:
            quantity: Units, negative for what is taken back.
            rounding: How a fraction of a minor unit is rounded.

        Raises:
            ValueInvalid: The quantity is not an integer, or the amount is too large.
        """
        if type(quantity) is not int or abs(quantity) > MAXIMUM_MINOR:
            raise ValueInvalid(f"a quantity is an integer up to {MAXIMUM_MINOR}, not {quantity!r}")
        # Exact, in integers of ten-thousandths: Decimal arithmetic would obey the caller's context.
        units = round_decimal(self.value, PRICE_DECIMALS, Rounding.DOWN) * quantity
        minor = divide(units * 10**self.currency.exponent, 10**PRICE_DECIMALS, rounding)
        return NetAmount(minor, self.currency)

    def __str__(self) -> str:
        return format(self.value, "f")


def _decimals_of(text: object, kind: str) -> str:
    found = _DECIMAL_TEXT.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueInvalid(f"{kind} is written in ASCII digits with an optional point, not {text!r}")
    return found.group(1) or ""


def parse_unit_price(text: str, of: Currency | str) -> UnitPrice:
    """A unit price from a document's text.

    Args:
        text: ASCII digits with an optional point and at most four decimals, for instance ``"12.5"``.
        of: The currency or its ISO 4217 code.

    Raises:
        ValueInvalid: The text is no such number, or negative.
        UnknownCurrency: There is no such currency.
    """
    _decimals_of(text, "a unit price")
    return UnitPrice(Decimal(text), currency(of) if isinstance(of, str) else of)


def minor_from_text(text: str, of: Currency | str) -> int:
    """Minor units from a document's text of major units: ``"1234.50"`` US dollars are 123450.

    Args:
        text: ASCII digits, an optional sign ``-`` and no more decimals than the currency has.
        of: The currency or its ISO 4217 code.

    Raises:
        ValueInvalid: The text is no such number.
        UnknownCurrency: There is no such currency.
    """
    known = currency(of) if isinstance(of, str) else of
    decimals = _decimals_of(text, "an amount")
    if len(decimals) > known.exponent:
        raise ValueInvalid(
            f"{text!r} has {len(decimals)} decimals; an amount in {known} has {known.exponent}"
        )
    minor = round_decimal(Decimal(text), known.exponent, Rounding.DOWN)
    if abs(minor) > MAXIMUM_MINOR:
        raise ValueInvalid(f"{text} {known} is beyond {MAXIMUM_MINOR} minor units")
    return minor


def minor_to_text(minor: int, of: Currency | str) -> str:
    """Major units with all decimals of the currency: 123450 is ``"1234.50"`` in US dollars.

    Raises:
        ValueInvalid: The amount is not an integer.
        UnknownCurrency: There is no such currency.
    """
    if type(minor) is not int:
        raise ValueInvalid(f"an amount is an integer of minor units, not {minor!r}")
    exponent = (currency(of) if isinstance(of, str) else of).exponent
    digits = str(abs(minor)).rjust(exponent + 1, "0")
    point = len(digits) - exponent
    sign = "-" if minor < 0 else ""
    return sign + (f"{digits[:point]}.{digits[point:]}" if exponent else digits)
