"""The command line as a whole: options before the command, and what becomes of every error."""

from __future__ import annotations

import logging
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from askul_connect.cli import (
    account_data,
    account_decisions,
    account_ends,
    account_merging,
    accounts,
    auditing,
    budgets,
    catalog,
    credentials,
    customers,
    database,
    demo,
    departments,
    diagnosing,
    explaining,
    exporting,
    inspection,
    lasting,
    leaking,
    lists,
    login_history,
    login_settings,
    matching,
    outbox,
    purging,
    running,
    serving,
    sessions,
    staff,
    starting,
    status,
    support,
    syncing,
    user_access,
    user_imports,
    user_joining,
    users,
)
from askul_connect.cli.failures import ExitCode, show, show_interruption
from askul_connect.cli.invocation import Invocation, switch
from askul_connect.cli.log import FAILURE_LOG, SHOWN, logging_to
from askul_connect.core.errors import AskulConnectError, InternalError, UsageError

_LOG = logging.getLogger(__name__)
_REFERENCE_BYTES = 4


class Application(click.Group):
    """A group that turns every error into one message and one exit code."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **extra: Any) -> Any:
        """Run a command line; see :meth:`click.Group.main`. The process ends with the exit code."""
        given = list(sys.argv[1:] if args is None else args)
        # A table may have characters that the terminal's encoding lacks; that is no reason to fail.
        if hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(errors="backslashreplace")
        extra["standalone_mode"] = False
        try:
            code = super().main(given, *more, **extra)
        except click.ClickException as error:
            context = getattr(error, "ctx", None)
            where = context.command_path if context else "askul-connect"
            code = show(UsageError(error.format_message(), where=where), as_json="--json" in given)
        except click.Abort:
            code = show_interruption(as_json="--json" in given)
        sys.exit(int(code or 0))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was chosen, while the log is still open."""
        try:
            return super().invoke(ctx)
        except AskulConnectError as error:
            return show(error, as_json=ctx.obj.as_json)
        except KeyboardInterrupt:
            return show_interruption(as_json=ctx.obj.as_json)
        except (click.ClickException, click.Abort, click.exceptions.Exit, OSError) as error:
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                return _show_defect(error, ctx.obj)
            raise
        except Exception as error:  # noqa: BLE001 -- the last place where a defect can be reported at all
            return _show_defect(error, ctx.obj)


def _show_defect(error: Exception, invocation: Invocation) -> ExitCode:
    """One line with a reference for the user, everything else for the log."""
    reference = secrets.token_hex(_REFERENCE_BYTES)
    _LOG.error(
        "unexpected %s, reference %s", type(error).__name__, reference, exc_info=error, extra={SHOWN: True}
    )
    file = invocation.home / "data" / FAILURE_LOG
    place = f"see {file}" if file.is_file() else "run it again with --log-json to see where"
    return show(
        InternalError(f"unexpected {type(error).__name__}; {place}", reference=reference),
        as_json=invocation.as_json,
    )


@click.group(
    cls=Application,
    name="askul-connect",
    invoke_without_command=True,
    context_settings={"max_content_width": 110},
)
@click.version_option(package_name="askul-connect", prog_name="askul-connect")
@click.option(
    "--directory",
    type=click.Path(path_type=Path, file_okay=False),
    help="The directory with askul-connect.toml. Default: where you are; for demo: demo-data.",
)
@switch("json")
@switch("trial")
@switch("quiet")
@click.option("--log-json", is_flag=True, help="Log JSON lines on the standard error, from INFO on.")
@click.pass_context
def application(ctx: click.Context, directory: Path | None, log_json: bool) -> None:
    """Connects an ERP to its suppliers: purchase orders out, confirmations, ship notices and invoices back.

    Exit codes: 0 done; 1 done, but something was rejected or unmatched; 2 wrong usage or configuration;
    3 partner unreachable; 4 our fault; 5 another run holds the directory.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(ExitCode.WRONG_USE)
    invocation = ctx.ensure_object(Invocation)
    demo_default = demo.DEFAULT_DIRECTORY if ctx.invoked_subcommand == "demo" else None
    invocation.directory = directory or demo_default
    invocation.log_json = log_json
    ctx.with_resource(
        logging_to(sys.stderr, as_json=log_json, quiet=invocation.quiet, directory=invocation.home)
    )


for module in (
    demo,
    starting,
    running,
    exporting,
    syncing,
    serving,
    lists,
    outbox,
    matching,
    explaining,
    budgets,
    inspection,
    database,
    lasting,
    purging,
    auditing,
    catalog,
    diagnosing,
    support,
    staff,
    accounts,
    customers,
    account_decisions,
    account_merging,
    account_data,
    account_ends,
    leaking,
    users,
    user_joining,
    user_imports,
    user_access,
    departments,
    login_settings,
    login_history,
    sessions,
    credentials,
    status,
):
    module.add_to(application)
