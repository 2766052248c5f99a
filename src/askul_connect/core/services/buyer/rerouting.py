"""When a supplier is down for long: what it certainly does not have goes to another one (INT-9).

Certain is what was never sent, or what failed before anything was done: the message is pending. One of unknown outcome
may have been taken; it stays until the supplier is back and was asked, however long that is.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from attrs import evolve

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import OutcomeUnknown, PartnerUnreachable
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND
from askul_connect.core.services.buyer.placing import record_of
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.routing import Router, routing_reasons
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.buyer.syncing import SYNC_SUBJECT
from askul_connect.core.services.units import run_unit

_DOWN_SINCE = "supplier-down-since:{}"
_BATCH = 10_000


def note_outages(desk: Desk, tally: Tally) -> None:
    """Keep since when each supplier that was read from in this pass is down, or that it is not."""
    if not desk.rules.routing.suppliers:
        return
    for supplier in desk.suppliers:
        failure = tally.failure(supplier, SYNC_SUBJECT)
        down = isinstance(failure, PartnerUnreachable | OutcomeUnknown)
        run_unit(desk.storage, partial(_note, desk, supplier=supplier, down=down))


def _note(desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, down: bool) -> None:
    name = _DOWN_SINCE.format(supplier)
    known = unit.facts.get(name) or ""
    if bool(known) != down:
        unit.facts.put(name, desk.timeline.now().isoformat() if down else "")


def move_waiting(desk: Desk, router: Router, tally: Tally) -> None:
    """Give what waits for a supplier that is down too long to the one that can deliver it."""
    rules = desk.rules.routing
    if not rules.suppliers or not rules.reroute_after_minutes:
        return
    limit = desk.timeline.now() - timedelta(minutes=rules.reroute_after_minutes)
    for message, since in run_unit(desk.storage, partial(_waiting, limit=limit)):
        record = run_unit(desk.storage, partial(record_of, message=message))
        if record.state is not PurchaseOrderState.ACCEPTED or not record.routing:
            continue
        with correlated(record.correlation_id):
            _move(router, message, record, since, tally)


def _waiting(unit: BuyerUnitOfWork, *, limit: datetime) -> list[tuple[OutboxMessage, datetime]]:
    """Messages to suppliers that have been down since before an instant, and since when."""
    since: dict[str, datetime | None] = {}
    found = []
    for message in unit.outbox.due(datetime.max.replace(tzinfo=limit.tzinfo), _BATCH):
        if message.kind != PLACE_ORDER_KIND:
            continue
        if message.target not in since:
            text = unit.facts.get(_DOWN_SINCE.format(message.target))
            since[message.target] = datetime.fromisoformat(text) if text else None
        began = since[message.target]
        if began is not None and began <= limit:
            found.append((message, began))
    return found


def _move(
    router: Router,
    message: OutboxMessage,
    record: PurchaseOrderRecord,
    since: datetime,
    tally: Tally,
) -> None:
    desk = router.desk
    number, before = record.key.purchase_order_id, record.supplier
    if message.state is not OutboxState.PENDING:
        tally.warnings.append(
            f"{number} stays with {before}, down since {since:%Y-%m-%d %H:%M} UTC: it may have taken it, and is asked"
            " when it is back"
        )
        return
    moved = router.elsewhere(record, why=f"is down since {since:%Y-%m-%d %H:%M} UTC", but=before)
    if moved is None:
        LOGGER.info("nobody else can deliver %s", record.key)
        return
    if run_unit(desk.storage, partial(_keep, desk, message=message, moved=moved)):
        tally.changed = True
        tally.succeeded(before, str(record.key))
        desk.say("routing", f"{number} goes to {moved.supplier} instead of {before}")
        for reason in routing_reasons(moved):
            desk.say("routing", f"{number} to {moved.supplier}: {reason}")


def _keep(desk: Desk, unit: BuyerUnitOfWork, *, message: OutboxMessage, moved: PurchaseOrderRecord) -> bool:
    """Store the move, unless something has become of the message meanwhile."""
    known = unit.outbox.find(message.kind, message.business_key)
    if known is None or known.state is not OutboxState.PENDING or known.target != message.target:
        return False
    unit.purchase_orders.save(moved)
    # its price may be another
    settle(desk, unit, moved, source=f"goes to {moved.supplier}")
    unit.outbox.save(
        evolve(
            known,
            target=moved.supplier,
            attempts=0,
            next_attempt_at=desk.timeline.now(),
            last_error="",
        )
    )
    return True
