"""Budgets, the ledger of their use, and what matching found."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.rows import Rows
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, add_up, insert, put_some, upsert
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.core.domain.purchasing import BilledLine, Budget, BudgetBalance, InvoiceMatch, LedgerMove

_BUDGETS = tables.budgets.c
_SUMS = ("pre_encumbrance", "encumbrance", "actual")
_GRANT = put_some(tables.budgets, ("amount",), others="0")
_ADD_UP = add_up(tables.budgets, _SUMS)
_BALANCE_QUERY = sa.select(
    _BUDGETS.department,
    _BUDGETS.period,
    _BUDGETS.currency,
    sa.func.coalesce(_BUDGETS.amount, sa.literal_column("0")),
    *(_BUDGETS[name] for name in _SUMS),
)
_ONE = (
    _BUDGETS.department == sa.bindparam("department"),
    _BUDGETS.period == sa.bindparam("period"),
    _BUDGETS.currency == sa.bindparam("currency"),
)
_BALANCE = Prepared(_BALANCE_QUERY.where(*_ONE).with_for_update())
_BALANCES = Prepared(_BALANCE_QUERY.order_by(_BUDGETS.department, _BUDGETS.period, _BUDGETS.currency))
_GRANTED = Prepared(sa.select(_BUDGETS.amount).where(*_ONE, _BUDGETS.amount.is_not(None)))
_MOVE_INSERT = insert(tables.ledger_moves, without=("place",))
_KNOWN_MOVES = Prepared(
    sa.select(tables.ledger_moves.c.move_key).where(OneOf(tables.ledger_moves.c.move_key, "move_keys"))
)
_MOVES = Prepared(
    sa.select(tables.ledger_moves)
    .where(tables.ledger_moves.c.purchase_order == sa.bindparam("purchase_order"))
    .order_by(tables.ledger_moves.c.place)
)


class SqlBudgets:
    """Budgets and the ledger of their use."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, budgets: Iterable[Budget]) -> None:
        """Store or replace budgets by department, period and currency."""
        rows = [(budget.department, budget.period, budget.currency, budget.amount) for budget in budgets]
        self._transaction.run_many(_GRANT, rows)

    def move(self, moves: Iterable[LedgerMove]) -> int:
        """Append moves; those whose key exists are left out. Returns how many were new."""
        by_key: dict[str, LedgerMove] = {}
        for move in moves:
            by_key.setdefault(move.move_key, move)
        keys = {"move_keys": self._transaction.keys(by_key)}
        for row in self._transaction.rows(_KNOWN_MOVES, keys):
            del by_key[row[0]]
        sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for move in by_key.values():
            total = sums[move.department, move.period, move.currency]
            for index, change in enumerate((move.pre_encumbrance, move.encumbrance, move.actual)):
                total[index] += change
        self._transaction.run_many(_MOVE_INSERT, map(tables.MOVE_ROWS.row, by_key.values()))
        # In one order for all writers, as with stock.
        for (department, period, currency), total in sorted(sums.items()):
            named = {"department": department, "period": period, "currency": currency}
            self._transaction.rows(_ADD_UP, {**named, **dict(zip(_SUMS, total, strict=True))})
        return len(by_key)

    def balance(self, department: str, period: str, currency: str) -> BudgetBalance | None:
        """Where a budget stands, held against other writers; None when there is neither budget nor move."""
        row = self._transaction.row(
            _BALANCE, {"department": department, "period": period, "currency": currency}
        )
        return _balance(row) if row else None

    def has_budget(self, department: str, period: str, currency: str) -> bool:
        """Whether the ERP gave a budget for it."""
        parameters = {"department": department, "period": period, "currency": currency}
        return self._transaction.row(_GRANTED, parameters) is not None

    def moves(self, purchase_order: str) -> Sequence[LedgerMove]:
        """The moves of a purchase order (its key as text), in the order they were made."""
        rows = self._transaction.rows(_MOVES, {"purchase_order": purchase_order})
        return [tables.MOVE_ROWS.entity(row[1:]) for row in rows]

    def balances(self) -> Sequence[BudgetBalance]:
        """Every budget or balance, by department, period and currency."""
        return [_balance(row) for row in self._transaction.rows(_BALANCES)]


