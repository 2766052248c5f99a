"""What a person decides about messages that are to leave: send again, give up, repair (INT-6).

Every decision is kept with who made it, when and why. A run holds the directory meanwhile or waits for it, so none of
these meets a message that is just being sent.
"""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import (
    OUTBOX_STEPS,
    OutboxDecision,
    OutboxMessage,
    OutboxState,
    OutboxStep,
)
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import OrderGivenUp, UsageError
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingDocument
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND, find_message, start_again
from askul_connect.core.services.buyer.placing import record_of
from askul_connect.core.services.buyer.preparing import prepare_again
from askul_connect.core.services.buyer.purchasing import accept
from askul_connect.core.services.buyer.refusals import refusal_text
from askul_connect.core.services.buyer.routing import Router
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit, try_unit

_OVER = {
    OutboxState.SENT: "it was sent and answered; another order needs a purchase order of its own",
    OutboxState.REFUSED: "it is over; correct the purchase order and drop it again",
    OutboxState.UNKNOWN: "it may have been executed, and only asking the supplier settles that; 'outbox resend' asks"
    " first",
}


@frozen(kw_only=True)
class Decided:
    """What became of a message.

    Attributes:
        was, state: Before and after.
        warnings: What is not as it should be, such as a budget that is exceeded.
    """

    message_id: str
    business_key: str
    step: OutboxStep
    was: OutboxState
    state: OutboxState
    trial: bool
    warnings: tuple[str, ...] = ()


@frozen(kw_only=True)
class Decision:
    """What somebody decides.

    Attributes:
        by: Who.
        reason: Why.
        trial: Whether it is only tried out.
    """

    by: str
    reason: str
    trial: bool = False


def resend(desk: Desk, name: str, decision: Decision) -> Decided:
    """Let a message go with the next run, with all its tries before it; an order that was held is approved.

    A document for the ERP may go again after it was handed over: the same again changes nothing there.

    Raises:
        UsageError: There is no such message, or it is over.
        CopyOnHold: This is a restored copy that was not told to resume.
    """

    def work(unit: BuyerUnitOfWork, message: OutboxMessage) -> tuple[OutboxMessage, tuple[str, ...]]:
        again_to_erp = message.kind != PLACE_ORDER_KIND and message.state is OutboxState.SENT
        state = OutboxState.PENDING if again_to_erp else _after(message, OutboxStep.RESEND)
        return start_again(desk, unit, message, state), ()

    return _decide(desk, name, OutboxStep.RESEND, decision, work)


def give_up(desk: Desk, name: str, decision: Decision) -> Decided:
    """Let a message never leave. The budget of an order is free again, and the next run rejects its document.

    Raises:
        UsageError: There is no such message, it is over, or it may have been executed.
        CopyOnHold: This is a restored copy that was not told to resume.
    """

    def work(unit: BuyerUnitOfWork, message: OutboxMessage) -> tuple[OutboxMessage, tuple[str, ...]]:
        why = f"given up by {decision.by}: {decision.reason}"
        ended = evolve(
            message,
            state=_after(message, OutboxStep.GIVE_UP),
            last_error=f"{OrderGivenUp.code}: {why}",
            done_at=desk.timeline.now(),
        )
        unit.outbox.save(ended)
        if message.kind == PLACE_ORDER_KIND:
            record = record_of(unit, message)
            waits = any(file.name == record.document for file in desk.erp.incoming())
            error = OrderGivenUp(f"{record.key.purchase_order_id} was {why}", where=record.document)
            # told already where the document no longer waits
            state = PurchaseOrderState.GIVEN_UP if waits else PurchaseOrderState.REFUSED
            record = evolve(record, state=state, refusal=refusal_text(error))
            unit.purchase_orders.save(record)
            settle(desk, unit, record, source=f"give-up:{message.message_id}")
        return ended, ()

    return _decide(desk, name, OutboxStep.GIVE_UP, decision, work)


