"""Reading a supplier's lists again from their beginning, beside the run (INT-5).

The back-fill has watermarks of its own, so the run's stay where they are. It can be interrupted at any instant; the
same call again goes on where it stopped. The run may overtake it: a page that was fetched before the run read on is
fetched again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from attrs import evolve, field, frozen

from askul_connect.core.domain.purchasing import Reading
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import CursorExpired
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.channel import require
from askul_connect.core.services.buyer.completeness import end_again, feed_count, missing_records
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.feed import Feed, require_progress, words
from askul_connect.core.services.buyer.reading import backfill_reader, begin_again, stop_reading
from askul_connect.core.services.buyer.report import ExitCode, FeedCount
from askul_connect.core.services.buyer.syncing import FEEDS, PAGE_SIZE, ROUNDS, differing, keep_page
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit

_STEP = "backfill"
_PLAN_FORM = StoredForm(name="back-fill")


@frozen(kw_only=True)
class FeedBackfill:
    """One list that was read again.

    Attributes:
        read: Records that this call read.
        changed: Those of them that were new here, or different.
        gone: Records that were stored and that the supplier no longer has.
        complete: Whether the supplier sent as many as it counts; else nothing was taken for gone.
        resumed: Whether an earlier call had begun it.
    """

    count: FeedCount
    read: int
    changed: int
    gone: int
    complete: bool
    resumed: bool


@frozen(kw_only=True)
class BackfillReport:
    """What a back-fill found.

    Attributes:
        since: Records dated before were left as they are; None for all.
    """

    supplier: str
    since: date | None
    feeds: tuple[FeedBackfill, ...]
    trial: bool

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is missing and what to do about it."""
        return tuple(missing_records(one.count) for one in self.feeds if one.count.missing)

    @property
    def exit_code(self) -> int:
        """Whether something needs a person."""
        return int(ExitCode.DONE_WITH_FINDINGS if self.warnings else ExitCode.DONE)


@frozen(kw_only=True)
class _Plan:
    """What is still to be read; kept, so that the same call goes on.

    Attributes:
        asked: Names of the lists that were asked for.
        left: Those that are not at their end yet.
    """

    since: str
    asked: tuple[str, ...]
    left: tuple[str, ...] = field(factory=tuple)


def backfill(
    desk: Desk, supplier: str, feeds: Sequence[str] = (), *, since: date | None = None, trial: bool = False
) -> BackfillReport:
    """Read lists of a supplier again from their beginning.

    Args:
        desk: Whose they are.
        supplier: Name of the connection.
        feeds: Names of lists; all that the supplier offers if none is named.
        since: Store only what is dated on that day or later, or has no date.
        trial: Say what would change, and store nothing.

    Raises:
        CapabilityMissing: The supplier does not offer a list that was named.
        PartnerError: The supplier cannot be read; what was stored before stays, and the same call goes on there.
        CopyOnHold: This is a restored copy that was not told to resume.
    """
    run_unit(desk.storage, require_released)
    chosen = _chosen(desk, supplier, feeds)
    if trial:
        tried = tuple(_try(desk, supplier, feed, since) for feed in chosen)
        return BackfillReport(supplier=supplier, since=since, feeds=tried, trial=True)
    plan, resumed = run_unit(desk.storage, partial(_plan, supplier=supplier, feeds=chosen, since=since))
    done = []
    for feed in chosen:
        if feed.name in plan.left:
            # its end may have been stored by a call that was killed before it could note that here
            if run_unit(desk.storage, partial(_goes_on, supplier=supplier, feed=feed)):
                done.append(_read_again(desk, supplier, feed, since, resumed=resumed))
            plan = evolve(plan, left=tuple(name for name in plan.left if name != feed.name))
            run_unit(desk.storage, partial(_keep_plan, supplier=supplier, plan=plan))
    return BackfillReport(supplier=supplier, since=since, feeds=tuple(done), trial=False)


def backfill_in_progress(unit: BuyerUnitOfWork, supplier: str) -> tuple[str, ...]:
    """Names of the lists that a back-fill has begun with, or will, and that are not at their end."""
    known = _known_plan(unit, supplier)
    return known.left if known else ()


def _chosen(desk: Desk, supplier: str, names: Sequence[str]) -> tuple[Feed, ...]:
    channel = desk.suppliers[supplier].channel
    for feed in FEEDS:
        if feed.name in names:
            require(channel, feed.capability, supplier)
    return tuple(
        feed
        for feed in FEEDS
        if feed.capability in channel.capabilities and (not names or feed.name in names)
    )


def _fact(supplier: str) -> str:
    return f"backfill:{supplier}"


def _known_plan(unit: BuyerUnitOfWork, supplier: str) -> _Plan | None:
    text = unit.facts.get(_fact(supplier))
    if not text:
        return None
    stored = _PLAN_FORM.read(text)
    return _Plan(since=stored["since"], asked=tuple(stored["asked"]), left=tuple(stored["left"]))


def _keep_plan(unit: BuyerUnitOfWork, *, supplier: str, plan: _Plan) -> None:
    text = _PLAN_FORM.write({"since": plan.since, "asked": plan.asked, "left": plan.left})
    unit.facts.put(_fact(supplier), text)


