"""One-time tokens: what a password is reset with."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0030"
down_revision = "supplier_0020"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "one_time_tokens",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_one_time_tokens"),
    )
    op.create_index("ix_one_time_tokens_user_id", "one_time_tokens", ["user_id", "purpose"], unique=False)
