"""Strict reading of one TOML table: exact types, limits, and no key that nobody asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from askul_connect.core.domain.findings import Findings
from askul_connect.core.errors import ConfigurationError

_WORD = 64

Choice = TypeVar("Choice", bound=StrEnum)

_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,4})?")


class Table:
    """One table, read key by key; ``end`` reports what was not asked for."""

    def __init__(self, values: Mapping[str, object], path: str, findings: Findings) -> None:
        self._values = values
        self._path = path
        self._findings = findings
        self._asked: dict[str, None] = {}

    def key(self, name: str) -> str:
        """The full path of a key."""
        return f"{self._path}.{name}" if self._path else name

    def wrong(self, name: str, detail: str) -> None:
        """Note a finding at a key."""
        self._findings.add(ConfigurationError, detail, where=self.key(name))

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        self._asked[name] = None
        return name in self._values

    def value(self, name: str, kind: type, accepted: str, *, required: bool) -> object:
        """The value of a type, or None after a finding or when an optional key is absent."""
        if not self.has(name):
            if required:
                self.wrong(name, f"is missing; accepted: {accepted}")
            return None
        value = self._values[name]
        # Exact types: a boolean is an int and a date-time is a date in Python, but not to who wrote the file.
        if type(value) is not kind:
            self.wrong(name, f"is {_toml_type(value)}; accepted: {accepted}")
            return None
        return value

    def text(self, name: str, default: str = "", *, accepted: str = "a text", required: bool = False) -> str:
        """A text that is not blank."""
        value = self.value(name, str, accepted, required=required)
        if not isinstance(value, str):
            return default
        if not value.strip() or not value.isprintable():
            self.wrong(name, f"is blank or has control characters; accepted: {accepted}")
            return default
        return value

    def choice(self, name: str, default: Choice) -> Choice:
        """One of the values of an enumeration."""
        values = [member.value for member in type(default)]
        text = self.text(name, default.value, accepted=one_of(values))
        if text not in values:
            self.wrong(name, f"{text!r} is unknown; accepted: {one_of(values)}")
            return default
        return type(default)(text)

    def integer(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number within limits."""
        accepted = f"a whole number from {least} to {most}"
        value = self.value(name, int, accepted, required=False)
        if not isinstance(value, int):
            return default
        if not least <= value <= most:
            self.wrong(name, f"is {shown(value)}; accepted: {accepted}")
            return default
        return value

    def decimal(self, name: str, default: Decimal) -> Decimal:
        """An exact number, which in TOML has to be a text: a TOML float is binary."""
        accepted = 'a decimal number in quotes with at most 4 decimals, such as "0.5"'
        if self.has(name) and type(self._values[name]) in {int, float}:
            self.wrong(
                name, f'write it in quotes: {name} = "{shown(self._values[name])}"; accepted: {accepted}'
            )
            return default
        text = self.text(name, str(default), accepted=accepted)
        if not _DECIMAL.fullmatch(text):
            self.wrong(name, f"{text!r} is no such number; accepted: {accepted}")
            return default
        return Decimal(text)

    def table(self, name: str, *, required: bool = False) -> Table:
        """A table, empty when it is absent."""
        value = self.value(name, dict, f"a table [{self.key(name)}]", required=required)
        return Table(value if isinstance(value, dict) else {}, self.key(name), self._findings)

    def entries(self, name: str) -> list[Table]:
        """An array of tables, empty when it is absent."""
        accepted = f"an array of tables [[{self.key(name)}]]"
        found = self.value(name, list, accepted, required=False)
        if not isinstance(found, list):
            return []
        if not all(type(entry) is dict for entry in found):
            self.wrong(name, f"holds something else than tables; accepted: {accepted}")
            return []
        return [
            Table(entry, f"{self.key(name)}[{number}]", self._findings)
            for number, entry in enumerate(found, start=1)
        ]

    def names(self) -> tuple[str, ...]:
        """The keys that are there."""
        return tuple(self._values)

    def tables(self) -> dict[str, Table]:
        """Every value as a table, by its name."""
        return {name: self.table(name) for name in self._values}

    def rest(self) -> dict[str, object]:
        """What was not asked for, as it is."""
        return {name: value for name, value in self._values.items() if name not in self._asked}

    def end(self) -> None:
        """Report every key that was not asked for."""
        for name in self.rest():
            if self._findings.full:
                break
            near = get_close_matches(name, self._asked, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            self.wrong(name, f"is unknown; {hint}accepted keys: {', '.join(self._asked)}")


def shown(value: object) -> str:
    """A value for a message; Python refuses to write integers of thousands of digits."""
    if isinstance(value, int) and value.bit_length() > _WORD:
        return f"a number beyond {_WORD} bits"
    return str(value)


def one_of(values: Collection[str]) -> str:
    """The accepted values, as a message lists them."""
    return ", ".join(repr(value) for value in values) or "the name of a supplier"


def _toml_type(value: object) -> str:
    names = {str: "a text", bool: "a boolean", int: "a whole number", float: "a float", dict: "a table"}
    return names.get(type(value), "an array" if isinstance(value, list) else "a date or time")
