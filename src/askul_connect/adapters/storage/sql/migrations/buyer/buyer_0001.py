"""The buyer's tables at the beginning."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("department", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("pre_encumbrance", sa.BigInteger(), nullable=False),
        sa.Column("encumbrance", sa.BigInteger(), nullable=False),
        sa.Column("actual", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("department", "period", "currency", name="pk_budgets"),
    )
    op.create_table(
        "confirmations",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "number", name="pk_confirmations"),
    )
    op.create_table(
        "facts",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
    op.create_table(
        "goods_receipts",
        sa.Column("receipt_id", TEXT, nullable=False),
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("issue_year", sa.BigInteger(), nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received_on", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="pk_goods_receipts"),
    )
    op.create_index(
        "ix_goods_receipts_line",
        "goods_receipts",
        ["buyer_party", "purchase_order_id", "issue_year", "line_id"],
        unique=False,
    )
    op.create_table(
        "invoice_matches",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("line_number", TEXT, nullable=False),
        sa.Column("purchase_order", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "invoice_number", "line_number", name="pk_invoice_matches"),
    )
    op.create_table(
        "invoices",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("issued_on", TEXT, nullable=False),
        sa.Column("period_start", TEXT, nullable=False),
        sa.Column("period_end", TEXT, nullable=False),
        sa.Column("due_on", TEXT, nullable=False),
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
        sa.PrimaryKeyConstraint("supplier", "invoice_number", name="pk_invoices"),
    )
    op.create_table(
        "leases",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "ledger_moves",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        sa.Column("move_key", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("period", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("pre_encumbrance", sa.BigInteger(), nullable=False),
        sa.Column("encumbrance", sa.BigInteger(), nullable=False),
        sa.Column("actual", sa.BigInteger(), nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("purchase_order", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_ledger_moves"),
        sa.UniqueConstraint("move_key", name="uq_ledger_moves_move_key"),
    )
    op.create_index("ix_ledger_moves_purchase_order", "ledger_moves", ["purchase_order"], unique=False)
    op.create_table(
        "orders",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("placed_at", TEXT, nullable=False),
        sa.Column("order_date", TEXT, nullable=False),
        sa.Column("total_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("total_incl_tax", sa.BigInteger(), nullable=False),
        sa.Column("linked_orders", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "order_number", name="pk_orders"),
    )
    op.create_table(
        "outbox",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("business_key", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("next_attempt_at", TEXT, nullable=False),
        sa.Column("last_error", TEXT, nullable=False),
        sa.Column("correlation_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("done_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("place", name="pk_outbox"),
        sa.UniqueConstraint("message_id", name="uq_outbox_message_id"),
        sa.UniqueConstraint("kind", "business_key", name="uq_outbox_kind_business_key"),
    )
    op.create_index("ix_outbox_state_next_attempt_at", "outbox", ["state", "next_attempt_at"], unique=False)
    op.create_table(
        "purchase_orders",
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("issue_year", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", TEXT, nullable=False),
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("accepted_at", TEXT, nullable=False),
        sa.Column("correlation_id", TEXT, nullable=False),
        sa.Column("document", TEXT, nullable=False),
        sa.Column("order_numbers", TEXT, nullable=False),
        sa.Column("refusal", TEXT, nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("budget_before", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("buyer_party", "purchase_order_id", "issue_year", name="pk_purchase_orders"),
    )
    op.create_index(
        "ix_purchase_orders_purchase_order_id", "purchase_orders", ["purchase_order_id"], unique=False
    )
    op.create_table(
        "ship_notices",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "number", name="pk_ship_notices"),
    )
    op.create_table(
        "watermarks",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("cursor", TEXT, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("supplier", "feed", name="pk_watermarks"),
    )
    op.create_table(
        "invoice_lines",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line_number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("ship_notice_number", TEXT, nullable=False),
        sa.Column("shipped_on", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("unit_price", TEXT, nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", TEXT, nullable=False),
        sa.Column("tax_rate", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("cost_centre", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier", "invoice_number"],
            ["invoices.supplier", "invoices.invoice_number"],
            name="fk_invoice_lines_invoices",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "invoice_number", "position", name="pk_invoice_lines"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_invoice_lines_supplier_order_number_line_id",
        "invoice_lines",
        ["supplier", "order_number", "line_id"],
        unique=False,
    )
    op.create_table(
        "invoice_tax",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("rate", TEXT, nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier", "invoice_number"],
            ["invoices.supplier", "invoices.invoice_number"],
            name="fk_invoice_tax_invoices",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "invoice_number", "position", name="pk_invoice_tax"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "order_lines",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("unit_price", TEXT, nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("tax_category", TEXT, nullable=False),
        sa.Column("tax_rate", TEXT, nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("quantity_shipped", sa.BigInteger(), nullable=False),
        sa.Column("quantity_cancelled", sa.BigInteger(), nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("cost_centre", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier", "order_number"],
            ["orders.supplier", "orders.order_number"],
            name="fk_order_lines_orders",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "order_number", "position", name="pk_order_lines"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "order_tax",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("rate", TEXT, nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["supplier", "order_number"],
            ["orders.supplier", "orders.order_number"],
            name="fk_order_tax_orders",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("supplier", "order_number", "position", name="pk_order_tax"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "purchase_order_lines",
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("issue_year", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("unit_price", TEXT, nullable=False),
        sa.Column("amount_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("cost_centre", TEXT, nullable=False),
        sa.Column("account", TEXT, nullable=False),
        sa.Column("requested_on", TEXT, nullable=True),
        sa.Column("tax_category", TEXT, nullable=True),
        sa.Column("period", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_party", "purchase_order_id", "issue_year"],
            [
                "purchase_orders.buyer_party",
                "purchase_orders.purchase_order_id",
                "purchase_orders.issue_year",
            ],
            name="fk_purchase_order_lines_purchase_orders",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "buyer_party", "purchase_order_id", "issue_year", "position", name="pk_purchase_order_lines"
        ),
        sqlite_with_rowid=False,
    )
