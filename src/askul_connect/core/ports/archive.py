"""Copying a whole database out and in, in a form that no kind of database owns (REL-9)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

#: What a row holds: text, whole numbers, truth, nothing. There are no floats and no binary values.
Cell = str | int | bool | None


@frozen(kw_only=True)
class TableCopy:
    """One table; its rows can be read once.

    Attributes:
        columns: In the order of the cells.
        rows: In the order of the primary key, by code point.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Sequence[Cell]]


class Snapshot(Protocol):
    """One consistent state of a database, while others go on writing."""

    @property
    def schema(self) -> str:
        """Its schema version; empty when there are no tables."""
        ...

    def tables(self) -> Iterator[TableCopy]:
        """Every table but those about running processes, each after the tables it refers to.

        A table's rows are read before the next one is asked for.
        """
        ...


class DatabaseArchive(Protocol):
    """A database as something to copy."""

    def snapshot(self) -> AbstractContextManager[Snapshot]:
        """Read what is there at one instant.

        Raises:
            StorageUnavailable: The database cannot be read.
            SchemaOutOfDate: It holds tables that are not ours.
        """
        ...

    def fill(self, schema: str, tables: Iterable[TableCopy], *, hold: str) -> None:
        """Put a copy into an empty database, bring it to the present schema and mark it, all or nothing.

        A database that holds the same mark is an interrupted restoring of the same backup and is replaced.

        Args:
            schema: Version of the copy; empty for one without tables.
            tables: As a snapshot gave them.
            hold: Text of the mark with which it sends nothing.

        Raises:
            UsageError: The database is not empty.
            SchemaOutOfDate: The copy is of a newer program.
            BackupDamaged: The tables are not those of that schema.
            StorageUnavailable: The database cannot be written, or its disk is full.
        """
        ...

    def examine(self) -> Sequence[str]:
        """What the database itself finds wrong: broken pages, rows that refer to nothing; empty when all is well."""
        ...
