"""The history of orders is searched: folded names of items, and indexes of a page."""

import sqlalchemy as sa
from alembic import op

from askul_connect.core.domain.search_text import fold

revision = "supplier_0160"
down_revision = "supplier_0150"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ENDED_LINE = sa.text("state IN ('cancelled', 'returned')")


def upgrade() -> None:
    op.add_column("order_lines", sa.Column("name_key", TEXT, nullable=False, server_default=""))
    _fold_names()
    op.drop_index("ix_orders_order_date", "orders")
    op.create_index("ix_orders_history", "orders", ["account_id", "order_date", "order_number"])
    op.create_index(
        "ix_orders_placed_by", "orders", ["account_id", "placed_by", "order_date", "order_number"]
    )
    op.create_index("ix_order_lines_sku", "order_lines", ["account_id", "sku"])
    op.create_index(
        "ix_order_lines_ended",
        "order_lines",
        ["account_id", "order_number"],
        sqlite_where=ENDED_LINE,
        postgresql_where=ENDED_LINE,
    )
    op.create_index("ix_shipped_lines_order", "shipped_lines", ["account_id", "order_number"])
    op.create_index("ix_ship_notices_order", "ship_notices", ["account_id", "order_number"])


def _fold_names() -> None:
    """Fold each name once; there are far fewer than lines."""
    connection = op.get_bind()
    names = [row[0] for row in connection.execute(sa.text("SELECT DISTINCT name FROM order_lines"))]
    if not names:
        return
    op.create_table(
        "folded_names",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_folded_names"),
    )
    connection.execute(
        sa.text("INSERT INTO folded_names (name, name_key) VALUES (:name, :name_key)"),
        [{"name": name, "name_key": fold(name)} for name in names],
    )
    op.execute(
        "UPDATE order_lines SET name_key ="
        " (SELECT f.name_key FROM folded_names AS f WHERE f.name = order_lines.name)"
    )
    op.drop_table("folded_names")
