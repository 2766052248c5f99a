"""Tryton's JSON: decimals, dates and times travel as tagged objects."""

from __future__ import annotations

import base64
import json
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
    match found.get(_TAG):
        case None:
            return found
        case "Decimal":
            return Decimal(found["decimal"])
        case "datetime":
            return datetime(*(found[part] for part in (*_DAY, *_TIME)))  # noqa: DTZ001 -- Tryton's are UTC without saying so
        case "date":
            return date(*(found[part] for part in _DAY))
        case "time":
            return time(*(found[part] for part in _TIME))
        case "timedelta":
            return timedelta(seconds=float(found["seconds"]))
        case "bytes":
            return base64.b64decode(found["base64"])
    message = f"unknown tag {found[_TAG]!r}"
    raise ValueError(message)


_DAY = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")
