"""The main job: ERP's purchase orders out, suppliers' documents back, budgets and matches kept (INT-1 to INT-7).

A run makes passes until nothing is left that it could do now. With a real clock that is one pass; in a simulation the
clock goes on to whatever is due next, so that a whole month runs through at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial

from attrs import frozen

from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.errors import AccessError, AskulConnectError, PartnerError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.altering import send_change
from askul_connect.core.services.buyer.budgeting import carry_over, take_budgets
from askul_connect.core.services.buyer.changing import take_changes
from askul_connect.core.services.buyer.crediting import match_credit_notes, open_credits
from askul_connect.core.services.buyer.delivering import deliver_document
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.filing import file_documents
from askul_connect.core.services.buyer.finance import export_tables
from askul_connect.core.services.buyer.hurrying import hurried, wait_for_disk
from askul_connect.core.services.buyer.invoice_matching import match_invoices, open_matches
from askul_connect.core.services.buyer.order_rows import order_rows
from askul_connect.core.services.buyer.outgoing import ERP_TARGET, PLACE_ORDER_KIND, TO_SUPPLIERS
from askul_connect.core.services.buyer.placing import send_order
from askul_connect.core.services.buyer.purchasing import Taken, take_document
from askul_connect.core.services.buyer.receiving import receive_goods
from askul_connect.core.services.buyer.report import RunReport, Tally
from askul_connect.core.services.buyer.requisitioning import take_requisitions
from askul_connect.core.services.buyer.syncing import sync_supplier
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
    with desk.storage.reading() as unit:
        rows, unmatched = order_rows(unit), open_matches(unit) + open_credits(unit)
        held = unit.outbox.counts().get(OutboxState.HELD, 0)
    export_tables(desk.storage, desk.finance)
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
    # none of these tells anybody outside before it is waited for the disk
    fast = hurried(desk)
    taken: list[Taken] = []
    with _erp_may_be_away(desk, tally, "purchase orders"):
        mapping = desk.erp.mapping()
        take_budgets(fast)
        carry_over(fast, tally)
        take_requisitions(desk, mapping, tally)
        taken += (take_document(fast, document, mapping, tally) for document in desk.erp.incoming())
        # whatever its file is called, a change is about a purchase order that is there
        taken = [take_changes(fast, one, mapping, tally) for one in taken]
    wait_for_disk(desk)
    _send_orders(desk, tally, everything=everything)
    with _erp_may_be_away(desk, tally, "purchase orders that are done"):
        file_documents(desk, taken, tally)
    for name in sorted(desk.suppliers):
        sync_supplier(fast, name, tally)
    with _erp_may_be_away(desk, tally, "goods receipts"):
        due.append(receive_goods(desk, tally))
    match_invoices(fast, tally)
    match_credit_notes(fast, tally)
    wait_for_disk(desk)
    _deliver_documents(fast, tally, everything=everything)
    wait_for_disk(desk)
    due += [_next_work(desk, name, tally) for name in sorted(desk.suppliers)]
    return _Pass(suppliers_worked=worked, next_due=min((at for at in due if at is not None), default=None))


@contextmanager
def _erp_may_be_away(desk: Desk, tally: Tally, what: str) -> Iterator[None]:
    """Go on with the suppliers where the ERP cannot be worked with; what it has waits for the next run."""
    try:
        yield
    except (PartnerError, AccessError) as error:
        LOGGER.warning("%s of the ERP: %s", what, error)
        tally.failed(ERP_TARGET, what, error)
        desk.say("erp", f"{what}: {error.detail}")
    else:
        tally.succeeded(ERP_TARGET, what)


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
    """Send purchase orders and their changes in the order they were accepted.

    Args:
        desk: Whose they are.
        tally: What the run did.
        everything: Whether those that wait for their next try go too: somebody started a run to see them go.
    """
    now = desk.timeline.now()
    horizon = datetime.max.replace(tzinfo=now.tzinfo) if everything else now
    unreachable: set[str] = set()
    for message in run_unit(desk.storage, lambda unit: unit.outbox.due(horizon, _BATCH)):
        if message.kind not in TO_SUPPLIERS or message.target in unreachable:
            continue
        send = send_order if message.kind == PLACE_ORDER_KIND else send_change
        if not send(desk, message, tally):
            # the others would wait for the same time-out one by one
            unreachable.add(message.target)


def _deliver_documents(desk: Desk, tally: Tally, *, everything: bool) -> None:
    """Hand suppliers' documents to the ERP in the order they were stored.

    Args:
        desk: Whose they are.
        tally: What the run did.
        everything: Whether those that wait for their next try go too: somebody started a run to see them go.
    """
    now = desk.timeline.now()
    horizon = datetime.max.replace(tzinfo=now.tzinfo) if everything else now
    for message in run_unit(desk.storage, lambda unit: unit.outbox.due(horizon, _BATCH)):
        if message.kind not in TO_SUPPLIERS and not deliver_document(desk, message, tally):
            # the others would wait for the same time-out one by one
            return


def _keep_position(unit: BuyerUnitOfWork, *, position: str) -> None:
    unit.facts.put(POSITION_FACT, position)
