"""The buyer's side in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from attrs import evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.purchasing import (
    BilledLine,
    Budget,
    BudgetBalance,
    InvoiceMatch,
    Lease,
    LedgerMove,
    MatchResult,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    Watermark,
)
from askul_connect.core.errors import ValueInvalid
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

    def remove(self, supplier: str, number: str) -> None:
        """Forget one, if it is there."""
        self._kept.remove((supplier, number))

    def numbers(self, supplier: str) -> Sequence[str]:
        """The numbers of a supplier's, sorted."""
        return sorted(self._number(document) for owner, document in self._kept if owner == supplier)

    def count(self, supplier: str) -> int:
        """How many there are of a supplier."""
        return sum(kept[0] == supplier for kept in self._kept)


class MemoryOrderHistory:
    """Suppliers' documents as received: upserted by business key, totals untouched (INT-4, INT-5)."""

    def __init__(self, journal: Journal) -> None:
        self._orders = _Documents[OrderDocument](journal, lambda document: document.order_number)
        self._confirmations = _Documents[OrderConfirmation](journal, lambda d: d.confirmation_number)
        self._ship_notices = _Documents[ShipNotice](journal, lambda document: document.ship_notice_number)
        self._invoices = _Documents[Invoice](journal, lambda document: document.invoice_number)
        self._feeds: dict[str, _Documents[Any]] = {
            "orders": self._orders,
            "confirmations": self._confirmations,
            "ship_notices": self._ship_notices,
            "invoices": self._invoices,
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

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted."""
        documents = self._feed(feed)
        for key in keys:
            documents.remove(supplier, key)

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed."""
        return self._feed(feed).count(supplier)

    def many(self, supplier: str, feed: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """Those records of a feed that are stored, by key."""
        documents = self._feed(feed)
        found = {key: documents.one(supplier, key) for key in keys}
        return {key: document for key, document in found.items() if document is not None}

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

    def keys(self, supplier: str, feed: str) -> Sequence[str]:
        """Keys of every record of a feed, sorted."""
        return self._feed(feed).numbers(supplier)

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        return self._orders.all()

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        return self._invoices.all()

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
        before = sum(1 for _ in self._moves)
        place = before
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


def _budget_key(of: Budget | BudgetBalance | LedgerMove) -> tuple[str, str, str]:
    return of.department, of.period, of.currency


class MemoryMatches:
    """Results of matching."""

    def __init__(self, journal: Journal, history: MemoryOrderHistory) -> None:
        self._history = history
        self._matches = MemoryTable[tuple[str, str, str], InvoiceMatch](
            journal, lambda match: (match.supplier, match.invoice_number, match.line_number)
        )

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        for match in matches:
            self._matches.put(match)

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        key = (supplier, invoice_number)
        return [match for match in self.all() if (match.supplier, match.invoice_number) == key]

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are matched, by invoice and line."""
        return [
            BilledLine(
                invoice_number=invoice.invoice_number,
                line_number=line.line_number,
                ship_notice_number=line.ship_notice_number,
                quantity=line.quantity,
            )
            for owner, invoice in self._history.invoices()
            for line in invoice.lines
            if (owner, line.order_number, line.line_id) == (supplier, order_number, line_id)
            and self._is_matched(owner, invoice.invoice_number, line.line_number)
        ]

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        found = [match for match in self._matches if match.purchase_order == purchase_order]
        return sorted(found, key=lambda each: (each.supplier, each.invoice_number, each.line_number))

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not matched, by supplier and number."""
        return [
            (supplier, invoice.invoice_number)
            for supplier, invoice in self._history.invoices()
            if not all(
                self._is_matched(supplier, invoice.invoice_number, line.line_number) for line in invoice.lines
            )
        ]

    def _is_matched(self, supplier: str, invoice_number: str, line_number: str) -> bool:
        match = self._matches.get((supplier, invoice_number, line_number))
        return match is not None and match.result is MatchResult.MATCHED

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        places: dict[tuple[str, str], dict[str, int]] = {}
        for supplier, invoice in self._history.invoices():
            lines = places.setdefault((supplier, invoice.invoice_number), {})
            for place, line in enumerate(invoice.lines):
                lines.setdefault(line.line_number, place)

        def order(match: InvoiceMatch) -> tuple[str, str, bool, int, str]:
            place = places.get((match.supplier, match.invoice_number), {}).get(match.line_number)
            # A line that the invoice does not have, or no longer has, comes last.
            return match.supplier, match.invoice_number, place is None, place or 0, match.line_number

        return sorted(self._matches, key=order)


class MemoryWatermarks:
    """How far each supplier's lists have been read."""

    def __init__(self, journal: Journal) -> None:
        self._watermarks = MemoryTable[tuple[str, str], Watermark](
            journal, lambda watermark: (watermark.supplier, watermark.feed)
        )

    def get(self, supplier: str, feed: str) -> Watermark | None:
        """The watermark, if the list was ever read."""
        return self._watermarks.get((supplier, feed))

    def put(self, watermark: Watermark) -> None:
        """Store or replace."""
        self._watermarks.put(watermark)


class MemoryLeases:
    """One run per directory (INT-12)."""

    def __init__(self, journal: Journal) -> None:
        self._leases = MemoryTable[str, Lease](journal, lambda lease: lease.name)

    def get(self, name: str) -> Lease | None:
        """The lease, expired or not."""
        return self._leases.get(name)

    def put(self, lease: Lease) -> None:
        """Store or replace."""
        self._leases.put(lease)

    def remove(self, name: str, holder: str) -> None:
        """Give it back, if it is still the holder's."""
        lease = self._leases.get(name)
        if lease and lease.holder == holder:
            self._leases.remove(name)
