"""Why units of an order's line come later or never, as the supplier says."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0140"
down_revision = "buyer_0130"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    for name in ("promised_on", "cancel_cause", "cancel_reason"):
        op.add_column("order_lines", sa.Column(name, TEXT, nullable=True))
