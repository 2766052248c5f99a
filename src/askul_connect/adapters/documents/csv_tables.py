"""Tables for finance as CSV files (INT-7): UTF-8 with a byte order mark, which spreadsheets need."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

from askul_connect.adapters.documents.table_files import FileTables
from askul_connect.core.domain.finance import FinanceCell, FinanceTable
from askul_connect.core.ports.finance import FinanceRows

# A cell that begins like this is run as a formula by a spreadsheet (ASVS 1.2.10); the full-width signs are too.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def csv_tables(folder: Path) -> FileTables:
    """Writes each table to one CSV file of a folder.

    Text that a spreadsheet would run as a formula gets an apostrophe in front; numbers stay numbers.

    Args:
        folder: Made when it is missing.
    """
    return FileTables(folder, ".csv", _CsvFile)


class _CsvFile:
    """One file."""

    def __init__(self, table: FinanceTable, file: IO[bytes]) -> None:
        self._file = file
        self._texts = io.StringIO()
        self._writer = csv.writer(self._texts, lineterminator="\r\n")
        self._writer.writerow(table.names)
        file.write(b"\xef\xbb\xbf")
        self._pass_on()

    def add(self, rows: FinanceRows) -> None:
        """More rows."""
        self._writer.writerows([[_cell(value) for value in row] for row in rows])
        self._pass_on()

    def end(self) -> None:
        """Nothing comes behind the rows."""

    def close(self) -> None:
        """Nothing is held."""

    def _pass_on(self) -> None:
        self._file.write(self._texts.getvalue().encode())
        self._texts.seek(0)
        self._texts.truncate()


def _cell(value: FinanceCell) -> str | int:
    if isinstance(value, str) and value.startswith(_DANGEROUS):
        return f"'{value}"
    if isinstance(value, str | int):
        return value
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain_decimal(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return _day(value)


def _day(value: date) -> str:
    return value.isoformat()


def plain_decimal(value: Decimal) -> str:
    """A decimal in one spelling: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
