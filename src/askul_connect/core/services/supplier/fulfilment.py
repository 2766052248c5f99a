"""Confirming and shipping: the supplier's own steps and the documents they make (ORD-1, ORD-5)."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from askul_connect.core.domain.calendar import add_business_days
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.orders import LineState, Step, next_line_state
from askul_connect.core.domain.sales import Order, OrderLine, ShippedLine
from askul_connect.core.errors import IllegalStep, NotFound, Problem, ValueInvalid
from askul_connect.core.messages import fulfilment as messages
from askul_connect.core.messages.documents import (
    ConfirmationLine,
    OrderConfirmation,
    ShipNotice,
    ShipNoticeLine,
)
from askul_connect.core.messages.ordering import (
    ListConfirmationsRequest,
    ListConfirmationsResponse,
    ListShipNoticesRequest,
    ListShipNoticesResponse,
)
from askul_connect.core.policies.pricing import part_amount
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.ordering import ORDER_FEED
from askul_connect.core.services.supplier.visibility import visible_documents

CONFIRMATION_FEED = "confirmations"
SHIP_NOTICE_FEED = "ship_notices"
_CONFIRMATION_NUMBER = "CF{:08d}"
_SHIP_NOTICE_NUMBER = "SN{:08d}"


def _order(context: Context, number: str) -> Order:
    order = context.unit.orders.get_for_staff(number)
    if order is None:
        raise NotFound(f"there is no order {number!r}", where="order_number")
    return order


def confirm_order(context: Context, request: messages.ConfirmOrderRequest) -> messages.ConfirmOrderResponse:
    """Confirm every placed line.

    Raises:
        NotFound: There is no such order.
        IllegalStep: No line of it is waiting to be confirmed.
    """
    order = _order(context, request.order_number)
    placed = [line for line in order.lines if line.state is LineState.PLACED]
    if not placed:
        raise IllegalStep(f"no line of {order.order_number} waits to be confirmed; it is {order.state}")
    account = context.unit.accounts.get(order.account_id)
    if account is None:
        raise NotFound(f"the account of {order.order_number} is gone", where="order_number")
    order = evolve(
        order,
        lines=tuple(
            evolve(line, state=next_line_state(line.state, Step.CONFIRM)) if line in placed else line
            for line in order.lines
        ),
    )
    number = _CONFIRMATION_NUMBER.format(context.unit.counters.next("confirmation"))
    document = OrderConfirmation(
        confirmation_number=number,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        currency=order.currency,
        confirmed_at=context.now,
        confirmed_on=context.today,
        lines=tuple(
            ConfirmationLine(
                line_id=line.line_id,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                quantity_confirmed=line.quantity - line.quantity_cancelled,
                promised_on=request.promised_on or promised_on(context, line),
            )
            for line in order.lines
        ),
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
    )
    context.unit.orders.save(order)
    context.unit.documents.add_confirmation(order.account_id, document)
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    context.unit.changes.record(order.account_id, CONFIRMATION_FEED, [number])
    notify_customer(context, "order-confirmed", number, account, order.purchase_order_id)
    return messages.ConfirmOrderResponse(confirmation=document)


def promised_on(context: Context, line: OrderLine) -> date:
    """The day a line arrives: the next business day, direct-ship lines after their lead time (ORD-4)."""
    days = 1 + (line.lead_days if line.fulfilment is Fulfilment.DIRECT else 0)
    return add_business_days(context.today, days, context.house.holidays.is_holiday)


def replay_confirm_order(context: Context, reference: str) -> messages.ConfirmOrderResponse:
    """The answer of an earlier call with the same key."""
    order_number, number = reference.split()
    order = _order(context, order_number)
    document = context.unit.documents.confirmations(order.account_id, [number])[number]
    return messages.ConfirmOrderResponse(confirmation=document)


def confirmation_reference(response: messages.ConfirmOrderResponse) -> str:
    """What of the response names its result."""
    return f"{response.confirmation.order_number} {response.confirmation.confirmation_number}"


def ship_order(context: Context, request: messages.ShipOrderRequest) -> messages.ShipOrderResponse:
    """Ship what the request names; a short quantity is cancelled and its stock released.

    Raises:
        NotFound: There is no such order.
        ValueInvalid: A line is unknown, named twice, or more is shipped than is outstanding.
        IllegalStep: A line's state does not allow shipping.
    """
    order = _order(context, request.order_number)
    account = context.unit.accounts.get(order.account_id)
    if account is None:
        raise NotFound(f"the account of {order.order_number} is gone", where="order_number")
    _check_shipment(order, request)
    leaving = {line.line_id: line for line in request.lines}
    before = {line.line_id: line.quantity_shipped for line in order.lines}
    order = evolve(
        order,
        lines=tuple(
            _shipped(line, leaving[line.line_id]) if line.line_id in leaving else line for line in order.lines
        ),
    )
    number = _SHIP_NOTICE_NUMBER.format(context.unit.counters.next("ship-notice"))
    gone = [line for line in order.lines if line.line_id in leaving]
    document = ShipNotice(
        ship_notice_number=number,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        shipped_at=context.now,
        shipped_on=context.today,
        lines=tuple(_notice_line(line, leaving[line.line_id]) for line in gone),
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
    )
    _move_stock(context, gone, leaving)
    context.unit.orders.save(order)
    context.unit.documents.add_ship_notice(order.account_id, document)
    context.unit.shipped_lines.add(
        _billable(context, order, line, number, before[line.line_id], leaving[line.line_id].quantity)
        for line in gone
        if leaving[line.line_id].quantity
    )
    context.unit.changes.record(order.account_id, ORDER_FEED, [order.order_number])
    context.unit.changes.record(order.account_id, SHIP_NOTICE_FEED, [number])
    notify_customer(context, "order-shipped", number, account, order.purchase_order_id)
    return messages.ShipOrderResponse(ship_notice=document)


def _check_shipment(order: Order, request: messages.ShipOrderRequest) -> None:
    problems = []
    lines = {line.line_id: line for line in order.lines}
    seen: set[str] = set()

    def problem(detail: str, line_id: str) -> None:
        problems.append(
            Problem(
                code=ValueInvalid.code,
                detail=detail,
                where="lines",
                remedy=ValueInvalid.remedy.en,
                line_id=line_id,
            )
        )

    if not request.lines:
        problem("a shipment has at least one line", "")
    for entry in request.lines:
        line = lines.get(entry.line_id)
        if entry.line_id in seen:
            problem(f"line {entry.line_id!r} is named twice", entry.line_id)
        seen.add(entry.line_id)
        if line is None:
            problem(f"{order.order_number} has no line {entry.line_id!r}", entry.line_id)
        elif entry.quantity < 0 or entry.quantity_short < 0 or entry.quantity + entry.quantity_short == 0:
            problem("a shipped line moves at least one unit, and never less than none", entry.line_id)
        elif entry.quantity + entry.quantity_short > line.outstanding:
            problem(
                f"{entry.quantity} shipped and {entry.quantity_short} short are more than"
                f" the {line.outstanding} outstanding",
                entry.line_id,
            )
    if problems:
        raise ValueInvalid(f"{order.order_number} cannot be shipped like this", problems=tuple(problems))


def _shipped(line: OrderLine, entry: messages.ShippedLine) -> OrderLine:
    shipped = line.quantity_shipped + entry.quantity
    cancelled = line.quantity_cancelled + entry.quantity_short
    if shipped + cancelled < line.quantity:
        step = Step.SHIP_PART
    elif shipped:
        step = Step.SHIP_REST
    else:
        step = Step.CANCEL
    return evolve(
        line,
        quantity_shipped=shipped,
        quantity_cancelled=cancelled,
        state=next_line_state(line.state, step),
    )


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


def _move_stock(context: Context, gone: list[OrderLine], leaving: dict[str, messages.ShippedLine]) -> None:
    held = [line for line in gone if line.fulfilment is Fulfilment.STOCK]
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
    context: Context, order: Order, line: OrderLine, notice: str, before: int, quantity: int
) -> ShippedLine:
    price = UnitPrice(line.unit_price, currency(order.currency))
    return ShippedLine(
        ship_notice_number=notice,
        account_id=order.account_id,
        order_number=order.order_number,
        purchase_order_id=order.purchase_order_id,
        line_id=line.line_id,
        shipped_on=context.today,
        sku=line.sku,
        name=line.name,
        quantity=quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=part_amount(price, before, quantity),
        tax_category=line.tax_category,
        # the sale is taxed by the rate of the day the goods leave, not of the day they were ordered
        tax_rate=context.house.tax_table.rate(line.tax_category, context.today).rate,
        department=line.department,
        cost_centre=line.cost_centre,
        currency=order.currency,
    )


def replay_ship_order(context: Context, reference: str) -> messages.ShipOrderResponse:
    """The answer of an earlier call with the same key."""
    order_number, number = reference.split()
    order = _order(context, order_number)
    return messages.ShipOrderResponse(
        ship_notice=context.unit.documents.ship_notices(order.account_id, [number])[number]
    )


def ship_notice_reference(response: messages.ShipOrderResponse) -> str:
    """What of the response names its result."""
    return f"{response.ship_notice.order_number} {response.ship_notice.ship_notice_number}"


def list_confirmations(context: Context, request: ListConfirmationsRequest) -> ListConfirmationsResponse:
    """Order confirmations, in commit order."""
    account_id = context.caller.account_id
    documents = context.unit.documents

    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset({document.order_number})
            for number, document in documents.confirmations(account_id, numbers).items()
        },
    )
    found = page(context, CONFIRMATION_FEED, request, visible=visible)
    entries = documents.confirmations(account_id, found.keys)
    return ListConfirmationsResponse(confirmations=in_order(found.keys, entries), page=found.info)


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
