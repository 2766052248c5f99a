"""``demo``: writes what an ERP would write, then does what ``run`` does."""

from __future__ import annotations

from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.demo_files import MARK, demo_directory
from askul_connect.cli.directory_files import write_directory
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_lines
from askul_connect.cli.running import print_report, run_directory
from askul_connect.core.errors import UsageError
from askul_connect.settings import FILE_NAME

#: Where the demo is when no directory is given.
DEFAULT_DIRECTORY = Path("demo-data")


def _prepare(directory: Path) -> None:
    """Write the demo's files, unless they are there."""
    file = directory / FILE_NAME
    if not file.exists():
        write_directory(directory, demo_directory(bootstrap.showcase()))
    elif not file.read_bytes().startswith(MARK.encode()):
        raise UsageError(
            f"{file} was not written by the demo, and the demo leaves it alone; choose another --directory",
            where=FILE_NAME,
        )


def add_to(application: click.Group) -> None:
    """Add the command."""

    @command(application, "demo", "json", "trial", "quiet")
    def demo(invocation: Invocation) -> int:
        """Write an example directory (default: demo-data) and do the whole job in it once.

        An existing demo is used as it is: a second time, there is nothing new.
        """
        directory = invocation.home
        _prepare(directory)
        report = run_directory(invocation, directory)
        print_report(invocation, report)
        if not invocation.as_json and not invocation.quiet:
            print_lines(
                [
                    f"Documents for the ERP: {directory / 'erp' / 'out'}",
                    f"For finance (CSV):     {directory / 'finance'}",
                    f"Databases:             {directory / 'data'}",
                    f"See also: askul-connect --directory {directory} orders|invoices|budgets|outbox",
                ]
            )
        return report.exit_code
