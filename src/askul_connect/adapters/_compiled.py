"""What functions that are written out per class have in common.

A message class is known field by field, so the straight way through a message that fits is generated as source:
checks, conversions and one instance, with nothing looked up on the way. It only ever accepts. Whatever it does
not take is done again by the precise way, which alone decides what is refused, and names the place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from types import MemberDescriptorType
from typing import Any

import attrs

from askul_connect.adapters import _lexical
from askul_connect.adapters._lexical import LONG, MAXIMUM_DIGITS
from askul_connect.adapters._shape import Field, Shape, per_class
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError


class Unfit(Exception):
    """The straight way does not take this value; whether it is right, the precise way says."""


def never(*_: object) -> Any:
    """Stands for the function of a class that only the precise way knows."""
    raise Unfit


GIVEN_UP = (Unfit, ValueError, LookupError, RecursionError, AskulConnectError)
"""What a straight function raises; a class's own validators are among it."""

# Prices, rates and days repeat, within documents and between them; all of these are short and immutable.
_REMEMBERED = 4_096

_KNOWN: dict[str, Any] = {
    "UTC": UTC,
    "Decimal": Decimal,
    "Secret": Secret,
    "Unfit": Unfit,
    "date": date,
    "datetime": datetime,
    "date_of": lru_cache(_REMEMBERED)(_lexical.read_date),
    "datetime_of": lru_cache(_REMEMBERED)(_lexical.read_datetime),
    "decimal_of": lru_cache(_REMEMBERED)(_lexical.read_decimal),
}


class Source:
    """A function that is being written: its lines, and the objects they name."""

    def __init__(self, parameters: str) -> None:
        self._lines = [f"def straight({parameters}):"]
        self._names: dict[str, Any] = dict(_KNOWN)
        self._indent = "    "

    def within(self) -> Source:
        """The same function, for lines that belong to the one before them."""
        inner = object.__new__(Source)
        inner._lines, inner._names = self._lines, self._names
        inner._indent = self._indent + "    "
        return inner

    def add(self, *lines: str) -> None:
        """Lines of the body, indented relative to it."""
        self._lines += [self._indent + line for line in lines]

    def name(self, thing: object) -> str:
        """What the lines call an object."""
        name = f"_{len(self._names)}"
        self._names[name] = thing
        return name

    def made(self) -> Callable[..., Any]:
        """The function."""
        # Only names of attributes come from the classes; everything else of theirs is an object with its own name.
        exec("\n".join(self._lines), self._names)  # noqa: S102 -- as attrs does for each of these very classes
        made: Callable[..., Any] = self._names["straight"]
        return made


_TEXT = "{0}.__class__ is str"
_IN_RANGE = f"{LONG[0]} <= {{0}} <= {LONG[1]}"
_CHECKS: dict[type[Any], str] = {
    str: _TEXT,
    int: f"{{0}}.__class__ is int and {_IN_RANGE}",
    bool: "({0} is True or {0} is False)",
    Decimal: "{0}.__class__ is Decimal and {0}.is_finite()",
    date: "{0}.__class__ is date",
    datetime: "{0}.__class__ is datetime and {0}.tzinfo is UTC",
    Secret: "{0}.__class__ is Secret",
}
_CHANGES: dict[type[Any], tuple[str, ...]] = {
    # Without an exponent, str writes the digits that format(value, "f") does, in half the time.
    Decimal: ("{0} = str({0})", f"if len({{0}}) > {MAXIMUM_DIGITS} or 'E' in {{0}}: raise Unfit"),
    Secret: ("{0} = {0}.reveal()", f"if not {_TEXT}: raise Unfit"),
}