def repair(desk: Desk, name: str, decision: Decision, document: IncomingDocument | None = None) -> Decided:
    """Make an order anew from its document, with the mapping tables and settings as they are now.

    Args:
        desk: Whose it is.
        name: Of the message.
        decision: Who, and why.
        document: The document; the one that waits in the ERP if none is given.

    Raises:
        UsageError: There is no such message, it is over or no order, the document is not there or has no such
            purchase order, or what would be asked is the same as before.
        CallerError: The document cannot be read or translated, or the budget does not allow it.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    known = run_unit(desk.storage, lambda unit: _to_repair(unit, name))
    # suppliers may be asked here, so no unit is open
    with correlated(known.correlation_id):
        record = _again(desk, known, document or _waiting(desk, known))
    if _terms_of(record) == _terms_of(known):
        raise UsageError(
            f"{known.key.purchase_order_id} comes out the same as before; correct the mapping tables or the"
            " document first, or use 'outbox resend'",
            where="message",
        )

    def work(unit: BuyerUnitOfWork, message: OutboxMessage) -> tuple[OutboxMessage, tuple[str, ...]]:
        if _to_repair(unit, name) != known:
            raise UsageError(
                f"{known.key.purchase_order_id} has changed meanwhile; nothing was done, repeat the command",
                where="message",
            )
        # lines that are no longer in it hold nothing more
        closed = evolve(known, state=PurchaseOrderState.REFUSED)
        unit.purchase_orders.save(closed)
        settle(desk, unit, closed, source=f"repair:{message.message_id}")
        _, warnings = accept(desk, unit, record)
        stored = unit.purchase_orders.get(record.key)
        if stored is not None and stored.state is PurchaseOrderState.HELD:
            # it leaves when somebody has approved it
            waits = "waits for a person's word on its budget"
            over = evolve(
                message,
                target=record.supplier,
                state=OutboxState.REFUSED,
                last_error=waits,
                done_at=desk.timeline.now(),
            )
            unit.outbox.save(over)
            return over, (*warnings, f"{record.key.purchase_order_id} {waits}")
        return start_again(desk, unit, evolve(message, target=record.supplier)), tuple(warnings)

    return _decide(desk, name, OutboxStep.REPAIR, decision, work)


def _waiting(desk: Desk, record: PurchaseOrderRecord) -> IncomingDocument:
    found = next((file for file in desk.erp.incoming() if file.name == record.document), None)
    if found is None:
        raise UsageError(
            f"{record.document} no longer waits in the ERP; give the file with --document", where="document"
        )
    return found


def _to_repair(unit: BuyerUnitOfWork, name: str) -> PurchaseOrderRecord:
    """The purchase order of a message that may be made anew."""
    require_released(unit)
    message = find_message(unit, name)
    if message.kind != PLACE_ORDER_KIND:
        raise UsageError(
            "only orders can be repaired: what the ERP gets is made when it is handed over; use 'outbox resend'",
            where="message",
        )
    _after(message, OutboxStep.REPAIR)
    return record_of(unit, message)


def _terms_of(record: PurchaseOrderRecord) -> tuple[object, ...]:
    """What would be asked of whom."""
    asked: tuple[object, ...] = (record.content_hash, record.supplier)
    if not record.routing:
        return asked
    # what was routed is hashed in the ERP's words, whoever sells it under which number
    return (*asked, tuple((line.line_id, line.sku, line.unit) for line in record.lines))


def _again(desk: Desk, known: PurchaseOrderRecord, found: IncomingDocument) -> PurchaseOrderRecord:
    """The purchase order as its document, the mapping and the rules say now."""
    router = Router(desk, desk.erp.mapping())
    for entry in desk.erp.read(found):
        if isinstance(entry, PurchaseOrderChange) or entry.purchase_order_id != known.document_id:
            continue
        if isinstance(entry, RejectedPurchaseOrder):
            raise entry.error
        record = prepare_again(desk, known.document, entry, router, known)
        if record is not None:
            return record
    raise UsageError(f"{found.name} has no purchase order {known.document_id}", where="document")


def _after(message: OutboxMessage, step: OutboxStep) -> OutboxState:
    state = OUTBOX_STEPS.get((message.state, step))
    if state is None:
        raise UsageError(
            f"{message.business_key} is {message.state}: {_OVER.get(message.state, 'it cannot be done')}",
            where="message",
        )
    return state


def _decide(
    desk: Desk,
    name: str,
    step: OutboxStep,
    decision: Decision,
    work: Callable[[BuyerUnitOfWork, OutboxMessage], tuple[OutboxMessage, tuple[str, ...]]],
) -> Decided:
    """Do a step and keep the decision in one unit of work, or take all of it back when it is a trial."""
    # the unit may be repeated; the last time counts
    before: list[OutboxMessage] = []

    def decide(unit: BuyerUnitOfWork) -> tuple[OutboxMessage, tuple[str, ...]]:
        require_released(unit)
        message = find_message(unit, name)
        before[:] = [message]
        with correlated(message.correlation_id):
            done = work(unit, message)
        unit.decisions.add(
            OutboxDecision(
                message_id=message.message_id,
                step=step,
                at=desk.timeline.now(),
                by=decision.by,
                reason=decision.reason,
                was=message.state,
            )
        )
        return done

    after, warnings = (try_unit if decision.trial else run_unit)(desk.storage, decide)
    [message] = before
    with correlated(message.correlation_id):
        if not decision.trial:
            LOGGER.info("%s of %s by %s: %s", step, message.business_key, decision.by, decision.reason)
        desk.say("outbox", f"{message.business_key}: {message.state} -> {after.state}")
    return Decided(
        message_id=message.message_id,
        business_key=message.business_key,
        step=step,
        was=message.state,
        state=after.state,
        trial=decision.trial,
        warnings=warnings,
    )
