"""The supplier's tables; the account leads every key of customer data."""

from __future__ import annotations

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.columns import (
    columns_of,
    flag,
    integer,
    lines_table,
    new_metadata,
    place,
    text,
)
from askul_connect.adapters.storage.sql.row_security import confine_tables
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.search_grams import add_grams
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
from askul_connect.core.domain.catalog import DatedPrice, Item, StockLevel
from askul_connect.core.domain.coupons import CouponClaim, CouponUse, RecommendedRegistration
from askul_connect.core.domain.devices import DeviceToken, LoginEnvironment, RememberedDevice
from askul_connect.core.domain.factors import (
    Challenge,
    Factor,
    FactorFailures,
    RecoveryCode,
    SessionProof,
)
from askul_connect.core.domain.invitations import Invitation
from askul_connect.core.domain.limits import DepartmentLimit
from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter
from askul_connect.core.domain.payments import BillingSetting, Payment, Receivable
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.returns import GoodsReturn
from askul_connect.core.domain.sales import IdempotencyRecord, Order, OrderLine, ShippedLine
from askul_connect.core.domain.service_status import StatusNotice
from askul_connect.core.domain.shipments import Shipment
from askul_connect.core.domain.sign_on import SignOnSetting
from askul_connect.core.domain.staff import StaffMember
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.domain.tickets import Ticket, TicketAttachment, TicketMessage
from askul_connect.core.domain.tokens import OneTimeToken
from askul_connect.core.domain.user_imports import UserImport

metadata = new_metadata()

