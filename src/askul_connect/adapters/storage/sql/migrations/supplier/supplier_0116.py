"""The networks that a client credential is good from; those that were issued before are good from any."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0116"
down_revision = "supplier_0113"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    column = sa.Column("networks", TEXT, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("client_credentials", column)
