"""Numbers, dates and texts as documents write them; whatever else is refused with the reason."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from askul_connect.core.domain.money import PRICE_DECIMALS, PRICE_LIMIT
from askul_connect.core.errors import ValueInvalid

#: More characters than this are no name, number or code.
MAXIMUM_TEXT = 1_000
#: Units of one line.
MAXIMUM_QUANTITY = 999_999_999
#: A tax rate is not above this, in percent.
WHOLE_PERCENT = 100

_SHOWN = 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# [0-9] and not \d: full-width and other digits are no part of a number in a document.
_INTEGER = re.compile(r"[0-9]{1,12}")
_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
# What XML Schema calls a decimal, which allows a plus sign and a bare point.
_XML_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")


def clean_text(text: str) -> str:
    """The text without surrounding space.

    Raises:
        ValueInvalid: It is too long, or holds a control character other than a line break or tab at its ends.
    """
    stripped = text.strip()
    if len(stripped) > MAXIMUM_TEXT:
        raise ValueInvalid(f"the text has {len(stripped)} characters; at most {MAXIMUM_TEXT} are taken")
    if not stripped.isprintable() and (control := _CONTROL.search(stripped)):
        raise ValueInvalid(f"the text {stripped[:40]!r} holds the control character {control.group()!r}")
    return stripped


def quantity(text: str) -> int:
    """A whole number of units above zero, in ASCII digits.

    Raises:
        ValueInvalid: The text is no such number.
    """
    if not _INTEGER.fullmatch(text) or not 0 < int(text) <= MAXIMUM_QUANTITY:
        raise ValueInvalid(
            f"a quantity is a whole number from 1 to {MAXIMUM_QUANTITY} in ASCII digits, not {text!r}"
        )
    return int(text)


def plain_decimal(text: str) -> Decimal:
    """A decimal number in ASCII digits, without exponent or separators of thousands.

    Raises:
        ValueInvalid: The text is no such number.
    """
    if not _PLAIN_DECIMAL.fullmatch(text):
        raise ValueInvalid(
            f"a number is written in ASCII digits with an optional point (such as 1234.5), not {text!r}"
        )
    return Decimal(text)


def xml_decimal(text: str) -> Decimal:
    """A decimal number as XML Schema writes it.

    Raises:
        ValueInvalid: The text is no such number.
    """
    if not _XML_DECIMAL.fullmatch(text):
        raise ValueInvalid(
            f"a decimal number is expected, without exponent or separators, not {_shown(text)}"
        )
    return Decimal(text)


def whole_quantity(value: Decimal) -> int:
    """The units of a quantity that may be written with decimals: ``15.00`` is 15.

    Raises:
        ValueInvalid: It is a fraction, zero, negative or too large.
    """
    if value != value.to_integral_value():
        raise ValueInvalid(f"a quantity is a whole number of units; {value} is a fraction of one")
    if not 0 < value <= MAXIMUM_QUANTITY:
        raise ValueInvalid(f"a quantity is from 1 to {MAXIMUM_QUANTITY}, not {value}")
    return int(value)


def unit_price(amount: Decimal, base_quantity: Decimal = Decimal(1)) -> Decimal:
    """The price of one unit in major units, written without trailing zeros.

    Args:
        amount: Price of ``base_quantity`` units.
        base_quantity: Units the amount is for.

    Raises:
        ValueInvalid: It is negative, too large, or needs more than four decimals.
    """
    if base_quantity <= 0:
        raise ValueInvalid(f"a price is for a quantity above zero, not for {base_quantity}")
    if not 0 <= amount < PRICE_LIMIT:
        raise ValueInvalid(f"a unit price is from 0 to below {PRICE_LIMIT}, not {amount}")
    if base_quantity == 1 and -PRICE_DECIMALS <= int(amount.as_tuple().exponent) <= 0:
        # The way nearly all prices go; the fractions below cost ten times as much.
        text = format(amount.copy_abs(), "f")
        return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)
    parts = Fraction(amount) / Fraction(base_quantity) * 10**PRICE_DECIMALS
    if parts.denominator != 1:
        raise ValueInvalid(
            f"a unit price has at most {PRICE_DECIMALS} decimals; {amount} for {base_quantity} has more"
        )
    if parts.numerator >= PRICE_LIMIT * 10**PRICE_DECIMALS:
        raise ValueInvalid(f"a unit price is below {PRICE_LIMIT}, not {amount} for {base_quantity}")
    whole, rest = divmod(parts.numerator, 10**PRICE_DECIMALS)
    return Decimal(f"{whole}.{rest:0{PRICE_DECIMALS}}".rstrip("0").rstrip("."))


def iso_date(text: str) -> date:
    """A date as ISO 8601 and XML Schema write it; a zone designator is dropped, the day stays.

    Raises:
        ValueInvalid: The text is no such date, or there is no such day.
    """
    found = _ISO_DATE.fullmatch(text)
    if found:
        try:
            return date.fromisoformat(found.group(1))
        except ValueError as error:
            raise ValueInvalid(f"{_shown(text)} is no day of the calendar: {error}") from None
    raise ValueInvalid(f"a date is written YYYY-MM-DD, not {_shown(text)}")


def _shown(text: str) -> str:
    """The text as a message repeats it: elements of XML may hold megabytes."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
