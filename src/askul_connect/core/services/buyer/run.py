"""The main job: ERP's purchase orders out, suppliers' documents back, budgets and matches kept (INT-1 to INT-7).

A run makes passes until nothing is left that it could do now. With a real clock that is one pass; in a simulation the
clock goes on to whatever is due next, so that a whole month runs through at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import partial

from attrs import frozen

from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchasing import MatchResult, PurchaseOrderRecord
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.delivering import deliver_document
from askul_connect.core.services.buyer.desk import LOGGER, Desk
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
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit

POSITION_FACT = "clock-position"
_BATCH = 10_000
_SUBJECT = "work"


def run_desk(desk: Desk) -> RunReport:
    """Do everything that can be done now.

    Raises:
        OurError: Our own storage or the ERP's place fails; what was done before is kept.
        ConfigurationError: The mapping tables or budgets are not accepted.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    run_unit(desk.storage, require_released)
    tally = Tally()
    first = True
    while True:
        now = desk.timeline.now()
        done = _pass(desk, tally, everything=first)
        # what is due already but was not done will not be done by trying again at the same instant
        if done.next_due is None or (done.next_due <= now and not (first or done.suppliers_worked)):
            break
        if not desk.timeline.advance(done.next_due):
            break
        first = False
        run_unit(desk.storage, partial(_keep_position, position=desk.timeline.now().isoformat()))
    orders, invoices, budgets, rows, unmatched, held = run_unit(
        desk.storage,
        lambda unit: (
            order_views(unit),
            invoice_views(unit),
            budget_views(unit),
            _rows(unit),
            open_matches(unit),
            unit.outbox.counts().get(OutboxState.HELD, 0),
        ),
    )
    export_tables(desk.finance, orders, invoices, budgets)
    return tally.report(open_matches=unmatched, rows=rows, held=held)


@frozen(kw_only=True)
class _Pass:
    """What a pass leaves.

    Attributes:
        suppliers_worked: Whether a supplier of this process did something by itself.
        next_due: When the next thing is due that happens by itself. A message that failed is not: its partner is
            no more likely to be there because a simulated clock went on.
    """

    suppliers_worked: bool
    next_due: datetime | None


def _pass(desk: Desk, tally: Tally, *, everything: bool) -> _Pass:
    worked, due = False, []
    for name in sorted(desk.suppliers):
        worked = _work(desk, name, tally) or worked
    mapping = desk.erp.mapping()
    budgets = desk.erp.budgets()
    run_unit(desk.storage, lambda unit: unit.budgets.put(budgets))
    taken = [take_file(desk, file, mapping, tally) for file in desk.erp.incoming()]
    _send_orders(desk, tally, everything=everything)
    file_documents(desk, taken, tally)
    for name in sorted(desk.suppliers):
        sync_supplier(desk, name, tally)
    due.append(receive_goods(desk, tally))
    match_invoices(desk, tally)
    _deliver_documents(desk, tally)
    due += [_next_work(desk, name, tally) for name in sorted(desk.suppliers)]
    return _Pass(suppliers_worked=worked, next_due=min((at for at in due if at is not None), default=None))


def _work(desk: Desk, name: str, tally: Tally) -> bool:
    """Let a supplier of this process do what it does by itself; whether it did anything."""
    work = desk.suppliers[name].work
    if work is None:
        return False
    try:
        worked = work.work()
    except AskulConnectError as error:
        _note_work(name, error, tally)
        return False
    tally.succeeded(name, _SUBJECT)
    return worked


def _next_work(desk: Desk, name: str, tally: Tally) -> datetime | None:
    work = desk.suppliers[name].work
    if work is None or tally.has_failed(name, _SUBJECT):
        return None
    try:
        return work.next_due()
    except AskulConnectError as error:
        _note_work(name, error, tally)
        return None


def _note_work(name: str, error: AskulConnectError, tally: Tally) -> None:
    LOGGER.warning("the work of %s failed: %s", name, error)
    tally.failed(name, _SUBJECT, error)


def _send_orders(desk: Desk, tally: Tally, *, everything: bool) -> None:
    """Send purchase orders in the order they were accepted.

    Args:
        desk: Whose they are.
        tally: What the run did.
        everything: Whether those that wait for their next try go too: somebody started a run to see them go.
    """
    now = desk.timeline.now()
    horizon = datetime.max.replace(tzinfo=now.tzinfo) if everything else now
    unreachable: set[str] = set()
    for message in run_unit(desk.storage, lambda unit: unit.outbox.due(horizon, _BATCH)):
        if message.kind != PLACE_ORDER_KIND or message.target in unreachable:
            continue
        if not send_order(desk, message, tally):
            # the others would wait for the same time-out one by one
            unreachable.add(message.target)


def _deliver_documents(desk: Desk, tally: Tally) -> None:
    """Hand suppliers' documents to the ERP in the order they were stored."""
    now = desk.timeline.now()
    for message in run_unit(desk.storage, lambda unit: unit.outbox.due(now, _BATCH)):
        if message.kind != PLACE_ORDER_KIND:
            deliver_document(desk, message, tally)


def _keep_position(unit: BuyerUnitOfWork, *, position: str) -> None:
    unit.facts.put(POSITION_FACT, position)


def _rows(unit: BuyerUnitOfWork) -> tuple[OrderRow, ...]:
    invoices: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for supplier, invoice in unit.history.invoices():
        for line in invoice.lines:
            invoices[supplier, line.order_number][invoice.invoice_number] = None
    matches: dict[str, set[MatchResult]] = defaultdict(set)
    for match in unit.matches.all():
        matches[match.purchase_order].add(match.result)
    return tuple(_row(unit, record, invoices, matches) for record in unit.purchase_orders.all())


def _row(
    unit: BuyerUnitOfWork,
    record: PurchaseOrderRecord,
    invoices: Mapping[tuple[str, str], Mapping[str, None]],
    matches: Mapping[str, AbstractSet[MatchResult]],
) -> OrderRow:
    orders = [unit.history.order(record.supplier, number) for number in record.order_numbers]
    placed = [order for order in orders if order is not None]
    used = sum(
        move.pre_encumbrance + move.encumbrance + move.actual for move in unit.budgets.moves(str(record.key))
    )
    results = sorted(matches.get(str(record.key), ()))
    differing = [result.value for result in results if result is not MatchResult.MATCHED]
    billed = {
        invoice: None
        for number in record.order_numbers
        for invoice in invoices.get((record.supplier, number), ())
    }
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
        invoices=tuple(sorted(billed)),
        match=", ".join(differing) or (MatchResult.MATCHED.value if results else ""),
        correlation_id=record.correlation_id,
    )
