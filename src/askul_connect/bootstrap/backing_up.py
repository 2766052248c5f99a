"""``backup``: one consistent copy of a directory, also while it is in use (INT-12, REL-9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from askul_connect.adapters.backup.folder import BackupWriter, appearing, files_below, require_absent
from askul_connect.adapters.backup.manifest import Manifest
from askul_connect.adapters.security.system import RandomIds, SystemClock
from askul_connect.bootstrap import workspace
from askul_connect.bootstrap.inspection import archive_of, databases_of
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.policies.backup_order import Stage, is_copied, is_secret, stage_of
from askul_connect.core.services.buyer.desk import Progress
from askul_connect.plugins.kinds import Side
from askul_connect.settings import FILE_NAME, Settings, secret_files

_PART = "part"
_SQLITE = "sqlite:///"
_STEP = "backup"


def back_up(
    settings: Settings,
    target: Path,
    *,
    with_secrets: bool = False,
    trial: bool = False,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Manifest:
    """Copy a whole directory: configuration, files, and the rows of its databases.

    Args:
        settings: Of the directory.
        target: A folder that does not exist, or is empty; it appears when all is in it.
        with_secrets: Copy the secrets too; whoever has the backup then has them.
        trial: Make it in a temporary folder and throw it away: whether all can be read, and what it would hold.
        progress: Told each step.

    Returns:
        What the backup holds.

    Raises:
        UsageError: There is something at the target.
        StorageUnavailable: A database cannot be read, or the target not written.
        ConfigurationError: A database is not accepted.
        PluginFailed: A kind of database cannot be copied.
    """
    from importlib.metadata import version

    def say(text: str) -> None:
        progress(Progress(step=_STEP, text=text))

    plugins = workspace.installed_plugins()
    databases = tuple(databases_of(settings, plugins))
    clock = SystemClock()
    taken_at = clock.now()
    with _made_in(target, trial=trial) as folder:
        writer = BackupWriter(folder)
        files = _Files(settings, target, databases=frozenset(_database_files(settings, databases)))

        def copy_databases(side: Side) -> None:
            for label, url, whose in databases:
                if whose is side:
                    say(label)
                    with archive_of(plugins, url, side).snapshot() as snapshot:
                        writer.add_database(label, side.value, snapshot, say)

        # this order is what makes the parts agree; core.policies.backup_order says why
        say("files")
        files.copy(Stage.BEFORE_THE_BUYER, writer, with_secrets=with_secrets)
        copy_databases(Side.BUYER)
        files.copy(Stage.AFTER_THE_BUYER, writer, with_secrets=with_secrets)
        copy_databases(Side.SUPPLIER)
        files.copy(Stage.AFTER_THE_SUPPLIERS, writer, with_secrets=with_secrets)
        return writer.seal(
            Manifest(
                backup_id=RandomIds(clock).new(_STEP, ""),
                taken_at=taken_at.isoformat(timespec="seconds"),
                program=version("askul-connect"),
                with_secrets=with_secrets,
                databases=(),
                files=(),
                folders=tuple(files.folders),
                left_out=tuple(files.others),
            )
        )


@contextmanager
def _made_in(target: Path, *, trial: bool) -> Iterator[Path]:
    if not trial:
        with appearing(target, _PART) as folder:
            yield folder
        return
    require_absent(target.absolute())
    with TemporaryDirectory() as temporary:
        yield Path(temporary)


class _Files:
    """The files of a directory that are no databases."""

    def __init__(self, settings: Settings, target: Path, *, databases: frozenset[str]) -> None:
        self._home = settings.directory
        self._databases = databases
        text = (self._home / FILE_NAME).read_text(encoding="utf-8-sig")
        self._referenced = secret_files(text)
        # a backup within the directory is not part of it
        self._target = target.absolute()
        self.folders: list[str] = []
        self.others: list[str] = []

    def copy(self, stage: Stage, writer: BackupWriter, *, with_secrets: bool) -> None:
        """Copy those of a stage as they are now."""
        files, folders, others = files_below(self._home)
        self.folders = [path for path in folders if self._is_copied(path)]
        self.others = [path for path in others if self._is_copied(path)]
        for path in files:
            if stage_of(path) is not stage or not self._is_copied(path):
                continue
            if with_secrets or not is_secret(path, self._referenced):
                writer.add_file(self._home / path, path)

    def _is_copied(self, path: str) -> bool:
        absolute = self._home / path
        within = absolute == self._target or self._target in absolute.parents
        return not within and is_copied(path, self._databases)


def _database_files(settings: Settings, databases: tuple[tuple[str, Secret, Side], ...]) -> list[str]:
    found = []
    for _, url, _ in databases:
        text = url.reveal()
        path = Path(text.removeprefix(_SQLITE))
        if text.startswith(_SQLITE) and path.is_relative_to(settings.directory):
            found.append(path.relative_to(settings.directory).as_posix())
    return found