def _plan(
    unit: BuyerUnitOfWork, *, supplier: str, feeds: Sequence[Feed], since: date | None
) -> tuple[_Plan, bool]:
    """What is to be read, and whether an earlier call of the same kind had begun it."""
    asked = tuple(feed.name for feed in feeds)
    wanted = _Plan(since=since.isoformat() if since else "", asked=asked, left=asked)
    known = _known_plan(unit, supplier)
    if known is not None and known.left and (known.since, known.asked) == (wanted.since, wanted.asked):
        return known, True
    for name in known.left if known is not None else ():
        stop_reading(unit, supplier, backfill_reader(name))
    for feed in feeds:
        begin_again(unit, supplier, backfill_reader(feed.name))
    _keep_plan(unit, supplier=supplier, plan=wanted)
    return wanted, False


def _wanted(feed: Feed, since: date | None) -> Callable[[Any], bool]:
    def wanted(record: Any) -> bool:
        day = feed.dated(record)
        return since is None or day is None or day >= since

    return wanted


def _read_again(desk: Desk, supplier: str, feed: Feed, since: date | None, *, resumed: bool) -> FeedBackfill:
    channel, reader = desk.suppliers[supplier].channel, backfill_reader(feed.name)
    cursor = run_unit(desk.storage, lambda unit: _position(unit, supplier, reader))
    read = changed = rounds = 0
    begun = resumed and bool(cursor)
    while True:
        before = run_unit(desk.storage, lambda unit: _position(unit, supplier, feed.name))
        try:
            records, page = feed.read(channel, cursor, PAGE_SIZE)
        except CursorExpired:
            if not cursor:
                raise
            run_unit(desk.storage, lambda unit: begin_again(unit, supplier, reader))
            cursor, begun = "", False
            continue
        require_progress(supplier, feed, page, cursor)
        keep = partial(
            _keep, desk, supplier=supplier, feed=feed, records=records, page=page, before=before, since=since
        )
        kept = run_unit(desk.storage, keep)
        if kept is None:
            # what the run stored meanwhile may be newer than this page
            continue
        read, changed, cursor = read + len(records), changed + kept, page.next_cursor
        desk.say(_STEP, f"{supplier} {words(feed)}: {read} read, {changed} new or different")
        if page.more:
            continue
        rounds += 1
        ended = end_again(desk, supplier, feed, reader, patient=rounds < ROUNDS, whole=since is None)
        if ended is None:
            continue
        if ended.complete or not begun:
            break
        # what is missing may have come behind the place where an earlier call had stopped
        run_unit(desk.storage, lambda unit: begin_again(unit, supplier, reader))
        cursor, begun = "", False
    count = run_unit(desk.storage, lambda unit: feed_count(unit, supplier, feed))
    if ended.gone:
        desk.say(_STEP, f"{supplier} {words(feed)}: {ended.gone} no longer exist")
    return FeedBackfill(
        count=count, read=read, changed=changed, gone=ended.gone, complete=ended.complete, resumed=begun
    )


def _goes_on(unit: BuyerUnitOfWork, *, supplier: str, feed: Feed) -> bool:
    mark = unit.watermarks.get(supplier, backfill_reader(feed.name))
    return mark is not None and mark.reading is Reading.AGAIN


def _position(unit: BuyerUnitOfWork, supplier: str, reader: str) -> str:
    mark = unit.watermarks.get(supplier, reader)
    return mark.cursor if mark else ""


def _keep(
    desk: Desk,
    unit: BuyerUnitOfWork,
    *,
    supplier: str,
    feed: Feed,
    records: Sequence[Any],
    page: PageInfo,
    before: str,
    since: date | None,
) -> int | None:
    """Keep a page; how many of its records were new or had changed, or None if the run has read on meanwhile."""
    wanted = _wanted(feed, since)
    if _position(unit, supplier, feed.name) != before:
        changed = differing(unit, supplier, feed, [record for record in records if wanted(record)]).changed
        if changed or page.deleted:
            return None
    kept = keep_page(
        desk,
        unit,
        supplier=supplier,
        feed=feed,
        reader=backfill_reader(feed.name),
        records=records,
        page=page,
        wanted=wanted,
    )
    return kept.changed


def _try(desk: Desk, supplier: str, feed: Feed, since: date | None) -> FeedBackfill:
    """What reading a list again would change; nothing is stored, so it always begins at the beginning."""
    channel, wanted = desk.suppliers[supplier].channel, _wanted(feed, since)
    cursor, promised = "", None
    read = changed = met = 0
    while True:
        records, page = feed.read(channel, cursor, PAGE_SIZE)
        require_progress(supplier, feed, page, cursor)
        promised = page.total if page.total is not None else promised
        compare = partial(
            _compare, supplier=supplier, feed=feed, records=records, chosen=[*filter(wanted, records)]
        )
        stored_here, changed_here = run_unit(desk.storage, compare)
        read, met, changed = read + len(records), met + stored_here, changed + changed_here
        cursor = page.next_cursor
        desk.say(_STEP, f"{supplier} {words(feed)}: {read} read, {changed} would be new or different")
        if not page.more:
            break
    stored = run_unit(desk.storage, lambda unit: unit.history.count(supplier, feed.name))
    complete = promised is not None and read >= promised
    return FeedBackfill(
        count=FeedCount(supplier=supplier, feed=feed.name, stored=stored, promised=promised),
        read=read,
        changed=changed,
        gone=stored - met if complete else 0,
        complete=complete,
        resumed=False,
    )


def _compare(
    unit: BuyerUnitOfWork, *, supplier: str, feed: Feed, records: Sequence[Any], chosen: Sequence[Any]
) -> tuple[int, int]:
    """How many records are stored, and how many of the chosen are new or different."""
    stored = len(unit.history.many(supplier, feed.name, map(feed.number, records)))
    return stored, len(differing(unit, supplier, feed, chosen).changed)
