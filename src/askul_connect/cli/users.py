"""``users list``, ``show`` and ``add``: the people of an account, by its administrator."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import as_administrator, group, login_option, supplier_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.core.domain.accounts import Role
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.accounts import AddUserRequest, ListUsersRequest, UserSummary
from askul_connect.core.operations.supplier import ADD_USER, LIST_USERS

_COLUMNS = ("user id", "e-mail", "name", "role", "state", "departments")


def _all(ask: bootstrap.Asking) -> tuple[UserSummary, ...]:
    found: tuple[UserSummary, ...] = ask(LIST_USERS, ListUsersRequest()).users
    return found


def _row(user: UserSummary) -> tuple[str, ...]:
    departments = ", ".join(user.department_codes)
    return user.user_id, user.email, user.name, user.role.value, user.state.value, departments


def add_to(application: click.Group) -> None:
    """Add the commands."""
    users = group(application, "users", "The people of an account at the in-process supplier.")

    @supplier_option
    @login_option
    def list_users(invocation: Invocation, supplier: str, login_id: str) -> int:
        """List the people of the account."""
        with as_administrator(invocation, supplier, login_id) as ask:
            found = _all(ask)
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Users", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.argument("user")
    @supplier_option
    @login_option
    def show(invocation: Invocation, user: str, supplier: str, login_id: str) -> int:
        """Show one person, by id or e-mail address."""
        with as_administrator(invocation, supplier, login_id) as ask:
            found = next((one for one in _all(ask) if user in (one.user_id, one.email)), None)
        if found is None:
            raise NotFound("the account has no such user", where="user")
        if invocation.as_json:
            print_json(found)
        else:
            cells = zip(_COLUMNS, _row(found), strict=True)
            print_lines([f"{name}: {text}" for name, text in cells if text])
        return ExitCode.DONE

    @click.option("--email", required=True, help="Address, which is the login ID.")
    @click.option("--name", required=True, help="The person's name.")
    @click.option(
        "--role",
        required=True,
        type=click.Choice([role.value for role in Role if role is not Role.SUPPLIER]),
        help="What the person may do.",
    )
    @click.option(
        "--department", "departments", multiple=True, help="Department code, several times if need be."
    )
    @supplier_option
    @login_option
    def add(
        invocation: Invocation,
        *,
        email: str,
        name: str,
        role: str,
        departments: tuple[str, ...],
        supplier: str,
        login_id: str,
    ) -> int:
        """Add a person, who has no password yet."""
        request = AddUserRequest(email=email, name=name, role=Role(role), department_codes=departments)
        with as_administrator(invocation, supplier, login_id) as ask:
            added = ask(ADD_USER, request)
        if invocation.as_json:
            print_json(added)
        elif not invocation.quiet:
            print_lines([f"added {added.user_id}, who needs a temporary password to log in"])
        return ExitCode.DONE

    command(users, "list", "json", "trial", "quiet")(list_users)
    command(users, "show", "json", "trial", "quiet")(show)
    command(users, "add", "json", "quiet")(add)
