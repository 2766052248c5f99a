"""The supplier's items, their stock and prices in memory, and the search in them, which looks at every item."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable, present
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import DatedPrice, Fulfilment, Item, StockLevel
from askul_connect.core.domain.item_query import (
    COUNTED_HITS,
    Hit,
    HitCounts,
    HitPlace,
    ItemQuery,
    ItemSort,
)
from askul_connect.core.policies.item_prices import paid_units
from askul_connect.core.policies.item_search import (
    SearchEntry,
    band_of,
    is_hit,
    search_entry,
    sort_value,
)


class MemoryCatalog:
    """Items and their stock."""

    def __init__(self, journal: Journal) -> None:
        self._items = MemoryTable[str, Item](journal, lambda item: item.sku)
        self._stock = MemoryTable[str, StockLevel](journal, lambda level: level.sku)
        self._prices = MemoryTable[tuple[str, str, date], DatedPrice](journal, _price_key)

    def add_many(self, items: Iterable[tuple[Item, StockLevel]]) -> None:
        """Store new items with their stock; StorageConflict when a SKU exists."""
        for item, level in items:
            self._items.insert(item)
            self._stock.insert(level)

    def items(self, skus: Iterable[str]) -> Mapping[str, Item]:
        """Those that exist."""
        return {item.sku: item for item in present(self._items, skus)}

    def stock(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, held against other writers until the unit ends."""
        return {level.sku: level for level in present(self._stock, skus)}

    def levels(self, skus: Iterable[str]) -> Mapping[str, StockLevel]:
        """Stock of those that exist, for who looks only: nobody is kept waiting."""
        return self.stock(skus)

    def save_stock(self, levels: Iterable[StockLevel]) -> None:
        """Store new levels."""
        for level in levels:
            self._stock.replace(level)

    def save_many(self, items: Iterable[Item]) -> None:
        """Store new states of items; StorageConflict when one does not exist."""
        for item in items:
            self._items.replace(item)

    def put_prices(self, prices: Iterable[DatedPrice]) -> None:
        """Store dated prices, or replace those of the same account, item and first day."""
        for price in prices:
            self._prices.put(price)

    def prices(self, account_id: str, skus: Iterable[str]) -> Mapping[str, Sequence[DatedPrice]]:
        """Dated prices by SKU: those of everybody and those of the account, by account and first day."""
        wanted, found = set(skus), defaultdict[str, list[DatedPrice]](list)
        for price in sorted(self._prices, key=_price_key):
            if price.sku in wanted and price.account_id in {"", account_id}:
                found[price.sku].append(price)
        return found

    def count(self) -> int:
        """Number of items."""
        return sum(1 for _ in self._items)

    def limited(self) -> Mapping[tuple[AccountKind, ...], int]:
        """Number of items that are for some kinds of accounts only, by these kinds."""
        return Counter(item.kinds for item in self._items if item.kinds)


def _price_key(price: DatedPrice) -> tuple[str, str, date]:
    return price.account_id, price.sku, price.valid_from


@frozen(kw_only=True)
class _Found:
    """A hit with what is known of it."""

    entry: SearchEntry
    place: int
    paid: int
    available: int


class MemoryItemSearch:
    """The search, by looking at every item.

    Args:
        journal: Of the storage.
        catalog: The items, whose stock and prices are asked for.
    """

    def __init__(self, journal: Journal, catalog: MemoryCatalog) -> None:
        self._catalog = catalog
        self._entries = MemoryTable[str, tuple[int, SearchEntry]](journal, lambda one: one[1].sku)
        self._version = MemoryTable[str, tuple[str, str]](journal, lambda one: one[0])

    def version(self) -> str:
        """What the index was last made for; empty for one that never was."""
        _, text = self._version.get("") or ("", "")
        return text

    def begin_anew(self, version: str) -> None:
        """Forget every item, and be an index of that version."""
        for _, entry in self._entries:
            self._entries.remove(entry.sku)
        self._version.put(("", version))

    def put(self, items: Iterable[Item]) -> None:
        """Index new items at the end of the catalog's order, and others anew at the place they have."""
        last = max((place for place, _ in self._entries), default=0)
        for item in items:
            known = self._entries.get(item.sku)
            last += known is None
            self._entries.put((known[0] if known else last, search_entry(item)))

    def page(self, query: ItemQuery, sort: ItemSort, after: HitPlace | None, limit: int) -> Sequence[Hit]:
        """Up to ``limit`` hits behind a place of that order."""
        hits = [
            Hit(sku=one.entry.sku, by=sort_value(one.entry, sort, one.paid), place=one.place)
            for one in self._hits(query)
        ]
        ordered = sorted(hits, key=lambda hit: hit.at.place, reverse=sort is ItemSort.NEWEST)
        if sort not in {ItemSort.CATALOG, ItemSort.NEWEST}:
            ordered.sort(key=lambda hit: hit.at.by, reverse=sort is ItemSort.PRICE_DOWN)
        return [hit for hit in ordered if after is None or _behind(hit.at, after, sort)][:limit]

    def counts(self, query: ItemQuery, *, facets: bool, ceiling: int = COUNTED_HITS) -> HitCounts:
        """How many hits there are and, with ``facets``, of what; exact up to a ceiling, then of so many."""
        hits = sorted(self._hits(query), key=lambda one: one.place)[: ceiling + 1]
        total, exact = min(len(hits), ceiling), len(hits) <= ceiling
        if not facets:
            return HitCounts(total=total, exact=exact)
        items = [one.entry.item for one in hits]
        return HitCounts(
            total=total,
            exact=exact,
            categories=tuple(sorted(Counter(item.category for item in items).items())),
            makers=tuple(sorted(Counter(item.maker for item in items).items())),
            bands=tuple(sorted(Counter(band_of(one.paid) for one in hits).items())),
            in_stock=sum(one.available > 0 for one in hits),
            direct=sum(item.fulfilment is Fulfilment.DIRECT for item in items),
        )

    def _hits(self, query: ItemQuery) -> Iterator[_Found]:
        entries = list(self._entries)
        skus = [entry.sku for _, entry in entries]
        stock = self._catalog.levels(skus)
        prices = self._catalog.prices(query.prices.account_id, skus)
        for place, entry in entries:
            level = stock.get(entry.sku)
            paid = paid_units(entry.list_units, prices.get(entry.sku, ()), query.prices)
            available = level.available if level else 0
            if is_hit(entry, query, available=available, paid=paid):
                yield _Found(entry=entry, place=place, paid=paid, available=available)


def _behind(at: HitPlace, after: HitPlace, sort: ItemSort) -> bool:
    match sort:
        case ItemSort.NEWEST:
            return at.place < after.place
        case ItemSort.CATALOG:
            return at.place > after.place
    if at.by == after.by:
        return at.place > after.place
    if sort is ItemSort.PRICE_DOWN:
        return int(at.by) < int(after.by)
    return at.by > after.by  # type: ignore[operator]  # one order has one type
