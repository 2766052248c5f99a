"""What a reading of a list from its beginning has met, and what was decided about outgoing messages."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0190"
down_revision = "buyer_0180"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("watermarks", sa.Column("reading", TEXT, nullable=False, server_default=sa.text("'new'")))
    op.create_table(
        "sightings",
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("supplier", "reader", "number", name="pk_sightings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox_decisions",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        *(
            sa.Column(name, TEXT, nullable=False)
            for name in ("message_id", "step", "at", "by", "reason", "was")
        ),
        sa.PrimaryKeyConstraint("place", name="pk_outbox_decisions"),
    )
    op.create_index("ix_outbox_decisions_message_id", "outbox_decisions", ["message_id"])
