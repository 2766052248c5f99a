"""What a revision does so that PostgreSQL confines a table of customers to one account (revision supplier_0112).

Revisions that are out use it: what it does to a table never changes.
"""

from __future__ import annotations

from alembic import op

# Asked for once in a statement, not once for each row.
_CONFINED_TO = "(SELECT coalesce(current_setting('askul.account_id', true), ''))"


def confine(*tables: str, shared: bool = False) -> None:
    """Let a unit of work that is confined to an account reach its own rows only; nothing on SQLite.

    A table that a later revision makes anew is confined again there.

    Args:
        tables: Names of tables with a column ``account_id``.
        shared: Whether rows without an account are everybody's.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    everybody = " OR account_id = ''" if shared else ""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY of_the_account ON {table} USING ({_CONFINED_TO} IN ('', account_id){everybody})"
        )


def let_add(*tables: str) -> None:
    """Let a confined unit add rows of any account to a confined table, though it cannot read them."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        op.execute(f"CREATE POLICY added_anywhere ON {table} FOR INSERT WITH CHECK (true)")
