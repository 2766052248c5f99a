"""A supplier's notices as files: what an in-process supplier would have mailed (SUP-4)."""

from __future__ import annotations

import tempfile
from pathlib import Path

from askul_connect.adapters.documents.whole_files import replace_file
from askul_connect.core.errors import StorageUnavailable


class NoticeFolder:
    """Writes each notice to a file of its id; satisfies ``NoticeSink``.

    Args:
        folder: Made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message_id: str, body: str) -> None:
        """Write one notice, whole or not at all; the same again writes the same file.

        Raises:
            StorageUnavailable: It could not be written.
        """
        target = self._folder / f"{message_id}.json"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(target, f"{body}\n".encode())
        except OSError as error:
            raise StorageUnavailable(
                f"{target} cannot be written: {error.strerror}", where=str(target)
            ) from error

    def look(self) -> str:
        """Whether the folder, or the nearest there is above it, can be written; what is written goes at once.

        Raises:
            StorageUnavailable: It cannot.
        """
        place = next(one for one in (self._folder, *self._folder.parents) if one.exists())
        try:
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            raise StorageUnavailable(
                f"{self._folder} cannot be written: {error.strerror}", where=str(self._folder)
            ) from error
        return f"{self._folder} can be written"
