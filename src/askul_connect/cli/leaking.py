"""``accounts report-leak`` and ``respond-to-leak``: the answer to an incident (AUTH-18)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from askul_connect.cli.administering import Opening, by_staff, print_answer, subgroup, ticket_option
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import day, instant
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.leaks import LeakedField
from askul_connect.core.messages.leaks import (
    ReportLeakRequest,
    ReportLeakResponse,
    RespondToLeakRequest,
    RespondToLeakResponse,
)
from askul_connect.core.operations.accounts import REPORT_LEAK, RESPOND_TO_LEAK

_PEOPLE = ("member number", "user id", "name", "e-mail", "data")

_OPTIONS = (
    click.option(
        "--from",
        "starts_at",
        metavar="TIME",
        required=True,
        callback=instant,
        help="When data could be read.",
    ),
    click.option("--until", "ends_at", metavar="TIME", required=True, callback=instant, help="Until when."),
    click.option(
        "--field",
        "fields",
        required=True,
        multiple=True,
        type=click.Choice([field.value for field in LeakedField]),
        help="What could be read, several times if need be.",
    ),
    click.option(
        "--known-on", metavar="DATE", required=True, callback=day, help="The day it became known, in Japan."
    ),
    click.option(
        "--account",
        "member_numbers",
        multiple=True,
        help="Member number of an account concerned. Default: all.",
    ),
    click.option("--malicious", is_flag=True, help="Somebody did it on purpose."),
    click.option("--sensitive", is_flag=True, help="Data that need special care are among them."),
    click.option("--financial-harm", is_flag=True, help="Misuse can cost people money."),
    ticket_option,
)


def _scoped(function: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


def _typed(scope: dict[str, Any]) -> dict[str, Any]:
    return {**scope, "fields": tuple(LeakedField(one) for one in scope["fields"])}


def _law(found: ReportLeakResponse | RespondToLeakResponse) -> tuple[str, ...]:
    if not found.triggers:
        return ("the law asks for no report, as far as it is data; people decide",)
    return (
        f"to be reported because of: {', '.join(found.triggers)}",
        f"first report from {found.preliminary_from} by {found.preliminary_by}, final report by {found.final_by}",
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = subgroup(application, "accounts")

    @_scoped
    @by_staff
    def report(invocation: Invocation, opening: Opening, **scope: Any) -> int:
        """List who is affected by an incident, by which data, and what the law asks for; does nothing."""
        with opening() as ask:
            found = ask(REPORT_LEAK, ReportLeakRequest(**_typed(scope)))
        if invocation.as_json:
            print_json(found)
            return ExitCode.DONE
        people = [
            (one.member_number, one.user_id, one.name, one.email, ", ".join(one.fields))
            for one in found.people
        ]
        print_table("Affected people", _PEOPLE, people)
        if found.credentials:
            machines = [(one.member_number, one.credential_id, one.label) for one in found.credentials]
            print_table("Affected credentials", ("member number", "credential", "label"), machines)
        print_lines(_law(found))
        return ExitCode.DONE

    @_scoped
    @yes_option
    @by_staff
    def respond(invocation: Invocation, opening: Opening, *, yes: bool, **scope: Any) -> int:
        """Tell the people affected, force new passwords, end sessions, revoke credentials."""
        with opening() as ask:
            if not yes:
                found = ask(REPORT_LEAK, ReportLeakRequest(**_typed(scope)))
                affected = f"{len(found.people)} people and {len(found.credentials)} credentials"
                require_confirmation(f"The incident is answered for {affected}", yes=yes)
            answer = ask(RESPOND_TO_LEAK, RespondToLeakRequest(**_typed(scope)))
        return print_answer(
            invocation,
            answer,
            f"incident {answer.incident}: {answer.people} people, {answer.notified} told,"
            f" {answer.passwords} passwords, {answer.sessions} sessions, {answer.credentials} credentials",
            *_law(answer),
        )

    command(accounts, "report-leak", "json", "trial", "quiet")(report)
    command(accounts, "respond-to-leak", "json", "quiet")(respond)
