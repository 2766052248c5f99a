"""Asking before something is done that cannot be undone, and showing a secret only where nothing keeps it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any

import click

from askul_connect.cli.output import print_lines
from askul_connect.core.errors import UsageError

_WORD = "yes"

yes_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--yes", is_flag=True, help="Do not ask whether this is meant; it cannot be undone."
)
show_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--show", is_flag=True, help="Print the secret also where the output is no terminal."
)


def require_confirmation(what: str, *, yes: bool, before: Iterable[str] = ()) -> None:
    """Go on only when the word is typed on a terminal, or was given as an option.

    Args:
        what: What is going to happen, as a sentence without its end.
        yes: Whether ``--yes`` was given.
        before: What to read before the word is typed.

    Raises:
        UsageError: It was not, or there is nobody to ask; nothing has been changed.
    """
    if yes:
        return
    if not somebody_types():
        # a pipe says what it always says, not that this is meant
        raise UsageError(
            f"{what}. This cannot be undone, nobody can be asked here, and nothing was changed; give --{_WORD}",
            where="yes",
        )
    print_lines(before, err=True)
    try:
        typed = click.prompt(
            f"{what}. This cannot be undone. Type {_WORD} to go on", default="", show_default=False, err=True
        )
    except click.Abort:
        typed = ""
    if typed.strip() != _WORD:
        raise UsageError(f"not confirmed, nothing was changed; type {_WORD}, or give --{_WORD}", where="yes")


def require_private_output(*, show: bool) -> None:
    """Go on only where a secret ends in no file, pipe or log, or that was asked for.

    Args:
        show: Whether ``--show`` was given.

    Raises:
        UsageError: The output is no terminal; nothing has been changed.
    """
    if not (show or sys.stdout.isatty()):
        raise UsageError(
            "the secret is shown on a terminal only; give --show to print it here. Nothing was changed",
            where="show",
        )


def somebody_types() -> bool:
    """Whether the standard input is a terminal."""
    return sys.stdin.isatty()
