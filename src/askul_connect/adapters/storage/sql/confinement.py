"""What a revision does so that PostgreSQL confines a table of customers to one account (revision supplier_0112)."""

from __future__ import annotations

from alembic import op

from askul_connect.adapters.storage.sql.row_security import confining, letting_add


def confine(*tables: str, shared: bool = False) -> None:
    """Let a unit of work that is confined to an account reach its own rows only; nothing on SQLite.

    A table that a later revision makes anew is confined again there.

    Args:
        tables: Names of tables with a column ``account_id``.
        shared: Whether rows without an account are everybody's.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        for statement in confining(table, shared=shared):
            op.execute(statement)


def let_add(*tables: str) -> None:
    """Let a confined unit add rows of any account to a confined table, though it cannot read them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(letting_add(table))
