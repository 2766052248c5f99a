"""Recording that shipments have arrived (ORD-1)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.orders import LineState, Step, next_line_state
from askul_connect.core.domain.sales import Order
from askul_connect.core.domain.shipments import SHIPMENT_STEPS, ShipmentState, ShipmentStep
from askul_connect.core.domain.standing import next_state
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.order_life import RecordDeliveryRequest, RecordDeliveryResponse
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.order_steps import note_step, ticketed_order
from askul_connect.core.services.supplier.ticket_access import require_ticket


def record_delivery(context: Context, request: RecordDeliveryRequest) -> RecordDeliveryResponse:
    """A shipment has arrived; a line all of whose shipments have is delivered.

    Raises:
        AccessDenied: Staff name no open ticket of that customer, or there is no such shipment; both answer alike.
        NotFound: There is no such shipment; only the supplier's own program is told.
        IllegalStep: It has arrived already.
        ValueInvalid: The day is before it left, or has not come.
    """
    shipment = context.unit.shipments.get_for_staff(request.ship_notice_number)
    if shipment is None:
        require_ticket(context, request.ticket, "")
        raise NotFound(f"there is no shipment {request.ship_notice_number!r}", where="ship_notice_number")
    order, account = ticketed_order(context, shipment.order_number, request.ticket)
    day = request.delivered_on or context.today
    if not shipment.shipped_on <= day <= context.today:
        raise ValueInvalid(
            f"a shipment of {shipment.shipped_on} arrives from then to today, {context.today}, not on {day}",
            where="delivered_on",
        )
    state = next_state(SHIPMENT_STEPS, shipment.state, ShipmentStep.DELIVER, "a shipment")
    context.unit.shipments.save(evolve(shipment, state=state, delivered_on=day))
    order = settled(context, order)
    context.unit.orders.save(order)
    note_step(
        context,
        "order-delivered",
        shipment.ship_notice_number,
        order,
        account,
        ticket=request.ticket,
        detail={"delivered_on": day.isoformat()},
    )
    return RecordDeliveryResponse(
        ship_notice_number=shipment.ship_notice_number,
        order_number=order.order_number,
        delivered_on=day,
        order_state=order.state,
    )


def settled(context: Context, order: Order) -> Order:
    """An order whose shipped lines are delivered when every shipment that has units of them has arrived."""
    if all(line.state is not LineState.SHIPPED for line in order.lines):
        return order
    shipments = context.unit.shipments.of_order(order.account_id, order.order_number)
    notices = context.unit.documents.ship_notices(
        order.account_id, [one.ship_notice_number for one in shipments]
    )
    under_way = {
        line.line_id
        for one in shipments
        if one.state is ShipmentState.ON_THE_WAY
        for line in notices[one.ship_notice_number].lines
        if line.quantity
    }
    return evolve(
        order,
        lines=tuple(
            evolve(line, state=next_line_state(line.state, Step.DELIVER))
            if line.state is LineState.SHIPPED and line.line_id not in under_way
            else line
            for line in order.lines
        ),
    )


def replay_record_delivery(
    context: Context, request: RecordDeliveryRequest, _reference: str
) -> RecordDeliveryResponse:
    """The answer of an earlier call with the same key, as the order stands now."""
    shipment = context.unit.shipments.get_for_staff(request.ship_notice_number)
    if shipment is None or shipment.delivered_on is None:
        raise NotFound(f"there is no shipment {request.ship_notice_number!r}", where="ship_notice_number")
    order, _ = ticketed_order(context, shipment.order_number, request.ticket)
    return RecordDeliveryResponse(
        ship_notice_number=shipment.ship_notice_number,
        order_number=order.order_number,
        delivered_on=shipment.delivered_on,
        order_state=order.state,
    )
