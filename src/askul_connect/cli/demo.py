"""``demo``: writes what an ERP would write, then does what ``run`` does."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import click

from askul_connect import bootstrap
from askul_connect.cli.demo_erp import erp_stage, run_with
from askul_connect.cli.demo_files import MARK, demo_directory
from askul_connect.cli.directory_files import BUYER_DATABASE, SUPPLIER_DATABASE, write_directory
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.output import print_lines
from askul_connect.cli.running import print_report, run_directory
from askul_connect.cli.serving import serving_libraries
from askul_connect.core.errors import UsageError
from askul_connect.plugins.demonstration import ErpStage
from askul_connect.settings import FILE_NAME, Settings, load_settings, resolve_database_url

#: Where the demo is when no directory is given.
DEFAULT_DIRECTORY = Path("demo-data")
_ERP = "--erp"
_FILES = "files"
_DATABASE = "--database"
_SUPPLIER_DATABASE = "--supplier-database"


def _prepare(
    directory: Path,
    database: str | None,
    supplier_database: str | None,
    *,
    erp: str = "files",
    stage: ErpStage | None = None,
) -> None:
    """Write the demo's files, unless they are there."""
    file = directory / FILE_NAME
    if not file.exists():
        _require_two(directory, database, supplier_database)
        files = demo_directory(
            bootstrap.showcase(),
            database=database or BUYER_DATABASE,
            supplier_database=supplier_database or SUPPLIER_DATABASE,
            erp_kind=erp,
            stage=stage,
        )
        write_directory(directory, files)
    elif not file.read_bytes().startswith(MARK.encode()):
        raise UsageError(
            f"{file} was not written by the demo, and the demo leaves it alone; choose another --directory",
            where=FILE_NAME,
        )
    else:
        _require_same(directory, database, supplier_database)
        if load_settings(directory).erp.kind != erp:
            raise UsageError(
                f"the demo in {directory} has another ERP than {_ERP} says; choose another --directory",
                where=_ERP,
            )


def _require_two(directory: Path, database: str | None, supplier_database: str | None) -> None:
    """Refuse URLs that are none, and one database for both sides."""
    ours = resolve_database_url(database or BUYER_DATABASE, directory, key=_DATABASE)
    theirs = resolve_database_url(supplier_database or SUPPLIER_DATABASE, directory, key=_SUPPLIER_DATABASE)
    if ours.reveal() == theirs.reveal():
        raise UsageError(
            f"{_SUPPLIER_DATABASE} is the database of {_DATABASE}; the two sides share nothing, name another one",
            where=_SUPPLIER_DATABASE,
        )


def _require_same(directory: Path, database: str | None, supplier_database: str | None) -> None:
    """Refuse another database than the demo was made with."""
    if database is None and supplier_database is None:
        return
    settings = load_settings(directory)
    for option, asked, used in (
        (_DATABASE, database, settings.database_url.reveal()),
        (_SUPPLIER_DATABASE, supplier_database, _supplier_url(settings)),
    ):
        if asked is not None and resolve_database_url(asked, directory, key=option).reveal() != used:
            raise UsageError(
                f"the demo in {directory} has another database than {option} says; choose another --directory",
                where=option,
            )


def _supplier_url(settings: Settings) -> str:
    supplier = settings.suppliers["askul"].options["supplier"]
    text = str(supplier["database"]) if isinstance(supplier, Mapping) else ""
    return resolve_database_url(text, settings.directory, key=_SUPPLIER_DATABASE).reveal()


def _places(directory: Path) -> str:
    """Where the databases are: the folder, or each place where one is elsewhere."""
    settings = load_settings(directory)
    folder = directory / "data"
    below = f"sqlite:///{folder.resolve().as_posix()}/"
    if all(url.startswith(below) for url in (settings.database_url.reveal(), _supplier_url(settings))):
        return str(folder)
    return ", ".join(place for _, place, _ in bootstrap.database_check(settings))


def add_to(application: click.Group) -> None:
    """Add the command."""

    @command(application, "demo", "json", "trial", "quiet")
    @click.option(_DATABASE, metavar="URL", help="Our own database, if it is not to be below the directory.")
    @click.option(_SUPPLIER_DATABASE, metavar="URL", help="The supplier's database, likewise.")
    @click.option(
        "--http", is_flag=True, help="Serve the supplier on a free port of this machine and buy over HTTP."
    )
    @click.option(
        _ERP,
        default=_FILES,
        show_default=True,
        metavar="NAME",
        help="The ERP that is shown, of those that are installed.",
    )
    def demo(
        invocation: Invocation, database: str | None, supplier_database: str | None, http: bool, erp: str
    ) -> int:
        """Write an example directory (default: demo-data) and do the whole job in it once.

        An existing demo is used as it is: a second time, there is nothing new.
        """
        directory = invocation.home
        documents = f"Documents for the ERP: {directory / 'erp' / 'out'}"
        with ExitStack() as opened:
            opened.enter_context(serving_libraries("demo --http"))
            if erp == _FILES:
                _prepare(directory, database, supplier_database)
                report = run_directory(invocation, directory, over_http=http)
            else:
                stage = opened.enter_context(erp_stage(invocation, directory, erp, bootstrap.showcase()))
                _prepare(directory, database, supplier_database, erp=erp, stage=stage)
                report = run_with(invocation, directory, stage, over_http=http)
                documents = stage.summary
        print_report(invocation, report)
        if not invocation.as_json and not invocation.quiet:
            print_lines(
                [
                    documents,
                    f"For finance (CSV):     {directory / 'finance'}",
                    f"Databases:             {_places(directory)}",
                    f"See also: askul-connect --directory {directory} orders|invoices|budgets|outbox",
                ]
            )
        return report.exit_code
