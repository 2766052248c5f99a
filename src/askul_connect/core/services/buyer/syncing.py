"""Reading what is new at the suppliers: incremental, resumable, idempotent (INT-5).

Each page is one unit of work: its records, what they cause and the watermark behind them last together or not at all.
Killed anywhere and started again, the same records are found again and change nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from operator import attrgetter
from typing import Any

from attrs import field, frozen

from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, Watermark
from askul_connect.core.errors import AccessDenied, AskulConnectError, CursorExpired, PartnerAnswerInvalid
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork, OrderHistoryRepository
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.match_changes import reopen_invoices
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_CREDIT_NOTE_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    ERP_TARGET,
    document_key,
    post_message,
    withdraw_message,
)
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
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
class _Page:
    """What of a page is new or has changed, in one unit of work that has stored it; each method does what follows."""

    desk: Desk
    unit: BuyerUnitOfWork
    supplier: str
    came: list[_Came] = field(factory=list)

    def orders(self, orders: Sequence[OrderDocument]) -> None:
        """Let the ledger have what the orders are worth now and what of them will never come."""
        ours = self._purchase_orders(order.purchase_order_id for order in orders)
        for order in orders:
            for record in ours.get(order.purchase_order_id, ()):
                if order.order_number in record.order_numbers:
                    self._note("order", order.order_number, record.correlation_id)
                    settle(self.desk, self.unit, record, source=order.order_number)

    def confirmations(self, documents: Sequence[OrderConfirmation]) -> None:
        """Let the ERP have order confirmations."""
        self._to_erp(
            ERP_CONFIRMATION_KIND, [(d.confirmation_number, {d.purchase_order_id}) for d in documents]
        )

    def ship_notices(self, documents: Sequence[ShipNotice]) -> None:
        """Let the ERP have ship notices."""
        self._to_erp(ERP_SHIP_NOTICE_KIND, [(d.ship_notice_number, {d.purchase_order_id}) for d in documents])

    def invoices(self, documents: Sequence[Invoice]) -> None:
        """Let the ERP have invoices; what was booked of earlier versions is taken back by :meth:`replaced_invoices`."""
        self._to_erp(ERP_INVOICE_KIND, [(d.invoice_number, _billed(d)) for d in documents])

    def settle(self, number: str, about: AbstractSet[str]) -> None:
        """Let the ledger know that a document is gone, given with its purchase orders."""
        for records in self._purchase_orders(about).values():
            for record in records:
                settle(self.desk, self.unit, record, source=document_key(self.supplier, number))

    def credit_notes(self, documents: Sequence[CreditNote]) -> None:
        """Let the ERP have credit notes."""
        self._to_erp(
            ERP_CREDIT_NOTE_KIND,
            [(d.credit_note_number, {line.purchase_order_id for line in d.lines}) for d in documents],
        )

    def replaced_invoices(self, before: Mapping[str, Invoice], after: Mapping[str, Invoice]) -> None:
        """Take back what was booked of invoices that are not what they were."""
        reopen_invoices(self.desk, self.unit, self.supplier, before, after)

    def _to_erp(self, kind: str, documents: Sequence[tuple[str, AbstractSet[str]]]) -> None:
        """Post messages about documents, given with the purchase orders they are about."""
        ours = self._purchase_orders(one for _, about in documents for one in about)
        for number, about in documents:
            ids = sorted({record.correlation_id for one in about for record in ours.get(one, ())})
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

    def _purchase_orders(self, ids: Iterable[str]) -> Mapping[str, Sequence[PurchaseOrderRecord]]:
        """The purchase orders with those ids that went to this supplier, newest first."""
        asked = {one for one in ids if one}
        found = self.unit.purchase_orders.by_ids(asked) if asked else {}
        return {
            one: [record for record in records if record.supplier == self.supplier]
            for one, records in found.items()
        }

    def _note(self, what: str, number: str, correlation_id: str) -> None:
        self.came.append(_Came(what=what, number=number, correlation_id=correlation_id))


def _billed(invoice: Invoice) -> AbstractSet[str]:
    return {line.purchase_order_id for line in invoice.lines}


def _ordered(document: OrderDocument | OrderConfirmation | ShipNotice) -> AbstractSet[str]:
    return {document.purchase_order_id}


@frozen(kw_only=True)
class _Feed:
    """One list of a supplier.

    Attributes:
        read: One page of it: its records and where it ends.
        number: A record's key.
        put: Stores records.
        follow: Does what records cause that are new or have changed.
        about: Ids of the purchase orders that a record is about.
        replaced: Does what it causes that records are not what they were: those before and those now, by key; a
            record that was deleted is not among the latter.
        message: Kind of the messages to the ERP about its records; empty when there are none.
        counted: Where a new record is counted in the run's report.
        later: Whether a credential of earlier versions was not issued for it; then its denial is told and no more.
    """

    name: str
    capability: Capability
    read: Callable[[Channel, str], tuple[Sequence[Any], PageInfo]]
    number: Callable[[Any], str]
    put: Callable[[OrderHistoryRepository, str, Sequence[Any]], None]
    follow: Callable[[_Page, Sequence[Any]], None]
    about: Callable[[Any], AbstractSet[str]] = _ordered
    replaced: Callable[[_Page, Mapping[str, Any], Mapping[str, Any]], None] | None = None
    message: str = ""
    counted: str = ""
    later: bool = False


def sync_supplier(desk: Desk, supplier: str, tally: Tally) -> None:
    """Read every list that a supplier offers to its end; a failure is noted and stops this supplier only."""
    channel = desk.suppliers[supplier].channel
    try:
        for feed in FEEDS:
            if feed.capability in channel.capabilities:
                _sync_or_tell(desk, supplier, feed, tally)
    except AskulConnectError as error:
        LOGGER.warning("reading from %s failed: %s", supplier, error)
        tally.failed(supplier, _SUBJECT, error)
        desk.say("sync", f"{supplier} could not be read: {error.detail}")
    else:
        tally.succeeded(supplier, _SUBJECT)


def _sync_or_tell(desk: Desk, supplier: str, feed: _Feed, tally: Tally) -> None:
    try:
        _sync_feed(desk, supplier, feed, tally)
    except AccessDenied as error:
        if not feed.later:
            raise
        tally.warnings.append(
            f"{supplier}: {_words(feed)} are not read, since the credential may not: {error.detail}; issue one"
            " that may, as the supplier's administrator"
        )


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
    before = _before(unit, supplier, feed, records, page)
    changed = _changed(unit, supplier, feed, records, before)
    stored = _Page(desk=desk, unit=unit, supplier=supplier)
    if changed:
        feed.put(unit.history, supplier, changed)
        feed.follow(stored, changed)
    known = unit.watermarks.get(supplier, feed.name)
    total = page.total if page.total is not None else (known.total if known else None)
    if page.deleted:
        counted = unit.history.count(supplier, feed.name)
        unit.history.remove(supplier, feed.name, page.deleted)
        for number in sorted(before.keys() & set(page.deleted)):
            stored.settle(number, feed.about(before[number]))
        if total is not None and page.total is None:
            total -= counted - unit.history.count(supplier, feed.name)
        if feed.message:
            for number in page.deleted:
                withdraw_message(desk, unit, feed.message, document_key(supplier, number))
    if feed.replaced is not None:
        now = {feed.number(one): one for one in changed}
        touched = now.keys() | set(page.deleted)
        for number in page.deleted:
            now.pop(number, None)
        feed.replaced(stored, {number: one for number, one in before.items() if number in touched}, now)
    mark = Watermark(supplier=supplier, feed=feed.name, cursor=page.next_cursor, total=total)
    if mark != known:
        unit.watermarks.put(mark)
    return len(changed), stored.came


def _before(
    unit: BuyerUnitOfWork, supplier: str, feed: _Feed, records: Sequence[Any], page: PageInfo
) -> Mapping[str, Any]:
    """The records of a page as they are stored so far, by key."""
    numbers = [*map(feed.number, records), *page.deleted]
    return unit.history.many(supplier, feed.name, numbers) if numbers else {}


def _changed(
    unit: BuyerUnitOfWork, supplier: str, feed: _Feed, records: Sequence[Any], before: Mapping[str, Any]
) -> Sequence[Any]:
    """The records of a page that are new or are not as they were, in its order."""
    if not records:
        return ()
    stored = dict(before)
    # a list that is read again from its beginning must not bring back what its time is over for
    over = unit.history.purged(supplier, feed.name, map(feed.number, records))
    changed = []
    for record in records:
        number = feed.number(record)
        if number not in over and record != stored.get(number):
            changed.append(record)
            # the page may have it twice
            stored[number] = record
    return changed


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


def _read_credit_notes(channel: Channel, cursor: str) -> tuple[Sequence[CreditNote], PageInfo]:
    answer = channel.credit_notes(cursor, PAGE_SIZE)
    return answer.credit_notes, answer.page


#: Orders come first, since the other documents are about them.
FEEDS = (
    _Feed(
        name="orders",
        capability=Capability.HISTORY,
        read=_read_orders,
        number=attrgetter("order_number"),
        put=lambda history, supplier, found: history.put_orders(supplier, found),
        follow=_Page.orders,
    ),
    _Feed(
        name="confirmations",
        capability=Capability.CONFIRMATIONS,
        read=_read_confirmations,
        number=attrgetter("confirmation_number"),
        put=lambda history, supplier, found: history.put_confirmations(supplier, found),
        follow=_Page.confirmations,
        message=ERP_CONFIRMATION_KIND,
        counted="confirmations",
    ),
    _Feed(
        name="ship_notices",
        capability=Capability.SHIP_NOTICES,
        read=_read_ship_notices,
        number=attrgetter("ship_notice_number"),
        put=lambda history, supplier, found: history.put_ship_notices(supplier, found),
        follow=_Page.ship_notices,
        message=ERP_SHIP_NOTICE_KIND,
        counted="ship_notices",
    ),
    _Feed(
        name="invoices",
        capability=Capability.INVOICES,
        read=_read_invoices,
        number=attrgetter("invoice_number"),
        put=lambda history, supplier, found: history.put_invoices(supplier, found),
        follow=_Page.invoices,
        about=_billed,
        replaced=_Page.replaced_invoices,
        message=ERP_INVOICE_KIND,
        counted="invoices",
    ),
    _Feed(
        name="credit_notes",
        capability=Capability.CREDIT_NOTES,
        read=_read_credit_notes,
        number=attrgetter("credit_note_number"),
        put=lambda history, supplier, found: history.put_credit_notes(supplier, found),
        follow=_Page.credit_notes,
        message=ERP_CREDIT_NOTE_KIND,
        counted="credit_notes",
        later=True,
    ),
)
