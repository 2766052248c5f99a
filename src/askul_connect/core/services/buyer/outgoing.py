"""Putting messages into the outbox (INT-6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import UsageError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk

PLACE_ORDER_KIND = "place-order"
CHANGE_ORDER_KIND = "change-order"
CANCEL_ORDER_KIND = "cancel-order"
ERP_CONFIRMATION_KIND = "erp-confirmation"
ERP_SHIP_NOTICE_KIND = "erp-ship-notice"
ERP_INVOICE_KIND = "erp-invoice"
ERP_CREDIT_NOTE_KIND = "erp-credit-note"
ERP_ORDER_RESPONSE_KIND = "erp-order-response"

#: Messages about a purchase order after it was placed.
ALTERATIONS = frozenset({CHANGE_ORDER_KIND, CANCEL_ORDER_KIND})
#: Messages to suppliers; all others go to the ERP.
TO_SUPPLIERS = frozenset({PLACE_ORDER_KIND, *ALTERATIONS})

#: Target of messages to the ERP.
ERP_TARGET = "erp"

#: A message names what is to be sent; what that is now is read when it is sent.
OUTBOX_FORM = StoredForm(name="outbox message")


def post_message(
    desk: Desk,
    unit: BuyerUnitOfWork,
    kind: str,
    business_key: str,
    *,
    content: Mapping[str, str | int | Sequence[str]],
    target: str,
    correlation_id: str,
) -> None:
    """Store a message in the unit of work of what causes it.

    The body names what is to be sent; the content is read from the same database when it is sent. There is one
    message about each thing: one that is over goes again, with what the thing is now.

    Args:
        desk: Whose message it is.
        unit: The unit of work.
        kind: What kind of message.
        business_key: What it is about.
        content: Names what is sent.
        target: Whom it goes to.
        correlation_id: That of the purchase order it belongs to; empty when there are several.
    """
    now = desk.timeline.now()
    known = unit.outbox.find(kind, business_key)
    if known is not None:
        if known.state not in {OutboxState.PENDING, OutboxState.UNKNOWN}:
            start_again(desk, unit, evolve(known, target=target))
        return
    unit.outbox.add(
        OutboxMessage(
            message_id=desk.ids.new("outbox", f"{kind}:{business_key}"),
            kind=kind,
            business_key=business_key,
            target=target,
            body=OUTBOX_FORM.write(content),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=now,
            last_error="",
            correlation_id=correlation_id,
            created_at=now,
        )
    )


def resume_message(desk: Desk, unit: BuyerUnitOfWork, kind: str, business_key: str) -> bool:
    """Let a message that was given up go again; whether there was one."""
    known = unit.outbox.find(kind, business_key)
    if known is None or known.state is not OutboxState.DEAD:
        return False
    start_again(desk, unit, known)
    return True


def withdraw_message(desk: Desk, unit: BuyerUnitOfWork, kind: str, business_key: str) -> None:
    """Let a message not leave whose document is gone."""
    known = unit.outbox.find(kind, business_key)
    if known is not None and known.state is OutboxState.PENDING:
        unit.outbox.save(
            evolve(
                known,
                state=OutboxState.REFUSED,
                last_error="the supplier withdrew the document before it was sent",
                done_at=desk.timeline.now(),
            )
        )


def start_again(
    desk: Desk, unit: BuyerUnitOfWork, message: OutboxMessage, state: OutboxState = OutboxState.PENDING
) -> OutboxMessage:
    """Let a message go again, as if it were asked for now; the message as it is stored."""
    now = desk.timeline.now()
    again = evolve(
        message, state=state, attempts=0, next_attempt_at=now, last_error="", done_at=None, created_at=now
    )
    unit.outbox.save(again)
    return again


def document_key(supplier: str, number: str) -> str:
    """Business key of a supplier's document."""
    return f"{supplier}/{number}"


def correlations_of(message: OutboxMessage) -> tuple[str, ...]:
    """The correlation ids of the purchase orders that a message is about."""
    if message.correlation_id:
        return (message.correlation_id,)
    # an invoice may be about several; messages stored by earlier versions do not say which
    return tuple(OUTBOX_FORM.read(message.body).get("correlation_ids", ()))


def find_message(unit: BuyerUnitOfWork, name: str) -> OutboxMessage:
    """The message of an id, a business key, or the number of a purchase order or document.

    Raises:
        UsageError: There is none, or there are several.
    """
    found = [
        message
        for message in unit.outbox.all()
        if name in {message.message_id, message.business_key, _number(message)}
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"the outbox has no message {name!r}; 'outbox list' shows them", where="message")
    ids = ", ".join(message.message_id for message in found)
    raise UsageError(f"{name!r} is the name of several messages; say which: {ids}", where="message")


def _number(message: OutboxMessage) -> str:
    named = OUTBOX_FORM.read(message.body)
    return str(named.get("purchase_order_id") or named.get("number") or "")
