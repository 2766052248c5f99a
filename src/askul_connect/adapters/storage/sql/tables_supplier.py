"""The supplier's tables; the account leads every key of customer data."""

from __future__ import annotations

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.columns import (
    columns_of,
    flag,
    integer,
    lines_table,
    new_metadata,
    text,
)
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.tables_shared import facts_table, outbox_table
from askul_connect.core.domain.account_records import AccountSnapshot, Erasure, RegistrationAttempt
from askul_connect.core.domain.accounts import (
    Account,
    ClientCredential,
    Department,
    LoginRecord,
    Membership,
    Session,
    User,
)
from askul_connect.core.domain.audit import AuditRecord, ChainHead
from askul_connect.core.domain.catalog import Item, StockLevel
from askul_connect.core.domain.sales import IdempotencyRecord, Order, OrderLine, ShippedLine
from askul_connect.core.domain.service_status import StatusNotice
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.domain.tokens import OneTimeToken

metadata = new_metadata()

ACCOUNT_ROWS = Rows(Account)
DEPARTMENT_ROWS = Rows(Department)
USER_ROWS = Rows(User)
MEMBERSHIP_ROWS = Rows(Membership)
SESSION_ROWS = Rows(Session)
CREDENTIAL_ROWS = Rows(ClientCredential)
LOGIN_ROWS = Rows(LoginRecord)
TOKEN_ROWS = Rows(OneTimeToken)
STATUS_ROWS = Rows(StatusNotice)
AUDIT_ROWS = Rows(AuditRecord)
CHAIN_ROWS = Rows(ChainHead)
SNAPSHOT_ROWS = Rows(AccountSnapshot)
ERASURE_ROWS = Rows(Erasure)
ATTEMPT_ROWS = Rows(RegistrationAttempt)
ITEM_ROWS = Rows(Item)
STOCK_ROWS = Rows(StockLevel)
ORDER_ROWS = Rows(Order, without=("lines", "tax"))
ORDER_LINE_ROWS = Rows(OrderLine)
TAX_ROWS = Rows(TaxTotal)
SHIPPED_LINE_ROWS = Rows(ShippedLine)
IDEMPOTENCY_ROWS = Rows(IdempotencyRecord)

accounts = sa.Table(
    "accounts",
    metadata,
    *columns_of(ACCOUNT_ROWS),
    # What the name is compared by; made from it whenever an account is written.
    text("name_key"),
    sa.PrimaryKeyConstraint("account_id"),
    sa.UniqueConstraint("customer_number"),
    sa.UniqueConstraint("member_number"),
    sa.Index("ix_accounts_name_key", "name_key"),
    sa.Index("ix_accounts_corporate_number", "corporate_number"),
)
departments = sa.Table(
    "departments", metadata, *columns_of(DEPARTMENT_ROWS), sa.PrimaryKeyConstraint("account_id", "code")
)
users = sa.Table(
    "users",
    metadata,
    *columns_of(USER_ROWS),
    sa.PrimaryKeyConstraint("account_id", "user_id"),
    sa.UniqueConstraint("email_key"),
)
memberships = sa.Table(
    "memberships",
    metadata,
    *columns_of(MEMBERSHIP_ROWS),
    sa.PrimaryKeyConstraint("account_id", "user_id"),
    sa.Index("ix_memberships_user_id", "user_id"),
)
sessions = sa.Table(
    "sessions",
    metadata,
    *columns_of(SESSION_ROWS),
    sa.PrimaryKeyConstraint("token_hash"),
    sa.Index("ix_sessions_user_id", "user_id"),
)
one_time_tokens = sa.Table(
    "one_time_tokens",
    metadata,
    *columns_of(TOKEN_ROWS),
    sa.PrimaryKeyConstraint("token_hash"),
    sa.Index("ix_one_time_tokens_user_id", "user_id", "purpose"),
)
status_notices = sa.Table(
    "status_notices", metadata, *columns_of(STATUS_ROWS), sa.PrimaryKeyConstraint("notice_id")
)
credentials = sa.Table(
    "client_credentials",
    metadata,
    *columns_of(CREDENTIAL_ROWS),
    sa.PrimaryKeyConstraint("account_id", "credential_id"),
    sa.UniqueConstraint("credential_id"),
)
logins = sa.Table(
    "login_records",
    metadata,
    *columns_of(LOGIN_ROWS),
    sa.PrimaryKeyConstraint("account_id", "sequence"),
    sa.Index("ix_login_records_account_id_user_id", "account_id", "user_id", "sequence"),
    sa.Index("ix_login_records_reference", "reference"),
)
audit = sa.Table(
    "audit_records", metadata, *columns_of(AUDIT_ROWS), sa.PrimaryKeyConstraint("account_id", "sequence")
)
chains = sa.Table("chains", metadata, *columns_of(CHAIN_ROWS), sa.PrimaryKeyConstraint("chain"))
account_snapshots = sa.Table(
    "account_snapshots",
    metadata,
    *columns_of(SNAPSHOT_ROWS),
    sa.PrimaryKeyConstraint("account_id", "version"),
)
erasures = sa.Table(
    "erasures",
    metadata,
    *columns_of(ERASURE_ROWS),
    sa.PrimaryKeyConstraint("account_id", "user_id", "extent"),
)
registration_attempts = sa.Table(
    "registration_attempts",
    metadata,
    *columns_of(ATTEMPT_ROWS),
    sa.PrimaryKeyConstraint("attempt_id"),
    sa.Index("ix_registration_attempts_source", "source", "at"),
)
items = sa.Table("items", metadata, *columns_of(ITEM_ROWS), sa.PrimaryKeyConstraint("sku"))
stock = sa.Table("stock", metadata, *columns_of(STOCK_ROWS), sa.PrimaryKeyConstraint("sku"))
orders = sa.Table(
    "orders",
    metadata,
    *columns_of(ORDER_ROWS),
    sa.PrimaryKeyConstraint("account_id", "order_number"),
    sa.UniqueConstraint("order_number"),
    sa.Index("ix_orders_purchase_order", "account_id", "purchase_order_id", "buyer_party", "issue_year"),
)
order_lines = lines_table("order_lines", metadata, orders, ("account_id", "order_number"), ORDER_LINE_ROWS)
order_tax = lines_table("order_tax", metadata, orders, ("account_id", "order_number"), TAX_ROWS)