ACCOUNT_ROWS = Rows(Account)
DEPARTMENT_ROWS = Rows(Department)
USER_ROWS = Rows(User)
MEMBERSHIP_ROWS = Rows(Membership)
SESSION_ROWS = Rows(Session)
CREDENTIAL_ROWS = Rows(ClientCredential)
LOGIN_ROWS = Rows(LoginRecord)
SIGN_ON_ROWS = Rows(SignOnSetting)
TOKEN_ROWS = Rows(OneTimeToken)
STATUS_ROWS = Rows(StatusNotice)
STAFF_ROWS = Rows(StaffMember)
TICKET_ROWS = Rows(Ticket)
TICKET_MESSAGE_ROWS = Rows(TicketMessage)
TICKET_ATTACHMENT_ROWS = Rows(TicketAttachment)
LIMIT_ROWS = Rows(DepartmentLimit)
COUPON_CLAIM_ROWS = Rows(CouponClaim)
COUPON_USE_ROWS = Rows(CouponUse)
RECOMMENDED_REGISTRATION_ROWS = Rows(RecommendedRegistration)
USER_IMPORT_ROWS = Rows(UserImport)
INVITATION_ROWS = Rows(Invitation)
AUDIT_ROWS = Rows(AuditRecord)
CHAIN_ROWS = Rows(ChainHead)
FACTOR_ROWS = Rows(Factor)
RECOVERY_CODE_ROWS = Rows(RecoveryCode)
CHALLENGE_ROWS = Rows(Challenge)
SESSION_PROOF_ROWS = Rows(SessionProof)
FACTOR_FAILURE_ROWS = Rows(FactorFailures)
ATTEMPT_ROWS = Rows(AttemptCounter)
SOURCE_ROWS = Rows(SourceCounter)
DEVICE_ROWS = Rows(RememberedDevice)
DEVICE_TOKEN_ROWS = Rows(DeviceToken)
ENVIRONMENT_ROWS = Rows(LoginEnvironment)
SNAPSHOT_ROWS = Rows(AccountSnapshot)
ERASURE_ROWS = Rows(Erasure)
REGISTRATION_ATTEMPT_ROWS = Rows(RegistrationAttempt)
ITEM_ROWS = Rows(Item)
STOCK_ROWS = Rows(StockLevel)
DATED_PRICE_ROWS = Rows(DatedPrice)
ORDER_ROWS = Rows(Order, without=("lines", "tax"))
ORDER_LINE_ROWS = Rows(OrderLine)
TAX_ROWS = Rows(TaxTotal)
SHIPPED_LINE_ROWS = Rows(ShippedLine)
REDUCTION_ROWS = Rows(Reduction)
SHIPMENT_ROWS = Rows(Shipment)
RETURN_ROWS = Rows(GoodsReturn)
BILLING_SETTING_ROWS = Rows(BillingSetting)
RECEIVABLE_ROWS = Rows(Receivable)
PAYMENT_ROWS = Rows(Payment)
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
staff = sa.Table(
    "staff",
    metadata,
    *columns_of(STAFF_ROWS),
    sa.PrimaryKeyConstraint("staff_id"),
    sa.UniqueConstraint("login_key"),
)
tickets = sa.Table(
    "tickets",
    metadata,
    *columns_of(TICKET_ROWS),
    sa.PrimaryKeyConstraint("ticket_id"),
    sa.Index("ix_tickets_source", "source", "created_at"),
    sa.Index("ix_tickets_contact_key", "contact_key", "created_at"),
)
ticket_messages = sa.Table(
    "ticket_messages",
    metadata,
    *columns_of(TICKET_MESSAGE_ROWS),
    sa.PrimaryKeyConstraint("ticket_id", "number"),
)
ticket_attachments = sa.Table(
    "ticket_attachments",
    metadata,
    *columns_of(TICKET_ATTACHMENT_ROWS),
    sa.PrimaryKeyConstraint("ticket_id", "number"),
)
department_limits = sa.Table(
    "department_limits", metadata, *columns_of(LIMIT_ROWS), sa.PrimaryKeyConstraint("account_id", "code")
)
user_imports = sa.Table(
    "user_imports",
    metadata,
    *columns_of(USER_IMPORT_ROWS),
    sa.PrimaryKeyConstraint("account_id", "import_id"),
    sa.Index("ix_user_imports_state", "state"),
)
invitations = sa.Table(
    "invitations",
    metadata,
    *columns_of(INVITATION_ROWS),
    sa.PrimaryKeyConstraint("account_id", "invitation_id"),
    sa.Index("ix_invitations_expires_at", "expires_at"),
)
sign_on = sa.Table(
    "sign_on_settings", metadata, *columns_of(SIGN_ON_ROWS), sa.PrimaryKeyConstraint("account_id")
)
credentials = sa.Table(
    "client_credentials",
    metadata,
    *columns_of(CREDENTIAL_ROWS, {"networks": "'[]'"}),
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
factors = sa.Table(
    "factors",
    metadata,
    *columns_of(FACTOR_ROWS),
    sa.PrimaryKeyConstraint("home_account_id", "factor_id"),
    sa.UniqueConstraint("factor_id"),
    sa.Index("ix_factors_user_id", "home_account_id", "user_id"),
)
#: A passkey is of one person; everything else has no credential id.
WITH_CREDENTIAL = sa.text("credential_id <> ''")
sa.Index(
    "ix_factors_credential_id",
    factors.c.credential_id,
    unique=True,
    sqlite_where=WITH_CREDENTIAL,
    postgresql_where=WITH_CREDENTIAL,
)
recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    *columns_of(RECOVERY_CODE_ROWS),
    sa.PrimaryKeyConstraint("home_account_id", "user_id", "number"),
)
challenges = sa.Table(
    "challenges",
    metadata,
    *columns_of(CHALLENGE_ROWS),
    sa.PrimaryKeyConstraint("challenge_hash"),
    sa.Index("ix_challenges_expires_at", "expires_at"),
)
session_proofs = sa.Table(
    "session_proofs", metadata, *columns_of(SESSION_PROOF_ROWS), sa.PrimaryKeyConstraint("token_hash")
)
factor_failures = sa.Table(
    "factor_failures", metadata, *columns_of(FACTOR_FAILURE_ROWS), sa.PrimaryKeyConstraint("user_id")
)
login_attempts = sa.Table(
    "login_attempts", metadata, *columns_of(ATTEMPT_ROWS), sa.PrimaryKeyConstraint("subject")
)
login_sources = sa.Table(
    "login_sources", metadata, *columns_of(SOURCE_ROWS), sa.PrimaryKeyConstraint("source")
)
devices = sa.Table(
    "remembered_devices",
    metadata,
    *columns_of(DEVICE_ROWS),
    sa.PrimaryKeyConstraint("family"),
    sa.Index("ix_remembered_devices_user_id", "user_id"),
)
device_tokens = sa.Table(
    "device_tokens",
    metadata,
    *columns_of(DEVICE_TOKEN_ROWS),
    sa.PrimaryKeyConstraint("token_hash"),
    sa.Index("ix_device_tokens_family", "family"),
)
environments = sa.Table(
    "login_environments",
    metadata,
    *columns_of(ENVIRONMENT_ROWS),
    sa.PrimaryKeyConstraint("user_id", "network", "device"),
)
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
    *columns_of(REGISTRATION_ATTEMPT_ROWS),
    sa.PrimaryKeyConstraint("attempt_id"),
    sa.Index("ix_registration_attempts_source", "source", "at"),
)
items = sa.Table("items", metadata, *columns_of(ITEM_ROWS), sa.PrimaryKeyConstraint("sku"))
#: Few items are for some kinds of accounts only, and they are counted for every first page of the list.
FOR_SOME_KINDS = sa.text("kinds <> '[]'")
sa.Index(
    "ix_items_for_some_kinds", items.c.kinds, sqlite_where=FOR_SOME_KINDS, postgresql_where=FOR_SOME_KINDS
)
stock = sa.Table("stock", metadata, *columns_of(STOCK_ROWS), sa.PrimaryKeyConstraint("sku"))
item_prices = sa.Table(
    "item_prices",
    metadata,
    *columns_of(DATED_PRICE_ROWS),
    # The price in ten-thousandths, which hits are compared and sorted by.
    integer("units"),
    sa.PrimaryKeyConstraint("account_id", "sku", "valid_from"),
)
#: What the search makes of the items; can be made anew from them at any time.
item_search = sa.Table(
    "item_search",
    metadata,
    place(),
    text("sku"),
    integer("kinds"),
    integer("list_units"),
    flag("discontinued"),
    flag("recommended"),
    text("fulfilment"),
    text("maker"),
    text("category"),
    text("name"),
    text("text"),
    text("marks"),
    sa.UniqueConstraint("sku"),
)
item_search_version = sa.Table(
    "item_search_version", metadata, text("version"), sa.PrimaryKeyConstraint("version")
)
add_grams(metadata)
_STATE_RANK = integer("state_rank")
_STATE_RANK.server_default = sa.DefaultClause(sa.text("0"))
_TOTALS = ("total_excl_tax", "total_incl_tax")
orders = sa.Table(
    "orders",
    metadata,
    *columns_of(ORDER_ROWS),
    # The state that its lines give it, as a number; made from them whenever they are written.
    _STATE_RANK,
    sa.PrimaryKeyConstraint("account_id", "order_number"),
    sa.UniqueConstraint("order_number"),
    sa.Index("ix_orders_purchase_order", "account_id", "purchase_order_id", "buyer_party", "issue_year"),
    # with the totals, so that they are added up from the index alone
    sa.Index("ix_orders_history", "account_id", "order_date", "order_number", *_TOTALS),
    sa.Index("ix_orders_state", "account_id", "state_rank", "order_date", "order_number", *_TOTALS),
    sa.Index("ix_orders_placed_by", "account_id", "placed_by", "order_date", "order_number"),
)
#: The item's name as it is searched; made from it when a line is written.
_NAME_KEY = text("name_key")
_NAME_KEY.server_default = sa.DefaultClause("")
order_lines = lines_table(
    "order_lines", metadata, orders, ("account_id", "order_number"), ORDER_LINE_ROWS, _NAME_KEY, since=1
)
#: The columns of a line as it is read.
ORDER_LINE = (
    order_lines.c.account_id,
    order_lines.c.order_number,
    order_lines.c.position,
    *(order_lines.c[field.column] for field in ORDER_LINE_ROWS.fields),
)
sa.Index("ix_order_lines_sku", order_lines.c.account_id, order_lines.c.sku, order_lines.c.order_number)
sa.Index("ix_order_lines_department", order_lines.c.account_id, order_lines.c.department)
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
    sa.Index("ix_shipped_lines_order", "account_id", "order_number"),
)
UNBILLED = sa.text("invoice_number = ''")
#: In the order of an invoice, so that a closing reads one batch after the other.
_INVOICE_ORDER = (shipped_lines.c.shipped_on, shipped_lines.c.ship_notice_number, shipped_lines.c.line_id)
sa.Index(
    "ix_shipped_lines_unbilled",
    shipped_lines.c.account_id,
    *_INVOICE_ORDER,
    sqlite_where=UNBILLED,
    postgresql_where=UNBILLED,
)
sa.Index(
    "ix_shipped_lines_unbilled_department",
    shipped_lines.c.account_id,
    shipped_lines.c.department,
    *_INVOICE_ORDER,
    sqlite_where=UNBILLED,
    postgresql_where=UNBILLED,
)
sa.Index("ix_shipped_lines_shipped_on", shipped_lines.c.account_id, shipped_lines.c.shipped_on)


