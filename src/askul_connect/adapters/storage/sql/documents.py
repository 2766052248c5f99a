"""The supplier's documents as they were sent: kept whole, with columns to search by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

import sqlalchemy as sa
from attrs import evolve

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.bodies import body_schema, read_body, write_body
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.messages.documents import Invoice, InvoicePart, OrderConfirmation, ShipNotice

D = TypeVar("D")


def _many(table: sa.Table) -> Prepared:
    return Prepared(
        sa.select(table.c.number, table.c.schema, table.c.body).where(
            table.c.account_id == sa.bindparam("account_id"), OneOf(table.c.number, "numbers")
        )
    )


_CONFIRMATION_INSERT = insert(tables.confirmations)
_SHIP_NOTICE_INSERT = insert(tables.ship_notices)
_INVOICE_INSERT = insert(tables.invoices)
_PART_INSERT = insert(tables.invoice_parts)
_PARTS = Prepared(
    sa.select(tables.invoice_parts.c.schema, tables.invoice_parts.c.body)
    .where(
        tables.invoice_parts.c.account_id == sa.bindparam("account_id"),
        tables.invoice_parts.c.invoice_number == sa.bindparam("invoice_number"),
    )
    .order_by(tables.invoice_parts.c.number)
)
_CONFIRMATIONS = _many(tables.confirmations)
_SHIP_NOTICES = _many(tables.ship_notices)
_INVOICES = _many(tables.invoices)
_CLOSED_ON = Prepared(
    sa.select(tables.invoices.c.number, tables.invoices.c.schema, tables.invoices.c.body)
    .where(
        tables.invoices.c.account_id == sa.bindparam("account_id"),
        tables.invoices.c.period_end == sa.bindparam("period_end"),
    )
    .order_by(tables.invoices.c.number)
)


class SqlSupplierDocuments:
    """Documents as they were sent, immutable."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add_confirmation(self, account_id: str, document: OrderConfirmation) -> None:
        """Store."""
        self._add(
            _CONFIRMATION_INSERT, account_id, document.confirmation_number, document.order_number, document
        )

    def add_ship_notice(self, account_id: str, document: ShipNotice) -> None:
        """Store."""
        self._add(
            _SHIP_NOTICE_INSERT, account_id, document.ship_notice_number, document.order_number, document
        )

    def add_invoice(self, account_id: str, document: Invoice) -> None:
        """Store."""
        closed = document.period_end.isoformat()
        self._add(_INVOICE_INSERT, account_id, document.invoice_number, closed, document)

    def add_invoice_part(self, account_id: str, invoice_number: str, number: int, part: InvoicePart) -> None:
        """Store some lines of an invoice that is added without them; StorageConflict when it has that part."""
        row = (account_id, invoice_number, number, body_schema(InvoicePart), write_body(part))
        self._transaction.run(_PART_INSERT, row)

    def confirmations(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, OrderConfirmation]:
        """Those that exist within the account."""
        return self._find(_CONFIRMATIONS, OrderConfirmation, account_id, numbers)

    def ship_notices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, ShipNotice]:
        """Those that exist within the account."""
        return self._find(_SHIP_NOTICES, ShipNotice, account_id, numbers)

    def invoices(self, account_id: str, numbers: Iterable[str]) -> Mapping[str, Invoice]:
        """Those that exist within the account."""
        found = self._find(_INVOICES, Invoice, account_id, numbers)
        return {number: self._whole(account_id, document) for number, document in found.items()}

    def _whole(self, account_id: str, document: Invoice) -> Invoice:
        if document.lines:
            return document
        asked = {"account_id": account_id, "invoice_number": document.invoice_number}
        parts = [read_body(InvoicePart, *row) for row in self._transaction.rows(_PARTS, asked)]
        return evolve(
            document,
            lines=tuple(line for part in parts for line in part.lines),
            allowances=(*document.allowances, *(entry for part in parts for entry in part.allowances)),
        )

    def invoices_closed_on(self, account_id: str, period_end: date) -> Sequence[Invoice]:
        """The invoices of one closing date, by number; one that is stored in parts comes without its lines."""
        parameters = {"account_id": account_id, "period_end": period_end.isoformat()}
        rows = self._transaction.rows(_CLOSED_ON, parameters)
        return [read_body(Invoice, schema, body) for _, schema, body in rows]

    def _add(self, statement: Prepared, account_id: str, number: str, column: str, document: Any) -> None:
        row = (account_id, number, column, body_schema(type(document)), write_body(document))
        self._transaction.run(statement, row)

    def _find(
        self, statement: Prepared, kind: type[D], account_id: str, numbers: Iterable[str]
    ) -> Mapping[str, D]:
        parameters = {"account_id": account_id, "numbers": self._transaction.keys(numbers)}
        rows = self._transaction.rows(statement, parameters)
        return {number: read_body(kind, schema, body) for number, schema, body in rows}
