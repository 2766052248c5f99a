"""``db check`` and ``db upgrade``: the schema versions of the databases."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_json, print_table
from askul_connect.settings import load_settings


def _show(invocation: Invocation, states: tuple[tuple[str, str, str], ...]) -> None:
    if invocation.as_json:
        print_json([{"database": label, "url": url, "state": state} for label, url, state in states])
    elif not invocation.quiet:
        print_table("Databases", ("database", "url", "state"), states)


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @application.group("db", invoke_without_command=True)
    @click.pass_context
    def db(ctx: click.Context) -> None:
        """Check and upgrade the schema of the databases."""
        if ctx.invoked_subcommand is None:
            raise click.UsageError("'db' needs a command: check or upgrade")

    @command(db, "check", "json", "trial", "quiet")
    def check(invocation: Invocation) -> int:
        """Say which schema version each database has and which one this program needs."""
        _show(invocation, bootstrap.database_check(load_settings(invocation.home)))
        return ExitCode.DONE

    @command(db, "upgrade", "json", "trial", "quiet")
    def upgrade(invocation: Invocation) -> int:
        """Bring each database to the schema version that this program needs; make a backup before."""
        work = bootstrap.database_check if invocation.trial else bootstrap.database_upgrade
        _show(invocation, work(load_settings(invocation.home)))
        return ExitCode.DONE
