"""``catalog import``: fill and change the catalog of the in-process supplier from a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.administering import as_staff, group, supplier_option
from askul_connect.cli.failures import ExitCode, details
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines
from askul_connect.core.errors import ValueInvalid


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on the standard error, where it is a terminal."""
    if not shown or not sys.stderr.isatty():
        yield lambda _line, _of: None
        return
    # Takes a while to import, and few commands need it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as bar:
        task = bar.add_task("")
        yield lambda line, of: bar.update(task, completed=line, total=of)


def _text(found: bootstrap.CatalogImport, *, trial: bool) -> list[str]:
    would = "would be " if trial else ""
    done = f"{found.added} items added, {found.changed} changed, {found.unchanged} unchanged"
    beside = f"{found.prices} prices, {found.stock} stocks changed"
    lines = [f"{found.taken} of {found.rows} rows {would}taken: {done}; {beside}"]
    if found.refused:
        lines.append(f"{found.refused} rows refused, in batches with {found.findings} findings")
    return lines


def add_to(application: click.Group) -> None:
    """Add the commands."""
    catalog = group(application, "catalog", "The catalog of the in-process supplier, for its staff.")

    @click.argument("file", type=click.Path(path_type=Path))
    @supplier_option
    def import_file(invocation: Invocation, file: Path, supplier: str) -> int:
        """Add and change items, list prices and contract prices from a CSV file.

        Rows are taken in batches of 1,000. A batch with a finding changes nothing, the others are taken all the same;
        the same file again changes only what is still missing.
        """
        with as_staff(invocation, supplier) as ask, _progress(shown=not invocation.quiet) as progress:
            found = bootstrap.import_catalog(ask, file, trial=invocation.trial, progress=progress)
        if invocation.as_json:
            print_json(found)
        else:
            if not invocation.quiet:
                print_lines(_text(found, trial=invocation.trial))
            if found.problems:
                shown = ValueInvalid("", problems=found.problems)
                print_lines(details(shown), err=True)
        return ExitCode.REJECTED if found.refused else ExitCode.DONE

    command(catalog, "import", "json", "trial", "quiet")(import_file)
