"""What is on its way back to cards, which allowances of an order were agreed, and its state as a column.

Of orders that are there already nobody counted them.
"""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0180"
down_revision = "supplier_0170"
branch_labels = None
depends_on = None


STATES = (
    "draft",
    "awaiting_approval",
    "placed",
    "confirmed",
    "partly_shipped",
    "shipped",
    "delivered",
    "returned",
)
PARTLY = STATES.index("partly_shipped")
CASES = " ".join(f"WHEN '{one}' THEN {place}" for place, one in enumerate(STATES))
LINE_RANK = f"CASE r.state {CASES} END"
#: A cancelled line has no rank; an order of which some has left and some has not is partly shipped.
ORDER_RANK = (
    f"SELECT CASE WHEN MIN({LINE_RANK}) IS NULL THEN -1"  # noqa: S608 -- our own parts
    f" WHEN MIN({LINE_RANK}) < {PARTLY} AND MAX({LINE_RANK}) >= {PARTLY} THEN {PARTLY}"
    f" ELSE MIN({LINE_RANK}) END FROM order_lines AS r"
    " WHERE r.account_id = orders.account_id AND r.order_number = orders.order_number"
)
TOTALS = ["total_excl_tax", "total_incl_tax"]


def upgrade() -> None:
    op.add_column(
        "receivables", sa.Column("refunding", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    for table in ("orders", "order_lines"):
        op.add_column(table, sa.Column("agreed", sa.BigInteger(), nullable=True))
    op.add_column(
        "orders", sa.Column("state_rank", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.execute(f"UPDATE orders SET state_rank = ({ORDER_RANK})")  # noqa: S608 -- our own parts
    # orders are found by their state now
    op.drop_index("ix_order_lines_ended", "order_lines")
    op.drop_index("ix_orders_history", "orders")
    op.create_index("ix_orders_history", "orders", ["account_id", "order_date", "order_number", *TOTALS])
    op.create_index(
        "ix_orders_state", "orders", ["account_id", "state_rank", "order_date", "order_number", *TOTALS]
    )
