"""Invitations that an account has sent, so that they can be listed and cancelled."""

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0113"
down_revision = "supplier_0112"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("invitation_id", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("department_codes", TEXT, nullable=False),
        sa.Column("order_limit", sa.BigInteger(), nullable=True),
        sa.Column("invited_by", TEXT, nullable=False),
        sa.Column("invited_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("account_id", "invitation_id", name="pk_invitations"),
    )
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"], unique=False)
    confine("invitations")
