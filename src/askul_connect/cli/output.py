"""Printing results: JSON for programs, tables for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import click
from attrs import fields_dict, has
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from askul_connect.cli.failures import error_record
from askul_connect.cli.safety import visible
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.errors import AskulConnectError

#: Where the output is no terminal, a table is as wide as it needs to be.
_WIDTH_OF_FILES = 200


def print_json(value: object) -> None:
    """Print one JSON document as UTF-8, whatever the terminal's encoding is, and nothing else."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_record)
    print_bytes(f"{text}\n".encode())


def print_bytes(data: bytes) -> None:
    """Print bytes as they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def print_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines of text."""
    for line in lines:
        click.echo(visible(line), err=err)


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; a column whose name begins with ``>`` is right-aligned."""
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    for row in rows:
        # Text, not str: a name with brackets is no markup.
        table.add_row(*(Text(visible(cell)) for cell in row))
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console = Console(file=sys.stdout, highlight=False, width=_WIDTH_OF_FILES)
    console.print(table)


def amount(minor: int | None, currency: str) -> str:
    """An amount in minor units as a person reads it, with its currency; empty for None."""
    if minor is None:
        return ""
    whole, point, decimals = minor_to_text(abs(minor), currency).partition(".")
    return f"{'-' if minor < 0 else ''}{int(whole):,}{point}{decimals} {currency}"


def _record(value: object) -> object:
    """What JSON has no type for: values as objects, exact numbers as text, dates in ISO form."""
    if isinstance(value, AskulConnectError):
        return error_record(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    kind: type = type(value)
    if has(kind):
        return {name: getattr(value, name) for name in fields_dict(kind)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")
