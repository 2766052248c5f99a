"""Moves of the ledger into SQLite by hand: the rows are there already; one transaction for each purchase order."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

_MOVE = (
    "INSERT INTO ledger_moves (move_key, kind, department, period, currency, quantity, pre_encumbrance,"
    " encumbrance, actual, source, purchase_order, line_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_SUMS = (
    "INSERT INTO budgets (department, period, currency, pre_encumbrance, encumbrance, actual)"
    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (department, period, currency) DO UPDATE SET"
    " pre_encumbrance = pre_encumbrance + excluded.pre_encumbrance,"
    " encumbrance = encumbrance + excluded.encumbrance, actual = actual + excluded.actual"
)
#: Rows of moves and of what they add to each budget, of one purchase order.
Booked = tuple[Sequence[Sequence[Any]], Sequence[Sequence[Any]]]


def store(connection: sqlite3.Connection, booked: Iterable[Booked]) -> None:
    """Append the moves of each purchase order in a transaction of its own."""
    for moves, sums in booked:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_MOVE, moves)
        connection.executemany(_SUMS, sums)
        connection.execute("COMMIT")
