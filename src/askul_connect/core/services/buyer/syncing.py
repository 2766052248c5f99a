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
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, Reading, Watermark
from askul_connect.core.errors import AccessDenied, AskulConnectError, CursorExpired
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.channel import Capability, Channel
from askul_connect.core.services.buyer.completeness import (
    end_again,
    feed_count,
    forget,
    missing_records,
    purchase_orders_of,
)
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.feed import Feed, require_progress, words
from askul_connect.core.services.buyer.match_changes import reopen_invoices
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_CREDIT_NOTE_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    ERP_TARGET,
    document_key,
    post_message,
)
from askul_connect.core.services.buyer.reading import begin_again, look_back, note_met
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.units import run_unit

PAGE_SIZE = 100
#: How often a list that is read again may have gone on when its end is reached.
ROUNDS = 5
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
        """Let the ERP have invoices; what was booked of earlier versions is taken back as they are replaced."""
        self._to_erp(ERP_INVOICE_KIND, [(d.invoice_number, _billed(d)) for d in documents])

    def credit_notes(self, documents: Sequence[CreditNote]) -> None:
        """Let the ERP have credit notes."""
        self._to_erp(ERP_CREDIT_NOTE_KIND, [(d.credit_note_number, _billed(d)) for d in documents])

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
        return purchase_orders_of(self.unit, self.supplier, ids)

    def _note(self, what: str, number: str, correlation_id: str) -> None:
        self.came.append(_Came(what=what, number=number, correlation_id=correlation_id))


def _billed(document: Invoice | CreditNote) -> AbstractSet[str]:
    return {line.purchase_order_id for line in document.lines}


def _ordered(document: OrderDocument | OrderConfirmation | ShipNotice) -> AbstractSet[str]:
    return {document.purchase_order_id}


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


def _sync_or_tell(desk: Desk, supplier: str, feed: Feed, tally: Tally) -> None:
    try:
        _sync_feed(desk, supplier, feed, tally)
    except AccessDenied as error:
        if not feed.later:
            raise
        tally.warnings.append(
            f"{supplier}: {words(feed)} are not read, since the credential may not: {error.detail}; issue one"
            " that may, as the supplier's administrator"
        )


def _sync_feed(desk: Desk, supplier: str, feed: Feed, tally: Tally) -> None:
    channel = desk.suppliers[supplier].channel
    latest, cursor = run_unit(desk.storage, partial(_cursor, desk, supplier=supplier, feed=feed))
    restarted, rounds = False, 0
    while True:
        try:
            records, page = feed.read(channel, cursor, PAGE_SIZE)
        except CursorExpired:
            if restarted or not cursor:
                raise
            latest = cursor = _elsewhere(desk, supplier, feed, cursor=cursor, latest=latest)
            restarted = not cursor
            continue
        require_progress(supplier, feed, page, cursor)
        latest = cursor = page.next_cursor
        kept = run_unit(
            desk.storage,
            partial(
                keep_page, desk, supplier=supplier, feed=feed, reader=feed.name, records=records, page=page
            ),
        )
        for one in kept.came:
            with correlated(one.correlation_id):
                LOGGER.debug("%s %s came from %s", one.what, one.number, supplier)
        if kept.changed or page.deleted:
            tally.changed = True
            if feed.counted:
                setattr(tally, feed.counted, getattr(tally, feed.counted) + kept.changed)
            desk.say("sync", f"{supplier}: {kept.changed} {words(feed)}")
        if not page.more:
            rounds += 1
            if kept.reading is not Reading.AGAIN or _is_over(desk, supplier, feed, tally, rounds):
                break
    _note_completeness(desk, supplier, feed, tally)


def _elsewhere(desk: Desk, supplier: str, feed: Feed, *, cursor: str, latest: str) -> str:
    """Where to read on when a cursor has expired; empty for the beginning."""
    if latest != cursor:
        # the supplier does not remember as far back as we look; where we stopped it may
        return latest
    # what is stored is upserted by business key, so reading all of it again is safe
    run_unit(desk.storage, lambda unit: begin_again(unit, supplier, feed.name))
    return ""


