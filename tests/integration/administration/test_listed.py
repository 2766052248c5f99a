"""The reference lists every command."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from askul_connect.cli.application import application

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def commands(group: click.Group, above: str = "") -> Iterator[str]:
    for name, one in group.commands.items():
        if isinstance(one, click.Group):
            yield from commands(one, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def listed() -> Iterator[str]:
    for row in re.findall(r"^\| (`[^|]+`) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        names = [re.sub(r" [A-Z\[].*", "", name) for name in re.findall(r"`([^`]+)`", row)]
        group = names[0].rpartition(" ")[0]
        yield from (name if " " in name or not group else f"{group} {name}" for name in names)


def test_every_command_is_in_the_reference() -> None:
    made = set(commands(application))
    assert len(made) > 60
    assert made <= set(listed()), made - set(listed())
