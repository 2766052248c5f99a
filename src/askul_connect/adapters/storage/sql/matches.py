"""What matching found, and what was decided about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.plain_matches import plain_invoices
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.statements import BulkUpsert, OneOf, Prepared, insert
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.core.domain.matches import MatchDecision, PlainInvoice
from askul_connect.core.domain.purchasing import BilledLine, InvoiceMatch

_MATCHES = tables.invoice_matches.c
_INVOICE_LINES = tables.invoice_lines.c
_PUT = BulkUpsert(tables.invoice_matches)
# A line that the invoice does not have, or no longer has, comes last.
_PLACE_IN_INVOICE = (
    sa.select(sa.func.min(_INVOICE_LINES.position))
    .where(
        _INVOICE_LINES.supplier == _MATCHES.supplier,
        _INVOICE_LINES.invoice_number == _MATCHES.invoice_number,
        _INVOICE_LINES.line_number == _MATCHES.line_number,
    )
    .scalar_subquery()
    .asc()
    .nulls_last()
)
_ORDER = (_MATCHES.supplier, _MATCHES.invoice_number, _PLACE_IN_INVOICE, _MATCHES.line_number)
_OF_INVOICE = Prepared(
    sa.select(tables.invoice_matches)
    .where(
        _MATCHES.supplier == sa.bindparam("supplier"),
        _MATCHES.invoice_number == sa.bindparam("invoice_number"),
    )
    .order_by(_PLACE_IN_INVOICE, _MATCHES.line_number)
)
_OF_INVOICES = Prepared(
    sa.select(tables.invoice_matches).where(
        _MATCHES.supplier == sa.bindparam("supplier"), OneOf(_MATCHES.invoice_number, "numbers")
    )
)
_OF_PURCHASE_ORDER = Prepared(
    sa.select(tables.invoice_matches)
    .where(_MATCHES.purchase_order == sa.bindparam("purchase_order"))
    .order_by(_MATCHES.supplier, _MATCHES.invoice_number, _MATCHES.line_number)
)
_ALL = Prepared(sa.select(tables.invoice_matches).order_by(*_ORDER))
_OPEN = Prepared(sa.select(tables.invoice_matches).where(_MATCHES.booked.is_(False)).order_by(*_ORDER))
_BOOKED_LINE = sa.and_(
    _INVOICE_LINES.supplier == _MATCHES.supplier,
    _INVOICE_LINES.invoice_number == _MATCHES.invoice_number,
    _INVOICE_LINES.line_number == _MATCHES.line_number,
    _MATCHES.booked.is_(True),
)
_BILLED_ROWS = Rows(BilledLine)
_BILLED_COLUMNS = [_INVOICE_LINES[field.column] for field in _BILLED_ROWS.fields]
_BILLED = Prepared(
    sa.select(*_BILLED_COLUMNS)
    .join(tables.invoice_matches, _BOOKED_LINE)
    .where(
        _INVOICE_LINES.supplier == sa.bindparam("supplier"),
        _INVOICE_LINES.order_number == sa.bindparam("order_number"),
        _INVOICE_LINES.line_id == sa.bindparam("line_id"),
    )
    .order_by(_INVOICE_LINES.invoice_number, _INVOICE_LINES.position)
)
_BILLED_OF_ORDERS = Prepared(
    sa.select(_INVOICE_LINES.order_number, _INVOICE_LINES.line_id, *_BILLED_COLUMNS)
    .join(tables.invoice_matches, _BOOKED_LINE)
    .where(
        _INVOICE_LINES.supplier == sa.bindparam("supplier"),
        OneOf(_INVOICE_LINES.order_number, "order_numbers"),
    )
    .order_by(_INVOICE_LINES.invoice_number, _INVOICE_LINES.position)
)
_OPEN_INVOICES = Prepared(
    sa.select(_INVOICE_LINES.supplier, _INVOICE_LINES.invoice_number)
    .distinct()
    .where(~sa.exists(sa.select(sa.text("1")).select_from(tables.invoice_matches).where(_BOOKED_LINE)))
    .order_by(_INVOICE_LINES.supplier, _INVOICE_LINES.invoice_number)
)
_REMOVE = Prepared(
    sa.delete(tables.invoice_matches).where(
        _MATCHES.supplier == sa.bindparam("supplier"),
        _MATCHES.invoice_number == sa.bindparam("invoice_number"),
        _MATCHES.line_number == sa.bindparam("line_number"),
    )
)
_PAGE = Prepared(
    sa.select(tables.invoice_matches)
    .where(
        sa.tuple_(_MATCHES.supplier, _MATCHES.invoice_number, _MATCHES.line_number)
        > sa.tuple_(sa.bindparam("supplier"), sa.bindparam("invoice_number"), sa.bindparam("line_number"))
    )
    .order_by(_MATCHES.supplier, _MATCHES.invoice_number, _MATCHES.line_number)
    .limit(sa.bindparam("limit"))
)
_DECISIONS = tables.match_decisions.c
_DECIDE = insert(tables.match_decisions, without=("place",))
_DECIDED = Prepared(
    sa.select(tables.match_decisions)
    .where(
        _DECISIONS.supplier == sa.bindparam("supplier"),
        OneOf(_DECISIONS.invoice_number, "numbers"),
    )
    .order_by(_DECISIONS.place)
)


class SqlMatches:
    """Results of matching, and decisions about them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        # one statement may not touch a row twice
        last = {(one.supplier, one.invoice_number, one.line_number): one for one in matches}
        self._transaction.put_many(_PUT, [tables.MATCH_ROWS.row(one) for one in last.values()])

    def remove(self, supplier: str, invoice_number: str, line_numbers: Iterable[str]) -> None:
        """Forget the results of lines that are no longer there."""
        self._transaction.run_many(_REMOVE, [(supplier, invoice_number, number) for number in line_numbers])

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        return self._entities(
            self._transaction.rows(_OF_INVOICE, {"supplier": supplier, "invoice_number": invoice_number})
        )

    def of_invoices(self, supplier: str, numbers: Iterable[str]) -> Mapping[tuple[str, str], InvoiceMatch]:
        """Those of several invoices, by number of the invoice and of its line."""
        named = {"supplier": supplier, "numbers": self._transaction.keys(numbers)}
        found = self._entities(self._transaction.rows(_OF_INVOICES, named))
        return {(one.invoice_number, one.line_number): one for one in found}

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        named = {"purchase_order": purchase_order}
        return self._entities(self._transaction.rows(_OF_PURCHASE_ORDER, named))

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are booked, by invoice and line."""
        named = {"supplier": supplier, "order_number": order_number, "line_id": line_id}
        return [_BILLED_ROWS.entity(row) for row in self._transaction.rows(_BILLED, named)]

    def billed_of_orders(
        self, supplier: str, order_numbers: Iterable[str]
    ) -> Mapping[tuple[str, str], Sequence[BilledLine]]:
        """As :meth:`billed` for all lines of several orders, by order number and line."""
        named = {"supplier": supplier, "order_numbers": self._transaction.keys(order_numbers)}
        found: dict[tuple[str, str], list[BilledLine]] = defaultdict(list)
        for order_number, line_id, *row in self._transaction.rows(_BILLED_OF_ORDERS, named):
            found[order_number, line_id].append(_BILLED_ROWS.entity(row))
        return dict(found)

    def plain_invoices(self, supplier: str, numbers: Iterable[str]) -> Sequence[PlainInvoice]:
        """Those of some invoices that can be compared by quantity, price and tax alone, with what they bill."""
        return plain_invoices(self._transaction, supplier, numbers)

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not booked, by supplier and number."""
        return [(row[0], row[1]) for row in self._transaction.rows(_OPEN_INVOICES)]

    def open(self) -> Sequence[InvoiceMatch]:
        """Every one that is not booked, by supplier, invoice and line."""
        return self._entities(self._transaction.rows(_OPEN))

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        return self._entities(self._transaction.rows(_ALL))

    def page(self, after: tuple[str, str, str], limit: int) -> Sequence[InvoiceMatch]:
        """The next ones behind a supplier, invoice and line."""
        names = ("supplier", "invoice_number", "line_number")
        return self._entities(
            self._transaction.rows(_PAGE, {**dict(zip(names, after, strict=True)), "limit": limit})
        )

    def decide(self, decisions: Iterable[MatchDecision]) -> None:
        """Add to the record of decisions."""
        self._transaction.run_many(_DECIDE, map(tables.DECISION_ROWS.row, decisions))

    def decisions(self, supplier: str, numbers: Iterable[str]) -> Sequence[MatchDecision]:
        """The decisions about some invoices, in the order they were made."""
        named = {"supplier": supplier, "numbers": self._transaction.keys(numbers)}
        rows = self._transaction.rows(_DECIDED, named)
        return [tables.DECISION_ROWS.entity(row[1:]) for row in rows]

    @staticmethod
    def _entities(rows: Iterable[Row]) -> Sequence[InvoiceMatch]:
        return [tables.MATCH_ROWS.entity(row) for row in rows]
