"""Coupons, recommended items, and how the orders of one checkout hang together."""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0130"
down_revision = "supplier_0120"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("orders", sa.Column("linked_orders", TEXT, nullable=True))
    op.add_column("order_lines", sa.Column("ship_to", TEXT, nullable=True))
    op.create_table(
        "coupons",
        sa.Column("code", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_coupons"),
    )
    op.create_index("ix_coupons_account_id", "coupons", ["account_id"], unique=False)
    op.create_table(
        "coupon_claims",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("claimed_by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_coupon_claims"),
    )
    op.create_table(
        "coupon_uses",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("checkout_id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("returned_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "checkout_id", "code", name="pk_coupon_uses"),
    )
    op.create_table(
        "recommended_items",
        sa.Column("discount_id", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("discount_id", name="pk_recommended_items"),
    )
    op.create_table(
        "recommended_registrations",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("discount_id", TEXT, nullable=False),
        sa.Column("registered_by", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "discount_id", name="pk_recommended_registrations"),
    )
    confine("coupon_claims", "coupon_uses", "recommended_registrations")
    confine("coupons", shared=True)
