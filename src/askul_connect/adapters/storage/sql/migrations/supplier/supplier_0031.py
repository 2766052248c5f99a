"""Notices of disturbances."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0031"
down_revision = "supplier_0030"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "status_notices",
        sa.Column("notice_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("parts", TEXT, nullable=False),
        sa.Column("starts_at", TEXT, nullable=False),
        sa.Column("expected_end", TEXT, nullable=True),
        sa.Column("text_ja", TEXT, nullable=False),
        sa.Column("text_en", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("notice_id", name="pk_status_notices"),
    )
