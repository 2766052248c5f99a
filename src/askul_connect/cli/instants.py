"""Dates and times as they are typed, and as they are shown."""

from __future__ import annotations

from datetime import date, datetime

import click


def instant(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    """A date and time with its offset, which nobody has to guess."""
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(f"{value!r} is no time with an offset, such as 2026-11-30T02:00+09:00")
    return found


def day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """A date of the supplier's calendar."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no date, such as 2026-11-30") from None


def shown(value: datetime | None) -> str:
    """To the minute, with the offset; empty for None."""
    return "" if value is None else value.isoformat(timespec="minutes")
