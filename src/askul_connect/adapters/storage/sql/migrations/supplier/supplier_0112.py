"""On PostgreSQL a unit of work that is confined to an account reaches no row of another one.

The setting ``askul.account_id`` says which account; without it a transaction is the supplier's own and sees all. The
policies bind the owner of the tables too. A table that is made anew later has to get its policies again.
"""

from askul_connect.adapters.storage.sql.confinement import confine, let_add

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


def upgrade() -> None:
    confine(*BUSINESS, *RECORDS)
    confine(*FEEDS, shared=True)
    let_add(*RECORDS)
