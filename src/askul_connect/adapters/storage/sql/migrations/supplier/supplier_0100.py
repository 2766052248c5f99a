"""By which providers the people of an account may sign on; the feed of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0100"
down_revision = "supplier_0060"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "sign_on_settings",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("providers", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_sign_on_settings"),
    )
    # accounts that were there before their feed stand at its beginning, oldest first
    op.execute(
        "INSERT INTO changes (account_id, feed, key, sequence, deleted)"
        " SELECT '', 'accounts', account_id, ROW_NUMBER() OVER (ORDER BY created_at, account_id), FALSE"
        " FROM accounts"
    )
    op.execute(
        "INSERT INTO feeds (account_id, feed, last)"
        " SELECT '', 'accounts', n FROM (SELECT COUNT(*) AS n FROM accounts) AS counted WHERE n > 0"
    )
