"""The budget ledger is settled from facts: terms, requisitions, approvals, and what finds them."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0160"
down_revision = "buyer_0150"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, TEXT, nullable=nullable) for name in names]


def upgrade() -> None:
    op.create_index("ix_invoice_matches_purchase_order", "invoice_matches", ["purchase_order"], unique=False)
    op.add_column("purchase_orders", sa.Column("terms", TEXT, nullable=True))
    for column in ("requisition_id", "requisition_line_id"):
        op.add_column("purchase_order_lines", sa.Column(column, TEXT, nullable=True))
    op.create_index(
        "ix_purchase_order_lines_requisition_id", "purchase_order_lines", ["requisition_id"], unique=False
    )
    op.create_table(
        "requisitions",
        *_texts("buyer_party", "requisition_id", "content_hash", "currency"),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        *_texts("document", "taken_at"),
        *_texts("terms", nullable=True),
        sa.PrimaryKeyConstraint("buyer_party", "requisition_id", name="pk_requisitions"),
    )
    op.create_table(
        "requisition_lines",
        *_texts("buyer_party", "requisition_id"),
        sa.Column("position", sa.BigInteger(), nullable=False),
        *_texts("line_id"),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=False),
        *_texts("department", "cost_centre", "account"),
        *_texts("tax_category", nullable=True),
        *_texts("period"),
        sa.ForeignKeyConstraint(
            ["buyer_party", "requisition_id"],
            ["requisitions.buyer_party", "requisitions.requisition_id"],
            name="fk_requisition_lines_requisitions",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("buyer_party", "requisition_id", "position", name="pk_requisition_lines"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "budget_approvals",
        *_texts("stage", "document", "number", "state", "reason", "asked_at", "decided_by"),
        *_texts("decided_at", nullable=True),
        sa.PrimaryKeyConstraint("stage", "document", name="pk_budget_approvals"),
    )
