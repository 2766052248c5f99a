"""``purge``: removes what is beyond its time of keeping."""

from __future__ import annotations

import sys

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.progress import shown_progress
from askul_connect.core.errors import UsageError


def _purge(invocation: Invocation, *, yes: bool) -> int:
    settings = bootstrap.load_settings(invocation.home)
    if not (invocation.trial or yes):
        if invocation.as_json or not sys.stdin.isatty():
            raise UsageError(
                "what is removed comes back from a backup only; see --trial, and say --yes", where="--yes"
            )
        click.confirm(
            "What is beyond its time is removed and comes back from a backup only. Remove it?",
            abort=True,
            err=True,
        )
    with bootstrap.open_workspace(settings) as workspace, shown_progress(invocation) as progress:
        report = workspace.purge(trial=invocation.trial, progress=progress)
    if invocation.as_json:
        print_json(report)
    elif not invocation.quiet:
        title = "Would be removed" if report.trial else "Removed"
        print_table(title, ("kind", ">number"), [(kind, str(n)) for kind, n in report.removed.items()])
        print_lines(
            [
                (
                    f"Kept are books and documents from {report.records_before} on,"
                    f" and rejected files from {report.working_before} on."
                ),
                *(f"{count} older ones are kept: {reason}" for reason, count in report.kept.items()),
            ]
        )
    return ExitCode.DONE


def _past(invocation: Invocation) -> int:
    settings = bootstrap.load_settings(invocation.home)
    with bootstrap.open_workspace(settings) as workspace:
        found = workspace.purges()
    if invocation.as_json:
        print_json([{**_entry(one), "removed": one.counts} for one in found])
    elif not invocation.quiet:
        rows = [
            (
                f"{one.started_at:%Y-%m-%d %H:%M:%S}",
                f"{one.finished_at:%Y-%m-%d %H:%M:%S}" if one.finished_at else "interrupted",
                one.holder,
                one.records_before.isoformat(),
                ", ".join(f"{count} {kind}" for kind, count in one.counts.items()),
            )
            for one in found
        ]
        print_table("Purges", ("started", "finished", "by", "kept from", "removed"), rows)
    return ExitCode.DONE


def _entry(one: bootstrap.PurgeEntry) -> dict[str, object]:
    return {
        "purge_id": one.purge_id,
        "started_at": one.started_at,
        "finished_at": one.finished_at,
        "holder": one.holder,
        "records_before": one.records_before,
        "working_before": one.working_before,
    }


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.option("--yes", is_flag=True, help="Remove without asking.")
    @click.option("--past", is_flag=True, help="List the purges there were, and remove nothing.")
    def purge(invocation: Invocation, yes: bool, past: bool) -> int:
        """Remove what is beyond its time of keeping and what nothing open needs; see --trial first."""
        return _past(invocation) if past else _purge(invocation, yes=yes)

    command(application, "purge", "json", "trial", "quiet")(purge)
