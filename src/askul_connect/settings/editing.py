"""Changing one value of a configuration and nothing else: comments, order and spelling stay."""

from __future__ import annotations

import json
import re
import tomllib
from copy import deepcopy
from typing import Any

from askul_connect.core.errors import UsageError

_HEADER = re.compile(r"^\s*\[")


def with_value(text: str, table: str, key: str, value: str) -> str:
    """The text of a configuration with one text value changed or added.

    Args:
        text: TOML that is accepted.
        table: Name of the table, for instance ``database``.
        key: Of the value in it.
        value: The new one.

    Raises:
        UsageError: The value is written in a way that cannot be changed without touching something else.
    """
    lines = text.splitlines(keepends=True)
    # a JSON text is a TOML text too
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}\n"
    header = re.compile(rf"^\s*\[\s*{re.escape(table)}\s*\]")
    start = next((place for place, each in enumerate(lines) if header.match(each)), None)
    if start is None:
        lines += ["\n" if text.endswith("\n") else "\n\n", f"[{table}]\n", line]
    else:
        own = re.compile(rf"^\s*{re.escape(key)}\s*=")
        rest = range(start + 1, len(lines))
        end = next((place for place in rest if _HEADER.match(lines[place])), len(lines))
        found = next((place for place in range(start + 1, end) if own.match(lines[place])), None)
        if found is None:
            lines.insert(start + 1, line)
        else:
            lines[found] = line
    changed = "".join(lines)
    if _parsed(changed) != _expected(text, table, key, value):
        raise UsageError(
            f"{table}.{key} is written in a way that cannot be changed here; write it as a line {line.strip()!r}"
            f" below [{table}]",
            where=f"{table}.{key}",
        )
    return changed


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except ValueError:
        return None


def _expected(text: str, table: str, key: str, value: str) -> dict[str, Any]:
    document = deepcopy(tomllib.loads(text))
    place = document
    for name in table.split("."):
        place = place.setdefault(name, {})
    place[key] = value
    return document


def secret_files(text: str) -> frozenset[str]:
    """The files that a configuration names as secrets, as it names them."""
    return frozenset(
        found.removeprefix("file:") for found in _texts(_parsed(text) or {}) if found.startswith("file:")
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in _texts(each)]
