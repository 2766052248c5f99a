"""Removing what is beyond its time of keeping (INT-12): nothing that anything open still needs, and no sum changes.

A purchase order goes as a whole with its orders and their documents; an invoice goes when every order it bills has
gone. What stays is a head by which each is known when it comes again, and the ledger's sums as closing moves. Each page
is one unit of work with the count of what it removed, so a purge that was interrupted goes on where it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import partial
from itertools import islice
from typing import Any

from attrs import define, evolve, field, frozen

from askul_connect.core.domain.calendar import business_date, start_of_day
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchase_changes import CreditMatch, CreditResult, OrderChange
from askul_connect.core.domain.purchasing import (
    InvoiceMatch,
    PurchaseOrderKey,
    PurchaseOrderRecord,
)
from askul_connect.core.domain.purges import PurgeEntry, counts_text
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderDocument
from askul_connect.core.policies.record_retention import (
    Needed,
    OrderFacts,
    RetentionSettings,
    records_before,
    still_needed,
    working_before,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage, BuyerUnitOfWork
from askul_connect.core.ports.kept_files import KeptFile, KeptFiles
from askul_connect.core.services.buyer.desk import LOGGER
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_CREDIT_NOTE_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    PLACE_ORDER_KIND,
    TO_SUPPLIERS,
    document_key,
)
from askul_connect.core.services.units import run_unit

_PAGE = 100
_INVOICES = 20
_FILES = 500
#: Documents about orders, and the kind of the message that hands each to the ERP.
_ABOUT_ORDERS = {"confirmations": ERP_CONFIRMATION_KIND, "ship_notices": ERP_SHIP_NOTICE_KIND}
#: Documents about several orders, likewise.
_BILLS = {"invoices": ERP_INVOICE_KIND, "credit_notes": ERP_CREDIT_NOTE_KIND}
_WAITING = frozenset({OutboxState.PENDING, OutboxState.UNKNOWN, OutboxState.DEAD})
_DONE, _REJECTED = "erp/done", "erp/rejected"


@frozen(kw_only=True)
class PurgeReport:
    """What a purge did, or on trial would do.

    Attributes:
        records_before, working_before: First days that are kept.
        removed: Of each kind.
        kept: Old purchase orders, orders and invoices that stay, by what they are needed for.
    """

    trial: bool
    records_before: date
    working_before: date
    removed: Mapping[str, int]
    kept: Mapping[str, int]


@frozen(kw_only=True)
class PurgeRules:
    """What a purge is told.

    Attributes:
        zone: Where the buyer's days begin and end.
        now: When it is.
        purge_id: Of its record.
        holder: The process that does it.
    """

    retention: RetentionSettings
    zone: str
    now: datetime
    purge_id: str
    holder: str


def purge_records(
    storage: BuyerStorage,
    files: KeptFiles,
    rules: PurgeRules,
    *,
    trial: bool = False,
    say: Callable[[str], None] = lambda _text: None,
) -> PurgeReport:
    """Remove what is beyond its time.

    Args:
        storage: The buyer's, in the hands of whoever holds the directory.
        files: Of the directory.
        rules: What is kept for how long.
        trial: Only say what would be removed.
        say: Told how far it is.

    Raises:
        StorageUnavailable: Storage or a file fails; what was removed before stays so, with its record.
    """
    purge = _Purge(storage=storage, files=files, rules=rules, trial=trial, say=say)
    purge.work()
    LOGGER.info("purge %s: %s", "would remove" if trial else "removed", dict(purge.removed))
    return PurgeReport(
        trial=trial,
        records_before=purge.before,
        working_before=purge.working,
        removed=dict(purge.removed),
        kept={reason.value: count for reason, count in purge.kept.items()},
    )


@frozen(kw_only=True)
class _Case:
    """An order, or a purchase order with all of its orders, and the documents about them by feed.

    Attributes:
        orders: Their numbers.
    """

    supplier: str
    orders: Sequence[str]
    documents: Mapping[str, Sequence[str]]


@define
class _Page:
    """What one page comes to."""

    removed: Counter[str] = field(factory=Counter)
    kept: Counter[Needed] = field(factory=Counter)
    gone: set[tuple[str, str]] = field(factory=set)
    documents: set[str] = field(factory=set)


@define(kw_only=True)
class _Purge:
    storage: BuyerStorage
    files: KeptFiles
    rules: PurgeRules
    trial: bool
    say: Callable[[str], None]
    removed: Counter[str] = field(factory=Counter)
    kept: Counter[Needed] = field(factory=Counter)
    #: Orders that would have gone, on trial; documents of purchase orders that are old and stay.
    gone: set[tuple[str, str]] = field(factory=set)
    documents: set[str] = field(factory=set)
    #: By feed, supplier and number: latest day of an invoice or credit note, and whether it is matched.
    bills: dict[tuple[str, str, str], tuple[date, bool]] = field(factory=dict)
    today: date = field(init=False)
    before: date = field(init=False)
    working: date = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.today = business_date(self.rules.now, self.rules.zone)
        self.before = records_before(self.today, self.rules.retention)
        self.working = working_before(self.today, self.rules.retention)

    def work(self) -> None:
        """Look at everything, page by page."""
        self._record(finished=False)
        self._purchase_orders()
        self._lone_orders()
        for feed in _BILLS:
            self._all_bills(feed)
        self._old_files(_DONE, self.before)
        self._old_files(_REJECTED, self.working)
        self._record(finished=True)

    def _record(self, *, finished: bool) -> None:
        if not self.trial:
            run_unit(self.storage, lambda unit: unit.purges.put(self._entry(self.removed, finished=finished)))

    def _entry(self, removed: Counter[str], *, finished: bool = False) -> PurgeEntry:
        return PurgeEntry(
            purge_id=self.rules.purge_id,
            started_at=self.rules.now,
            holder=self.rules.holder,
            records_before=self.before,
            working_before=self.working,
            removed=counts_text(removed),
            finished_at=self.rules.now if finished else None,
        )

    def _unit(self, work: Callable[[BuyerUnitOfWork], _Page]) -> None:
        """Do a page in one unit of work, with its count; on trial in one that only reads."""
        if self.trial:
            with self.storage.reading() as unit:
                page = work(unit)
        else:

            def counted(unit: BuyerUnitOfWork) -> _Page:
                found = work(unit)
                if found.removed:
                    unit.purges.put(self._entry(self.removed + found.removed))
                return found

            page = run_unit(self.storage, counted)
        self.removed += page.removed
        self.kept += page.kept
        self.gone |= page.gone
        self.documents |= page.documents

    def _tell(self, what: str, looked_at: int) -> None:
        self.say(f"{what}: {looked_at} looked at, {self.removed[what]} beyond their time")

    # ------------------------------------------------------------------------------------------- purchase orders

    def _purchase_orders(self) -> None:
        after, looked_at = None, 0
        until = start_of_day(self.before, self.rules.zone)
        while records := self._old(until, after):
            self._unit(partial(self._page_of_purchase_orders, records=records))
            after, looked_at = records[-1].key, looked_at + len(records)
            self._tell("purchase orders", looked_at)

    def _old(self, until: datetime, after: PurchaseOrderKey | None) -> Sequence[PurchaseOrderRecord]:
        with self.storage.reading() as unit:
            return unit.purchase_orders.old(until, after, _PAGE)

    def _page_of_purchase_orders(
        self, unit: BuyerUnitOfWork, records: Sequence[PurchaseOrderRecord]
    ) -> _Page:
        page = _Page()
        for record in records:
            case = _case(unit, record.supplier, record.order_numbers)
            reason = still_needed(self._facts(unit, case, record), self.before)
            if reason is not None:
                page.kept[reason] += 1
                page.documents.add(record.document)
                continue
            changes = unit.order_changes.of_order(record.key)
            page.gone |= {(record.supplier, number) for number in case.orders}
            page.removed += Counter(
                {
                    "purchase orders": 1,
                    "goods receipts": len(unit.receipts.of_order(record.key)),
                    "ledger moves": len(unit.budgets.moves(str(record.key))),
                    "changes": len(changes),
                }
            )
            page.removed += self._remove_case(unit, case, _messages_about(record.key, changes))
            if not self.trial:
                unit.receipts.remove(record.key)
                unit.order_changes.remove(record.key)
                unit.budgets.condense(str(record.key), self.rules.now)
                unit.purchase_orders.save(_head(record, self.today))
        return page

    def _facts(self, unit: BuyerUnitOfWork, case: _Case, record: PurchaseOrderRecord | None) -> OrderFacts:
        orders: Mapping[str, OrderDocument] = unit.history.many(case.supplier, "orders", case.orders)
        shipped = unit.history.many(case.supplier, "ship_notices", case.documents["ship_notices"])
        confirmed = unit.history.many(case.supplier, "confirmations", case.documents["confirmations"])
        days = {order.order_date for order in orders.values()}
        days |= {notice.shipped_on for notice in shipped.values()}
        days |= {one.confirmed_on for one in confirmed.values()}
        billed = [
            self._bill(unit, feed, case.supplier, number)
            for feed in _BILLS
            for number in case.documents[feed]
        ]
        days |= {day for day, _ in billed}
        messages = [
            (kind, document_key(case.supplier, number))
            for feed, kind in _ABOUT_ORDERS.items()
            for number in case.documents[feed]
        ]
        held: Counter[tuple[str, str, str, str]] = Counter()
        if record is not None:
            changes = unit.order_changes.of_order(record.key)
            messages += _messages_about(record.key, changes)
            days |= {business_date(change.taken_at, self.rules.zone) for change in changes}
            days.add(business_date(record.accepted_at, self.rules.zone))
            days |= {receipt.received_on for receipt in unit.receipts.of_order(record.key)}
            for move in unit.budgets.moves(str(record.key)):
                days.add(business_date(move.at, self.rules.zone))
                for name in ("pre_encumbrance", "encumbrance"):
                    held[name, move.department, move.period, move.currency] += getattr(move, name)
        return OrderFacts(
            state=record.state if record else None,
            orders=[order.state for order in orders.values()],
            days=days,
            open_invoices=not all(matched for _, matched in billed),
            held=any(held.values()),
            periods={line.period for line in record.lines} if record else (),
            waiting=any(_waits(unit, kind, key) for kind, key in messages),
        )

    def _remove_case(
        self, unit: BuyerUnitOfWork, case: _Case, messages: Iterable[tuple[str, str]]
    ) -> Counter[str]:
        removed: Counter[str] = Counter()
        for feed in ("orders", *_ABOUT_ORDERS):
            numbers = case.orders if feed == "orders" else case.documents[feed]
            removed[_words(feed)] += len(unit.history.many(case.supplier, feed, numbers))
            if not self.trial:
                unit.history.purge(case.supplier, feed, numbers, self.today)
        of_documents = (
            (kind, document_key(case.supplier, number))
            for feed, kind in _ABOUT_ORDERS.items()
            for number in case.documents[feed]
        )
        removed["messages"] += self._remove_messages(unit, (*messages, *of_documents))
        return +removed

    def _remove_messages(self, unit: BuyerUnitOfWork, messages: Iterable[tuple[str, str]]) -> int:
        if self.trial:
            return sum(unit.outbox.find(kind, key) is not None for kind, key in messages)
        return sum(unit.outbox.remove(kind, key) for kind, key in messages)

    # ---------------------------------------------------------------------------- orders that we did not place

    def _lone_orders(self) -> None:
        after, looked_at = ("", ""), 0
        while page := self._documents("orders", after, _PAGE):
            old = [(supplier, one) for supplier, _, one in page if one.order_date < self.before]
            if old:
                self._unit(partial(self._page_of_orders, orders=old))
            after, looked_at = page[-1][:2], looked_at + len(page)
            self._tell("orders", looked_at)

    def _documents(self, feed: str, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str, Any]]:
        with self.storage.reading() as unit:
            return unit.history.page(feed, after, limit)

    def _page_of_orders(self, unit: BuyerUnitOfWork, orders: Sequence[tuple[str, OrderDocument]]) -> _Page:
        page = _Page()
        known = unit.purchase_orders.by_ids({one.purchase_order_id for _, one in orders})
        for supplier, order in orders:
            number = order.order_number
            ours = known.get(order.purchase_order_id, ())
            if any(one.supplier == supplier and number in one.order_numbers for one in ours):
                continue
            case = _case(unit, supplier, (number,))
            reason = still_needed(self._facts(unit, case, None), self.before)
            if reason is not None:
                page.kept[reason] += 1
                continue
            page.gone.add((supplier, number))
            page.removed += self._remove_case(unit, case, ())
        return page

    # ------------------------------------------------------------------------------- invoices and credit notes

    def _bill(self, unit: BuyerUnitOfWork, feed: str, supplier: str, number: str) -> tuple[date, bool]:
        found = self.bills.get((feed, supplier, number))
        if found is None:
            bill = unit.history.many(supplier, feed, [number]).get(number)
            found = (date.max, False) if bill is None else _judged(unit, supplier, bill)
            self.bills[feed, supplier, number] = found
        return found

    def _all_bills(self, feed: str) -> None:
        after, looked_at = ("", ""), 0
        while page := self._documents(feed, after, _INVOICES):
            old = [one for one in page if one[2].issued_on < self.before]
            if old:
                self._unit(partial(self._page_of_bills, feed=feed, bills=old))
            after, looked_at = page[-1][:2], looked_at + len(page)
            self._tell(_words(feed), looked_at)

    def _page_of_bills(
        self, unit: BuyerUnitOfWork, feed: str, bills: Sequence[tuple[str, str, Invoice | CreditNote]]
    ) -> _Page:
        page = _Page()
        for supplier, number, bill in bills:
            message = (_BILLS[feed], document_key(supplier, number))
            reason = self._needed_bill(
                unit, feed, supplier, number, {line.order_number for line in bill.lines}
            )
            if reason is not None:
                page.kept[reason] += 1
                continue
            lines = [match.line_number for match in _matches_of(unit, supplier, bill)]
            page.removed += Counter({_words(feed): 1, "matches": len(lines)})
            page.removed["messages"] += self._remove_messages(unit, (message,))
            if self.trial:
                continue
            if feed == "invoices":
                unit.matches.remove(supplier, number, lines)
            else:
                unit.credit_matches.remove(supplier, number)
            unit.history.purge(supplier, feed, [number], self.today)
        return page

    def _needed_bill(
        self, unit: BuyerUnitOfWork, feed: str, supplier: str, number: str, orders: AbstractSet[str]
    ) -> Needed | None:
        day, matched = self._bill(unit, feed, supplier, number)
        if day >= self.before:
            return Needed.YOUNG
        if not matched:
            return Needed.OPEN_MATCH
        if _waits(unit, _BILLS[feed], document_key(supplier, number)):
            return Needed.OPEN_MESSAGE
        there = unit.history.many(supplier, "orders", orders)
        left = [order for order in there if (supplier, order) not in self.gone]
        return Needed.OPEN_ORDER if left else None

    # ------------------------------------------------------------------------------------------------------- files

    def _old_files(self, folder: str, before: date) -> None:
        what = f"files in {folder}"
        old = (file for file in self.files.files(folder) if file.changed_on < before)
        looked_at = 0
        for batch in _batches(old):
            names = {file.name for file in batch}
            with self.storage.reading() as unit:
                needed = unit.purchase_orders.named(names, start_of_day(self.before, self.rules.zone))
            needed |= self.documents & names
            going = [file for file in batch if folder == _REJECTED or file.name not in needed]
            if not self.trial:
                self.files.remove(going)
            if going:
                self._unit(partial(_counted, what, len(going)))
            looked_at += len(batch)
            self._tell(what, looked_at)


def _counted(what: str, count: int, _unit: BuyerUnitOfWork) -> _Page:
    return _Page(removed=Counter({what: count}))


def _case(unit: BuyerUnitOfWork, supplier: str, numbers: Sequence[str]) -> _Case:
    return _Case(
        supplier=supplier,
        orders=numbers,
        documents={
            feed: unit.history.numbers_of(supplier, feed, numbers) if numbers else ()
            for feed in (*_ABOUT_ORDERS, *_BILLS)
        },
    )


def _judged(unit: BuyerUnitOfWork, supplier: str, bill: Invoice | CreditNote) -> tuple[date, bool]:
    matched = {match.line_number for match in _matches_of(unit, supplier, bill) if _is_booked(match)}
    day = max(bill.issued_on, bill.period_end, bill.due_on if isinstance(bill, Invoice) else bill.issued_on)
    return day, matched.issuperset(line.line_number for line in bill.lines)


def _is_booked(match: InvoiceMatch | CreditMatch) -> bool:
    return match.booked if isinstance(match, InvoiceMatch) else match.result is CreditResult.MATCHED


def _matches_of(
    unit: BuyerUnitOfWork, supplier: str, bill: Invoice | CreditNote
) -> Sequence[InvoiceMatch] | Sequence[CreditMatch]:
    if isinstance(bill, Invoice):
        return unit.matches.of_invoice(supplier, bill.invoice_number)
    return unit.credit_matches.of_credit_note(supplier, bill.credit_note_number)


def _messages_about(key: PurchaseOrderKey, changes: Iterable[OrderChange]) -> list[tuple[str, str]]:
    """Kind and key of every message to a supplier about a purchase order."""
    about = [(PLACE_ORDER_KIND, str(key))]
    return about + [(kind, change.business_key) for change in changes for kind in sorted(TO_SUPPLIERS)]


def _words(feed: str) -> str:
    return feed.replace("_", " ")


def _waits(unit: BuyerUnitOfWork, kind: str, key: str) -> bool:
    message = unit.outbox.find(kind, key)
    return message is not None and message.state in _WAITING


def _head(record: PurchaseOrderRecord, on: date) -> PurchaseOrderRecord:
    """What is kept of a purchase order, so that it is the same one when it comes again."""
    return evolve(record, lines=(), allowances=(), anticipated=None, purged_on=on)


def _batches(files: Iterator[KeptFile]) -> Iterator[list[KeptFile]]:
    while batch := list(islice(files, _FILES)):
        yield batch
