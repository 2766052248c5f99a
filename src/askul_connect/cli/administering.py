"""What the commands of staff and administrators share: which supplier, and who asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.invocation import Invocation
from askul_connect.cli.serving import chosen_supplier
from askul_connect.core.domain.secrets import Secret
from askul_connect.settings import load_settings

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

supplier_option: Decorator = click.option(
    "--supplier", default="", help="Which connection's supplier, when there are several."
)
login_option: Decorator = click.option(
    "--login-id",
    default="",
    help="Log in as this person; the password is asked for. Default: the administrator of this directory.",
)


@contextmanager
def as_staff(invocation: Invocation, supplier: str) -> Iterator[bootstrap.Asking]:
    """Ask as the supplier's own people."""
    settings = load_settings(invocation.home)
    with bootstrap.staff_of(settings, chosen_supplier(settings, supplier)) as ask:
        yield ask


@contextmanager
def as_administrator(invocation: Invocation, supplier: str, login_id: str) -> Iterator[bootstrap.Asking]:
    """Ask as an administrator of an account there."""
    settings = load_settings(invocation.home)
    name = chosen_supplier(settings, supplier)
    password = Secret(click.prompt("password", hide_input=True, err=True)) if login_id else None
    with bootstrap.administrator_of(settings, name, login_id, password) as ask:
        yield ask


def group(application: click.Group, name: str, text: str) -> click.Group:
    """A group of commands, which says what it has when none is given."""

    def choose(ctx: click.Context) -> None:
        if ctx.invoked_subcommand is None:
            names = list(made.commands)
            raise click.UsageError(f"'{name}' needs a command: {', '.join(names[:-1])} or {names[-1]}")

    choose.__doc__ = text
    made: click.Group = application.group(name, invoke_without_command=True)(click.pass_context(choose))
    return made
