"""The one place of the project that rounds: everything that divides money calls these functions.

Only integers are divided, so that no result depends on a float or on a decimal context.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from askul_connect.core.errors import ValueInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A decimal beyond this many digits on either side of its point is no price, rate or amount.
_MAXIMUM_DIGITS = 40


class Rounding(StrEnum):
    """What happens to the part that is smaller than one minor unit; mirrored for negative numbers."""

    DOWN = "down"
    """Toward zero: the usual choice for Japanese consumption tax."""
    UP = "up"
    """Away from zero."""
    HALF_UP = "half_up"
    """To the nearest, a half away from zero."""


def divide(numerator: int, denominator: int, method: Rounding) -> int:
    """The quotient of two integers as an integer.

    Args:
        numerator: Of either sign; ``divide(-n, d, m)`` is ``-divide(n, d, m)`` for every method.
        denominator: Of either sign, not zero.
        method: How a remainder is rounded.

    Raises:
        ValueInvalid: The denominator is zero, or one of the two is not an integer.
    """
    if type(numerator) is not int or type(denominator) is not int:
        raise ValueInvalid(f"only integers are divided, not {numerator!r} / {denominator!r}; use minor units")
    if denominator == 0:
        raise ValueInvalid(f"{numerator} cannot be divided by zero; check the rate or quantity it comes from")
    quotient, remainder = divmod(abs(numerator), abs(denominator))
    if method is Rounding.HALF_UP:
        quotient += 2 * remainder >= abs(denominator)
    elif method is Rounding.UP:
        quotient += remainder > 0
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def round_decimal(value: Decimal, exponent: int, method: Rounding) -> int:
    """A decimal number of major units as an integer number of minor units.

    Args:
        value: Major units, for instance ``Decimal("12.345")`` dollars.
        exponent: Decimals of the minor unit, 2 for dollars and 0 for yen.
        method: How the rest is rounded.

    Raises:
        ValueInvalid: The value is not a Decimal, not finite or absurdly long.
    """
    if type(value) is not Decimal or not value.is_finite():
        raise ValueInvalid(f"only a finite Decimal can be rounded, not {value!r}; never use float for money")
    _, digits, power = value.as_tuple()
    # A short text such as 1E+999999 would become an integer of a million digits.
    if len(digits) > _MAXIMUM_DIGITS or not -_MAXIMUM_DIGITS <= int(power) <= _MAXIMUM_DIGITS:
        raise ValueInvalid(f"a number of at most {_MAXIMUM_DIGITS} digits is expected, not {value!r}")
    numerator, denominator = value.as_integer_ratio()
    return divide(numerator * 10**exponent, denominator, method)


def spread(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Spread a total over weights by largest remainder (PRC-3); the parts add up to the total exactly.

    Each part is one of the two integers next to its exact share; a weight of zero gets nothing. Equal
    remainders are served in the order of the weights, so the same input always gives the same parts, and
    ``spread(-t, w)`` mirrors ``spread(t, w)``.

    Args:
        total: Minor units of either sign.
        weights: Integers of either sign whose sum is not zero (it may be when the total is).

    Raises:
        ValueInvalid: The weights give no proportion for a total that is not zero, or are not integers.
    """
    if type(total) is not int or not set(map(type, weights)) <= {int}:
        raise ValueInvalid(f"total and weights are integers, not {total!r} over {list(weights)!r}")
    whole = sum(weights)
    if total == 0:
        return (0,) * len(weights)
    if whole == 0:
        raise ValueInvalid(
            f"{total} cannot be spread over weights whose sum is zero; give a weight above zero"
        )
    # Mirrored to a positive total and a positive sum of weights, floors fall short of the total by fewer
    # units than there are remainders above zero, so whatever has no remainder is left alone.
    facing = weights if whole > 0 else [-weight for weight in weights]
    size, base = abs(total), abs(whole)
    parts, owed = [], []
    for weight in facing:
        quotient, remainder = divmod(size * weight, base)
        parts.append(quotient)
        owed.append(-remainder)
    missing = size - sum(parts)
    if missing:
        for index in sorted(range(len(owed)), key=owed.__getitem__)[:missing]:
            parts[index] += 1
    return tuple(parts if total > 0 else [-part for part in parts])
