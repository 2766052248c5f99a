"""``accounts view``, ``login-attempt`` and ``duplicates``: what support looks up of customers (AUTH-19, ACC-4)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import Opening, by_staff, print_answer, subgroup, ticket_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.messages.registration import ListDuplicateAccountsRequest
from askul_connect.core.messages.staff import (
    FindLoginAttemptRequest,
    LoginAttempt,
    ViewCustomerRequest,
    ViewCustomerResponse,
)
from askul_connect.core.operations.accounts import LIST_DUPLICATE_ACCOUNTS
from askul_connect.core.operations.support import FIND_LOGIN_ATTEMPT, VIEW_CUSTOMER

_PEOPLE = ("user id", "e-mail", "name", "role", "state", "password")
_ATTEMPTS = ("at", "login id", "result", "reason", "address", "device", "reference")


def _attempt(attempt: LoginAttempt) -> tuple[str, ...]:
    return (
        shown(attempt.at),
        attempt.login_id,
        attempt.result,
        attempt.reason,
        attempt.address,
        attempt.device,
        attempt.reference,
    )


def _print_customer(found: ViewCustomerResponse) -> None:
    details = (
        ("customer number", found.customer_number),
        ("member number", found.member_number),
        ("name", found.name),
        ("kind", found.kind),
        ("state", found.state),
        ("representative", found.representative),
        ("address", f"{found.postcode} {found.address}".strip()),
        ("phone", found.phone),
        ("e-mail", found.email),
    )
    print_lines([f"{name}: {text}" for name, text in details if text])
    people = [
        (one.user_id, one.email, one.name, one.role, one.state, one.password_state) for one in found.users
    ]
    print_table("People", _PEOPLE, people)
    print_table("Latest login attempts", _ATTEMPTS, map(_attempt, found.attempts))


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = subgroup(application, "accounts")

    @click.argument("number")
    @ticket_option
    @by_staff
    def view(invocation: Invocation, opening: Opening, *, number: str, ticket: str) -> int:
        """Show a customer's contacts, people and latest login attempts; the customer's records say so."""
        with opening() as ask:
            found = ask(VIEW_CUSTOMER, ViewCustomerRequest(customer=number, ticket=ticket))
        if invocation.as_json:
            print_json(found)
        else:
            _print_customer(found)
        return ExitCode.DONE

    @click.argument("reference")
    @ticket_option
    @by_staff
    def login_attempt(invocation: Invocation, opening: Opening, *, reference: str, ticket: str) -> int:
        """Show the login attempt whose refusal showed the number REFERENCE."""
        with opening() as ask:
            found = ask(
                FIND_LOGIN_ATTEMPT, FindLoginAttemptRequest(reference=reference, ticket=ticket)
            ).attempt
        cells = zip(_ATTEMPTS, _attempt(found), strict=True)
        return print_answer(invocation, found, *(f"{name}: {text}" for name, text in cells if text))

    @ticket_option
    @by_staff
    def duplicates(invocation: Invocation, opening: Opening, *, ticket: str) -> int:
        """List pairs of accounts that look like one company registered twice."""
        with opening() as ask:
            pairs = ask(LIST_DUPLICATE_ACCOUNTS, ListDuplicateAccountsRequest(ticket=ticket)).pairs
        if invocation.as_json:
            print_json(pairs)
        else:
            rows = [
                (one.older, one.older_name, one.newer, one.newer_name, ", ".join(one.reasons))
                for one in pairs
            ]
            print_table("Duplicates", ("older", "name", "newer", "name", "the same"), rows)
        return ExitCode.DONE

    command(accounts, "view", "json", "quiet")(view)
    command(accounts, "login-attempt", "json", "quiet")(login_attempt)
    command(accounts, "duplicates", "json", "quiet")(duplicates)
