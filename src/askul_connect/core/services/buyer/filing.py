"""Where the ERP's documents go when their fate is known: done, rejected, or still waiting."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from attrs import evolve, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchasing import PurchaseOrderKey, PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import RejectionReport
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND
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
            run_unit(desk.storage, partial(_told, keys=entry.keys))
        else:
            desk.erp.accepted(entry.document)


@frozen(kw_only=True)
class _Fate:
    """What became of a document.

    Attributes:
        untold: What could not be taken or sent.
        refused: What a supplier refused, as the run's report says already.
        accepted: Numbers of the purchase orders that a supplier took.
        waiting: Whether a supplier has still to answer.
    """

    untold: tuple[RejectedPurchaseOrder, ...]
    refused: tuple[RejectedPurchaseOrder, ...]
    accepted: tuple[str, ...]
    waiting: bool


def _fate(unit: BuyerUnitOfWork, entry: Taken) -> _Fate:
    untold, refused, accepted, waiting = list(entry.rejected), [], [], False
    for key in entry.keys:
        record = unit.purchase_orders.get(key)
        if record is None:
            continue
        number = key.purchase_order_id
        message = unit.outbox.find(PLACE_ORDER_KIND, str(key))
        if record.state is PurchaseOrderState.PLACED:
            accepted.append(number)
        elif record.state is PurchaseOrderState.GIVEN_UP:
            untold.append(_rejected(record, refusal_error(record, entry.places)))
        elif record.state is PurchaseOrderState.REFUSED:
            error = refusal_error(record, entry.places)
            refused.append(_rejected(record, error))
        elif message is not None and message.state is OutboxState.DEAD:
            error = given_up_error(record, message)
            untold.append(_rejected(record, error))
        else:
            waiting = True
    return _Fate(untold=tuple(untold), refused=tuple(refused), accepted=tuple(accepted), waiting=waiting)


def _told(unit: BuyerUnitOfWork, *, keys: Iterable[PurchaseOrderKey]) -> None:
    """Now that the ERP knows what was given up, it may drop it again."""
    for key in keys:
        record = unit.purchase_orders.get(key)
        if record is not None and record.state is PurchaseOrderState.GIVEN_UP:
            unit.purchase_orders.save(evolve(record, state=PurchaseOrderState.REFUSED))


def _rejected(record: PurchaseOrderRecord, error: AskulConnectError) -> RejectedPurchaseOrder:
    return RejectedPurchaseOrder(
        purchase_order_id=record.key.purchase_order_id, error=error, correlation_id=record.correlation_id
    )
