"""Why an order, a match or a budget decision came out as it did, from everything that is stored about it (INT-10).

What is shown are facts and texts; message bodies, credentials and addresses are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import frozen

from askul_connect.core.domain.outbox import OutboxMessage
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    LedgerMove,
    MoveKind,
    PurchaseLine,
    PurchaseOrderRecord,
)
from askul_connect.core.errors import NumberUnknown, Text
from askul_connect.core.messages.documents import Invoice, InvoiceLine, OrderDocument
from askul_connect.core.policies.explanation_texts import (
    budget_texts,
    match_texts,
    message_text,
    purchase_order_texts,
)
from askul_connect.core.policies.matching import receipts_count
from askul_connect.core.policies.settings import MatchingSettings
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import DeskRules
from askul_connect.core.services.buyer.match_views import View, decision_view, match_view, text_view
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    PLACE_ORDER_KIND,
    document_key,
)


def explain(unit: BuyerUnitOfWork, rules: DeskRules, number: str, supplier: str = "") -> View:
    """Explain what has a number: an invoice, an order of a supplier, or a purchase order.

    Args:
        unit: Where it is stored.
        rules: What the integrator decided, as it is now.
        number: Any of the three; all that have it are explained.
        supplier: Only this supplier's; empty for all.

    Raises:
        NumberUnknown: Nothing has that number.
    """
    invoices = [
        _invoice(unit, rules, owner, invoice)
        for owner in unit.history.suppliers_of("invoices", number)
        if supplier in {"", owner} and (invoice := unit.history.invoice(owner, number)) is not None
    ]
    records = {
        str(record.key): record for record in _records(unit, number) if supplier in {"", record.supplier}
    }
    if not invoices and not records:
        whose = f" of {supplier}" if supplier else ""
        raise NumberUnknown(
            f"no invoice, order or purchase order{whose} has the number {number};"
            " a purchase order that was rejected is explained by the .error.json beside its file",
            where="NUMBER",
        )
    return {
        "number": number,
        "invoices": invoices,
        "purchase_orders": [_purchase_order(unit, rules, record) for record in records.values()],
    }


def _records(unit: BuyerUnitOfWork, number: str) -> Iterator[PurchaseOrderRecord]:
    yield from unit.purchase_orders.by_id(number)
    for owner in unit.history.suppliers_of("orders", number):
        order = unit.history.order(owner, number)
        if order is not None:
            for record in unit.purchase_orders.by_id(order.purchase_order_id):
                if record.supplier == owner and number in record.order_numbers:
                    yield record


def _texts(texts: Iterable[Text]) -> list[dict[str, str]]:
    return [text_view(text) for text in texts]


def tolerances(settings: MatchingSettings) -> dict[str, str]:
    """What is tolerated, as it is set now."""
    names = ("price_tolerance", "quantity_tolerance", "amount_tolerance", "tax_tolerance")
    return {name: str(getattr(settings, name)) for each in names for name in (each, f"{each}_percent")}


def _invoice(unit: BuyerUnitOfWork, rules: DeskRules, supplier: str, invoice: Invoice) -> dict[str, Any]:
    number = invoice.invoice_number
    reader = _Reader(unit=unit, rules=rules, supplier=supplier, invoice=invoice)
    matches = {one.line_number: one for one in unit.matches.of_invoice(supplier, number)}
    decisions = unit.matches.decisions(supplier, [number])
    keys = {match.purchase_order for match in matches.values() if match.purchase_order}
    records = {
        str(record.key): record
        for records in unit.purchase_orders.by_ids(
            sorted({line.purchase_order_id for line in invoice.lines})
        ).values()
        for record in records
        if str(record.key) in keys
    }
    source = document_key(supplier, number)
    moves = [
        move
        for key in sorted(records)
        for move in unit.budgets.moves(key)
        # what was taken back of several invoices at once names all of them
        if source in move.source.split(", ")
    ]
    return {
        "supplier": supplier,
        "invoice_number": number,
        "issued_on": invoice.issued_on.isoformat(),
        "currency": invoice.currency,
        "total_excl_tax": invoice.total_excl_tax,
        "total_incl_tax": invoice.total_incl_tax,
        "tolerances": tolerances(rules.matching),
        "lines": [
            _invoice_line(reader, line, matches.get(line.line_number), records) for line in invoice.lines
        ],
        "decisions": [decision_view(one) for one in decisions],
        "ledger": [_move(move) for move in moves],
        "messages": _messages(unit, [(ERP_INVOICE_KIND, document_key(supplier, number))]),
    }


@frozen(kw_only=True)
class _Reader:
    """Where one invoice and what it is compared with are read."""

    unit: BuyerUnitOfWork
    rules: DeskRules
    supplier: str
    invoice: Invoice


def _invoice_line(
    reader: _Reader,
    line: InvoiceLine,
    match: InvoiceMatch | None,
    records: dict[str, PurchaseOrderRecord],
) -> dict[str, Any]:
    unit, supplier = reader.unit, reader.supplier
    record = records.get(match.purchase_order) if match else None
    purchase = next((one for one in record.lines if one.line_id == line.line_id), None) if record else None
    three_way = receipts_count(reader.rules.matching, supplier, purchase.account if purchase else "")
    said = match_texts(match) if match else [Text(ja="まだ照合していない", en="it was not matched yet")]
    return {
        **(match_view(match, reader.invoice, ()) if match else {"line_number": line.line_number}),
        "way": "three_way" if three_way else "two_way",
        "why": _texts(said),
        "compared": {
            "invoice": {
                "quantity": line.quantity,
                "unit_price": str(line.unit_price),
                "amount_excl_tax": line.amount_excl_tax,
                "tax_category": line.tax_category.value,
                "tax_rate": str(line.tax_rate),
                "ship_notice_number": line.ship_notice_number,
            },
            "order": _order_line(unit.history.order(supplier, line.order_number), line.line_id),
            "purchase_order": _purchase_line(purchase) if purchase else None,
            "received": unit.receipts.received(record.key, line.line_id) if record else None,
            "invoiced": [
                {
                    "invoice_number": one.invoice_number,
                    "line_number": one.line_number,
                    "ship_notice_number": one.ship_notice_number,
                    "quantity": one.quantity,
                }
                for one in unit.matches.billed(supplier, line.order_number, line.line_id)
            ],
        },
    }


def _order_line(order: OrderDocument | None, line_id: str) -> dict[str, Any] | None:
    line = next((one for one in order.lines if one.line_id == line_id), None) if order else None
    if order is None or line is None:
        return None
    return {
        "order_number": order.order_number,
        "state": line.state.value,
        "quantity": line.quantity,
        "quantity_shipped": line.quantity_shipped,
        "quantity_cancelled": line.quantity_cancelled,
        "unit_price": str(line.unit_price),
        "amount_excl_tax": line.amount_excl_tax,
        "tax_category": line.tax_category.value,
        "tax_rate": str(line.tax_rate),
    }


def _purchase_line(line: PurchaseLine) -> dict[str, Any]:
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_price": str(line.unit_price),
        "amount_excl_tax": line.amount_excl_tax,
        "department": line.department,
        "period": line.period,
        "cost_centre": line.cost_centre,
        "account": line.account,
    }


def _purchase_order(unit: BuyerUnitOfWork, rules: DeskRules, record: PurchaseOrderRecord) -> dict[str, Any]:
    key = str(record.key)
    moves = unit.budgets.moves(key)
    orders = (
        unit.history.many(record.supplier, "orders", record.order_numbers) if record.order_numbers else {}
    )
    confirmations = unit.history.confirmations_of(record.supplier, record.order_numbers)
    ship_notices = unit.history.ship_notices_of(record.supplier, record.order_numbers)
    matches = unit.matches.of_purchase_order(key)
    received = unit.receipts.received_of([record.key.purchase_order_id])
    messages = [(PLACE_ORDER_KIND, key)]
    messages += [
        (ERP_CONFIRMATION_KIND, document_key(record.supplier, one.confirmation_number))
        for one in confirmations
    ]
    messages += [
        (ERP_SHIP_NOTICE_KIND, document_key(record.supplier, one.ship_notice_number)) for one in ship_notices
    ]
    billed = sorted({(match.supplier, match.invoice_number) for match in matches})
    messages += [(ERP_INVOICE_KIND, document_key(*one)) for one in billed]
    reserved = sum(move.pre_encumbrance for move in moves if move.kind is MoveKind.PRE_ENCUMBRANCE)
    return {
        "purchase_order": key,
        "purchase_order_id": record.key.purchase_order_id,
        "supplier": record.supplier,
        "state": record.state.value,
        "currency": record.currency,
        "document": record.document,
        "accepted_at": record.accepted_at.isoformat(),
        "correlation_id": record.correlation_id,
        "refusal": record.refusal,
        "why": _texts(purchase_order_texts(record)),
        "lines": [
            {
                **_purchase_line(line),
                "received": received.get((record.key, line.line_id)),
                **_held(move for move in moves if move.line_id == line.line_id),
            }
            for line in record.lines
        ],
        "orders": [_order(order) for order in orders.values()],
        "confirmations": [one.confirmation_number for one in confirmations],
        "ship_notices": [one.ship_notice_number for one in ship_notices],
        "budget": {
            "why": _texts(budget_texts(record, reserved, rules.budgets)),
            "reserved": reserved,
            "available_before": record.budget_before,
            "balances": _balances(unit, record),
        },
        "matches": [
            {
                "supplier": match.supplier,
                "invoice_number": match.invoice_number,
                "line_number": match.line_number,
                "order_line_id": match.line_id,
                "standing": match.standing,
                "why": _texts(match_texts(match)),
            }
            for match in matches
        ],
        "ledger": [_move(move) for move in moves],
        "messages": _messages(unit, messages),
    }


def _order(order: OrderDocument) -> dict[str, Any]:
    return {
        "order_number": order.order_number,
        "state": order.state.value,
        "order_date": order.order_date.isoformat(),
        "total_excl_tax": order.total_excl_tax,
        "total_incl_tax": order.total_incl_tax,
        "lines": [
            {"line_id": line.line_id, **(_order_line(order, line.line_id) or {})} for line in order.lines
        ],
    }


def _balances(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> list[dict[str, Any]]:
    keys = sorted({(line.department, line.period) for line in record.lines})
    found = [unit.budgets.balance(department, period, record.currency) for department, period in keys]
    return [
        {
            "department": one.department,
            "period": one.period,
            "budget": one.budget,
            "pre_encumbrance": one.pre_encumbrance,
            "encumbrance": one.encumbrance,
            "actual": one.actual,
            "available": one.available,
        }
        for one in found
        if one is not None
    ]


def _held(moves: Iterator[LedgerMove]) -> dict[str, int]:
    made = list(moves)
    return {
        "pre_encumbrance": sum(move.pre_encumbrance for move in made),
        "encumbrance": sum(move.encumbrance for move in made),
        "actual": sum(move.actual for move in made),
    }


def _move(move: LedgerMove) -> dict[str, Any]:
    return {
        "at": move.at.isoformat(),
        "kind": move.kind.value,
        "purchase_order": move.purchase_order,
        "line_id": move.line_id,
        "department": move.department,
        "period": move.period,
        "quantity": move.quantity,
        "pre_encumbrance": move.pre_encumbrance,
        "encumbrance": move.encumbrance,
        "actual": move.actual,
        "source": move.source,
    }


def _messages(unit: BuyerUnitOfWork, keys: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    found = [unit.outbox.find(kind, key) for kind, key in keys]
    return [_message(message) for message in found if message is not None]


def _message(message: OutboxMessage) -> dict[str, Any]:
    return {
        "kind": message.kind,
        "business_key": message.business_key,
        "state": message.state.value,
        "attempts": message.attempts,
        "last_error": message.last_error,
        "created_at": message.created_at.isoformat(),
        "done_at": message.done_at.isoformat() if message.done_at else None,
        "why": text_view(message_text(message)),
    }
