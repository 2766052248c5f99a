"""Second factors: factors, recovery codes, challenges, proofs of sessions, wrong codes."""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0020"
down_revision = "supplier_0010"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WITH_CREDENTIAL = sa.text("credential_id <> ''")


def upgrade() -> None:
    op.create_table(
        "factors",
        sa.Column("factor_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("seed", TEXT, nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("credential_id", TEXT, nullable=False),
        sa.Column("public_key", TEXT, nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", TEXT, nullable=True),
        sa.Column("last_used_at", TEXT, nullable=True),
        sa.Column("suspended_reason", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("home_account_id", "factor_id", name="pk_factors"),
        sa.UniqueConstraint("factor_id", name="uq_factors_factor_id"),
    )
    op.create_index("ix_factors_user_id", "factors", ["home_account_id", "user_id"], unique=False)
    op.create_index(
        "ix_factors_credential_id",
        "factors",
        ["credential_id"],
        unique=True,
        sqlite_where=WITH_CREDENTIAL,
        postgresql_where=WITH_CREDENTIAL,
    )
    op.create_table(
        "recovery_codes",
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("used_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("home_account_id", "user_id", "number", name="pk_recovery_codes"),
    )
    op.create_table(
        "challenges",
        sa.Column("challenge_hash", TEXT, nullable=False),
        sa.Column("purpose", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("session_id", TEXT, nullable=False),
        sa.Column("login_id", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_challenges"),
    )
    op.create_index("ix_challenges_expires_at", "challenges", ["expires_at"], unique=False)
    op.create_table(
        "session_proofs",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("identity_at", TEXT, nullable=True),
        sa.Column("factor_at", TEXT, nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_session_proofs"),
    )
    op.create_table(
        "factor_failures",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("last_at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_factor_failures"),
    )
