"""What was removed because its time of keeping was over, and finding what is about an order."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0210"
down_revision = "buyer_0190"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("purchase_orders", sa.Column("purged_on", TEXT, nullable=True))
    for table in ("confirmations", "ship_notices"):
        op.create_index(f"ix_{table}_supplier_order_number", table, ["supplier", "order_number"])
    op.create_index(
        "ix_invoice_lines_supplier_invoice_number_line_number",
        "invoice_lines",
        ["supplier", "invoice_number", "line_number"],
    )
    op.create_table(
        "purged_records",
        *(sa.Column(name, TEXT, nullable=False) for name in ("supplier", "feed", "number", "purged_on")),
        sa.PrimaryKeyConstraint("supplier", "feed", "number", name="pk_purged_records"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purges",
        sa.Column("purge_id", TEXT, nullable=False),
        sa.Column("started_at", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("records_before", TEXT, nullable=False),
        sa.Column("working_before", TEXT, nullable=False),
        sa.Column("removed", TEXT, nullable=False),
        sa.Column("finished_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("purge_id", name="pk_purges"),
    )
