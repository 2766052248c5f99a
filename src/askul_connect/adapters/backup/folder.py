"""A backup as a folder: it appears whole or not at all, and is read only after every byte was checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from attrs import evolve

from askul_connect.adapters.backup.manifest import (
    MANIFEST_NAME,
    DatabaseEntry,
    FileEntry,
    Manifest,
    read_manifest,
    write_manifest,
)
from askul_connect.adapters.backup.rows import read_tables, write_tables
from askul_connect.core.errors import BackupDamaged, StorageUnavailable, UsageError
from askul_connect.core.ports.archive import Snapshot, TableCopy

#: Folder of the directory's files within a backup.
_FILES = "files"
_DATABASES = "databases"
_BLOCK = 1 << 20
_MOST_OF_A_MANIFEST = 100_000_000
_OWNER_ONLY = 0o600


@contextmanager
def appearing(target: Path, ending: str) -> Iterator[Path]:
    """A new folder that has its name only when the block has ended well; what an interruption left is removed.

    Args:
        target: Its name; an empty folder of that name is replaced.
        ending: Of the name it has meanwhile, beside the target.

    Raises:
        UsageError: There is something of that name.
        StorageUnavailable: It cannot be written, for instance because the disk is full.
    """
    target = target.absolute()
    require_absent(target)
    temporary = target.with_name(f".{target.name}.{ending}")
    with _usable(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        if temporary.exists():
            shutil.rmtree(temporary)
        temporary.mkdir(mode=0o700)
        try:
            yield temporary
            _sync_all(temporary)
            if target.exists():
                target.rmdir()
            temporary.rename(target)
            _sync(target.parent)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise


def require_absent(target: Path) -> None:
    """Refuse a folder that exists and is not empty.

    Raises:
        UsageError: It does.
    """
    if target.is_symlink() or (target.exists() and (not target.is_dir() or any(target.iterdir()))):
        raise UsageError(f"{target} exists, and nothing is overwritten; name another", where=str(target))


class BackupWriter:
    """Puts files and databases into a new backup, one after the other, and seals it.

    Args:
        folder: The backup's, empty.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: list[FileEntry] = []
        self._databases: list[DatabaseEntry] = []

    def add_file(self, source: Path, path: str) -> bool:
        """Copy a file; False when it is gone or is no regular file.

        Args:
            source: It.
            path: Its path in the directory, with slashes.
        """
        try:
            if not stat.S_ISREG(os.lstat(source).st_mode):
                return False
            with source.open("rb") as reading, _new_file(self._folder / _FILES / path) as writing:
                entry = _copy(reading, writing, path)
        except FileNotFoundError:
            return False
        self._files.append(entry)
        return True

    def add_database(self, name: str, side: str, snapshot: Snapshot, say: Callable[[str], None]) -> None:
        """Copy a database's rows.

        Args:
            name: As the configuration's databases are called.
            side: Whose it is.
            snapshot: One state of it.
            say: Told how far it is.
        """
        path = f"{_DATABASES}/{name.replace(' ', '-')}.jsonl"
        seen = hashlib.sha256()
        with _new_file(self._folder / path) as file:

            def write(line: bytes) -> None:
                seen.update(line)
                file.write(line)

            tables = write_tables(snapshot.tables(), write, lambda text: say(f"{name}: {text}"))
        self._databases.append(
            DatabaseEntry(
                name=name,
                side=side,
                file=path,
                schema=snapshot.schema,
                sha256=seen.hexdigest(),
                tables=tables,
            )
        )

    def seal(self, manifest: Manifest) -> Manifest:
        """Write the manifest, with what was copied; nothing can be added afterwards."""
        whole = evolve(
            manifest,
            databases=tuple(self._databases),
            files=tuple(sorted(self._files, key=lambda entry: entry.path)),
        )
        with _new_file(self._folder / MANIFEST_NAME) as file:
            file.write(write_manifest(whole))
        return whole


