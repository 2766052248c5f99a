"""Allowances and charges of orders and shipped lines, and the totals a customer anticipates."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0002"
down_revision = "supplier_0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
#: Lists of allowances and charges as JSON; what is there already has none.
LISTS = (
    ("orders", "allowances"),
    ("order_lines", "allowances"),
    ("shipped_lines", "allowances"),
    ("shipped_lines", "order_allowances"),
)
TOTALS = ("orders",)


def upgrade() -> None:
    for table, column in LISTS:
        op.add_column(table, sa.Column(column, TEXT, nullable=False, server_default=sa.text("'[]'")))
    for table in TOTALS:
        op.add_column(table, sa.Column("anticipated", TEXT, nullable=True))
