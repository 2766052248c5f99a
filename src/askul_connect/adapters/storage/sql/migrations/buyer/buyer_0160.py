"""The budget ledger is settled from facts: the matches of one purchase order are found."""

from alembic import op

revision = "buyer_0160"
down_revision = "buyer_0150"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_invoice_matches_purchase_order", "invoice_matches", ["purchase_order"], unique=False)
