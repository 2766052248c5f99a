"""``users list``, ``show``, ``add``, ``change``, ``remove`` and ``transfer-administration`` (ACC-6)."""

from __future__ import annotations

import click

from askul_connect.cli.administering import Opening, by_administrator, group, print_answer
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.people import ROLES, all_users, chosen_user
from askul_connect.core.domain.accounts import Role, UserState
from askul_connect.core.messages.accounts import AddUserRequest, UserSummary
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    RemoveUserRequest,
    TransferAdministrationRequest,
)
from askul_connect.core.operations.people import CHANGE_USER, REMOVE_USER, TRANSFER_ADMINISTRATION
from askul_connect.core.operations.supplier import ADD_USER

_COLUMNS = ("user id", "e-mail", "name", "role", "state", "departments", ">order limit")

department_option = click.option(
    "--department", "departments", multiple=True, help="Department code, several times if need be."
)
limit_option = click.option(
    "--order-limit", type=int, help="The most one order may cost, in minor units with tax. Default: no limit."
)


def _row(user: UserSummary) -> tuple[str, ...]:
    departments = ", ".join(user.department_codes)
    limit = "" if user.order_limit is None else str(user.order_limit)
    return user.user_id, user.email, user.name, user.role.value, user.state.value, departments, limit


def add_to(application: click.Group) -> None:
    """Add the commands."""
    users = group(application, "users", "The people of an account at the in-process supplier.")
    _add_reading(users)
    _add_changing(users)


def _add_reading(users: click.Group) -> None:
    @click.option("--role", type=ROLES, help="Only those with this role.")
    @click.option(
        "--state", type=click.Choice([state.value for state in UserState]), help="Only those in this state."
    )
    @click.option("--department", help="Only those of this department.")
    @by_administrator
    def list_users(
        invocation: Invocation,
        opening: Opening,
        *,
        role: str | None,
        state: str | None,
        department: str | None,
    ) -> int:
        """List the people of the account."""
        with opening() as ask:
            found = [
                one
                for one in all_users(ask)
                if role in (None, one.role.value)
                and state in (None, one.state.value)
                and (department is None or department in one.department_codes)
            ]
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Users", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.argument("user")
    @by_administrator
    def show(invocation: Invocation, opening: Opening, *, user: str) -> int:
        """Show one person, by id or e-mail address."""
        with opening() as ask:
            found = chosen_user(ask, user)
        if invocation.as_json:
            print_json(found)
        else:
            cells = zip(_COLUMNS, _row(found), strict=True)
            print_lines([f"{name.removeprefix('>')}: {text}" for name, text in cells if text])
        return ExitCode.DONE

    command(users, "list", "json", "trial", "quiet")(list_users)
    command(users, "show", "json", "trial", "quiet")(show)


def _add_changing(users: click.Group) -> None:
    @click.option("--email", required=True, help="Address, which is the login ID.")
    @click.option("--name", required=True, help="The person's name.")
    @click.option("--role", required=True, type=ROLES, help="What the person may do.")
    @department_option
    @limit_option
    @by_administrator
    def add(
        invocation: Invocation,
        opening: Opening,
        *,
        email: str,
        name: str,
        role: str,
        departments: tuple[str, ...],
        order_limit: int | None,
    ) -> int:
        """Add a person, who has no password yet."""
        request = AddUserRequest(
            email=email, name=name, role=Role(role), department_codes=departments, order_limit=order_limit
        )
        with opening() as ask:
            added = ask(ADD_USER, request)
        return print_answer(
            invocation, added, f"added {added.user_id}, who needs a temporary password to log in"
        )

    @click.argument("user")
    @click.option("--email", help="New address; it is asked to confirm itself first.")
    @click.option("--name", help="New name.")
    @click.option("--role", type=ROLES, help="New role.")
    @department_option
    @click.option("--no-departments", is_flag=True, help="Of no department from now on.")
    @click.option("--order-limit", type=int, help="The most one order may cost, in minor units with tax.")
    @click.option("--no-order-limit", is_flag=True, help="Without a limit from now on.")
    @click.option(
        "--based-on",
        type=int,
        help="Version of the user that the change was thought out on. Default: the present.",
    )
    @by_administrator
    def change(
        invocation: Invocation,
        opening: Opening,
        *,
        user: str,
        email: str | None,
        name: str | None,
        role: str | None,
        departments: tuple[str, ...],
        no_departments: bool,
        order_limit: int | None,
        no_order_limit: bool,
        based_on: int | None,
    ) -> int:
        """Change one person, by id or e-mail address; what is not given stays."""
        if departments and no_departments:
            raise click.UsageError("give --department or --no-departments")
        if order_limit is not None and no_order_limit:
            raise click.UsageError("give --order-limit or --no-order-limit")
        with opening() as ask:
            found = chosen_user(ask, user)
            request = ChangeUserRequest(
                user_id=found.user_id,
                version=found.version if based_on is None else based_on,
                email=found.email if email is None else email,
                name=found.name if name is None else name,
                role=found.role if role is None else Role(role),
                department_codes=departments or (() if no_departments else found.department_codes),
                order_limit=None
                if no_order_limit
                else found.order_limit
                if order_limit is None
                else order_limit,
            )
            answer = ask(CHANGE_USER, request)
        note = "; the new address was asked to confirm itself" if answer.confirmation_sent else ""
        return print_answer(invocation, answer, f"{answer.user_id} is at version {answer.version}{note}")

    @click.argument("user")
    @yes_option
    @by_administrator
    def remove(invocation: Invocation, opening: Opening, *, user: str, yes: bool) -> int:
        """Remove one person, by id or e-mail address; sessions end at once."""
        require_confirmation(f"The user {user} is removed, and can log in no more", yes=yes)
        with opening() as ask:
            answer = ask(REMOVE_USER, RemoveUserRequest(user_id=chosen_user(ask, user).user_id))
        return print_answer(invocation, answer, f"removed {answer.user_id}")

    @click.argument("user")
    @click.option(
        "--former-role",
        type=ROLES,
        default=Role.ADMINISTRATOR.value,
        show_default=True,
        help="What the primary administrator of until now is from then on.",
    )
    @yes_option
    @by_administrator
    def transfer(invocation: Invocation, opening: Opening, *, user: str, former_role: str, yes: bool) -> int:
        """Make another person the primary administrator, whom the customer number logs in."""
        require_confirmation(
            f"The customer number logs in {user} from now on, by that person's password", yes=yes
        )
        with opening() as ask:
            answer = ask(
                TRANSFER_ADMINISTRATION,
                TransferAdministrationRequest(
                    user_id=chosen_user(ask, user).user_id, former_role=Role(former_role)
                ),
            )
        return print_answer(
            invocation,
            answer,
            f"{answer.user_id} is the primary administrator, after {answer.former_user_id}",
        )

    command(users, "add", "json", "quiet")(add)
    command(users, "change", "json", "quiet")(change)
    command(users, "remove", "json", "quiet")(remove)
    command(users, "transfer-administration", "json", "quiet")(transfer)
