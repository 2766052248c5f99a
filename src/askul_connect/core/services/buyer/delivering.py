"""Handing suppliers' documents to the ERP, from the outbox (INT-6)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.errors import AskulConnectError, InternalError, OurError
from askul_connect.core.policies.order_responses import changed_order
from askul_connect.core.policies.retry import after_failure, is_connection_lost, is_refusal
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.erp import SupplierDocument
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_CREDIT_NOTE_KIND,
    ERP_INVOICE_KIND,
    ERP_ORDER_RESPONSE_KIND,
    ERP_SHIP_NOTICE_KIND,
    ERP_TARGET,
    OUTBOX_FORM,
    correlations_of,
)
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit


def deliver_document(desk: Desk, message: OutboxMessage, tally: Tally) -> bool:
    """Hand one document over; doing it again after an interruption changes nothing in the ERP.

    What the ERP cannot take now is tried again later; what it will never take waits for a person.

    Returns:
        Whether the ERP can be worked with; if not, the next document would fail in the same way.

    Raises:
        StorageUnavailable: The ERP's place cannot be written; the message stays where it is.
        SchemaOutOfDate: A newer program wrote the message.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    named = OUTBOX_FORM.read(message.body)
    supplier = named["supplier"]
    document = run_unit(desk.storage, lambda unit: _document(desk, unit, message))
    try:
        name = desk.erp.post(supplier, document)
    except OurError:
        raise
    except AskulConnectError as error:
        return _put_off(desk, message, error, tally)
    done = evolve(
        message,
        state=OutboxState.SENT,
        attempts=message.attempts + 1,
        last_error="",
        done_at=desk.timeline.now(),
    )
    run_unit(desk.storage, lambda unit: unit.outbox.save(done))
    tally.posted += 1
    tally.succeeded(ERP_TARGET, _subject(message))
    tally.changed = True
    ids = correlations_of(message)
    with correlated(ids[0] if len(ids) == 1 else ""):
        desk.say("erp", name)
    for correlation_id in ids:
        with correlated(correlation_id):
            LOGGER.debug("%s handed to the ERP", name)
    return True


def _put_off(desk: Desk, message: OutboxMessage, error: AskulConnectError, tally: Tally) -> bool:
    now = desk.timeline.now()
    later = after_failure(message, error, now, desk.rules.outbox)
    if is_refusal(error):
        later = evolve(later, state=OutboxState.DEAD, attempts=message.attempts + 1)
    run_unit(desk.storage, lambda unit: unit.outbox.save(later))
    tally.changed = True
    tally.failed(ERP_TARGET, _subject(message), error)
    LOGGER.warning("handing %s %s to the ERP failed: %s", message.kind, message.business_key, error)
    what = "given up" if later.state is OutboxState.DEAD else "not handed over yet"
    desk.say("erp", f"{message.business_key} {what}: {error.detail}")
    return not is_connection_lost(error)


def _subject(message: OutboxMessage) -> str:
    return f"{message.kind} {message.business_key}"


def _document(desk: Desk, unit: BuyerUnitOfWork, message: OutboxMessage) -> SupplierDocument:
    require_released(unit)
    named = OUTBOX_FORM.read(message.body)
    kind, supplier, number = message.kind, named["supplier"], named["number"]
    if kind == ERP_ORDER_RESPONSE_KIND and (order := unit.history.order(supplier, named["order_number"])):
        return changed_order(
            order,
            number,
            supplier=supplier,
            at=datetime.fromisoformat(named["at"]),
            zone=desk.rules.zone,
        )
    if kind == ERP_CONFIRMATION_KIND and (confirmation := unit.history.confirmation(supplier, number)):
        return confirmation
    if kind == ERP_SHIP_NOTICE_KIND and (notice := unit.history.ship_notice(supplier, number)):
        return notice
    if kind == ERP_INVOICE_KIND and (invoice := unit.history.invoice(supplier, number)):
        return invoice
    if kind == ERP_CREDIT_NOTE_KIND and (note := unit.history.credit_note(supplier, number)):
        return note
    raise InternalError(f"the outbox names {kind} {supplier}/{number}, which is not stored")
