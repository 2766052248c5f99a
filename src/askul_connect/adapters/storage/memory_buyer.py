"""The buyer's side in memory."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, Generic, TypeVar

from attrs import astuple, evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.purchasing import (
    Budget,
    BudgetBalance,
    LedgerMove,
    PurchaseOrderKey,
    PurchaseOrderRecord,
)
from askul_connect.core.domain.purges import closing_move
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt

D = TypeVar("D")


class MemoryPurchaseOrders:
    """Purchase orders that were taken from the ERP."""

    def __init__(self, journal: Journal) -> None:
        self._records = MemoryTable[PurchaseOrderKey, PurchaseOrderRecord](journal, lambda record: record.key)

    def add(self, record: PurchaseOrderRecord) -> None:
        """Store a new one; StorageConflict when the key exists."""
        self._records.insert(record)

    def save(self, record: PurchaseOrderRecord) -> None:
        """Store its new state."""
        self._records.replace(record)

    def get(self, key: PurchaseOrderKey) -> PurchaseOrderRecord | None:
        """By key."""
        return self._records.get(key)

    def by_id(self, purchase_order_id: str) -> Sequence[PurchaseOrderRecord]:
        """All with that id, whatever buyer or year, newest first."""
        found = [record for record in self._by_key() if record.key.purchase_order_id == purchase_order_id]
        return sorted(found, key=lambda record: record.accepted_at, reverse=True)

    def by_ids(self, purchase_order_ids: Iterable[str]) -> Mapping[str, Sequence[PurchaseOrderRecord]]:
        """As :meth:`by_id` for several ids at once, by id; ids without a purchase order are left out."""
        found = {one: self.by_id(one) for one in purchase_order_ids}
        return {one: records for one, records in found.items() if records}

    def all(self) -> Sequence[PurchaseOrderRecord]:
        """Every one, by acceptance, then key."""
        return sorted(self._by_key(), key=lambda record: record.accepted_at)

    def old(
        self, accepted_before: datetime, after: PurchaseOrderKey | None, limit: int
    ) -> Sequence[PurchaseOrderRecord]:
        """The next ones behind a key that were accepted before an instant and are not purged."""
        found = [
            record
            for record in self._by_key()
            if record.accepted_at < accepted_before
            and record.purged_on is None
            and (after is None or astuple(record.key) > astuple(after))
        ]
        return found[:limit]

    def named(self, documents: Iterable[str], since: datetime) -> frozenset[str]:
        """Those of the documents that a purchase order came in which was accepted at an instant or later."""
        needed = {record.document for record in self._records if record.accepted_at >= since}
        return frozenset(documents) & needed

    def taking_over(self, requisition_id: str) -> Sequence[PurchaseOrderRecord]:
        """Those with a line that names the requisition, whatever buyer, newest first."""
        found = [
            record
            for record in self._by_key()
            if any(line.requisition_id == requisition_id for line in record.lines)
        ]
        return sorted(found, key=lambda record: record.accepted_at, reverse=True)

    def _by_key(self) -> Sequence[PurchaseOrderRecord]:
        return sorted(
            self._records,
            key=lambda record: (record.key.buyer_party, record.key.purchase_order_id, record.key.issue_year),
        )


class _Documents(Generic[D]):
    """One kind of document by supplier and number."""

    def __init__(self, journal: Journal, number: Callable[[D], str]) -> None:
        self._number = number
        self._kept = MemoryTable[tuple[str, str], tuple[str, D]](
            journal, lambda kept: (kept[0], number(kept[1]))
        )

    def put(self, supplier: str, documents: Iterable[D]) -> None:
        """Store or replace."""
        for document in documents:
            self._kept.put((supplier, document))

    def one(self, supplier: str, number: str) -> D | None:
        """The document of a number."""
        kept = self._kept.get((supplier, number))
        return kept[1] if kept else None

    def all(self) -> Sequence[tuple[str, D]]:
        """Every document with its supplier, by supplier and number."""
        return sorted(self._kept, key=lambda kept: (kept[0], self._number(kept[1])))

    def page(self, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str, D]]:
        """The next ones behind a supplier and number."""
        found = ((supplier, self._number(document), document) for supplier, document in self.all())
        return list(islice((one for one in found if one[:2] > after), limit))

    def remove(self, supplier: str, number: str) -> None:
        """Forget one, if it is there."""
        self._kept.remove((supplier, number))

    def suppliers_of(self, number: str) -> Sequence[str]:
        """Whose there is one with that number."""
        return sorted(supplier for supplier, document in self._kept if self._number(document) == number)

    def numbers(self, supplier: str) -> Sequence[str]:
        """The numbers of a supplier's, sorted."""
        return sorted(self._number(document) for owner, document in self._kept if owner == supplier)

    def count(self, supplier: str) -> int:
        """How many there are of a supplier."""
        return sum(kept[0] == supplier for kept in self._kept)


