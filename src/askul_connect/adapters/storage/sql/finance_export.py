"""Tables for finance in a database of finance's own: upserted by key, in one transaction (INT-7)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, Self

import sqlalchemy as sa
from attrs import define, field, frozen

from askul_connect.adapters.storage.sql.engine import open_engine, shown
from askul_connect.adapters.storage.sql.failures import translated
from askul_connect.adapters.storage.sql.finance_schema import Mapped, mapped, prepare, version_table
from askul_connect.core.domain.finance import FinanceTable
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.ports.finance import FinanceRows, FinanceSink, TableExport

#: Rows that are compared at once; their keys are parameters of one statement, of which databases limit the number.
_BATCH = 200


@frozen
class SqlTables:
    """Satisfies ``FinanceWriter`` for any database that SQLAlchemy has a dialect for.

    Only what is new or has changed is written, and rows that are no longer there are removed.

    Args:
        url: Of the database.
    """

    url: Secret = field(repr=False)

    @property
    def place(self) -> str:
        """The database without its password."""
        return shown(_parsed(self.url))

    @contextmanager
    def begin(self, tables: Sequence[FinanceTable], *, trial: bool = False) -> Iterator[FinanceSink]:
        """Begin an export in one transaction.

        Raises:
            ConfigurationError: The URL cannot be used, or its driver is not installed.
            StorageUnavailable: The database cannot be opened or written.
            StorageConflict: Another program wrote at the same time.
            SchemaOutOfDate: The tables are a newer program's, or not ours.
        """
        if trial and _is_missing(self.url):
            with _Sink(None, [mapped(table, sa.MetaData(), "sqlite") for table in tables], new=True) as sink:
                yield sink
            return
        engine = _engine(self.url)
        place = self.place
        try:
            with translated(place), engine.connect() as connection, connection.begin() as transaction:
                metadata = sa.MetaData()
                ours = [mapped(table, metadata, connection.dialect.name) for table in tables]
                found = prepare(connection, ours, version_table(metadata), place)
                with _Sink(connection, ours, new=not found) as sink:
                    yield sink
                if trial or not sink.finished:
                    transaction.rollback()
        finally:
            engine.dispose()


def _parsed(url: Secret) -> sa.URL:
    try:
        return sa.make_url(url.reveal())
    except sa.exc.ArgumentError:
        raise ConfigurationError("the URL of the database for finance cannot be read") from None


def _is_missing(url: Secret) -> bool:
    parsed = _parsed(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()


def _engine(url: Secret) -> sa.Engine:
    parsed = _parsed(url)
    name = parsed.get_backend_name()
    if name in {"sqlite", "postgresql"}:
        engine = open_engine(parsed.render_as_string(hide_password=False))
        # who waited for another export sees what it has written
        return engine if name == "sqlite" else engine.execution_options(isolation_level="READ COMMITTED")
    try:
        return sa.create_engine(parsed, hide_parameters=True)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        raise ConfigurationError(f"the driver of {parsed.drivername!r} is not installed: {error}") from None


class _Seen:
    """The keys that were put, in a file of the system's temporary folder: there may be more than memory takes."""

    def __init__(self) -> None:
        # an empty name is a file that SQLite makes when it grows, and that goes when it is closed
        self._keys = sqlite3.connect("", check_same_thread=False)
        self._keys.execute("CREATE TABLE seen (name TEXT, key TEXT, PRIMARY KEY (name, key)) WITHOUT ROWID")

    def add(self, name: str, keys: Sequence[tuple[Any, ...]]) -> None:
        """More keys of a table."""
        rows = [(name, _text(key)) for key in keys]
        self._keys.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows)

    def lacks(self, name: str, keys: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Those that were not put."""
        asked = json.dumps([_text(key) for key in keys])
        rows = self._keys.execute(
            "SELECT value FROM json_each(?) EXCEPT SELECT key FROM seen WHERE name = ?", (asked, name)
        )
        gone = {row[0] for row in rows}
        return [key for key in keys if _text(key) in gone]

    def close(self) -> None:
        """Remove the file."""
        self._keys.close()


def _text(key: tuple[Any, ...]) -> str:
    return json.dumps(key, ensure_ascii=False)


@define
class _Count:
    rows: int = 0
    written: int = 0
    removed: int = 0


class _Sink:
    """Takes rows, compares them with what is there and writes what differs."""

    def __init__(self, connection: sa.Connection | None, tables: Sequence[Mapped], *, new: bool) -> None:
        self._connection = connection
        self._tables = {one.source.name: one for one in tables}
        self._counts = {one.source.name: _Count() for one in tables}
        self._new = new
        self._seen = _Seen()
        self.finished = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._seen.close()

    def put(self, table: FinanceTable, rows: FinanceRows) -> None:
        """More rows of a table."""
        one = self._tables[table.name]
        remaining = map(one.write, rows)
        while batch := list(islice(remaining, _BATCH)):
            self._put(one, batch)

    def _put(self, one: Mapped, rows: list[tuple[Any, ...]]) -> None:
        count, connection = self._counts[one.source.name], self._connection
        count.rows += len(rows)
        if connection is None or self._new:
            count.written += len(rows)
            if connection is not None:
                _insert(connection, one, rows)
            return
        keyed = {_key(one, row): row for row in rows}
        self._seen.add(one.source.name, list(keyed))
        there = {_key(one, row): row for row in map(one.read, _known(connection, one, list(keyed)))}
        added = [row for key, row in keyed.items() if key not in there]
        changed = [row for key, row in keyed.items() if key in there and there[key] != row]
        count.written += len(added) + len(changed)
        _insert(connection, one, added)
        _update(connection, one, changed)

    def finish(self) -> Sequence[TableExport]:
        """Remove what is no longer there; the transaction ends with the block."""
        for name, one in self._tables.items():
            if self._connection is not None and not self._new:
                self._counts[name].removed = self._remove(self._connection, one)
        self.finished = True
        return [
            TableExport(name=name, rows=count.rows, written=count.written, removed=count.removed)
            for name, count in self._counts.items()
        ]

    def _remove(self, connection: sa.Connection, one: Mapped) -> int:
        there = connection.scalar(sa.select(sa.func.count()).select_from(one.table)) or 0
        surplus = there - self._counts[one.source.name].rows
        gone: list[tuple[Any, ...]] = []
        if surplus:
            # a stream of its own would be cut off by deleting: what goes is little, and comes in one list
            keys = sa.select(*(one.table.c[name] for name in one.source.key))
            with connection.execute(keys.execution_options(yield_per=_BATCH)) as found:
                for page in found.partitions(_BATCH):
                    gone += self._seen.lacks(one.source.name, [tuple(row) for row in page])
            connection.execute(
                sa.delete(one.table).where(
                    *(one.table.c[name] == sa.bindparam(f"key_{name}") for name in one.source.key)
                ),
                [{f"key_{n}": v for n, v in zip(one.source.key, key, strict=True)} for key in gone],
            )
        return len(gone)


def _key(one: Mapped, row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[place] for place in one.key_places)


def _known(connection: sa.Connection, one: Mapped, keys: list[tuple[Any, ...]]) -> Sequence[Sequence[Any]]:
    """The rows of those keys."""
    columns = [one.table.c[name] for name in one.source.key]
    if connection.dialect.name == "sqlite":
        # it reads the whole table for a list of rows
        return connection.execute(_of_document(one, columns), {"keys": json.dumps(keys)}).fetchall()
    if len(columns) == 1:
        where: sa.ColumnElement[bool] = columns[0].in_([key[0] for key in keys])
    elif connection.dialect.name == "mssql":
        where = sa.or_(*(sa.and_(*(c == v for c, v in zip(columns, key, strict=True))) for key in keys))
    else:
        where = sa.tuple_(*columns).in_(keys)
    return connection.execute(sa.select(one.table).where(where)).fetchall()


def _of_document(one: Mapped, columns: Sequence[sa.Column[Any]]) -> sa.Select[Any]:
    """The rows whose keys are in a JSON array of arrays."""
    given = sa.func.json_each(sa.bindparam("keys", type_=sa.Text())).table_valued("value", name="given")
    same = (
        column == sa.func.json_extract(given.c.value, f"$[{place}]", type_=column.type)
        for place, column in enumerate(columns)
    )
    return sa.select(one.table).select_from(given.join(one.table, sa.and_(*same)))


def _insert(connection: sa.Connection, one: Mapped, rows: Sequence[tuple[Any, ...]]) -> None:
    if rows:
        names = one.source.names
        connection.execute(sa.insert(one.table), [dict(zip(names, row, strict=True)) for row in rows])


def _update(connection: sa.Connection, one: Mapped, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    rest = [name for name in one.source.names if name not in one.source.key]
    statement = (
        sa.update(one.table)
        .where(*(one.table.c[name] == sa.bindparam(f"key_{name}") for name in one.source.key))
        .values({name: sa.bindparam(f"new_{name}") for name in rest})
    )
    batch = []
    for row in rows:
        named = dict(zip(one.source.names, row, strict=True))
        batch.append(
            {f"key_{name}": named[name] for name in one.source.key}
            | {f"new_{name}": named[name] for name in rest}
        )
    connection.execute(statement, batch)
