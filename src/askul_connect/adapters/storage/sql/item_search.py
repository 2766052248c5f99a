"""The search in the items: on the grams that each database indexes in its own form, joined with what is filtered by.

The text of a query depends only on what is given, not on its values; each such shape is compiled once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from askul_connect.adapters.storage.sql import tables_supplier as tables
from askul_connect.adapters.storage.sql.search_grams import lexeme, tokens
from askul_connect.adapters.storage.sql.search_queries import (
    Shape,
    count_query,
    facet_query,
    page_query,
    parameters_of,
    shape_of,
)
from askul_connect.adapters.storage.sql.statements import OneOf, Prepared, insert, replace_where
from askul_connect.adapters.storage.sql.transaction import Row, Transaction
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.item_query import (
    COUNTED_HITS,
    Hit,
    HitCounts,
    HitPlace,
    ItemQuery,
    ItemSort,
)
from askul_connect.core.domain.search_text import grams_of
from askul_connect.core.policies.item_search import SearchEntry, search_entry

_SEARCH = tables.item_search.c
_INSERT = insert(tables.item_search)
_REPLACE = replace_where(tables.item_search, ("place",))
_KNOWN = Prepared(
    sa.select(_SEARCH.sku, _SEARCH.place, _SEARCH.text, _SEARCH.marks).where(OneOf(_SEARCH.sku, "skus"))
)
_LAST = Prepared(sa.select(sa.func.coalesce(sa.func.max(_SEARCH.place), 0)))
_VERSION = Prepared(sa.select(tables.item_search_version.c.version))
_VERSION_INSERT = insert(tables.item_search_version)
_FORGET = tuple(Prepared(sa.delete(table)) for table in (tables.item_search, tables.item_search_version))
_FTS_FORGET = Prepared(sa.text("INSERT INTO item_grams (item_grams) VALUES ('delete-all')"))
_FTS_ADD = Prepared(sa.text("INSERT INTO item_grams (rowid, grams) VALUES (:place, :grams)"))
_FTS_TAKE = Prepared(
    sa.text("INSERT INTO item_grams (item_grams, rowid, grams) VALUES ('delete', :place, :grams)")
)
_LEXEMES_ADD = Prepared(
    sa.text(
        "INSERT INTO item_grams (grams, place) VALUES (array_to_tsvector(CAST(:grams AS TEXT[])), :place)"
    )
)
_LEXEMES_REPLACE = Prepared(
    sa.text("UPDATE item_grams SET grams = array_to_tsvector(CAST(:grams AS TEXT[])) WHERE place = :place")
)
#: Whether anybody's contract price, or a dated list price, can count: most accounts have none.
_DATED = Prepared(
    sa.text(
        "SELECT EXISTS (SELECT 1 FROM item_prices"
        " WHERE item_prices.account_id = '' OR item_prices.account_id = :account_id)"
    )
)

_pages: dict[tuple[Shape, ItemSort, bool], Prepared] = {}
_counts: dict[tuple[Shape, bool], Prepared] = {}


class SqlItemSearch:
    """An index of the catalog within the database."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def version(self) -> str:
        """What the index was last made for; empty for one that never was."""
        row = self._transaction.row(_VERSION)
        return str(row[0]) if row else ""

    def begin_anew(self, version: str) -> None:
        """Forget every item, and be an index of that version."""
        for statement in _FORGET:
            self._transaction.run(statement, ())
        # PostgreSQL's went with the items
        if self._transaction.dialect == "sqlite":
            self._transaction.run(_FTS_FORGET, ())
        self._transaction.run(_VERSION_INSERT, (version,))

    def put(self, items: Iterable[Item]) -> None:
        """Index new items at the end of the catalog's order, and others anew at the place they have."""
        entries = {entry.sku: entry for entry in map(search_entry, items)}
        if not entries:
            return
        run = self._transaction
        known = {row[0]: row[1:] for row in run.rows(_KNOWN, {"skus": run.keys(entries)})}
        first = run.number(_LAST) + 1
        new = list(enumerate((entry for sku, entry in entries.items() if sku not in known), first))
        run.run_many(_INSERT, ([place, *_row(entry)] for place, entry in new))
        old = [(known[sku], entry) for sku, entry in entries.items() if sku in known]
        run.run_many(_REPLACE, ([*_row(entry), at[0]] for at, entry in old))
        # most changes are of prices, which no gram tells
        moved = [(at, entry) for at, entry in old if tuple(at[1:]) != (entry.text, _marks(entry))]
        if run.dialect == "sqlite":
            taken = ((place, tokens(grams_of(text), json.loads(marks))) for (place, text, marks), _ in moved)
            run.run_many(_FTS_TAKE, taken)
            anew = (*((at[0], entry) for at, entry in moved), *new)
            given = ((place, tokens(grams_of(entry.text), entry.marks())) for place, entry in anew)
            run.run_many(_FTS_ADD, given)
        else:
            run.run_many(_LEXEMES_REPLACE, ((_lexemes(entry), at[0]) for at, entry in moved))
            run.run_many(_LEXEMES_ADD, ((_lexemes(entry), place) for place, entry in new))

    def page(self, query: ItemQuery, sort: ItemSort, after: HitPlace | None, limit: int) -> Sequence[Hit]:
        """Up to ``limit`` hits behind a place of that order."""
        run = self._transaction
        shape = shape_of(query, dated=self._dated(query, sort in {ItemSort.PRICE, ItemSort.PRICE_DOWN}))
        key = (shape, sort, after is not None)
        statement = _pages.get(key)
        if statement is None:
            statement = _pages[key] = Prepared(
                lambda name: sa.text(page_query(name, shape, sort, behind=after is not None))
            )
        values = parameters_of(query, run.dialect) | {"limit": limit}
        if after is not None:
            values |= {"after_by": after.by, "after_place": after.place}
        return list(map(Hit._make, run.rows(statement, values)))

    def counts(self, query: ItemQuery, *, facets: bool, ceiling: int = COUNTED_HITS) -> HitCounts:
        """How many hits there are and, with ``facets``, of what; exact up to a ceiling, then of so many."""
        run = self._transaction
        shape = shape_of(query, dated=self._dated(query, facets))
        statement = _counts.get((shape, facets))
        if statement is None:
            write = facet_query if facets else count_query
            statement = _counts[shape, facets] = Prepared(lambda name: sa.text(write(name, shape)))
        rows = run.rows(statement, parameters_of(query, run.dialect) | {"limit": ceiling + 1})
        if not facets:
            number = int(rows[0][0])
            return HitCounts(total=min(number, ceiling), exact=number <= ceiling)
        return _hit_counts(rows, ceiling)

    def _dated(self, query: ItemQuery, asked: bool) -> bool:  # noqa: FBT001 -- whether prices are asked for
        asked = asked or query.price_from is not None or query.price_below is not None
        return asked and bool(self._transaction.number(_DATED, {"account_id": query.prices.account_id}))


