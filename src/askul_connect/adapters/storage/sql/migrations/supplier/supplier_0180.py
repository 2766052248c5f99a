"""What is on its way back to cards, and how many allowances of an order were agreed with its customer.

Of orders that are there already nobody counted them.
"""

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
    for table in ("orders", "order_lines"):
        op.add_column(table, sa.Column("agreed", sa.BigInteger(), nullable=True))
