"""Where the lines of an order are shipped to."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0130"
down_revision = "buyer_0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("ship_to", TEXT, nullable=True))
