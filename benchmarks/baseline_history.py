"""A page of the history by hand: the driver and SQL that was written for this page; nothing of ours."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import Any

_PAGE = (
    "SELECT order_number, purchase_order_id, order_date, placed_by, channel, currency, total_excl_tax, total_incl_tax"
    " FROM orders WHERE account_id = ? AND order_date >= ? AND (order_date, order_number) < (?, ?)"
    " ORDER BY order_date DESC, order_number DESC LIMIT ?"
)
_LINES = (
    "SELECT order_number, name, department, state FROM order_lines WHERE account_id = ?"
    " AND order_number IN (SELECT value FROM json_each(?)) ORDER BY order_number, position"
)
_NOTICES = (
    "SELECT order_number, number FROM ship_notices WHERE account_id = ?"
    " AND order_number IN (SELECT value FROM json_each(?)) ORDER BY number"
)
_INVOICES = (
    "SELECT DISTINCT order_number, invoice_number FROM shipped_lines WHERE account_id = ?"
    " AND order_number IN (SELECT value FROM json_each(?)) ORDER BY invoice_number"
)
_OF_STATE = (
    "SELECT order_number, purchase_order_id, order_date, placed_by, channel, currency, total_excl_tax, total_incl_tax"
    " FROM orders WHERE account_id = ? AND state_rank = ? AND order_date >= ?"
    " ORDER BY order_date DESC, order_number DESC LIMIT ?"
)
_TOTAL = (
    "SELECT SUM(total_excl_tax), SUM(total_incl_tax) FROM orders WHERE account_id = ? AND order_date >= ?"
)
_COUNT = "SELECT COUNT(*) FROM orders WHERE account_id = ? AND order_date >= ?"


def connect(path: Path) -> sqlite3.Connection:
    """A connection of the driver."""
    return sqlite3.connect(path, isolation_level=None)


def page(
    connection: sqlite3.Connection, account: str, since: str, after: tuple[str, str], limit: int
) -> list[tuple[Any, ...]]:
    """The columns of each order, names and departments of its lines, its documents."""
    return _whole(connection, account, connection.execute(_PAGE, (account, since, *after, limit)).fetchall())


def page_of_state(
    connection: sqlite3.Connection, account: str, since: str, rank: int, limit: int
) -> list[tuple[Any, ...]]:
    """The newest orders of one state, as those of any page."""
    headers = connection.execute(_OF_STATE, (account, rank, since, limit)).fetchall()
    return _whole(connection, account, headers)


def total(connection: sqlite3.Connection, account: str, since: str) -> tuple[int, int]:
    """All orders added up."""
    found: tuple[int, int] = connection.execute(_TOTAL, (account, since)).fetchone()
    return found


def _whole(connection: sqlite3.Connection, account: str, headers: list[Any]) -> list[tuple[Any, ...]]:
    numbers = (account, json.dumps([row[0] for row in headers]))
    lines = defaultdict[str, list[Any]](list)
    for number, *line in connection.execute(_LINES, numbers):
        lines[number].append(line)
    notices = defaultdict[str, list[str]](list)
    for number, notice in connection.execute(_NOTICES, numbers):
        notices[number].append(notice)
    invoices = defaultdict[str, list[str]](list)
    for number, invoice in connection.execute(_INVOICES, numbers):
        if invoice:
            invoices[number].append(invoice)
    return [
        (
            *row,
            tuple(dict.fromkeys(line[0] for line in lines[row[0]])),
            tuple(sorted({line[1] for line in lines[row[0]]})),
            tuple(notices[row[0]]),
            tuple(invoices[row[0]]),
        )
        for row in headers
    ]


def count(connection: sqlite3.Connection, account: str, since: str) -> int:
    """How many orders there are."""
    found: int = connection.execute(_COUNT, (account, since)).fetchone()[0]
    return found
