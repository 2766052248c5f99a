"""Suppliers' documents on the buyer's side: orders and invoices as rows for finance, the others whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.statements import Prepared, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice

D = TypeVar("D")


class _Part:
    """The lines, or the tax, of a kind of document: one table and what is done with it."""

    def __init__(self, table: sa.Table, number: str, rows: Rows[Any]) -> None:
        self.rows = rows
        self.put = upsert(table)
        # What an earlier, longer version of the document left behind.
        self.trim = Prepared(
            sa.delete(table).where(
                table.c.supplier == sa.bindparam("supplier"),
                table.c[number] == sa.bindparam("number"),
                table.c.position >= sa.bindparam("length", type_=sa.BigInteger()),
            )
        )
        in_order = sa.select(table).order_by(table.c.supplier, table.c[number], table.c.position)
        self.one = Prepared(
            in_order.where(
                table.c.supplier == sa.bindparam("supplier"), table.c[number] == sa.bindparam("number")
            )
        )
        self.all = Prepared(in_order)


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
        self._put = upsert(header)
        ours = header.c.supplier == sa.bindparam("supplier"), header.c[number] == sa.bindparam("number")
        self._one = Prepared(sa.select(header).where(*ours))
        self._all = Prepared(sa.select(header).order_by(header.c.supplier, header.c[number]))
        self.remove = Prepared(sa.delete(header).where(*ours))
        self.count = Prepared(
            sa.select(sa.func.count())
            .select_from(header)
            .where(header.c.supplier == sa.bindparam("supplier"))
        )

    def put(self, transaction: Transaction, supplier: str, documents: Mapping[str, Any]) -> None:
        """Store or replace documents, by number."""
        transaction.run_many(self._put, ((supplier, *self._rows.row(d)) for d in documents.values()))
        for part, name in ((self._lines, "lines"), (self._tax, "tax")):
            of_document = {number: getattr(document, name) for number, document in documents.items()}
            transaction.run_many(
                part.put,
                (
                    (supplier, number, place, *part.rows.row(one))
                    for number, each in of_document.items()
                    for place, one in enumerate(each)
                ),
            )
            transaction.run_many(
                part.trim, ((supplier, number, len(each)) for number, each in of_document.items())
            )

    def one(self, transaction: Transaction, supplier: str, number: str) -> D | None:
        """One document."""
        key = {"supplier": supplier, "number": number}
        row = transaction.row(self._one, key)
        if row is None:
            return None
        lines, tax = (
            tuple(part.rows.entity(line[3:]) for line in transaction.rows(part.one, key))
            for part in (self._lines, self._tax)
        )
        return self._rows.entity(row[1:], lines=lines, tax=tax)

    def all(self, transaction: Transaction) -> Sequence[tuple[str, D]]:
        """Every document with its supplier, by supplier and number."""
        lines, tax = (self._grouped(transaction, part) for part in (self._lines, self._tax))
        # A document's number is its first column after the supplier.
        return [
            (row[0], self._rows.entity(row[1:], lines=tuple(lines[row[:2]]), tax=tuple(tax[row[:2]])))
            for row in transaction.rows(self._all)
        ]

    @staticmethod
    def _grouped(transaction: Transaction, part: _Part) -> Mapping[tuple[Any, ...], list[Any]]:
        found: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for row in transaction.rows(part.all):
            found[row[:2]].append(part.rows.entity(row[3:]))
        return found


class _Whole(Generic[D]):
    """A kind of document kept as one text."""

    def __init__(self, table: sa.Table, kind: type[D]) -> None:
        self._kind = kind
        self._put = upsert(table)
        ours = table.c.supplier == sa.bindparam("supplier"), table.c.number == sa.bindparam("number")
        self._one = Prepared(sa.select(table.c.schema, table.c.body).where(*ours))
        self.remove = Prepared(sa.delete(table).where(*ours))
        self.count = Prepared(
            sa.select(sa.func.count()).select_from(table).where(table.c.supplier == sa.bindparam("supplier"))
        )

    def put(self, transaction: Transaction, supplier: str, documents: Mapping[str, Any]) -> None:
        """Store or replace documents, by number."""
        transaction.run_many(
            self._put,
            (
                (
                    supplier,
                    number,
                    d.order_number,
                    d.purchase_order_id,
                    body_schema(self._kind),
                    write_body(d),
                )
                for number, d in documents.items()
            ),
        )

    def one(self, transaction: Transaction, supplier: str, number: str) -> D | None:
        """One document."""
        row = transaction.row(self._one, {"supplier": supplier, "number": number})
        return read_body(self._kind, row[0], row[1]) if row else None


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
_CONFIRMATIONS = _Whole(tables.confirmations, OrderConfirmation)
_SHIP_NOTICES = _Whole(tables.ship_notices, ShipNotice)
_FEEDS: Mapping[str, _Relational[Any] | _Whole[Any]] = {
    "orders": _ORDERS,
    "confirmations": _CONFIRMATIONS,
    "ship_notices": _SHIP_NOTICES,
    "invoices": _INVOICES,
}


def _feed(name: str) -> _Relational[Any] | _Whole[Any]:
    found = _FEEDS.get(name)
    if found is None:
        raise ValueInvalid(f"no history is kept of {name!r}; there is {', '.join(_FEEDS)}")
    return found


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

    def remove(self, supplier: str, feed: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted."""
        self._transaction.run_many(_feed(feed).remove, ((supplier, key) for key in keys))

    def count(self, supplier: str, feed: str) -> int:
        """Number of records of a feed."""
        return self._transaction.number(_feed(feed).count, {"supplier": supplier})

    def order(self, supplier: str, order_number: str) -> OrderDocument | None:
        """One order."""
        return _ORDERS.one(self._transaction, supplier, order_number)

    def confirmation(self, supplier: str, number: str) -> OrderConfirmation | None:
        """One confirmation."""
        return _CONFIRMATIONS.one(self._transaction, supplier, number)

    def ship_notice(self, supplier: str, number: str) -> ShipNotice | None:
        """One ship notice."""
        return _SHIP_NOTICES.one(self._transaction, supplier, number)

    def invoice(self, supplier: str, number: str) -> Invoice | None:
        """One invoice."""
        return _INVOICES.one(self._transaction, supplier, number)

    def orders(self) -> Sequence[tuple[str, OrderDocument]]:
        """Every order with its supplier, by supplier and number."""
        return _ORDERS.all(self._transaction)

    def invoices(self) -> Sequence[tuple[str, Invoice]]:
        """Every invoice with its supplier, by supplier and number."""
        return _INVOICES.all(self._transaction)
