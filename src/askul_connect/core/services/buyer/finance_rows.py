"""The rows of the tables for finance, from the documents and entities they are about (INT-7)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.finance import FinanceCell
from askul_connect.core.domain.purchasing import (
    BudgetBalance,
    InvoiceMatch,
    LedgerMove,
    PurchaseOrderKey,
)
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt

Row = tuple[FinanceCell, ...]


def order_row(supplier: str, order: OrderDocument) -> Row:
    """Of ``orders``."""
    return (
        supplier,
        order.order_number,
        order.purchase_order_id,
        order.order_date,
        order.state.value,
        order.currency,
        order.total_excl_tax,
        order.total_incl_tax,
    )


def order_line_rows(supplier: str, order: OrderDocument) -> Iterator[Row]:
    """Of ``order_lines``."""
    for position, line in enumerate(order.lines, start=1):
        yield (
            supplier,
            order.order_number,
            line.line_id,
            line.sku,
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            line.amount_excl_tax,
            line.tax_rate,
            line.state.value,
            line.quantity_shipped,
            line.quantity_cancelled,
            line.department,
            line.cost_centre,
            position,
        )


def order_allowance_rows(supplier: str, order: OrderDocument) -> Iterator[Row]:
    """Of ``order_allowances``: those of the lines, with the line's id, then those of the whole, without one."""
    found = [(line.line_id, entry) for line in order.lines for entry in line.allowances]
    found += [("", entry) for entry in order.allowances]
    for position, (line_id, entry) in enumerate(found, start=1):
        yield (supplier, order.order_number, line_id, *_allowance(entry), position)


def _allowance(entry: AllowanceCharge) -> Row:
    return (
        "charge" if entry.charge else "allowance",
        entry.amount,
        entry.reason_code,
        entry.reason,
        entry.percent,
        entry.base_amount,
        entry.tax_category.value if entry.tax_category else "",
        entry.tax_rate,
    )


def confirmation_row(supplier: str, document: OrderConfirmation) -> Row:
    """Of ``confirmations``."""
    return (
        supplier,
        document.confirmation_number,
        document.order_number,
        document.purchase_order_id,
        document.currency,
        document.confirmed_on,
        document.confirmed_at,
    )


def confirmation_line_rows(supplier: str, document: OrderConfirmation) -> Iterator[Row]:
    """Of ``confirmation_lines``."""
    for position, line in enumerate(document.lines, start=1):
        yield (
            supplier,
            document.confirmation_number,
            line.line_id,
            line.sku,
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            line.quantity_confirmed,
            line.promised_on,
            line.reason,
            position,
        )


def ship_notice_row(supplier: str, document: ShipNotice) -> Row:
    """Of ``ship_notices``."""
    return (
        supplier,
        document.ship_notice_number,
        document.order_number,
        document.purchase_order_id,
        document.shipped_on,
        document.shipped_at,
    )


def ship_notice_line_rows(supplier: str, document: ShipNotice) -> Iterator[Row]:
    """Of ``ship_notice_lines``."""
    for position, line in enumerate(document.lines, start=1):
        yield (
            supplier,
            document.ship_notice_number,
            line.line_id,
            line.sku,
            line.name,
            line.quantity,
            line.unit,
            line.quantity_outstanding,
            line.quantity_short,
            line.reason,
            line.substitute_for,
            line.promised_on,
            position,
        )


def goods_receipt_row(key: PurchaseOrderKey, receipt: GoodsReceipt) -> Row:
    """Of ``goods_receipts``."""
    return (
        receipt.receipt_id,
        key.buyer_party,
        receipt.purchase_order_id,
        key.issue_year,
        receipt.line_id,
        receipt.quantity,
        receipt.received_on,
    )


def invoice_row(supplier: str, invoice: Invoice) -> Row:
    """Of ``invoices``."""
    return (
        supplier,
        invoice.invoice_number,
        invoice.issued_on,
        invoice.due_on,
        invoice.currency,
        invoice.supplier.registration_number,
        invoice.total_excl_tax,
        invoice.total_incl_tax,
    )


def invoice_line_rows(supplier: str, invoice: Invoice, results: Mapping[str, str]) -> Iterator[Row]:
    """Of ``invoice_lines``; results of matching by line."""
    for position, line in enumerate(invoice.lines, start=1):
        yield (
            supplier,
            invoice.invoice_number,
            # within an invoice only its own numbers are unique: the orders' line ids repeat
            line.line_number,
            line.order_number,
            line.purchase_order_id,
            line.line_id,
            line.ship_notice_number,
            line.shipped_on,
            line.sku,
            line.name,
            line.quantity,
            line.unit,
            line.unit_price,
            line.amount_excl_tax,
            line.tax_rate,
            results.get(line.line_number, ""),
            position,
        )


def invoice_allowance_rows(supplier: str, invoice: Invoice) -> Iterator[Row]:
    """Of ``invoice_allowances``: those of the lines, then those of whole orders."""
    found = [
        (line.line_number, line.order_number, line.purchase_order_id, line.ship_notice_number, entry)
        for line in invoice.lines
        for entry in line.allowances
    ]
    found += [
        ("", entry.order_number, entry.purchase_order_id, entry.ship_notice_number, entry.allowance)
        for entry in invoice.allowances
    ]
    for position, (*about, allowance) in enumerate(found, start=1):
        yield (supplier, invoice.invoice_number, *about, *_allowance(allowance), position)


def invoice_tax_rows(supplier: str, invoice: Invoice) -> Iterator[Row]:
    """Of ``invoice_tax``."""
    for position, entry in enumerate(invoice.tax, start=1):
        yield (supplier, invoice.invoice_number, entry.rate, entry.taxable, entry.tax, position)


def match_rows(matches: Iterable[InvoiceMatch]) -> Iterator[Row]:
    """Of ``matches``."""
    for match in matches:
        yield (
            match.supplier,
            match.invoice_number,
            match.line_number,
            match.purchase_order,
            match.line_id,
            match.result.value,
            match.detail,
        )


def move_row(move: LedgerMove) -> Row:
    """Of ``ledger_moves``."""
    return (
        move.move_key,
        move.kind.value,
        move.department,
        move.period,
        move.currency,
        move.quantity,
        move.pre_encumbrance,
        move.encumbrance,
        move.actual,
        move.source,
        move.purchase_order,
        move.line_id,
        move.at,
    )


def budget_row(balance: BudgetBalance) -> Row:
    """Of ``budgets``."""
    return (
        balance.department,
        balance.period,
        balance.currency,
        balance.budget,
        balance.pre_encumbrance,
        balance.encumbrance,
        balance.actual,
        balance.available,
    )
