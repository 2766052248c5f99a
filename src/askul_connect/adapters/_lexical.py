"""How values are written as text on the wire, the same in XML and in JSON, so that the faces are equal.

The forms are those of XML Schema part 2: ``xs:long``, ``xs:decimal``, ``xs:boolean``, ``xs:date``,
``xs:dateTime``. Reading is strict: an integer has no fraction, an instant has a zone, a business date has
none. What has no form raises ``ValueError`` with the reason; whoever reads or writes the document adds the
place.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from attrs import evolve

from askul_connect.core.errors import Reported

LONG = (-(2**63), 2**63 - 1)
"""Smallest and largest integer of ``xs:long``."""

MAXIMUM_DIGITS = 40
"""Characters of a decimal number, sign and point among them."""

# So many digits are always within 64 bits.
_SURELY_LONG = 19
_WHITESPACE = " \t\r\n"
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:[0-9]{2})?"
)
# XML 1.0, production 2: everything else cannot stand in a document, not even as a character reference.
_UNCARRIED = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def checked_text(text: str) -> str:
    """The text itself, when every face can carry it."""
    # What is printable can be carried; asking that costs a third of the search.
    if text.isprintable():
        return text
    found = _UNCARRIED.search(text)
    if found:
        raise ValueError(
            f"the character U+{ord(found.group()):04X} at position {found.start() + 1} cannot be sent"
        )
    return text


def carried_report(report: Reported) -> Reported:
    """The report with a replacement character for each one that a face cannot carry."""
    return evolve(
        report,
        detail=_carried(report.detail),
        where=_carried(report.where),
        reference=_carried(report.reference),
        line_id=_carried(report.line_id),
        problems=tuple(
            evolve(
                one,
                detail=_carried(one.detail),
                where=_carried(one.where),
                remedy=_carried(one.remedy),
                line_id=_carried(one.line_id),
            )
            for one in report.problems
        ),
    )


def _carried(text: str) -> str:
    return _UNCARRIED.sub("\ufffd", text)


def read_int(text: str) -> int:
    """An ``xs:long``."""
    if len(text) < _SURELY_LONG and text.isascii() and text.isdigit():
        return int(text)
    stripped = text.strip(_WHITESPACE)
    if not _INTEGER.fullmatch(stripped):
        raise ValueError(f"{_shown(text)} is not an integer")
    return checked_int(int(stripped))


def checked_int(value: int) -> int:
    """The integer itself, when it has 64 bits at most and is no boolean."""
    if value.__class__ is not int:
        raise ValueError(f"{_shown(value)} is not an integer")
    if not LONG[0] <= value <= LONG[1]:
        raise ValueError("the integer is beyond 64 bits")
    return value


def read_decimal(text: str) -> Decimal:
    """An ``xs:decimal``: no exponent, no NaN."""
    if len(text) <= MAXIMUM_DIGITS and _DECIMAL.fullmatch(text):
        return Decimal(text)
    stripped = text.strip(_WHITESPACE)
    if len(stripped) > MAXIMUM_DIGITS or not _DECIMAL.fullmatch(stripped):
        raise ValueError(f"{_shown(text)} is not a decimal number of at most {MAXIMUM_DIGITS} characters")
    return Decimal(stripped)


def write_decimal(value: Decimal) -> str:
    """Plain digits without exponent; trailing zeros stay."""
    if value.__class__ is not Decimal or not value.is_finite():
        raise ValueError(f"{_shown(value)} is not a decimal number")
    # Decimal("1E+999999") would become a megabyte of zeros.
    text = format(value, "f") if abs(value.adjusted()) < MAXIMUM_DIGITS else ""
    if not 0 < len(text) <= MAXIMUM_DIGITS:
        raise ValueError(f"the decimal number has more than {MAXIMUM_DIGITS} characters")
    return text


def read_bool(text: str) -> bool:
    """An ``xs:boolean``."""
    match text.strip(_WHITESPACE):
        case "true" | "1":
            return True
        case "false" | "0":
            return False
    raise ValueError(f"{_shown(text)} is neither true nor false")


def write_bool(value: bool) -> str:  # noqa: FBT001 -- the value itself, no switch
    """``true`` or ``false``."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    raise ValueError(f"{_shown(value)} is neither true nor false")


def read_date(text: str) -> date:
    """An ``xs:date`` without a zone: business dates have none."""
    stripped = text.strip(_WHITESPACE)
    if not _DATE.fullmatch(stripped):
        raise ValueError(f"{_shown(text)} is not a date YYYY-MM-DD without a zone")
    try:
        return date.fromisoformat(stripped)
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a day of the calendar") from None


def write_date(value: date) -> str:
    """``YYYY-MM-DD``."""
    if value.__class__ is not date:
        raise ValueError(f"{_shown(value)} is not a date")
    return value.isoformat()


def read_datetime(text: str) -> datetime:
    """An ``xs:dateTime`` with its zone, as UTC; digits below the microsecond are cut off."""
    found = _INSTANT.fullmatch(text.strip(_WHITESPACE))
    if not found:
        raise ValueError(f"{_shown(text)} is not a date and time YYYY-MM-DDThh:mm:ssZ")
    moment, fraction, zone = found.groups()
    if zone is None:
        raise ValueError(f"{_shown(text)} has no zone; end it with Z for UTC")
    try:
        read = datetime.fromisoformat(moment).replace(
            microsecond=int((fraction or "0").ljust(6, "0")[:6]), tzinfo=_zone(zone)
        )
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(text)} is not a moment of the calendar") from None


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return timezone(-offset if text[0] == "-" else offset)


def write_datetime(value: datetime) -> str:
    """UTC, ending with ``Z``."""
    if value.__class__ is not datetime or value.tzinfo is None:
        raise ValueError(f"{_shown(value)} is not a date and time with a zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _shown(value: object) -> str:
    """The offending value, short enough for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 -- one line of a terminal
