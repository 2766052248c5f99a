"""A new database gets the tables as they are today, not through all their history (ADR 0036).

The statements are those of the declared tables, put together once in a process. That they make what the migrations
make is tested on both databases.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer, tables_supplier

#: Where Alembic keeps the version, declared as Alembic declares it.
_VERSION = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
_METADATA = {"supplier": tables_supplier.metadata, "buyer": tables_buyer.metadata}


def create(connection: sa.Connection, side: str, revision: str) -> None:
    """Make all tables of a side in an empty database, within the open transaction.

    Args:
        connection: The database.
        side: ``supplier`` or ``buyer``.
        revision: The version that the tables are of.
    """
    statements = _statements(side, connection.dialect.name)
    if connection.dialect.name == "postgresql":
        # one way there and back instead of some hundred
        statements = ("; ".join(statements),)
    for statement in statements:
        connection.exec_driver_sql(statement)
    connection.execute(_VERSION.insert(), {"version_num": revision})


@cache
def _statements(side: str, dialect: str) -> tuple[str, ...]:
    # an empty one is there where somebody else's first migration failed
    made = [f"DROP TABLE IF EXISTS {_VERSION.name}"]

    def note(statement: sa.schema.ExecutableDDLElement, *_: Any, **__: Any) -> None:
        made.append(str(statement.compile(dialect=engine.dialect)))

    engine = sa.create_mock_engine(f"{dialect}://", note)
    _METADATA[side].create_all(engine, checkfirst=False)
    _VERSION.create(engine, checkfirst=False)
    return tuple(made)
