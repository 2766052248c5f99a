"""``outbox``: the messages that are to leave, and what a person decides about them."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode, details
from askul_connect.cli.invocation import Invocation, command, switch
from askul_connect.cli.output import amount, print_json, print_lines, print_table
from askul_connect.cli.progress import shown_progress
from askul_connect.core.errors import CallerError, UsageError

_COLUMNS = ("id", "kind", "business key", "state", ">attempts", "last error")
_STATES = ("pending", "unknown", "held", "dead", "sent", "refused")
_KEYS = ("id", "kind", "business_key", "state", "attempts", "last_error")
_LARGEST_DOCUMENT = 50_000_000

Decide = Callable[[bootstrap.Workspace, str, Any], bootstrap.Decided]


def _records(invocation: Invocation, states: Sequence[str], kind: str | None) -> list[bootstrap.View]:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        return _chosen(workspace, states, kind)


def _chosen(workspace: bootstrap.Workspace, states: Sequence[str], kind: str | None) -> list[bootstrap.View]:
    return [
        one
        for one in workspace.outbox()
        if (not states or one["state"] in states) and (kind is None or one["kind"] == kind)
    ]


def _list(invocation: Invocation, states: Sequence[str] = (), kind: str | None = None) -> int:
    records = _records(invocation, states, kind)
    if invocation.as_json:
        print_json(records)
    else:
        print_table("Outbox", _COLUMNS, [tuple(str(one[key]) for key in _KEYS) for one in records])
    return ExitCode.DONE


def _show(invocation: Invocation, name: str) -> int:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        message = workspace.message(name)
    if invocation.as_json:
        print_json(message)
        return ExitCode.DONE
    told = (*_KEYS, "target", "correlation_id", "asked_for_at", "next_attempt_at", "done_at")
    print_lines(f"{key.replace('_', ' ')}: {message[key]}" for key in told if message[key] not in ("", None))
    print_lines([f"you can: {', '.join(message['possible']) or 'nothing, it is over'}"])
    order = message["order"]
    if order is not None:
        print_lines([f"document: {order['document']} ({order['state']}, attempt {order['attempt']})"])
        print_table(
            f"Purchase order {order['purchase_order_id']}",
            ("line", "item", ">quantity", "unit", ">price", ">excl. tax", "department"),
            [
                (
                    line["line_id"],
                    line["sku"],
                    str(line["quantity"]),
                    line["unit"],
                    line["unit_price"],
                    amount(line["amount_excl_tax"], order["currency"]),
                    line["department"],
                )
                for line in order["lines"]
            ],
        )
    if message["decisions"]:
        columns = ("at", "by", "decision", "was", "reason")
        rows = [
            tuple(str(one[key]) for key in ("at", "by", "step", "was", "reason"))
            for one in message["decisions"]
        ]
        print_table("Decisions", columns, rows)
    return ExitCode.DONE


def _decide(
    invocation: Invocation,
    names: Sequence[str],
    states: Sequence[str],
    decision: tuple[str, str],
    decide: Decide,
) -> int:
    """Decide about each message by itself: interrupted, the same call goes on with those that are left."""
    by, reason = decision
    made = bootstrap.Decision(by=by or getpass.getuser(), reason=reason, trial=invocation.trial)
    done: list[bootstrap.Decided] = []
    failed: list[tuple[str, CallerError]] = []
    settings = bootstrap.load_settings(invocation.home)
    with bootstrap.open_workspace(settings) as workspace, shown_progress(invocation) as progress:
        chosen = [*names, *(one["id"] for one in _chosen(workspace, states, None) if states)]
        if not chosen:
            raise UsageError("say which: a message, or --state for all in a state", where="message")
        for number, name in enumerate(dict.fromkeys(chosen), start=1):
            try:
                done.append(decide(workspace, name, made))
            except CallerError as error:
                if len(chosen) == 1:
                    raise
                failed.append((name, error))
            if len(chosen) > 1:
                progress(bootstrap.Progress(step="outbox", text=f"{number} of {len(chosen)}"))
    if invocation.as_json:
        print_json(
            {"decided": done, "failed": [{"message": name, "error": problem} for name, problem in failed]}
        )
    elif not invocation.quiet:
        if invocation.trial:
            print_lines(["Trial: nothing was changed."])
        print_lines(f"{one.business_key}: {one.was} -> {one.state}" for one in done)
    print_lines((f"warning: {warning}" for one in done for warning in one.warnings), err=True)
    for name, problem in failed:
        print_lines([f"{name} [{problem.code}]", *details(problem)], err=True)
    return ExitCode.REJECTED if failed else ExitCode.DONE


def _options(function: Callable[..., int]) -> Callable[..., int]:
    """What every decision takes."""
    for option in (
        click.option("--reason", required=True, help="Why; kept with the message."),
        click.option(
            "--by", default="", metavar="NAME", help="Who decides. Default: the user of this machine."
        ),
    ):
        function = option(function)
    return function


def _many(function: Callable[..., int]) -> Callable[..., int]:
    function = click.option(
        "--state",
        "states",
        multiple=True,
        type=click.Choice(_STATES),
        help="All messages in this state; may be repeated.",
    )(function)
    return click.argument("messages", nargs=-1, metavar="[MESSAGE]...")(function)


def _incoming(path: Path | None) -> bootstrap.DroppedFile | None:
    if path is None:
        return None
    try:
        if path.stat().st_size > _LARGEST_DOCUMENT:
            raise UsageError(f"{path} is no purchase order: it is too large", where="--document")
        return bootstrap.DroppedFile(name=path.name, data=path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}", where="--document") from error


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @application.group("outbox", invoke_without_command=True)
    @switch("json")
    @switch("trial")
    @switch("quiet")
    @click.pass_context
    def outbox(ctx: click.Context) -> int:
        """List the outgoing messages, look at one, send it again, give it up or repair it.

        MESSAGE is its id, its business key, or the number of its purchase order or document.
        """
        if ctx.invoked_subcommand is None:
            return _list(ctx.obj)
        return ExitCode.DONE

    _add_looking(outbox)
    _add_deciding(outbox)


def _add_looking(outbox: click.Group) -> None:
    @click.option("--state", "states", multiple=True, type=click.Choice(_STATES), help="Only in this state.")
    @click.option("--kind", help="Only of this kind, such as place-order.")
    def listing(invocation: Invocation, states: tuple[str, ...], kind: str | None) -> int:
        """List the outgoing messages and what became of them."""
        return _list(invocation, states, kind)

    command(outbox, "list", "json", "trial", "quiet")(listing)

    @click.argument("message")
    def show(invocation: Invocation, message: str) -> int:
        """Show one message: what it is about, its tries, and what was decided about it."""
        return _show(invocation, message)

    command(outbox, "show", "json", "trial", "quiet")(show)


def _add_deciding(outbox: click.Group) -> None:
    @_many
    @_options
    def resend(
        invocation: Invocation, messages: tuple[str, ...], states: tuple[str, ...], by: str, reason: str
    ) -> int:
        """Let messages go with the next run; approves orders that were held because they are old."""
        return _decide(
            invocation, messages, states, (by, reason), lambda place, name, made: place.resend(name, made)
        )

    command(outbox, "resend", "json", "trial", "quiet")(resend)

    @_many
    @_options
    def give_up(
        invocation: Invocation, messages: tuple[str, ...], states: tuple[str, ...], by: str, reason: str
    ) -> int:
        """Let messages never leave: the budget of an order is free again, and the ERP gets a rejection."""
        return _decide(
            invocation, messages, states, (by, reason), lambda place, name, made: place.give_up(name, made)
        )

    command(outbox, "give-up", "json", "trial", "quiet")(give_up)

    @click.argument("message")
    @click.option(
        "--document",
        type=click.Path(path_type=Path),
        help="The purchase order's file, where it no longer waits in the ERP.",
    )
    @_options
    def repair(invocation: Invocation, message: str, document: Path | None, by: str, reason: str) -> int:
        """Make an order anew from its document, with the mapping tables and settings as they are now."""
        return _decide(
            invocation,
            (message,),
            (),
            (by, reason),
            lambda place, name, made: place.repair(name, made, _incoming(document)),
        )

    command(outbox, "repair", "json", "trial", "quiet")(repair)
