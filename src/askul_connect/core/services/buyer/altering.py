"""Having suppliers change and cancel orders, from the outbox, and keeping what came of it (INT-6, INT-11).

A change may be several calls: the supplier may have made several orders of one purchase order, and other quantities and
none are different requests. Each is tried before any is made, so that a refusal of one leaves all of them undone.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.purchase_changes import ChangeState, OrderChange
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import AskulConnectError, IllegalStep, InternalError, OrderRefused
from askul_connect.core.messages.canonical import content_hash
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.order_life import CancelOrderRequest, ChangedLine, ChangeOrderRequest
from askul_connect.core.policies.retry import after_failure, is_connection_lost, is_refusal
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.expecting import amended, orders_of
from askul_connect.core.services.buyer.outgoing import (
    ERP_ORDER_RESPONSE_KIND,
    ERP_TARGET,
    OUTBOX_FORM,
    document_key,
    post_message,
)
from askul_connect.core.services.buyer.placing import channel_of, find_orders
from askul_connect.core.services.buyer.refusals import refusal_text
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit


@frozen(kw_only=True)
class _Call:
    """One call to the supplier."""

    order_number: str
    changed: tuple[ChangedLine, ...] = ()
    cancelled: tuple[str, ...] = ()

    @property
    def capability(self) -> Capability:
        """What the supplier needs for it."""
        return Capability.CHANGE if self.changed else Capability.CANCEL

    def make(
        self, channel: Channel, key: str, correlation_id: str, *, trial: bool = False
    ) -> tuple[str, OrderDocument]:
        """Make the call; the supplier's number of what was done, and the order as it stands then."""
        # other content would be another request, which the supplier must not take for this one
        content = content_hash((self.changed, self.cancelled))[:16]
        key = f"{key}:{self.capability}:{self.order_number}:{content}"
        if trial:
            key = f"trial:{key}"
        if self.changed:
            changed = channel.change(
                ChangeOrderRequest(order_number=self.order_number, lines=self.changed, trial=trial),
                key=key,
                correlation_id=correlation_id,
            )
            return changed.change_number, changed.order
        cancelled = channel.cancel(
            CancelOrderRequest(order_number=self.order_number, lines=self.cancelled, trial=trial),
            key=key,
            correlation_id=correlation_id,
        )
        return cancelled.change_number, cancelled.order


@frozen(kw_only=True)
class _Work:
    """A message, what it is about, and the supplier's orders as they were known when it was taken up.

    Attributes:
        made: The orders that calls have answered with, by number, each with the supplier's number of what was done.
    """

    message: OutboxMessage
    record: PurchaseOrderRecord
    change: OrderChange
    orders: tuple[OrderDocument, ...]
    made: dict[str, tuple[str, OrderDocument]] = field(factory=dict)

    @property
    def key(self) -> str:
        """What the supplier knows the change by; one that was dropped again is another request."""
        again = "" if self.change.attempt == 1 else f"#{self.change.attempt}"
        return f"{self.change.business_key}{again}"

    def keep(self, answer: tuple[str, OrderDocument]) -> None:
        """Remember an answer."""
        self.made[answer[1].order_number] = answer


