"""Counters of login attempts, remembered devices, and the environments that people have logged in from."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0010"
down_revision = "supplier_0003"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "login_attempts",
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", TEXT, nullable=False),
        sa.Column("paused_until", TEXT, nullable=True),
        sa.Column("locked_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_login_attempts"),
    )
    op.create_table(
        "login_sources",
        sa.Column("source", TEXT, nullable=False),
        sa.Column("watched_since", TEXT, nullable=False),
        sa.Column("last_at", TEXT, nullable=False),
        sa.Column("failures", TEXT, nullable=False),
        sa.Column("subjects", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_login_sources"),
    )
    op.create_table(
        "remembered_devices",
        sa.Column("family", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_used_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("factor_proved_at", TEXT, nullable=True),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.Column("ended_why", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("family", name="pk_remembered_devices"),
    )
    op.create_index("ix_remembered_devices_user_id", "remembered_devices", ["user_id"], unique=False)
    op.create_table(
        "device_tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("family", TEXT, nullable=False),
        sa.Column("issued_at", TEXT, nullable=False),
        sa.Column("used_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_device_tokens"),
    )
    op.create_index("ix_device_tokens_family", "device_tokens", ["family"], unique=False)
    op.create_table(
        "login_environments",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("network", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("first_at", TEXT, nullable=False),
        sa.Column("last_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "network", "device", name="pk_login_environments"),
    )
