"""Whether a supplier's list is here as the supplier has it: what is missing, and what is no longer there (INT-5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from attrs import evolve, frozen

from askul_connect.core.domain.purchasing import PurchaseOrderRecord, Reading, Watermark
from askul_connect.core.errors import CursorExpired, InternalError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.feed import Feed
from askul_connect.core.services.buyer.outgoing import document_key, withdraw_message
from askul_connect.core.services.buyer.reading import note_gone
from askul_connect.core.services.buyer.report import FeedCount
from askul_connect.core.services.buyer.settling import settle
from askul_connect.core.services.units import run_unit

_BATCH = 500


def forget(desk: Desk, unit: BuyerUnitOfWork, supplier: str, feed: Feed, numbers: Sequence[str]) -> int:
    """Forget records that the supplier no longer has, with all that they caused; how many were stored."""
    before = unit.history.count(supplier, feed.name)
    gone = unit.history.many(supplier, feed.name, numbers) if numbers else {}
    unit.history.remove(supplier, feed.name, numbers)
    note_gone(unit, supplier, feed.name, numbers)
    for number, record in sorted(gone.items()):
        for records in purchase_orders_of(unit, supplier, feed.about(record)).values():
            for one in records:
                settle(desk, unit, one, source=document_key(supplier, number))
    if feed.replaced is not None:
        feed.replaced(desk, unit, supplier, gone, {})
    if feed.message:
        for number in numbers:
            withdraw_message(desk, unit, feed.message, document_key(supplier, number))
    return before - unit.history.count(supplier, feed.name)


def purchase_orders_of(
    unit: BuyerUnitOfWork, supplier: str, ids: Iterable[str]
) -> Mapping[str, Sequence[PurchaseOrderRecord]]:
    """The purchase orders with those ids that went to a supplier, by id, newest first."""
    asked = {one for one in ids if one}
    found = unit.purchase_orders.by_ids(asked) if asked else {}
    return {
        one: [record for record in records if record.supplier == supplier] for one, records in found.items()
    }


@frozen(kw_only=True)
class Ended:
    """What came of reading a list again.

    Attributes:
        gone: Records that were stored and that the supplier no longer has; they are forgotten.
        complete: Whether it sent as many as it counted. If not, nothing is forgotten.
    """

    gone: int
    complete: bool


def end_again(
    desk: Desk, supplier: str, feed: Feed, reader: str, *, patient: bool, whole: bool = True
) -> Ended | None:
    """Compare what a reading met with what the supplier counts now, and forget what is gone.

    Nothing is forgotten while the supplier counts more than it sent: it may have kept back what we would take for gone.

    Args:
        desk: Whose it is.
        supplier: Whose list.
        feed: The list.
        reader: Who has read it to its end.
        whole: Whether it kept all that it met; else what it counted says nothing to the run.
        patient: Whether there is time to read on first when the list has gone on meanwhile.

    Returns:
        None when the list has gone on meanwhile and is to be read on first.
    """
    _, page = feed.read(desk.suppliers[supplier].channel, "", 1)

    def met(unit: BuyerUnitOfWork) -> tuple[Watermark, int]:
        mark = unit.watermarks.get(supplier, reader)
        if mark is None:
            raise InternalError(f"the reading {reader} of {supplier} is gone")
        return mark, unit.sightings.count(supplier, reader)

    mark, seen = run_unit(desk.storage, met)
    if patient and page.total is not None and _goes_on(desk, supplier, feed, mark):
        return None
    complete = page.total is not None and seen >= page.total
    gone = 0
    while complete and (
        batch := run_unit(desk.storage, partial(_forget_unmet, desk, supplier, feed, reader))
    ):
        gone += batch
    missing = max(page.total - seen, 0) if page.total is not None else None
    run_unit(
        desk.storage, partial(_end, supplier=supplier, feed=feed, reader=reader, missing=missing, whole=whole)
    )
    return Ended(gone=gone, complete=complete)


def _goes_on(desk: Desk, supplier: str, feed: Feed, mark: Watermark) -> bool:
    try:
        records, page = feed.read(desk.suppliers[supplier].channel, mark.cursor, 1)
    except CursorExpired:
        # reading on would begin at the beginning again; the next run does that
        return False
    return bool(records or page.deleted)


def _forget_unmet(desk: Desk, supplier: str, feed: Feed, reader: str, unit: BuyerUnitOfWork) -> int:
    unmet = unit.sightings.unmet(supplier, reader, feed.name, _BATCH)
    forget(desk, unit, supplier, feed, unmet)
    return len(unmet)


def _end(
    unit: BuyerUnitOfWork, *, supplier: str, feed: Feed, reader: str, missing: int | None, whole: bool
) -> None:
    unit.sightings.clear(supplier, reader)
    total = None if missing is None else unit.history.count(supplier, feed.name) + missing
    for name in (reader, feed.name) if whole else (reader,):
        # a reader beside the run knows for the run too how many there are
        mark = unit.watermarks.get(supplier, name)
        if mark is not None and (name == reader or mark.reading is Reading.NEW):
            unit.watermarks.put(evolve(mark, total=total, reading=Reading.NEW))


def feed_count(unit: BuyerUnitOfWork, supplier: str, feed: Feed) -> FeedCount:
    """How many records of a list are stored, and how many the supplier spoke of."""
    mark = unit.watermarks.get(supplier, feed.name)
    return FeedCount(
        supplier=supplier,
        feed=feed.name,
        stored=unit.history.count(supplier, feed.name),
        promised=mark.total if mark else None,
    )


def missing_records(found: FeedCount) -> str:
    """What is missing of a list and what to do about it."""
    named = found.feed.replace("_", " ")
    return (
        f"{found.supplier}: {found.stored} {named} are stored, but the supplier spoke of {found.promised}; read the"
        f" list again with 'askul-connect sync --backfill {found.supplier} {found.feed}', and if it stays so, ask the"
        " supplier which it did not send"
    )
