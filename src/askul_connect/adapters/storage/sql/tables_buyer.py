"""The buyer's tables; finance reads those of orders, invoices, matches and budgets with any SQL tool (INT-7).

Amounts are minor units of the row's or its document's currency; unit prices and rates are decimal text.
"""

from __future__ import annotations

import sqlalchemy as sa

from askul_connect.adapters.storage.sql.columns import (
    columns_of,
    integer,
    lines_table,
    new_metadata,
    place,
    text,
)
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.tables_shared import facts_table, outbox_table
from askul_connect.adapters.storage.sql.values import NOTHING
from askul_connect.core.domain.budget_approvals import BudgetApproval
from askul_connect.core.domain.matches import MatchDecision
from askul_connect.core.domain.outbox import OutboxDecision
from askul_connect.core.domain.purchase_changes import CreditMatch, OrderChange
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    Lease,
    LedgerMove,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    Watermark,
)
from askul_connect.core.domain.purges import PurgeEntry
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import (
    Invoice,
    InvoiceLine,
    OrderDocument,
    OrderDocumentLine,
)

metadata = new_metadata()

KEY_ROWS = Rows(PurchaseOrderKey)
PURCHASE_ORDER_ROWS = Rows(PurchaseOrderRecord, without=("lines",), prefixes={"key": ""})
PURCHASE_LINE_ROWS = Rows(PurchaseLine)
ORDER_ROWS = Rows(OrderDocument, without=("lines", "tax"))
ORDER_LINE_ROWS = Rows(OrderDocumentLine)
TAX_ROWS = Rows(TaxTotal)
INVOICE_ROWS = Rows(Invoice, without=("lines", "tax"))
INVOICE_LINE_ROWS = Rows(InvoiceLine)
MOVE_ROWS = Rows(LedgerMove)
MATCH_ROWS = Rows(InvoiceMatch)
DECISION_ROWS = Rows(MatchDecision)
WATERMARK_ROWS = Rows(Watermark)
LEASE_ROWS = Rows(Lease)
PURGE_ROWS = Rows(PurgeEntry)
REQUISITION_ROWS = Rows(Requisition, without=("lines",))
REQUISITION_LINE_ROWS = Rows(RequisitionLine)
APPROVAL_ROWS = Rows(BudgetApproval)
CREDIT_NOTE_ROWS = Rows(CreditNote, without=("lines", "tax"))
CREDIT_NOTE_LINE_ROWS = Rows(CreditNoteLine)
CREDIT_MATCH_ROWS = Rows(CreditMatch)
CHANGE_ROWS = Rows(OrderChange, prefixes={"key": ""})
OUTBOX_DECISION_ROWS = Rows(OutboxDecision)

PURCHASE_ORDER_KEY = tuple(field.column for field in KEY_ROWS.fields)
REQUISITION_KEY = ("buyer_party", "requisition_id")
ORDER_KEY = ("supplier", "order_number")
INVOICE_KEY = ("supplier", "invoice_number")
CREDIT_NOTE_KEY = ("supplier", "credit_note_number")

purchase_orders = sa.Table(
    "purchase_orders",
    metadata,
    *columns_of(PURCHASE_ORDER_ROWS, {"closed_lines": f"'{NOTHING}'"}),
    sa.PrimaryKeyConstraint(*PURCHASE_ORDER_KEY),
    sa.Index("ix_purchase_orders_purchase_order_id", "purchase_order_id"),
)
purchase_order_lines = lines_table(
    "purchase_order_lines", metadata, purchase_orders, PURCHASE_ORDER_KEY, PURCHASE_LINE_ROWS
)
# Which purchase orders take over a requisition.
sa.Index("ix_purchase_order_lines_requisition_id", purchase_order_lines.c.requisition_id)
orders = sa.Table(
    "orders", metadata, text("supplier"), *columns_of(ORDER_ROWS), sa.PrimaryKeyConstraint(*ORDER_KEY)
)
order_lines = lines_table("order_lines", metadata, orders, ORDER_KEY, ORDER_LINE_ROWS)
order_tax = lines_table("order_tax", metadata, orders, ORDER_KEY, TAX_ROWS)
# `supplier` is our name of the connection; `supplier_name` and the like are what the invoice says.
invoices = sa.Table(
    "invoices", metadata, text("supplier"), *columns_of(INVOICE_ROWS), sa.PrimaryKeyConstraint(*INVOICE_KEY)
)
invoice_lines = lines_table("invoice_lines", metadata, invoices, INVOICE_KEY, INVOICE_LINE_ROWS)
# Which invoices bill an order line.
sa.Index(None, *(invoice_lines.c[name] for name in ("supplier", "order_number", "line_id")))
# Where a line stands in its invoice: without it, looking up each line of a monthly invoice reads all of it.
sa.Index(None, *(invoice_lines.c[name] for name in ("supplier", "invoice_number", "line_number")))
invoice_tax = lines_table("invoice_tax", metadata, invoices, INVOICE_KEY, TAX_ROWS)
credit_notes = sa.Table(
    "credit_notes",
    metadata,
    text("supplier"),
    *columns_of(CREDIT_NOTE_ROWS),
    sa.PrimaryKeyConstraint(*CREDIT_NOTE_KEY),
)
credit_note_lines = lines_table(
    "credit_note_lines", metadata, credit_notes, CREDIT_NOTE_KEY, CREDIT_NOTE_LINE_ROWS
)
# Which credit notes credit an order line.
sa.Index(None, *(credit_note_lines.c[name] for name in ("supplier", "order_number", "line_id")))
credit_note_tax = lines_table("credit_note_tax", metadata, credit_notes, CREDIT_NOTE_KEY, TAX_ROWS)
credit_matches = sa.Table(
    "credit_matches",
    metadata,
    *columns_of(CREDIT_MATCH_ROWS),
    sa.PrimaryKeyConstraint("supplier", "credit_note_number", "line_number"),
    sa.Index("ix_credit_matches_purchase_order", "purchase_order"),
)
order_changes = sa.Table(
    "order_changes",
    metadata,
    *columns_of(CHANGE_ROWS),
    sa.PrimaryKeyConstraint(*PURCHASE_ORDER_KEY, "change_id"),
)


