"""Shipping orders, in parts or short, and the ship notices (ORD-1, ORD-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from attrs import evolve

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.orders import Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine, ShippedLine
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import Problem, ValueInvalid
from askul_connect.core.messages import fulfilment as messages
from askul_connect.core.messages.documents import ShipNotice, ShipNoticeLine
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShipOrderResponse
from askul_connect.core.messages.ordering import ListShipNoticesRequest, ListShipNoticesResponse
from askul_connect.core.policies.parts import line_allowances, line_amount, order_allowances
from askul_connect.core.services.supplier.billing import shipped
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.ordering import ORDER_FEED, order_for_staff
from askul_connect.core.services.supplier.visibility import visible_documents

SHIP_NOTICE_FEED = "ship_notices"
_SHIP_NOTICE_NUMBER = "SN{:08d}"


def ship_order(context: Context, request: ShipOrderRequest) -> ShipOrderResponse:
    """Ship what the request names; a short quantity is cancelled and its stock released.

    Raises:
        NotFound: There is no such order.
        ValueInvalid: A line is unknown, named twice, or more is shipped than is outstanding.
        IllegalStep: A line's state does not allow shipping.
    """
    order, account = order_for_staff(context, request.order_number)
    _check_shipment(order, request)
    leaving = {entry.line_id: entry for entry in request.lines}
    before = [line for line in order.lines if line.line_id in leaving]
    rates = _rates_of_shipping(context, before, order.allowances)
    parts = order_allowances(order, {entry.line_id: entry.quantity for entry in request.lines}, rates)
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
    _move_stock(context, before, leaving)
    context.unit.orders.save(order)
    context.unit.documents.add_ship_notice(order.account_id, document)
    billable = _billable(order, before, document, rates, parts)
    context.unit.shipped_lines.add(billable)
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    context.unit.changes.record(order.account_id, SHIP_NOTICE_FEED, [number])
    notify_customer(context, "order-shipped", number, account, order.purchase_order_id)
    shipped(context, account, billable)
    return ShipOrderResponse(ship_notice=document)


def _check_shipment(order: Order, request: ShipOrderRequest) -> None:
    problems: list[Problem] = []
    lines = {line.line_id: line for line in order.lines}
    seen: set[str] = set()

    def add(detail: str, line_id: str = "") -> None:
        problems.append(finding(ValueInvalid, detail, where="lines", line_id=line_id))

    if not request.lines:
        add("a shipment has at least one line")
    for entry in request.lines:
        line = lines.get(entry.line_id)
        if entry.line_id in seen:
            add(f"line {entry.line_id!r} is named twice", entry.line_id)
        seen.add(entry.line_id)
        if line is None:
            add(f"{order.order_number} has no line {entry.line_id!r}", entry.line_id)
        elif entry.quantity < 0 or entry.quantity_short < 0 or entry.quantity + entry.quantity_short == 0:
            add("a shipped line moves at least one unit, and never less than none", entry.line_id)
        elif entry.quantity + entry.quantity_short > line.outstanding:
            detail = (
                f"{entry.quantity} shipped and {entry.quantity_short} short are more than"
                f" the {line.outstanding} outstanding"
            )
            add(detail, entry.line_id)
    if problems:
        raise ValueInvalid(f"{order.order_number} cannot be shipped like this", problems=tuple(problems))


def _shipped(line: OrderLine, entry: messages.ShippedLine) -> OrderLine:
    shipped = line.quantity_shipped + entry.quantity
    cancelled = line.quantity_cancelled + entry.quantity_short
    # whatever comes of it, only a line that can be shipped is touched: one that waits for its confirmation is not
    state = next_line_state(line.state, Step.SHIP_REST)
    if shipped + cancelled < line.quantity:
        # what is known to come short before anything has left changes no state
        state = next_line_state(line.state, Step.SHIP_PART) if entry.quantity else line.state
    elif not shipped:
        state = next_line_state(line.state, Step.CANCEL)
    return evolve(line, quantity_shipped=shipped, quantity_cancelled=cancelled, state=state)


def _notice_line(line: OrderLine, entry: messages.ShippedLine) -> ShipNoticeLine:
    return ShipNoticeLine(
        line_id=line.line_id,
        sku=line.sku,
        name=line.name,
        quantity=entry.quantity,
        unit=line.unit,
        quantity_outstanding=line.outstanding,
        quantity_short=entry.quantity_short,
        reason=entry.reason,
    )


def _move_stock(
    context: Context, lines: Iterable[OrderLine], leaving: Mapping[str, messages.ShippedLine]
) -> None:
    held = [line for line in lines if line.fulfilment is Fulfilment.STOCK]
    stock = dict(context.unit.catalog.stock(sorted({line.sku for line in held})))
    for line in held:
        entry, level = leaving[line.line_id], stock[line.sku]
        stock[line.sku] = evolve(
            level,
            on_hand=level.on_hand - entry.quantity,
            reserved=level.reserved - entry.quantity - entry.quantity_short,
        )
    context.unit.catalog.save_stock(stock.values())


def _billable(
    order: Order,
    before: Iterable[OrderLine],
    notice: ShipNotice,
    rates: Mapping[TaxCategory, Decimal],
    parts: tuple[AllowanceCharge, ...],
) -> list[ShippedLine]:
    """What of a shipment has to be invoiced; ``before`` are its lines as they stood before it.

    ``parts`` of the order's allowances and charges stand with the first line, so that one invoice has both.
    """
    leaving = {entry.line_id: entry.quantity for entry in notice.lines if entry.quantity}
    lines = [
        ShippedLine(
            ship_notice_number=notice.ship_notice_number,
            account_id=order.account_id,
            order_number=order.order_number,
            purchase_order_id=order.purchase_order_id,
            line_id=line.line_id,
            shipped_on=notice.shipped_on,
            sku=line.sku,
            name=line.name,
            quantity=leaving[line.line_id],
            unit=line.unit,
            unit_price=line.unit_price,
            amount_excl_tax=line_amount(line, order.currency, line.quantity_shipped, leaving[line.line_id]),
            tax_category=line.tax_category,
            tax_rate=rates[line.tax_category],
            department=line.department,
            cost_centre=line.cost_centre,
            currency=order.currency,
            allowances=line_allowances(line, line.quantity_shipped, leaving[line.line_id]),
        )
        for line in before
        if line.line_id in leaving
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
