"""What is a hit: the rule of searching the catalog, which every engine keeps (CAT-2)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.capabilities import CAPABILITIES, sold_to
from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.item_query import PRICE_BANDS, ItemQuery, ItemSort
from askul_connect.core.domain.search_text import (
    category_mark,
    code_of,
    family_mark,
    fold,
    grams_of,
    jan_mark,
    maker_mark,
    page_mark,
    sku_mark,
)
from askul_connect.core.policies.item_prices import PRICE_UNITS, price_units

#: Bit by which a kind of account is known in a set of kinds.
KIND_BIT: Mapping[AccountKind, int] = {one: 1 << place for place, one in enumerate(CAPABILITIES)}


@frozen(kw_only=True)
class SearchEntry:
    """An item as it is looked at by a search.

    Attributes:
        text: Names and maker, folded.
        kinds: Bits of the kinds of accounts that it is sold to.
        list_units: List price in ten-thousandths.
    """

    sku: str
    text: str
    sku_code: str
    jan_code: str
    item: Item
    kinds: int
    list_units: int

    def marks(self) -> Iterator[str]:
        """What the item is indexed by as a whole, beside the grams of its text."""
        item = self.item
        yield sku_mark(self.sku_code)
        if self.jan_code:
            yield jan_mark(self.jan_code)
        if item.maker:
            yield maker_mark(item.maker)
        for depth in range(1, len(item.category) + 1):
            yield category_mark(item.category[:depth])
        if item.catalog_issue:
            yield page_mark(item.catalog_issue, 0)
            if item.catalog_page:
                yield page_mark(item.catalog_issue, item.catalog_page)
        if item.family:
            yield family_mark(item.family)

    def grams(self) -> Iterator[str]:
        """The grams of its text, in order, then its marks."""
        yield from grams_of(self.text)
        yield from self.marks()


def search_entry(item: Item) -> SearchEntry:
    """How an item is looked at."""
    return SearchEntry(
        sku=item.sku,
        text=fold(f"{item.name} {item.name_en} {item.maker}"),
        sku_code=code_of(item.sku),
        jan_code=code_of(item.jan),
        item=item,
        kinds=sum(bit for kind, bit in KIND_BIT.items() if sold_to(kind, item)),
        list_units=price_units(item.list_price),
    )


def is_hit(entry: SearchEntry, query: ItemQuery, *, available: int, paid: int) -> bool:
    """Whether an item is what a query looks for.

    Args:
        entry: The item.
        query: What is looked for.
        available: Its stock.
        paid: What the account pays for it.
    """
    item = entry.item
    return (
        bool(entry.kinds & KIND_BIT[query.kind])
        and (query.discontinued or not item.discontinued)
        and all(
            any(word in part for part in entry.text.split()) or word in {entry.sku_code, entry.jan_code}
            for word in query.words
        )
        and item.category[: len(query.category)] == query.category
        and (not query.makers or item.maker in query.makers)
        and (not query.issue or item.catalog_issue == query.issue)
        and (not query.page or item.catalog_page == query.page)
        and (not query.family or item.family == query.family)
        and query.fulfilment in {None, item.fulfilment}
        and (not query.recommended or item.recommended)
        and query.in_stock in {None, available > 0}
        and (query.price_from is None or query.price_from <= paid)
        and (query.price_below is None or paid < query.price_below)
    )


def sort_value(entry: SearchEntry, sort: ItemSort, paid: int) -> str | int:
    """What a hit is sorted by, before its place in the catalog."""
    match sort:
        case ItemSort.PRICE | ItemSort.PRICE_DOWN:
            return paid
        case ItemSort.NAME:
            return entry.item.name
        case ItemSort.SKU:
            return entry.sku
    return 0


def band_of(paid: int) -> int:
    """The index of a price's band."""
    return bisect_right(PRICE_BANDS, paid // PRICE_UNITS) - 1