#: The states of a line with which its order is open; written out, so that both databases use the partial
#: index.
OPEN_LINE = sa.text("state IN ('placed', 'confirmed', 'partly_shipped')")
sa.Index(
    "ix_order_lines_open",
    order_lines.c.account_id,
    order_lines.c.order_number,
    sqlite_where=OPEN_LINE,
    postgresql_where=OPEN_LINE,
)
shipped_lines = sa.Table(
    "shipped_lines",
    metadata,
    *columns_of(SHIPPED_LINE_ROWS),
    sa.PrimaryKeyConstraint("account_id", "ship_notice_number", "line_id"),
)
UNBILLED = sa.text("invoice_number = ''")
sa.Index(
    "ix_shipped_lines_unbilled",
    shipped_lines.c.account_id,
    shipped_lines.c.shipped_on,
    sqlite_where=UNBILLED,
    postgresql_where=UNBILLED,
)


def _documents(name: str, *more: sa.Column[str]) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        text("account_id"),
        text("number"),
        *more,
        integer("schema"),
        text("body"),
        sa.PrimaryKeyConstraint("account_id", "number"),
    )


confirmations = _documents("confirmations", text("order_number"))
ship_notices = _documents("ship_notices", text("order_number"))
invoices = _documents("invoices", text("period_end"))
sa.Index("ix_invoices_period_end", invoices.c.account_id, invoices.c.period_end)

feeds = sa.Table(
    "feeds",
    metadata,
    text("account_id"),
    text("feed"),
    integer("last"),
    sa.PrimaryKeyConstraint("account_id", "feed"),
)
changes = sa.Table(
    "changes",
    metadata,
    text("account_id"),
    text("feed"),
    text("key"),
    integer("sequence"),
    flag("deleted"),
    sa.PrimaryKeyConstraint("account_id", "feed", "key"),
    sa.UniqueConstraint("account_id", "feed", "sequence"),
)
idempotency = sa.Table(
    "idempotency",
    metadata,
    *columns_of(IDEMPOTENCY_ROWS),
    sa.PrimaryKeyConstraint("account_id", "operation", "key"),
)
counters = sa.Table("counters", metadata, text("name"), integer("last"), sa.PrimaryKeyConstraint("name"))
outbox = outbox_table(metadata)
facts = facts_table(metadata)