class BackupReader:
    """A backup that was found whole.

    Args:
        folder: The backup's.
        say: Told how far the checking is.

    Raises:
        UsageError: There is no backup.
        BackupDamaged: A file is missing, or a byte differs from what was written.
        SchemaOutOfDate: It was written by a newer program.
    """

    def __init__(self, folder: Path, say: Callable[[str], None] = lambda _text: None) -> None:
        self._folder = folder
        if not (folder / MANIFEST_NAME).is_file():
            if folder.is_dir() and (folder / _DATABASES).exists():
                raise BackupDamaged("the manifest is missing", where=str(folder))
            raise UsageError(f"{folder} is no backup: it has no {MANIFEST_NAME}", where=str(folder))
        with _usable(folder):
            with (folder / MANIFEST_NAME).open("rb") as file:
                self.manifest = read_manifest(file.read(_MOST_OF_A_MANIFEST))
            self._check(say)

    def _check(self, say: Callable[[str], None]) -> None:
        entries = [(f"{_FILES}/{entry.path}", entry.sha256) for entry in self.manifest.files]
        entries += [(database.file, database.sha256) for database in self.manifest.databases]
        for path, sha256 in entries:
            seen = hashlib.sha256()
            with self._open(path) as file:
                while block := file.read(_BLOCK):
                    seen.update(block)
            if seen.hexdigest() != sha256:
                raise BackupDamaged("a byte differs from what was written", where=path)
        say(f"{len(entries)} files are as they were written")
        for database in self.manifest.databases:
            for table in self._tables(database):
                for _ in table.rows:
                    pass
            say(f"{database.name}: the rows of {len(database.tables)} tables are as they were written")
        for folder in self.manifest.folders:
            _require_below(folder)

    @contextmanager
    def tables(self, entry: DatabaseEntry) -> Iterator[Iterator[TableCopy]]:
        """The tables of a database, checked once more while they are read."""
        with _usable(self._folder):
            yield self._tables(entry)

    def write_files(self, target: Path) -> None:
        """Put the files and folders into a directory.

        Raises:
            StorageUnavailable: They cannot be written.
        """
        with _usable(target):
            for folder in self.manifest.folders:
                (target / folder).mkdir(parents=True, exist_ok=True)
            for entry in self.manifest.files:
                with (
                    self._open(f"{_FILES}/{entry.path}") as reading,
                    _new_file(target / entry.path) as writing,
                ):
                    if _copy(reading, writing, entry.path) != entry:
                        raise BackupDamaged("it changed while it was read", where=entry.path)

    def _tables(self, entry: DatabaseEntry) -> Iterator[TableCopy]:
        with self._open(entry.file) as file:
            yield from read_tables(file, entry)

    @contextmanager
    def _open(self, path: str) -> Iterator[BinaryIO]:
        _require_below(path)
        file = self._folder / path
        try:
            if not stat.S_ISREG(os.lstat(file).st_mode):
                raise BackupDamaged("this is no regular file", where=path)
        except FileNotFoundError:
            raise BackupDamaged("the file is missing", where=path) from None
        with file.open("rb") as opened:
            yield opened


def files_below(directory: Path) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    """Paths of a directory's files, its folders, and what is neither, with slashes and sorted.

    Raises:
        StorageUnavailable: It cannot be read.
    """
    files: list[str] = []
    folders: list[str] = []
    others: list[str] = []
    with _usable(directory):
        for found in sorted(directory.rglob("*")):
            path = found.relative_to(directory).as_posix()
            if found.is_symlink():
                others.append(path)
            elif found.is_dir():
                folders.append(path)
            elif found.is_file():
                files.append(path)
            elif found.exists():
                others.append(path)
    return files, folders, others


def _require_below(path: str) -> None:
    parts = PurePosixPath(path)
    leads_away = parts.is_absolute() or ".." in parts.parts or "\0" in path or not path
    # these are plain characters of a name everywhere else
    if leads_away or (os.name == "nt" and ("\\" in path or ":" in path)):
        raise BackupDamaged("the path leads out of the directory", where=path)


def _copy(reading: BinaryIO, writing: BinaryIO, path: str) -> FileEntry:
    seen, size = hashlib.sha256(), 0
    while block := reading.read(_BLOCK):
        seen.update(block)
        size += len(block)
        writing.write(block)
    return FileEntry(path=path, size=size, sha256=seen.hexdigest())


@contextmanager
def _new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner alone: a backup has personal data and hashes of passwords in it, if no secrets."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), _OWNER_ONLY)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(descriptor)


@contextmanager
def _usable(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = str(error.filename or place)
        raise StorageUnavailable(f"{error.strerror or error}", where=where) from error


def _sync_all(folder: Path) -> None:
    for each in (folder, *folder.rglob("*")):
        if each.is_dir():
            _sync(each)


def _sync(folder: Path) -> None:
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
