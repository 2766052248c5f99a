"""``run``: the whole job once. ``demo`` calls the same function."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import details
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import spoken
from askul_connect.cli.output import amount, print_json, print_lines, print_table
from askul_connect.cli.progress import shown_progress


def run_directory(invocation: Invocation, directory: Path, *, over_http: bool = False) -> bootstrap.RunReport:
    """Do everything that is to be done in a directory.

    Args:
        invocation: Whether it is a trial, and how progress is shown.
        directory: With its ``askul-connect.toml``.
        over_http: Whether suppliers of this process are reached over a socket of this machine.

    Returns:
        What was done, what was rejected and where each purchase order stands.

    Raises:
        AskulConnectError: It could not be done at all.
    """
    with (
        bootstrap.open_workspace(bootstrap.load_settings(directory), over_http=over_http) as workspace,
        shown_progress(invocation) as progress,
    ):
        return workspace.run(trial=invocation.trial, progress=progress)


def print_report(invocation: Invocation, report: bootstrap.RunReport) -> None:
    """Print what a run did: one JSON object, or a table and what needs a person."""
    if invocation.as_json:
        print_json(report)
        return
    if not invocation.quiet:
        print_table("Purchase orders", _COLUMNS, map(_row, report.rows))
        print_lines(_summary(report))
    print_lines(_complaints(report), err=True)
    if not invocation.quiet:
        print_lines((f"warning: {warning}" for warning in report.warnings), err=True)


_COLUMNS = (
    "purchase order",
    "order number",
    "supplier",
    "state",
    "department",
    ">total incl. tax",
    ">budget before",
    ">budget after",
    "invoice",
    "match",
)


def _row(row: bootstrap.OrderRow) -> tuple[str, ...]:
    return (
        row.purchase_order_id,
        ", ".join(row.order_numbers),
        row.supplier,
        row.state,
        ", ".join(row.departments),
        amount(row.total_incl_tax, row.currency),
        amount(row.budget_before, row.budget_currency),
        amount(row.budget_after, row.budget_currency),
        ", ".join(row.invoices),
        row.match,
    )


def _summary(report: bootstrap.RunReport) -> Iterable[str]:
    if report.trial:
        yield "Trial: nothing was changed."
    elif not report.changed:
        yield "Nothing new: this run changed nothing."
    counts = {
        "accepted": report.accepted,
        "placed": report.placed,
        "rejected": len(report.rejections),
        "confirmations": report.confirmations,
        "ship notices": report.ship_notices,
        "invoices": report.invoices,
        "receipts": report.receipts,
        "handed to the ERP": report.posted,
        "unmatched": report.open_matches,
    }
    # what most runs have none of is said when there is some
    rare = {"order changes": report.order_changes, "credit notes": report.credit_notes}
    counts |= {name: count for name, count in rare.items() if count}
    if report.held:
        counts["to approve"] = report.held
    yield ", ".join(f"{name} {count}" for name, count in counts.items())


def _complaints(report: bootstrap.RunReport) -> Iterable[str]:
    for rejection in report.rejections:
        subject = f"{rejection.document} {rejection.purchase_order_id}".strip()
        yield f"rejected: {subject} [{rejection.error.code}]"
        yield from details(rejection.error)
    for failure in report.failures:
        yield f"supplier {failure.supplier}: {spoken(failure.error.cause)} [{failure.error.code}]"
        yield from details(failure.error)


def add_to(application: click.Group) -> None:
    """Add the command."""

    @command(application, "run", "json", "trial", "quiet")
    def run(invocation: Invocation) -> int:
        """Take purchase orders from the ERP, place them, and bring back and match what suppliers sent."""
        report = run_directory(invocation, invocation.home)
        print_report(invocation, report)
        return report.exit_code
