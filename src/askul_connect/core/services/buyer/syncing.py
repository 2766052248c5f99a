"""Reading what is new at the suppliers: incremental, resumable, idempotent (INT-5).

Each page is one unit of work: its records, what they cause and the watermark behind them last together or not at all.
Killed anywhere and started again, the same records are found again and change nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from typing import Any

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchasing import Watermark
from askul_connect.core.errors import AskulConnectError, CursorExpired, PartnerAnswerInvalid
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    ERP_TARGET,
    document_key,
    post_message,
    withdraw_message,
)
from askul_connect.core.services.buyer.placing import relieve_cancelled
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.units import run_unit

PAGE_SIZE = 100
_SUBJECT = "sync"


@frozen(kw_only=True)
class _Came:
    """A record that is new or has changed, for the log of its purchase order."""

    what: str
    number: str
    correlation_id: str


@frozen(kw_only=True)
class _Keeper:
    """Keeps what a supplier sent, in one unit of work; each method says whether it was new or had changed."""

    desk: Desk
    unit: BuyerUnitOfWork
    supplier: str
    came: list[_Came] = field(factory=list)

    def order(self, order: OrderDocument) -> bool:
        """Keep an order, and give back what of it will never come."""
        if order == self.unit.history.order(self.supplier, order.order_number):
            return False
        self.unit.history.put_orders(self.supplier, [order])
        for record in self.unit.purchase_orders.by_id(order.purchase_order_id):
            if record.supplier == self.supplier and order.order_number in record.order_numbers:
                self._note("order", order.order_number, record.correlation_id)
                relieve_cancelled(self.unit, record, order, self.desk.timeline.now())
        return True

    def confirmation(self, document: OrderConfirmation) -> bool:
        """Keep an order confirmation, and let the ERP have it."""
        number = document.confirmation_number
        if document == self.unit.history.confirmation(self.supplier, number):
            return False
        self.unit.history.put_confirmations(self.supplier, [document])
        self._to_erp(ERP_CONFIRMATION_KIND, number, {document.purchase_order_id})
        return True

    def ship_notice(self, document: ShipNotice) -> bool:
        """Keep a ship notice, and let the ERP have it."""
        number = document.ship_notice_number
        if document == self.unit.history.ship_notice(self.supplier, number):
            return False
        self.unit.history.put_ship_notices(self.supplier, [document])
        self._to_erp(ERP_SHIP_NOTICE_KIND, number, {document.purchase_order_id})
        return True

    def invoice(self, document: Invoice) -> bool:
        """Keep an invoice, and let the ERP have it."""
        number = document.invoice_number
        if document == self.unit.history.invoice(self.supplier, number):
            return False
        self.unit.history.put_invoices(self.supplier, [document])
        self._to_erp(ERP_INVOICE_KIND, number, {line.purchase_order_id for line in document.lines})
        return True

    def _to_erp(self, kind: str, number: str, purchase_order_ids: AbstractSet[str]) -> None:
        ids = sorted(
            {
                record.correlation_id
                for purchase_order_id in purchase_order_ids
                for record in self.unit.purchase_orders.by_id(purchase_order_id)
                if record.supplier == self.supplier
            }
        )
        for correlation_id in ids:
            self._note(kind.removeprefix("erp-"), number, correlation_id)
        post_message(
            self.desk,
            self.unit,
            kind,
            document_key(self.supplier, number),
            content={"supplier": self.supplier, "number": number, "correlation_ids": ids},
            target=ERP_TARGET,
            # a document over several purchase orders belongs to none of them alone; the body names all
            correlation_id=ids[0] if len(ids) == 1 else "",
        )

    def _note(self, what: str, number: str, correlation_id: str) -> None:
        self.came.append(_Came(what=what, number=number, correlation_id=correlation_id))


@frozen(kw_only=True)
class _Feed:
    """One list of a supplier.

    Attributes:
        read: One page of it: its records and where it ends.
        keep: Keeps one record and what it causes.
        message: Kind of the messages to the ERP about its records; empty when there are none.
        counted: Where a new record is counted in the run's report.
    """

    name: str
    capability: Capability
    read: Callable[[Channel, str], tuple[Sequence[Any], PageInfo]]
    keep: Callable[[_Keeper, Any], bool]
    message: str = ""
    counted: str = ""


def sync_supplier(desk: Desk, supplier: str, tally: Tally) -> None:
    """Read every list that a supplier offers to its end; a failure is noted and stops this supplier only."""
    channel = desk.suppliers[supplier].channel
    try:
        for feed in FEEDS:
            if feed.capability in channel.capabilities:
                _sync_feed(desk, supplier, feed, tally)
    except AskulConnectError as error:
        LOGGER.warning("reading from %s failed: %s", supplier, error)
        tally.failed(supplier, _SUBJECT, error)
        desk.say("sync", f"{supplier} could not be read: {error.detail}")
    else:
        tally.succeeded(supplier, _SUBJECT)


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
        if page.more and page.next_cursor == cursor:
            raise PartnerAnswerInvalid(
                f"{supplier} says that more {_words(feed)} wait behind a cursor that does not move",
                where="page",
            )
        kept, came = run_unit(
            desk.storage, partial(_keep, desk, supplier=supplier, feed=feed, records=records, page=page)
        )
        for one in came:
            with correlated(one.correlation_id):
                LOGGER.debug("%s %s came from %s", one.what, one.number, supplier)
        if kept or page.deleted:
            tally.changed = True
            if feed.counted:
                setattr(tally, feed.counted, getattr(tally, feed.counted) + kept)
            desk.say("sync", f"{supplier}: {kept} {_words(feed)}")
        cursor = page.next_cursor
        if not page.more:
            break
    _check_complete(desk, supplier, feed, tally)


def _words(feed: _Feed) -> str:
    return feed.name.replace("_", " ")


def _cursor(desk: Desk, supplier: str, feed: _Feed) -> str:
    watermark = run_unit(desk.storage, lambda unit: unit.watermarks.get(supplier, feed.name))
    return watermark.cursor if watermark else ""


def _keep(
    desk: Desk,
    unit: BuyerUnitOfWork,
    *,
    supplier: str,
    feed: _Feed,
    records: Sequence[Any],
    page: PageInfo,
) -> tuple[int, list[_Came]]:
    """Keep a page with the watermark behind it; how many of its records were new or had changed, and which."""
    keeper = _Keeper(desk=desk, unit=unit, supplier=supplier)
    kept = sum(feed.keep(keeper, record) for record in records)
    known = unit.watermarks.get(supplier, feed.name)
    total = page.total if page.total is not None else (known.total if known else None)
    if page.deleted:
        before = unit.history.count(supplier, feed.name)
        unit.history.remove(supplier, feed.name, page.deleted)
        if total is not None and page.total is None:
            total -= before - unit.history.count(supplier, feed.name)
        if feed.message:
            for number in page.deleted:
                withdraw_message(desk, unit, feed.message, document_key(supplier, number))
    mark = Watermark(supplier=supplier, feed=feed.name, cursor=page.next_cursor, total=total)
    if mark != known:
        unit.watermarks.put(mark)
    return kept, keeper.came


def _check_complete(desk: Desk, supplier: str, feed: _Feed, tally: Tally) -> None:
    """Warn when fewer records are stored than the supplier said there were at the first page (INT-5)."""

    def count(unit: BuyerUnitOfWork) -> tuple[int | None, int]:
        mark = unit.watermarks.get(supplier, feed.name)
        return (mark.total if mark else None), unit.history.count(supplier, feed.name)

    promised, stored = run_unit(desk.storage, count)
    if promised is not None and stored < promised:
        tally.warnings.append(
            f"{supplier}: {stored} {_words(feed)} are stored, but the supplier spoke of {promised};"
            " ask the supplier which it did not send"
        )


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
    _Feed(name="orders", capability=Capability.HISTORY, read=_read_orders, keep=_Keeper.order),
    _Feed(
        name="confirmations",
        capability=Capability.CONFIRMATIONS,
        read=_read_confirmations,
        keep=_Keeper.confirmation,
        message=ERP_CONFIRMATION_KIND,
        counted="confirmations",
    ),
    _Feed(
        name="ship_notices",
        capability=Capability.SHIP_NOTICES,
        read=_read_ship_notices,
        keep=_Keeper.ship_notice,
        message=ERP_SHIP_NOTICE_KIND,
        counted="ship_notices",
    ),
    _Feed(
        name="invoices",
        capability=Capability.INVOICES,
        read=_read_invoices,
        keep=_Keeper.invoice,
        message=ERP_INVOICE_KIND,
        counted="invoices",
    ),
)
