"""Files of the directory that are kept for a time and then go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol

from attrs import frozen


@frozen(kw_only=True)
class KeptFile:
    """One file.

    Attributes:
        path: Relative to the directory, with slashes.
        name: As a purchase order names the document it came in.
        changed_on: Day of its last change.
    """

    path: str
    name: str
    changed_on: date


class KeptFiles(Protocol):
    """The files of some folders."""

    def files(self, folder: str) -> Iterator[KeptFile]:
        """Every file below a folder, in the order of the paths; none where there is no such folder."""
        ...

    def remove(self, files: Sequence[KeptFile]) -> None:
        """Remove files; one that is gone already is no error.

        Raises:
            StorageUnavailable: One cannot be removed.
        """
        ...
