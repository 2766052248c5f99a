"""What was asked for before the command, and the switches that may also stand behind it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from attrs import define

#: Switch -> (attribute, what it does).
_SWITCHES = {
    "json": ("as_json", "Print JSON on the standard output, and errors as JSON on the standard error."),
    "trial": ("trial", "Check everything and show what would happen, but change nothing."),
    "quiet": ("quiet", "Print nothing but what was asked for and errors."),
}


@define
class Invocation:
    """One call of the program.

    Attributes:
        directory: As given; None when it was not.
    """

    directory: Path | None = None
    as_json: bool = False
    trial: bool = False
    quiet: bool = False
    log_json: bool = False

    @property
    def home(self) -> Path:
        """The directory to work on."""
        return self.directory or Path()


def switch(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option of a switch; each place it is given at turns it on."""
    attribute, text = _SWITCHES[name]

    def turn_on(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
        if value:
            setattr(ctx.ensure_object(Invocation), attribute, True)

    return click.option(f"--{name}", is_flag=True, expose_value=False, callback=turn_on, help=text)


def command(group: click.Group, name: str, *switches: str) -> Callable[[Callable[..., int]], click.Command]:
    """Add a function to a group as a command; it gets the :class:`Invocation` and returns the exit code.

    Args:
        group: Where the command is added.
        name: What it is called.
        switches: Those that it takes. Another one is refused, since ignoring it would mislead: a trial that
            changes something, or JSON that is none.
    """

    def decorate(function: Callable[..., int]) -> click.Command:
        @functools.wraps(function)
        def checked(invocation: Invocation, /, **options: object) -> int:
            for other in _SWITCHES.keys() - set(switches):
                if getattr(invocation, _SWITCHES[other][0]):
                    raise click.UsageError(f"'{name}' takes no --{other}")
            return function(invocation, **options)

        decorated = click.pass_obj(checked)
        for each in reversed(switches):
            decorated = switch(each)(decorated)
        return group.command(name)(decorated)

    return decorate
