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
from askul_connect.core.domain.outbox import OutboxDecision
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    Lease,
    LedgerMove,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    Watermark,
)
from askul_connect.core.domain.tax import TaxTotal
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
WATERMARK_ROWS = Rows(Watermark)
LEASE_ROWS = Rows(Lease)
DECISION_ROWS = Rows(OutboxDecision)

PURCHASE_ORDER_KEY = tuple(field.column for field in KEY_ROWS.fields)
ORDER_KEY = ("supplier", "order_number")
INVOICE_KEY = ("supplier", "invoice_number")

purchase_orders = sa.Table(
    "purchase_orders",
    metadata,
    *columns_of(PURCHASE_ORDER_ROWS),
    sa.PrimaryKeyConstraint(*PURCHASE_ORDER_KEY),
    sa.Index("ix_purchase_orders_purchase_order_id", "purchase_order_id"),
)
purchase_order_lines = lines_table(
    "purchase_order_lines", metadata, purchase_orders, PURCHASE_ORDER_KEY, PURCHASE_LINE_ROWS
)
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
invoice_tax = lines_table("invoice_tax", metadata, invoices, INVOICE_KEY, TAX_ROWS)


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
    )


confirmations = _documents("confirmations")
ship_notices = _documents("ship_notices")
invoice_matches = sa.Table(
    "invoice_matches",
    metadata,
    *columns_of(MATCH_ROWS),
    sa.PrimaryKeyConstraint("supplier", "invoice_number", "line_number"),
    sa.Index("ix_invoice_matches_purchase_order", "purchase_order"),
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
# One row for each department, period and currency: what the ERP granted (NULL while it granted nothing) and
# the sums of the ledger, which are kept here so that one row can be read and held for a check.
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
leases = sa.Table("leases", metadata, *columns_of(LEASE_ROWS), sa.PrimaryKeyConstraint("name"))
outbox = outbox_table(metadata)
outbox_decisions = sa.Table(
    "outbox_decisions",
    metadata,
    place(),
    *columns_of(DECISION_ROWS),
    sa.Index("ix_outbox_decisions_message_id", "message_id"),
)
facts = facts_table(metadata)
