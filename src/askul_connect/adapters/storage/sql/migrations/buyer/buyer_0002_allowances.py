"""Allowances and charges of purchase orders, orders and invoices, and the totals a customer anticipates."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0002"
down_revision = "buyer_0001"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
#: Lists of allowances and charges as JSON; what is there already has none.
LISTS = (
    ("purchase_orders", "allowances"),
    ("purchase_order_lines", "allowances"),
    ("orders", "allowances"),
    ("order_lines", "allowances"),
    ("invoices", "allowances"),
    ("invoice_lines", "allowances"),
)
TOTALS = ("purchase_orders", "orders")


def upgrade() -> None:
    for table, column in LISTS:
        op.add_column(table, sa.Column(column, TEXT, nullable=False, server_default=sa.text("'[]'")))
    for table in TOTALS:
        op.add_column(table, sa.Column("anticipated", TEXT, nullable=True))
