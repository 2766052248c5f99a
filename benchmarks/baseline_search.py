"""Searching by hand: the driver, FTS5 and SQL that were written for these questions; nothing of ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

#: Price in ten-thousandths that a customer who pays 95 % is asked.
_PAID = "((s.list_units * 950 * 2 + 1000) / 2000)"
_HITS = (
    "FROM item_grams CROSS JOIN item_search AS s ON s.place = item_grams.rowid"
    " WHERE item_grams MATCH ? AND (s.kinds & 1) <> 0 AND NOT s.discontinued"
)
_PAGE = (
    "SELECT s.sku FROM item_grams CROSS JOIN item_search AS s ON s.place = item_grams.rowid"
    " WHERE item_grams MATCH ? ORDER BY item_grams.rowid LIMIT ?"
)
_COUNT = "SELECT COUNT(*) FROM (SELECT 1 FROM item_grams WHERE item_grams MATCH ? LIMIT ?)"
_FACETS = (
    "category",
    "maker",
    (
        f"CASE WHEN {_PAID} < 5000000 THEN 0 WHEN {_PAID} < 10000000 THEN 1 WHEN {_PAID} < 30000000 THEN 2"
        f" WHEN {_PAID} < 100000000 THEN 3 WHEN {_PAID} < 300000000 THEN 4 ELSE 5 END"
    ),
    "fulfilment = 'direct'",
)


def connect(path: Path) -> sqlite3.Connection:
    """A connection of the driver."""
    return sqlite3.connect(path, isolation_level=None)


def phrase(word: str) -> str:
    """What FTS5 is asked for a word of hiragana and kanji."""
    if len(word) == 1:
        return f'"{word}" *'
    return '"' + " ".join(one + other for one, other in pairwise(word)) + '"'


def page(connection: sqlite3.Connection, word: str, limit: int) -> list[str]:
    """The bare FTS5 query, joined for what names the first hits."""
    return [row[0] for row in connection.execute(_PAGE, (phrase(word), limit))]


def count(connection: sqlite3.Connection, word: str, most: int) -> int:
    """How many hits there are, up to a number."""
    found: int = connection.execute(_COUNT, (phrase(word), most)).fetchone()[0]
    return found


def groups(connection: sqlite3.Connection, word: str, most: int) -> list[dict[Any, int]]:
    """A bare GROUP BY over the same hits for each thing that is counted."""
    return [dict(rows) for rows in _groups(connection, word, most)]


def _groups(connection: sqlite3.Connection, word: str, most: int) -> Iterator[Sequence[tuple[Any, int]]]:
    for value in _FACETS:
        query = f"SELECT value, COUNT(*) FROM (SELECT {value} AS value {_HITS} LIMIT ?) GROUP BY value"  # noqa: S608 -- of above
        yield connection.execute(query, (phrase(word), most)).fetchall()
    query = (
        "SELECT value, COUNT(*) FROM (SELECT t.on_hand > t.reserved AS value"  # noqa: S608 -- of the texts above
        f" {_HITS.replace(' WHERE', ' LEFT JOIN stock AS t ON t.sku = s.sku WHERE', 1)} LIMIT ?) GROUP BY value"
    )
    yield connection.execute(query, (phrase(word), most)).fetchall()
