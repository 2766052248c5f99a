"""The rows of a database as lines of JSON: a line that names a table and its columns, then a line for each row.

A row has one spelling, whichever database it was read from, so equal data has equal hashes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from askul_connect.adapters.backup.manifest import DatabaseEntry, TableDigest
from askul_connect.core.errors import BackupDamaged
from askul_connect.core.ports.archive import Cell, TableCopy

_ROW = b"["
_TOLD_EVERY = 10_000


def write_tables(
    tables: Iterable[TableCopy],
    write: Callable[[bytes], object] | None,
    say: Callable[[str], None] = lambda _text: None,
) -> tuple[TableDigest, ...]:
    """Write tables and take their digests.

    Args:
        tables: Of a snapshot.
        write: Takes the lines; None takes the digests only.
        say: Told how far it is.
    """
    digests = []
    for table in tables:
        if write:
            write(_line({"table": table.name, "columns": table.columns}))
        seen, count = hashlib.sha256(), 0
        for row in table.rows:
            line = _line(row)
            seen.update(line)
            count += 1
            if write:
                write(line)
            if count % _TOLD_EVERY == 0:
                say(f"{table.name}, {count} rows")
        digests.append(TableDigest(name=table.name, rows=count, sha256=seen.hexdigest()))
    return tuple(digests)


def read_tables(file: BinaryIO, entry: DatabaseEntry) -> Iterator[TableCopy]:
    """The tables of a file, checked against their digests while they are read.

    Raises:
        BackupDamaged: (also from the rows) It is not what the manifest says.
    """
    reader = _Reader(file, entry)
    for digest in entry.tables:
        table = reader.begin(digest)
        yield table
        # whoever did not read all rows has not checked them either
        for _ in table.rows:
            pass
    reader.end()


class _Reader:
    def __init__(self, file: BinaryIO, entry: DatabaseEntry) -> None:
        self._file = file
        self._entry = entry
        self._next = file.readline()

    def begin(self, digest: TableDigest) -> TableCopy:
        header = self._parsed(self._next)
        if not isinstance(header, dict) or header.get("table") != digest.name:
            raise self._damaged(f"the table {digest.name} is missing")
        columns = header.get("columns")
        if not isinstance(columns, list) or not all(isinstance(column, str) for column in columns):
            raise self._damaged(f"the table {digest.name} names no columns")
        rows = self._rows(digest, len(columns))
        return TableCopy(name=digest.name, columns=tuple(columns), rows=rows)

    def end(self) -> None:
        if self._next:
            raise self._damaged("it has more than the manifest says")

    def _rows(self, digest: TableDigest, width: int) -> Iterator[Sequence[Cell]]:
        seen, count = hashlib.sha256(), 0
        while (line := self._file.readline()).startswith(_ROW):
            seen.update(line)
            count += 1
            row = self._parsed(line)
            if len(row) != width or not all(cell is None or isinstance(cell, str | int) for cell in row):
                raise self._damaged(f"a row of {digest.name} is none")
            yield row
        self._next = line
        if (count, seen.hexdigest()) != (digest.rows, digest.sha256):
            raise self._damaged(f"the rows of {digest.name} are not those that were written")

    def _parsed(self, line: bytes) -> Any:
        try:
            return json.loads(line)
        except (ValueError, RecursionError):
            raise self._damaged("a line is no JSON") from None

    def _damaged(self, detail: str) -> BackupDamaged:
        return BackupDamaged(detail, where=self._entry.file)


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
