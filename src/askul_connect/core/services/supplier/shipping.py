"""Shipping orders, in parts or short, and the ship notices (ORD-1, ORD-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.orders import CancelCause, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine, ShippedLine
from askul_connect.core.domain.shipments import Shipment, ShipmentState
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.documents import ShipNotice, ShipNoticeLine
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShipOrderResponse
from askul_connect.core.messages.ordering import ListShipNoticesRequest, ListShipNoticesResponse
from askul_connect.core.policies.parts import line_allowances, order_allowances
from askul_connect.core.services.supplier.billing import shipped
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.delivering import settled
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.ordering import ORDER_FEED, order_for_staff
from askul_connect.core.services.supplier.releasing import release
from askul_connect.core.services.supplier.shipment_rules import Leaving, leaving_lines
from askul_connect.core.services.supplier.visibility import visible_documents

SHIP_NOTICE_FEED = "ship_notices"
_SHIP_NOTICE_NUMBER = "SN{:08d}"


def ship_order(context: Context, request: ShipOrderRequest) -> ShipOrderResponse:
    """Ship what the request names; a short quantity is cancelled and its stock released.

    Raises:
        NotFound: There is no such order.
        ValueInvalid: A line is unknown or named twice, or moves nothing.
        OverShipment, SubstituteRefused, OutOfStock, UnknownItem: More, or something else, cannot leave.
        IllegalStep: A line's state does not allow shipping.
    """
    order, account = order_for_staff(context, request.order_number)
    leaving = leaving_lines(context, order, account, request)
    before = [line for line in order.lines if line.line_id in leaving]
    rates = _rates_of_shipping(context, before, order.allowances)
    parts = order_allowances(order, {line_id: made.ordered for line_id, made in leaving.items()}, rates)
    as_it_was = order
    order = evolve(
        order,
        lines=tuple(
            _shipped(line, leaving[line.line_id]) if line.line_id in leaving else line for line in order.lines
        ),
    )
    number = _SHIP_NOTICE_NUMBER.format(context.unit.counters.next("ship-notice"))
    document = ShipNotice(
        ship_notice_number=number,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        shipped_at=context.now,
        shipped_on=context.today,
        lines=tuple(
            _notice_line(line, leaving[line.line_id]) for line in order.lines if line.line_id in leaving
        ),
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
    )
    _move_stock(context, as_it_was, leaving)
    context.unit.documents.add_ship_notice(order.account_id, document)
    if any(made.quantity for made in leaving.values()):
        context.unit.shipments.add(
            Shipment(
                ship_notice_number=number,
                account_id=order.account_id,
                order_number=order.order_number,
                shipped_on=context.today,
                state=ShipmentState.ON_THE_WAY,
            )
        )
    # a short rest can end a line all of whose shipments are there
    context.unit.orders.save(settled(context, order))
    billable = _billable(order, leaving, document, rates, parts)
    context.unit.shipped_lines.add(billable)
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    context.unit.changes.record(order.account_id, SHIP_NOTICE_FEED, [number])
    notify_customer(context, "order-shipped", number, account, order.purchase_order_id)
    shipped(context, account, billable)
    return ShipOrderResponse(ship_notice=document)


def _shipped(line: OrderLine, made: Leaving) -> OrderLine:
    entry = made.entry
    shipped = line.quantity_shipped + entry.quantity
    cancelled = line.quantity_cancelled + entry.quantity_short
    # whatever comes of it, only a line that can be shipped is touched: one that waits for its confirmation is not
    state = next_line_state(line.state, Step.SHIP_REST)
    if shipped + cancelled < line.quantity:
        # what is known to come short before anything has left changes no state
        state = next_line_state(line.state, Step.SHIP_PART) if entry.quantity else line.state
    elif not shipped:
        state = next_line_state(line.state, Step.CANCEL)
    line = evolve(line, quantity_shipped=shipped, quantity_cancelled=cancelled, state=state)
    if entry.promised_on is not None:
        state = next_line_state(state, Step.BACK_ORDER)
        line = evolve(line, promised_on=entry.promised_on, state=state)
    if not line.outstanding:
        line = evolve(line, promised_on=None)
    if entry.quantity_short:
        line = evolve(line, cancel_cause=CancelCause.SHORT, cancel_reason=entry.reason or None)
    return line


def _notice_line(line: OrderLine, made: Leaving) -> ShipNoticeLine:
    return ShipNoticeLine(
        line_id=line.line_id,
        sku=made.sku,
        name=made.name,
        quantity=made.quantity,
        unit=line.unit,
        quantity_outstanding=line.outstanding,
        quantity_short=made.entry.quantity_short,
        reason=made.entry.reason,
        substitute_for=line.sku if made.item else "",
        promised_on=made.entry.promised_on,
    )


def _move_stock(context: Context, order: Order, leaving: Mapping[str, Leaving]) -> None:
    """Take what leaves off the shelf; nothing is held any more for it, nor for what never comes."""
    release(
        context,
        order,
        {line_id: made.ordered + made.entry.quantity_short for line_id, made in leaving.items()},
    )
    gone: dict[str, int] = {}
    for made in leaving.values():
        if made.from_stock:
            gone[made.sku] = gone.get(made.sku, 0) + made.quantity
    stock = context.unit.catalog.stock(sorted(gone))
    context.unit.catalog.save_stock(
        evolve(level, on_hand=level.on_hand - gone[sku]) for sku, level in sorted(stock.items())
    )


def _billable(
    order: Order,
    leaving: Mapping[str, Leaving],
    notice: ShipNotice,
    rates: Mapping[TaxCategory, Decimal],
    parts: tuple[AllowanceCharge, ...],
) -> list[ShippedLine]:
    """What of a shipment has to be invoiced.

    ``parts`` of the order's allowances and charges stand with the first line, so that one invoice has both.
    """
    lines = [
        ShippedLine(
            ship_notice_number=notice.ship_notice_number,
            account_id=order.account_id,
            order_number=order.order_number,
            purchase_order_id=order.purchase_order_id,
            line_id=line.line_id,
            shipped_on=notice.shipped_on,
            sku=made.sku,
            name=made.name,
            quantity=made.quantity,
            unit=line.unit,
            unit_price=made.price,
            amount_excl_tax=made.amount(order.currency),
            tax_category=line.tax_category,
            tax_rate=rates[line.tax_category],
            department=line.department,
            cost_centre=line.cost_centre,
            currency=order.currency,
            allowances=line_allowances(line, line.quantity_shipped, made.ordered),
        )
        for made in (leaving[one.line_id] for one in order.lines if one.line_id in leaving)
        for line in (made.line,)
        if made.quantity
    ]
    if lines:
        lines[0] = evolve(lines[0], order_allowances=parts)
    return lines


def _rates_of_shipping(
    context: Context, lines: Iterable[OrderLine], entries: Iterable[AllowanceCharge]
) -> Mapping[TaxCategory, Decimal]:
    """The sale is taxed by the rate of the day the goods leave, not of the day they were ordered."""
    categories = {line.tax_category for line in lines}
    categories |= {entry.tax_category for entry in entries if entry.tax_category is not None}
    return {category: context.house.tax_table.rate(category, context.today).rate for category in categories}


def replay_ship_order(context: Context, _request: ShipOrderRequest, reference: str) -> ShipOrderResponse:
    """The answer of an earlier call with the same key."""
    order_number, number = reference.split()
    order, _ = order_for_staff(context, order_number)
    return ShipOrderResponse(
        ship_notice=context.unit.documents.ship_notices(order.account_id, [number])[number]
    )


def ship_notice_reference(response: ShipOrderResponse) -> str:
    """What of the response names its result."""
    return f"{response.ship_notice.order_number} {response.ship_notice.ship_notice_number}"


def list_ship_notices(context: Context, request: ListShipNoticesRequest) -> ListShipNoticesResponse:
    """Ship notices, in commit order."""
    account_id = context.caller.account_id
    documents = context.unit.documents
    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset({document.order_number})
            for number, document in documents.ship_notices(account_id, numbers).items()
        },
    )
    found = page(context, SHIP_NOTICE_FEED, request, visible=visible)
    entries = documents.ship_notices(account_id, found.keys)
    return ListShipNoticesResponse(ship_notices=in_order(found.keys, entries), page=found.info)
