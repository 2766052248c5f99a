"""What integrators and tests read: orders, invoices, credit notes, budgets, outbox, by keys that are never renamed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from attrs import asdict

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.outbox import OUTBOX_STEPS, OutboxMessage, OutboxStep
from askul_connect.core.domain.purchase_changes import ChangeKind, CreditMatch, OrderChange
from askul_connect.core.domain.purchasing import (
    BudgetBalance,
    InvoiceMatch,
    PurchaseOrderKey,
    PurchaseOrderRecord,
)
from askul_connect.core.domain.tax import TaxTotal
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderDocument
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND, correlations_of, find_message
from askul_connect.core.services.buyer.placing import record_of
from askul_connect.core.services.buyer.refusals import refusal_code

View = Mapping[str, Any]

_BY_PEOPLE = (OutboxStep.RESEND, OutboxStep.GIVE_UP, OutboxStep.REPAIR)


def _decimal(value: Decimal) -> str:
    """A decimal string in one spelling: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _tax(entries: Iterable[TaxTotal]) -> list[dict[str, Any]]:
    return [{"rate": _decimal(entry.rate), "taxable": entry.taxable, "tax": entry.tax} for entry in entries]


def order_views(unit: BuyerUnitOfWork) -> Sequence[View]:
    """Every order of the history."""
    known = {
        (record.supplier, number): record
        for record in unit.purchase_orders.all()
        for number in record.order_numbers
    }
    changes: dict[PurchaseOrderKey, list[OrderChange]] = {}
    for change in unit.order_changes.all():
        changes.setdefault(change.key, []).append(change)
    views = []
    for supplier, order in unit.history.orders():
        record = known.get((supplier, order.order_number))
        closed = record.closed_lines if record else ()
        view = _order(supplier, order, record.correlation_id if record else "", closed)
        views.append(
            {**view, "changes": [_change(one) for one in changes.get(record.key, ())] if record else []}
        )
    return views


def _change(change: OrderChange) -> View:
    return {
        "change_id": change.change_id,
        "kind": change.kind.value,
        "state": change.state.value,
        "document": change.document,
        "lines": [
            # what is closed or opened again has no quantity
            {"line_id": line.line_id}
            if change.kind in {ChangeKind.CLOSE, ChangeKind.REOPEN}
            else {"line_id": line.line_id, "quantity": line.quantity}
            for line in change.lines
        ],
        "refusal": refusal_code(change.refusal) if change.refusal else "",
    }


def _correlations(unit: BuyerUnitOfWork) -> Mapping[tuple[str, str], str]:
    """Correlation ids by supplier and order number."""
    return {
        (record.supplier, number): record.correlation_id
        for record in unit.purchase_orders.all()
        for number in record.order_numbers
    }


def _order(supplier: str, order: OrderDocument, correlation_id: str, closed: Sequence[str]) -> View:
    return {
        "order_number": order.order_number,
        "purchase_order_id": order.purchase_order_id,
        "correlation_id": correlation_id,
        "supplier": supplier,
        "state": order.state.value,
        "currency": order.currency,
        "order_date": order.order_date.isoformat(),
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": _decimal(line.unit_price),
                "amount_excl_tax": line.amount_excl_tax,
                "tax_rate": _decimal(line.tax_rate),
                "state": line.state.value,
                "quantity_shipped": line.quantity_shipped,
                "quantity_cancelled": line.quantity_cancelled,
                "closed": line.line_id in closed,
                "department": line.department,
                "cost_centre": line.cost_centre,
                "allowances": [_allowance(entry) for entry in line.allowances],
            }
            for line in order.lines
        ],
        "allowances": [_allowance(entry) for entry in order.allowances],
        "tax": _tax(order.tax),
        "total_excl_tax": order.total_excl_tax,
        "total_incl_tax": order.total_incl_tax,
        "anticipated": asdict(order.anticipated) if order.anticipated else None,
    }


def _allowance(entry: AllowanceCharge) -> dict[str, Any]:
    return {
        "kind": "charge" if entry.charge else "allowance",
        "amount": entry.amount,
        "reason_code": entry.reason_code,
        "reason": entry.reason,
        "percent": None if entry.percent is None else _decimal(entry.percent),
        "base_amount": entry.base_amount,
        "tax_category": entry.tax_category.value if entry.tax_category else "",
        "tax_rate": None if entry.tax_rate is None else _decimal(entry.tax_rate),
    }


def invoice_views(unit: BuyerUnitOfWork) -> Sequence[View]:
    """Every invoice with its match."""
    known = _correlations(unit)
    return [
        _invoice(supplier, invoice, known, unit.matches.of_invoice(supplier, invoice.invoice_number))
        for supplier, invoice in unit.history.invoices()
    ]


def _invoice(
    supplier: str,
    invoice: Invoice,
    known: Mapping[tuple[str, str], str],
    matches: Sequence[InvoiceMatch],
) -> View:
    orders = sorted({line.order_number for line in invoice.lines})
    ids = {known[supplier, number] for number in orders if (supplier, number) in known}
    return {
        "invoice_number": invoice.invoice_number,
        "supplier": supplier,
        "order_numbers": orders,
        "correlation_ids": sorted(ids),
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "currency": invoice.currency,
        "registration_number": invoice.supplier.registration_number,
        "lines": [
            {
                # within an invoice only its own numbers are unique: the orders' line ids repeat
                "line_id": line.line_number,
                "order_number": line.order_number,
                "purchase_order_id": line.purchase_order_id,
                "order_line_id": line.line_id,
                "ship_notice_number": line.ship_notice_number,
                "shipped_on": line.shipped_on.isoformat(),
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": _decimal(line.unit_price),
                "amount_excl_tax": line.amount_excl_tax,
                "tax_rate": _decimal(line.tax_rate),
                "reduced_rate": line.tax_category.value == "reduced",
                "allowances": [_allowance(entry) for entry in line.allowances],
            }
            for line in invoice.lines
        ],
        "allowances": [
            {
                **_allowance(entry.allowance),
                "order_number": entry.order_number,
                "purchase_order_id": entry.purchase_order_id,
                "ship_notice_number": entry.ship_notice_number,
            }
            for entry in invoice.allowances
        ],
        "tax": _tax(invoice.tax),
        "total_excl_tax": invoice.total_excl_tax,
        "total_incl_tax": invoice.total_incl_tax,
        "match": [
            {
                "line_id": match.line_number,
                "result": match.result.value,
                "detail": match.detail,
                "booked": match.booked,
                "amount": match.amount,
            }
            for match in matches
        ],
    }