_ABOUT_ORDERS: dict[str, Callable[[Any], set[str]]] = {
    "confirmations": lambda document: {document.order_number},
    "ship_notices": lambda document: {document.order_number},
    "invoices": lambda document: {line.order_number for line in document.lines},
    "credit_notes": lambda document: {line.order_number for line in document.lines},
}


class MemoryOrderHistory:
    """Suppliers' documents as received: upserted by business key, totals untouched (INT-4, INT-5)."""

    def __init__(self, journal: Journal) -> None:
        self._orders = _Documents[OrderDocument](journal, lambda document: document.order_number)
        self._confirmations = _Documents[OrderConfirmation](journal, lambda d: d.confirmation_number)
        self._ship_notices = _Documents[ShipNotice](journal, lambda document: document.ship_notice_number)
        self._invoices = _Documents[Invoice](journal, lambda document: document.invoice_number)
        self._purged = MemoryTable[tuple[str, str, str], tuple[str, str, str]](journal, lambda kept: kept)
        self._credit_notes = _Documents[CreditNote](journal, lambda document: document.credit_note_number)
        self._feeds: dict[str, _Documents[Any]] = {
            "orders": self._orders,
            "confirmations": self._confirmations,
            "ship_notices": self._ship_notices,
            "invoices": self._invoices,
            "credit_notes": self._credit_notes,
        }

    def put_orders(self, supplier: str, documents: Iterable[OrderDocument]) -> None:
        """Store or replace orders."""
        self._orders.put(supplier, documents)

    def put_confirmations(self, supplier: str, documents: Iterable[OrderConfirmation]) -> None:
        """Store or replace confirmations."""
        self._confirmations.put(supplier, documents)

    def put_ship_notices(self, supplier: str, documents: Iterable[ShipNotice]) -> None:
        """Store or replace ship notices."""
        self._ship_notices.put(supplier, documents)

    def put_invoices(self, supplier: str, documents: Iterable[Invoice]) -> None:
        """Store or replace invoices."""
        self._invoices.put(supplier, documents)

    def put_credit_notes(self, supplier: str, documents: Iterable[CreditNote]) -> None:
        """Store or replace credit notes."""
        self._credit_notes.put(supplier, documents)

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted."""
        documents = self._feed(feed)
        for key in keys:
            documents.remove(supplier, key)

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed."""
        purged = sum(kept[:2] == (supplier, feed) for kept in self._purged)
        return self._feed(feed).count(supplier) + purged

    def numbers_of(self, supplier: str, feed: str, order_numbers: Iterable[str]) -> Sequence[str]:
        """Keys of the records that are about some orders, by key."""
        if feed not in _ABOUT_ORDERS:
            raise ValueInvalid(f"records of {feed!r} are about no orders; {', '.join(_ABOUT_ORDERS)} are")
        orders = set(order_numbers)
        return [
            number
            for owner, number, document in self._feed(feed).page(("", ""), sys.maxsize)
            if owner == supplier and not orders.isdisjoint(_ABOUT_ORDERS[feed](document))
        ]

    def purge(self, supplier: str, feed: str, keys: Iterable[str], on: date) -> int:  # noqa: ARG002 -- nobody asks
        """Remove records for good; their keys stay."""
        documents, removed = self._feed(feed), 0
        for key in keys:
            removed += documents.one(supplier, key) is not None
            documents.remove(supplier, key)
            self._purged.put((supplier, feed, key))
        return removed

    def purged(self, supplier: str, feed: str, keys: Iterable[str]) -> frozenset[str]:
        """Those of the keys that were purged."""
        return frozenset(key for key in keys if self._purged.get((supplier, feed, key)) is not None)

    def many(self, supplier: str, feed: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """Those records of a feed that are stored, by key."""
        documents = self._feed(feed)
        found = {key: documents.one(supplier, key) for key in keys}
        return {key: document for key, document in found.items() if document is not None}

    def suppliers_of(self, feed: str, key: str) -> Sequence[str]:
        """The suppliers that have a record of a feed with that key, by name."""
        return self._feed(feed).suppliers_of(key)

    def order(self, supplier: str, order_number: str) -> OrderDocument | None:
        """One order."""
        return self._orders.one(supplier, order_number)

    def confirmation(self, supplier: str, number: str) -> OrderConfirmation | None:
        """One confirmation."""
        return self._confirmations.one(supplier, number)

    def ship_notice(self, supplier: str, number: str) -> ShipNotice | None:
        """One ship notice."""
        return self._ship_notices.one(supplier, number)

    def invoice(self, supplier: str, number: str) -> Invoice | None:
        """One invoice."""
        return self._invoices.one(supplier, number)

    def credit_note(self, supplier: str, number: str) -> CreditNote | None:
        """One credit note."""
        return self._credit_notes.one(supplier, number)

    def credit_notes(self) -> Sequence[tuple[str, CreditNote]]:
        """Every credit note with its supplier, by supplier and number."""
        return self._credit_notes.all()

    def confirmations_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[OrderConfirmation]:
        """The confirmations of some orders, by number."""
        asked = set(order_numbers)
        return [d for owner, d in self._confirmations.all() if owner == supplier and d.order_number in asked]

    def ship_notices_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[ShipNotice]:
        """The ship notices of some orders, by number."""
        asked = set(order_numbers)
        return [d for owner, d in self._ship_notices.all() if owner == supplier and d.order_number in asked]

    def keys(self, supplier: str, feed: str) -> Sequence[str]:
        """Keys of every record of a feed, sorted."""
        return self._feed(feed).numbers(supplier)

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        return self._orders.all()

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        return self._invoices.all()

    def page(self, feed: str, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str, Any]]:
        """The next records of a feed behind a supplier and number, in that order."""
        return self._feed(feed).page(after, limit)

    def _feed(self, name: str) -> _Documents[Any]:
        found = self._feeds.get(name)
        if found is None:
            raise ValueInvalid(f"no history is kept of {name!r}; there is {', '.join(self._feeds)}")
        return found


