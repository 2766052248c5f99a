"""What the commands of staff and administrators share: which supplier, and who asks."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Concatenate

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation
from askul_connect.cli.output import print_json, print_lines
from askul_connect.cli.serving import chosen_supplier
from askul_connect.core.domain.secrets import Secret
from askul_connect.settings import load_settings

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]
Opening = Callable[[], AbstractContextManager[bootstrap.Asking]]
"""Opens a way to ask, as the person that the options name."""

supplier_option: Decorator = click.option(
    "--supplier", default="", help="Which connection's supplier, when there are several."
)
login_option: Decorator = click.option(
    "--login-id",
    default="",
    help="Log in as this person; the password is asked for. Default: the administrator of this directory.",
)
staff_option: Decorator = click.option(
    "--staff",
    "staff_name",
    metavar="LOGIN_NAME",
    default="",
    help="Log in as this staff member; password and code are asked for. Default: the supplier's own program.",
)
ticket_option: Decorator = click.option(
    "--ticket", default="", help="The open ticket of the customer that this is for; a staff member needs one."
)


@contextmanager
def as_staff(invocation: Invocation, supplier: str, staff_name: str = "") -> Iterator[bootstrap.Asking]:
    """Ask as the supplier's own people."""
    settings = load_settings(invocation.home)
    name = chosen_supplier(settings, supplier)
    proof = None
    if staff_name:
        password, code = asked_for("password"), asked_for("code")
        proof = bootstrap.StaffProof(login_name=staff_name, password=password, code=code)
    with bootstrap.staff_of(settings, name, proof) as ask:
        yield ask


@contextmanager
def as_administrator(invocation: Invocation, supplier: str, login_id: str) -> Iterator[bootstrap.Asking]:
    """Ask as an administrator of an account there."""
    settings = load_settings(invocation.home)
    name = chosen_supplier(settings, supplier)
    password = asked_for("password") if login_id else None
    with bootstrap.administrator_of(settings, name, login_id, password, lambda: asked_for("code")) as ask:
        yield ask


def asked_for(what: str) -> Secret:
    """A secret that is typed and not shown; it is never an argument."""
    return Secret(click.prompt(what, hide_input=True, err=True))


def by_staff(function: Callable[Concatenate[Invocation, Opening, ...], int]) -> Callable[..., int]:
    """Give a command the options that say which of the supplier's people asks, and the way to ask."""

    @staff_option
    @supplier_option
    @functools.wraps(function)
    def given(invocation: Invocation, *, supplier: str, staff_name: str, **options: Any) -> int:
        return function(invocation, lambda: as_staff(invocation, supplier, staff_name), **options)

    return given


def by_administrator(function: Callable[Concatenate[Invocation, Opening, ...], int]) -> Callable[..., int]:
    """Give a command the options that say who of an account asks, and the way to ask."""

    @login_option
    @supplier_option
    @functools.wraps(function)
    def given(invocation: Invocation, *, supplier: str, login_id: str, **options: Any) -> int:
        return function(invocation, lambda: as_administrator(invocation, supplier, login_id), **options)

    return given


def by_administrator_or_staff(
    function: Callable[Concatenate[Invocation, Opening, ...], int],
) -> Callable[..., int]:
    """Give a command both kinds of options; it is told the ticket, and ``support`` says that the supplier asks."""

    @ticket_option
    @staff_option
    @login_option
    @supplier_option
    @functools.wraps(function)
    def given(
        invocation: Invocation, *, supplier: str, login_id: str, staff_name: str, ticket: str, **options: Any
    ) -> int:
        support = bool(staff_name or ticket)
        if support and login_id:
            raise click.UsageError("give --login-id, or --ticket with or without --staff")

        def opening() -> AbstractContextManager[bootstrap.Asking]:
            if support:
                return as_staff(invocation, supplier, staff_name)
            return as_administrator(invocation, supplier, login_id)

        return function(invocation, opening, ticket=ticket, support=support, **options)

    return given


def print_answer(invocation: Invocation, answer: object, *lines: str) -> ExitCode:
    """Print what was done: the answer as JSON, or lines for a person, unless only errors are wanted."""
    if invocation.as_json:
        print_json(answer)
    elif not invocation.quiet:
        print_lines(lines)
    return ExitCode.DONE


def group(parent: click.Group, name: str, text: str) -> click.Group:
    """A group of commands, which says what it has when none is given."""

    def choose(ctx: click.Context) -> None:
        if ctx.invoked_subcommand is None:
            names = list(made.commands)
            raise click.UsageError(f"'{name}' needs a command: {', '.join(names[:-1])} or {names[-1]}")

    choose.__doc__ = text
    made: click.Group = parent.group(name, invoke_without_command=True)(click.pass_context(choose))
    return made


def subgroup(parent: click.Group, name: str) -> click.Group:
    """A group that another module has made, to add further commands to."""
    found = parent.commands[name]
    if not isinstance(found, click.Group):
        message = f"{name} is no group"
        raise TypeError(message)
    return found
