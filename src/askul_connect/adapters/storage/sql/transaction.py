"""One open transaction: runs prepared statements and remembers a failure until its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.failures import failure
from askul_connect.adapters.storage.sql.statements import Prepared, keys_parameter
from askul_connect.core.errors import AskulConnectError, StorageConflict

#: A row as repositories see it: values by position, slices are tuples.
Row = tuple[Any, ...]
_NOTHING: Mapping[str, Any] = {}


class Transaction:
    """What repositories work with.

    Statements go to the driver's own cursor: passing them through SQLAlchemy's took longer than SQLite needs to
    run them. Beginning, committing, pooling and the classes of errors stay SQLAlchemy's.

    After the first failure nothing more is run, and the end raises it again: a unit of work that swallows a
    conflict must not commit the half that went well. PostgreSQL does this by itself, SQLite does not.
    """

    __slots__ = ("_cursor", "_dialect", "_driver_error", "_failure", "_place")

    def __init__(self, connection: sa.Connection, place: str) -> None:
        self._cursor = connection.connection.cursor()
        self._dialect = connection.dialect
        self._driver_error: type[Exception] = connection.dialect.loaded_dbapi.Error
        self._place = place
        self._failure: AskulConnectError | None = None

    def rows(self, statement: Prepared, parameters: Mapping[str, Any] = _NOTHING) -> Sequence[Row]:
        """All rows of a query."""
        compiled = statement.compiled(self._dialect)
        self.require_intact()
        try:
            self._cursor.execute(compiled.text, compiled.values(parameters))
            return self._cursor.fetchall()
        except (self._driver_error, OverflowError, UnicodeError) as error:
            raise self._failed(error) from None

    def row(self, statement: Prepared, parameters: Mapping[str, Any] = _NOTHING) -> Row | None:
        """The first row of a query, if it has one."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def number(self, statement: Prepared, parameters: Mapping[str, Any] = _NOTHING) -> int:
        """The first column of the only row of a query that always has one."""
        return int(self.rows(statement, parameters)[0][0])

    def run(self, statement: Prepared, values: Sequence[Any]) -> int:
        """Run once with the parameters in order; returns the number of rows it touched."""
        return self._run(self._cursor.execute, statement, tuple(values))

    def run_named(self, statement: Prepared, parameters: Mapping[str, Any]) -> int:
        """Run once with named parameters; returns the number of rows it touched."""
        return self.run(statement, statement.compiled(self._dialect).values(parameters))

    def run_known(self, statement: Prepared, parameters: Mapping[str, Any]) -> None:
        """Run once with named parameters on the one row there must be; else StorageConflict."""
        if self.run(statement, statement.compiled(self._dialect).values(parameters)) != 1:
            raise self.conflict("what was to be saved is not there")

    def run_many(self, statement: Prepared, rows: Iterable[Sequence[Any]]) -> int:
        """Run once for each row of parameters, as one batch; returns the number of rows touched in all."""
        batch = [tuple(row) for row in rows]
        return self._run(self._cursor.executemany, statement, batch) if batch else 0

    def keys(self, keys: Iterable[str]) -> Any:
        """The parameter of a :class:`~askul_connect.adapters.storage.sql.statements.OneOf`."""
        return keys_parameter(self._dialect, keys)

    def conflict(self, detail: str) -> StorageConflict:
        """A conflict that the rows tell, not the database; the unit has failed with it."""
        found = StorageConflict(detail, where=self._place)
        self._failure = found
        return found

    def require_intact(self) -> None:
        """Raise the failure again when there was one."""
        if self._failure is not None:
            raise self._failure

    def _run(self, execute: Callable[[str, Any], Any], statement: Prepared, parameters: Any) -> int:
        compiled = statement.compiled(self._dialect)
        self.require_intact()
        try:
            execute(compiled.text, parameters)
        except (self._driver_error, OverflowError, UnicodeError) as error:
            raise self._failed(error) from None
        return self._cursor.rowcount

    def _failed(self, error: Exception) -> AskulConnectError:
        if isinstance(error, self._driver_error):
            error = sa.exc.DBAPIError.instance(None, None, error, self._driver_error, hide_parameters=True)
        self._failure = failure(error, self._place)
        return self._failure