class MemoryGoodsReceipts:
    """Goods receipts of the ERP."""

    def __init__(self, journal: Journal) -> None:
        self._receipts = MemoryTable[str, tuple[PurchaseOrderKey, GoodsReceipt]](
            journal, lambda kept: kept[1].receipt_id
        )

    def add(self, receipt: GoodsReceipt, key: PurchaseOrderKey) -> bool:
        """Store; False when its receipt id is known, and nothing changes."""
        if self._receipts.get(receipt.receipt_id) is not None:
            return False
        self._receipts.insert((key, receipt))
        return True

    def received(self, key: PurchaseOrderKey, line_id: str) -> int | None:
        """Units received of a line so far; None when no receipt was ever booked for it."""
        found = [r.quantity for owner, r in self._receipts if owner == key and r.line_id == line_id]
        return sum(found) if found else None

    def received_of(self, purchase_order_ids: Iterable[str]) -> Mapping[tuple[PurchaseOrderKey, str], int]:
        """Units received of all lines of the purchase orders with those ids, by key and line."""
        asked = set(purchase_order_ids)
        found: dict[tuple[PurchaseOrderKey, str], int] = defaultdict(int)
        for key, receipt in self._receipts:
            if key.purchase_order_id in asked:
                found[key, receipt.line_id] += receipt.quantity
        return dict(found)

    def of_order(self, key: PurchaseOrderKey) -> Sequence[GoodsReceipt]:
        """Those of a purchase order, by receipt id."""
        found = [receipt for owner, receipt in self._receipts if owner == key]
        return sorted(found, key=lambda receipt: receipt.receipt_id)

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        gone = [receipt.receipt_id for owner, receipt in self._receipts if owner == key]
        for receipt_id in gone:
            self._receipts.remove(receipt_id)
        return len(gone)

    def page(self, after: str, limit: int) -> Sequence[tuple[PurchaseOrderKey, GoodsReceipt]]:
        """The next ones behind a receipt id, by receipt id."""
        found = sorted(self._receipts, key=lambda kept: kept[1].receipt_id)
        return [kept for kept in found if kept[1].receipt_id > after][:limit]


