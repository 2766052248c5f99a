"""How an invoice is paid, and the department it is for."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0150"
down_revision = "buyer_0140"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for column, default in (("payment_method", "terms"), ("department", "")):
        op.add_column(
            "invoices", sa.Column(column, TEXT, nullable=False, server_default=sa.text(f"'{default}'"))
        )
