"""``users import``, ``imports`` and ``cancel-import``: many people at once, by CSV (ACC-6)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from askul_connect.cli.administering import Opening, by_administrator, print_answer, subgroup
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import day, shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.core.errors import UsageError
from askul_connect.core.messages.people import (
    CancelUserImportRequest,
    ImportUsersRequest,
    ListUserImportsRequest,
    UserImportSummary,
)
from askul_connect.core.operations.people import CANCEL_USER_IMPORT, IMPORT_USERS, LIST_USER_IMPORTS

_COLUMNS = ("import", "state", "on", ">rows", "by", "made", "ended", "failure")


def _text(file: Path) -> str:
    try:
        # with or without the mark that spreadsheets write
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise UsageError(
            "the file is not UTF-8; save it as 'CSV UTF-8'", where=f"{file} line {line}"
        ) from None
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}", where=str(file)) from error


def _row(one: UserImportSummary) -> tuple[str, ...]:
    return (
        one.import_id,
        one.state,
        one.effective_on.isoformat(),
        str(one.rows),
        one.created_by,
        shown(one.created_at),
        shown(one.ended_at),
        one.failure,
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    users = subgroup(application, "users")

    @click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
    @click.option(
        "--on",
        "effective_on",
        metavar="DATE",
        callback=day,
        help="The day from whose beginning it is in force. Default: at once.",
    )
    @by_administrator
    def import_users(
        invocation: Invocation, opening: Opening, *, file: Path, effective_on: date | None
    ) -> int:
        """Add, change and remove the people that the CSV FILE names: all rows or none.

        Its columns are action, email, name, role, departments and order_limit. With --trial, show what each row
        would change.
        """
        request = ImportUsersRequest(csv_text=_text(file), effective_on=effective_on, trial=invocation.trial)
        with opening() as ask:
            answer = ask(IMPORT_USERS, request)
        if invocation.trial and not invocation.as_json:
            rows = [(str(one.row), one.action, one.email, one.before, one.after) for one in answer.changes]
            print_table("Would change", (">row", "action", "e-mail", "before", "after"), rows)
            return ExitCode.DONE
        what = f"{answer.rows} rows, {answer.state}, on {answer.effective_on}"
        return print_answer(invocation, answer, f"import {answer.import_id}: {what}")

    @by_administrator
    def imports(invocation: Invocation, opening: Opening) -> int:
        """List the imports and how they ended."""
        with opening() as ask:
            found = ask(LIST_USER_IMPORTS, ListUserImportsRequest()).imports
        if invocation.as_json:
            print_json(found)
        else:
            print_table("Imports", _COLUMNS, map(_row, found))
        return ExitCode.DONE

    @click.argument("import_id")
    @by_administrator
    def cancel(invocation: Invocation, opening: Opening, *, import_id: str) -> int:
        """Take back an import that waits for its day."""
        with opening() as ask:
            answer = ask(CANCEL_USER_IMPORT, CancelUserImportRequest(import_id=import_id))
        return print_answer(invocation, answer, f"cancelled {answer.import_id}")

    command(users, "import", "json", "trial", "quiet")(import_users)
    command(users, "imports", "json", "trial", "quiet")(imports)
    command(users, "cancel-import", "json", "quiet")(cancel)
