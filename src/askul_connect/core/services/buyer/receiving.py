"""Booking the ERP's goods receipts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from askul_connect.core.domain.calendar import start_of_day
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchasing import PurchaseOrderRecord
from askul_connect.core.errors import AskulConnectError, CallerError, PurchaseOrderUnknown
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedGoodsReceipt
from askul_connect.core.ports.erp import IncomingDocument, RejectionReport
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.hurrying import hurried, wait_for_disk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.routing import known_parts
from askul_connect.core.services.units import run_unit


def receive_goods(desk: Desk, tally: Tally) -> datetime | None:
    """Book every receipt whose day has come.

    A receipt dated after today waits in the ERP until its day; a document goes when all of it is booked or
    rejected.

    Returns:
        When the next waiting receipt's day begins; None when none waits.
    """
    waiting: list[date] = []
    for document in desk.erp.receipts():
        later = _receive_document(desk, document, tally)
        if later is not None:
            waiting.append(later)
    return start_of_day(min(waiting), desk.rules.zone) if waiting else None


def _receive_document(desk: Desk, document: IncomingDocument, tally: Tally) -> date | None:
    try:
        found = desk.erp.read_receipts(document)
    except CallerError as error:
        found = (RejectedGoodsReceipt(purchase_order_id="", line_id="", error=error),)
    rejected: list[RejectedGoodsReceipt] = []
    later: list[date] = []
    fast = hurried(desk)
    for entry in found:
        if isinstance(entry, RejectedGoodsReceipt):
            rejected.append(entry)
        elif entry.received_on > desk.today():
            later.append(entry.received_on)
        else:
            correlation_id, refusal = _book(fast, entry, tally)
            if refusal is not None:
                rejected.append(
                    RejectedGoodsReceipt(
                        purchase_order_id=entry.purchase_order_id,
                        line_id=entry.line_id,
                        error=refusal,
                        correlation_id=correlation_id,
                    )
                )
    # the file goes away
    wait_for_disk(desk)
    _tell(desk, document.name, rejected, tally)
    if later:
        return min(later)
    tally.changed = True
    if rejected:
        desk.erp.receipts_rejected(document.name, RejectionReport(rejected=tuple(rejected)))
    else:
        desk.erp.receipts_filed(document.name)
    return None


def _book(desk: Desk, receipt: GoodsReceipt, tally: Tally) -> tuple[str, AskulConnectError | None]:
    """Book one; the purchase order's correlation id as far as it is known, and why it was not booked."""
    correlation_id = ""

    def book(unit: BuyerUnitOfWork) -> bool:
        nonlocal correlation_id
        records = unit.purchase_orders.by_id(receipt.purchase_order_id)
        correlation_id = records[0].correlation_id if len(records) == 1 else ""
        record = _with_line(records, receipt.line_id)
        if record is None:
            # what was divided is received under the number that the ERP knows
            parts = [part for one in records for part in known_parts(unit, one.key)]
            record = _with_line(parts, receipt.line_id)
        if record is None:
            detail = (
                f"purchase order {receipt.purchase_order_id!r} has no line {receipt.line_id!r}"
                if records
                else f"there is no purchase order {receipt.purchase_order_id!r}"
            )
            raise PurchaseOrderUnknown(detail, where=receipt.where, line_id=receipt.line_id)
        correlation_id = record.correlation_id
        return unit.receipts.add(receipt, record.key)

    try:
        new = run_unit(desk.storage, book)
    except CallerError as error:
        return correlation_id, error
    if new:
        tally.receipts += 1
        tally.changed = True
        with correlated(correlation_id):
            desk.say(
                "goods receipt",
                f"{receipt.purchase_order_id} line {receipt.line_id}: {receipt.quantity} received",
            )
    return correlation_id, None


def _with_line(records: Iterable[PurchaseOrderRecord], line_id: str) -> PurchaseOrderRecord | None:
    return next((one for one in records if any(line.line_id == line_id for line in one.lines)), None)


def _tell(desk: Desk, name: str, rejected: Iterable[RejectedGoodsReceipt], tally: Tally) -> None:
    for entry in rejected:
        if tally.rejected(name, entry.purchase_order_id, entry.error, entry.correlation_id):
            with correlated(entry.correlation_id):
                desk.say("goods receipt", f"{name} rejected: {entry.error.detail}")
