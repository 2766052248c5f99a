"""Memberships beside people, login settings of accounts, sealed records.

A table whose columns change is made anew: SQLite cannot alter them, and one way for both databases is one way to test.
"""

import sqlalchemy as sa
from alembic import op

from askul_connect.core.domain.company_names import company_key

revision = "supplier_0003"
down_revision = "supplier_0002"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def remade(name: str, *, filled: str) -> None:
    """Fill the new table ``name`` from what the old one held, which lies in ``old_NAME`` meanwhile."""
    op.execute(f"INSERT INTO {name} {filled}")
    op.drop_table(f"old_{name}")


def put_aside(name: str) -> None:
    """Copy a table without its constraints, whose names the new one needs."""
    op.execute(f"CREATE TABLE old_{name} AS SELECT * FROM {name}")  # noqa: S608 -- our own names
    op.drop_table(name)


def upgrade() -> None:
    _accounts()
    _memberships()
    _users()
    _sessions()
    _logins()
    op.create_table(
        "audit_records",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("at", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("detail", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("seal", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "sequence", name="pk_audit_records"),
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
        sa.Column("name_key", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_accounts"),
        sa.UniqueConstraint("customer_number", name="uq_accounts_customer_number"),
        sa.UniqueConstraint("member_number", name="uq_accounts_member_number"),
    )
    remade(
        "accounts",
        filled="SELECT account_id, customer_number, member_number, kind, state, name, name_kana, postcode,"
        " address, representative, phone, email, corporate_number, invoice_registration_number, buyer_party,"
        " terms_closing_day, terms_payment_months, terms_payment_day, created_at,"
        " '', 0, 30, true, 'optional', '', '', 1, '' FROM old_accounts",
    )
    op.create_index("ix_accounts_name_key", "accounts", ["name_key"], unique=False)
    op.create_index("ix_accounts_corporate_number", "accounts", ["corporate_number"], unique=False)
    connection = op.get_bind()
    names = connection.execute(sa.text("SELECT account_id, name FROM accounts")).all()
    keyed = [{"account_id": account_id, "key": company_key(name)} for account_id, name in names]
    if keyed:
        connection.execute(
            sa.text("UPDATE accounts SET name_key = :key WHERE account_id = :account_id"), keyed
        )


def _memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("department_codes", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("primary_administrator", sa.Boolean(), nullable=False),
        sa.Column("joined_at", TEXT, nullable=False),
        sa.Column("order_limit", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)
    op.execute(
        "INSERT INTO memberships SELECT account_id, user_id, account_id, role, department_codes, state,"
        " primary_administrator, created_at, NULL, 1 FROM users"
    )


def _users() -> None:
    put_aside("users")
    op.create_table(
        "users",
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=False),
        sa.Column("password_temporary", sa.Boolean(), nullable=False),
        sa.Column("password_expires_at", TEXT, nullable=True),
        sa.Column("old_password_hashes", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("password_compromised", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "user_id", name="pk_users"),
        sa.UniqueConstraint("email_key", name="uq_users_email_key"),
    )
    remade(
        "users",
        filled="SELECT user_id, account_id, email, email_key, name, state, password_hash, password_temporary,"
        " password_expires_at, old_password_hashes, created_at, false, 1 FROM old_users",
    )


def _sessions() -> None:
    # The name of its index is that of the old table until it is dropped.
    put_aside("sessions")
    op.create_table(
        "sessions",
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("session_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("user_id", TEXT, nullable=False),
        sa.Column("home_account_id", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("created_at", TEXT, nullable=False),
        sa.Column("last_seen_at", TEXT, nullable=False),
        sa.Column("expires_at", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("device", TEXT, nullable=False),
        sa.Column("device_family", TEXT, nullable=False),
        sa.Column("ended_at", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sessions"),
    )
    op.create_index("ix_sessions_user_id", "sessions", ["user_id"], unique=False)
    remade(
        "sessions",
        filled="SELECT token_hash, token_hash, account_id, user_id, account_id,"
        " CASE WHEN password_change_only THEN 'password_change' ELSE 'full' END,"
        " created_at, last_seen_at, expires_at, '', '', '', ended_at FROM old_sessions",
    )


def _logins() -> None:
    op.drop_index("ix_login_records_account_id_at", "login_records")
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
        sa.PrimaryKeyConstraint("account_id", "sequence", name="pk_login_records"),
    )
    op.create_index(
        "ix_login_records_account_id_user_id",
        "login_records",
        ["account_id", "user_id", "sequence"],
        unique=False,
    )
    op.create_index("ix_login_records_reference", "login_records", ["reference"], unique=False)
    remade(
        "login_records",
        filled="SELECT reference, at, login_id, account_id, user_id, result, reason, address, '', '',"
        " ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY at, place), '' FROM old_login_records",
    )
    op.create_table(
        "chains",
        sa.Column("chain", TEXT, nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("seal", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_chains"),
    )
    # Older records have no seal: the key lies outside the database. They are the beginning of their chain.
    op.execute(
        "INSERT INTO chains SELECT 'logins:' || account_id, MAX(sequence), '' FROM login_records GROUP BY account_id"
    )