def _balance(row: Sequence[Any]) -> BudgetBalance:
    department, period, currency, budget, pre_encumbrance, encumbrance, actual = row
    return BudgetBalance(
        department=department,
        period=period,
        currency=currency,
        budget=budget,
        pre_encumbrance=pre_encumbrance,
        encumbrance=encumbrance,
        actual=actual,
    )


_MATCHES = tables.invoice_matches.c
_INVOICE_LINES = tables.invoice_lines.c
_MATCH_PUT = upsert(tables.invoice_matches)
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
_OF_INVOICE = Prepared(
    sa.select(tables.invoice_matches)
    .where(
        _MATCHES.supplier == sa.bindparam("supplier"),
        _MATCHES.invoice_number == sa.bindparam("invoice_number"),
    )
    .order_by(_PLACE_IN_INVOICE, _MATCHES.line_number)
)
_ALL_MATCHES = Prepared(
    sa.select(tables.invoice_matches).order_by(
        _MATCHES.supplier, _MATCHES.invoice_number, _PLACE_IN_INVOICE, _MATCHES.line_number
    )
)
_OF_LINE = sa.and_(
    _INVOICE_LINES.supplier == _MATCHES.supplier,
    _INVOICE_LINES.invoice_number == _MATCHES.invoice_number,
    _INVOICE_LINES.line_number == _MATCHES.line_number,
    sa.text("invoice_matches.result = 'matched'"),
)
_BILLED_ROWS = Rows(BilledLine)
_BILLED = Prepared(
    sa.select(*(_INVOICE_LINES[field.column] for field in _BILLED_ROWS.fields))
    .join(tables.invoice_matches, _OF_LINE)
    .where(
        _INVOICE_LINES.supplier == sa.bindparam("supplier"),
        _INVOICE_LINES.order_number == sa.bindparam("order_number"),
        _INVOICE_LINES.line_id == sa.bindparam("line_id"),
    )
    .order_by(_INVOICE_LINES.invoice_number, _INVOICE_LINES.position)
)
_OF_PURCHASE_ORDER = Prepared(
    sa.select(tables.invoice_matches)
    .where(_MATCHES.purchase_order == sa.bindparam("purchase_order"))
    .order_by(_MATCHES.supplier, _MATCHES.invoice_number, _MATCHES.line_number)
)
_OPEN_INVOICES = Prepared(
    sa.select(_INVOICE_LINES.supplier, _INVOICE_LINES.invoice_number)
    .distinct()
    .where(~sa.exists(sa.select(sa.text("1")).select_from(tables.invoice_matches).where(_OF_LINE)))
    .order_by(_INVOICE_LINES.supplier, _INVOICE_LINES.invoice_number)
)


class SqlMatches:
    """Results of matching."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def put(self, matches: Iterable[InvoiceMatch]) -> None:
        """Store or replace by supplier, invoice and line."""
        self._transaction.run_many(_MATCH_PUT, map(tables.MATCH_ROWS.row, matches))

    def of_invoice(self, supplier: str, invoice_number: str) -> Sequence[InvoiceMatch]:
        """By line, in the invoice's order."""
        rows = self._transaction.rows(_OF_INVOICE, {"supplier": supplier, "invoice_number": invoice_number})
        return [tables.MATCH_ROWS.entity(row) for row in rows]

    def billed(self, supplier: str, order_number: str, line_id: str) -> Sequence[BilledLine]:
        """The invoice lines of one order line that are matched, by invoice and line."""
        named = {"supplier": supplier, "order_number": order_number, "line_id": line_id}
        return [_BILLED_ROWS.entity(row) for row in self._transaction.rows(_BILLED, named)]

    def of_purchase_order(self, purchase_order: str) -> Sequence[InvoiceMatch]:
        """The matches of a purchase order (its key as text), by supplier, invoice and line number."""
        rows = self._transaction.rows(_OF_PURCHASE_ORDER, {"purchase_order": purchase_order})
        return [tables.MATCH_ROWS.entity(row) for row in rows]

    def open_invoices(self) -> Sequence[tuple[str, str]]:
        """Supplier and number of every invoice with a line that is not matched, by supplier and number."""
        return [(row[0], row[1]) for row in self._transaction.rows(_OPEN_INVOICES)]

    def all(self) -> Sequence[InvoiceMatch]:
        """Every one, by supplier, invoice and line."""
        return [tables.MATCH_ROWS.entity(row) for row in self._transaction.rows(_ALL_MATCHES)]
