"""The sample catalog is large, plausible and always the same."""

import re
from collections import Counter, defaultdict
from decimal import Decimal, localcontext
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.identifiers import normalise_jan
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.domain.units import unit
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.services.supplier.sample_catalog import SHOWCASE, sample_items

pytestmark = pytest.mark.spec("CAT-1")

# Real makers and trademarks of the trade. Those that other words contain are compared with makers only.
REAL_NAMES = (
    "アスクル,ASKUL,コクヨ,KOKUYO,ゼブラ,ZEBRA,ぺんてる,Pentel,トンボ,三菱,パイロット,セーラー,キングジム,"
    "ナカバヤシ,ニチバン,スコッチ,ポスト・イット,ポストイット,セロテープ,テプラ,ホッチキス,ガムテープ,"
    "バンドエイド,エアキャップ,サインペン,キャンパス,キヤノン,キャノン,エプソン,EPSON,ブラザー,リコー,富士通,"
    "パナソニック,東芝,日立,アイリス,サントリー,伊藤園,キリン,コカ・コーラ,花王,アルボース,サラヤ,ユニ・チャーム,"
    "大王製紙,王子,岡村,オカムラ,イトーキ,カウネット,たのめーる"
)
REAL_MAKERS = {"プラス", "マックス", "ライオン", "エレコム", "バッファロー", "アサヒ", "エーワン", "リンレイ"}


@pytest.fixture(scope="module")
def catalog() -> list[tuple[Item, StockLevel]]:
    return list(sample_items())


@pytest.fixture(scope="module")
def items(catalog: list[tuple[Item, StockLevel]]) -> list[Item]:
    return [item for item, _ in catalog]


def test_default_is_2400_items(items: list[Item]) -> None:
    assert len(items) == 2400


def test_same_seed_gives_the_same_catalog(catalog: list[tuple[Item, StockLevel]]) -> None:
    assert list(sample_items(seed="askul-connect")) == catalog


def test_the_catalog_is_the_same_on_every_machine(items: list[Item]) -> None:
    # Orders on disk cite these SKUs: a change of the vocabulary that moves them has to be meant.
    assert [(item.sku, item.name, item.list_price) for item in items[22:24]] == [
        ("E210-1001", "オリガミナ紙器 クラフトテープ 50mm×50m 1巻", Decimal(166)),
        ("E210-1002", "オリガミナ紙器 クラフトテープ 50mm×50m 1パック(5巻入)", Decimal(782)),
    ]


def test_the_caller_s_decimal_context_changes_nothing(catalog: list[tuple[Item, StockLevel]]) -> None:
    with localcontext(prec=2):
        assert list(sample_items()) == catalog


def test_other_seed_gives_other_items_but_the_same_showcase(items: list[Item]) -> None:
    other = [item for item, _ in sample_items(seed="another")]
    assert other[: len(SHOWCASE)] == items[: len(SHOWCASE)] == list(SHOWCASE.values())
    assert {item.name for item in other} != {item.name for item in items}


@given(count=st.integers(0, 300), more=st.integers(0, 300), seed=st.text(max_size=5))
def test_a_longer_catalog_begins_with_the_shorter(count: int, more: int, seed: str) -> None:
    short = list(sample_items(count=count, seed=seed))
    assert len(short) == count
    assert list(sample_items(count=count + more, seed=seed))[:count] == short


def test_negative_count_is_refused_at_once() -> None:
    with pytest.raises(ValueInvalid) as caught:
        sample_items(count=-1)
    assert caught.value.where == "count"


@pytest.mark.parametrize("count", [2400, 9000])
def test_identifiers_and_names_are_unique(count: int) -> None:
    # 9,000 is more than the words give, so the makers' later editions are in it.
    items = [item for item, _ in sample_items(count=count)]
    jans = [item.jan for item in items if item.jan]

    assert len({item.sku for item in items}) == count
    assert len(set(jans)) == len(jans)
    assert len({item.name for item in items}) == count
    assert len({item.name_en for item in items}) == count


def test_identifiers_are_well_formed(items: list[Item]) -> None:
    for item in items:
        assert re.fullmatch(r"[A-HJ-M]\d{3}-\d{4}", item.sku), item.sku
        assert re.fullmatch(r"[1-5]\d{7}", item.unspsc), item.unspsc
        if item.jan:
            assert normalise_jan(item.jan) == item.jan
            assert item.jan.startswith("20")
    assert sum(not item.jan for item in items) < 120


def test_categories_are_a_tree_of_three_levels(items: list[Item]) -> None:
    assert {len(item.category) for item in items} == {3}
    assert {item.category[0] for item in items} == {
        "文具",
        "コピー用紙",
        "トナー・インク",
        "ファイル",
        "封筒・梱包",
        "洗剤・清掃",
        "飲料・食品",
        "家具",
        "OA機器",
        "衛生・医療",
        "作業用品",
        "電池・照明",
    }
    letters = defaultdict(set)
    for item in items:
        letters[item.sku[0]].add(item.category[0])
    assert all(len(tops) == 1 for tops in letters.values())


