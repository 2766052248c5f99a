"""One open transaction: runs prepared statements and remembers a failure until its end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.engine import (
    POSTGRESQL_NOT_DURABLE,
    POSTGRESQL_READING,
    SQLITE_BEGIN,
    SQLITE_BEGIN_READING,
    SQLITE_DURABLE,
    SQLITE_NOT_DURABLE,
)
from askul_connect.adapters.storage.sql.failures import failure
from askul_connect.adapters.storage.sql.statements import BulkUpsert, Prepared, keys_parameter
from askul_connect.core.errors import AskulConnectError, StorageConflict

#: A row as repositories see it: values by position, slices are tuples.
Row = tuple[Any, ...]
_NOTHING: Mapping[str, Any] = {}
#: What PostgreSQL's policies compare the account of a row with (revision supplier_0112); gone with the transaction.
_CONFINE = Prepared(sa.select(sa.func.set_config("askul.account_id", sa.bindparam("account_id"), sa.true())))


class Transaction:
    """What repositories work with.

    Everything goes to the driver's own connection: passing statements through SQLAlchemy's took longer than SQLite
    needs to run them, and to begin and commit there took twenty times as long. Setting up and pooling connections
    and the classes of errors stay SQLAlchemy's.

    After the first failure nothing more is run, and the end raises it again: a unit of work that swallows a
    conflict must not commit the half that went well. PostgreSQL does this by itself, SQLite does not.
    """

    __slots__ = ("_connection", "_cursor", "_dialect", "_driver_error", "_failure", "_place", "_to_restore")

    def __init__(self, engine: sa.Engine, place: str) -> None:
        self._dialect = engine.dialect
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._place = place
        self._failure: AskulConnectError | None = None
        self._to_restore = False
        try:
            self._connection = engine.raw_connection()
        except self._driver_error as error:
            raise self._failed(error) from None

    @property
    def dialect(self) -> str:
        """Name of the database's dialect, for the little that the two do differently."""
        return self._dialect.name

    def begin(self, *, durable: bool) -> None:
        """Begin; unless it is durable, the commit does not wait for the disk."""
        try:
            self._cursor = self._connection.cursor()
            if self._dialect.name == "sqlite":
                if not durable:
                    # the connection keeps it beyond the transaction
                    self._to_restore = True
                    self._cursor.execute(SQLITE_NOT_DURABLE)
                self._cursor.execute(SQLITE_BEGIN)
            elif not durable:
                self._cursor.execute(POSTGRESQL_NOT_DURABLE)
        except self._driver_error as error:
            raise self._failed(error) from None

    def begin_reading(self) -> None:
        """Begin one that only reads; on SQLite it holds its state from its first query on."""
        try:
            self._cursor = self._connection.cursor()
            reading = SQLITE_BEGIN_READING if self._dialect.name == "sqlite" else POSTGRESQL_READING
            self._cursor.execute(reading)
        except self._driver_error as error:
            raise self._failed(error) from None

    def commit(self) -> None:
        """Let everything last, unless something failed; then that is raised again."""
        self.require_intact()
        try:
            self._connection.commit()
        except self._driver_error as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Take back what is not committed, and give the connection back."""
        usable = False
        try:
            self._connection.rollback()
            if self._to_restore:
                self._cursor.execute(SQLITE_DURABLE)
            usable = True
        except self._driver_error:
            # It is broken, and the database has taken everything back by itself.
            pass
        finally:
            if not usable:
                # the next unit would get it as it is: broken, or not durable
                self._connection.invalidate()
            self._connection.close()

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
        if self.run_named(statement, parameters) != 1:
            raise self.conflict("what was to be saved is not there")

    def run_many(self, statement: Prepared, rows: Iterable[Sequence[Any]]) -> int:
        """Run once for each row of parameters, as one batch; returns the number of rows touched in all."""
        batch = [tuple(row) for row in rows]
        return self._run(self._cursor.executemany, statement, batch) if batch else 0

    def put_many(self, statement: BulkUpsert, rows: Sequence[Sequence[Any]]) -> None:
        """Store or replace rows."""
        if self._dialect.name == "sqlite":
            self.run_many(statement.each, rows)
        elif rows:
            self.run(statement.all, [statement.document(rows)])

    def confine(self, account_id: str) -> None:
        """Reach only the rows of one account from here on, in the tables that have a policy; SQLite has none."""
        if self._dialect.name == "postgresql":
            self.rows(_CONFINE, {"account_id": account_id})

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
