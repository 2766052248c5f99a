"""What is on its way back to cards."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0180"
down_revision = "supplier_0170"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "receivables", sa.Column("refunding", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
