"""What becomes of a purchase order on the buyer's side: its changes, and the matches of its credit notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.statements import Prepared, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.purchase_changes import CreditedLine, CreditMatch, OrderChange
from askul_connect.core.domain.purchasing import PurchaseOrderKey

_CHANGES = tables.order_changes
_KEY = tables.PURCHASE_ORDER_KEY
_OF_ORDER = [_CHANGES.c[name] == sa.bindparam(name, type_=_CHANGES.c[name].type) for name in _KEY]
_CHANGE_PUT = upsert(_CHANGES)
_CHANGE = Prepared(sa.select(_CHANGES).where(*_OF_ORDER, _CHANGES.c.change_id == sa.bindparam("change_id")))
_CHANGES_OF_ORDER = Prepared(
    sa.select(_CHANGES).where(*_OF_ORDER).order_by(_CHANGES.c.sequence, _CHANGES.c.change_id)
)
_ALL_CHANGES = Prepared(
    sa.select(_CHANGES).order_by(
        *(_CHANGES.c[name] for name in _KEY), _CHANGES.c.sequence, _CHANGES.c.change_id
    )
)
_CHANGES_REMOVE = Prepared(sa.delete(_CHANGES).where(*_OF_ORDER))


class SqlOrderChanges:
    """Changes of purchase orders that were taken from the ERP."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, change: OrderChange) -> None:
        """Store or replace by purchase order and change id."""
        self._transaction.run(_CHANGE_PUT, tables.CHANGE_ROWS.row(change))

    def get(self, key: PurchaseOrderKey, change_id: str) -> OrderChange | None:
        """One change."""
        row = self._transaction.row(_CHANGE, {**tables.KEY_ROWS.named(key), "change_id": change_id})
        return tables.CHANGE_ROWS.entity(row) if row else None

    def of_order(self, key: PurchaseOrderKey) -> Sequence[OrderChange]:
        """The changes of a purchase order, by sequence."""
        rows = self._transaction.rows(_CHANGES_OF_ORDER, tables.KEY_ROWS.named(key))
        return [tables.CHANGE_ROWS.entity(row) for row in rows]

    def remove(self, key: PurchaseOrderKey) -> int:
        """Forget those of a purchase order; returns how many there were."""
        return self._transaction.run_named(_CHANGES_REMOVE, tables.KEY_ROWS.named(key))

    def all(self) -> Sequence[OrderChange]:
        """Every one, by purchase order and sequence."""
        return [tables.CHANGE_ROWS.entity(row) for row in self._transaction.rows(_ALL_CHANGES)]


_MATCHES = tables.credit_matches.c
_LINES = tables.credit_note_lines.c
_MATCH_PUT = upsert(tables.credit_matches)
_MATCHES_REMOVE = Prepared(
    sa.delete(tables.credit_matches).where(
        _MATCHES.supplier == sa.bindparam("supplier"),
        _MATCHES.credit_note_number == sa.bindparam("credit_note_number"),
    )
)
_OF_CREDIT_NOTE = Prepared(
    sa.select(tables.credit_matches)
    .where(
        _MATCHES.supplier == sa.bindparam("supplier"),
        _MATCHES.credit_note_number == sa.bindparam("credit_note_number"),
    )
    .order_by(_MATCHES.line_number)
)
_OF_PURCHASE_ORDER = Prepared(
    sa.select(tables.credit_matches)
    .where(_MATCHES.purchase_order == sa.bindparam("purchase_order"))
    .order_by(_MATCHES.supplier, _MATCHES.credit_note_number, _MATCHES.line_number)
)
_OF_LINE = sa.and_(
    _LINES.supplier == _MATCHES.supplier,
    _LINES.credit_note_number == _MATCHES.credit_note_number,
    _LINES.line_number == _MATCHES.line_number,
    sa.text("credit_matches.result = 'matched'"),
)
_CREDITED_ROWS = Rows(CreditedLine)
_CREDITED = Prepared(
    sa.select(*(_LINES[field.column] for field in _CREDITED_ROWS.fields))
    .join(tables.credit_matches, _OF_LINE)
    .where(
        _LINES.supplier == sa.bindparam("supplier"),
        _LINES.order_number == sa.bindparam("order_number"),
        _LINES.line_id == sa.bindparam("line_id"),
    )
    .order_by(_LINES.credit_note_number, _LINES.position)
)
_OPEN = Prepared(
    sa.select(_LINES.supplier, _LINES.credit_note_number)
    .distinct()
    .where(~sa.exists(sa.select(sa.text("1")).select_from(tables.credit_matches).where(_OF_LINE)))
    .order_by(_LINES.supplier, _LINES.credit_note_number)
)


class SqlCreditMatches:
    """Results of matching credit notes."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, matches: Iterable[CreditMatch]) -> None:
        """Store or replace by supplier, credit note and line."""
        self._transaction.run_many(_MATCH_PUT, map(tables.CREDIT_MATCH_ROWS.row, matches))

    def remove(self, supplier: str, credit_note_number: str) -> int:
        """Forget those of a credit note; returns how many there were."""
        named = {"supplier": supplier, "credit_note_number": credit_note_number}
        return self._transaction.run_named(_MATCHES_REMOVE, named)

    def of_credit_note(self, supplier: str, credit_note_number: str) -> Sequence[CreditMatch]:
        """By line number."""
        named = {"supplier": supplier, "credit_note_number": credit_note_number}
        return [
            tables.CREDIT_MATCH_ROWS.entity(row) for row in self._transaction.rows(_OF_CREDIT_NOTE, named)
        ]

    def of_purchase_order(self, purchase_order: str) -> Sequence[CreditMatch]:
        """Those of a purchase order (its key as text), by supplier, credit note and line number."""
        rows = self._transaction.rows(_OF_PURCHASE_ORDER, {"purchase_order": purchase_order})
        return [tables.CREDIT_MATCH_ROWS.entity(row) for row in rows]

    def credited(self, supplier: str, order_number: str, line_id: str) -> Sequence[CreditedLine]:
        """The lines of credit notes about one order line that are matched, by credit note and place in it."""
        named = {"supplier": supplier, "order_number": order_number, "line_id": line_id}
        return [_CREDITED_ROWS.entity(row) for row in self._transaction.rows(_CREDITED, named)]

    def open_credit_notes(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every credit note with a line that is not matched, by supplier and number."""
        return [(row[0], row[1]) for row in self._transaction.rows(_OPEN)]
