"""What the buyer's side keeps; its tables of orders and invoices are also what finance reads (INT-7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from askul_connect.core.domain.outbox import OutboxDecision
from askul_connect.core.domain.purchasing import (
    BilledLine,
    Budget,
    BudgetBalance,
    InvoiceMatch,
    Lease,
    LedgerMove,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    Watermark,
)
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.storage import FactRepository, OutboxRepository, Storage


class PurchaseOrderRepository(Protocol):
    """Purchase orders that were taken from the ERP."""

    def add(self, record: PurchaseOrderRecord) -> None:
        """Store a new one; StorageConflict when the key exists."""
        ...

    def save(self, record: PurchaseOrderRecord) -> None:
        """Store its new state."""
        ...

    def get(self, key: PurchaseOrderKey) -> PurchaseOrderRecord | None:
        """By key."""
        ...

    def by_id(self, purchase_order_id: str) -> Sequence[PurchaseOrderRecord]:
        """All with that id, whatever buyer or year, newest first."""
        ...

    def by_ids(self, purchase_order_ids: Iterable[str]) -> Mapping[str, Sequence[PurchaseOrderRecord]]:
        """As :meth:`by_id` for several ids at once, by id; ids without a purchase order are left out."""
        ...

    def all(self) -> Sequence[PurchaseOrderRecord]:
        """Every one, by acceptance, then key."""
        ...


class OrderHistoryRepository(Protocol):
    """Suppliers' documents as they were received: upserted by business key, totals untouched (INT-4, INT-5)."""

    def put_orders(self, supplier: str, documents: Iterable[OrderDocument]) -> None:
        """Store or replace orders."""
        ...

    def put_confirmations(self, supplier: str, documents: Iterable[OrderConfirmation]) -> None:
        """Store or replace confirmations."""
        ...

    def put_ship_notices(self, supplier: str, documents: Iterable[ShipNotice]) -> None:
        """Store or replace ship notices."""
        ...

    def put_invoices(self, supplier: str, documents: Iterable[Invoice]) -> None:
        """Store or replace invoices."""
        ...

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted (``orders``, ``confirmations``, ``ship_notices``, ``invoices``)."""
        ...

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed."""
        ...

    def many(self, supplier: str, feed: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """Those records of a feed that are stored, by key."""
        ...

    def order(self, supplier: str, order_number: str) -> OrderDocument | None:
        """One order."""
        ...

    def confirmation(self, supplier: str, number: str) -> OrderConfirmation | None:
        """One confirmation."""
        ...

    def ship_notice(self, supplier: str, number: str) -> ShipNotice | None:
        """One ship notice."""
        ...

    def invoice(self, supplier: str, number: str) -> Invoice | None:
        """One invoice."""
        ...

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        ...

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        ...


class GoodsReceiptRepository(Protocol):
    """Goods receipts of the ERP."""

    def add(self, receipt: GoodsReceipt, key: PurchaseOrderKey) -> bool:
        """Store; False when its receipt id is known, and nothing changes."""
        ...

    def received(self, key: PurchaseOrderKey, line_id: str) -> int | None:
        """Units received of a line so far; None when no receipt was ever booked for it."""
        ...


class BudgetRepository(Protocol):
    """Budgets and the ledger of their use."""

    def put(self, budgets: Iterable[Budget]) -> None:
        """Store or replace budgets by department, period and currency."""
        ...

    def move(self, moves: Iterable[LedgerMove]) -> int:
        """Append moves; those whose key exists are left out. Returns how many were new."""
        ...

    def balance(self, department: str, period: str, currency: str) -> BudgetBalance | None:
        """Where a budget stands, held against other writers; None when there is neither budget nor move."""
        ...

    def has_budget(self, department: str, period: str, currency: str) -> bool:
        """Whether the ERP gave a budget for it."""
        ...

    def moves(self, purchase_order: str) -> Sequence[LedgerMove]:
        """The moves of a purchase order (its key as text), in the order they were made."""
        ...

    def balances(self) -> Sequence[BudgetBalance]:
        """Every budget or balance, by department, period and currency."""
        ...


class MatchRepository(Protocol):
    """Results of matching."""

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        ...

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        ...

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are matched, by invoice and line."""
        ...

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        ...

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not matched, by supplier and number."""
        ...

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        ...


class WatermarkRepository(Protocol):
    """How far each supplier's lists have been read."""

    def get(self, supplier: str, feed: str) -> Watermark | None:
        """The watermark, if the list was ever read."""
        ...

    def put(self, watermark: Watermark) -> None:
        """Store or replace."""
        ...


class SightingRepository(Protocol):
    """What a reading of a list from its beginning has met so far: what is stored and not met is gone (INT-5).

    ``reader`` is the ``feed`` of the reader's watermark.
    """

    def add(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Note records that were met; those that were met before stay."""
        ...

    def discard(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted after they were met."""
        ...

    def count(self, supplier: str, reader: str) -> int:
        """Number of records that were met."""
        ...

    def unmet(self, supplier: str, reader: str, feed: str, limit: int) -> Sequence[str]:
        """Keys of stored records of a list that were not met, by key."""
        ...

    def clear(self, supplier: str, reader: str) -> None:
        """Forget all: the reading is over, or begins again."""
        ...


class LeaseRepository(Protocol):
    """One run per directory (INT-12)."""

    def get(self, name: str) -> Lease | None:
        """The lease, expired or not."""
        ...

    def put(self, lease: Lease) -> None:
        """Store or replace."""
        ...

    def remove(self, name: str, holder: str) -> None:
        """Give it back, if it is still the holder's."""
        ...


class OutboxDecisionRepository(Protocol):
    """What was decided about outgoing messages; nothing of it is changed or removed (INT-6)."""

    def add(self, decision: OutboxDecision) -> None:
        """Append one."""
        ...

    def of(self, message_id: str) -> Sequence[OutboxDecision]:
        """Those about a message, in the order they were made."""
        ...


class BuyerUnitOfWork(Protocol):
    """One unit of work of the buyer's side."""

    purchase_orders: PurchaseOrderRepository
    history: OrderHistoryRepository
    receipts: GoodsReceiptRepository
    budgets: BudgetRepository
    matches: MatchRepository
    watermarks: WatermarkRepository
    sightings: SightingRepository
    leases: LeaseRepository
    outbox: OutboxRepository
    decisions: OutboxDecisionRepository
    facts: FactRepository


BuyerStorage = Storage[BuyerUnitOfWork]
