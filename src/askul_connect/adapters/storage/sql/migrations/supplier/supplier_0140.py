"""Goods that came back and are to be credited."""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0140"
down_revision = "supplier_0130"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
UNCREDITED = sa.text("credit_note_number = ''")


def upgrade() -> None:
    op.create_table(
        "reductions",
        sa.Column("reduction_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("ship_notice_number", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("returned_on", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("credit_note_number", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "reduction_id", name="pk_reductions"),
    )
    op.create_index("ix_reductions_order", "reductions", ["account_id", "order_number"], unique=False)
    op.create_index(
        "ix_reductions_uncredited",
        "reductions",
        ["account_id", "returned_on"],
        unique=False,
        sqlite_where=UNCREDITED,
        postgresql_where=UNCREDITED,
    )
    confine("reductions")
