"""Asking before something is done that cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from askul_connect.core.errors import UsageError

_WORD = "yes"

yes_option: Callable[[Callable[..., Any]], Callable[..., Any]] = click.option(
    "--yes", is_flag=True, help="Do not ask whether this is meant; it cannot be undone."
)


def require_confirmation(what: str, *, yes: bool) -> None:
    """Go on only when the word is typed, or was given as an option.

    Args:
        what: What is going to happen, as a sentence without its end.
        yes: Whether ``--yes`` was given.

    Raises:
        UsageError: It was not; nothing has been changed.
    """
    if yes:
        return
    try:
        typed = click.prompt(
            f"{what}. This cannot be undone. Type {_WORD} to go on", default="", show_default=False, err=True
        )
    except click.Abort:
        typed = ""
    if typed.strip() != _WORD:
        raise UsageError(f"not confirmed, nothing was changed; type {_WORD}, or give --{_WORD}", where="yes")
