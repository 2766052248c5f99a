"""``audit heads`` and ``audit verify``: the sealed records of the in-process supplier."""

from __future__ import annotations

from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_bytes, print_json, print_lines
from askul_connect.cli.progress import shown_progress
from askul_connect.cli.serving import chosen_supplier
from askul_connect.settings import load_settings


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @application.group("audit", invoke_without_command=True)
    @click.pass_context
    def audit(ctx: click.Context) -> None:
        """Keep and verify the sealed login history and audit records of the in-process supplier."""
        if ctx.invoked_subcommand is None:
            raise click.UsageError("'audit' needs a command: heads or verify")

    supplier = click.option(
        "--supplier", default="", help="Which connection's supplier, when there are several."
    )

    @supplier
    def heads(invocation: Invocation, supplier: str) -> int:
        """Print the signed heads of all chains; keep them where nobody can change them."""
        settings = load_settings(invocation.home)
        print_bytes(bootstrap.audit_heads(settings, chosen_supplier(settings, supplier)) + b"\n")
        return ExitCode.DONE

    @supplier
    @click.option(
        "--heads",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="File with heads that were kept: shows also what was cut off or made anew.",
    )
    def verify(invocation: Invocation, supplier: str, heads: Path | None) -> int:
        """Check every record, its place and its seal; exit code 1 when a chain does not hold."""
        settings = load_settings(invocation.home)
        kept = heads.read_bytes() if heads else None
        with shown_progress(invocation) as progress:
            report = bootstrap.audit_verify(
                settings,
                chosen_supplier(settings, supplier),
                kept,
                lambda entries: progress(bootstrap.Progress(step="verify", text=f"{entries} records")),
            )
        if invocation.as_json:
            print_json(report)
        elif report.breaks or not invocation.quiet:
            print_lines([f"{one.chain}: {one.what}" for one in report.breaks])
            unsealed = f", {report.unsealed} from before there were seals" if report.unsealed else ""
            print_lines(
                [f"{report.entries} records in {report.chains} chains{unsealed}, {len(report.breaks)} breaks"]
            )
        return ExitCode.REJECTED if report.breaks else ExitCode.DONE

    command(audit, "heads", "quiet")(heads)
    command(audit, "verify", "json", "trial", "quiet")(verify)
