"""A SQL database as something to copy: what is there comes out as plain values and goes into either database.

Tables are taken as they are found, not as this program declares them, so that a database of an older schema
can be copied before it is upgraded, and a copy of it restored by a later program.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import sqlalchemy as sa
from attrs import field, frozen

from askul_connect.adapters.storage.sql.engine import open_engine, open_reading_engine, shown
from askul_connect.adapters.storage.sql.failures import translated
from askul_connect.adapters.storage.sql.schema import Side, found_version, migrate, require_known
from askul_connect.adapters.storage.sql.search_grams import GRAMS, is_derived
from askul_connect.core.domain.hold import HOLD_FACT
from askul_connect.core.errors import BackupDamaged, UsageError
from askul_connect.core.ports.archive import Cell, TableCopy

_VERSION_TABLE = "alembic_version"
_FACTS = "facts"
#: What is about processes that run, not about business: a copy has none.
_PASSING = ("leases",)
_BATCH = 1_000
_BROKEN_SHOWN = 3


@frozen(kw_only=True)
class SqlSnapshot:
    """Implements the ``Snapshot`` port on an open transaction."""

    schema: str
    connection: sa.Connection | None = field(repr=False)

    def tables(self) -> Iterator[TableCopy]:
        """Every table but those about running processes and the search's, each after the tables it refers to."""
        if self.connection is None or not self.schema:
            return
        for table in _tables(self.connection):
            if table.name not in _PASSING and not is_derived(table.name):
                yield TableCopy(
                    name=table.name,
                    columns=tuple(column.name for column in table.columns),
                    rows=_rows(self.connection, table),
                )


@frozen
class SqlArchive:
    """Implements the ``DatabaseArchive`` port.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.
        side: Whose database it is.
    """

    url: str = field(repr=False)
    side: Side

    @contextmanager
    def snapshot(self) -> Iterator[SqlSnapshot]:
        """Read what is there at one instant; a SQLite file that does not exist is not made."""
        engine = open_reading_engine(self.url)
        place = shown(engine.url)
        try:
            if engine.dialect.name == "sqlite" and not Path(place).exists():
                yield SqlSnapshot(schema="", connection=None)
                return
            with translated(place), engine.connect() as connection, connection.begin():
                yield SqlSnapshot(schema=found_version(connection, self.side, place), connection=connection)
        finally:
            engine.dispose()

    def fill(self, schema: str, tables: Iterable[TableCopy], *, hold: str) -> None:
        """Put a copy into an empty database in one transaction."""
        engine = open_engine(self.url)
        place = shown(engine.url)
        try:
            if schema:
                require_known(schema, self.side, place)
            with translated(place), engine.begin() as connection:
                self._make_room(connection, place, hold)
                migrate(connection, self.side, schema or "head")
                _load(connection, tables)
                migrate(connection, self.side, "head")
                connection.execute(
                    sa.insert(_reflected(connection).tables[_FACTS]), {"name": HOLD_FACT, "text": hold}
                )
        finally:
            engine.dispose()

    def _make_room(self, connection: sa.Connection, place: str, hold: str) -> None:
        if not sa.inspect(connection).get_table_names():
            return
        found_version(connection, self.side, place)
        metadata = _reflected(connection)
        facts = metadata.tables[_FACTS]
        held = connection.scalar(sa.select(facts.c.text).where(facts.c.name == HOLD_FACT))
        if held != hold:
            raise UsageError(
                "the database is not empty, and nothing is overwritten; name another", where=place
            )
        # those that SQLite keeps for the index go with it, and cannot be dropped by themselves
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {GRAMS}")
        metadata.drop_all(connection)

    def examine(self) -> Sequence[str]:
        """What the database itself finds wrong."""
        engine = open_reading_engine(self.url)
        try:
            with translated(shown(engine.url)), engine.connect() as connection, connection.begin():
                return [*_broken_pages(connection), *_broken_references(connection)]
        finally:
            engine.dispose()


def _reflected(connection: sa.Connection) -> sa.MetaData:
    metadata = sa.MetaData()
    metadata.reflect(connection, only=lambda name, _: not name.startswith(GRAMS))
    return metadata


def _tables(connection: sa.Connection) -> list[sa.Table]:
    return [table for table in _reflected(connection).sorted_tables if table.name != _VERSION_TABLE]


def _rows(connection: sa.Connection, table: sa.Table) -> Iterator[Sequence[Cell]]:
    query = sa.select(table).order_by(*table.primary_key.columns)
    if table.name == _FACTS:
        query = query.where(table.c.name != HOLD_FACT)
    streamed = connection.execution_options(stream_results=True, max_row_buffer=_BATCH).execute(query)
    for row in streamed:
        yield tuple(row)


def _load(connection: sa.Connection, tables: Iterable[TableCopy]) -> None:
    known = {table.name: table for table in _tables(connection)}
    for copy in tables:
        table = known.get(copy.name)
        if table is None or set(copy.columns) != set(table.columns.keys()):
            raise BackupDamaged(f"the schema has no such table: {copy.name} {', '.join(copy.columns)}")
        insert = sa.insert(table)
        rows = iter(copy.rows)
        while batch := [dict(zip(copy.columns, row, strict=True)) for row in islice(rows, _BATCH)]:
            connection.execute(insert, batch)
        if connection.dialect.name == "postgresql":
            _go_on_counting(connection, table)


def _go_on_counting(connection: sa.Connection, table: sa.Table) -> None:
    """PostgreSQL's counters know nothing of rows that came with their number."""
    for column in table.primary_key.columns:
        counter = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
        if counter and (last := connection.scalar(sa.select(sa.func.max(column)))):
            connection.execute(sa.select(sa.func.setval(counter, last)))


def _broken_pages(connection: sa.Connection) -> Iterator[str]:
    if connection.dialect.name == "sqlite":
        found = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        if found != ["ok"]:
            yield from found[:_BROKEN_SHOWN]


def _broken_references(connection: sa.Connection) -> Iterator[str]:
    for table in _tables(connection):
        for key in table.foreign_key_constraints:
            other = key.referred_table.alias()
            pairs = [(element.parent, other.c[element.column.name]) for element in key.elements]
            joined = table.outerjoin(other, sa.and_(*(own == theirs for own, theirs in pairs)))
            lost = sa.select(sa.func.count()).select_from(joined).where(pairs[0][1].is_(None))
            if number := connection.scalar(lost):
                yield f"{number} rows of {table.name} refer to rows of {key.referred_table.name} that do not exist"
