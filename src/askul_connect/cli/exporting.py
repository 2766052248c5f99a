"""``export``: the tables for finance, besides what each run leaves."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.cli.progress import shown_progress


def _export(invocation: Invocation, form: str, to: str) -> int:
    settings = bootstrap.load_settings(invocation.home)
    with (
        bootstrap.open_workspace(settings) as workspace,
        shown_progress(invocation) as progress,
    ):
        found = workspace.export(form, to, trial=invocation.trial, progress=progress)
    if invocation.as_json:
        print_json(found)
    elif not invocation.quiet:
        for result in found:
            rows = [(t.name, str(t.rows), str(t.written), str(t.removed)) for t in result.tables]
            title = f"{'Would be written to' if invocation.trial else 'Written to'} {result.place}"
            print_table(title, ("table", ">rows", ">written", ">removed"), rows)
    return ExitCode.DONE


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.option(
        "--format", "form", default="", metavar="FORM", help="csv, parquet or sql. Default: all configured."
    )
    @click.option(
        "--to",
        default="",
        metavar="PLACE",
        help="A folder, or for sql a database URL, env:NAME or file:PATH. Default: the configured one.",
    )
    def export(invocation: Invocation, form: str, to: str) -> int:
        """Write orders, invoices, matches and the ledger as tables for finance."""
        return _export(invocation, form, to)

    command(application, "export", "json", "trial", "quiet")(export)
