"""The life of an order: changes of purchase orders, closed lines, credit notes and their matches."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0170"
down_revision = "buyer_0160"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column(
        "purchase_orders", sa.Column("closed_lines", TEXT, nullable=False, server_default=sa.text("'[]'"))
    )
    op.create_table(
        "credit_notes",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("credit_note_number", TEXT, nullable=False),
        sa.Column("issued_on", TEXT, nullable=False),
        sa.Column("period_end", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("invoice_issued_on", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("supplier_name", TEXT, nullable=False),
        sa.Column("supplier_party_id", TEXT, nullable=False),
        sa.Column("supplier_registration_number", TEXT, nullable=False),
        sa.Column("supplier_postcode", TEXT, nullable=False),
        sa.Column("supplier_address", TEXT, nullable=False),
        sa.Column("customer_name", TEXT, nullable=False),
        sa.Column("customer_party_id", TEXT, nullable=False),
        sa.Column("customer_registration_number", TEXT, nullable=False),
        sa.Column("customer_postcode", TEXT, nullable=False),
        sa.Column("customer_address", TEXT, nullable=False),
        sa.Column("total_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("total_incl_tax", sa.BigInteger(), nullable=False),
        sa.Column("allowances", TEXT, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("supplier", "credit_note_number", name="pk_credit_notes"),
    )
    op.create_table(
        "credit_matches",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("credit_note_number", TEXT, nullable=False),
        sa.Column("line_number", TEXT, nullable=False),
        sa.Column("purchase_order", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "credit_note_number", "line_number", name="pk_credit_matches"),
    )
    op.create_index("ix_credit_matches_purchase_order", "credit_matches", ["purchase_order"], unique=False)
    op.create_table(
        "order_changes",
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("issue_year", sa.BigInteger(), nullable=False),
        sa.Column("change_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("lines", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("taken_at", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("refusal", TEXT, nullable=False),
        sa.PrimaryKeyConstraint(
            "buyer_party", "purchase_order_id", "issue_year", "change_id", name="pk_order_changes"
        ),
    )
    op.create_table(
        "credit_note_lines",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("credit_note_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line_number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("ship_notice_number", TEXT, nullable=False),
        sa.Column("shipped_on", TEXT, nullable=False),
        sa.Column("returned_on", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("unit_price", TEXT, nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", TEXT, nullable=False),
        sa.Column("tax_rate", TEXT, nullable=False),
        sa.Column("reduction_id", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("exempt", sa.Boolean(), nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("cost_centre", TEXT, nullable=False),
        sa.Column("allowances", TEXT, nullable=False, server_default=sa.text("'[]'")),
        sa.ForeignKeyConstraint(
            ["supplier", "credit_note_number"],
            ["credit_notes.supplier", "credit_notes.credit_note_number"],
            name="fk_credit_note_lines_credit_notes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "credit_note_number", "position", name="pk_credit_note_lines"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_credit_note_lines_supplier_order_number_line_id",
        "credit_note_lines",
        ["supplier", "order_number", "line_id"],
        unique=False,
    )
    op.create_table(
        "credit_note_tax",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("credit_note_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("rate", TEXT, nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier", "credit_note_number"],
            ["credit_notes.supplier", "credit_notes.credit_note_number"],
            name="fk_credit_note_tax_credit_notes",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "credit_note_number", "position", name="pk_credit_note_tax"),
        sqlite_with_rowid=False,
    )
