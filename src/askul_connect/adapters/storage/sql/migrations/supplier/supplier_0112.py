"""On PostgreSQL a unit of work that is confined to an account reaches no row of another one.

The setting ``askul.account_id`` says which account; without it a transaction is the supplier's own and sees all. The
policies bind the owner of the tables too. A table that is made anew later has to get its policies again.
"""

from alembic import op

revision = "supplier_0112"
down_revision = "supplier_0110"
branch_labels = None
depends_on = None

#: The customer's business.
BUSINESS = (
    "account_snapshots",
    "confirmations",
    "department_limits",
    "departments",
    "erasures",
    "idempotency",
    "invoices",
    "order_lines",
    "order_tax",
    "orders",
    "ship_notices",
    "shipped_lines",
    "sign_on_settings",
    "user_imports",
)
#: Some feeds are everybody's: these have no account.
FEEDS = ("changes", "feeds")
#: A person who works in one account leaves records in the account that answers for them, but cannot read these.
RECORDS = ("audit_records", "login_records")
# Asked for once in a statement, not once for each row.
CONFINED_TO = "(SELECT coalesce(current_setting('askul.account_id', true), ''))"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for tables, whose in ((BUSINESS + RECORDS, ""), (FEEDS, " OR account_id = ''")):
        for table in tables:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY of_the_account ON {table} USING ({CONFINED_TO} IN ('', account_id){whose})"
            )
    for table in RECORDS:
        op.execute(f"CREATE POLICY added_anywhere ON {table} FOR INSERT WITH CHECK (true)")
