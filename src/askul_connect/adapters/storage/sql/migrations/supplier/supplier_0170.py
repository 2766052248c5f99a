"""Stored carts, and the index by which the usual quantity of an item is found."""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0170"
down_revision = "supplier_0160"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "carts",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", name="pk_carts"),
    )
    confine("carts")
    # finds what the shorter one found, and of an item the latest orders
    op.drop_index("ix_order_lines_sku", "order_lines")
    op.create_index("ix_order_lines_sku", "order_lines", ["account_id", "sku", "order_number"], unique=False)
