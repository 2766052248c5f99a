"""Statements that are written once as expressions, compiled once per database to text, and run as text.

Compiling and binding an expression costs several times what the database needs for a short statement; as
text it is what a hand-written program would send. Parameters are positional: ``Prepared.order`` names them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from attrs import frozen
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler


@frozen
class Compiled:
    """The text of a statement for one database.

    Attributes:
        order: Names of the parameters, in order, repeated where the text repeats them.
        constants: Values that are part of the statement itself.
    """

    text: str
    order: tuple[str, ...]
    constants: Mapping[str, Any]

    def values(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters in order."""
        known = {**self.constants, **parameters} if self.constants else parameters
        return tuple([known[name] for name in self.order])


class Prepared:
    """A statement that runs on both databases.

    Args:
        build: The expression, or a function from the dialect's name to it where the two differ.
        columns: For an insert or update: the columns that are set, in the order of the parameters.
    """

    def __init__(
        self,
        build: sa.sql.ClauseElement | Callable[[str], sa.sql.ClauseElement],
        *,
        columns: Sequence[str] | None = None,
    ) -> None:
        self._build = build
        self._columns = columns
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, dialect: sa.Dialect) -> Compiled:
        """The text for a database; made on first use (twice, at worst, when two threads come together)."""
        found = self._compiled.get(dialect.name)
        if found is None:
            expression = (
                self._build if isinstance(self._build, sa.sql.ClauseElement) else self._build(dialect.name)
            )
            made = expression.compile(dialect=dialect, column_keys=self._columns)
            if not isinstance(made, SQLCompiler) or made.positiontup is None:
                raise TypeError(f"the dialect {dialect.name} must have positional parameters")
            constants = {name: value for name, value in made.params.items() if value is not None}
            found = self._compiled[dialect.name] = Compiled(made.string, tuple(made.positiontup), constants)
        return found


def insert(table: sa.Table, *, without: Sequence[str] = ()) -> Prepared:
    """A plain insert of all columns, or of all but those the database makes."""
    columns = [column.name for column in table.columns if column.name not in without]
    return Prepared(sa.insert(table), columns=columns)


def insert_or_ignore(table: sa.Table) -> Prepared:
    """An insert of all columns that leaves a row that exists as it is."""
    return Prepared(
        lambda name: _insert(name, table).on_conflict_do_nothing(), columns=[c.name for c in table.columns]
    )


def upsert(table: sa.Table) -> Prepared:
    """An insert of all columns that replaces the rest of a row whose key exists."""
    keys = [column.name for column in table.primary_key.columns]
    rest = [column.name for column in table.columns if column.name not in keys]
    return Prepared(
        lambda name: (made := _insert(name, table)).on_conflict_do_update(
            index_elements=keys, set_={column: made.excluded[column] for column in rest}
        ),
        columns=[column.name for column in table.columns],
    )


class BulkUpsert:
    """:func:`upsert` of many rows: as a batch on SQLite, as one statement on PostgreSQL.

    There all rows are one JSON parameter, which is as fast as COPY into a temporary table and a merge, and needs no
    table; sent one by one they take half as long again. No key may occur twice.
    """

    def __init__(self, table: sa.Table) -> None:
        self.each = upsert(table)
        self._names = [f"c{place}" for place in range(len(table.columns))]
        self.all = Prepared(lambda _name: self._from_document(table))

    def document(self, rows: Iterable[Sequence[Any]]) -> str:
        """The one parameter of ``all``."""
        names = self._names
        return json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False)

    def _from_document(self, table: sa.Table) -> sa.sql.ClauseElement:
        document = sa.cast(sa.bindparam("rows", type_=sa.Text()), postgresql.JSON())
        given = sa.func.json_to_recordset(document).table_valued(
            *(sa.column(name, column.type) for name, column in zip(self._names, table.columns, strict=True)),
            name="given",
        )
        made = postgresql.insert(table).from_select(
            [column.name for column in table.columns], sa.select(given.render_derived(with_types=True))
        )
        keys = [column.name for column in table.primary_key.columns]
        replaced: sa.sql.ClauseElement = made.on_conflict_do_update(
            index_elements=keys,
            set_={c.name: made.excluded[c.name] for c in table.columns if c.name not in keys},
        )
        return replaced


def add_up(table: sa.Table, sums: Sequence[str]) -> Prepared:
    """An insert that adds the ``sums`` to those of a row whose key exists, and returns them.

    Columns that are neither key nor sum must accept NULL, and stay as they are.
    """
    keys = [column.name for column in table.primary_key.columns]

    def build(name: str) -> sa.sql.ClauseElement:
        made = _insert(name, table).values({column: sa.bindparam(column) for column in (*keys, *sums)})
        added = {column: table.c[column] + made.excluded[column] for column in sums}
        upserted = made.on_conflict_do_update(index_elements=keys, set_=added)
        returned: sa.sql.ClauseElement = upserted.returning(*(table.c[column] for column in sums))
        return returned

    return Prepared(build)


def put_some(table: sa.Table, columns: Sequence[str], *, others: str) -> Prepared:
    """An insert of key and ``columns`` that replaces these in a row whose key exists.

    Args:
        table: The table.
        columns: What is given, after the key.
        others: SQL value that the other columns get in a new row.
    """
    keys = [column.name for column in table.primary_key.columns]
    given = [*keys, *columns]
    rest: dict[str, Any] = {
        column.name: sa.literal_column(others) for column in table.columns if column.name not in given
    }

    def build(name: str) -> sa.sql.ClauseElement:
        made = _insert(name, table).values({column: sa.bindparam(column) for column in given} | rest)
        replaced: sa.sql.ClauseElement = made.on_conflict_do_update(
            index_elements=keys, set_={column: made.excluded[column] for column in columns}
        )
        return replaced

    return Prepared(build)


def replace_where(table: sa.Table, keys: Sequence[str], *, without: Sequence[str] = ()) -> Prepared:
    """An update of all columns but the keys and those the database makes; parameters: those, then the keys."""
    columns = [column.name for column in table.columns if column.name not in (*keys, *without)]
    where = [table.c[key] == sa.bindparam(key, type_=table.c[key].type) for key in keys]
    return Prepared(sa.update(table).where(*where), columns=columns)


def _insert(name: str, table: sa.Table) -> Any:
    # The two constructs have the same methods and no common type.
    return sqlite.insert(table) if name == "sqlite" else postgresql.insert(table)


class OneOf(sa.ColumnElement[bool]):
    """``column IN (any number of keys)`` as one parameter, so that the text never changes."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[str], parameter: str) -> None:
        self.column = column
        self.parameter = sa.bindparam(parameter, type_=sa.Text())


@compiles(OneOf, "sqlite")
def _one_of_json(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    parameter = compiler.process(element.parameter, **options)
    return f"{column} IN (SELECT value FROM json_each({parameter}))"  # noqa: S608 -- compiled parts, no values


@compiles(OneOf, "postgresql")
def _one_of_array(element: OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    parameter = compiler.process(sa.cast(element.parameter, postgresql.ARRAY(sa.Text())), **options)
    return f"{column} = ANY({parameter})"


def keys_parameter(dialect: sa.Dialect, keys: Iterable[str]) -> Any:
    """The one parameter of :class:`OneOf`."""
    return json.dumps(list(keys)) if dialect.name == "sqlite" else list(keys)
