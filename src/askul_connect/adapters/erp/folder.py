"""Files of a folder others write into: read without following links, written whole or not at all, moved."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from askul_connect.core.errors import (
    DocumentForbidden,
    DocumentTooLarge,
    StorageUnavailable,
    UsageError,
    ValueInvalid,
)

#: A file above this size is not even read.
MAXIMUM_BYTES = 32_000_000

# Windows has neither, nor what they protect from.
_READ_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_UNFINISHED = (".tmp", ".part")


@contextmanager
def storage(path: Path) -> Iterator[None]:
    """Report what the operating system refuses at a path.

    Args:
        path: Named in the error.

    Raises:
        StorageUnavailable: No space, no rights, a broken disk.
    """
    try:
        yield
    except OSError as error:
        raise StorageUnavailable(f"{error.strerror or error}", where=str(path)) from error


def file_names(folder: Path, *, required: bool) -> tuple[str, ...]:
    """Names of what waits in a folder, in the order of their characters.

    Hidden files and files whose ending says that they are still being written (``.tmp``, ``.part``) are left
    out, and so are folders.

    Args:
        folder: The folder.
        required: Whether it has to be there.

    Raises:
        UsageError: It is missing though required, is no folder, or may not be read.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if not entry.is_dir(follow_symlinks=False)]
    except FileNotFoundError:
        if not required:
            return ()
        raise UsageError(
            "the folder does not exist; 'askul-connect init' creates it", where=str(folder)
        ) from None
    except NotADirectoryError:
        raise UsageError("this is no folder; 'askul-connect init' creates it", where=str(folder)) from None
    except PermissionError:
        raise UsageError("the folder may not be read; check its rights", where=str(folder)) from None
    except OSError as error:
        raise StorageUnavailable(f"{error.strerror or error}", where=str(folder)) from error
    return tuple(
        sorted(name for name in names if not name.startswith(".") and not name.lower().endswith(_UNFINISHED))
    )


def read_regular(path: Path) -> bytes | None:
    """The content of a regular file; None when it is gone.

    Raises:
        DocumentForbidden: It is a link, a pipe, a device or anything else but a regular file.
        DocumentTooLarge: It is above :data:`MAXIMUM_BYTES`.
        StorageUnavailable: Reading failed.
    """
    with storage(path):
        try:
            before = os.lstat(path)
        except FileNotFoundError:
            return None
        _check_regular(before, path)
        # The file may be exchanged for something else in between, so what is opened is looked at again.
        descriptor = os.open(path, _READ_FLAGS)
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            _check_regular(status, path)
            data = file.read(MAXIMUM_BYTES + 1)
    if len(data) > MAXIMUM_BYTES:
        raise DocumentTooLarge(f"the file has more than {MAXIMUM_BYTES} bytes", where=path.name)
    return data


def _check_regular(status: os.stat_result, path: Path) -> None:
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else "no regular file"
        raise DocumentForbidden(f"this is {kind}; put the file itself here", where=path.name)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that under its name there is nothing, what was there before, or all of it.

    Args:
        path: Where; its folder is made if it is missing.
        data: The content.

    Raises:
        StorageUnavailable: It could not be written, and nothing is left behind.
    """
    temporary = path.with_name(f".{path.name}.part")
    with storage(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        try:
            with temporary.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
        _sync(path.parent)


def move(source: Path, target: Path) -> None:
    """Move a file within the file system, replacing what is there; nothing when the source is gone.

    Raises:
        StorageUnavailable: It could not be moved.
    """
    with storage(source):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            source.replace(target)
        except FileNotFoundError:
            return
        _sync(target.parent)
        _sync(source.parent)


def is_there(path: Path) -> bool:
    """Whether something of that name exists; a link counts by itself, not by what it leads to."""
    return os.path.lexists(path)


def place_for(source: Path, folder: Path) -> Path:
    """Where a file goes in a folder: its own name, or ``-2``, ``-3`` ... when another content has that name.

    Args:
        source: The file.
        folder: Where it goes.

    Raises:
        StorageUnavailable: Reading failed.
    """
    target = folder / source.name
    content = _content(source)
    number = 1
    while is_there(target) and (content is None or _content(target) != content):
        number += 1
        target = folder / f"{source.stem}-{number}{source.suffix}"
    return target


def plain_name(name: str) -> str:
    """The name, if it names a file of the folder itself.

    Raises:
        ValueInvalid: It leads elsewhere.
    """
    if not name or name in {".", ".."} or Path(name).name != name or "\\" in name or "\0" in name:
        raise ValueInvalid(f"{name!r} is no plain file name")
    return name


def _content(path: Path) -> bytes | None:
    """Content to compare by; None for what is no regular file or is gone."""
    try:
        return read_regular(path)
    except (DocumentForbidden, DocumentTooLarge):
        return None


def _sync(folder: Path) -> None:
    """Make a change of names in a folder last; Windows cannot open a folder and needs it not."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
