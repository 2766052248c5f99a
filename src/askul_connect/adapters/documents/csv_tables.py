"""Tables for finance as CSV files (INT-7): UTF-8 with a byte order mark, which spreadsheets need."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from askul_connect.adapters.documents.whole_files import replace_file
from askul_connect.core.errors import StorageUnavailable

# A cell that begins like this is run as a formula by a spreadsheet (ASVS 1.2.10); the full-width signs are too.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class CsvTableWriter:
    """Writes each table to one file of a folder; satisfies ``FinanceWriter``.

    Args:
        folder: Made when it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
        """Replace one table, whole or not at all.

        Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.

        Raises:
            StorageUnavailable: It could not be written; the old one is still there.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
        target = self._folder / f"{name}.csv"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(target, text.getvalue().encode("utf-8-sig"))
        except OSError as error:
            raise StorageUnavailable(
                f"{target} cannot be written: {error.strerror}", where=str(target)
            ) from error


def _cell(value: str | int) -> str | int:
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    return value
