"""Reading what is new at the suppliers: incremental, resumable, idempotent (INT-5).

Each page is one unit of work: its records, what they cause and the watermark behind them last together or not at all.
Killed anywhere and started again, the same records are found again and change nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from attrs import frozen

from askul_connect.core.domain.purchasing import Watermark
from askul_connect.core.errors import AskulConnectError, CursorExpired
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.policies.budgeting import relieve
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    ERP_TARGET,
    document_key,
    post_message,
)
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.units import run_unit

PAGE_SIZE = 100


@frozen(kw_only=True)
class _Feed:
    """One list of a supplier.

    Attributes:
        read: One page of it: its records and where it ends.
        store: Keeps the records of a page and what they cause.
        counted: Where a new record is counted in the run's report.
    """

    name: str
    capability: Capability
    read: Callable[[Channel, str], tuple[Sequence[Any], PageInfo]]
    store: Callable[[Desk, BuyerUnitOfWork, str, Any], None]
    counted: str = ""


def sync_supplier(desk: Desk, supplier: str, tally: Tally) -> None:
    """Read every list that a supplier offers to its end; a failure is noted and stops this supplier only."""
    channel = desk.suppliers[supplier].channel
    try:
        for feed in FEEDS:
            if feed.capability in channel.capabilities:
                _sync_feed(desk, supplier, feed, tally)
    except AskulConnectError as error:
        tally.failed(supplier, error)
        desk.say("sync", f"{supplier} could not be read: {error.detail}")


def _sync_feed(desk: Desk, supplier: str, feed: _Feed, tally: Tally) -> None:
    channel = desk.suppliers[supplier].channel
    cursor, restarted = _cursor(desk, supplier, feed), False
    while True:
        try:
            records, page = feed.read(channel, cursor)
        except CursorExpired:
            if restarted or not cursor:
                raise
            # what is stored is upserted by business key, so reading all of it again is safe
            cursor, restarted = "", True
            continue
        _keep(desk, supplier, feed, records, page)
        if records or page.deleted:
            tally.changed = True
            if feed.counted:
                setattr(tally, feed.counted, getattr(tally, feed.counted) + len(records))
            desk.say("sync", f"{supplier}: {len(records)} {feed.name.replace('_', ' ')}")
        cursor = page.next_cursor
        if not page.more:
            break
    tally.succeeded(supplier)
    _check_complete(desk, supplier, feed, tally)


def _cursor(desk: Desk, supplier: str, feed: _Feed) -> str:
    watermark = run_unit(desk.storage, lambda unit: unit.watermarks.get(supplier, feed.name))
    return watermark.cursor if watermark else ""


def _keep(desk: Desk, supplier: str, feed: _Feed, records: Sequence[Any], page: PageInfo) -> None:
    def keep(unit: BuyerUnitOfWork) -> None:
        known = unit.watermarks.get(supplier, feed.name)
        total = page.total if page.total is not None else (known.total if known else None)
        for record in records:
            feed.store(desk, unit, supplier, record)
        if page.deleted:
            unit.history.remove(supplier, feed.name, page.deleted)
        mark = Watermark(supplier=supplier, feed=feed.name, cursor=page.next_cursor, total=total)
        if mark != known:
            unit.watermarks.put(mark)

    run_unit(desk.storage, keep)


def _check_complete(desk: Desk, supplier: str, feed: _Feed, tally: Tally) -> None:
    """Warn when fewer records are stored than the supplier said there were at the first page (INT-5)."""

    def count(unit: BuyerUnitOfWork) -> tuple[int | None, int]:
        mark = unit.watermarks.get(supplier, feed.name)
        return (mark.total if mark else None), unit.history.count(supplier, feed.name)

    promised, stored = run_unit(desk.storage, count)
    if promised is not None and stored < promised:
        tally.warnings.append(
            f"{supplier}: {stored} {feed.name.replace('_', ' ')} are stored, but the supplier spoke of {promised};"
            " ask the supplier, or remove the watermark to read all of them again"
        )


def _store_order(desk: Desk, unit: BuyerUnitOfWork, supplier: str, order: OrderDocument) -> None:
    unit.history.put_orders(supplier, [order])
    for record in unit.purchase_orders.by_id(order.purchase_order_id):
        if record.key.buyer_party != order.buyer_party or order.order_number not in record.order_numbers:
            continue
        cancelled = {line.line_id: line.quantity_cancelled for line in order.lines}
        for line in record.lines:
            if cancelled.get(line.line_id):
                moves = unit.budgets.moves(str(record.key))
                unit.budgets.move(
                    relieve(
                        record, moves, line, order.order_number, cancelled[line.line_id], desk.timeline.now()
                    )
                )


def _to_erp(
    desk: Desk, unit: BuyerUnitOfWork, kind: str, supplier: str, number: str, purchase_order_id: str
) -> None:
    records = unit.purchase_orders.by_id(purchase_order_id) if purchase_order_id else ()
    post_message(
        desk,
        unit,
        kind,
        document_key(supplier, number),
        content={"supplier": supplier, "number": number},
        target=ERP_TARGET,
        correlation_id=records[0].correlation_id if records else "",
    )


def _store_confirmation(
    desk: Desk, unit: BuyerUnitOfWork, supplier: str, document: OrderConfirmation
) -> None:
    unit.history.put_confirmations(supplier, [document])
    _to_erp(
        desk, unit, ERP_CONFIRMATION_KIND, supplier, document.confirmation_number, document.purchase_order_id
    )


def _store_ship_notice(desk: Desk, unit: BuyerUnitOfWork, supplier: str, document: ShipNotice) -> None:
    unit.history.put_ship_notices(supplier, [document])
    _to_erp(
        desk, unit, ERP_SHIP_NOTICE_KIND, supplier, document.ship_notice_number, document.purchase_order_id
    )


def _store_invoice(desk: Desk, unit: BuyerUnitOfWork, supplier: str, document: Invoice) -> None:
    unit.history.put_invoices(supplier, [document])
    purchase_orders = {line.purchase_order_id for line in document.lines}
    # an invoice over several purchase orders belongs to none of their correlations
    only = purchase_orders.pop() if len(purchase_orders) == 1 else ""
    _to_erp(desk, unit, ERP_INVOICE_KIND, supplier, document.invoice_number, only)


def _read_orders(channel: Channel, cursor: str) -> tuple[Sequence[OrderDocument], PageInfo]:
    answer = channel.orders(cursor, PAGE_SIZE)
    return answer.orders, answer.page


def _read_confirmations(channel: Channel, cursor: str) -> tuple[Sequence[OrderConfirmation], PageInfo]:
    answer = channel.confirmations(cursor, PAGE_SIZE)
    return answer.confirmations, answer.page


def _read_ship_notices(channel: Channel, cursor: str) -> tuple[Sequence[ShipNotice], PageInfo]:
    answer = channel.ship_notices(cursor, PAGE_SIZE)
    return answer.ship_notices, answer.page


def _read_invoices(channel: Channel, cursor: str) -> tuple[Sequence[Invoice], PageInfo]:
    answer = channel.invoices(cursor, PAGE_SIZE)
    return answer.invoices, answer.page


#: Orders come first, since the other documents are about them.
FEEDS = (
    _Feed(name="orders", capability=Capability.HISTORY, read=_read_orders, store=_store_order),
    _Feed(
        name="confirmations",
        capability=Capability.CONFIRMATIONS,
        read=_read_confirmations,
        store=_store_confirmation,
        counted="confirmations",
    ),
    _Feed(
        name="ship_notices",
        capability=Capability.SHIP_NOTICES,
        read=_read_ship_notices,
        store=_store_ship_notice,
        counted="ship_notices",
    ),
    _Feed(
        name="invoices",
        capability=Capability.INVOICES,
        read=_read_invoices,
        store=_store_invoice,
        counted="invoices",
    ),
)
