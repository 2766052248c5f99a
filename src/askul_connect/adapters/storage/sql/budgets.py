"""Budgets and the ledger of their use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, add_up, insert, put_some
from askul_connect.adapters.storage.sql.transaction import Transaction
from askul_connect.adapters.storage.sql.values import write_instant
from askul_connect.core.domain.purchasing import Budget, BudgetBalance, LedgerMove
from askul_connect.core.domain.purges import closing_move

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
_MOVE_PAGE = Prepared(
    sa.select(tables.ledger_moves)
    .where(tables.ledger_moves.c.place > sa.bindparam("after", type_=sa.BigInteger()))
    .order_by(tables.ledger_moves.c.place)
    .limit(sa.bindparam("limit"))
)
_MOVE_SUMS = Prepared(
    sa.select(
        tables.ledger_moves.c.department,
        tables.ledger_moves.c.period,
        tables.ledger_moves.c.currency,
        *(sa.cast(sa.func.sum(tables.ledger_moves.c[name]), sa.BigInteger()) for name in _SUMS),
    )
    .where(tables.ledger_moves.c.purchase_order == sa.bindparam("purchase_order"))
    .group_by(tables.ledger_moves.c.department, tables.ledger_moves.c.period, tables.ledger_moves.c.currency)
)
_MOVES_REMOVE = Prepared(
    sa.delete(tables.ledger_moves).where(
        tables.ledger_moves.c.purchase_order == sa.bindparam("purchase_order")
    )
)
_CLOSING_ADD = Prepared(
    sa.update(tables.ledger_moves)
    .where(tables.ledger_moves.c.move_key == sa.bindparam("key"))
    .values(
        {
            "at": sa.bindparam("made_at"),
            **{
                name: tables.ledger_moves.c[name] + sa.bindparam(f"more_{name}", type_=sa.BigInteger())
                for name in _SUMS
            },
        }
    )
)


_MOVED = tables.ledger_moves.c
_OPEN_DOCUMENTS = Prepared(
    sa.select(_MOVED.purchase_order)
    .distinct()
    .where(
        _MOVED.department == sa.bindparam("department"),
        _MOVED.period == sa.bindparam("period"),
        _MOVED.currency == sa.bindparam("currency"),
    )
    .group_by(_MOVED.purchase_order, _MOVED.line_id)
    .having(
        sa.or_(
            sa.func.sum(_MOVED.pre_encumbrance) != sa.text("0"),
            sa.func.sum(_MOVED.encumbrance) != sa.text("0"),
        )
    )
    .order_by(_MOVED.purchase_order)
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

    def open_documents(self, department: str, period: str, currency: str) -> Sequence[str]:
        """Documents whose moves leave something reserved or encumbered in that budget, sorted."""
        named = {"department": department, "period": period, "currency": currency}
        return [row[0] for row in self._transaction.rows(_OPEN_DOCUMENTS, named)]

    def balances(self) -> Sequence[BudgetBalance]:
        """Every budget or balance, by department, period and currency."""
        return [_balance(row) for row in self._transaction.rows(_BALANCES)]

    def condense(self, purchase_order: str, at: datetime) -> int:
        """Put what the moves of a purchase order add up to into closing moves, and remove them."""
        moves = {"purchase_order": purchase_order}
        for row in self._transaction.rows(_MOVE_SUMS, moves):
            department, period, currency, *sums = row
            self._close(closing_move(department, period, currency, (sums[0], sums[1], sums[2]), at))
        return self._transaction.run_named(_MOVES_REMOVE, moves)

    def _close(self, move: LedgerMove) -> None:
        added = self._transaction.run_named(
            _CLOSING_ADD,
            {
                "key": move.move_key,
                "made_at": write_instant(move.at),
                **{f"more_{name}": getattr(move, name) for name in _SUMS},
            },
        )
        if not added:
            self._transaction.run(_MOVE_INSERT, tables.MOVE_ROWS.row(move))

    def page(self, after: int, limit: int) -> Sequence[tuple[int, LedgerMove]]:
        """The next moves behind a place, in the order they were made."""
        rows = self._transaction.rows(_MOVE_PAGE, {"after": after, "limit": limit})
        return [(row[0], tables.MOVE_ROWS.entity(row[1:])) for row in rows]


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
