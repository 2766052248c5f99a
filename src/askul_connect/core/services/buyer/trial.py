"""A run without effect: everything is checked, and nothing is stored, sent or moved (INT-10)."""

from __future__ import annotations

from askul_connect.core.domain.purchasing import PurchaseOrderRecord
from askul_connect.core.errors import AccessError, AskulConnectError, CallerError
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingFile
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.placing import place_request
from askul_connect.core.services.buyer.purchasing import accept, prepare
from askul_connect.core.services.buyer.report import OrderRow, Rejection, RunReport, Tally


class _Undo(Exception):
    def __init__(self, records: list[PurchaseOrderRecord]) -> None:
        super().__init__()
        self.records = records


def try_desk(desk: Desk) -> RunReport:
    """What a run would take from the ERP and what the suppliers would answer, as they stand now.

    Each supplier is asked with its own trial; one that has none is left out with a warning.

    Raises:
        OurError: Our own storage fails.
        ConfigurationError: The mapping tables or budgets are not accepted.
    """
    tally = Tally()
    files = tuple(desk.erp.incoming())
    try:
        with desk.storage.begin() as unit:
            raise _Undo(_accept_all(desk, unit, files, tally))
    except _Undo as undone:
        records = undone.records
    rows = tuple(_ask(desk, record, tally) for record in records)
    return tally.report(open_matches=0, rows=rows, trial=True)


def _accept_all(
    desk: Desk, unit: BuyerUnitOfWork, files: tuple[IncomingFile, ...], tally: Tally
) -> list[PurchaseOrderRecord]:
    """Accept everything in one unit, so that purchase orders of one budget are checked against each other."""
    mapping = desk.erp.mapping()
    unit.budgets.put(desk.erp.budgets())
    records: list[PurchaseOrderRecord] = []
    for file in files:
        try:
            found = desk.erp.read(file)
        except CallerError as error:
            tally.rejections.append(Rejection(document=file.name, purchase_order_id="", error=error))
            continue
        for entry in found:
            number = entry.purchase_order_id
            try:
                if isinstance(entry, RejectedPurchaseOrder):
                    raise entry.error
                record = prepare(desk, file.name, entry, mapping)
                accepted, warnings = accept(desk, unit, record)
            except CallerError as error:
                tally.rejections.append(Rejection(document=file.name, purchase_order_id=number, error=error))
                continue
            tally.warnings.extend(warnings)
            if accepted:
                tally.accepted += 1
                records.append(unit.purchase_orders.get(record.key) or record)
    return records


def _ask(desk: Desk, record: PurchaseOrderRecord, tally: Tally) -> OrderRow:
    channel = desk.suppliers[record.supplier].channel
    orders: tuple[OrderDocument, ...] = ()
    state = "would be placed"
    try:
        require(channel, Capability.TRIAL, record.supplier)
        request = place_request(desk, record, trial=True)
        orders = channel.place(
            request, key=f"trial:{record.key}", correlation_id=record.correlation_id
        ).orders
        desk.say("trial", f"{record.key.purchase_order_id} would be placed at {record.supplier}")
    except AskulConnectError as error:
        if isinstance(error, CallerError) and not isinstance(error, AccessError):
            tally.rejections.append(
                Rejection(
                    document=record.document, purchase_order_id=record.key.purchase_order_id, error=error
                )
            )
            state = "would be refused"
        else:
            tally.failed(record.supplier, error)
            state = "not known"
        desk.say("trial", f"{record.key.purchase_order_id}: {error.detail}")
    total = sum(order.total_incl_tax for order in orders) if orders else None
    return OrderRow(
        purchase_order_id=record.key.purchase_order_id,
        order_numbers=(),
        supplier=record.supplier,
        state=state,
        departments=tuple(sorted({line.department for line in record.lines})),
        currency=record.currency,
        total_incl_tax=total,
        budget_before=record.budget_before,
        budget_after=record.budget_before,
        invoices=(),
        match="",
    )
