"""Where the ERP's documents go when their fate is known: done, rejected, or still waiting."""

from __future__ import annotations

from collections.abc import Iterable

from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import RejectionReport
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.placing import refusal_error
from askul_connect.core.services.buyer.purchasing import Taken
from askul_connect.core.services.buyer.report import Rejection, Tally
from askul_connect.core.services.units import run_unit


def file_documents(desk: Desk, taken: Iterable[Taken], tally: Tally) -> None:
    """File each document of this pass by what became of its purchase orders.

    A document with a purchase order that no supplier has answered yet stays where it is, so that the ERP sees that it
    is not done; reading it again changes nothing.
    """
    for entry in taken:
        records = run_unit(desk.storage, lambda unit, e=entry: _records(unit, e))
        if any(record.state is PurchaseOrderState.ACCEPTED for record in records):
            continue
        tally.changed = True
        refused = [record for record in records if record.state is PurchaseOrderState.REFUSED]
        if not refused and not entry.rejected:
            desk.erp.accepted(entry.document)
            continue
        rejected = (
            *entry.rejected,
            *(
                RejectedPurchaseOrder(
                    purchase_order_id=record.key.purchase_order_id, error=refusal_error(record, entry.places)
                )
                for record in refused
            ),
        )
        accepted = tuple(
            record.key.purchase_order_id for record in records if record.state is PurchaseOrderState.PLACED
        )
        desk.erp.rejected(entry.document, RejectionReport(rejected=rejected, accepted=accepted))
        # what a supplier refused in this run is in the tally already
        for rejection in entry.rejected:
            tally.rejections.append(
                Rejection(
                    document=entry.document,
                    purchase_order_id=rejection.purchase_order_id,
                    error=rejection.error,
                )
            )
            desk.say("purchase order", f"{entry.document} rejected: {rejection.error.detail}")


def _records(unit: BuyerUnitOfWork, entry: Taken) -> list[PurchaseOrderRecord]:
    return [record for key in entry.keys if (record := unit.purchase_orders.get(key)) is not None]