coupons = sa.Table(
    "coupons",
    metadata,
    text("code"),
    text("account_id"),
    integer("schema"),
    text("body"),
    sa.PrimaryKeyConstraint("code"),
    sa.Index("ix_coupons_account_id", "account_id"),
)
coupon_claims = sa.Table(
    "coupon_claims",
    metadata,
    *columns_of(COUPON_CLAIM_ROWS),
    sa.PrimaryKeyConstraint("account_id", "code"),
)
coupon_uses = sa.Table(
    "coupon_uses",
    metadata,
    *columns_of(COUPON_USE_ROWS),
    sa.PrimaryKeyConstraint("account_id", "checkout_id", "code"),
)
recommended_items = sa.Table(
    "recommended_items",
    metadata,
    text("discount_id"),
    integer("schema"),
    text("body"),
    sa.PrimaryKeyConstraint("discount_id"),
)
recommended_registrations = sa.Table(
    "recommended_registrations",
    metadata,
    *columns_of(RECOMMENDED_REGISTRATION_ROWS),
    sa.PrimaryKeyConstraint("account_id", "discount_id"),
)
shipments = sa.Table(
    "shipments",
    metadata,
    *columns_of(SHIPMENT_ROWS),
    sa.PrimaryKeyConstraint("account_id", "ship_notice_number"),
    sa.UniqueConstraint("ship_notice_number"),
    sa.Index("ix_shipments_order", "account_id", "order_number"),
)
ON_THE_WAY = sa.text("state = 'on_the_way'")
sa.Index(
    "ix_shipments_on_the_way",
    shipments.c.ship_notice_number,
    sqlite_where=ON_THE_WAY,
    postgresql_where=ON_THE_WAY,
)
returns = sa.Table(
    "returns",
    metadata,
    *columns_of(RETURN_ROWS),
    sa.PrimaryKeyConstraint("account_id", "return_number"),
    sa.UniqueConstraint("return_number"),
    sa.Index("ix_returns_order", "account_id", "order_number"),
)
reductions = sa.Table(
    "reductions",
    metadata,
    *columns_of(REDUCTION_ROWS),
    sa.PrimaryKeyConstraint("account_id", "reduction_id"),
    sa.Index("ix_reductions_order", "account_id", "order_number"),
)
UNCREDITED = sa.text("credit_note_number = ''")
sa.Index(
    "ix_reductions_uncredited",
    reductions.c.account_id,
    reductions.c.returned_on,
    sqlite_where=UNCREDITED,
    postgresql_where=UNCREDITED,
)


