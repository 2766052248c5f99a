"""Searching the catalog: a page and its facets, against bare FTS5 and bare GROUP BY on the same index (CAT-2).

``SEARCH_ITEMS`` says how many items there are: 30,000 by default, 1,000,000 for the figure that counts. A page works
on few hits however many there are, and counting on 10,000 at most; times are shown per question, and for facets per
hit that is counted, so that sizes can be compared.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from attrs import evolve

from askul_connect.adapters.storage.sql.storage import supplier_sql
from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.item_query import COUNTED_HITS, ItemQuery, ItemSort, PriceView
from askul_connect.core.domain.search_text import words_of
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.services.supplier.opening import stock_catalog
from benchmarks import baseline_search
from benchmarks.contest import Contest, Side

ITEMS = int(os.environ.get("SEARCH_ITEMS", "30000"))
PAGE = 50
#: One to five characters; each is in a sixteenth to a fifth of the items.
WORDS = ("紙", "箱", "用紙", "青い", "ごみ袋", "ばいんだ", "くりあほる")
_QUERY = ItemQuery(
    kind=AccountKind.CORPORATION, prices=PriceView(account_id="a", on=date(2026, 11, 2), permille=950)
)
_NOUNS = (
    "コピー用紙", "ボールペン", "バインダー", "段ボール箱", "ホワイトボード", "付箋紙", "封筒", "クリアホルダー",
    "マーカー", "はさみ", "電卓", "トナー", "ゴミ袋", "台車", "緑茶", "椅子",
)  # fmt: skip
_COLOURS = ("青い", "赤い", "白い", "黒い", "緑の", "無地の", "丈夫な", "軽い")


def _items(count: int) -> Iterator[tuple[Item, StockLevel]]:
    chance = random.Random(5)  # noqa: S311 -- a catalog, no secret
    for number in range(count):
        noun = chance.choice(_NOUNS)
        item = Item(
            sku=f"S-{number:07}",
            jan="",
            name=f"{chance.choice(_COLOURS)}{noun} {chance.randrange(1, 500)}型 A{chance.randrange(1, 7)}",
            name_en=f"Office article {chance.randrange(10_000)}",
            maker=f"見本{chance.randrange(300)}社",
            category=("事務用品", noun, f"第{chance.randrange(20)}類"),
            unspsc="44120000",
            tax_category=TaxCategory.STANDARD,
            currency="JPY",
            list_price=Decimal(chance.randrange(50, 50_000)),
            unit="H87",
            content_quantity=chance.choice((1, 10, 100)),
            fulfilment=chance.choice((Fulfilment.STOCK, Fulfilment.STOCK, Fulfilment.DIRECT)),
        )
        yield item, StockLevel(sku=item.sku, on_hand=chance.randrange(4))


def contests(folder: Path, items: int = ITEMS) -> Iterator[Contest]:
    """A page, how many hits, and facets; each over all words."""
    path = folder / "search.sqlite3"
    storage = supplier_sql(f"sqlite:///{path}")
    stock_catalog(storage, _items(items))
    connection = baseline_search.connect(path)
    queries = [(word, evolve(_QUERY, words=words_of(word))) for word in WORDS]
    # one of few hits, so that a page is read on from far behind; and what is counted altogether
    with storage.begin() as unit:
        counted = sum(unit.item_search.counts(query, facets=False).total for _, query in queries)

    def pages(_given: object) -> list[list[str]]:
        with storage.begin() as unit:
            search = unit.item_search
            return [
                [hit.sku for hit in search.page(query, ItemSort.CATALOG, None, PAGE)] for _, query in queries
            ]

    def bare_pages(_given: object) -> list[list[str]]:
        return [baseline_search.page(connection, word, PAGE) for word, _ in queries]

    def check_pages() -> None:
        found = pages(None)
        assert found == bare_pages(None)
        assert all(found)

    yield Contest(
        name=f"search {items:,} items, words of 1-5 characters: a page of {PAGE}",
        against="the bare FTS5 query on the same index, joined for the SKUs",
        ours=Side(run=pages),
        baseline=Side(run=bare_pages),
        check=check_pages,
        items=len(WORDS),
        unit="question",
        reach=2.0,
    )

    def facets(_given: object) -> list[list[int]]:
        with storage.begin() as unit:
            found = [unit.item_search.counts(query, facets=True) for _, query in queries]
        return [
            [
                *sorted(number for _, number in one.categories),
                *sorted(number for _, number in one.makers),
                *sorted(number for _, number in one.bands),
                one.in_stock,
                one.direct,
            ]
            for one in found
        ]

    def bare_facets(_given: object) -> list[list[int]]:
        found = [baseline_search.groups(connection, word, COUNTED_HITS + 1) for word, _ in queries]
        return [
            [
                *sorted(category.values()),
                *sorted(maker.values()),
                *sorted(band.values()),
                stock.get(1, 0),
                direct.get(1, 0),
            ]
            for category, maker, band, direct, stock in found
        ]

    def check_facets() -> None:
        assert facets(None) == bare_facets(None)

    def close() -> None:
        connection.close()
        storage.close()

    yield Contest(
        name=f"search {items:,} items: five facets of up to {COUNTED_HITS:,} hits",
        against="a bare GROUP BY over the same hits for each facet",
        ours=Side(run=facets),
        baseline=Side(run=bare_facets),
        check=check_facets,
        close=close,
        items=counted,
        unit="counted hit",
        reach=1.5,
    )
