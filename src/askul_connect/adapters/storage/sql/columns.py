"""Columns and tables made from entities, with types that sort and compare alike on both databases.

Text has the collation "C" on PostgreSQL: it orders by code point, as SQLite and Python do. On SQLite a
table with a compound key keeps its rows in the key's order and needs no second index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.rows import Rows

_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "text": _TEXT,
    "integer": sa.BigInteger(),
    "flag": sa.Boolean(),
}


def new_metadata() -> sa.MetaData:
    """The tables of one side; every constraint has a name, so that a migration can drop it."""
    return sa.MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
        }
    )


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """A column of text."""
    return sa.Column(name, _TEXT, nullable=nullable)


def integer(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """A column of 64-bit integers."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def flag(name: str) -> sa.Column[bool]:
    """A column of truth."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def place() -> sa.Column[int]:
    """A primary key that the database counts up: the order of arrival."""
    return sa.Column("place", _PLACE, primary_key=True, autoincrement=True)


def columns_of(rows: Rows[Any], defaults: Mapping[str, str] | None = None) -> list[sa.Column[Any]]:
    """A column for each stored field.

    Args:
        rows: The fields.
        defaults: By column, SQL of what rows have that were there before it, where its kind does not say.
    """
    given = {field.column: field.kind.default for field in rows.fields} | dict(defaults or {})
    return [
        sa.Column(
            field.column,
            _TYPES[field.kind.column],
            nullable=field.kind.nullable,
            autoincrement=False,
            server_default=None if default is None else sa.text(default),
        )
        for field in rows.fields
        for default in (given[field.column],)
    ]


def lines_table(
    name: str,
    metadata: sa.MetaData,
    header: sa.Table,
    key: Sequence[str],
    rows: Rows[Any],
    *more: sa.Column[Any],
    since: int = 0,
) -> sa.Table:
    """The lines of a document: the header's key, the line's position in it, its entity's columns, then others.

    The last columns of the entity that are younger than these others, ``since`` of them, come after them.
    """
    own = columns_of(rows)
    older = len(own) - since
    return sa.Table(
        name,
        metadata,
        *(sa.Column(column, header.c[column].type, nullable=False, autoincrement=False) for column in key),
        integer("position"),
        *own[:older],
        *more,
        *own[older:],
        sa.PrimaryKeyConstraint(*key, "position"),
        sa.ForeignKeyConstraint(key, [header.c[column] for column in key], ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