def test_makers_are_many_and_invented(items: list[Item]) -> None:
    makers = {item.maker for item in items}
    assert len(makers) >= 20
    assert not makers & REAL_MAKERS
    text = "\n".join(f"{item.name}\n{item.name_en}" for item in items)
    assert [name for name in REAL_NAMES.split(",") if name.casefold() in text.casefold()] == []


def test_tax_follows_the_category(items: list[Item]) -> None:
    reduced = [item for item in items if item.tax_category is TaxCategory.REDUCED]
    assert {item.tax_category for item in items} == {TaxCategory.STANDARD, TaxCategory.REDUCED}
    assert {item.category[0] for item in reduced} == {"飲料・食品"}
    assert 0.03 < len(reduced) / len(items) < 0.25
    # Alcohol is no food in the sense of the reduced rate, nor are paper cups.
    assert not {"酒類", "給湯室用品"} & {item.category[1] for item in reduced}


def test_direct_ship_items_have_lead_days(items: list[Item]) -> None:
    direct = [item for item in items if item.fulfilment is Fulfilment.DIRECT]
    assert 0.03 < len(direct) / len(items) < 0.25
    assert all(2 <= item.lead_days <= 20 for item in direct)
    assert all(item.lead_days == 0 for item in items if item.fulfilment is Fulfilment.STOCK)


def test_sales_units_are_mixed_and_known(items: list[Item]) -> None:
    shares = Counter(item.unit for item in items)
    assert set(shares) == {"EA", "PR", "SET", "XBG", "XBO", "XBX", "XCT", "XPK", "XRO"}
    assert max(shares.values()) < len(items) / 2
    for code in shares:
        assert unit(code).code == code
    single = {"EA", "PR", "XBO", "XRO"}
    assert all((item.content_quantity == 1) is (item.unit in single) for item in items)


def test_larger_packs_cost_less_a_piece(items: list[Item]) -> None:
    packs = defaultdict(list)
    for item in items[len(SHOWCASE) :]:
        packs[item.name.rpartition(" ")[0]].append(item)
    assert sum(len(group) > 1 for group in packs.values()) > 500
    for group in packs.values():
        group.sort(key=lambda item: item.content_quantity)
        for smaller, larger in pairwise(group):
            assert (
                larger.list_price / larger.content_quantity <= smaller.list_price / smaller.content_quantity
            )


def test_prices_are_yen_and_few_have_decimals(items: list[Item]) -> None:
    assert {item.currency for item in items} == {"JPY"}
    broken = [item for item in items if item.list_price != int(item.list_price)]
    assert 0 < len(broken) < len(items) / 20
    for item in items:
        assert Decimal("0.25") <= item.list_price <= 300_000, item
        # Written out, without an exponent and without zeros behind the point.
        assert re.fullmatch(r"\d+(\.(5|25|75))?", str(item.list_price)), item


def test_limits_can_be_ordered(items: list[Item]) -> None:
    assert all(item.minimum % item.multiple == 0 for item in items)
    assert all(1 <= item.minimum <= item.maximum for item in items)
    assert 0 < sum(item.multiple > 1 for item in items) < len(items) / 5


def test_stock_is_mostly_there(catalog: list[tuple[Item, StockLevel]]) -> None:
    empty = sum(level.available == 0 for _, level in catalog)
    low = sum(0 < level.available < 10 for _, level in catalog)
    assert all(item.sku == level.sku and level.on_hand >= 0 == level.reserved for item, level in catalog)
    assert 0.02 < empty / len(catalog) < 0.15
    assert 0.02 < low / len(catalog) < 0.2


def test_few_items_are_discontinued(items: list[Item]) -> None:
    assert 0 < sum(item.discontinued for item in items) < len(items) / 20


def test_showcase_has_one_of_each_kind() -> None:
    paper, tea, chair = SHOWCASE["B100-0001"], SHOWCASE["G100-0001"], SHOWCASE["H100-0001"]
    stock = {level.sku: level for _, level in sample_items(count=len(SHOWCASE))}

    assert len(SHOWCASE) == 22
    assert (paper.unit, paper.content_quantity) == ("XCT", 5000)
    assert tea.tax_category is TaxCategory.REDUCED
    assert SHOWCASE["G300-0001"].tax_category is TaxCategory.STANDARD
    assert (chair.fulfilment, chair.lead_days) == (Fulfilment.DIRECT, 5)
    assert (SHOWCASE["E100-0001"].list_price, SHOWCASE["E100-0001"].multiple) == (Decimal("12.5"), 100)
    assert [sku for sku, item in SHOWCASE.items() if item.discontinued] == ["A200-0001"]
    assert [sku for sku, level in stock.items() if level.available == 0] == ["L100-0001"]
