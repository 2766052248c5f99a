"""The one strict converter between messages and JSON.

Nothing is guessed: what is wrong is refused with its path. A Decimal, a date and an instant travel as text in the
forms of ``_lexical``; a field's name is the attrs field's. Only whoever reads an answer passes over unknown fields,
so that the other side can grow.

A message that fits goes the straight way, anything else the precise one, which is loaded when it is first needed.
"""

from __future__ import annotations

from typing import Any, TypeVar

from askul_connect.adapters import _json_straight
from askul_connect.core.errors import DocumentTooLarge

T = TypeVar("T")

MAXIMUM_SIZE = 10_000_000
"""Bytes of one document."""

MAXIMUM_VALUES = 200_000
"""Commas and opening brackets of one request: 10 MB of ``{},`` would take 300 MB and seconds as objects."""

MAXIMUM_VALUES_OF_ANSWER = 500_000
"""The same for what is read without strictness: a page of long orders fills 10 MB with fewer."""


def plain(value: object) -> Any:
    """One value of a message as it is in JSON."""
    from askul_connect.adapters import _json_precise  # noqa: PLC0415 -- cattrs is loaded when it is needed

    return _json_precise.plain(value)


def dumps(message: object) -> bytes:
    """A message as UTF-8 JSON, the same bytes for the same message.

    Raises:
        ValueInvalid: A value has another type than declared, or holds what no face can carry.
    """
    data = _json_straight.write(message)
    if data is not None:
        return data
    from askul_connect.adapters import _json_precise  # noqa: PLC0415 -- cattrs is loaded when it is needed

    return _json_precise.write(message)


def loads(cls: type[T], data: bytes, *, strict: bool = True) -> T:
    """The message in a JSON document.

    Args:
        cls: Its class.
        data: UTF-8 without a byte order mark.
        strict: Refuse unknown fields; a buyer passes over those of an answer.

    Raises:
        DocumentTooLarge: More than 10 MB or 200,000 values (an answer: 500,000), or nested too deep.
        DocumentError: It is no JSON, or names a field twice.
        ValueInvalid: The findings, the first hundred of them each with its path, are in the problems.
    """
    if len(data) > MAXIMUM_SIZE:
        raise DocumentTooLarge(f"{len(data)} bytes; the limit is {MAXIMUM_SIZE}")
    most = MAXIMUM_VALUES if strict else MAXIMUM_VALUES_OF_ANSWER
    # Fewer bytes than that need no counting.
    if len(data) > most and data.count(b",") + data.count(b"{") + data.count(b"[") > most:
        raise DocumentTooLarge(f"more than {most} values")
    message = _json_straight.read(cls, data)
    if message is not None:
        return message
    from askul_connect.adapters import _json_precise  # noqa: PLC0415 -- cattrs is loaded when it is needed

    return _json_precise.read(cls, data, strict=strict)
