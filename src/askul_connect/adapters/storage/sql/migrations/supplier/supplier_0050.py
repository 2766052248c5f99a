"""Departments with versions, sessions that switch, tokens with a subject; limits of departments, imports of users.

A table whose columns change is made anew: SQLite cannot alter them, and one way for both databases is one way to test.
"""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0050"
down_revision = "supplier_0031"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def put_aside(name: str) -> None:
    """Copy a table without its constraints, whose names the new one needs."""
    op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608 -- our own names
    op.drop_table(name)


def remade(name: str, columns: str, *, more: str) -> None:
    """Fill the new table with what the old one held, and with what its new columns begin with."""
    op.execute(f"INSERT INTO {name} SELECT {columns}, {more} FROM old_{name}")  # noqa: S608 -- our own names
    op.drop_table(f"old_{name}")


def upgrade() -> None:
    _departments()
    _sessions()
    _tokens()
    op.create_table(
        "department_limits",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("monthly_limit", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_department_limits"),
    )
    op.create_table(
        "user_imports",
        sa.Column("import_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("effective_on", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("failure", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "import_id", name="pk_user_imports"),
    )
    op.create_index("ix_user_imports_state", "user_imports", ["state"], unique=False)
    op.create_index("ix_orders_order_date", "orders", ["account_id", "order_date"], unique=False)
    op.create_index("ix_order_lines_department", "order_lines", ["account_id", "department"], unique=False)


def _departments() -> None:
    put_aside("departments")
    op.create_table(
        "departments",
        sa.Column("department_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("parent_code", TEXT, nullable=False),
        sa.Column("postcode", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_departments"),
    )
    remade("departments", "department_id, account_id, code, name, parent_code, postcode, address", more="1")


def _sessions() -> None:
    put_aside("sessions")
    op.create_table(
        "sessions",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("session_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("device_family", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("department_code", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    remade(
        "sessions",
        "token_hash, session_id, account_id, user_id, home_account_id, stage, created_at, last_seen_at,"
        " expires_at, address, device, device_family, ended_at",
        more="''",
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)


def _tokens() -> None:
    put_aside("one_time_tokens")
    op.create_table(
        "one_time_tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("subject", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_one_time_tokens"),
    )
    remade(
        "one_time_tokens",
        "token_hash, purpose, account_id, user_id, created_at, expires_at, ended_at",
        more="''",
    )
    op.create_index("ix_one_time_tokens_user_id", "one_time_tokens", ["user_id", "purpose"], unique=False)