def send_change(desk: Desk, message: OutboxMessage, tally: Tally) -> bool:
    """Have one change carried out; nothing of our database is held open meanwhile.

    The message counts as of unknown outcome from before the first call until the answers are stored: whatever
    interrupts that, the supplier is asked how the orders stand, and only what is not as it is wanted is sent again.
    A change whose purchase order has not been answered yet, or that another one goes before, waits.

    Returns:
        Whether the supplier can be worked with; if not, the next message would fail in the same way.

    Raises:
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    work = run_unit(desk.storage, lambda unit: _take_up(unit, message))
    if work is None:
        return True
    with correlated(work.record.correlation_id):
        return _send(desk, work, tally)


def try_change(
    desk: Desk, record: PurchaseOrderRecord, change: OrderChange, orders: Sequence[OrderDocument]
) -> None:
    """Ask the supplier what it would answer to a change; nothing is done (INT-10).

    Raises:
        AskulConnectError: It would refuse, cannot be asked, or cannot be reached.
    """
    channel = channel_of(desk, record)
    require(channel, Capability.TRIAL, record.supplier)
    for call in calls_of(change, orders):
        require(channel, call.capability, record.supplier)
        call.make(channel, change.business_key, record.correlation_id, trial=True)


def _take_up(unit: BuyerUnitOfWork, message: OutboxMessage) -> _Work | None:
    require_released(unit)
    named = OUTBOX_FORM.read(message.body)
    key = PurchaseOrderKey(
        buyer_party=named["buyer_party"],
        purchase_order_id=named["purchase_order_id"],
        issue_year=named["issue_year"],
    )
    record, change = unit.purchase_orders.get(key), unit.order_changes.get(key, named["change_id"])
    if record is None or change is None:
        raise InternalError(f"the change {message.business_key} of the outbox is gone")
    waiting = [one for one in unit.order_changes.of_order(key) if one.state is ChangeState.WAITING]
    if record.state in {PurchaseOrderState.HELD, PurchaseOrderState.ACCEPTED} or change not in waiting[:1]:
        return None
    return _Work(message=message, record=record, change=change, orders=orders_of(unit, record))


def calls_of(change: OrderChange, orders: Sequence[OrderDocument]) -> tuple[_Call, ...]:
    """The calls after which orders are as a change wants them; none when they are already.

    Raises:
        OrderRefused: No order has one of the lines.
    """
    wanted = {one.line_id: one.quantity for one in change.lines}
    missing = sorted(set(wanted) - {line.line_id for order in orders for line in order.lines})
    if missing:
        raise OrderRefused(f"the supplier's orders have no line {', '.join(missing)}", line_id=missing[0])
    calls: list[_Call] = []
    for order in orders:
        differing = [
            (line.line_id, wanted[line.line_id])
            for line in order.lines
            if line.line_id in wanted and line.quantity - line.quantity_cancelled != wanted[line.line_id]
        ]
        changed = tuple(ChangedLine(line_id=one, quantity=units) for one, units in differing if units)
        cancelled = tuple(one for one, units in differing if not units)
        if changed:
            calls.append(_Call(order_number=order.order_number, changed=changed))
        if cancelled:
            calls.append(_Call(order_number=order.order_number, cancelled=cancelled))
    return tuple(calls)


def _send(desk: Desk, work: _Work, tally: Tally) -> bool:
    message, record = work.message, work.record
    LOGGER.debug("%s of %s is sent to %s", message.kind, record.key, record.supplier)
    try:
        if record.state is not PurchaseOrderState.PLACED:
            detail = f"purchase order {record.key.purchase_order_id} is {record.state}"
            raise IllegalStep(f"{detail}; there is nothing to {work.change.kind}")
        if message.state is OutboxState.UNKNOWN:
            work = _asked(desk, work)
        _call(desk, work)
    except AskulConnectError as error:
        LOGGER.warning("%s of %s failed: %s", message.kind, record.key, error)
        if is_refusal(error):
            _keep_refusal(desk, work, error, tally)
            return True
        return _put_off(desk, work, error, tally)
    run_unit(desk.storage, lambda unit: _done(desk, unit, work))
    tally.order_changes += 1
    tally.changed = True
    tally.succeeded(record.supplier, work.change.business_key)
    number, change_id = record.key.purchase_order_id, work.change.change_id
    desk.say("order change", f"{change_id} of {number} carried out by {record.supplier}")
    return True


def _asked(desk: Desk, work: _Work) -> _Work:
    """The work with the supplier's orders as they stand now; what was done before shows in them."""
    orders = find_orders(desk, work.record)
    known = set(work.record.order_numbers)
    found = tuple(order for order in orders if order.order_number in known)
    for order in found:
        work.keep(("", order))
    return evolve(work, message=evolve(work.message, state=OutboxState.PENDING), orders=found)


def _call(desk: Desk, work: _Work) -> None:
    calls, record = calls_of(work.change, work.orders), work.record
    channel = channel_of(desk, record)
    for call in calls:
        require(channel, call.capability, record.supplier)
    if len(calls) > 1 and Capability.TRIAL in channel.capabilities:
        for call in calls:
            call.make(channel, work.key, record.correlation_id, trial=True)
    under_way = evolve(work.message, state=OutboxState.UNKNOWN)
    run_unit(desk.storage, lambda unit: unit.outbox.save(under_way))
    for call in calls:
        work.keep(call.make(channel, work.key, record.correlation_id))


