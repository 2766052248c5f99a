"""Files of a directory that go when their time is over; satisfies ``KeptFiles``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from attrs import frozen

from askul_connect.core.errors import StorageUnavailable
from askul_connect.core.ports.kept_files import KeptFile


@frozen(kw_only=True)
class DirectoryFiles:
    """The files below a directory; links are not followed and not removed.

    Attributes:
        zone: Where days begin and end.
    """

    directory: Path
    zone: str

    def files(self, folder: str) -> Iterator[KeptFile]:
        """Every file below a folder, in the order of the paths."""
        zone = ZoneInfo(self.zone)
        for path in sorted((self.directory / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield KeptFile(
                    path=path.relative_to(self.directory).as_posix(),
                    name=path.name,
                    changed_on=datetime.fromtimestamp(path.stat().st_mtime, zone).date(),
                )

    def remove(self, files: Sequence[KeptFile]) -> None:
        """Remove files; one that is gone already is no error."""
        for file in files:
            try:
                (self.directory / file.path).unlink(missing_ok=True)
            except OSError as error:
                raise StorageUnavailable(
                    f"{file.path} cannot be removed: {error.strerror}", where=file.path
                ) from error
