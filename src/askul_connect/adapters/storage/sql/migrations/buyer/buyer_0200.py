"""Which part of a purchase order goes to which supplier, and why."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0200"
down_revision = "buyer_0190"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for column in ("part_of", "routing"):
        op.add_column(
            "purchase_orders", sa.Column(column, TEXT, nullable=False, server_default=sa.text("''"))
        )
