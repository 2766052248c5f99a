"""``accounts register``, ``approve``, ``reject``, ``suspend``, ``reinstate``: what becomes of an account (ACC-3)."""

from __future__ import annotations

from typing import Any

import attrs
import click

from askul_connect.cli.administering import Opening, by_staff, print_answer, subgroup, ticket_option
from askul_connect.cli.invocation import Invocation, command
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.messages.registration import (
    ApproveAccountRequest,
    RegisterAccountRequest,
    ReinstateAccountRequest,
    RejectAccountRequest,
    SuspendAccountRequest,
)
from askul_connect.core.operations.accounts import (
    APPROVE_ACCOUNT,
    REGISTER_ACCOUNT,
    REINSTATE_ACCOUNT,
    REJECT_ACCOUNT,
    SUSPEND_ACCOUNT,
)
from askul_connect.core.operations.registry import Operation

#: Command -> operation, request and what it does.
_DECISIONS: dict[str, tuple[Operation[Any, Any], type, str]] = {
    "reject": (REJECT_ACCOUNT, RejectAccountRequest, "Turn an application down; the applicant is told why."),
    "suspend": (
        SUSPEND_ACCOUNT,
        SuspendAccountRequest,
        "Stop an account, by its member number; orders under way go on.",
    ),
    "reinstate": (
        REINSTATE_ACCOUNT,
        ReinstateAccountRequest,
        "Let a suspended account work again, by its member number.",
    ),
}
#: What is typed by the applicant alone, and what has an option of its own.
_NOT_BY_STAFF = ("kind", "password")


def _add_decision(accounts: click.Group, name: str) -> None:
    operation, request, text = _DECISIONS[name]

    @click.argument("member_number")
    @click.option("--reason", required=True, help="Why; the customer and the records are told.")
    @ticket_option
    @by_staff
    def decide(
        invocation: Invocation, opening: Opening, *, member_number: str, reason: str, ticket: str
    ) -> int:
        with opening() as ask:
            answer = ask(operation, request(member_number=member_number, reason=reason, ticket=ticket))
        return print_answer(invocation, answer, f"{answer.member_number} is {answer.state.value}")

    decide.__doc__ = text
    command(accounts, name, "json", "quiet")(decide)


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = subgroup(application, "accounts")

    @click.option(
        "--kind",
        required=True,
        type=click.Choice([kind.value for kind in AccountKind]),
        help="Of the account.",
    )
    @by_staff
    def register(invocation: Invocation, opening: Opening, *, kind: str, **data: str) -> int:
        """Enter an application that came on paper or by phone."""
        request = RegisterAccountRequest(kind=AccountKind(kind), **data)  # type: ignore[arg-type]  # all are texts
        with opening() as ask:
            answer = ask(REGISTER_ACCOUNT, request)
        return print_answer(
            invocation,
            answer,
            f"member number {answer.member_number}, application number {answer.application_number},"
            f" {answer.state.value}",
            *(f"warning: {warning}" for warning in answer.warnings),
        )

    for field in reversed(attrs.fields(RegisterAccountRequest)):
        if field.name not in _NOT_BY_STAFF:
            needed = field.default is attrs.NOTHING
            option = click.option(
                f"--{field.name.replace('_', '-')}",
                required=needed,
                default=None if needed else "",
                metavar="TEXT",
            )
            register = option(register)

    @click.argument("member_number")
    @ticket_option
    @by_staff
    def approve(invocation: Invocation, opening: Opening, *, member_number: str, ticket: str) -> int:
        """Open a registered account; customer number and first password go out by letter."""
        with opening() as ask:
            answer = ask(APPROVE_ACCOUNT, ApproveAccountRequest(member_number=member_number, ticket=ticket))
        return print_answer(invocation, answer, f"{answer.member_number} is {answer.state.value}")

    command(accounts, "register", "json", "quiet")(register)
    command(accounts, "approve", "json", "quiet")(approve)
    for name in _DECISIONS:
        _add_decision(accounts, name)
