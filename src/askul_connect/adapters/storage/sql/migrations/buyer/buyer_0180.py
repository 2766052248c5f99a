"""What of the invoices is booked, each difference of a line, and the record of decisions about them."""

import sqlalchemy as sa
from alembic import op

revision = "buyer_0180"
down_revision = "buyer_0170"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
PLACE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "invoice_matches",
        sa.Column("booked", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("invoice_matches", sa.Column("amount", sa.BigInteger(), nullable=True))
    op.add_column(
        "invoice_matches", sa.Column("findings", TEXT, nullable=False, server_default=sa.text("'[]'"))
    )
    op.execute("UPDATE invoice_matches SET booked = true WHERE result = 'matched'")
    op.create_table(
        "match_decisions",
        sa.Column("place", PLACE, autoincrement=True, nullable=False),
        sa.Column("supplier", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("line_number", TEXT, nullable=False),
        sa.Column("decision", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("decided_by", TEXT, nullable=False),
        sa.Column("decided_at", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("place", name="pk_match_decisions"),
    )
    op.create_index("ix_match_decisions_invoice", "match_decisions", ["supplier", "invoice_number"])
