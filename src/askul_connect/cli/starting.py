"""``init``: a new directory that works as it is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from askul_connect.cli.directory_files import new_directory, write_directory
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines

_ZONE = ZoneInfo("Asia/Tokyo")
_YEARS = click.IntRange(2000, 2999)


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.option(
        "--year", type=_YEARS, default=None, help="The budgets' year. Default: the present one in Japan."
    )
    def init(invocation: Invocation, year: int | None) -> int:
        """Write a new directory: a commented configuration, mapping tables, budgets and the ERP's folders.

        Nothing that exists is overwritten.
        """
        home = invocation.home
        texts = new_directory(year or datetime.now(_ZONE).year)
        write_directory(home, texts, trial=invocation.trial)
        paths = sorted(str(home / path) for path in texts)
        if invocation.as_json:
            print_json(paths)
        elif not invocation.quiet:
            print_lines([f"{'would write' if invocation.trial else 'wrote'} {path}" for path in paths])
            print_lines([f"Next: put purchase orders into {home / 'erp' / 'in'} (see {home / 'examples'})."])
            print_lines([f"Then: askul-connect --directory {home} run"])
        return ExitCode.DONE

    command(application, "init", "json", "trial", "quiet")(init)
