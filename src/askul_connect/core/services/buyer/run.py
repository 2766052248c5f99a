"""The main job: ERP's purchase orders out, suppliers' documents back, budgets and matches kept (INT-1 to INT-7).

A run makes passes until nothing is left that it could do now. With a real clock that is one pass; in a simulation the
clock goes on to whatever is due next, so that a whole month runs through at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from askul_connect.core.domain.purchasing import InvoiceMatch, MatchResult, PurchaseOrderRecord
from askul_connect.core.messages.documents import Invoice
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.delivering import deliver_document
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.filing import file_documents
from askul_connect.core.services.buyer.finance import export_tables
from askul_connect.core.services.buyer.invoice_matching import match_invoices, open_matches
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND
from askul_connect.core.services.buyer.placing import send_order
from askul_connect.core.services.buyer.purchasing import take_file
from askul_connect.core.services.buyer.receiving import receive_goods
from askul_connect.core.services.buyer.report import OrderRow, RunReport, Tally
from askul_connect.core.services.buyer.syncing import sync_supplier
from askul_connect.core.services.buyer.views import budget_views, invoice_views, order_views
from askul_connect.core.services.units import run_unit

POSITION_FACT = "clock-position"
_BATCH = 10_000


def run_desk(desk: Desk) -> RunReport:
    """Do everything that can be done now.

    Raises:
        OurError: Our own storage or the ERP's place fails; what was done before is kept.
        ConfigurationError: The mapping tables or budgets are not accepted.
    """
    tally = Tally()
    first = True
    while True:
        before = desk.timeline.now()
        receipts_due = _pass(desk, tally, everything=first)
        due = _next_due(desk, receipts_due)
        # what is due already but could not be done will not be done by trying again at the same instant
        if due is None or (due <= before and not first) or not desk.timeline.advance(due):
            break
        first = False
        position = desk.timeline.now().isoformat()
        run_unit(desk.storage, lambda unit, p=position: unit.facts.put(POSITION_FACT, p))
    orders, invoices, budgets, matches = run_unit(
        desk.storage,
        lambda unit: (order_views(unit), invoice_views(unit), budget_views(unit), unit.matches.all()),
    )
    export_tables(desk.finance, orders, invoices, budgets)
    rows = run_unit(desk.storage, _rows)
    return tally.report(open_matches=open_matches(matches), rows=rows)


def _pass(desk: Desk, tally: Tally, *, everything: bool) -> datetime | None:
    """One pass; returns when the next waiting goods receipt's day begins."""
    for name in sorted(desk.suppliers):
        work = desk.suppliers[name].work
        if work is not None:
            work.work()
    mapping = desk.erp.mapping()
    budgets = desk.erp.budgets()
    run_unit(desk.storage, lambda unit: unit.budgets.put(budgets))
    taken = [take_file(desk, file, mapping, tally) for file in desk.erp.incoming()]
    _send(desk, tally, orders=True, everything=everything)
    file_documents(desk, taken, tally)
    for name in sorted(desk.suppliers):
        sync_supplier(desk, name, tally)
    receipts_due = receive_goods(desk, tally)
    match_invoices(desk, tally)
    _send(desk, tally, orders=False, everything=everything)
    return receipts_due


def _send(desk: Desk, tally: Tally, *, orders: bool, everything: bool) -> None:
    """Send what the outbox holds: purchase orders, or what goes to the ERP.

    Args:
        everything: Whether messages that wait for their next try go too: somebody started a run to see them go.
    """
    now = desk.timeline.now()
    horizon = datetime.max.replace(tzinfo=now.tzinfo) if everything else now
    for message in run_unit(desk.storage, lambda unit: unit.outbox.due(horizon, _BATCH)):
        if (message.kind == PLACE_ORDER_KIND) is not orders:
            continue
        if orders:
            send_order(desk, message, tally)
        else:
            deliver_document(desk, message, tally)


def _next_due(desk: Desk, receipts_due: datetime | None) -> datetime | None:
    candidates = [receipts_due, run_unit(desk.storage, lambda unit: unit.outbox.next_due())]
    for supplier in desk.suppliers.values():
        if supplier.work is not None:
            candidates.append(supplier.work.next_due())
    return min((due for due in candidates if due is not None), default=None)


def _rows(unit: BuyerUnitOfWork) -> tuple[OrderRow, ...]:
    invoices = unit.history.invoices()
    matches = unit.matches.all()
    return tuple(_row(unit, record, invoices, matches) for record in unit.purchase_orders.all())


def _row(
    unit: BuyerUnitOfWork,
    record: PurchaseOrderRecord,
    invoices: Sequence[tuple[str, Invoice]],
    matches: Sequence[InvoiceMatch],
) -> OrderRow:
    orders = [unit.history.order(record.supplier, number) for number in record.order_numbers]
    placed = [order for order in orders if order is not None]
    used = sum(
        move.pre_encumbrance + move.encumbrance + move.actual for move in unit.budgets.moves(str(record.key))
    )
    results = sorted({match.result for match in matches if match.purchase_order == str(record.key)})
    differing = [result.value for result in results if result is not MatchResult.MATCHED]
    return OrderRow(
        purchase_order_id=record.key.purchase_order_id,
        order_numbers=record.order_numbers,
        supplier=record.supplier,
        state=", ".join(sorted({order.state.value for order in placed})) or record.state.value,
        departments=tuple(sorted({line.department for line in record.lines})),
        currency=record.currency,
        total_incl_tax=sum(order.total_incl_tax for order in placed) if placed else None,
        budget_before=record.budget_before,
        budget_after=None if record.budget_before is None else record.budget_before - used,
        invoices=tuple(
            invoice.invoice_number
            for supplier, invoice in invoices
            if supplier == record.supplier
            and any(line.order_number in record.order_numbers for line in invoice.lines)
        ),
        match=", ".join(differing) or (MatchResult.MATCHED.value if results else ""),
    )