def credit_note_views(unit: BuyerUnitOfWork) -> Sequence[View]:
    """Every credit note with its match."""
    known = _correlations(unit)
    return [
        _credit_note(
            supplier, note, known, unit.credit_matches.of_credit_note(supplier, note.credit_note_number)
        )
        for supplier, note in unit.history.credit_notes()
    ]


def _credit_note(
    supplier: str,
    note: CreditNote,
    known: Mapping[tuple[str, str], str],
    matches: Sequence[CreditMatch],
) -> View:
    orders = sorted({line.order_number for line in note.lines})
    ids = {known[supplier, number] for number in orders if (supplier, number) in known}
    return {
        "credit_note_number": note.credit_note_number,
        "supplier": supplier,
        "invoice_number": note.invoice_number,
        "invoice_issued_on": note.invoice_issued_on.isoformat(),
        "order_numbers": orders,
        "correlation_ids": sorted(ids),
        "issued_on": note.issued_on.isoformat(),
        "currency": note.currency,
        "registration_number": note.supplier.registration_number,
        "exempt": note.exempt,
        "lines": [
            {
                "line_id": line.line_number,
                "order_number": line.order_number,
                "purchase_order_id": line.purchase_order_id,
                "order_line_id": line.line_id,
                "ship_notice_number": line.ship_notice_number,
                "shipped_on": line.shipped_on.isoformat(),
                "returned_on": line.returned_on.isoformat(),
                "sku": line.sku,
                "name": line.name,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": _decimal(line.unit_price),
                "amount_excl_tax": line.amount_excl_tax,
                "tax_rate": _decimal(line.tax_rate),
                "reduced_rate": line.tax_category.value == "reduced",
                "reason": line.reason,
                "exempt": line.exempt,
                "allowances": [_allowance(entry) for entry in line.allowances],
            }
            for line in note.lines
        ],
        "allowances": [
            {
                **_allowance(entry.allowance),
                "order_number": entry.order_number,
                "purchase_order_id": entry.purchase_order_id,
                "ship_notice_number": entry.ship_notice_number,
            }
            for entry in note.allowances
        ],
        "tax": _tax(note.tax),
        "total_excl_tax": note.total_excl_tax,
        "total_incl_tax": note.total_incl_tax,
        "match": [
            {"line_id": match.line_number, "result": match.result.value, "detail": match.detail}
            for match in matches
        ],
    }


def budget_views(unit: BuyerUnitOfWork) -> Sequence[View]:
    """Every budget and where it stands."""
    return [_budget(balance) for balance in unit.budgets.balances()]


def _budget(balance: BudgetBalance) -> View:
    return {
        "department": balance.department,
        "period": balance.period,
        "currency": balance.currency,
        "budget": balance.budget,
        "pre_encumbrance": balance.pre_encumbrance,
        "encumbrance": balance.encumbrance,
        "actual": balance.actual,
        "available": balance.available,
    }


def outbox_views(unit: BuyerUnitOfWork) -> Sequence[View]:
    """Every outgoing message."""
    return [_message(message) for message in unit.outbox.all()]


def message_view(unit: BuyerUnitOfWork, name: str) -> View:
    """One outgoing message: what it is about, its tries, and what was decided about it.

    Raises:
        UsageError: There is none of that name, or there are several.
    """
    message = find_message(unit, name)
    return {
        **_message(message),
        "asked_for_at": message.created_at.isoformat(),
        "next_attempt_at": message.next_attempt_at.isoformat(),
        "done_at": message.done_at.isoformat() if message.done_at else None,
        "order": _purchase(record_of(unit, message)) if message.kind == PLACE_ORDER_KIND else None,
        "possible": [
            step.value for state, step in OUTBOX_STEPS if state is message.state and step in _BY_PEOPLE
        ],
        "decisions": [
            {
                "at": one.at.isoformat(),
                "by": one.by,
                "step": one.step.value,
                "was": one.was.value,
                "reason": one.reason,
            }
            for one in unit.decisions.of(message.message_id)
        ],
    }


def _purchase(record: PurchaseOrderRecord) -> dict[str, Any]:
    return {
        "purchase_order_id": record.key.purchase_order_id,
        "state": record.state.value,
        "document": record.document,
        "accepted_at": record.accepted_at.isoformat(),
        "attempt": record.attempt,
        "currency": record.currency,
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.sku,
                "quantity": line.quantity,
                "unit": line.unit,
                "unit_price": _decimal(line.unit_price),
                "amount_excl_tax": line.amount_excl_tax,
                "department": line.department,
            }
            for line in record.lines
        ],
    }


def _message(message: OutboxMessage) -> View:
    return {
        "id": message.message_id,
        "kind": message.kind,
        "business_key": message.business_key,
        "state": message.state.value,
        "attempts": message.attempts,
        "last_error": message.last_error,
        "target": message.target,
        "correlation_id": message.correlation_id,
        "correlation_ids": list(correlations_of(message)),
    }
