"""``staff add``, ``list``, ``remove`` and ``set-password``: the supplier's own people who may log in (AUTH-20)."""

from __future__ import annotations

import sys

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import Opening, asked_for, by_staff, group, print_answer, supplier_option
from askul_connect.cli.confirming import require_confirmation, yes_option
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.serving import chosen_supplier
from askul_connect.core.errors import NotFound, UsageError
from askul_connect.core.messages.staff import ListStaffRequest, RemoveStaffRequest
from askul_connect.core.operations.support import LIST_STAFF, REMOVE_STAFF
from askul_connect.settings import load_settings

_COLUMNS = ("id", "login name", "name", "state", "added by", "added", "removed")


def add_to(application: click.Group) -> None:
    """Add the commands."""
    staff = group(application, "staff", "The people of the in-process supplier who may log in.")

    @supplier_option
    @click.argument("login_name")
    @click.option("--name", default="", help="What the person is called; otherwise the login name.")
    def add(invocation: Invocation, supplier: str, login_name: str, name: str) -> int:
        """Add a staff member; shows the second factor and a temporary password once, on a terminal only."""
        if not sys.stdout.isatty():
            # what is shown here must end in no file, pipe or log
            raise UsageError("the secrets are shown on a terminal only", where="staff add")
        settings = load_settings(invocation.home)
        added = bootstrap.staff_add(
            settings, chosen_supplier(settings, supplier), login_name, name or login_name
        )
        print_lines(
            [
                f"authenticator: {added.enrolment_uri.reveal()}",
                f"temporary password: {added.temporary_password.reveal()}",
                f"good until {added.expires_at:%Y-%m-%d %H:%M} UTC; set another one at the first login",
            ]
        )
        return ExitCode.DONE

    @by_staff
    def list_staff(invocation: Invocation, opening: Opening) -> int:
        """List the staff members, removed ones among them."""
        with opening() as ask:
            found = ask(LIST_STAFF, ListStaffRequest()).staff
        if invocation.as_json:
            print_json(found)
            return ExitCode.DONE
        rows = [
            (
                one.staff_id,
                one.login_name,
                one.name,
                one.state,
                one.added_by,
                shown(one.created_at),
                shown(one.removed_at),
            )
            for one in found
        ]
        print_table("Staff", _COLUMNS, rows)
        return ExitCode.DONE

    @click.argument("login_name")
    @yes_option
    @by_staff
    def remove(invocation: Invocation, opening: Opening, *, login_name: str, yes: bool) -> int:
        """Take a staff member's access away at once, by login name or id."""
        require_confirmation(f"The staff member {login_name} can log in no more", yes=yes)
        with opening() as ask:
            people = ask(LIST_STAFF, ListStaffRequest()).staff
            found = next((one for one in people if login_name in (one.staff_id, one.login_name)), None)
            if found is None:
                raise NotFound("there is no such staff member", where="login_name")
            answer = ask(REMOVE_STAFF, RemoveStaffRequest(staff_id=found.staff_id))
        return print_answer(invocation, answer, f"removed {login_name}")

    @supplier_option
    @click.argument("login_name")
    def set_password(invocation: Invocation, supplier: str, login_name: str) -> int:
        """Set one's own password as a staff member, also instead of the temporary one; all three are asked for."""
        settings = load_settings(invocation.home)
        proof = bootstrap.StaffProof(
            login_name=login_name,
            password=asked_for("password"),
            code=asked_for("code"),
            new_password=asked_for("new password"),
        )
        with bootstrap.staff_of(settings, chosen_supplier(settings, supplier), proof):
            return print_answer(invocation, {"login_name": login_name}, "the new password is set")

    command(staff, "add")(add)
    command(staff, "list", "json", "trial", "quiet")(list_staff)
    command(staff, "remove", "json", "quiet")(remove)
    command(staff, "set-password", "json", "quiet")(set_password)
