"""Tryton's JSON: decimals, dates and times travel as tagged objects."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from askul_connect.core.errors import PartnerAnswerInvalid

_TAG = "__class__"


def encode(value: object) -> bytes:
    """A value as Tryton reads it.

    Raises:
        TypeError: It holds something that JSON and its tags have no form for.
    """
    return json.dumps(value, default=_tagged, ensure_ascii=False, separators=(",", ":")).encode()


def decode(data: bytes, *, where: str) -> Any:
    """What Tryton wrote; numbers with a point are decimals.

    Raises:
        PartnerAnswerInvalid: It is no such JSON.
    """
    try:
        return json.loads(data.decode(), object_hook=_untagged, parse_float=Decimal)
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError) as error:
        raise PartnerAnswerInvalid("the answer is not Tryton's JSON", where=where) from error


def _tagged(value: object) -> dict[str, Any]:
    match value:
        case Decimal():
            return {_TAG: "Decimal", "decimal": format(value, "f")}
        case datetime():
            return {
                _TAG: "datetime",
                "year": value.year,
                "month": value.month,
                "day": value.day,
                "hour": value.hour,
                "minute": value.minute,
                "second": value.second,
                "microsecond": value.microsecond,
            }
        case date():
            return {_TAG: "date", "year": value.year, "month": value.month, "day": value.day}
    message = f"Tryton's JSON has no form for {type(value).__name__}"
    raise TypeError(message)


def _untagged(found: dict[str, Any]) -> Any:
    if _TAG not in found:
        return found
    return _READ[found[_TAG]](found)


def _parts(found: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: found[name] for name in names}


_DAY = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")
_READ: dict[str, Callable[[dict[str, Any]], Any]] = {
    "Decimal": lambda found: Decimal(found["decimal"]),
    # Tryton's are UTC without saying so
    "datetime": lambda found: datetime(**_parts(found, *_DAY, *_TIME)),  # noqa: DTZ001
    "date": lambda found: date(**_parts(found, *_DAY)),
    "time": lambda found: time(**_parts(found, *_TIME)),
    "timedelta": lambda found: timedelta(microseconds=int(Decimal(found["seconds"]) * 1_000_000)),
    "bytes": lambda found: base64.b64decode(found["base64"]),
}
