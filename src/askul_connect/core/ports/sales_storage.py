"""What the supplier keeps of its catalog, of orders and of what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import DatedPrice, Item, StockLevel
from askul_connect.core.domain.sales import Order, ShippedLine
from askul_connect.core.domain.stored_carts import PastQuantity
from askul_connect.core.messages.documents import Invoice, InvoicePart, OrderConfirmation, ShipNotice


class CatalogRepository(Protocol):
    """Items and their stock."""

    def add_many(self, items: Iterable[tuple[Item, StockLevel]]) -> None:
        """Store new items with their stock; StorageConflict when a SKU exists."""
        ...

    def items(self, skus: Iterable[str]) -> Mapping[str, Item]:
        """Those that exist."""
        ...

    def stock(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, held against other writers until the unit ends."""
        ...

    def levels(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, for who looks only: nobody is kept waiting."""
        ...

    def save_stock(self, levels: Iterable[StockLevel]) -> None:
        """Store new levels."""
        ...

    def save_many(self, items: Iterable[Item]) -> None:
        """Store new states of items; StorageConflict when one does not exist."""
        ...

    def put_prices(self, prices: Iterable[DatedPrice]) -> None:
        """Store dated prices, or replace those of the same account, item and first day."""
        ...

    def prices(self, account_id: str, skus: Iterable[str]) -> Mapping[str, Sequence[DatedPrice]]:
        """Dated prices by SKU: those of everybody and those of the account, by account and first day."""
        ...

    def count(self) -> int:
        """Number of items."""
        ...

    def limited(self) -> Mapping[tuple[AccountKind, ...], int]:
        """Number of items that are for some kinds of accounts only, by these kinds."""
        ...


class OrderRepository(Protocol):
    """Orders."""

    def add(self, order: Order) -> None:
        """Store a new one; StorageConflict when the number exists."""
        ...

    def save(self, order: Order) -> None:
        """Store the new state of its lines; what was ordered stays as it is."""
        ...

    def amend(self, order: Order) -> None:
        """Store the new state of its lines with quantities, amounts and allowances, its own, tax and totals (ORD-5)."""
        ...

    def get(self, account_id: str, order_number: str) -> Order | None:
        """By number within the account."""
        ...

    def get_for_staff(self, order_number: str) -> Order | None:
        """By number over all accounts: for the supplier's own work only."""
        ...

    def many(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[str, Order]:
        """Those that exist within the account."""
        ...

    def by_external_id(
        self, account_id: str, buyer_party: str, purchase_order_id: str, issue_year: int
    ) -> Sequence[Order]:
        """The orders of a purchase order, by number."""
        ...

    def of_department(
        self, account_id: str, department: str, first: date, last: date | None = None
    ) -> Sequence[Order]:
        """An account's orders with a line of a department, whose order date lies between, by number."""
        ...

    def open_of_account(self, account_id: str) -> Sequence[Order]:
        """Those of an account with a line that is placed, confirmed or partly shipped, by number."""
        ...

    def latest_of_account(self, account_id: str, limit: int) -> Sequence[Order]:
        """Up to ``limit`` of an account, by order date and number, the latest first."""
        ...

    def quantities_of(self, account_id: str, sku: str, limit: int) -> Sequence[PastQuantity]:
        """How many of an item an account ordered in up to ``limit`` of its latest lines of it, the latest first.

        Lines that were cancelled do not count.
        """
        ...

    def any_of_account(self, account_id: str) -> bool:
        """Whether the account has an order of which not everything was cancelled."""
        ...

    def open_orders(self) -> Sequence[Order]:
        """Orders of all accounts with a line that is placed, confirmed or partly shipped, by number; staff only."""
        ...


class ShippedLineRepository(Protocol):
    """Shipped lines and whether they are billed."""

    def add(self, lines: Iterable[ShippedLine]) -> None:
        """Store new ones; StorageConflict when notice and line exist."""
        ...

    def unbilled(self, account_id: str, up_to: date) -> Sequence[ShippedLine]:
        """Lines of an account shipped up to that day without an invoice, by day, notice and line."""
        ...

    def unbilled_batch(
        self,
        account_id: str,
        up_to: date,
        limit: int,
        *,
        after: ShippedLine | None = None,
        department: str | None = None,
    ) -> Sequence[ShippedLine]:
        """Up to ``limit`` of the lines without an invoice, in the same order, behind one of them.

        Args:
            account_id: The account.
            up_to: Last day of shipping.
            limit: How many.
            after: The last line of the batch before.
            department: Only lines of it; None for all.
        """
        ...

    def unbilled_departments(self, account_id: str, up_to: date) -> Sequence[str]:
        """The departments that have lines without an invoice, in order."""
        ...

    def of_notices(self, account_id: str, ship_notice_numbers: Iterable[str]) -> Sequence[ShippedLine]:
        """All lines of some shipments of an account, billed or not, by notice and line."""
        ...

    def shipments_after(self, account_id: str, day: date) -> Sequence[str]:
        """Numbers of the shipments of an account that left after that day, in order."""
        ...

    def first_unbilled(self) -> Sequence[tuple[str, date]]:
        """Account id and its earliest unbilled shipping day, for every account that has one; staff only."""
        ...

    def bill(self, lines: Iterable[ShippedLine], invoice_number: str) -> None:
        """Mark as billed; StorageConflict when one of them is already."""
        ...

    def bill_all(
        self, account_id: str, up_to: date, invoice_number: str, *, department: str | None = None
    ) -> int:
        """Mark as billed every line that :meth:`unbilled_batch` gives; how many there were."""
        ...


class SupplierDocumentRepository(Protocol):
    """Documents as they were sent, immutable."""

    def add_confirmation(self, account_id: str, document: OrderConfirmation) -> None:
        """Store."""
        ...

    def add_ship_notice(self, account_id: str, document: ShipNotice) -> None:
        """Store."""
        ...

    def add_invoice(self, account_id: str, document: Invoice) -> None:
        """Store."""
        ...

    def add_invoice_part(self, account_id: str, invoice_number: str, number: int, part: InvoicePart) -> None:
        """Store some lines of an invoice that is added without them; StorageConflict when it has that part."""
        ...

    def confirmations(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, OrderConfirmation]:
        """Those that exist within the account."""
        ...

    def ship_notices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, ShipNotice]:
        """Those that exist within the account."""
        ...

    def invoices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, Invoice]:
        """Those that exist within the account."""
        ...

    def invoices_closed_on(self, account_id: str, period_end: date) -> Sequence[Invoice]:
        """The invoices of one closing date, by number; one that is stored in parts comes without its lines."""
        ...