def _put_off(desk: Desk, work: _Work, error: AskulConnectError, tally: Tally) -> bool:
    message = work.message
    if any(number for number, _ in work.made.values()):
        # a part of it was done, which only asking can tell apart from the rest
        message = evolve(message, state=OutboxState.UNKNOWN)
    later = after_failure(message, error, desk.timeline.now(), desk.rules.outbox)
    run_unit(desk.storage, lambda unit: _later(desk, unit, work, later))
    tally.changed = True
    tally.failed(work.record.supplier, work.change.business_key, error)
    what = "given up" if later.state is OutboxState.DEAD else "not carried out yet"
    number = work.record.key.purchase_order_id
    desk.say("order change", f"{work.change.change_id} of {number} {what}: {error.detail}")
    return not is_connection_lost(error)


def _later(desk: Desk, unit: BuyerUnitOfWork, work: _Work, message: OutboxMessage) -> None:
    unit.outbox.save(message)
    if message.state is OutboxState.DEAD:
        unit.order_changes.put(evolve(work.change, state=ChangeState.GIVEN_UP))
        settle(desk, unit, work.record, source=f"given up: {work.change.change_id}")


def _done(desk: Desk, unit: BuyerUnitOfWork, work: _Work) -> None:
    record = _follow(unit, work)
    unit.order_changes.put(evolve(work.change, state=ChangeState.DONE))
    _end_message(desk, unit, work, OutboxState.SENT, "")
    sources = [number for number, _ in work.made.values() if number]
    settle(desk, unit, record, source=", ".join(sources) or work.change.change_id)
    _tell_erp(desk, unit, work)


def _follow(unit: BuyerUnitOfWork, work: _Work) -> PurchaseOrderRecord:
    """Store the orders that were answered, and what they hold now as the purchase order's own quantities."""
    unit.history.put_orders(work.record.supplier, [order for _, order in work.made.values()])
    record = unit.purchase_orders.get(work.record.key) or work.record
    units: dict[str, int] = {}
    concerned = {one.line_id for one in work.change.lines}
    for order in orders_of(unit, record):
        for line in order.lines:
            if line.line_id in concerned:
                units[line.line_id] = units.get(line.line_id, 0) + line.quantity
    followed = amended(record, units)
    if followed != record:
        unit.purchase_orders.save(followed)
    return followed


def _tell_erp(desk: Desk, unit: BuyerUnitOfWork, work: _Work) -> None:
    """Let the ERP have the orders as they stand after the change."""
    concerned = {one.line_id for one in work.change.lines}
    for order_number, (number, order) in sorted(work.made.items()):
        if not concerned & {line.line_id for line in order.lines}:
            continue
        name = number or f"{order_number}-{work.change.change_id}"
        post_message(
            desk,
            unit,
            ERP_ORDER_RESPONSE_KIND,
            document_key(work.record.supplier, name),
            content={
                "supplier": work.record.supplier,
                "number": name,
                "order_number": order_number,
                "at": desk.timeline.now().isoformat(),
            },
            target=ERP_TARGET,
            correlation_id=work.record.correlation_id,
        )


def _keep_refusal(desk: Desk, work: _Work, error: AskulConnectError, tally: Tally) -> None:
    run_unit(desk.storage, lambda unit: _refused(desk, unit, work, error))
    record, change = work.record, work.change
    tally.changed = True
    tally.succeeded(record.supplier, change.business_key)
    tally.rejected(change.document, record.key.purchase_order_id, error, record.correlation_id)
    number = record.key.purchase_order_id
    desk.say("order change", f"{change.change_id} of {number} refused by {record.supplier}: {error.detail}")


def _refused(desk: Desk, unit: BuyerUnitOfWork, work: _Work, error: AskulConnectError) -> None:
    record = _follow(unit, work) if work.made else work.record
    unit.order_changes.put(evolve(work.change, state=ChangeState.REFUSED, refusal=refusal_text(error)))
    _end_message(desk, unit, work, OutboxState.REFUSED, f"{error.code}: {error.detail}")
    settle(desk, unit, record, source=f"refused: {work.change.change_id}")
    if any(number for number, _ in work.made.values()):
        _tell_erp(desk, unit, work)


def _end_message(desk: Desk, unit: BuyerUnitOfWork, work: _Work, state: OutboxState, last_error: str) -> None:
    unit.outbox.save(
        evolve(
            work.message,
            state=state,
            attempts=work.message.attempts + 1,
            last_error=last_error,
            done_at=desk.timeline.now(),
        )
    )