def _documents(name: str) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        text("supplier"),
        text("number"),
        text("order_number"),
        text("purchase_order_id"),
        integer("schema"),
        text("body"),
        sa.PrimaryKeyConstraint("supplier", "number"),
        sa.Index(None, "supplier", "order_number"),
    )


confirmations = _documents("confirmations")
ship_notices = _documents("ship_notices")
invoice_matches = sa.Table(
    "invoice_matches",
    metadata,
    *columns_of(MATCH_ROWS, {"booked": "false"}),
    sa.PrimaryKeyConstraint("supplier", "invoice_number", "line_number"),
    sa.Index("ix_invoice_matches_purchase_order", "purchase_order"),
)
# Only ever added to: who released a line, and which supplier took back what was booked.
match_decisions = sa.Table(
    "match_decisions",
    metadata,
    place(),
    *columns_of(DECISION_ROWS),
    sa.Index("ix_match_decisions_invoice", "supplier", "invoice_number"),
)
goods_receipts = sa.Table(
    "goods_receipts",
    metadata,
    text("receipt_id"),
    *columns_of(KEY_ROWS),
    text("line_id"),
    integer("quantity"),
    text("received_on"),
    sa.PrimaryKeyConstraint("receipt_id"),
    sa.Index("ix_goods_receipts_line", *PURCHASE_ORDER_KEY, "line_id"),
)
# One row for each budget, period and currency: what the ERP granted (NULL while it granted nothing) and the sums of
# the ledger, which are kept here so that one row can be read and held for a check. `department` is the code of what
# budgets are kept by.
budgets = sa.Table(
    "budgets",
    metadata,
    text("department"),
    text("period"),
    text("currency"),
    integer("amount", nullable=True),
    integer("pre_encumbrance"),
    integer("encumbrance"),
    integer("actual"),
    sa.PrimaryKeyConstraint("department", "period", "currency"),
)
ledger_moves = sa.Table(
    "ledger_moves",
    metadata,
    place(),
    *columns_of(MOVE_ROWS),
    sa.UniqueConstraint("move_key"),
    sa.Index("ix_ledger_moves_purchase_order", "purchase_order"),
)
requisitions = sa.Table(
    "requisitions", metadata, *columns_of(REQUISITION_ROWS), sa.PrimaryKeyConstraint(*REQUISITION_KEY)
)
requisition_lines = lines_table(
    "requisition_lines", metadata, requisitions, REQUISITION_KEY, REQUISITION_LINE_ROWS
)
budget_approvals = sa.Table(
    "budget_approvals", metadata, *columns_of(APPROVAL_ROWS), sa.PrimaryKeyConstraint("stage", "document")
)
watermarks = sa.Table(
    "watermarks",
    metadata,
    *columns_of(WATERMARK_ROWS, {"reading": "'new'"}),
    sa.PrimaryKeyConstraint("supplier", "feed"),
)
sightings = sa.Table(
    "sightings",
    metadata,
    text("supplier"),
    text("reader"),
    text("number"),
    sa.PrimaryKeyConstraint("supplier", "reader", "number"),
    sqlite_with_rowid=False,
)
# Keys of what was removed because its time was over: it is known when it comes again, and counted.
purged_records = sa.Table(
    "purged_records",
    metadata,
    text("supplier"),
    text("feed"),
    text("number"),
    text("purged_on"),
    sa.PrimaryKeyConstraint("supplier", "feed", "number"),
    sqlite_with_rowid=False,
)
purges = sa.Table("purges", metadata, *columns_of(PURGE_ROWS), sa.PrimaryKeyConstraint("purge_id"))
leases = sa.Table("leases", metadata, *columns_of(LEASE_ROWS), sa.PrimaryKeyConstraint("name"))
outbox = outbox_table(metadata)
outbox_decisions = sa.Table(
    "outbox_decisions",
    metadata,
    place(),
    *columns_of(OUTBOX_DECISION_ROWS),
    sa.Index("ix_outbox_decisions_message_id", "message_id"),
)
facts = facts_table(metadata)
