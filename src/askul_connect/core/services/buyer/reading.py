"""Readers of the suppliers' lists: what one that reads from the beginning has met, and where one looks back to (INT-5).

Two readers may be at a list at once: the run, and a back-fill beside it. Each has its own watermark. One that reads a
list again notes what it meets, whoever stores it; what is stored and was not met when it comes to the end is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from attrs import evolve

from askul_connect.core.domain.purchasing import Reading, Watermark
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork

_ORDERS = "orders"
_BACKFILL = ":backfill"
_MARKS_FORM = StoredForm(name="look-back marks")


def backfill_reader(feed: str) -> str:
    """Name of the watermark of the reader beside the run."""
    return f"{feed}{_BACKFILL}"


def begin_again(unit: BuyerUnitOfWork, supplier: str, reader: str) -> None:
    """Let a reader begin at the list's beginning, with nothing met yet."""
    unit.sightings.clear(supplier, reader)
    unit.watermarks.put(Watermark(supplier=supplier, feed=reader, cursor="", reading=Reading.AGAIN))


def stop_reading(unit: BuyerUnitOfWork, supplier: str, reader: str) -> None:
    """Let a reader forget what it has met: it will not come to the end."""
    unit.sightings.clear(supplier, reader)
    unit.watermarks.put(Watermark(supplier=supplier, feed=reader, cursor=""))


def note_met(unit: BuyerUnitOfWork, supplier: str, feed: str, keys: Iterable[str]) -> None:
    """Note for every reader that reads the list again that these records exist."""
    met = tuple(keys)
    for reader in _again(unit, supplier, feed) if met else ():
        unit.sightings.add(supplier, reader, met)


def note_placed(unit: BuyerUnitOfWork, supplier: str, numbers: Iterable[str]) -> None:
    """Note orders that are about to be stored before any list has them: they exist, and the list has more records."""
    placed = tuple(numbers)
    note_met(unit, supplier, _ORDERS, placed)
    mark = unit.watermarks.get(supplier, _ORDERS)
    if mark is not None and mark.total is not None and mark.reading is Reading.NEW:
        new = len(placed) - len(unit.history.many(supplier, _ORDERS, placed))
        unit.watermarks.put(evolve(mark, total=mark.total + new))


def note_gone(unit: BuyerUnitOfWork, supplier: str, feed: str, keys: Iterable[str]) -> None:
    """Note for every reader that reads the list again that the supplier deleted these records."""
    gone = tuple(keys)
    for reader in _again(unit, supplier, feed) if gone else ():
        unit.sightings.discard(supplier, reader, gone)


def _again(unit: BuyerUnitOfWork, supplier: str, feed: str) -> Iterable[str]:
    for reader in (feed, backfill_reader(feed)):
        mark = unit.watermarks.get(supplier, reader)
        if mark is not None and mark.reading is Reading.AGAIN:
            yield reader


def look_back(unit: BuyerUnitOfWork, mark: Watermark, today: date, days: int) -> str:
    """Set a watermark back to where it was some days ago, once a day; the cursor to read from.

    A supplier may enter a record late, behind the place that was read to; then only reading that part again finds it.

    Args:
        unit: Where the day's place is kept.
        mark: Where the last reading ended.
        today: The business date.
        days: How far to look back; 0 for not at all.
    """
    if days == 0 or not mark.cursor or mark.reading is not Reading.NEW:
        return mark.cursor
    name = f"look-back:{mark.supplier}:{mark.feed}"
    text = unit.facts.get(name)
    marks: dict[str, str] = dict(_MARKS_FORM.read(text)["marks"]) if text else {}
    if today.isoformat() in marks:
        return mark.cursor
    oldest = (today - timedelta(days=days)).isoformat()
    start = max((day for day in marks if day <= oldest), default=min(marks, default=""))
    kept = {day: cursor for day, cursor in marks.items() if day >= start}
    unit.facts.put(name, _MARKS_FORM.write({"marks": {**kept, today.isoformat(): mark.cursor}}))
    cursor = kept.get(start, mark.cursor)
    if cursor != mark.cursor:
        # a reading that is interrupted goes on in the window
        unit.watermarks.put(evolve(mark, cursor=cursor))
    return cursor
