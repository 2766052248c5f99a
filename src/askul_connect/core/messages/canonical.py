"""One text for the content of a message, whatever format it came in: what hashes are made of."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import attrs

from askul_connect.core.messages.growth import ADDED


@cache
def _names(kind: type[Any]) -> tuple[tuple[str, Any], ...] | None:
    """The fields of a message class that are content; None when it is no message class.

    Beside each the default with which it does not count, NOTHING for a field that the first version had.
    """
    if not attrs.has(kind):
        return None
    return tuple(
        (entry.name, entry.default if ADDED in entry.metadata else attrs.NOTHING)
        for entry in attrs.fields(kind)
        if entry.eq
    )


def _plain(value: Any) -> Any:
    """The value in JSON's types, in one spelling."""
    kind: Any = type(value)
    if isinstance(value, Enum):
        plain: Any = value.value
    elif value is None or isinstance(value, (bool, int, str)):
        plain = value
    elif isinstance(value, Decimal):
        # 10, 10.0 and 10.00 are the same price
        plain = format(value.normalize(), "f")
    elif isinstance(value, (datetime, date)):
        plain = value.isoformat()
    elif isinstance(value, tuple):
        plain = [_plain(entry) for entry in value]
    elif (names := _names(kind)) is not None:
        plain = {
            name: _plain(content)
            for name, default in names
            # a message without the later field hashes as it did before there was one
            if (content := getattr(value, name)) != default
        }
    else:
        message = f"{type(value).__name__} has no canonical form"
        raise TypeError(message)
    return plain


def content_hash(message: object) -> str:
    """SHA-256 in hex of a message's content; fields that are no part of it (``eq=False``) do not count."""
    text = json.dumps(_plain(message), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