def _is_over(desk: Desk, supplier: str, feed: Feed, tally: Tally, rounds: int) -> bool:
    """Whether a list that was read again is at its end; then what is gone is forgotten."""
    ended = end_again(desk, supplier, feed, feed.name, patient=rounds < ROUNDS)
    if ended is not None and ended.gone:
        tally.changed = True
        desk.say("sync", f"{supplier}: {ended.gone} {words(feed)} no longer exist")
    return ended is not None


def _cursor(desk: Desk, unit: BuyerUnitOfWork, *, supplier: str, feed: Feed) -> tuple[str, str]:
    """Where the last reading ended, and where this one begins."""
    mark = unit.watermarks.get(supplier, feed.name)
    if mark is None:
        return "", ""
    return mark.cursor, look_back(unit, mark, desk.today(), desk.rules.sync.look_back_days)


@frozen(kw_only=True)
class Kept:
    """What became of a page.

    Attributes:
        changed: How many of its records were new or had changed.
        came: Which, for the log.
        reading: What the page belonged to.
    """

    changed: int
    came: list[_Came]
    reading: Reading


def keep_page(
    desk: Desk,
    unit: BuyerUnitOfWork,
    *,
    supplier: str,
    feed: Feed,
    reader: str,
    records: Sequence[Any],
    page: PageInfo,
    wanted: Callable[[Any], bool] = lambda _record: True,
) -> Kept:
    """Keep a page with the watermark of its reader behind it, in one unit of work.

    Args:
        desk: Whose it is.
        unit: The unit of work.
        supplier: Whose list.
        feed: The list.
        reader: Whose watermark moves.
        records: Those of the page.
        page: Where it ends.
        wanted: Which of its records are stored; the others exist all the same.
    """
    known = unit.watermarks.get(supplier, reader)
    reading = known.reading if known else Reading.FIRST
    found = differing(unit, supplier, feed, [record for record in records if wanted(record)])
    stored = _Page(desk=desk, unit=unit, supplier=supplier)
    if found.changed:
        feed.put(unit.history, supplier, found.changed)
        feed.follow(stored, found.changed)
        if feed.replaced is not None:
            feed.replaced(desk, unit, supplier, found.before, found.after)
    note_met(unit, supplier, feed.name, map(feed.number, records))
    removed = forget(desk, unit, supplier, feed, page.deleted) if page.deleted else 0
    total = page.total
    if total is None and known is not None and known.total is not None:
        total = known.total - removed + (found.new if reading is Reading.NEW else 0)
    if reading is Reading.FIRST and not page.more:
        reading = Reading.NEW
        if total is not None:
            # what came while the list was read was not counted at its first page
            total = max(total, unit.history.count(supplier, feed.name))
    mark = Watermark(supplier=supplier, feed=reader, cursor=page.next_cursor, total=total, reading=reading)
    if mark != known:
        unit.watermarks.put(mark)
    return Kept(changed=len(found.changed), came=stored.came, reading=reading)


