"""Sending purchase orders to suppliers and keeping what came of it (INT-6, INT-11)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.outbox import OutboxDecision, OutboxMessage, OutboxState, OutboxStep
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    InternalError,
    PartnerAnswerInvalid,
)
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    OrderLineRequest,
    PlaceOrderRequest,
    PlaceOrderResponse,
)
from askul_connect.core.policies.retry import after_failure, is_connection_lost, is_refusal, is_stale
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import OUTBOX_FORM
from askul_connect.core.services.buyer.reading import note_placed
from askul_connect.core.services.buyer.refusals import refusal_text
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit


def place_request(desk: Desk, record: PurchaseOrderRecord, *, trial: bool = False) -> PlaceOrderRequest:
    """What is asked of the supplier for a purchase order."""
    return PlaceOrderRequest(
        purchase_order_id=record.key.purchase_order_id,
        buyer_party=record.key.buyer_party,
        issue_year=record.key.issue_year,
        currency=record.currency,
        price_tolerance=desk.rules.orders.price_tolerance,
        on_price_change=desk.rules.orders.on_price_change,
        trial=trial,
        lines=tuple(
            OrderLineRequest(
                line_id=line.line_id,
                sku=line.sku,
                quantity=line.quantity,
                unit=line.unit,
                expected_unit_price=line.unit_price,
                department=line.department,
                cost_centre=line.cost_centre,
                requested_on=line.requested_on,
                allowances=line.allowances,
            )
            for line in record.lines
            # a change before it left may have taken a line out
            if line.quantity
        ),
        allowances=record.allowances,
        anticipated=record.anticipated,
    )


def send_order(desk: Desk, message: OutboxMessage, tally: Tally) -> bool:
    """Send one purchase order; nothing of our database is held open meanwhile.

    The message counts as of unknown outcome from before it is sent until the answer is stored: whatever interrupts
    that, the supplier is asked first, and only what it never took is sent again.

    Returns:
        Whether the supplier can be worked with; if not, the next message would fail in the same way.

    Raises:
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    record = run_unit(desk.storage, lambda unit: _record_to_send(unit, message))
    with correlated(record.correlation_id):
        return _send(desk, message, record, tally)


def _send(desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord, tally: Tally) -> bool:
    LOGGER.debug("%s of %s is sent to %s", message.kind, record.key, record.supplier)
    if message.state is OutboxState.UNKNOWN:
        try:
            orders = find_orders(desk, record)
        except AskulConnectError as error:
            LOGGER.warning("asking for %s failed: %s", record.key, error)
            return _put_off(desk, message, record, error, tally)
        if orders:
            _keep_orders(desk, message, record, PlaceOrderResponse(orders=orders, trial=False), tally)
            return True
    if is_stale(message, desk.timeline.now(), desk.rules.outbox):
        return _hold(desk, message, record, tally)
    message = evolve(message, state=OutboxState.PENDING)
    try:
        response = _place(desk, message, record)
    except AskulConnectError as error:
        LOGGER.warning("placing %s failed: %s", record.key, error)
        if is_refusal(error):
            _keep_refusal(desk, message, record, error, tally)
            return True
        return _put_off(desk, message, record, error, tally)
    _keep_orders(desk, message, record, response, tally)
    return True


def _hold(desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord, tally: Tally) -> bool:
    """Let an order wait for a person that is too old to be sent without one; its supplier can be worked with."""
    now, days = desk.timeline.now(), desk.rules.outbox.stale_after_days
    reason = f"it was asked for more than {days} days ago"

    def hold(unit: BuyerUnitOfWork) -> None:
        unit.outbox.save(evolve(message, state=OutboxState.HELD, last_error=f"needs approval: {reason}"))
        unit.decisions.add(
            OutboxDecision(
                message_id=message.message_id,
                step=OutboxStep.HOLD,
                at=now,
                by="askul-connect",
                reason=reason,
                was=message.state,
            )
        )

    run_unit(desk.storage, hold)
    number = record.key.purchase_order_id
    tally.changed = True
    tally.succeeded(record.supplier, str(record.key))
    tally.warnings.append(
        f"{number} needs approval: {reason}; 'askul-connect outbox resend {number}' sends it all the same,"
        " 'outbox give-up' does not"
    )
    desk.say("order", f"{number} needs approval: {reason}")
    return True


def _record_to_send(unit: BuyerUnitOfWork, message: OutboxMessage) -> PurchaseOrderRecord:
    require_released(unit)
    return record_of(unit, message)


def record_of(unit: BuyerUnitOfWork, message: OutboxMessage) -> PurchaseOrderRecord:
    """The purchase order that a message sends."""
    named = OUTBOX_FORM.read(message.body)
    key = PurchaseOrderKey(
        buyer_party=named["buyer_party"],
        purchase_order_id=named["purchase_order_id"],
        issue_year=named["issue_year"],
    )
    record = unit.purchase_orders.get(key)
    if record is None:
        raise InternalError(f"the purchase order {message.business_key} of the outbox is gone")
    return record


def channel_of(desk: Desk, record: PurchaseOrderRecord) -> Channel:
    """The way to the supplier of a purchase order.

    Raises:
        ConfigurationError: Its connection is no longer configured.
    """
    connection = desk.suppliers.get(record.supplier)
    if connection is None:
        raise ConfigurationError(
            f"{record.key.purchase_order_id} waits for the supplier connection {record.supplier!r}, which is no"
            " longer configured",
            where=f"suppliers.{record.supplier}",
        )
    return connection.channel


