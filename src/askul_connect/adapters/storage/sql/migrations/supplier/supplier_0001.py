"""The supplier's tables at the beginning."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0001"
down_revision = None
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("customer_number", TEXT, nullable=False),
        sa.Column("member_number", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_kana", TEXT, nullable=False),
        sa.Column("postcode", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("representative", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("corporate_number", TEXT, nullable=False),
        sa.Column("invoice_registration_number", TEXT, nullable=False),
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("terms_closing_day", sa.BigInteger(), nullable=False),
        sa.Column("terms_payment_months", sa.BigInteger(), nullable=False),
        sa.Column("terms_payment_day", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("customer_number", name="uq_accounts_customer_number"),
        sa.UniqueConstraint("member_number", name="uq_accounts_member_number"),
    )
    op.create_table(
        "changes",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "feed", "key", name="pk_changes"),
        sa.UniqueConstraint("account_id", "feed", "sequence", name="uq_changes_account_id_feed_sequence"),
    )
    op.create_table(
        "client_credentials",
        sa.Column("credential_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("operations", TEXT, nullable=False),
        sa.Column("departments", TEXT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_used_at", TEXT, nullable=True),
        sa.Column("revoked_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "credential_id", name="pk_client_credentials"),
        sa.UniqueConstraint("credential_id", name="uq_client_credentials_credential_id"),
    )
    op.create_table(
        "confirmations",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_confirmations"),
    )
    op.create_table(
        "counters",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "departments",
        sa.Column("department_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("parent_code", TEXT, nullable=False),
        sa.Column("postcode", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "code", name="pk_departments"),
    )
    op.create_table(
        "facts",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_facts"),
    )
    op.create_table(
        "feeds",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("feed", TEXT, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "feed", name="pk_feeds"),
    )
    op.create_table(
        "idempotency",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("operation", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("request_hash", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "operation", "key", name="pk_idempotency"),
    )
    op.create_table(
        "invoices",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("period_end", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_invoices"),
    )
    op.create_index("ix_invoices_period_end", "invoices", ["account_id", "period_end"], unique=False)
    op.create_table(
        "items",
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("jan", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_en", TEXT, nullable=False),
        sa.Column("maker", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("unspsc", TEXT, nullable=False),
        sa.Column("tax_category", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("list_price", TEXT, nullable=False),
        sa.Column("unit", TEXT, nullable=False),
        sa.Column("content_quantity", sa.BigInteger(), nullable=False),
        sa.Column("fulfilment", TEXT, nullable=False),
        sa.Column("minimum", sa.BigInteger(), nullable=False),
        sa.Column("multiple", sa.BigInteger(), nullable=False),
        sa.Column("maximum", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=False),
        sa.Column("discontinued", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_items"),
    )
    op.create_table(
        "login_records",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("login_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_login_records"),
    )
    op.create_index(
        "ix_login_records_account_id_at", "login_records", ["account_id", "at", "place"], unique=False
    )
    op.create_table(
        "orders",
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("issue_year", sa.BigInteger(), nullable=False),
        sa.Column("checkout_id", TEXT, nullable=False),
        sa.Column("placed_by", TEXT, nullable=False),
        sa.Column("request_hash", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("placed_at", TEXT, nullable=False),
        sa.Column("order_date", TEXT, nullable=False),
        sa.Column("total_excl_tax", sa.BigInteger(), nullable=False),
        sa.Column("total_incl_tax", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "order_number", name="pk_orders"),
        sa.UniqueConstraint("order_number", name="uq_orders_order_number"),
    )
    op.create_index(
        "ix_orders_purchase_order",
        "orders",
        ["account_id", "purchase_order_id", "buyer_party", "issue_year"],
        unique=False,
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
        "sessions",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("password_change_only", sa.Boolean(), nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "token_hash", name="pk_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_sessions_token_hash"),
    )
    op.create_index("ix_sessions_account_id_user_id", "sessions", ["account_id", "user_id"], unique=False)
    op.create_table(
        "ship_notices",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_ship_notices"),
    )
    op.create_table(
        "shipped_lines",
        sa.Column("ship_notice_number", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("purchase_order_id", TEXT, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
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
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "ship_notice_number", "line_id", name="pk_shipped_lines"),
    )
    op.create_index(
        "ix_shipped_lines_unbilled",
        "shipped_lines",
        ["account_id", "shipped_on"],
        unique=False,
        sqlite_where=sa.text("invoice_number = ''"),
        postgresql_where=sa.text("invoice_number = ''"),
    )
    op.create_table(
        "stock",
        sa.Column("sku", TEXT, nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sku", name="pk_stock"),
    )
    op.create_table(
        "users",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("department_codes", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", TEXT, nullable=True),
        sa.Column("old_password_hashes", TEXT, nullable=False),
        sa.Column("primary_administrator", sa.Boolean(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
    )
    op.create_table(
        "order_lines",
        sa.Column("account_id", TEXT, nullable=False),
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
        sa.Column("lead_days", sa.BigInteger(), nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("cost_centre", TEXT, nullable=False),
        sa.Column("requested_on", TEXT, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("quantity_shipped", sa.BigInteger(), nullable=False),
        sa.Column("quantity_cancelled", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "order_number"],
            ["orders.account_id", "orders.order_number"],
            name="fk_order_lines_orders",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "order_number", "position", name="pk_order_lines"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_order_lines_open",
        "order_lines",
        ["account_id", "order_number"],
        unique=False,
        sqlite_where=sa.text("state IN ('placed', 'confirmed', 'partly_shipped')"),
        postgresql_where=sa.text("state IN ('placed', 'confirmed', 'partly_shipped')"),
    )
    op.create_table(
        "order_tax",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("rate", TEXT, nullable=False),
        sa.Column("taxable", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "order_number"],
            ["orders.account_id", "orders.order_number"],
            name="fk_order_tax_orders",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "order_number", "position", name="pk_order_tax"),
        sqlite_with_rowid=False,
    )
