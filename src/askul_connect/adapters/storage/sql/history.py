"""Suppliers' documents on the buyer's side: orders and invoices as rows for finance, the others whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.statements import BulkUpsert, OneOf, Prepared, insert_or_ignore
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice

D = TypeVar("D")
#: The entities of a part by supplier and number of their document.
_Grouped = Mapping[Row, Sequence[Any]]


def _next(selected: sa.Select[Any], supplier: sa.Column[Any], number: sa.Column[Any]) -> Prepared:
    """The rows behind a supplier and number, in that order."""
    behind = sa.tuple_(supplier, number) > sa.tuple_(sa.bindparam("supplier"), sa.bindparam("number"))
    return Prepared(selected.where(behind).order_by(supplier, number).limit(sa.bindparam("limit")))


class _Part:
    """The lines, or the tax, of a kind of document: one table and what is done with it."""

    def __init__(self, table: sa.Table, number: str, rows: Rows[Any]) -> None:
        self.rows = rows
        self.put = BulkUpsert(table)
        # What an earlier, longer version of the document left behind.
        self.trim = Prepared(
            sa.delete(table).where(
                table.c.supplier == sa.bindparam("supplier"),
                table.c[number] == sa.bindparam("number"),
                table.c.position >= sa.bindparam("length", type_=sa.BigInteger()),
            )
        )
        self.lengths = Prepared(
            sa.select(table.c[number], sa.func.max(table.c.position) + 1)
            .where(table.c.supplier == sa.bindparam("supplier"), OneOf(table.c[number], "numbers"))
            .group_by(table.c[number])
        )
        in_order = sa.select(table).order_by(table.c.supplier, table.c[number], table.c.position)
        self.many = Prepared(
            in_order.where(table.c.supplier == sa.bindparam("supplier"), OneOf(table.c[number], "numbers"))
        )
        self.all = Prepared(in_order)


def _suppliers_of(table: sa.Table, number: str) -> Prepared:
    named = sa.select(table.c.supplier).where(table.c[number] == sa.bindparam("number"))
    return Prepared(named.order_by(table.c.supplier))


class _Relational(Generic[D]):
    """A kind of document in three tables.

    A document replaces its earlier version row by row: nothing is deleted that stays, so a repeated load
    costs no more than the first.
    """

    def __init__(
        self, header: sa.Table, number: str, rows: Rows[D], lines: tuple[sa.Table, Rows[Any]], tax: sa.Table
    ) -> None:
        self._rows = rows
        self._lines = _Part(lines[0], number, lines[1])
        self._tax = _Part(tax, number, tables.TAX_ROWS)
        self._put = BulkUpsert(header)
        ours = header.c.supplier == sa.bindparam("supplier")
        self._many = Prepared(sa.select(header).where(ours, OneOf(header.c[number], "numbers")))
        self._all = Prepared(sa.select(header).order_by(header.c.supplier, header.c[number]))
        self._page = _next(sa.select(header), header.c.supplier, header.c[number])
        self.remove = Prepared(sa.delete(header).where(ours, header.c[number] == sa.bindparam("number")))
        self.suppliers_of = _suppliers_of(header, number)
        self.count = Prepared(
            sa.select(sa.func.count())
            .select_from(header)
            .where(header.c.supplier == sa.bindparam("supplier"))
        )

    def put(self, transaction: Transaction, supplier: str, documents: Mapping[str, Any]) -> None:
        """Store or replace documents, by number."""
        if not documents:
            return
        key = {"supplier": supplier, "numbers": transaction.keys(documents)}
        transaction.put_many(self._put, [(supplier, *self._rows.row(d)) for d in documents.values()])
        for part, name in ((self._lines, "lines"), (self._tax, "tax")):
            of_document = {number: getattr(document, name) for number, document in documents.items()}
            too_long = [
                (supplier, number, len(of_document[number]))
                for number, length in transaction.rows(part.lengths, key)
                if length > len(of_document[number])
            ]
            transaction.run_many(part.trim, too_long)
            row = part.rows.row
            transaction.put_many(
                part.put,
                [
                    (supplier, number, place, *row(one))
                    for number, each in of_document.items()
                    for place, one in enumerate(each)
                ],
            )

    def many(self, transaction: Transaction, supplier: str, numbers: Iterable[str]) -> Mapping[str, D]:
        """Those documents that are stored, by number."""
        key = {"supplier": supplier, "numbers": transaction.keys(numbers)}
        headers = transaction.rows(self._many, key)
        if not headers:
            return {}
        lines, tax = (self._grouped(part, transaction.rows(part.many, key)) for part in self._parts)
        return {row[1]: self._document(row, lines, tax) for row in headers}

    def all(self, transaction: Transaction) -> Sequence[tuple[str, D]]:
        """Every document with its supplier, by supplier and number."""
        lines, tax = (self._grouped(part, transaction.rows(part.all)) for part in self._parts)
        return [(row[0], self._document(row, lines, tax)) for row in transaction.rows(self._all)]

    def page(
        self, transaction: Transaction, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str, D]]:
        """The next documents behind a supplier and number."""
        headers = transaction.rows(self._page, {"supplier": after[0], "number": after[1], "limit": limit})
        numbers: dict[str, list[str]] = defaultdict(list)
        for row in headers:
            numbers[row[0]].append(row[1])
        lines: dict[Row, Sequence[Any]] = {}
        tax: dict[Row, Sequence[Any]] = {}
        for supplier, of_supplier in numbers.items():
            key = {"supplier": supplier, "numbers": transaction.keys(of_supplier)}
            lines.update(self._grouped(self._lines, transaction.rows(self._lines.many, key)))
            tax.update(self._grouped(self._tax, transaction.rows(self._tax.many, key)))
        return [(row[0], row[1], self._document(row, lines, tax)) for row in headers]

    @property
    def _parts(self) -> tuple[_Part, _Part]:
        return self._lines, self._tax

    def _document(self, row: Row, lines: _Grouped, tax: _Grouped) -> D:
        # A document's number is its first column after the supplier.
        key = row[:2]
        return self._rows.entity(row[1:], lines=tuple(lines.get(key, ())), tax=tuple(tax.get(key, ())))

    @staticmethod
    def _grouped(part: _Part, rows: Iterable[Row]) -> _Grouped:
        found: dict[Row, list[Any]] = defaultdict(list)
        for row in rows:
            found[row[:2]].append(part.rows.entity(row[3:]))
        return found


class _Whole(Generic[D]):
    """A kind of document kept as one text."""

    def __init__(self, table: sa.Table, kind: type[D]) -> None:
        self._kind = kind
        self._put = BulkUpsert(table)
        ours = table.c.supplier == sa.bindparam("supplier")
        self._many = Prepared(
            sa.select(table.c.number, table.c.schema, table.c.body).where(
                ours, OneOf(table.c.number, "numbers")
            )
        )
        self._page = _next(
            sa.select(table.c.supplier, table.c.number, table.c.schema, table.c.body),
            table.c.supplier,
            table.c.number,
        )
        self.remove = Prepared(sa.delete(table).where(ours, table.c.number == sa.bindparam("number")))
        self._of_orders = Prepared(
            sa.select(table.c.schema, table.c.body)
            .where(ours, OneOf(table.c.order_number, "order_numbers"))
            .order_by(table.c.number)
        )
        self.suppliers_of = _suppliers_of(table, "number")
        self.count = Prepared(
            sa.select(sa.func.count()).select_from(table).where(table.c.supplier == sa.bindparam("supplier"))
        )

    def put(self, transaction: Transaction, supplier: str, documents: Mapping[str, Any]) -> None:
        """Store or replace documents, by number."""
        transaction.put_many(
            self._put,
            [
                (
                    supplier,
                    number,
                    d.order_number,
                    d.purchase_order_id,
                    body_schema(self._kind),
                    write_body(d),
                )
                for number, d in documents.items()
            ],
        )

    def many(self, transaction: Transaction, supplier: str, numbers: Iterable[str]) -> Mapping[str, D]:
        """Those documents that are stored, by number."""
        key = {"supplier": supplier, "numbers": transaction.keys(numbers)}
        return {
            number: read_body(self._kind, schema, body)
            for number, schema, body in transaction.rows(self._many, key)
        }

    def of_orders(self, transaction: Transaction, supplier: str, order_numbers: Iterable[str]) -> Sequence[D]:
        """The documents of some orders, by number."""
        named = {"supplier": supplier, "order_numbers": transaction.keys(order_numbers)}
        rows = transaction.rows(self._of_orders, named)
        return [read_body(self._kind, schema, body) for schema, body in rows]

    def page(
        self, transaction: Transaction, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str, D]]:
        """The next documents behind a supplier and number."""
        key = {"supplier": after[0], "number": after[1], "limit": limit}
        return [
            (supplier, number, read_body(self._kind, schema, body))
            for supplier, number, schema, body in transaction.rows(self._page, key)
        ]


_ORDERS = _Relational(
    tables.orders,
    "order_number",
    tables.ORDER_ROWS,
    (tables.order_lines, tables.ORDER_LINE_ROWS),
    tables.order_tax,
)
_INVOICES = _Relational(
    tables.invoices,
    "invoice_number",
    tables.INVOICE_ROWS,
    (tables.invoice_lines, tables.INVOICE_LINE_ROWS),
    tables.invoice_tax,
)
_CREDIT_NOTES = _Relational(
    tables.credit_notes,
    "credit_note_number",
    tables.CREDIT_NOTE_ROWS,
    (tables.credit_note_lines, tables.CREDIT_NOTE_LINE_ROWS),
    tables.credit_note_tax,
)
_CONFIRMATIONS = _Whole(tables.confirmations, OrderConfirmation)
_SHIP_NOTICES = _Whole(tables.ship_notices, ShipNotice)
_FEEDS: Mapping[str, _Relational[Any] | _Whole[Any]] = {
    "orders": _ORDERS,
    "confirmations": _CONFIRMATIONS,
    "ship_notices": _SHIP_NOTICES,
    "invoices": _INVOICES,
    "credit_notes": _CREDIT_NOTES,
}


def _feed(name: str) -> _Relational[Any] | _Whole[Any]:
    found = _FEEDS.get(name)
    if found is None:
        raise ValueInvalid(f"no history is kept of {name!r}; there is {', '.join(_FEEDS)}")
    return found


_PURGED = tables.purged_records.c
_OF_FEED = (_PURGED.supplier == sa.bindparam("supplier"), _PURGED.feed == sa.bindparam("feed"))
_PURGED_PUT = insert_or_ignore(tables.purged_records)
_PURGED_KEYS = Prepared(sa.select(_PURGED.number).where(*_OF_FEED, OneOf(_PURGED.number, "numbers")))
_PURGED_COUNT = Prepared(sa.select(sa.func.count()).select_from(tables.purged_records).where(*_OF_FEED))


def _about_orders(table: sa.Table, number: sa.Column[Any]) -> Prepared:
    return Prepared(
        sa.select(number)
        .distinct()
        .where(table.c.supplier == sa.bindparam("supplier"), OneOf(table.c.order_number, "order_numbers"))
        .order_by(number)
    )


_ABOUT_ORDERS = {
    "confirmations": _about_orders(tables.confirmations, tables.confirmations.c.number),
    "ship_notices": _about_orders(tables.ship_notices, tables.ship_notices.c.number),
    "invoices": _about_orders(tables.invoice_lines, tables.invoice_lines.c.invoice_number),
    "credit_notes": _about_orders(tables.credit_note_lines, tables.credit_note_lines.c.credit_note_number),
}


class SqlOrderHistory:
    """Suppliers' documents as received: upserted by business key, totals untouched (INT-4, INT-5)."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put_orders(self, supplier: str, documents: Iterable[OrderDocument]) -> None:
        """Store or replace orders."""
        _ORDERS.put(self._transaction, supplier, {d.order_number: d for d in documents})

    def put_confirmations(self, supplier: str, documents: Iterable[OrderConfirmation]) -> None:
        """Store or replace confirmations."""
        _CONFIRMATIONS.put(self._transaction, supplier, {d.confirmation_number: d for d in documents})

    def put_ship_notices(self, supplier: str, documents: Iterable[ShipNotice]) -> None:
        """Store or replace ship notices."""
        _SHIP_NOTICES.put(self._transaction, supplier, {d.ship_notice_number: d for d in documents})

    def put_invoices(self, supplier: str, documents: Iterable[Invoice]) -> None:
        """Store or replace invoices."""
        _INVOICES.put(self._transaction, supplier, {d.invoice_number: d for d in documents})

    def put_credit_notes(self, supplier: str, documents: Iterable[CreditNote]) -> None:
        """Store or replace credit notes."""
        _CREDIT_NOTES.put(self._transaction, supplier, {d.credit_note_number: d for d in documents})

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted."""
        self._transaction.run_many(_feed(feed).remove, ((supplier, key) for key in keys))

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed that were kept, those that were purged since among them."""
        stored = self._transaction.number(_feed(feed).count, {"supplier": supplier})
        return stored + self._transaction.number(_PURGED_COUNT, {"supplier": supplier, "feed": feed})

    def numbers_of(self, supplier: str, feed: str, order_numbers: Iterable[str]) -> Sequence[str]:
        """Keys of the records that are about some orders, by key."""
        statement = _ABOUT_ORDERS.get(feed)
        if statement is None:
            raise ValueInvalid(f"records of {feed!r} are about no orders; {', '.join(_ABOUT_ORDERS)} are")
        named = {"supplier": supplier, "order_numbers": self._transaction.keys(order_numbers)}
        return [row[0] for row in self._transaction.rows(statement, named)]

    def purge(self, supplier: str, feed: str, keys: Iterable[str], on: date) -> int:
        """Remove records for good; their keys stay."""
        numbers = list(keys)
        removed = self._transaction.run_many(_feed(feed).remove, ((supplier, number) for number in numbers))
        self._transaction.run_many(
            _PURGED_PUT, ((supplier, feed, number, on.isoformat()) for number in numbers)
        )
        return removed

    def purged(self, supplier: str, feed: str, keys: Iterable[str]) -> frozenset[str]:
        """Those of the keys that were purged."""
        named = {"supplier": supplier, "feed": feed, "numbers": self._transaction.keys(keys)}
        return frozenset(row[0] for row in self._transaction.rows(_PURGED_KEYS, named))

    def many(self, supplier: str, feed: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """Those records of a feed that are stored, by key."""
        return _feed(feed).many(self._transaction, supplier, keys)

    def suppliers_of(self, feed: str, key: str) -> Sequence[str]:
        """The suppliers that have a record of a feed with that key, by name."""
        return [row[0] for row in self._transaction.rows(_feed(feed).suppliers_of, {"number": key})]

    def order(self, supplier: str, order_number: str) -> OrderDocument | None:
        """One order."""
        return _ORDERS.many(self._transaction, supplier, [order_number]).get(order_number)

    def confirmation(self, supplier: str, number: str) -> OrderConfirmation | None:
        """One confirmation."""
        return _CONFIRMATIONS.many(self._transaction, supplier, [number]).get(number)

    def ship_notice(self, supplier: str, number: str) -> ShipNotice | None:
        """One ship notice."""
        return _SHIP_NOTICES.many(self._transaction, supplier, [number]).get(number)

    def invoice(self, supplier: str, number: str) -> Invoice | None:
        """One invoice."""
        return _INVOICES.many(self._transaction, supplier, [number]).get(number)

    def credit_note(self, supplier: str, number: str) -> CreditNote | None:
        """One credit note."""
        return _CREDIT_NOTES.many(self._transaction, supplier, [number]).get(number)

    def credit_notes(self) -> Sequence[tuple[str, CreditNote]]:
        """Every credit note with its supplier, by supplier and number."""
        return _CREDIT_NOTES.all(self._transaction)

    def confirmations_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[OrderConfirmation]:
        """The confirmations of some orders, by number."""
        return _CONFIRMATIONS.of_orders(self._transaction, supplier, order_numbers)

    def ship_notices_of(self, supplier: str, order_numbers: Iterable[str]) -> Sequence[ShipNotice]:
        """The ship notices of some orders, by number."""
        return _SHIP_NOTICES.of_orders(self._transaction, supplier, order_numbers)

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        return _ORDERS.all(self._transaction)

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        return _INVOICES.all(self._transaction)

    def page(self, feed: str, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str, Any]]:
        """The next records of a feed behind a supplier and number, in that order."""
        return _feed(feed).page(self._transaction, after, limit)
