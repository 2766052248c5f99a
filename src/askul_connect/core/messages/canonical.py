"""One text for the content of a message, whatever format it came in: what hashes are made of."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, (bool, int, str)) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        # 10, 10.0 and 10.00 are the same price
        return format(value.normalize(), "f")
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(entry) for entry in value]
    if attrs.has(type(value)):
        fields = attrs.fields(type(value))
        return {entry.name: _plain(getattr(value, entry.name)) for entry in fields if entry.eq}
    message = f"{type(value).__name__} has no canonical form"
    raise TypeError(message)


def content_hash(message: object) -> str:
    """SHA-256 in hex of a message's content; fields that are no part of it (``eq=False``) do not count."""
    text = json.dumps(_plain(message), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
