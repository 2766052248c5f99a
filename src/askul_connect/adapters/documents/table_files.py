"""What the forms of tables for finance have in common that are files of a folder (INT-7)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Protocol

from askul_connect.adapters.documents.whole_files import ReplacedFiles
from askul_connect.core.domain.finance import FinanceTable
from askul_connect.core.errors import StorageUnavailable
from askul_connect.core.ports.finance import FinanceRows, FinanceSink, TableExport


class TableFile(Protocol):
    """One file while it is written."""

    def add(self, rows: FinanceRows) -> None:
        """More rows."""
        ...

    def end(self) -> None:
        """What comes behind the rows; the file itself stays open."""
        ...

    def close(self) -> None:
        """Let go of the file, whether or not it was ended."""
        ...


class FileTables:
    """Writes each table to one file of a folder; satisfies ``FinanceWriter``.

    Args:
        folder: Made when it is missing.
        suffix: Of the files.
        begin: Begins a file of a table.
    """

    def __init__(
        self, folder: Path, suffix: str, begin: Callable[[FinanceTable, IO[bytes]], TableFile]
    ) -> None:
        self._folder = folder
        self._suffix = suffix
        self._begin = begin

    @property
    def place(self) -> str:
        """The files."""
        return f"{self._folder}/*{self._suffix}"

    @contextmanager
    def begin(self, tables: Sequence[FinanceTable], *, trial: bool = False) -> Iterator[FinanceSink]:
        """Begin an export.

        Raises:
            StorageUnavailable: (also from leaving the block) it cannot be written.
        """
        if trial:
            yield _Counted(tables)
            return
        with ExitStack() as opened:
            with _told(self._folder):
                files = opened.enter_context(ReplacedFiles(self._folder))
                made = {
                    table.name: self._begin(table, files.open(f"{table.name}{self._suffix}"))
                    for table in tables
                }
            for one in made.values():
                opened.callback(one.close)
            yield _Files(self._folder, files, made, self._suffix)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        place = str(error.filename or folder)
        raise StorageUnavailable(f"{place} cannot be written: {error.strerror}", where=place) from error


class _Files:
    """Takes the rows into the files."""

    def __init__(
        self, folder: Path, files: ReplacedFiles, tables: Mapping[str, TableFile], suffix: str
    ) -> None:
        self._folder = folder
        self._files = files
        self._tables = tables
        self._suffix = suffix
        self._counts: Counter[str] = Counter()

    def put(self, table: FinanceTable, rows: FinanceRows) -> None:
        """More rows of a table."""
        with _told(self._folder):
            self._tables[table.name].add(rows)
        self._counts[table.name] += len(rows)

    def finish(self) -> Sequence[TableExport]:
        """Let all files take their place."""
        with _told(self._folder):
            for table in self._tables.values():
                table.end()
            changed = self._files.keep()
        return [
            TableExport(
                name=name,
                rows=self._counts[name],
                written=self._counts[name] if f"{name}{self._suffix}" in changed else 0,
            )
            for name in self._tables
        ]


class _Counted:
    """Counts rows and writes nothing."""

    def __init__(self, tables: Sequence[FinanceTable]) -> None:
        self._counts = {table.name: 0 for table in tables}

    def put(self, table: FinanceTable, rows: FinanceRows) -> None:
        """More rows of a table."""
        self._counts[table.name] += len(rows)

    def finish(self) -> Sequence[TableExport]:
        """What was counted."""
        return [TableExport(name=name, rows=count, written=count) for name, count in self._counts.items()]
