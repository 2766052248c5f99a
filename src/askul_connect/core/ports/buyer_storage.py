"""What the buyer's side keeps; its tables of orders and invoices are also what finance reads (INT-7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from askul_connect.core.domain.matches import MatchDecision, PlainInvoice
from askul_connect.core.domain.outbox import OutboxDecision
from askul_connect.core.domain.purchase_changes import CreditedLine, CreditMatch, OrderChange
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
from askul_connect.core.domain.purges import PurgeEntry
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.goods_receipt import GoodsReceipt
from askul_connect.core.ports.budget_storage import BudgetApprovalRepository, RequisitionRepository
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

    def old(
        self, accepted_before: datetime, after: PurchaseOrderKey | None, limit: int
    ) -> Sequence[PurchaseOrderRecord]:
        """The next ones behind a key, by key, that were accepted before an instant and are not purged."""
        ...

    def named(self, documents: Iterable[str], since: datetime) -> frozenset[str]:
        """Those of the documents that a purchase order came in which was accepted at an instant or later."""

    def taking_over(self, requisition_id: str) -> Sequence[PurchaseOrderRecord]:
        """Those with a line that names the requisition, whatever buyer, newest first."""
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

    def put_credit_notes(self, supplier: str, documents: Iterable[CreditNote]) -> None:
        """Store or replace credit notes."""
        ...

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted.

        The feeds are ``orders``, ``confirmations``, ``ship_notices``, ``invoices`` and ``credit_notes``.
        """
        ...

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed that were kept, those that were purged since among them."""
        ...

    def many(self, supplier: str, feed: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """Those records of a feed that are stored, by key."""
        ...

    def suppliers_of(self, feed: str, key: str) -> Sequence[str]:
        """The suppliers that have a record of a feed with that key, by name."""
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

    def credit_note(self, supplier: str, number: str) -> CreditNote | None:
        """One credit note."""
        ...

    def credit_notes(self) -> Sequence[tuple[str, CreditNote]]:
        """Every credit note with its supplier, by supplier and number."""
        ...

    def confirmations_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[OrderConfirmation]:
        """The confirmations of some orders, by number."""
        ...

    def ship_notices_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[ShipNotice]:
        """The ship notices of some orders, by number."""
        ...

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        ...

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        ...

    def numbers_of(self, supplier: str, feed: str, order_numbers: Iterable[str]) -> Sequence[str]:
        """Keys of the records that are about some orders, by key: of every feed but the orders themselves.

        Raises:
            ValueInvalid: There is no such feed, or its records are not about orders.
        """
        ...

    def purge(self, supplier: str, feed: str, keys: Iterable[str], on: date) -> int:
        """Remove records for good; their keys stay, so that they are counted and known when they come again.

        Returns:
            How many were there.
        """
        ...

    def purged(self, supplier: str, feed: str, keys: Iterable[str]) -> frozenset[str]:
        """Those of the keys that were purged."""
        ...

    def page(self, feed: str, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str, Any]]:
        """Supplier, number and record of the next ones of a feed behind a supplier and number, in that order.

        Raises:
            ValueInvalid: There is no such feed.
        """
        ...


class GoodsReceiptRepository(Protocol):
    """Goods receipts of the ERP."""

    def add(self, receipt: GoodsReceipt, key: PurchaseOrderKey) -> bool:
        """Store; False when its receipt id is known, and nothing changes."""
        ...

    def received(self, key: PurchaseOrderKey, line_id: str) -> int | None:
        """Units received of a line so far; None when no receipt was ever booked for it."""
        ...

    def received_of(self, purchase_order_ids: Iterable[str]) -> Mapping[tuple[PurchaseOrderKey, str], int]:
        """Units received of all lines of the purchase orders with those ids, by key and line."""
        ...

    def of_order(self, key: PurchaseOrderKey) -> Sequence[GoodsReceipt]:
        """Those of a purchase order, by receipt id."""
        ...

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        ...

    def page(self, after: str, limit: int) -> Sequence[tuple[PurchaseOrderKey, GoodsReceipt]]:
        """The next ones behind a receipt id, by receipt id."""
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

    def open_documents(self, department: str, period: str, currency: str) -> Sequence[str]:
        """Documents whose moves leave something reserved or encumbered in that budget, sorted."""
        ...

    def balances(self) -> Sequence[BudgetBalance]:
        """Every budget or balance, by department, period and currency."""
        ...

    def condense(self, purchase_order: str, at: datetime) -> int:
        """Put what the moves of a purchase order add up to into one closing move for each budget, and remove them.

        Balances stay. The closing move of a budget is that of ``closing_move``; one that is there already is
        added to.

        Returns:
            How many were removed.
        """
        ...

    def page(self, after: int, limit: int) -> Sequence[tuple[int, LedgerMove]]:
        """The next moves behind a place, in the order they were made, each with its place (above 0)."""
        ...


class MatchRepository(Protocol):
    """Results of matching, and what was decided about them."""

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        ...

    def remove(self, supplier: str, invoice_number: str, line_numbers: Iterable[str]) -> None:
        """Forget the results of lines that are no longer there."""
        ...

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        ...

    def of_invoices(self, supplier: str, numbers: Iterable[str]) -> Mapping[tuple[str, str], InvoiceMatch]:
        """Those of several invoices, by number of the invoice and of its line."""
        ...

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        ...

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are booked, by invoice and line."""
        ...

    def billed_of_orders(
        self, supplier: str, order_numbers: Iterable[str]
    ) -> Mapping[tuple[str, str], Sequence[BilledLine]]:
        """As :meth:`billed` for all lines of several orders, by order number and line."""
        ...

    def plain_invoices(self, supplier: str, numbers: Iterable[str]) -> Sequence[PlainInvoice]:
        """Those of some invoices that can be compared by quantity, price and tax alone, with what they bill.

        Each of their lines has a number of its own and no result yet; its order line is on no other invoice line; its
        purchase order is the only one with that id at the supplier and became that one order; and there are no
        allowances or charges on either side. Whatever has anything else may be left out: it is compared in full.
        """
        ...

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not booked, by supplier and number."""
        ...

    def open(self) -> Sequence[InvoiceMatch]:
        """Every one that is not booked, by supplier, invoice and line."""
        ...

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        ...

    def decide(self, decisions: Iterable[MatchDecision]) -> None:
        """Add to the record of decisions."""
        ...

    def decisions(self, supplier: str, numbers: Iterable[str]) -> Sequence[MatchDecision]:
        """The decisions about some invoices, in the order they were made."""
        ...

    def page(self, after: tuple[str, str, str], limit: int) -> Sequence[InvoiceMatch]:
        """The next ones behind a supplier, invoice and line, by code point of these."""
        ...


class OrderChangeRepository(Protocol):
    """Changes of purchase orders that were taken from the ERP."""

    def put(self, change: OrderChange) -> None:
        """Store or replace by purchase order and change id."""
        ...

    def get(self, key: PurchaseOrderKey, change_id: str) -> OrderChange | None:
        """One change."""
        ...

    def of_order(self, key: PurchaseOrderKey) -> Sequence[OrderChange]:
        """The changes of a purchase order, by sequence."""
        ...

    def all(self) -> Sequence[OrderChange]:
        """Every one, by purchase order and sequence."""
        ...

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        ...


class CreditMatchRepository(Protocol):
    """Results of matching credit notes."""

    def put(self, matches: Iterable[CreditMatch]) -> None:
        """Store or replace by supplier, credit note and line."""
        ...

    def of_credit_note(self, supplier: str, credit_note_number: str) -> Sequence[CreditMatch]:
        """By line number."""
        ...

    def remove(self, supplier: str, credit_note_number: str) -> int:
        """Forget those of a credit note; returns how many there were."""
        ...

    def of_purchase_order(self, purchase_order: str) -> Sequence[CreditMatch]:
        """Those of a purchase order (its key as text), by supplier, credit note and line number."""
        ...

    def credited(self, supplier: str, order_number: str, line_id: str) -> Sequence[CreditedLine]:
        """The lines of credit notes about one order line that are matched, by credit note and place in it."""
        ...

    def open_credit_notes(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every credit note with a line that is not matched, by supplier and number."""
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


class PurgeRepository(Protocol):
    """What was removed because its time was over."""

    def put(self, entry: PurgeEntry) -> None:
        """Store or replace by its id."""
        ...

    def all(self) -> Sequence[PurgeEntry]:
        """Every one, by its beginning, then its id."""
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
    requisitions: RequisitionRepository
    budget_approvals: BudgetApprovalRepository
    matches: MatchRepository
    credit_matches: CreditMatchRepository
    order_changes: OrderChangeRepository
    watermarks: WatermarkRepository
    sightings: SightingRepository
    leases: LeaseRepository
    purges: PurgeRepository
    outbox: OutboxRepository
    decisions: OutboxDecisionRepository
    facts: FactRepository


BuyerStorage = Storage[BuyerUnitOfWork]
