"""Where finance reads order history and invoices beside the database (INT-7)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from attrs import frozen

from askul_connect.core.domain.finance import FinanceCell, FinanceTable

#: Rows of a table: cells in the order of its columns.
FinanceRows = Sequence[Sequence[FinanceCell]]


@frozen(kw_only=True)
class TableExport:
    """What became of one table.

    Attributes:
        rows: That there are now.
        written: New or changed ones; all of them where the form is written as a whole and is not the same.
        removed: Rows that were there and are no more, where the form tells.
    """

    name: str
    rows: int
    written: int
    removed: int = 0


class FinanceSink(Protocol):
    """Takes the rows of all tables, batch by batch, and holds only a batch of them."""

    def put(self, table: FinanceTable, rows: FinanceRows) -> None:
        """More rows of a table, in the order of its key; no key comes twice.

        Raises:
            StorageUnavailable: They could not be written.
        """
        ...

    def finish(self) -> Sequence[TableExport]:
        """Let what was put take the place of what was there: all tables or, without this, none.

        Raises:
            StorageUnavailable: It could not be written.
        """
        ...


class FinanceWriter(Protocol):
    """Writes the tables in one form to one place; the same rows leave the same there."""

    @property
    def place(self) -> str:
        """Where, as it may be shown."""
        ...

    def begin(
        self, tables: Sequence[FinanceTable], *, trial: bool = False
    ) -> AbstractContextManager[FinanceSink]:
        """Begin an export; leaving the block before ``finish`` leaves everything as it was.

        Args:
            tables: All that will be put; one that gets no rows becomes empty.
            trial: Count only; then ``finish`` changes nothing either.

        Raises:
            StorageUnavailable: It cannot be written; what was there before still is.
            SchemaOutOfDate: The place was written by a newer program, or is another program's.
            ConfigurationError: What the form needs is not installed.
        """
        ...
