"""``restore`` and ``resume``: a directory made from a backup, on hold until somebody says that it takes over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path

from attrs import frozen

from askul_connect.adapters.backup.folder import BackupReader, appearing, require_absent
from askul_connect.adapters.backup.manifest import Manifest
from askul_connect.adapters.security.secret_files import SecretFolder
from askul_connect.bootstrap import workspace
from askul_connect.bootstrap.inspection import archive_of, databases_of, scheme_of
from askul_connect.core.domain.hold import Hold
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import BackupDamaged, ConfigurationError, UsageError
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.supplier_storage import SupplierStorage
from askul_connect.core.services.buyer.desk import Progress
from askul_connect.core.services.holding import hold_in, release
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.kinds import Side
from askul_connect.plugins.manager import PluginManager
from askul_connect.settings import FILE_NAME, Settings, load_settings, with_value

_RESTORING = "restoring"
_STEP = "restore"
_SECRETS = "secrets"
_POSTGRESQL = "postgresql://"
_FILE = "file:"
_OPEN = {OutboxState.PENDING, OutboxState.UNKNOWN}


def restore(
    source: Path,
    directory: Path,
    *,
    database: str = "",
    supplier_databases: Mapping[str, str] | None = None,
    trial: bool = False,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Manifest:
    """Make a directory from a backup, on hold.

    Everything is checked before anything is written. The directory appears whole or not at all; databases elsewhere
    are filled in one transaction each, and an interrupted restoring of the same backup is taken up again.

    Args:
        source: The backup.
        directory: Does not exist, or is empty.
        database: Another place for the buyer's rows than the configuration says, as a URL or a reference.
        supplier_databases: The same for in-process suppliers, by the connection's name.
        trial: Check the backup and that the directory is free, and write nothing.
        progress: Told each step.

    Returns:
        What the backup held.

    Raises:
        UsageError: There is no backup, or the directory or a database is not empty.
        BackupDamaged: The backup is not what was written.
        SchemaOutOfDate: It is of a newer program.
        ConfigurationError: The configuration in it is not accepted here, for instance because of a secret.
        StorageUnavailable: Something cannot be read or written.
    """

    def say(text: str) -> None:
        progress(Progress(step=_STEP, text=text))

    require_absent(directory.absolute())
    backup = BackupReader(source, say)
    if not trial:
        fill_directory(backup, directory, database, supplier_databases or {}, say)
    return backup.manifest


def fill_directory(
    backup: BackupReader,
    directory: Path,
    database: str,
    supplier_databases: Mapping[str, str],
    say: Callable[[str], None],
) -> None:
    """As :func:`restore`, from a backup that was found whole."""
    manifest = backup.manifest
    hold = Hold(backup_id=manifest.backup_id, taken_at=manifest.taken_at)
    with appearing(directory, _RESTORING) as folder:
        backup.write_files(folder)
        if (folder / _SECRETS).is_dir():
            (folder / _SECRETS).chmod(0o700)
        _move_databases(folder, database, supplier_databases)
        plugins = workspace.installed_plugins()
        places = {label: (url, side) for label, url, side in databases_of(load_settings(folder), plugins)}
        for entry in manifest.databases:
            if entry.name not in places:
                raise BackupDamaged(f"its configuration has no database {entry.name!r}", where=FILE_NAME)
            url, side = places[entry.name]
            say(f"{entry.name}: {sum(table.rows for table in entry.tables)} rows")
            with backup.tables(entry) as tables:
                archive_of(plugins, url, side).fill(entry.schema, tables, hold=hold.text())


def _move_databases(folder: Path, database: str, supplier_databases: Mapping[str, str]) -> None:
    """Let the configuration say where the databases are now."""
    path = folder / FILE_NAME
    text = path.read_text(encoding="utf-8-sig")
    changed = text
    if database:
        kept = _kept(folder, database, "buyer-database")
        changed = with_value(changed, "database", "url", kept)
    for name, url in supplier_databases.items():
        table = f"suppliers.{name}"
        if f"[{table}]" not in text:
            raise UsageError(f"the backup has no supplier connection {name!r}", where=table)
        kept = _kept(folder, url, f"{name}-supplier-database")
        changed = with_value(changed, f"{table}.supplier", "database", kept)
    if changed != text:
        path.write_text(changed, encoding="utf-8")


def _kept(folder: Path, url: str, name: str) -> str:
    """What the configuration says of a URL: one that may hold a password is kept as a secret."""
    if not url.startswith(_POSTGRESQL):
        return url
    SecretFolder(folder / _SECRETS).put(name, Secret(url))
    return f"{_FILE}{_SECRETS}/{name}"


@frozen(kw_only=True)
class Held:
    """A copy on hold.

    Attributes:
        taken_at: When the backup was taken.
        waiting: Messages that leave at the next run.
    """

    taken_at: str
    waiting: int


def held(settings: Settings) -> Held | None:
    """Whether a directory is a copy on hold, and what waits in it; None when nothing holds it.

    Raises:
        ConfigurationError, StorageUnavailable, SchemaOutOfDate: A database cannot be opened.
    """
    plugins = workspace.installed_plugins()
    holds = []
    waiting = 0
    for _, url, side in databases_of(settings, plugins):
        if side is Side.BUYER:
            with opened_buyer(plugins, url) as buyer:
                holds.append(hold_in(buyer))
                messages = run_unit(buyer, lambda unit: unit.outbox.all())
                waiting = sum(message.state in _OPEN for message in messages)
        else:
            with opened_supplier(plugins, url) as supplier:
                holds.append(hold_in(supplier))
    found = next((hold for hold in holds if hold), None)
    return Held(taken_at=found.taken_at, waiting=waiting) if found else None


def resume(settings: Settings) -> bool:
    """Let a restored copy take over: it sends again. Whether it was on hold.

    The suppliers' databases come first: while the buyer's is on hold no run begins, so an interruption is harmless.

    Raises:
        ConfigurationError: A credential is not there: a run would take the supplier for a new one.
        StorageUnavailable, SchemaOutOfDate: A database cannot be opened.
    """
    for name, supplier in settings.suppliers.items():
        path = settings.directory / supplier.credential.removeprefix(_FILE)
        if supplier.credential.startswith(_FILE) and not path.exists() and held(settings):
            raise ConfigurationError(
                f"the credential of {name} is not in this copy; put {path} there, or restore a backup that was"
                " taken with secrets",
                where=f"suppliers.{name}.credential",
            )
    plugins = workspace.installed_plugins()
    places = tuple(databases_of(settings, plugins))
    released = []
    for _, url, side in places:
        if side is Side.SUPPLIER:
            with opened_supplier(plugins, url) as theirs:
                released.append(release(theirs))
    for _, url, side in places:
        if side is Side.BUYER:
            with opened_buyer(plugins, url) as ours:
                released.append(release(ours))
    return any(released)


def opened_buyer(plugins: PluginManager, url: Secret) -> AbstractContextManager[BuyerStorage]:
    """A buyer's database, closed at the end of the block."""
    return closing(plugins.storage(scheme_of(url), key="database.url").open_buyer(url))


def opened_supplier(plugins: PluginManager, url: Secret) -> AbstractContextManager[SupplierStorage]:
    """A supplier's database, closed at the end of the block."""
    return closing(plugins.storage(scheme_of(url), key="database.url").open_supplier(url))
