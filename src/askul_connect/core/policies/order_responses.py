"""The answer to a change of an order, as the ERP is told: what the supplier will deliver of each line from now on."""

from __future__ import annotations

from datetime import datetime

from askul_connect.core.domain.calendar import business_date
from askul_connect.core.messages.documents import (
    ConfirmationLine,
    OrderConfirmation,
    OrderDocument,
    OrderDocumentLine,
    Party,
)


def changed_order(
    order: OrderDocument, number: str, *, supplier: str, at: datetime, zone: str
) -> OrderConfirmation:
    """A confirmation of an order as it stands after a change; only the supplier's answer knows its quantities.

    Args:
        order: As the supplier answered it.
        number: The supplier's number of what was done.
        supplier: Name of the connection, since the answer names no party.
        at: When it was answered.
        zone: Of the buyer's business days.
    """
    return OrderConfirmation(
        confirmation_number=number,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        currency=order.currency,
        confirmed_at=at,
        confirmed_on=business_date(at, zone),
        lines=tuple(_line(line) for line in order.lines),
        supplier=Party(name=supplier),
        customer=Party(name="", party_id=order.buyer_party),
    )


def _line(line: OrderDocumentLine) -> ConfirmationLine:
    live = line.quantity - line.quantity_cancelled
    return ConfirmationLine(
        line_id=line.line_id,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        quantity_confirmed=live,
        promised_on=line.promised_on,
        reason="" if live == line.quantity else line.cancel_reason or "cancelled",
    )
