"""Files that others read: under their name there is all of them, or what was there before."""

from __future__ import annotations

import os
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import IO, Self

_PIECE = 1 << 20


class ReplacedFiles(AbstractContextManager["ReplacedFiles"]):
    """Files of one folder that are written beside the old ones, and take their place together.

    Leaving the block before :meth:`keep` leaves the old ones. The folder is made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, tuple[Path, IO[bytes]]] = {}

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for path, file in self._open.values():
            try:
                file.close()
            except OSError:
                # a full disk; the file goes all the same
                pass
            finally:
                path.unlink(missing_ok=True)

    def open(self, name: str) -> IO[bytes]:
        """A file that will have that name.

        Raises:
            OSError: It could not be made.
        """
        handle, path = tempfile.mkstemp(dir=self._folder, prefix=f".{name}.")
        file = os.fdopen(handle, "wb")
        self._open[name] = Path(path), file
        return file

    def keep(self) -> frozenset[str]:
        """Let every file take its place once all of them are on the disk; names of those that are not the same.

        A file that is the same stays untouched, with its date.

        Raises:
            OSError: They could not be written; what was there before still is.
        """
        changed = set()
        for name, (path, file) in self._open.items():
            file.flush()
            os.fsync(file.fileno())
            file.close()
            # mkstemp makes it for the owner alone; finance reads it under another name
            path.chmod(0o644)
            if not same_content(path, self._folder / name):
                changed.add(name)
        for name in sorted(changed):
            self._open.pop(name)[0].replace(self._folder / name)
        return frozenset(changed)


def same_content(first: Path, second: Path) -> bool:
    """Whether two files hold the same, without holding either."""
    if not second.exists() or first.stat().st_size != second.stat().st_size:
        return False
    with first.open("rb") as one, second.open("rb") as other:
        while piece := one.read(_PIECE):
            if piece != other.read(_PIECE):
                return False
    return True


def replace_file(target: Path, data: bytes) -> None:
    """Write a file whole or not at all, to be read by others too.

    Raises:
        OSError: It could not be written; what was there before still is.
    """
    if target.exists() and target.read_bytes() == data:
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes it for the owner alone; finance reads it under another name
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