def _documents(name: str, *more: sa.Column[str], key: str = "number") -> sa.Table:
    return sa.Table(
        name,
        metadata,
        text("account_id"),
        text(key),
        *more,
        integer("schema"),
        text("body"),
        sa.PrimaryKeyConstraint("account_id", key),
    )


confirmations = _documents("confirmations", text("order_number"))
ship_notices = _documents("ship_notices", text("order_number"))
sa.Index("ix_ship_notices_order", ship_notices.c.account_id, ship_notices.c.order_number)
invoices = _documents("invoices", text("period_end"))
carts = _documents("carts", text("changed_at"), key="user_id")
sa.Index("ix_invoices_period_end", invoices.c.account_id, invoices.c.period_end)
#: The lines of invoices that are too long for one piece.
invoice_parts = sa.Table(
    "invoice_parts",
    metadata,
    text("account_id"),
    text("invoice_number"),
    integer("number"),
    integer("schema"),
    text("body"),
    sa.PrimaryKeyConstraint("account_id", "invoice_number", "number"),
)
credit_notes = _documents("credit_notes", text("invoice_number"), text("period_end"))
sa.Index("ix_credit_notes_invoice_number", credit_notes.c.account_id, credit_notes.c.invoice_number)
sa.Index("ix_credit_notes_period_end", credit_notes.c.account_id, credit_notes.c.period_end)

billing_settings = sa.Table(
    "billing_settings", metadata, *columns_of(BILLING_SETTING_ROWS), sa.PrimaryKeyConstraint("account_id")
)
receivables = sa.Table(
    "receivables",
    metadata,
    *columns_of(RECEIVABLE_ROWS, {"refunding": "0"}),
    sa.PrimaryKeyConstraint("account_id", "invoice_number"),
)
UNSETTLED = sa.text("total > paid + credited")
sa.Index(
    "ix_receivables_unsettled",
    receivables.c.account_id,
    receivables.c.invoice_number,
    sqlite_where=UNSETTLED,
    postgresql_where=UNSETTLED,
)
payments = sa.Table(
    "payments",
    metadata,
    *columns_of(PAYMENT_ROWS),
    sa.PrimaryKeyConstraint("account_id", "payment_id"),
    sa.Index("ix_payments_invoice_number", "account_id", "invoice_number"),
)

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
confine_tables(metadata)
