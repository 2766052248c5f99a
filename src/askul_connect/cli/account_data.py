"""``accounts data``, ``change`` and ``snapshots``: registered data, by the account's administrator (ACC-7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from askul_connect.cli.administering import Opening, by_administrator, group, print_answer, subgroup
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.instants import shown
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_bytes, print_json, print_lines, print_table
from askul_connect.cli.private_files import private_file
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.account_changes import (
    AccountChange,
    ChangeAccountRequest,
    FieldDifference,
    ListAccountSnapshotsRequest,
    PlannedNotice,
    PreviewAccountChangeRequest,
    PreviewAccountChangeResponse,
    RestoreAccountSnapshotRequest,
    SnapshotEntry,
)
from askul_connect.core.messages.accounts import GetAccountRequest
from askul_connect.core.operations.accounts import (
    CHANGE_ACCOUNT,
    LIST_ACCOUNT_SNAPSHOTS,
    PREVIEW_ACCOUNT_CHANGE,
    RESTORE_ACCOUNT_SNAPSHOT,
)
from askul_connect.core.operations.supplier import GET_ACCOUNT

_DATA = tuple(field.name for field in attrs.fields(AccountChange) if field.name != "version")

_based_on = click.option(
    "--based-on",
    type=int,
    help="Version of the data that the change was thought out on. Default: the present one.",
)
_application_number = click.option(
    "--application-number", default="", help="From the registration; needed where sensitive data change."
)
_document = click.option(
    "--document",
    "documents",
    multiple=True,
    help="Code of a document that was handed in, several times if need be.",
)


def _differences(found: Sequence[FieldDifference]) -> Iterator[str]:
    yield from (f"{one.field}: {one.before or '(empty)'} -> {one.after or '(empty)'}" for one in found)
    if not found:
        yield "nothing changes"


def _notices(found: Sequence[PlannedNotice]) -> Iterator[str]:
    yield from (f"notice: {one.kind} to {one.to}" for one in found)


def _preview(found: PreviewAccountChangeResponse) -> Iterator[str]:
    yield from _differences(found.differences)
    yield from (f"warning: {one}" for one in found.warnings)
    if found.application_number_needed:
        yield "needs: the application number"
    for name in ("documents_needed", "open_orders", "deliveries", "invoices", "factors"):
        values = getattr(found, name)
        if values:
            yield f"{name.replace('_', ' ')}: {', '.join(values)}"
    if found.unbilled_lines:
        yield f"shipped lines not invoiced yet: {found.unbilled_lines}"
    yield from _notices(found.notices)


def _print_preview(invocation: Invocation, found: PreviewAccountChangeResponse) -> int:
    if invocation.as_json:
        print_json(found)
    else:
        print_lines(_preview(found))
        print_lines(
            (f"would be refused: {one.where}: {one.detail} [{one.code}]" for one in found.findings), err=True
        )
    return ExitCode.REJECTED if found.findings else ExitCode.DONE


def _changed(answer: Any) -> tuple[str, ...]:
    return (
        f"version {answer.version}",
        *_differences(answer.differences),
        *(f"warning: {one}" for one in answer.warnings),
        *_notices(answer.notices),
    )


def add_to(application: click.Group) -> None:
    """Add the commands."""
    accounts = subgroup(application, "accounts")

    @by_administrator
    def data(invocation: Invocation, opening: Opening) -> int:
        """Show the registered data of one's own account, with their version."""
        with opening() as ask:
            found = ask(GET_ACCOUNT, GetAccountRequest())
        if invocation.as_json:
            print_json(found)
        else:
            names = ("member_number", "kind", "state", "version", *_DATA)
            values = ((name.replace("_", " "), str(getattr(found, name))) for name in names)
            print_lines([f"{name}: {value}" for name, value in values if value])
        return ExitCode.DONE

    @_based_on
    @_application_number
    @_document
    @by_administrator
    def change(
        invocation: Invocation,
        opening: Opening,
        *,
        based_on: int | None,
        application_number: str,
        documents: tuple[str, ...],
        **fields: str | None,
    ) -> int:
        """Change registered data of one's own account; with --trial show what that would do and touch.

        What is not given stays; an empty text empties. The trial ends with 1 where the change would be refused.
        """
        given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        with opening() as ask:
            version = ask(GET_ACCOUNT, GetAccountRequest()).version if based_on is None else based_on
            if invocation.trial:
                request = PreviewAccountChangeRequest(version=version, **given)
                return _print_preview(invocation, ask(PREVIEW_ACCOUNT_CHANGE, request))
            answer = ask(
                CHANGE_ACCOUNT,
                ChangeAccountRequest(
                    version=version, application_number=application_number, documents=documents, **given
                ),
            )
        return print_answer(invocation, answer, *_changed(answer))

    for name in reversed(_DATA):
        change = click.option(f"--{name.replace('_', '-')}", default=None, metavar="TEXT")(change)

    command(accounts, "data", "json", "trial", "quiet")(data)
    command(accounts, "change", "json", "trial", "quiet")(change)
    _add_snapshots(accounts)


def _snapshots(opening: Opening) -> tuple[SnapshotEntry, ...]:
    with opening() as ask:
        found: tuple[SnapshotEntry, ...] = ask(
            LIST_ACCOUNT_SNAPSHOTS, ListAccountSnapshotsRequest()
        ).snapshots
    return found


def _add_snapshots(accounts: click.Group) -> None:
    snapshots = group(accounts, "snapshots", "Registered data as they were before each change.")

    @by_administrator
    def list_snapshots(invocation: Invocation, opening: Opening) -> int:
        """List the snapshots."""
        found = _snapshots(opening)
        if invocation.as_json:
            print_json(found)
        else:
            rows = [
                (str(one.version), shown(one.at), one.actor, "" if one.body else "erased") for one in found
            ]
            print_table("Snapshots", (">version", "replaced", "by", ""), rows)
        return ExitCode.DONE

    @click.argument("version", type=int)
    @click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="A new file, for its owner alone, instead of the standard output.",
    )
    @by_administrator
    def export(invocation: Invocation, opening: Opening, *, version: int, out: Path | None) -> int:
        """Print the data of a snapshot as JSON, as they were kept, or write them to a file."""
        found = next((one for one in _snapshots(opening) if one.version == version), None)
        if found is None or not found.body:
            raise NotFound("there is no such snapshot, or it was erased", where="version")
        if out is None:
            print_bytes(f"{found.body}\n".encode())
            return ExitCode.DONE
        with private_file(out) as file:
            file.write(f"{found.body}\n")
        return print_answer(invocation, {"version": version, "file": str(out)}, f"written to {out}")

    @click.argument("version", type=int)
    @_based_on
    @_application_number
    @_document
    @by_administrator
    def restore(
        invocation: Invocation,
        opening: Opening,
        *,
        version: int,
        based_on: int | None,
        application_number: str,
        documents: tuple[str, ...],
    ) -> int:
        """Put registered data back as they were; the present ones become a snapshot too."""
        with opening() as ask:
            present = ask(GET_ACCOUNT, GetAccountRequest()).version if based_on is None else based_on
            answer = ask(
                RESTORE_ACCOUNT_SNAPSHOT,
                RestoreAccountSnapshotRequest(
                    snapshot=version,
                    version=present,
                    application_number=application_number,
                    documents=documents,
                ),
            )
        return print_answer(invocation, answer, *_changed(answer))

    command(snapshots, "list", "json", "trial", "quiet")(list_snapshots)
    command(snapshots, "export", "json", "trial", "quiet")(export)
    command(snapshots, "restore", "json", "quiet")(restore)