def _hit_counts(rows: Sequence[Row], ceiling: int) -> HitCounts:
    found: dict[str, list[tuple[str, int]]] = {}
    for what, value, number in rows:
        found.setdefault(what, []).append((value, number))
    single: Mapping[str, int] = {what: number for what, ((_, number), *_) in found.items()}
    total = single.get("total", 0)
    return HitCounts(
        total=min(total, ceiling),
        exact=total <= ceiling,
        categories=tuple(sorted((tuple(json.loads(path)), n) for path, n in found.get("category", ()))),
        makers=tuple(sorted(found.get("maker", ()))),
        bands=tuple(sorted((int(band), number) for band, number in found.get("band", ()))),
        in_stock=single.get("stock", 0),
        direct=single.get("direct", 0),
    )


def _row(entry: SearchEntry) -> list[Any]:
    """The columns behind the place."""
    item = entry.item
    return [
        entry.sku,
        entry.kinds,
        entry.list_units,
        item.discontinued,
        item.recommended,
        item.fulfilment.value,
        item.maker,
        json.dumps(item.category, ensure_ascii=False),
        item.name,
        entry.text,
        _marks(entry),
    ]


def _marks(entry: SearchEntry) -> str:
    return json.dumps(list(entry.marks()), ensure_ascii=False)


def _lexemes(entry: SearchEntry) -> list[str]:
    """Each gram once, and each character, in an order that is always the same."""
    return sorted(map(lexeme, {*entry.grams(), *entry.text.replace(" ", "")}))
