"""``sync``: how complete each supplier's lists are, and reading them again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_lines, print_table
from askul_connect.cli.progress import shown_progress
from askul_connect.core.errors import UsageError

_COLUMNS = ("supplier", "list", ">stored", ">promised", "state")
_STATES = {"first": "first reading goes on", "again": "is being read again", "new": "up to date"}


def _state(feed: bootstrap.View) -> str:
    words = [_STATES[feed["reading"]]]
    if feed["missing"]:
        words.append(f"{feed['missing']} missing")
    if feed["backfill"]:
        words.append("a back-fill waits to go on")
    return ", ".join(words)


def _show(invocation: Invocation) -> int:
    with bootstrap.open_workspace(bootstrap.load_settings(invocation.home)) as workspace:
        feeds = workspace.feeds()
    if invocation.as_json:
        print_json(feeds)
    else:
        rows = [
            (
                feed["supplier"],
                feed["feed"],
                str(feed["stored"]),
                "" if feed["promised"] is None else str(feed["promised"]),
                _state(feed),
            )
            for feed in feeds
        ]
        print_table("Lists", _COLUMNS, rows)
    return ExitCode.REJECTED if any(feed["missing"] for feed in feeds) else ExitCode.DONE


def _backfill(invocation: Invocation, supplier: str, feeds: tuple[str, ...], since: date | None) -> int:
    settings = bootstrap.load_settings(invocation.home)
    with bootstrap.open_workspace(settings) as workspace, shown_progress(invocation) as progress:
        report = workspace.backfill(supplier, feeds, since=since, trial=invocation.trial, progress=progress)
    if invocation.as_json:
        print_json(report)
    elif not invocation.quiet:
        if report.trial:
            print_lines(["Trial: nothing was changed."])
        print_lines(_found(report))
    print_lines((f"warning: {warning}" for warning in report.warnings), err=True)
    return report.exit_code


def _found(report: bootstrap.BackfillReport) -> Iterable[str]:
    for one in report.feeds:
        promised = "no count" if one.count.promised is None else str(one.count.promised)
        yield (
            f"{one.count.feed}: read {one.read}, new or different {one.changed}, gone {one.gone};"
            f" stored {one.count.stored} of {promised}"
        )
        if not one.complete:
            yield f"{one.count.feed}: the supplier sent less than it counts, so nothing was taken for gone"


def add_to(application: click.Group) -> None:
    """Add the command."""

    @click.argument("feeds", nargs=-1, metavar="[LIST]...")
    @click.option("--backfill", "supplier", metavar="SUPPLIER", help="Read this supplier's lists again.")
    @click.option(
        "--since",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="DATE",
        help="Store only what is dated on that day or later, or has no date.",
    )
    def sync(
        invocation: Invocation, feeds: tuple[str, ...], supplier: str | None, since: datetime | None
    ) -> int:
        """Show how complete each supplier's lists are, or read lists of one again from their beginning.

        LIST is orders, confirmations, ship-notices or invoices; all when none is named. It may go on beside a run, and
        be interrupted: the same command again goes on where it stopped.
        """
        if supplier is None:
            if feeds or since:
                raise UsageError("lists and --since belong to --backfill SUPPLIER", where="--backfill")
            return _show(invocation)
        names = tuple(feed.replace("-", "_") for feed in feeds)
        return _backfill(invocation, supplier, names, since.date() if since else None)

    command(application, "sync", "json", "trial", "quiet")(sync)