@frozen(kw_only=True)
class Difference:
    """What of some records is not as it is stored.

    Attributes:
        new: How many are not stored at all.
        changed: Those that are new or are not as they were, in their order.
        before: As the changed ones are stored so far, by key; new ones are not among them.
    """

    new: int
    changed: Sequence[Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def differing(unit: BuyerUnitOfWork, supplier: str, feed: Feed, records: Sequence[Any]) -> Difference:
    """Compare records with what is stored; what was removed because its time is over does not come back."""
    numbers = [feed.number(record) for record in records]
    known = unit.history.many(supplier, feed.name, numbers) if records else {}
    over = unit.history.purged(supplier, feed.name, numbers) if records else frozenset()
    stored = dict(known)
    changed = []
    for number, record in zip(numbers, records, strict=True):
        if number not in over and record != stored.get(number):
            changed.append(record)
            # the page may have it twice
            stored[number] = record
    after = {feed.number(record): record for record in changed}
    return Difference(
        new=len(stored) - len(known),
        changed=changed,
        before={number: record for number, record in known.items() if number in after},
        after=after,
    )


def _note_completeness(desk: Desk, supplier: str, feed: Feed, tally: Tally) -> None:
    """Say how many records are stored and how many the supplier spoke of (INT-5)."""
    found = run_unit(desk.storage, lambda unit: feed_count(unit, supplier, feed))
    tally.counted(found)
    if found.missing:
        tally.warnings.append(missing_records(found))


def _read_orders(channel: Channel, cursor: str, size: int) -> tuple[Sequence[OrderDocument], PageInfo]:
    answer = channel.orders(cursor, size)
    return answer.orders, answer.page


def _read_confirmations(
    channel: Channel, cursor: str, size: int
) -> tuple[Sequence[OrderConfirmation], PageInfo]:
    answer = channel.confirmations(cursor, size)
    return answer.confirmations, answer.page


def _read_ship_notices(channel: Channel, cursor: str, size: int) -> tuple[Sequence[ShipNotice], PageInfo]:
    answer = channel.ship_notices(cursor, size)
    return answer.ship_notices, answer.page


def _read_invoices(channel: Channel, cursor: str, size: int) -> tuple[Sequence[Invoice], PageInfo]:
    answer = channel.invoices(cursor, size)
    return answer.invoices, answer.page


def _read_credit_notes(channel: Channel, cursor: str, size: int) -> tuple[Sequence[CreditNote], PageInfo]:
    answer = channel.credit_notes(cursor, size)
    return answer.credit_notes, answer.page


#: Orders come first, since the other documents are about them.
FEEDS = (
    Feed(
        name="orders",
        capability=Capability.HISTORY,
        read=_read_orders,
        number=attrgetter("order_number"),
        dated=attrgetter("order_date"),
        put=lambda history, supplier, found: history.put_orders(supplier, found),
        follow=_Page.orders,
        about=_ordered,
    ),
    Feed(
        name="confirmations",
        capability=Capability.CONFIRMATIONS,
        read=_read_confirmations,
        number=attrgetter("confirmation_number"),
        dated=attrgetter("confirmed_on"),
        put=lambda history, supplier, found: history.put_confirmations(supplier, found),
        follow=_Page.confirmations,
        about=_ordered,
        message=ERP_CONFIRMATION_KIND,
        counted="confirmations",
    ),
    Feed(
        name="ship_notices",
        capability=Capability.SHIP_NOTICES,
        read=_read_ship_notices,
        number=attrgetter("ship_notice_number"),
        dated=attrgetter("shipped_on"),
        put=lambda history, supplier, found: history.put_ship_notices(supplier, found),
        follow=_Page.ship_notices,
        about=_ordered,
        message=ERP_SHIP_NOTICE_KIND,
        counted="ship_notices",
    ),
    Feed(
        name="invoices",
        capability=Capability.INVOICES,
        read=_read_invoices,
        number=attrgetter("invoice_number"),
        dated=attrgetter("issued_on"),
        put=lambda history, supplier, found: history.put_invoices(supplier, found),
        follow=_Page.invoices,
        about=_billed,
        replaced=reopen_invoices,
        message=ERP_INVOICE_KIND,
        counted="invoices",
    ),
    Feed(
        name="credit_notes",
        capability=Capability.CREDIT_NOTES,
        read=_read_credit_notes,
        number=attrgetter("credit_note_number"),
        dated=attrgetter("issued_on"),
        put=lambda history, supplier, found: history.put_credit_notes(supplier, found),
        follow=_Page.credit_notes,
        about=_billed,
        message=ERP_CREDIT_NOTE_KIND,
        counted="credit_notes",
        later=True,
    ),
)
