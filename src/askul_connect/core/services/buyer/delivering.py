"""Handing suppliers' documents to the ERP, from the outbox (INT-6)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import InternalError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    OUTBOX_FORM,
    correlations_of,
)
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.routing import in_the_erps_numbers
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit


def deliver_document(desk: Desk, message: OutboxMessage, tally: Tally) -> None:
    """Hand one document over; doing it again after an interruption writes the same bytes under the same name.

    Raises:
        StorageUnavailable: The ERP's place cannot be written; the message stays where it is.
        SchemaOutOfDate: A newer program wrote the message.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    named = OUTBOX_FORM.read(message.body)
    supplier, number = named["supplier"], named["number"]
    kind, data = run_unit(desk.storage, lambda unit: _render(desk, unit, message.kind, supplier, number))
    name = desk.erp.post(kind, f"{supplier}-{number}", data, desk.writer.suffix)
    done = evolve(
        message,
        state=OutboxState.SENT,
        attempts=message.attempts + 1,
        last_error="",
        done_at=desk.timeline.now(),
    )
    run_unit(desk.storage, lambda unit: unit.outbox.save(done))
    tally.posted += 1
    tally.changed = True
    ids = correlations_of(message)
    with correlated(ids[0] if len(ids) == 1 else ""):
        desk.say("erp", name)
    for correlation_id in ids:
        with correlated(correlation_id):
            LOGGER.debug("%s handed to the ERP", name)


def _render(desk: Desk, unit: BuyerUnitOfWork, kind: str, supplier: str, number: str) -> tuple[str, bytes]:
    require_released(unit)
    if kind == ERP_CONFIRMATION_KIND and (confirmation := unit.history.confirmation(supplier, number)):
        return "confirmation", desk.writer.confirmation(in_the_erps_numbers(unit, confirmation))
    if kind == ERP_SHIP_NOTICE_KIND and (notice := unit.history.ship_notice(supplier, number)):
        return "ship-notice", desk.writer.ship_notice(in_the_erps_numbers(unit, notice))
    if kind == ERP_INVOICE_KIND and (invoice := unit.history.invoice(supplier, number)):
        return "invoice", desk.writer.invoice(in_the_erps_numbers(unit, invoice))
    raise InternalError(f"the outbox names {kind} {supplier}/{number}, which is not stored")
