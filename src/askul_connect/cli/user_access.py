"""``users unlock``, ``issue-temporary-password`` and ``reset-factors``: letting a person in again (AUTH-4, AUTH-7).

The first two are for the administrator, and for the supplier's staff with a ticket (AUTH-19).
"""

from __future__ import annotations

from typing import Any

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import (
    Opening,
    asked_for,
    by_administrator,
    by_administrator_or_staff,
    print_answer,
    subgroup,
)
from askul_connect.cli.confirming import (
    require_confirmation,
    require_private_output,
    show_option,
    yes_option,
)
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines
from askul_connect.cli.people import chosen, chosen_user
from askul_connect.core.messages.factors import ResetFactorsRequest
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest, TemporaryPasswordDelivery
from askul_connect.core.messages.sessions import UnlockUserRequest
from askul_connect.core.messages.staff import ViewCustomerRequest
from askul_connect.core.operations.factors import RESET_FACTORS
from askul_connect.core.operations.sessions import UNLOCK_USER
from askul_connect.core.operations.supplier import ISSUE_TEMPORARY_PASSWORD
from askul_connect.core.operations.support import VIEW_CUSTOMER

_customer_option = click.option(
    "--customer",
    default="",
    metavar="NUMBER",
    help="For staff: the customer's number, so that USER may be an e-mail address; otherwise it is an id.",
)


def _user_id(ask: bootstrap.Asking, user: str, *, support: bool, ticket: str, customer: str) -> str:
    """Id of the person that is meant: an administrator's own list says, or what support is shown of the customer."""
    if not support:
        return chosen_user(ask, user).user_id
    if not customer:
        return user
    people = ask(VIEW_CUSTOMER, ViewCustomerRequest(customer=customer, ticket=ticket)).users
    found: str = chosen(people, user).user_id
    return found


def _print_password(invocation: Invocation, answer: Any, sent: str = "") -> int:
    """The temporary password, which is stored nowhere but as a hash."""
    password, until = answer.temporary_password.reveal(), answer.expires_at
    if invocation.as_json:
        print_json({"temporary_password": password, "expires_at": until})
        return ExitCode.DONE
    if not invocation.quiet:
        text = "this is shown once" if password else f"it is sent by {sent}"
        print_lines([f"temporary password, good until {shown(until)}; {text}"], err=True)
    if password:
        print_lines([password])
    return ExitCode.DONE


def add_to(application: click.Group) -> None:
    """Add the commands."""
    users = subgroup(application, "users")

    @click.argument("user")
    @_customer_option
    @by_administrator_or_staff
    def unlock(
        invocation: Invocation, opening: Opening, *, user: str, customer: str, support: bool, ticket: str
    ) -> int:
        """Let a person try to log in again, by id or e-mail address."""
        with opening() as ask:
            user_id = _user_id(ask, user, support=support, ticket=ticket, customer=customer)
            answer = ask(UNLOCK_USER, UnlockUserRequest(user_id=user_id, ticket=ticket))
        text = f"unlocked after {answer.failures} failures" if answer.failures else "nothing stood in the way"
        return print_answer(invocation, answer, text)

    @click.argument("user")
    @click.option("--by-email", is_flag=True, help="Send it to the registered address instead of showing it.")
    @click.option("--by-letter", is_flag=True, help="For staff: send it by post to the account's address.")
    @show_option
    @_customer_option
    @by_administrator_or_staff
    def issue(
        invocation: Invocation,
        opening: Opening,
        *,
        user: str,
        by_email: bool,
        by_letter: bool,
        show: bool,
        customer: str,
        support: bool,
        ticket: str,
    ) -> int:
        """Issue a temporary password; the person's sessions end.

        An administrator is shown it once, on a terminal. Staff are not: it goes out by e-mail or letter.
        """
        if by_email and by_letter:
            raise click.UsageError("give --by-email or --by-letter")
        delivery = TemporaryPasswordDelivery.HANDED_OVER
        if by_letter:
            delivery = TemporaryPasswordDelivery.LETTER
        elif by_email or support:
            delivery = TemporaryPasswordDelivery.EMAIL
        else:
            require_private_output(show=show)
        with opening() as ask:
            user_id = _user_id(ask, user, support=support, ticket=ticket, customer=customer)
            answer = ask(
                ISSUE_TEMPORARY_PASSWORD,
                IssueTemporaryPasswordRequest(user_id=user_id, delivery=delivery, ticket=ticket),
            )
        return _print_password(invocation, answer, "letter" if by_letter else "e-mail")

    @click.argument("user")
    @show_option
    @yes_option
    @by_administrator
    def reset(invocation: Invocation, opening: Opening, *, user: str, show: bool, yes: bool) -> int:
        """Remove every second factor of a person and issue a temporary password, shown once on a terminal."""
        require_private_output(show=show)
        require_confirmation(f"All second factors of {user} are removed", yes=yes)
        with opening() as ask:
            found = chosen_user(ask, user)
            own = asked_for("your own password")
            answer = ask(RESET_FACTORS, ResetFactorsRequest(user_id=found.user_id, current_password=own))
        return _print_password(invocation, answer)

    command(users, "unlock", "json", "quiet")(unlock)
    command(users, "issue-temporary-password", "json", "quiet")(issue)
    command(users, "reset-factors", "json", "quiet")(reset)
