"""Goods that came back, until they are credited and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.reductions import Reduction

_REDUCTIONS = tables.reductions.c
_INSERT = insert(tables.reductions)
_OWN = _REDUCTIONS.account_id == sa.bindparam("account_id")
_PLACE = (_REDUCTIONS.returned_on, _REDUCTIONS.reduction_id)
_OF_ORDER = Prepared(
    sa.select(tables.reductions)
    .where(_OWN, _REDUCTIONS.order_number == sa.bindparam("order_number"))
    .order_by(*_PLACE)
)
_UNITS_OF = Prepared(
    sa.select(_REDUCTIONS.order_number, _REDUCTIONS.line_id, sa.func.sum(_REDUCTIONS.quantity))
    .where(_OWN, OneOf(_REDUCTIONS.order_number, "numbers"))
    .group_by(_REDUCTIONS.order_number, _REDUCTIONS.line_id)
)
_UNCREDITED = Prepared(
    sa.select(tables.reductions)
    .where(_OWN, _REDUCTIONS.returned_on <= sa.bindparam("up_to"), tables.UNCREDITED)
    .order_by(*_PLACE)
)
_FIRST_UNCREDITED = Prepared(
    sa.select(_REDUCTIONS.account_id, sa.func.min(_REDUCTIONS.returned_on))
    .where(tables.UNCREDITED)
    .group_by(_REDUCTIONS.account_id)
    .order_by(_REDUCTIONS.account_id)
)
_CREDIT = Prepared(
    sa.update(tables.reductions).where(
        _OWN, _REDUCTIONS.reduction_id == sa.bindparam("reduction_id"), tables.UNCREDITED
    ),
    columns=["credit_note_number"],
)


class SqlReductions:
    """Reductions and whether they are credited."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def add(self, reductions: Iterable[Reduction]) -> None:
        """Store new ones; StorageConflict when an id exists."""
        self._transaction.run_many(_INSERT, map(tables.REDUCTION_ROWS.row, reductions))

    def of_order(self, account_id: str, order_number: str) -> Sequence[Reduction]:
        """All of an order, credited or not, by day and id."""
        asked = {"account_id": account_id, "order_number": order_number}
        return [tables.REDUCTION_ROWS.entity(row) for row in self._transaction.rows(_OF_ORDER, asked)]

    def units_of(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """Units that came back, by order and line, of those lines of some orders that anything came back of."""
        asked = {"account_id": account_id, "numbers": self._transaction.keys(order_numbers)}
        return {
            (order_number, line_id): int(units)
            for order_number, line_id, units in self._transaction.rows(_UNITS_OF, asked)
        }

    def uncredited(self, account_id: str, up_to: date) -> Sequence[Reduction]:
        """Those of an account up to a day that are in no credit note, by day and id."""
        asked = {"account_id": account_id, "up_to": up_to.isoformat()}
        return [tables.REDUCTION_ROWS.entity(row) for row in self._transaction.rows(_UNCREDITED, asked)]

    def first_uncredited(self) -> Sequence[tuple[str, date]]:
        """Account id and the earliest day it has an uncredited one of, for every account that has; staff only."""
        rows = self._transaction.rows(_FIRST_UNCREDITED)
        return [(account_id, date.fromisoformat(day)) for account_id, day in rows]

    def credit(self, reductions: Iterable[Reduction], credit_note_number: str) -> None:
        """Mark as credited; StorageConflict when one of them is already."""
        rows = [(credit_note_number, one.account_id, one.reduction_id) for one in reductions]
        if self._transaction.run_many(_CREDIT, rows) != len(rows):
            raise self._transaction.conflict("a reduction is credited already, or not there")
