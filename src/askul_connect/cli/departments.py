"""``departments``: list, add, change and remove departments of an account, and their limits (ACC-5)."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import Opening, by_administrator, group, print_answer
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    DepartmentSummary,
    ListDepartmentsRequest,
)
from askul_connect.core.messages.people import (
    ChangeDepartmentRequest,
    ListDepartmentLimitsRequest,
    RemoveDepartmentRequest,
    SetDepartmentLimitRequest,
)
from askul_connect.core.operations.people import (
    CHANGE_DEPARTMENT,
    LIST_DEPARTMENT_LIMITS,
    REMOVE_DEPARTMENT,
    SET_DEPARTMENT_LIMIT,
)
from askul_connect.core.operations.supplier import ADD_DEPARTMENT, LIST_DEPARTMENTS

_COLUMNS = ("code", "name", "below", "postcode", "address")
_LIMITS = ("code", ">monthly limit", ">used", ">left")


def _found(ask: bootstrap.Asking, code: str) -> DepartmentSummary:
    known: tuple[DepartmentSummary, ...] = ask(LIST_DEPARTMENTS, ListDepartmentsRequest()).departments
    found = next((one for one in known if one.code == code), None)
    if found is None:
        raise NotFound(f"there is no department {code!r}", where="code")
    return found


def add_to(application: click.Group) -> None:
    """Add the commands."""
    departments = group(application, "departments", "Departments of an account at the in-process supplier.")

    @by_administrator
    def list_departments(invocation: Invocation, opening: Opening) -> int:
        """List the account's departments."""
        with opening() as ask:
            found = ask(LIST_DEPARTMENTS, ListDepartmentsRequest()).departments
        if invocation.as_json:
            print_json(found)
        else:
            rows = [(one.code, one.name, one.parent_code, one.postcode, one.address) for one in found]
            print_table("Departments", _COLUMNS, rows)
        return ExitCode.DONE

    @click.argument("code")
    @click.option("--name", required=True, help="What it is called.")
    @click.option("--below", default="", metavar="CODE", help="The department above it. Default: the top.")
    @click.option("--postcode", default="", help="Of where its goods go.")
    @click.option("--address", default="", help="Where its goods go. Default: the account's address.")
    @by_administrator
    def add(
        invocation: Invocation,
        opening: Opening,
        *,
        code: str,
        name: str,
        below: str,
        postcode: str,
        address: str,
    ) -> int:
        """Add a department; its code stays."""
        request = AddDepartmentRequest(
            code=code, name=name, parent_code=below, postcode=postcode, address=address
        )
        with opening() as ask:
            answer = ask(ADD_DEPARTMENT, request)
        return print_answer(invocation, answer, f"added {code}")

    @click.argument("code")
    @click.option("--name", help="What it is called from now on.")
    @click.option("--below", metavar="CODE", help="The department above it; '' for the top.")
    @click.option("--postcode", help="Of where its goods go.")
    @click.option("--address", help="Where its goods go; '' for the account's address.")
    @click.option(
        "--based-on",
        type=int,
        metavar="VERSION",
        help="Refuse when somebody else has changed it since. Default: the version read just before.",
    )
    @by_administrator
    def change(
        invocation: Invocation,
        opening: Opening,
        *,
        code: str,
        name: str | None,
        below: str | None,
        postcode: str | None,
        address: str | None,
        based_on: int | None,
    ) -> int:
        """Change a department or move it below another; what is not given stays."""
        with opening() as ask:
            known = _found(ask, code)
            request = ChangeDepartmentRequest(
                code=code,
                version=known.version if based_on is None else based_on,
                name=known.name if name is None else name,
                parent_code=known.parent_code if below is None else below,
                postcode=known.postcode if postcode is None else postcode,
                address=known.address if address is None else address,
            )
            answer = ask(CHANGE_DEPARTMENT, request)
        return print_answer(invocation, answer, f"changed {code}")

    @click.argument("code")
    @yes_option
    @by_administrator
    def remove(invocation: Invocation, opening: Opening, *, code: str, yes: bool) -> int:
        """Remove a department that has no users, no departments below it and no open orders."""
        require_confirmation(f"The department {code} is removed", yes=yes)
        with opening() as ask:
            answer = ask(REMOVE_DEPARTMENT, RemoveDepartmentRequest(code=code))
        return print_answer(invocation, answer, f"removed {code}")

    @by_administrator
    def limits(invocation: Invocation, opening: Opening) -> int:
        """List monthly limits, and what this month has used of them; minor units with tax."""
        with opening() as ask:
            found = ask(LIST_DEPARTMENT_LIMITS, ListDepartmentLimitsRequest())
        if invocation.as_json:
            print_json(found)
        else:
            rows = [(one.code, str(one.monthly_limit), str(one.used), str(one.left)) for one in found.limits]
            print_table(f"Limits, {found.month:%Y-%m}", _LIMITS, rows)
        return ExitCode.DONE

    @click.argument("code")
    @click.option("--monthly", type=int, help="What it may spend in a month, in minor units with tax.")
    @click.option("--none", "without", is_flag=True, help="Without a limit from now on.")
    @by_administrator
    def set_limit(
        invocation: Invocation, opening: Opening, *, code: str, monthly: int | None, without: bool
    ) -> int:
        """Set what a department may spend in a month, in force at once."""
        if (monthly is None) != without:
            raise click.UsageError("give --monthly or --none")
        with opening() as ask:
            answer = ask(SET_DEPARTMENT_LIMIT, SetDepartmentLimitRequest(code=code, monthly_limit=monthly))
        return print_answer(invocation, answer, f"{code}: {'no limit' if without else monthly}")

    command(departments, "list", "json", "trial", "quiet")(list_departments)
    command(departments, "add", "json", "quiet")(add)
    command(departments, "change", "json", "quiet")(change)
    command(departments, "remove", "json", "quiet")(remove)
    command(departments, "limits", "json", "trial", "quiet")(limits)
    command(departments, "set-limit", "json", "quiet")(set_limit)