_SUMS = ("pre_encumbrance", "encumbrance", "actual")


class MemoryBudgets:
    """Budgets and the ledger of their use."""

    def __init__(self, journal: Journal) -> None:
        self._budgets = MemoryTable[tuple[str, str, str], Budget](journal, _budget_key)
        self._moves = MemoryTable[str, tuple[int, LedgerMove]](journal, lambda kept: kept[1].move_key)

    def put(self, budgets: Iterable[Budget]) -> None:
        """Store or replace budgets by department, period and currency."""
        for budget in budgets:
            self._budgets.put(budget)

    def move(self, moves: Iterable[LedgerMove]) -> int:
        """Append moves; those whose key exists are left out. Returns how many were new."""
        before = place = max((kept[0] for kept in self._moves), default=-1) + 1
        for move in moves:
            if self._moves.get(move.move_key) is None:
                self._moves.insert((place, move))
                place += 1
        return place - before

    def balance(self, department: str, period: str, currency: str) -> BudgetBalance | None:
        """Where a budget stands, held against other writers; None when there is neither budget nor move."""
        key = (department, period, currency)
        return next((found for found in self.balances() if _budget_key(found) == key), None)

    def has_budget(self, department: str, period: str, currency: str) -> bool:
        """Whether the ERP gave a budget for it."""
        return self._budgets.get((department, period, currency)) is not None

    def moves(self, purchase_order: str) -> Sequence[LedgerMove]:
        """The moves of a purchase order (its key as text), in the order they were made."""
        found = sorted((kept for kept in self._moves), key=lambda kept: kept[0])
        return [move for _, move in found if move.purchase_order == purchase_order]

    def open_documents(self, department: str, period: str, currency: str) -> Sequence[str]:
        """Documents whose moves leave something reserved or encumbered in that budget, sorted."""
        held: dict[tuple[str, str], list[int]] = {}
        for _, move in self._moves:
            if _budget_key(move) == (department, period, currency):
                sums = held.setdefault((move.purchase_order, move.line_id), [0, 0])
                sums[0] += move.pre_encumbrance
                sums[1] += move.encumbrance
        return sorted({document for (document, _), sums in held.items() if any(sums)})

    def balances(self) -> Sequence[BudgetBalance]:
        """Every budget or balance, by department, period and currency."""
        found = {
            _budget_key(budget): BudgetBalance(
                department=budget.department,
                period=budget.period,
                currency=budget.currency,
                budget=budget.amount,
            )
            for budget in self._budgets
        }
        for _, move in self._moves:
            so_far = found.get(_budget_key(move)) or BudgetBalance(
                department=move.department, period=move.period, currency=move.currency, budget=0
            )
            found[_budget_key(move)] = evolve(
                so_far,
                pre_encumbrance=so_far.pre_encumbrance + move.pre_encumbrance,
                encumbrance=so_far.encumbrance + move.encumbrance,
                actual=so_far.actual + move.actual,
            )
        return [balance for _, balance in sorted(found.items())]

    def condense(self, purchase_order: str, at: datetime) -> int:
        """Put what the moves of a purchase order add up to into closing moves, and remove them."""
        gone = self.moves(purchase_order)
        for move in gone:
            self._moves.remove(move.move_key)
            sums = (move.pre_encumbrance, move.encumbrance, move.actual)
            closing = closing_move(move.department, move.period, move.currency, sums, at)
            known = self._moves.get(closing.move_key)
            if known is None:
                self.move([closing])
                continue
            place, before = known
            added = {name: getattr(before, name) + getattr(closing, name) for name in _SUMS}
            self._moves.replace((place, evolve(closing, **added)))
        return len(gone)

    def page(self, after: int, limit: int) -> Sequence[tuple[int, LedgerMove]]:
        """The next moves behind a place, in the order they were made."""
        found = sorted((kept for kept in self._moves), key=lambda kept: kept[0])
        return [(place + 1, move) for place, move in found if place + 1 > after][:limit]


def _budget_key(of: Budget | BudgetBalance | LedgerMove) -> tuple[str, str, str]:
    return of.department, of.period, of.currency
