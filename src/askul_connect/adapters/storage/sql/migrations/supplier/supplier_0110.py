"""Snapshots of registered data, erasures, attempts to register; contact and age of an account's state.

Tables whose columns change are made anew, as in supplier_0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "supplier_0110"
down_revision = "supplier_0100"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def put_aside(name: str) -> None:
    """Copy a table without its constraints, whose names the new one needs."""
    op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608 -- our own names
    op.drop_table(name)


def remade(name: str, *, filled: str) -> None:
    """Fill the new table ``name`` from what the old one held."""
    op.execute(f"INSERT INTO {name} {filled}")
    op.drop_table(f"old_{name}")


def upgrade() -> None:
    _accounts()
    _logins()
    op.create_table(
        "account_snapshots",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "version", name="pk_account_snapshots"),
    )
    op.create_table(
        "erasures",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("extent", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", "extent", name="pk_erasures"),
    )
    op.create_table(
        "registration_attempts",
        sa.Column("attempt_id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name="pk_registration_attempts"),
    )
    op.create_index(
        "ix_registration_attempts_source", "registration_attempts", ["source", "at"], unique=False
    )


def _accounts() -> None:
    put_aside("accounts")
    op.create_table(
        "accounts",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("customer_number", TEXT, nullable=False),
        sa.Column("member_number", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("name_kana", TEXT, nullable=False),
        sa.Column("postcode", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("representative", TEXT, nullable=False),
        sa.Column("phone", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("corporate_number", TEXT, nullable=False),
        sa.Column("invoice_registration_number", TEXT, nullable=False),
        sa.Column("buyer_party", TEXT, nullable=False),
        sa.Column("terms_closing_day", sa.BigInteger(), nullable=False),
        sa.Column("terms_payment_months", sa.BigInteger(), nullable=False),
        sa.Column("terms_payment_day", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("application_number", TEXT, nullable=False),
        sa.Column("login_password_days", sa.BigInteger(), nullable=False),
        sa.Column("login_idle_minutes", sa.BigInteger(), nullable=False),
        sa.Column("login_remember_me", sa.Boolean(), nullable=False),
        sa.Column("login_second_factor", TEXT, nullable=False),
        sa.Column("state_reason", TEXT, nullable=False),
        sa.Column("merged_into", TEXT, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("contact", TEXT, nullable=False),
        sa.Column("state_since", TEXT, nullable=True),
        sa.Column("name_key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("customer_number", name="uq_accounts_customer_number"),
        sa.UniqueConstraint("member_number", name="uq_accounts_member_number"),
    )
    remade(
        "accounts",
        filled="SELECT account_id, customer_number, member_number, kind, state, name, name_kana, postcode, address,"
        " representative, phone, email, corporate_number, invoice_registration_number, buyer_party,"
        " terms_closing_day, terms_payment_months, terms_payment_day, created_at, application_number,"
        " login_password_days, login_idle_minutes, login_remember_me, login_second_factor, state_reason,"
        " merged_into, version, '', NULL, name_key FROM old_accounts",
    )
    op.create_index("ix_accounts_name_key", "accounts", ["name_key"], unique=False)
    op.create_index("ix_accounts_corporate_number", "accounts", ["corporate_number"], unique=False)


def _logins() -> None:
    put_aside("login_records")
    op.create_table(
        "login_records",
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("login_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("risk", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("seal", TEXT, nullable=False),
        sa.Column("personal", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sequence", name="pk_login_records"),
    )
    remade(
        "login_records",
        filled="SELECT reference, at, login_id, account_id, user_id, result, reason, address, device, risk, sequence,"
        " seal, '' FROM old_login_records",
    )
    op.create_index(
        "ix_login_records_account_id_user_id",
        "login_records",
        ["account_id", "user_id", "sequence"],
        unique=False,
    )
    op.create_index("ix_login_records_reference", "login_records", ["reference"], unique=False)
