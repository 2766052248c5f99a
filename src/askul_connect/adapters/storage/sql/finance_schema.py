"""The tables for finance in a database of finance's own, and the version they have (INT-7).

What is in them is made anew from our own database, so bringing them up to date is adding what is missing; whatever
finance built on them stays. Types are those that every database has. Decimals are exact everywhere: SQLite has none,
there they are text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from attrs import field, frozen

from askul_connect.core.domain.finance import CellKind, FinanceCell, FinanceColumn, FinanceTable
from askul_connect.core.domain.finance_tables import SCHEMA_VERSION
from askul_connect.core.errors import SchemaOutOfDate

PREFIX = "finance_"
VERSION_TABLE = PREFIX + "schema"
#: Of a column of a key: some databases index no text without a limit.
_KEY_LENGTH = 255
_DIGITS, _PLACES = 28, 10

_KEY_TEXT = sa.String(_KEY_LENGTH).with_variant(sa.Text(collation="C"), "postgresql")
_DECIMAL = (
    sa.Numeric(_DIGITS, _PLACES).with_variant(sa.Numeric(), "postgresql").with_variant(sa.Text(), "sqlite")
)
_INSTANT = sa.String(32).with_variant(sa.DateTime(timezone=True), "postgresql")
_TYPES: dict[CellKind, sa.types.TypeEngine[Any]] = {
    CellKind.TEXT: sa.Text(),
    CellKind.COUNT: sa.BigInteger(),
    CellKind.AMOUNT: sa.BigInteger(),
    CellKind.PRICE: _DECIMAL,
    CellKind.PERCENT: _DECIMAL,
    CellKind.DATE: sa.Date(),
    CellKind.INSTANT: _INSTANT,
}


@frozen
class Mapped:
    """A table for finance as a table of a database.

    Attributes:
        key_places: Where the key stands in a row.
        write: Makes the cells of a row what the database holds.
        read: Makes what it holds comparable with what is written.
    """

    source: FinanceTable
    table: sa.Table = field(repr=False)
    key_places: tuple[int, ...] = field(repr=False)
    write: Callable[[Sequence[FinanceCell]], tuple[Any, ...]] = field(repr=False)
    read: Callable[[Sequence[Any]], tuple[Any, ...]] = field(repr=False)


def version_table(metadata: sa.MetaData) -> sa.Table:
    """Whose row says that the tables are ours, and of which version."""
    return sa.Table(
        VERSION_TABLE,
        metadata,
        sa.Column("name", sa.String(_KEY_LENGTH), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
    )


def mapped(source: FinanceTable, metadata: sa.MetaData, dialect: str) -> Mapped:
    """A table for finance in a kind of database."""
    table = sa.Table(
        PREFIX + source.name,
        metadata,
        *(_column(column, key=column.name in source.key) for column in source.columns),
        sa.PrimaryKeyConstraint(*source.key),
        comment=None if dialect == "sqlite" else source.en,
    )
    writes = [(i, _writer(c, dialect)) for i, c in enumerate(source.columns) if _writer(c, dialect)]
    reads = [(i, _reader(c)) for i, c in enumerate(source.columns) if _reader(c)]
    places = tuple(source.names.index(name) for name in source.key)
    return Mapped(source, table, places, _converter(writes), _converter(reads))


def _column(column: FinanceColumn, *, key: bool) -> sa.Column[Any]:
    kind = _KEY_TEXT if key and column.kind is CellKind.TEXT else _TYPES[column.kind]
    return sa.Column(column.name, kind, nullable=not key and column.empty, autoincrement=False)


def _writer(column: FinanceColumn, dialect: str) -> Callable[[Any], Any] | None:
    if column.kind.is_decimal and dialect == "sqlite":
        return _decimal_text
    if column.kind is CellKind.INSTANT and dialect != "postgresql":
        return _instant_text
    return None


def _reader(column: FinanceColumn) -> Callable[[Any], Any] | None:
    # 10 and 10.0000000000 are equal as decimals, and instants of two zones as instants
    if column.kind is CellKind.DATE:
        return _as_date
    return None


def _converter(steps: Sequence[tuple[int, Any]]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if not steps:
        return tuple

    def convert(row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, step in steps:
            if values[place] is not None:
                values[place] = step(values[place])
        return tuple(values)

    return convert


def _decimal_text(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant_text(value: datetime) -> str:
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _as_date(value: date) -> date:
    # some databases know only dates with a time
    return value.date() if isinstance(value, datetime) else value


def prepare(connection: sa.Connection, tables: Sequence[Mapped], version: sa.Table, place: str) -> int:
    """Make the tables, or bring them up to date; returns the version that was found, 0 for none.

    Raises:
        SchemaOutOfDate: They are a newer program's, or tables of those names are not ours.
    """
    names = set(sa.inspect(connection).get_table_names())
    found = 0
    if VERSION_TABLE in names:
        rows = sa.select(version.c.version).with_for_update()
        found = connection.scalar(rows) or 0
    if strange := sorted(mapped.table.name for mapped in tables if not found and mapped.table.name in names):
        raise SchemaOutOfDate(
            f"there is a table {strange[0]} that is not ours; name another database for finance", where=place
        )
    if found > SCHEMA_VERSION:
        raise SchemaOutOfDate(
            f"the tables for finance have version {found}; this program's is {SCHEMA_VERSION}", where=place
        )
    version.create(connection, checkfirst=True)
    for one in tables:
        if one.table.name not in names:
            one.table.create(connection)
        elif found < SCHEMA_VERSION:
            _bring_up(connection, one)
    if not found:
        connection.execute(sa.insert(version), {"name": "askul-connect", "version": SCHEMA_VERSION})
    elif found < SCHEMA_VERSION:
        connection.execute(sa.update(version), {"version": SCHEMA_VERSION})
    return found


def _bring_up(connection: sa.Connection, one: Mapped) -> None:
    """Add the columns that are missing; a table whose key is another one is made anew, its rows come again."""
    there = sa.inspect(connection)
    if tuple(there.get_pk_constraint(one.table.name)["constrained_columns"]) != one.source.key:
        one.table.drop(connection)
        one.table.create(connection)
        return
    known = {column["name"] for column in there.get_columns(one.table.name)}
    preparer = connection.dialect.identifier_preparer
    for column in one.table.columns:
        if column.name not in known:
            kind = column.type.compile(connection.dialect)
            name, added = preparer.format_table(one.table), preparer.format_column(column)
            # empty until this export has written the rows
            connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {added} {kind}")
