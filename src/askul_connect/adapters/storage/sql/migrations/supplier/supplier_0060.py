"""The supplier's own people, and tickets."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0060"
down_revision = "supplier_0050"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("staff_id", TEXT, nullable=False),
        sa.Column("login_name", TEXT, nullable=False),
        sa.Column("login_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", TEXT, nullable=True),
        sa.Column("seed", TEXT, nullable=False),
        sa.Column("added_by", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("paused_until", TEXT, nullable=True),
        sa.Column("removed_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff"),
        sa.UniqueConstraint("login_key", name="uq_staff_login_key"),
    )
    op.create_table(
        "tickets",
        sa.Column("ticket_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("company", TEXT, nullable=False),
        sa.Column("member_number", TEXT, nullable=False),
        sa.Column("contact_name", TEXT, nullable=False),
        sa.Column("contact_email", TEXT, nullable=False),
        sa.Column("contact_key", TEXT, nullable=False),
        sa.Column("contact_phone", TEXT, nullable=False),
        sa.Column("order_number", TEXT, nullable=False),
        sa.Column("error_code", TEXT, nullable=False),
        sa.Column("happened_at", TEXT, nullable=True),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("secret_hash", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("closed_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_tickets"),
    )
    op.create_table(
        "ticket_messages",
        sa.Column("ticket_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("author_id", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "number", name="pk_ticket_messages"),
    )
    op.create_table(
        "ticket_attachments",
        sa.Column("ticket_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", TEXT, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "number", name="pk_ticket_attachments"),
    )
    op.create_index("ix_tickets_source", "tickets", ["source", "created_at"])
    op.create_index("ix_tickets_contact_key", "tickets", ["contact_key", "created_at"])