def add_values(
    source: Source, shape: Shape, writer_of: Callable[[type[Any]], Callable[[Any], Any]]
) -> list[str]:
    """Take the values of ``message`` that is to be written, and check them.

    Args:
        source: The function being written.
        shape: Of its class.
        writer_of: Gives the function that changes a message within it.

    Returns:
        A local name for each field. A decimal and a secret are text by then, what is repeated is a list.
    """
    named = [(f"v{index}", one) for index, one in enumerate(shape.fields)]
    source.add(f"if message.__class__ is not {source.name(shape.cls)}: raise Unfit")
    source.add(*(f"{name} = message.{one.name}" for name, one in named))
    checks: list[str] = []
    changes: list[str] = []
    numbers: list[str] = []
    for name, one in named:
        change: tuple[str, ...]
        if one.nested:
            check, change = "", (f"{{0}} = {source.name(writer_of(one.kind))}({{0}})",)
        else:
            check = f"{{0}}.__class__ is {source.name(one.kind)}" if one.closed else _CHECKS[one.kind]
            change = _CHANGES.get(one.kind, ())
        if one.repeated:
            checks.append(f"{name}.__class__ is tuple")
            changes += [f"all = {name}", f"{name} = []", "for one in all:"]
            changes += _within(check, (*change, f"{name}.append(one)"), "one")
        elif one.nullable:
            changes += [f"if {name} is not None:", *_within(check, change or ("pass",), name)]
        elif one.kind is int:
            checks.append(f"{name}.__class__ is int")
            numbers.append(name)
        else:
            checks += [check.format(name)] if check else []
            changes += [line.format(name) for line in change]
    if numbers:
        each = " and ".join(_IN_RANGE.format(name) for name in numbers)
        # No bit beyond the sign is set in any of them: one comparison for all, as long as none is negative.
        checks.append(f"(0 <= {' | '.join(numbers)} <= {LONG[1]} or ({each}))")
    if checks:
        source.add(f"if not ({' and '.join(checks)}): raise Unfit")
    source.add(*changes)
    return [name for name, _ in named]


def _within(check: str, change: Iterable[str], name: str) -> list[str]:
    checked = [f"if not ({check}): raise Unfit"] if check else []
    return [f"    {line.format(name)}" for line in (*checked, *change)]


def value_of(source: Source, field: Field) -> str:
    """An expression: the scalar that a text stands for; ``{0}`` is the text."""
    if field.closed:
        return f"{source.name(members(field.kind))}[{{0}}]"
    return _VALUES[field.kind]


_VALUES: dict[type[Any], str] = {
    str: "{0}",
    Decimal: "decimal_of({0})",
    date: "date_of({0})",
    datetime: "datetime_of({0})",
    Secret: "Secret({0})",
}


@per_class
def members(kind: type[StrEnum]) -> dict[str, StrEnum]:
    """The values of a list by their text."""
    return {str(member.value): member for member in kind}


def add_instance(source: Source, shape: Shape, values: Sequence[str]) -> None:
    """Make ``made``, an instance of the class of these local names, in the order of the fields.

    The generated ``__init__`` of a frozen class calls ``object.__setattr__`` for each field, which takes three
    times as long as the slots' own setters. A class whose ``__init__`` does anything else is called.
    """
    cls = shape.cls
    slots = [getattr(cls, one.name, None) for one in shape.fields]
    if not _only_sets_slots(cls) or not all(isinstance(one, MemberDescriptorType) for one in slots):
        given = ", ".join(f"{one.name}={value}" for one, value in zip(shape.fields, values, strict=True))
        source.add(f"made = {source.name(cls)}({given})")
        return
    source.add(f"made = {source.name(object.__new__)}({source.name(cls)})")
    source.add(
        *(
            f"{source.name(slot.__set__)}(made, {value})"  # type: ignore[union-attr]  # asked for above
            for slot, value in zip(slots, values, strict=True)
        )
    )


def _only_sets_slots(cls: Any) -> bool:
    code = getattr(cls.__init__, "__code__", None)
    return (
        code is not None
        and code.co_filename.startswith("<attrs generated")
        and cls.__new__ is object.__new__
        and not hasattr(cls, "__attrs_pre_init__")
        and not hasattr(cls, "__attrs_post_init__")
        and not hasattr(cls, "_attrs_cached_hash")
        and all(one.validator is None and one.converter is None for one in attrs.fields(cls))
    )
