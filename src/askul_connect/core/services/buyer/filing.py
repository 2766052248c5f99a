"""Where the ERP's documents go when their fate is known: done, rejected, or still waiting."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from attrs import define, evolve, field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchase_changes import ChangeKind, ChangeState, OrderChange
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import AskulConnectError, InternalError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import RejectionReport
from askul_connect.core.services.buyer.approving import is_refused, note_told
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import CANCEL_ORDER_KIND, CHANGE_ORDER_KIND, PLACE_ORDER_KIND
from askul_connect.core.services.buyer.purchasing import Taken
from askul_connect.core.services.buyer.refusals import given_up_error, refusal_error
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.units import run_unit


def file_documents(desk: Desk, taken: Iterable[Taken], tally: Tally) -> None:
    """File each document of this pass by what became of its purchase orders.

    A document with a purchase order that no supplier has answered yet stays where it is, so that the ERP sees that it
    is not done; reading it again changes nothing.
    """
    for entry in taken:
        fate = run_unit(desk.storage, partial(_fate, entry=entry))
        for untold in fate.untold:
            if tally.rejected(entry.document, untold.purchase_order_id, untold.error, untold.correlation_id):
                with correlated(untold.correlation_id):
                    desk.say("purchase order", f"{entry.document} rejected: {untold.error.detail}")
        if fate.waiting:
            continue
        tally.changed = True
        rejected = (*fate.untold, *fate.refused)
        if rejected:
            desk.erp.rejected(entry.document, RejectionReport(rejected=rejected, accepted=fate.accepted))
            run_unit(desk.storage, partial(_told, entry=entry))
        else:
            desk.erp.accepted(entry.document)


@frozen(kw_only=True)
class _Fate:
    """What became of a document.

    Attributes:
        untold: What could not be taken or sent.
        refused: What a supplier refused, as the run's report says already.
        accepted: Numbers of the purchase orders that a supplier took.
        waiting: Whether a supplier has still to answer, or a person.
    """

    untold: tuple[RejectedPurchaseOrder, ...]
    refused: tuple[RejectedPurchaseOrder, ...]
    accepted: tuple[str, ...]
    waiting: bool


def _fate(unit: BuyerUnitOfWork, entry: Taken) -> _Fate:
    found = _Sorted(unit=unit, entry=entry, untold=list(entry.rejected))
    for key in entry.keys:
        record = unit.purchase_orders.get(key)
        if record is not None:
            found.order(record)
    for key, change_id in entry.changed:
        record, change = unit.purchase_orders.get(key), unit.order_changes.get(key, change_id)
        if record is not None and change is not None:
            found.change(record, change)
    return _Fate(
        untold=tuple(found.untold),
        refused=tuple(found.refused),
        accepted=tuple(dict.fromkeys(found.accepted)),
        waiting=found.waiting,
    )


@define
class _Sorted:
    """What became of a document, as far as it has been looked at."""

    unit: BuyerUnitOfWork
    entry: Taken
    untold: list[RejectedPurchaseOrder]
    refused: list[RejectedPurchaseOrder] = field(factory=list)
    accepted: list[str] = field(factory=list)
    waiting: bool = False

    def order(self, record: PurchaseOrderRecord) -> None:
        """Look at a purchase order."""
        number = record.key.purchase_order_id
        message = self.unit.outbox.find(PLACE_ORDER_KIND, str(record.key))
        if record.state in {PurchaseOrderState.PLACED, PurchaseOrderState.CANCELLED}:
            self.accepted.append(number)
        elif record.state is PurchaseOrderState.GIVEN_UP:
            self._refused(record, record.refusal, untold=True)
        elif record.state is PurchaseOrderState.REFUSED:
            # what a person refused no run has told yet
            untold = is_refused(self.unit, str(record.key))
            self._refused(record, record.refusal, untold=untold)
        elif message is not None and message.state is OutboxState.DEAD:
            self.untold.append(_rejected(record, given_up_error(record, message)))
        else:
            self.waiting = True

    def change(self, record: PurchaseOrderRecord, change: OrderChange) -> None:
        """Look at a change of one."""
        if change.state is ChangeState.DONE:
            self.accepted.append(record.key.purchase_order_id)
        elif change.state is ChangeState.REFUSED:
            self._refused(record, change.refusal)
        elif change.state is ChangeState.GIVEN_UP:
            self.untold.append(_rejected(record, _given_up(self.unit, record, change)))
        else:
            self.waiting = True

    def _refused(self, record: PurchaseOrderRecord, refusal: str, *, untold: bool = False) -> None:
        error = refusal_error(refusal, record.key.purchase_order_id, self.entry.places)
        (self.untold if untold else self.refused).append(_rejected(record, error))


def _given_up(unit: BuyerUnitOfWork, record: PurchaseOrderRecord, change: OrderChange) -> AskulConnectError:
    kind = CANCEL_ORDER_KIND if change.kind is ChangeKind.CANCEL else CHANGE_ORDER_KIND
    message = unit.outbox.find(kind, change.business_key)
    if message is None:
        raise InternalError(f"the message of change {change.business_key} is gone")
    return given_up_error(evolve(record, document=change.document), message)


def _told(unit: BuyerUnitOfWork, entry: Taken) -> None:
    """Now that the ERP knows what was refused or given up, it may drop it again."""
    for key in entry.keys:
        note_told(unit, str(key))
        record = unit.purchase_orders.get(key)
        if record is not None and record.state is PurchaseOrderState.GIVEN_UP:
            unit.purchase_orders.save(evolve(record, state=PurchaseOrderState.REFUSED))


def _rejected(record: PurchaseOrderRecord, error: AskulConnectError) -> RejectedPurchaseOrder:
    return RejectedPurchaseOrder(
        purchase_order_id=record.key.purchase_order_id, error=error, correlation_id=record.correlation_id
    )
