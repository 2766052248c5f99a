"""How accounts pay, what they owe, credit notes, invoices in parts, and the feed of usage.

Of invoices that are there already nobody recorded whether they were paid, so that they count as paid once they are
due. Shipments that are there already are the beginning of the feed of usage.
"""

import json

import sqlalchemy as sa
from alembic import op

from askul_connect.adapters.storage.sql.confinement import confine

revision = "supplier_0150"
down_revision = "supplier_0141"
branch_labels = None
depends_on = None

TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
UNBILLED = sa.text("invoice_number = ''")
UNSETTLED = sa.text("total > paid + credited")
ORDER = ["shipped_on", "ship_notice_number", "line_id"]
BATCH = 500


def upgrade() -> None:
    op.create_table(
        "billing_settings",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("split", TEXT, nullable=False),
        sa.Column("card", TEXT, nullable=False),
        sa.Column("changed_at", TEXT, nullable=False),
        sa.Column("changed_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_billing_settings"),
    )
    op.create_table(
        "receivables",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("issued_on", TEXT, nullable=False),
        sa.Column("due_on", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("tracked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "invoice_number", name="pk_receivables"),
    )
    op.create_index(
        "ix_receivables_unsettled",
        "receivables",
        ["account_id", "invoice_number"],
        unique=False,
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", TEXT, nullable=False),
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("applied", sa.BigInteger(), nullable=False),
        sa.Column("method", TEXT, nullable=False),
        sa.Column("received_on", TEXT, nullable=False),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("recorded_at", TEXT, nullable=False),
        sa.Column("recorded_by", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "payment_id", name="pk_payments"),
    )
    op.create_index("ix_payments_invoice_number", "payments", ["account_id", "invoice_number"], unique=False)
    op.create_table(
        "invoice_parts",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "invoice_number", "number", name="pk_invoice_parts"),
    )
    op.create_table(
        "credit_notes",
        sa.Column("account_id", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("invoice_number", TEXT, nullable=False),
        sa.Column("period_end", TEXT, nullable=False),
        sa.Column("schema", sa.BigInteger(), nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "number", name="pk_credit_notes"),
    )
    for column in ("invoice_number", "period_end"):
        op.create_index(f"ix_credit_notes_{column}", "credit_notes", ["account_id", column], unique=False)
    confine("billing_settings", "credit_notes", "invoice_parts", "payments", "receivables")
    _shipped_lines()
    _receivables()
    _usage()


def _shipped_lines() -> None:
    op.drop_index("ix_shipped_lines_unbilled", "shipped_lines")
    for name, columns in (
        ("ix_shipped_lines_unbilled", ["account_id", *ORDER]),
        ("ix_shipped_lines_unbilled_department", ["account_id", "department", *ORDER]),
    ):
        op.create_index(
            name, "shipped_lines", columns, unique=False, sqlite_where=UNBILLED, postgresql_where=UNBILLED
        )
    op.create_index(
        "ix_shipped_lines_shipped_on", "shipped_lines", ["account_id", "shipped_on"], unique=False
    )


def _receivables() -> None:
    connection = op.get_bind()
    insert = sa.text(
        "INSERT INTO receivables (account_id, invoice_number, issued_on, due_on, currency, total, paid,"
        " credited, tracked) VALUES (:account_id, :number, :issued_on, :due_on, :currency, :total, 0, 0, :tracked)"
    )
    last: tuple[str, str] = ("", "")
    while rows := connection.execute(
        sa.text(
            "SELECT account_id, number, body FROM invoices WHERE (account_id, number) > (:account_id, :number)"
            " ORDER BY account_id, number LIMIT :batch"
        ),
        {"account_id": last[0], "number": last[1], "batch": BATCH},
    ).fetchall():
        last = (rows[-1][0], rows[-1][1])
        connection.execute(insert, [_owed(*row) for row in rows])


def _owed(account_id: str, number: str, body: str) -> dict[str, object]:
    fields = json.loads(body)
    return {
        "account_id": account_id,
        "number": number,
        "issued_on": fields["issued_on"],
        "due_on": fields["due_on"],
        "currency": fields["currency"],
        "total": fields["total_incl_tax"],
        "tracked": False,
    }


def _usage() -> None:
    op.execute(
        "INSERT INTO changes (account_id, feed, key, sequence, deleted)"
        " SELECT account_id, 'usage', key, sequence, deleted FROM changes WHERE feed = 'ship_notices'"
    )
    op.execute(
        "INSERT INTO feeds (account_id, feed, last)"
        " SELECT account_id, 'usage', last FROM feeds WHERE feed = 'ship_notices'"
    )
