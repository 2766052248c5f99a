"""Shipments on their way, returns, and why units of a line come later or never."""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0141"
down_revision = "supplier_0140"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
ON_THE_WAY = sa.text("state = 'on_the_way'")


def upgrade() -> None:
    for name in ("promised_on", "cancel_cause", "cancel_reason"):
        op.add_column("order_lines", sa.Column(name, TEXT, nullable=True))
    op.create_table(
        "shipments",
        sa.Column("ship_notice_number", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("shipped_on", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("delivered_on", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "ship_notice_number", name="pk_shipments"),
        sa.UniqueConstraint("ship_notice_number", name="uq_shipments_ship_notice_number"),
    )
    op.create_index("ix_shipments_order", "shipments", ["account_id", "order_number"], unique=False)
    op.create_index(
        "ix_shipments_on_the_way",
        "shipments",
        ["ship_notice_number"],
        unique=False,
        sqlite_where=ON_THE_WAY,
        postgresql_where=ON_THE_WAY,
    )
    # what left before shipments were kept is known by its lines; a delivery can still be recorded for it
    op.execute(
        "INSERT INTO shipments (ship_notice_number, account_id, order_number, shipped_on, state)"
        " SELECT DISTINCT ship_notice_number, account_id, order_number, shipped_on, 'on_the_way'"
        " FROM shipped_lines"
    )
    op.create_table(
        "returns",
        sa.Column("return_number", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("requested_by", TEXT, nullable=False),
        sa.Column("requested_at", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("lines", TEXT, nullable=False),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "return_number", name="pk_returns"),
        sa.UniqueConstraint("return_number", name="uq_returns_return_number"),
    )
    op.create_index("ix_returns_order", "returns", ["account_id", "order_number"], unique=False)
    confine("returns", "shipments")
