"""Dated prices, and the search in the items: every engine finds what looking at each item finds (CAT-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import DatedPrice, Fulfilment, Item
from askul_connect.core.domain.item_query import HitPlace, ItemQuery, ItemSort, PriceView
from askul_connect.core.domain.search_text import words_of
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import TODAY, item, stock_level
from askul_connect.testing.storage.units import StorageCases, made_by_hypothesis, stored

_DAY = timedelta(days=1)
VIEW = PriceView(account_id="account-1", on=TODAY, permille=900)
ALL = ItemQuery(kind=AccountKind.CORPORATION, prices=VIEW)

PAPER = item(
    "P-1", name="コピー用紙 A4 500枚", name_en="Copy paper A4", maker="見本製紙", jan="4900000000024"
)
RED = item("R-1", name="赤ペン", name_en="", maker="Ｐｅｎ社", jan="4900000000031")
TONER = item("T-1", name="ﾌﾟﾘﾝﾀｰ用トナー", name_en="Toner", maker="", jan="")


SPELLINGS: tuple[tuple[str, list[str]], ...] = (
    ("紙", ["P-1"]),
    ("用紙", ["P-1"]),
    ("ピー用", ["P-1"]),
    ("a4", ["P-1"]),
    ("Ａ４ ﾖｳ 用紙", []),
    ("ｺﾋﾟｰ　用紙", ["P-1"]),
    ("ぺん", ["R-1"]),
    ("ＰＥＮ", ["R-1"]),
    ("プリンター", ["T-1"]),
    ("用", ["P-1", "T-1"]),
    ("紙a", []),
    ("-1", []),
    ("ｔ－１", ["T-1"]),
    ("4900000000031", ["R-1"]),
    ("490000000003", []),
    ("", ["P-1", "R-1", "T-1"]),
)


def sold(one: Item, **changes: Any) -> Item:
    """An item as everybody may buy it now."""
    plain = {"discontinued": False, "kinds": (), "fulfilment": Fulfilment.STOCK, "recommended": False}
    return evolve(one, **{**plain, **changes})


def fill(storage: Any, *items: Item, available: int = 5) -> None:
    """Store and index items."""
    with storage.begin() as unit:
        unit.catalog.add_many([(one, stock_level(one.sku, available, 0)) for one in items])
        unit.item_search.put(items)


def found(storage: Any, text: str = "", sort: ItemSort = ItemSort.CATALOG, **asked: Any) -> list[str]:
    """The SKUs of all hits, read in pages of two."""
    query = evolve(ALL, words=words_of(text), **asked)
    skus: list[str] = []
    with storage.begin() as unit:
        hits = unit.item_search.page(query, sort, None, 2)
        while hits:
            skus += [hit.sku for hit in hits]
            hits = unit.item_search.page(query, sort, hits[-1].at, 2)
        assert unit.item_search.counts(query, facets=False).total == len(skus)
        assert unit.item_search.counts(query, facets=True).total == len(skus)
    return skus


_CHARACTERS = "紙用アあＡaA1-."
_words = st.text(_CHARACTERS, min_size=1, max_size=4)
_paths = st.sampled_from([("文具",), ("文具", "紙"), ("文具", "ペ ン"), ("A-1",), ("a-1",), ()])
_makers = st.sampled_from(["", "社", "Ａ社", "a社", "a 社"])


@st.composite
def catalogs(draw: st.DrawFn) -> list[tuple[Item, int, Decimal | None]]:
    """Items of a small world, their stock and a contract price."""
    made = []
    for number in range(draw(st.integers(0, 7))):
        one = item(
            draw(st.sampled_from(["", "紙", "x-"])) + str(number),
            jan=draw(st.sampled_from(["", "4900000000017"])),
            name=" ".join(draw(st.lists(_words, min_size=1, max_size=3))),
            name_en=draw(st.sampled_from(["", "A1 aa"])),
            maker=draw(_makers),
            category=draw(_paths),
            list_price=draw(
                st.sampled_from([Decimal("0.0005"), Decimal(600), Decimal("555.555"), Decimal(40_000)])
            ),
            fulfilment=draw(st.sampled_from(list(Fulfilment))),
            discontinued=draw(st.booleans()),
            recommended=draw(st.booleans()),
            kinds=draw(st.sampled_from([(), (AccountKind.CORPORATION,), (AccountKind.INDIVIDUAL,)])),
            family=draw(st.sampled_from(["", "F"])),
            catalog_issue=draw(st.sampled_from(["", "秋"])),
            catalog_page=draw(st.integers(0, 1)),
        )
        price = draw(st.none() | st.sampled_from([Decimal(1), Decimal(540)]))
        made.append((one, draw(st.integers(0, 1)), price))
    return made


_texts = (
    st.sampled_from(
        ["", "紙", "用紙", "あ", "a", "1", "-", "a1", "アア", "A A", "社", "0", "x-1", "4900000000017"]
    )
    | _words
)
_filters: dict[str, st.SearchStrategy[Any]] = {
    "category": _paths,
    "makers": st.sampled_from([("社",), ("a社", "Ａ社"), ("a 社",)]),
    "issue": st.just("秋"),
    "family": st.just("F"),
    "fulfilment": st.sampled_from(list(Fulfilment)),
    "in_stock": st.booleans(),
    "recommended": st.just(value=True),
    "price_from": st.sampled_from([5, 5_400_000]),
    "price_below": st.sampled_from([5, 5_400_001]),
}


@st.composite
def queries(draw: st.DrawFn) -> ItemQuery:
    """A search with few filters: with many of them nothing is left to be found."""
    chosen = draw(st.lists(st.sampled_from(sorted(_filters)), max_size=2, unique=True))
    given = {name: draw(_filters[name]) for name in chosen}
    if "issue" in given:
        given["page"] = draw(st.integers(0, 1))
    kind = draw(st.sampled_from(list(AccountKind)))
    text = "" if draw(st.booleans()) else draw(_texts)
    return evolve(ALL, words=words_of(text), kind=kind, discontinued=draw(st.booleans()), **given)


def folded(text: str) -> str:
    """What the few characters of this world are compared as, written down by hand."""
    return text.translate(str.maketrans("アＡA", "あaa"))


def scanned(query: ItemQuery, one: Item, stock: int, price: Decimal | None) -> tuple[bool, int]:
    """Whether an item is a hit, and its price: the rule once more, in other words."""
    factored = int((one.list_price * 10_000 * 900 + 500) // 1_000)
    paid = factored if price is None else int(price * 10_000)
    individual = query.kind is AccountKind.INDIVIDUAL
    texts = folded(f"{one.name} {one.name_en} {one.maker}").split()
    hidden = (
        (one.kinds and query.kind not in one.kinds)
        or (individual and one.fulfilment is Fulfilment.DIRECT)
        or (one.discontinued and not query.discontinued)
        or (query.recommended and not one.recommended)
        or (query.family and one.family != query.family)
        or (query.issue and one.catalog_issue != query.issue)
        or (query.page and one.catalog_page != query.page)
        or (query.makers and one.maker not in query.makers)
        or (query.fulfilment and one.fulfilment is not query.fulfilment)
        or list(one.category[: len(query.category)]) != list(query.category)
        or (query.in_stock is not None and query.in_stock != bool(stock))
        or (query.price_from is not None and paid < query.price_from)
        or (query.price_below is not None and paid >= query.price_below)
    )
    spoken = all(
        any(word in text for text in texts) or word == folded(one.sku) or (one.jan and word == one.jan)
        for word in query.words
    )
    return spoken and not hidden, paid


class _TakenBack(Exception):
    """Ends a unit of work, so that the next example begins without items."""


class SupplierItemSearchCases(StorageCases):
    """Dated prices and the search."""

    @pytest.mark.spec("CAT-1")
    def test_prices_01_are_kept_replaced_and_of_everybody_or_their_account(self, storage: Any) -> None:
        mine = DatedPrice(
            account_id="account-1", sku="P-1", valid_from=TODAY, valid_to=None, price=Decimal("98.1250")
        )
        later = evolve(mine, valid_from=TODAY + _DAY, valid_to=TODAY + 2 * _DAY)
        listed = evolve(mine, account_id="", price=Decimal(100))
        with storage.begin() as unit:
            unit.catalog.put_prices([later, mine, listed, evolve(mine, account_id="account-2")])
            unit.catalog.put_prices([evolve(mine, sku="P-2"), evolve(listed, price=Decimal(101))])
            unit.catalog.put_prices([])
        with storage.begin() as unit:
            prices = unit.catalog.prices("account-1", ["P-1", "none"])
            assert {sku: list(own) for sku, own in prices.items()} == {
                "P-1": [evolve(listed, price=Decimal(101)), mine, later]
            }
            assert str(prices["P-1"][1].price) == "98.1250"

    @pytest.mark.spec("CAT-1")
    def test_catalog_04_an_item_is_changed_only_where_it_is(self, storage: Any) -> None:
        fill(storage, PAPER, RED)
        with storage.begin() as unit:
            unit.catalog.save_many([evolve(RED, name="青ペン", large=False)])
            assert unit.catalog.items(["R-1", "P-1"]) == {
                "P-1": PAPER,
                "R-1": evolve(RED, name="青ペン", large=False),
            }
            assert unit.catalog.levels(["R-1", "none"]) == {"R-1": stock_level("R-1", 5, 0)}
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.catalog.save_many([TONER]))

    @pytest.mark.spec("CAT-2")
    def test_search_01_finds_words_and_codes_however_they_are_typed(self, storage: Any) -> None:
        fill(storage, sold(PAPER), sold(RED), sold(TONER))
        assert [(text, found(storage, text)) for text, _ in SPELLINGS] == list(SPELLINGS)

    @pytest.mark.spec("CAT-2")
    def test_search_02_what_changed_is_found_as_it_is_now_at_its_old_place(self, storage: Any) -> None:
        fill(storage, sold(PAPER), sold(RED), sold(TONER))
        with storage.begin() as unit:
            unit.item_search.put(
                [sold(PAPER, name="青い封筒", jan="", category=("封筒",)), sold(item("N-1"), name="紙")]
            )
        assert found(storage, "紙") == ["P-1", "N-1"]  # the maker's name still has it
        assert found(storage, "用紙") == []
        assert found(storage, "4900000000024") == []
        assert found(storage, "封筒") == found(storage, category=("封筒",)) == ["P-1"]
        assert found(storage, category=("文具", "ペン")) == ["R-1", "T-1", "N-1"]

    @pytest.mark.spec("CAT-2")
    def test_search_03_a_unit_that_is_taken_back_indexes_nothing(self, storage: Any) -> None:
        fill(storage, sold(PAPER))
        with pytest.raises(RuntimeError), storage.begin() as unit:
            unit.item_search.put([sold(RED), sold(PAPER, name="封筒")])
            raise RuntimeError
        assert (found(storage, "赤"), found(storage, "封筒"), found(storage, "用紙")) == ([], [], ["P-1"])

    @pytest.mark.spec("CAT-2")
    def test_search_04_an_index_is_begun_anew(self, storage: Any) -> None:
        assert stored(storage, lambda unit: unit.item_search.version()) == ""
        fill(storage, sold(PAPER))
        stored(storage, lambda unit: unit.item_search.begin_anew("2"))
        assert (found(storage, "用紙"), found(storage)) == ([], [])
        with storage.begin() as unit:
            unit.item_search.put([sold(RED), sold(PAPER)])
            assert unit.item_search.version() == "2"
        assert found(storage) == ["R-1", "P-1"]

    @pytest.mark.spec("CAT-2")
    @pytest.mark.parametrize("sort", list(ItemSort))
    def test_search_05_pages_go_on_where_they_ended_whatever_changes(
        self, storage: Any, sort: ItemSort
    ) -> None:
        fill(
            storage, *[sold(item(f"{n:03}"), name=f"紙{n % 3}", list_price=Decimal(n % 4)) for n in range(20)]
        )
        query = evolve(ALL, words=("紙",))
        with storage.begin() as unit:
            whole = [hit.sku for hit in unit.item_search.page(query, sort, None, 100)]
            first = unit.item_search.page(query, sort, None, 7)
        gone, late = set(whole[3:9:2]), sold(item("0005"), name="紙1", list_price=Decimal(2))
        fill(storage, late)
        with storage.begin() as unit:
            unit.item_search.put([sold(item(sku), name="封筒") for sku in gone])
            rest = unit.item_search.page(query, sort, first[-1].at, 100)
        read = [hit.sku for hit in (*first, *rest) if hit.sku != late.sku]
        assert read == [sku for place, sku in enumerate(whole) if place < 7 or sku not in gone]

    @pytest.mark.spec("CAT-2")
    def test_search_06_beyond_the_ceiling_counts_say_at_least(self, storage: Any) -> None:
        fill(storage, *[sold(item(str(n)), name="紙", list_price=Decimal(1_000)) for n in range(12)])
        query = evolve(ALL, words=("紙",))
        with storage.begin() as unit:
            some = every = unit.item_search.counts(query, facets=False)
            for facets in (False, True):
                some = unit.item_search.counts(query, facets=facets, ceiling=11)
                every = unit.item_search.counts(query, facets=facets, ceiling=12)
                assert (some.total, some.exact, every.total, every.exact) == (11, False, 12, True)
            # the first 11, or one more: never more than there are
            assert 11 <= some.in_stock <= 12
            assert every.categories == ((("文具", "ペン", "ボールペン"), 12),)
            assert every.makers == (("見本文具", 12),)
            assert every.bands == ((1, 12),)
            assert (every.in_stock, every.direct) == (12, 0)

    @pytest.mark.spec("CAT-2")
    def test_search_07_prices_are_those_of_the_account_and_the_day(self, storage: Any) -> None:
        fill(storage, *[sold(one, list_price=Decimal(1_000)) for one in (PAPER, RED, TONER)])
        own = DatedPrice(
            account_id="account-1", sku="T-1", valid_from=TODAY, valid_to=TODAY, price=Decimal(800)
        )
        with storage.begin() as unit:
            unit.catalog.put_prices(
                [
                    own,
                    evolve(own, account_id="account-2", sku="P-1", price=Decimal(1)),
                    evolve(own, account_id="", sku="R-1", price=Decimal(950), valid_to=None),
                    evolve(own, account_id="", sku="R-1", price=Decimal(2), valid_from=TODAY + _DAY),
                ]
            )
        assert found(storage, sort=ItemSort.PRICE) == ["T-1", "R-1", "P-1"]
        assert found(storage, sort=ItemSort.PRICE_DOWN) == ["P-1", "R-1", "T-1"]
        assert found(storage, price_below=8_550_001) == ["R-1", "T-1"]
        assert found(storage, price_from=8_550_000) == ["P-1", "R-1"]
        tomorrow = evolve(VIEW, on=TODAY + _DAY)
        assert found(storage, sort=ItemSort.PRICE, prices=tomorrow) == ["R-1", "P-1", "T-1"]

    @pytest.mark.spec("CAT-2")
    @made_by_hypothesis
    @given(catalog=catalogs(), query=queries(), sort=st.sampled_from(list(ItemSort)))
    def test_search_08_equals_looking_at_every_item(
        self, storage: Any, catalog: list[tuple[Item, int, Decimal | None]], query: ItemQuery, sort: ItemSort
    ) -> None:
        with pytest.raises(_TakenBack), storage.begin() as unit:
            unit.item_search.begin_anew("test")
            unit.catalog.add_many([(one, stock_level(one.sku, stock, 0)) for one, stock, _ in catalog])
            unit.item_search.put(one for one, _, _ in catalog)
            unit.catalog.put_prices(_contracts(catalog))
            _compare(unit.item_search, catalog, query, sort)
            raise _TakenBack

    @pytest.mark.spec("CAT-2")
    def test_search_09_grams_far_from_one_another_are_no_word(self, storage: Any) -> None:
        fill(
            storage,
            sold(item("1"), name="用紙 紙用"),
            sold(item("2"), name="紙用紙"),
            sold(item("3"), name="紙 用"),
        )
        assert found(storage, "紙用紙") == ["2"]
        assert found(storage, "用紙") == ["1", "2"]
        assert found(storage, "紙用") == ["1", "2"]

    @pytest.mark.spec("CAT-2", "ACC-1")
    def test_search_10_finds_and_counts_for_each_kind_of_account_what_it_is_sold(self, storage: Any) -> None:
        companies = (AccountKind.CORPORATION, AccountKind.SOLE_PROPRIETOR)
        fill(
            storage,
            sold(PAPER, kinds=companies),
            sold(RED, fulfilment=Fulfilment.DIRECT),
            sold(TONER, kinds=(AccountKind.INDIVIDUAL,)),
            sold(item("N-1")),
        )
        assert {kind: found(storage, kind=kind) for kind in AccountKind} == {
            AccountKind.CORPORATION: ["P-1", "R-1", "N-1"],
            AccountKind.SOLE_PROPRIETOR: ["P-1", "R-1", "N-1"],
            AccountKind.INDIVIDUAL: ["T-1", "N-1"],
        }
        assert found(storage, "用", kind=AccountKind.INDIVIDUAL) == ["T-1"]


def _contracts(catalog: Iterable[tuple[Item, int, Decimal | None]]) -> list[DatedPrice]:
    return [
        DatedPrice(
            account_id="account-1", sku=one.sku, valid_from=date(2026, 1, 1), valid_to=None, price=price
        )
        for one, _, price in catalog
        if price is not None
    ]


def _compare(
    search: Any, catalog: Sequence[tuple[Item, int, Decimal | None]], query: ItemQuery, sort: ItemSort
) -> None:
    hits = []
    for one, stock, price in catalog:
        hit, paid = scanned(query, one, stock, price)
        if hit:
            hits.append((one, stock, paid))
    orders: dict[ItemSort, Any] = {
        ItemSort.PRICE: lambda hit: hit[2],
        ItemSort.PRICE_DOWN: lambda hit: -hit[2],
        ItemSort.NAME: lambda hit: hit[0].name,
        ItemSort.SKU: lambda hit: hit[0].sku,
    }
    wanted = sorted(hits, key=orders[sort]) if sort in orders else hits
    if sort is ItemSort.NEWEST:
        wanted = wanted[::-1]
    after: HitPlace | None = None
    read: list[str] = []
    while page := search.page(query, sort, after, 3):
        read += [hit.sku for hit in page]
        after = page[-1].at
    assert read == [one.sku for one, _, _ in wanted]
    counts = search.counts(query, facets=True)
    assert (counts.total, counts.exact) == (len(hits), True)
    assert dict(counts.categories) == Counter(one.category for one, _, _ in hits)
    assert dict(counts.makers) == Counter(one.maker for one, _, _ in hits)
    assert sum(number for _, number in counts.bands) == len(hits)
    assert counts.in_stock == sum(bool(stock) for _, stock, _ in hits)
    assert counts.direct == sum(one.fulfilment is Fulfilment.DIRECT for one, _, _ in hits)
