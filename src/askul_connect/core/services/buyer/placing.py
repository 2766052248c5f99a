"""Sending purchase orders to suppliers and keeping what came of it (INT-6, INT-11)."""

from __future__ import annotations

import json

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import (
    AccessError,
    AskulConnectError,
    Fault,
    InternalError,
    Problem,
    Reported,
    error_from_report,
)
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    OrderLineRequest,
    PlaceOrderRequest,
)
from askul_connect.core.policies.budgeting import TaxedLine, commit, give_back, line_values
from askul_connect.core.policies.retry import after_failure
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.report import Rejection, Tally
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
            )
            for line in record.lines
        ),
    )


def send_order(desk: Desk, message: OutboxMessage, tally: Tally) -> None:
    """Send one purchase order; nothing of our database is held open meanwhile.

    A message whose outcome is unknown is asked for first: only what the supplier never took is sent again.
    """
    record = run_unit(desk.storage, lambda unit: _record_of(unit, message))
    supplier = record.supplier
    channel = desk.suppliers[supplier].channel
    correlation_id = record.correlation_id
    try:
        require(channel, Capability.PLACE, supplier)
        orders: tuple[OrderDocument, ...] = ()
        if message.state is OutboxState.UNKNOWN:
            require(channel, Capability.FIND, supplier)
            orders = channel.find(
                GetOrderByExternalIdRequest(
                    purchase_order_id=record.key.purchase_order_id,
                    buyer_party=record.key.buyer_party,
                    issue_year=record.key.issue_year,
                ),
                correlation_id=correlation_id,
            )
        if not orders:
            # nothing came of an earlier try, so this one starts as any other
            message = evolve(message, state=OutboxState.PENDING)
            request = place_request(desk, record)
            orders = channel.place(request, key=str(record.key), correlation_id=correlation_id).orders
    except AskulConnectError as error:
        _failed(desk, message, record, error, tally)
        return
    run_unit(desk.storage, lambda unit: _placed(desk, unit, message, record.key, orders))
    tally.placed += 1
    tally.changed = True
    tally.succeeded(supplier)
    numbers = ", ".join(order.order_number for order in orders)
    desk.say("order", f"{record.key.purchase_order_id} placed at {supplier} as {numbers}")


def _record_of(unit: BuyerUnitOfWork, message: OutboxMessage) -> PurchaseOrderRecord:
    named = json.loads(message.body)
    key = PurchaseOrderKey(
        buyer_party=named["buyer_party"],
        purchase_order_id=named["purchase_order_id"],
        issue_year=named["issue_year"],
    )
    record = unit.purchase_orders.get(key)
    if record is not None:
        return record
    raise InternalError(f"the purchase order {message.business_key} of the outbox is gone")


def _failed(
    desk: Desk, message: OutboxMessage, record: PurchaseOrderRecord, error: AskulConnectError, tally: Tally
) -> None:
    now = desk.timeline.now()
    supplier = record.supplier
    LOGGER.warning(
        "placing %s at %s failed: %s",
        record.key,
        supplier,
        error,
        extra={"correlation_id": record.correlation_id},
    )
    tally.changed = True
    if error.fault is Fault.CALLER and not error.retryable and not isinstance(error, AccessError):
        run_unit(desk.storage, lambda unit: _refused(desk, unit, message, record.key, error))
        tally.rejections.append(
            Rejection(document=record.document, purchase_order_id=record.key.purchase_order_id, error=error)
        )
        tally.succeeded(supplier)
        desk.say("order", f"{record.key.purchase_order_id} refused by {supplier}: {error.detail}")
        return
    run_unit(
        desk.storage, lambda unit: unit.outbox.save(after_failure(message, error, now, desk.rules.outbox))
    )
    tally.failed(supplier, error)
    desk.say("order", f"{record.key.purchase_order_id} not placed yet: {error.detail}")


def _placed(
    desk: Desk,
    unit: BuyerUnitOfWork,
    message: OutboxMessage,
    key: PurchaseOrderKey,
    orders: tuple[OrderDocument, ...],
) -> None:
    record = unit.purchase_orders.get(key)
    if record is None or record.state is PurchaseOrderState.PLACED:
        return
    now = desk.timeline.now()
    moves = unit.budgets.moves(str(key))
    unit.budgets.move(commit(record, moves, _values(desk, orders), orders[0].order_number, now))
    unit.purchase_orders.save(
        evolve(
            record,
            state=PurchaseOrderState.PLACED,
            order_numbers=tuple(order.order_number for order in orders),
            refusal="",
        )
    )
    unit.history.put_orders(record.supplier, orders)
    unit.outbox.save(
        evolve(message, state=OutboxState.SENT, attempts=message.attempts + 1, last_error="", done_at=now)
    )


def _values(desk: Desk, orders: tuple[OrderDocument, ...]) -> dict[str, int]:
    """What each line of the placed orders uses of its budget."""
    values: dict[str, int] = {}
    for order in orders:
        lines = [
            TaxedLine(
                line_id=line.line_id,
                amount_excl_tax=line.amount_excl_tax,
                category=line.tax_category,
                rate=line.tax_rate,
            )
            for line in order.lines
        ]
        values.update(line_values(lines, order.tax, desk.rules.budgets.basis))
    return values


def _refused(
    desk: Desk, unit: BuyerUnitOfWork, message: OutboxMessage, key: PurchaseOrderKey, error: AskulConnectError
) -> None:
    record = unit.purchase_orders.get(key)
    if record is None:
        return
    now = desk.timeline.now()
    unit.budgets.move(give_back(record, unit.budgets.moves(str(key)), now))
    unit.purchase_orders.save(evolve(record, state=PurchaseOrderState.REFUSED, refusal=refusal_text(error)))
    unit.outbox.save(
        evolve(
            message,
            state=OutboxState.REFUSED,
            attempts=message.attempts + 1,
            last_error=f"{error.code}: {error.detail}",
            done_at=now,
        )
    )


def refusal_text(error: AskulConnectError) -> str:
    """A supplier's refusal as it is stored with the purchase order."""
    return json.dumps(
        {
            "schema": 1,
            "code": error.code,
            "detail": error.detail,
            "reference": error.reference,
            "problems": [
                {
                    "code": problem.code,
                    "detail": problem.detail,
                    "where": problem.where,
                    "remedy": problem.remedy,
                    "line_id": problem.line_id,
                }
                for problem in error.problems
            ],
        },
        ensure_ascii=False,
    )


def refusal_error(record: PurchaseOrderRecord, places: dict[tuple[str, str], str]) -> AskulConnectError:
    """The stored refusal as an error again, each finding at its place in the ERP's document."""
    stored = json.loads(record.refusal)
    problems = tuple(
        Problem(
            code=entry["code"],
            detail=entry["detail"],
            where=places.get((record.key.purchase_order_id, entry["line_id"])) or entry["where"],
            remedy=entry["remedy"],
            line_id=entry["line_id"],
        )
        for entry in stored["problems"]
    )
    return error_from_report(
        Reported(
            code=stored["code"], detail=stored["detail"], reference=stored["reference"], problems=problems
        )
    )
