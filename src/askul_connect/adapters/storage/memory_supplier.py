"""The supplier's catalog, orders, documents, feeds and counters in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable, present
from askul_connect.core.domain.orders import LineState, OrderState
from askul_connect.core.domain.sales import IdempotencyRecord, Order, ShippedLine
from askul_connect.core.domain.stored_carts import PastQuantity
from askul_connect.core.messages.documents import Invoice, InvoicePart, OrderConfirmation, ShipNotice
from askul_connect.core.ports.supplier_storage import Change

_OPEN = (LineState.PLACED, LineState.CONFIRMED, LineState.PARTLY_SHIPPED)


class MemoryOrders:
    """Orders."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._orders = MemoryTable[tuple[str, str], Order](
            journal, lambda order: (order.account_id, order.order_number), lambda order: order.order_number
        )

    def add(self, order: Order) -> None:
        """Store a new one; StorageConflict when the number exists."""
        self._orders.insert(order)

    def save(self, order: Order) -> None:
        """Store the new state of its lines."""
        old = self.get(order.account_id, order.order_number)
        lines = old.lines[: len(order.lines)] if old else ()
        if old is None or [line.line_id for line in lines] != [line.line_id for line in order.lines]:
            raise self._journal.conflict("the order or one of its lines is not there")
        changed = (
            evolve(
                line,
                state=new.state,
                quantity_shipped=new.quantity_shipped,
                quantity_cancelled=new.quantity_cancelled,
                promised_on=new.promised_on,
                cancel_cause=new.cancel_cause,
                cancel_reason=new.cancel_reason,
            )
            for line, new in zip(lines, order.lines, strict=True)
        )
        self._orders.replace(evolve(old, lines=(*changed, *old.lines[len(lines) :])))

    def quantities_of(self, account_id: str, sku: str, limit: int) -> Sequence[PastQuantity]:
        """How many of an item an account ordered in up to ``limit`` of its latest lines, the latest first."""
        own = (one for one in self._orders if one.account_id == account_id)
        found = [
            PastQuantity(placed_by=order.placed_by, department=line.department, quantity=line.quantity)
            for order in sorted(own, key=lambda one: one.order_number, reverse=True)
            for line in reversed(order.lines)
            if line.sku == sku and line.state is not LineState.CANCELLED
        ]
        return found[:limit]

    def amend(self, order: Order) -> None:
        """Store the new state of its lines with their quantities and amounts, its tax and its totals."""
        self.save(order)
        old = self._orders.get((order.account_id, order.order_number))
        if old is None:
            return
        changed = (
            evolve(
                line,
                quantity=new.quantity,
                amount_excl_tax=new.amount_excl_tax,
                allowances=new.allowances,
                agreed=new.agreed,
            )
            for line, new in zip(old.lines, order.lines, strict=False)
        )
        self._orders.replace(
            evolve(
                old,
                lines=(*changed, *old.lines[len(order.lines) :]),
                tax=order.tax,
                allowances=order.allowances,
                agreed=order.agreed,
                total_excl_tax=order.total_excl_tax,
                total_incl_tax=order.total_incl_tax,
            )
        )

    def get(self, account_id: str, order_number: str) -> Order | None:
        """By number within the account."""
        return self._orders.get((account_id, order_number))

    def get_for_staff(self, order_number: str) -> Order | None:
        """By number over all accounts: for the supplier's own work only."""
        return self._orders.find(0, order_number)

    def many(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[str, Order]:
        """Those that exist within the account."""
        found = present(self._orders, ((account_id, number) for number in order_numbers))
        return {order.order_number: order for order in found}

    def by_external_id(
        self, account_id: str, buyer_party: str, purchase_order_id: str, issue_year: int
    ) -> Sequence[Order]:
        """The orders of a purchase order, by number."""
        key = (account_id, buyer_party, purchase_order_id, issue_year)
        found = (
            order
            for order in self._orders
            if (order.account_id, order.buyer_party, order.purchase_order_id, order.issue_year) == key
        )
        return sorted(found, key=lambda order: order.order_number)

    def of_department(
        self, account_id: str, department: str, first: date, last: date | None = None
    ) -> Sequence[Order]:
        """An account's orders with a line of a department, whose order date lies between, by number."""
        found = (
            order
            for order in self._orders
            if order.account_id == account_id
            and first <= order.order_date <= (last or date.max)
            and any(line.department == department for line in order.lines)
        )
        return sorted(found, key=lambda order: order.order_number)

    def open_of_account(self, account_id: str) -> Sequence[Order]:
        """Those of an account with a line that is placed, confirmed or partly shipped, by number."""
        return [order for order in self.open_orders() if order.account_id == account_id]

    def latest_of_account(self, account_id: str, limit: int) -> Sequence[Order]:
        """Up to ``limit`` of an account, by order date and number, the latest first."""
        own = (order for order in self._orders if order.account_id == account_id)
        return sorted(own, key=lambda order: (order.order_date, order.order_number), reverse=True)[:limit]

    def any_of_account(self, account_id: str) -> bool:
        """Whether the account has an order of which not everything was cancelled."""
        own = (order for order in self._orders if order.account_id == account_id)
        return any(order.state is not OrderState.CANCELLED for order in own)

    def open_orders(self) -> Sequence[Order]:
        """Orders of all accounts with a line placed, confirmed or partly shipped, by number; staff only."""
        found = (order for order in self._orders if any(line.state in _OPEN for line in order.lines))
        return sorted(found, key=lambda order: order.order_number)


class MemoryShippedLines:
    """Shipped lines and whether they are billed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lines = MemoryTable[tuple[str, str, str], ShippedLine](journal, _shipped_key)

    def add(self, lines: Iterable[ShippedLine]) -> None:
        """Store new ones; StorageConflict when notice and line exist."""
        self._lines.insert_all(lines)

    def unbilled(self, account_id: str, up_to: date) -> Sequence[ShippedLine]:
        """Lines of an account shipped up to that day without an invoice, by day, notice and line."""
        return self._unbilled(account_id, up_to, None)

    def _unbilled(self, account_id: str, up_to: date, department: str | None) -> Sequence[ShippedLine]:
        found = (
            line
            for line in self._lines
            if line.account_id == account_id
            and line.shipped_on <= up_to
            and not line.invoice_number
            and department in {None, line.department}
        )
        return sorted(found, key=_shipped_place)

    def unbilled_batch(
        self,
        account_id: str,
        up_to: date,
        limit: int,
        *,
        after: ShippedLine | None = None,
        department: str | None = None,
    ) -> Sequence[ShippedLine]:
        """Up to ``limit`` of the lines without an invoice, in the same order, behind one of them."""
        found = self._unbilled(account_id, up_to, department)
        return [one for one in found if after is None or _shipped_place(one) > _shipped_place(after)][:limit]

    def unbilled_departments(self, account_id: str, up_to: date) -> Sequence[str]:
        """The departments that have lines without an invoice, in order."""
        return sorted({line.department for line in self.unbilled(account_id, up_to)})

    def of_notices(self, account_id: str, ship_notice_numbers: Iterable[str]) -> Sequence[ShippedLine]:
        """All lines of some shipments of an account, billed or not, by notice and line."""
        wanted = set(ship_notice_numbers)
        found = (
            line
            for line in self._lines
            if line.account_id == account_id and line.ship_notice_number in wanted
        )
        return sorted(found, key=lambda line: (line.ship_notice_number, line.line_id))

    def shipments_after(self, account_id: str, day: date) -> Sequence[str]:
        """Numbers of the shipments of an account that left after that day, in order."""
        own = (line for line in self._lines if line.account_id == account_id)
        return sorted({line.ship_notice_number for line in own if line.shipped_on > day})

    def first_unbilled(self) -> Sequence[tuple[str, date]]:
        """Account id and its earliest unbilled shipping day, for every account that has one; staff only."""
        first: dict[str, date] = {}
        for line in self._lines:
            if not line.invoice_number:
                first[line.account_id] = min(line.shipped_on, first.get(line.account_id, line.shipped_on))
        return sorted(first.items())

    def bill(self, lines: Iterable[ShippedLine], invoice_number: str) -> None:
        """Mark as billed; StorageConflict when one of them is already."""
        for line in lines:
            stored = self._lines.get(_shipped_key(line))
            if stored is None or stored.invoice_number:
                raise self._journal.conflict("a shipped line is billed already, or not there")
            self._lines.replace(evolve(stored, invoice_number=invoice_number))

    def bill_all(
        self, account_id: str, up_to: date, invoice_number: str, *, department: str | None = None
    ) -> int:
        """Mark as billed every line that ``unbilled_batch`` gives; how many there were."""
        lines = self._unbilled(account_id, up_to, department)
        self.bill(lines, invoice_number)
        return len(lines)


def _shipped_place(line: ShippedLine) -> tuple[date, str, str]:
    return line.shipped_on, line.ship_notice_number, line.line_id


def _shipped_key(line: ShippedLine) -> tuple[str, str, str]:
    return line.account_id, line.ship_notice_number, line.line_id


class MemorySupplierDocuments:
    """Documents as they were sent, immutable."""

    def __init__(self, journal: Journal) -> None:
        self._confirmations = MemoryTable[tuple[str, str], tuple[str, OrderConfirmation]](
            journal, lambda kept: (kept[0], kept[1].confirmation_number)
        )
        self._ship_notices = MemoryTable[tuple[str, str], tuple[str, ShipNotice]](
            journal, lambda kept: (kept[0], kept[1].ship_notice_number)
        )
        self._invoices = MemoryTable[tuple[str, str], tuple[str, Invoice]](
            journal, lambda kept: (kept[0], kept[1].invoice_number)
        )
        self._parts = MemoryTable[tuple[str, str, int], tuple[str, str, int, InvoicePart]](
            journal, lambda kept: kept[:3]
        )

    def add_confirmation(self, account_id: str, document: OrderConfirmation) -> None:
        """Store."""
        self._confirmations.insert((account_id, document))

    def add_ship_notice(self, account_id: str, document: ShipNotice) -> None:
        """Store."""
        self._ship_notices.insert((account_id, document))

    def add_invoice(self, account_id: str, document: Invoice) -> None:
        """Store."""
        self._invoices.insert((account_id, document))

    def add_invoice_part(self, account_id: str, invoice_number: str, number: int, part: InvoicePart) -> None:
        """Store some lines of an invoice that is added without them; StorageConflict when it has that part."""
        self._parts.insert((account_id, invoice_number, number, part))

    def confirmations(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, OrderConfirmation]:
        """Those that exist within the account."""
        found = present(self._confirmations, ((account_id, number) for number in numbers))
        return {document.confirmation_number: document for _, document in found}

    def ship_notices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, ShipNotice]:
        """Those that exist within the account."""
        found = present(self._ship_notices, ((account_id, number) for number in numbers))
        return {document.ship_notice_number: document for _, document in found}

    def invoices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, Invoice]:
        """Those that exist within the account."""
        found = present(self._invoices, ((account_id, number) for number in numbers))
        return {document.invoice_number: self._whole(account_id, document) for _, document in found}

    def _whole(self, account_id: str, document: Invoice) -> Invoice:
        if document.lines:
            return document
        own = (kept for kept in self._parts if kept[:2] == (account_id, document.invoice_number))
        parts = [part for _, _, _, part in sorted(own, key=lambda kept: kept[2])]
        return evolve(
            document,
            lines=tuple(line for part in parts for line in part.lines),
            allowances=(*document.allowances, *(entry for part in parts for entry in part.allowances)),
        )

    def invoices_closed_on(self, account_id: str, period_end: date) -> Sequence[Invoice]:
        """The invoices of one closing date, by number; one that is stored in parts comes without its lines."""
        found = (
            document
            for owner, document in self._invoices
            if owner == account_id and document.period_end == period_end
        )
        return sorted(found, key=lambda document: document.invoice_number)


class MemoryChanges:
    """Change feeds in commit order: units of work follow one another, so places do too."""

    def __init__(self, journal: Journal, counters: MemoryCounters) -> None:
        self._counters = counters
        self._changes = MemoryTable[tuple[str, str, str], tuple[str, str, Change]](
            journal, lambda kept: (kept[0], kept[1], kept[2].key)
        )

    def record(self, account_id: str, feed: str, keys: Iterable[str], *, deleted: bool = False) -> None:
        """Give each key a new place at the end of the feed; its earlier place is forgotten."""
        for key in dict.fromkeys(keys):
            sequence = self._counters.next(repr((account_id, feed)))
            self._changes.put((account_id, feed, Change(sequence=sequence, key=key, deleted=deleted)))

    def since(self, account_id: str, feed: str, after: int, limit: int) -> Sequence[Change]:
        """Up to ``limit`` changes behind a sequence number, in order."""
        found = (change for change in self._of(account_id, feed) if change.sequence > after)
        return sorted(found, key=lambda change: change.sequence)[:limit]

    def alive(self, account_id: str, feed: str) -> int:
        """Number of keys that are not deleted."""
        return sum(not change.deleted for change in self._of(account_id, feed))

    def alive_from(self, account_id: str, feed: str, keys: Iterable[str]) -> int:
        """Number of keys that are not deleted, from the first place of some keys on; 0 when none of them is there."""
        wanted, found = set(keys), list(self._of(account_id, feed))
        first = min((change.sequence for change in found if change.key in wanted), default=None)
        return sum(first is not None and change.sequence >= first and not change.deleted for change in found)

    def _of(self, account_id: str, feed: str) -> Iterable[Change]:
        return (kept[2] for kept in self._changes if kept[:2] == (account_id, feed))


class MemoryIdempotency:
    """Keyed calls that were answered."""

    def __init__(self, journal: Journal) -> None:
        self._records = MemoryTable[tuple[str, str, str], IdempotencyRecord](
            journal, lambda record: (record.account_id, record.operation, record.key)
        )

    def get(self, account_id: str, operation: str, key: str) -> IdempotencyRecord | None:
        """The record, if the key was used."""
        return self._records.get((account_id, operation, key))

    def add(self, record: IdempotencyRecord) -> None:
        """Store; StorageConflict when the key was used."""
        self._records.insert(record)


class MemoryCounters:
    """Gapless counters for document numbers."""

    def __init__(self, journal: Journal) -> None:
        self._counters = MemoryTable[str, tuple[str, int]](journal, lambda counter: counter[0])

    def next(self, name: str) -> int:
        """The next number, from 1; taken back if the unit is rolled back."""
        _, last = self._counters.get(name) or (name, 0)
        self._counters.put((name, last + 1))
        return last + 1