def find_orders(desk: Desk, record: PurchaseOrderRecord) -> tuple[OrderDocument, ...]:
    """What the supplier says has become of a purchase order; nothing when it never took it."""
    channel = channel_of(desk, record)
    require(channel, Capability.FIND, record.supplier)
    return channel.find(
        GetOrderByExternalIdRequest(
            purchase_order_id=record.key.purchase_order_id,
            buyer_party=record.key.buyer_party,
            issue_year=record.key.issue_year,
        ),
        correlation_id=record.correlation_id,
    )


def _place(desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord) -> PlaceOrderResponse:
    channel = channel_of(desk, record)
    require(channel, Capability.PLACE, record.supplier)
    under_way = evolve(message, state=OutboxState.UNKNOWN)
    run_unit(desk.storage, lambda unit: unit.outbox.save(under_way))
    # a corrected purchase order is another request, so it has another key
    key = str(record.key) if record.attempt == 1 else f"{record.key}#{record.attempt}"
    response = channel.place(place_request(desk, record), key=key, correlation_id=record.correlation_id)
    if not response.orders:
        raise PartnerAnswerInvalid(
            f"{record.supplier} took {record.key.purchase_order_id} and named no order", where="orders"
        )
    return response


def _put_off(
    desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord, error: AskulConnectError, tally: Tally
) -> bool:
    later = after_failure(message, error, desk.timeline.now(), desk.rules.outbox)
    run_unit(desk.storage, lambda unit: unit.outbox.save(later))
    tally.changed = True
    tally.failed(record.supplier, str(record.key), error)
    what = "given up" if later.state is OutboxState.DEAD else "not placed yet"
    desk.say("order", f"{record.key.purchase_order_id} {what}: {error.detail}")
    return not is_connection_lost(error)


def _keep_orders(
    desk: Desk,
    message: OutboxMessage,
    record: PurchaseOrderRecord,
    response: PlaceOrderResponse,
    tally: Tally,
) -> None:
    orders = response.orders
    run_unit(desk.storage, lambda unit: _placed(desk, unit, message, orders))
    tally.placed += 1
    tally.changed = True
    tally.succeeded(record.supplier, str(record.key))
    number, reasons = (
        record.key.purchase_order_id,
        {entry.line_id: entry.reason for entry in response.dropped},
    )
    taken = {line.line_id for order in orders for line in order.lines}
    tally.warnings.extend(
        f"{number} line {line.line_id} was left out by {record.supplier}"
        + (f": {reasons[line.line_id]}" if line.line_id in reasons else "")
        for line in record.lines
        if line.quantity and line.line_id not in taken
    )
    tally.warnings.extend(total_differences(record, orders))
    numbers = ", ".join(order.order_number for order in orders)
    desk.say("order", f"{number} placed at {record.supplier} as {numbers}")


def total_differences(record: PurchaseOrderRecord, orders: tuple[OrderDocument, ...]) -> list[str]:
    """Where the supplier's totals are not those that the purchase order anticipates; the supplier's are billed."""
    anticipated = record.anticipated
    if anticipated is None:
        return []
    compared = (
        ("without tax", anticipated.excl_tax, sum(order.total_excl_tax for order in orders)),
        ("of tax", anticipated.tax, sum(entry.tax for order in orders for entry in order.tax)),
        ("with tax", anticipated.incl_tax, sum(order.total_incl_tax for order in orders)),
    )
    return [
        f"{record.key.purchase_order_id}: the document states {minor_to_text(stated, record.currency)} {what},"
        f" {record.supplier} reckons {minor_to_text(found, record.currency)} {record.currency}"
        for what, stated, found in compared
        if stated is not None and stated != found
    ]


def _placed(
    desk: Desk, unit: BuyerUnitOfWork, message: OutboxMessage, orders: tuple[OrderDocument, ...]
) -> None:
    now = desk.timeline.now()
    record = evolve(
        record_of(unit, message),
        state=PurchaseOrderState.PLACED,
        order_numbers=tuple(order.order_number for order in orders),
        refusal="",
    )
    unit.purchase_orders.save(record)
    note_placed(unit, record.supplier, record.order_numbers)
    unit.history.put_orders(record.supplier, orders)
    settle(desk, unit, record, source=", ".join(record.order_numbers))
    unit.outbox.save(
        evolve(message, state=OutboxState.SENT, attempts=message.attempts + 1, last_error="", done_at=now)
    )


def _keep_refusal(
    desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord, error: AskulConnectError, tally: Tally
) -> None:
    run_unit(desk.storage, lambda unit: _refused(desk, unit, message, error))
    tally.changed = True
    tally.succeeded(record.supplier, str(record.key))
    tally.rejected(record.document, record.key.purchase_order_id, error, record.correlation_id)
    desk.say("order", f"{record.key.purchase_order_id} refused by {record.supplier}: {error.detail}")


def _refused(desk: Desk, unit: BuyerUnitOfWork, message: OutboxMessage, error: AskulConnectError) -> None:
    now = desk.timeline.now()
    record = evolve(record_of(unit, message), state=PurchaseOrderState.REFUSED, refusal=refusal_text(error))
    unit.purchase_orders.save(record)
    settle(desk, unit, record, source=f"refused: {error.code}")
    unit.outbox.save(
        evolve(
            message,
            state=OutboxState.REFUSED,
            attempts=message.attempts + 1,
            last_error=f"{error.code}: {error.detail}",
            done_at=now,
        )
    )
