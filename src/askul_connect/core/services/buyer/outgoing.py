"""Putting messages into the outbox (INT-6)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk

PLACE_ORDER_KIND = "place-order"
ERP_CONFIRMATION_KIND = "erp-confirmation"
ERP_SHIP_NOTICE_KIND = "erp-ship-notice"
ERP_INVOICE_KIND = "erp-invoice"

#: Target of messages to the ERP.
ERP_TARGET = "erp"

MESSAGE_SCHEMA = 1


def post_message(
    desk: Desk,
    unit: BuyerUnitOfWork,
    kind: str,
    business_key: str,
    *,
    content: Mapping[str, str | int],
    target: str,
    correlation_id: str,
) -> bool:
    """Store a message in the unit of work of what causes it.

    The body names what is to be sent; the content is read from the same database when it is sent. A message that was
    refused is made to go again; any other that exists is left alone.

    Args:
        content: Names what is sent.

    Returns:
        Whether there is something new to send.
    """
    now = desk.timeline.now()
    known = unit.outbox.find(kind, business_key)
    if known is not None:
        if known.state is not OutboxState.REFUSED:
            return False
        unit.outbox.save(
            evolve(
                known, state=OutboxState.PENDING, attempts=0, next_attempt_at=now, last_error="", done_at=None
            )
        )
        return True
    unit.outbox.add(
        OutboxMessage(
            message_id=desk.ids.new("outbox", f"{kind}:{business_key}"),
            kind=kind,
            business_key=business_key,
            target=target,
            body=json.dumps({"schema": MESSAGE_SCHEMA, **content}, ensure_ascii=False),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=now,
            last_error="",
            correlation_id=correlation_id,
            created_at=now,
        )
    )
    return True


def document_key(supplier: str, number: str) -> str:
    """Business key of a supplier's document."""
    return f"{supplier}/{number}"
