"""``backup``, ``restore``, ``verify``, ``resume``: copies of a directory that last and send nothing by themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.progress import shown_progress
from askul_connect.core.errors import UsageError
from askul_connect.settings import load_settings

_PATH = click.Path(path_type=Path)


def _supplier_databases(given: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for text in given:
        name, sign, url = text.partition("=")
        if not sign or not name.replace("-", "").replace("_", "").isalnum():
            raise UsageError("--supplier-database is NAME=URL, with the name of a connection", where=name)
        found[name] = url
    return found


def _backup(invocation: Invocation, target: Path, *, with_secrets: bool) -> int:
    settings = load_settings(invocation.home)
    with shown_progress(invocation) as progress:
        manifest = bootstrap.back_up(
            settings, target, with_secrets=with_secrets, trial=invocation.trial, progress=progress
        )
    if invocation.as_json:
        print_json(manifest)
    elif not invocation.quiet:
        rows = [
            (entry.name, entry.schema or "empty", str(sum(table.rows for table in entry.tables)))
            for entry in manifest.databases
        ]
        print_table("Backup", ("database", "schema", ">rows"), rows)
        if invocation.trial:
            print_lines([f"{len(manifest.files)} files; nothing was written to {target}"])
        else:
            print_lines([f"{len(manifest.files)} files; all of it in {target}"])
        if not with_secrets:
            print_lines(["Secrets were left out; keep them elsewhere, or use --with-secrets."])
    print_lines([f"warning: left out, no regular file: {path}" for path in manifest.left_out], err=True)
    return ExitCode.DONE


def _restore(invocation: Invocation, source: Path, database: str, suppliers: tuple[str, ...]) -> int:
    if invocation.directory is None:
        raise UsageError("say where to: askul-connect --directory NEW restore SOURCE", where="--directory")
    with shown_progress(invocation) as progress:
        manifest = bootstrap.restore(
            source,
            invocation.directory,
            database=database,
            supplier_databases=_supplier_databases(suppliers),
            trial=invocation.trial,
            progress=progress,
        )
    if invocation.as_json:
        print_json(manifest)
    elif invocation.trial and not invocation.quiet:
        print_lines(
            [
                (
                    f"The backup of {manifest.taken_at} is whole: {len(manifest.files)} files,"
                    f" {len(manifest.databases)} databases."
                ),
                f"Trial: nothing was written to {invocation.directory}.",
            ]
        )
    elif not invocation.quiet:
        print_lines(
            [
                f"Restored the backup of {manifest.taken_at} into {invocation.directory}.",
                "It is on hold: it can be read, and sends nothing until 'askul-connect resume'.",
            ]
        )
    return ExitCode.DONE


def _verify(invocation: Invocation, source: Path | None) -> int:
    with shown_progress(invocation) as progress:
        if source is None:
            found = bootstrap.verify(load_settings(invocation.home), progress=progress)
        else:
            found = bootstrap.verify_backup(source, progress=progress)
    if invocation.as_json:
        print_json(
            {
                "ok": found.ok,
                "on_hold": found.on_hold,
                "findings": found.findings,
                "databases": found.databases,
            }
        )
    else:
        _print_findings(invocation, found)
    return ExitCode.DONE if found.ok else ExitCode.REJECTED


def _print_findings(invocation: Invocation, found: bootstrap.Verification) -> None:
    for finding in found.findings:
        if not finding.ok:
            print_lines([f"FAILED  {finding.name}: {finding.detail}"], err=True)
            print_lines([f"        {finding.remedy}"], err=True)
        elif not invocation.quiet:
            print_lines([f"ok      {finding.name}: {finding.detail}"])
    if found.on_hold and not invocation.quiet:
        print_lines([f"on hold: the copy of {found.on_hold}; 'askul-connect resume' lets it send"])


def _resume(invocation: Invocation, *, yes: bool) -> int:
    settings = load_settings(invocation.home)
    held = bootstrap.held(settings)
    if invocation.trial:
        return _try_resume(invocation, held)
    if held is not None and not yes:
        if invocation.as_json or not sys.stdin.isatty():
            raise UsageError(
                f"the copy of {held.taken_at} would send again; make sure that the original does not run any"
                " more, and say --yes",
                where="--yes",
            )
        print_lines([f"This is the copy of {held.taken_at}; {held.waiting} messages leave at the next run."])
        click.confirm("Does the original not run any more, and shall this copy send?", abort=True, err=True)
    resumed = held is not None and bootstrap.resume(settings)
    if invocation.as_json:
        print_json({"resumed": resumed, "copy_of": held.taken_at if held else ""})
    elif not invocation.quiet:
        print_lines(["The next run sends again." if resumed else "Nothing is on hold here."])
    return ExitCode.DONE


def _try_resume(invocation: Invocation, held: bootstrap.Held | None) -> int:
    if invocation.as_json:
        print_json(
            {
                "resumed": False,
                "copy_of": held.taken_at if held else "",
                "waiting": held.waiting if held else 0,
            }
        )
    elif held is None:
        print_lines(["Nothing is on hold here."])
    else:
        print_lines(
            [
                f"This is the copy of {held.taken_at}; {held.waiting} messages would leave at the next run.",
                "Trial: it is still on hold.",
            ]
        )
    return ExitCode.DONE


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @click.argument("target", type=_PATH)
    @click.option(
        "--with-secrets", is_flag=True, help="Copy the secrets too. Keep the backup as safe as them."
    )
    def backup(invocation: Invocation, target: Path, with_secrets: bool) -> int:
        """Copy the whole directory to TARGET, also while it is in use.

        TARGET is a new folder; it appears when everything is in it.
        """
        return _backup(invocation, target, with_secrets=with_secrets)

    command(application, "backup", "json", "trial", "quiet")(backup)

    @click.argument("source", type=_PATH)
    @click.option("--database", default="", metavar="URL", help="Another place for our own database.")
    @click.option(
        "--supplier-database",
        "suppliers",
        multiple=True,
        metavar="NAME=URL",
        help="Another place for the database of the in-process supplier of that connection.",
    )
    def restore(invocation: Invocation, source: Path, database: str, suppliers: tuple[str, ...]) -> int:
        """Make the directory of --directory from the backup SOURCE, on hold.

        The directory does not exist yet, or is empty. Everything is checked before anything is written.
        """
        return _restore(invocation, source, database, suppliers)

    command(application, "restore", "json", "trial", "quiet")(restore)

    @click.argument("source", type=_PATH, required=False)
    def verify(invocation: Invocation, source: Path | None) -> int:
        """Check the directory, or the backup SOURCE: hashes, references, ledger, outbox, feeds.

        Exit code 1 when something is wrong.
        """
        return _verify(invocation, source)

    command(application, "verify", "json", "trial", "quiet")(verify)

    @click.option("--yes", is_flag=True, help="The original does not run any more; do not ask.")
    def resume(invocation: Invocation, yes: bool) -> int:
        """Let a restored copy send again."""
        return _resume(invocation, yes=yes)

    command(application, "resume", "json", "trial", "quiet")(resume)
