"""Which tables PostgreSQL confines to one account (ADR 0021), and how.

A unit of work that is confined to an account reaches its own rows only. SQLite has nothing of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

# Asked for once in a statement, not once for each row.
_CONFINED_TO = "(SELECT coalesce(current_setting('askul.account_id', true), ''))"

#: Tables of customers; a unit reaches the rows of its account.
_CONFINED = (
    "account_snapshots",
    "audit_records",
    "billing_settings",
    "carts",
    "confirmations",
    "coupon_claims",
    "coupon_uses",
    "credit_notes",
    "department_limits",
    "departments",
    "erasures",
    "idempotency",
    "invitations",
    "invoice_parts",
    "invoices",
    "login_records",
    "order_lines",
    "order_tax",
    "orders",
    "payments",
    "receivables",
    "recommended_registrations",
    "reductions",
    "returns",
    "ship_notices",
    "shipments",
    "shipped_lines",
    "sign_on_settings",
    "user_imports",
)
#: Tables whose rows without an account are everybody's.
_SHARED = ("changes", "coupons", "feeds", "item_prices")
#: Tables to which a unit may add rows of any account: who works in one leaves records in the one that answers for them.
_ADDED_ANYWHERE = ("audit_records", "login_records")


def confining(table: str, *, shared: bool = False) -> Iterator[str]:
    """The statements that confine a table; revisions that are out run them, so that they never change."""
    everybody = " OR account_id = ''" if shared else ""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY of_the_account ON {table} USING ({_CONFINED_TO} IN ('', account_id){everybody})"


def letting_add(table: str) -> str:
    """The statement that lets a confined unit add rows of any account, though it cannot read them."""
    return f"CREATE POLICY added_anywhere ON {table} FOR INSERT WITH CHECK (true)"


def confine_tables(metadata: sa.MetaData) -> None:
    """Have the tables confined when they are made together."""
    statements = [statement for table in _CONFINED for statement in confining(table)]
    statements += [statement for table in _SHARED for statement in confining(table, shared=True)]
    statements += [letting_add(table) for table in _ADDED_ANYWHERE]
    for statement in statements:
        sa.event.listen(metadata, "after_create", sa.DDL(statement).execute_if(dialect="postgresql"))  # type: ignore[no-untyped-call]  # SQLAlchemy's own
