"""Finding and comparing items: words, codes, facets, pages, the caller's own prices and part of the catalog (CAT-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.item_query import ItemSort
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import CursorExpired, NotFound, ValueInvalid
from askul_connect.core.messages.catalog import GetItemRequest, ListItemsRequest
from askul_connect.core.messages.catalog_import import CatalogRow, ImportCatalogRequest
from askul_connect.core.messages.item_search import (
    CompareItemsRequest,
    GetAvailabilityRequest,
    SearchItemsRequest,
)
from askul_connect.core.messages.ordering import OrderLineRequest
from askul_connect.core.operations import catalog as operations
from askul_connect.core.operations import supplier

A4 = CatalogRow(
    sku="CP-A4-500",
    name="コピー用紙 A4 500枚",
    name_en="Copy paper",
    maker="見本製紙",
    category=("用紙", "コピー用紙"),
    unit="NMP",
    content_quantity=500,
    unit_price=Decimal(600),
    jan="4912345678904",
    on_hand=40,
    catalog_issue="2026秋冬",
    catalog_page=12,
    family="CP-A4",
    substitutes=("CP-A4-BOX",),
    recommended=True,
)
BOX = evolve(
    A4,
    sku="CP-A4-BOX",
    name="コピー用紙 A4 2500枚（500枚×5冊）",
    unit="XCT",
    content_quantity=2_500,
    unit_price=Decimal(2_400),
    jan="",
    catalog_page=13,
    minimum=2,
    multiple=2,
    maximum=9,
    recommended=False,
    substitutes=(),
)
SHELF = CatalogRow(
    sku="SHELF",
    name="ｽﾁｰﾙ棚 5段",
    maker="棚屋",
    category=("家具",),
    unit="H87",
    unit_price=Decimal(12_000),
    fulfilment=Fulfilment.DIRECT,
    lead_days=7,
    regions=("13", "14"),
    large=True,
    on_hand=0,
)
WRAP = evolve(
    SHELF,
    sku="WRAP",
    name="包装紙",
    category=("用紙",),
    unit_price=Decimal("30.5"),
    fulfilment=Fulfilment.STOCK,
    lead_days=0,
    regions=(),
    large=False,
    on_hand=3,
)
ROWS = (A4, BOX, SHELF, WRAP)


def filled(world: Any, *rows: CatalogRow) -> Any:
    world.as_staff(operations.IMPORT_CATALOG, ImportCatalogRequest(rows=rows or ROWS))
    return world


def search(world: Any, token: Any, text: str = "", **asked: Any) -> Any:
    return world.call(operations.SEARCH_ITEMS, SearchItemsRequest(text=text, **asked), token=token)


def skus(answer: Any) -> list[str]:
    return [one.sku for one in answer.items]


def pages(world: Any, token: Any, size: int, **asked: Any) -> Iterator[Any]:
    request = SearchItemsRequest(page_size=size, **asked)
    while True:
        answer = world.call(operations.SEARCH_ITEMS, request, token=token)
        yield answer
        if not answer.page.more:
            return
        request = evolve(request, cursor=answer.page.next_cursor)


@pytest.mark.spec("CAT-2")
def test_items_are_found_by_words_codes_category_page_price_and_stock(everywhere: Any) -> None:
    world = filled(everywhere)
    token = world.customer().machine
    for text, found in {
        "紙": ["CP-A4-500", "CP-A4-BOX", "WRAP"],
        "用紙": ["CP-A4-500", "CP-A4-BOX"],
        "ｺﾋﾟｰ Ａ４": ["CP-A4-500", "CP-A4-BOX"],
        "すちーる": ["SHELF"],
        "cp-a4-box": ["CP-A4-BOX"],
        "cp-a4": [],
        "４９１２３４５６７８９０４": ["CP-A4-500"],
        "用紙 ない": [],
    }.items():
        assert skus(search(world, token, text)) == found, text
    for asked, hits in (
        ({"category": ("用紙",)}, ["CP-A4-500", "CP-A4-BOX", "WRAP"]),
        ({"category": ("用紙", "コピー用紙"), "makers": ("見本製紙", "棚屋")}, ["CP-A4-500", "CP-A4-BOX"]),
        ({"makers": ("棚屋",)}, ["SHELF", "WRAP"]),
        ({"catalog_issue": "2026秋冬"}, ["CP-A4-500", "CP-A4-BOX"]),
        ({"catalog_issue": "2026秋冬", "catalog_page": 13}, ["CP-A4-BOX"]),
        ({"family": "CP-A4", "recommended": True}, ["CP-A4-500"]),
        ({"fulfilment": Fulfilment.DIRECT, "text": "棚"}, ["SHELF"]),
        ({"text": "紙", "in_stock": False}, []),
        (
            {"text": "品", "discontinued": True, "sort": ItemSort.SKU},
            ["CLIP", "DESK", "OLD", "PEN", "RARE", "TEA"],
        ),
        (
            {"text": "紙", "price_from": Decimal("30.5"), "price_below": Decimal(2400)},
            ["CP-A4-500", "WRAP"],
        ),
        ({"text": "紙", "sort": ItemSort.PRICE}, ["WRAP", "CP-A4-500", "CP-A4-BOX"]),
        ({"text": "紙", "sort": ItemSort.PRICE_DOWN}, ["CP-A4-BOX", "CP-A4-500", "WRAP"]),
        ({"text": "紙", "sort": ItemSort.NEWEST}, ["WRAP", "CP-A4-BOX", "CP-A4-500"]),
    ):
        assert skus(search(world, token, **asked)) == hits, asked


@pytest.mark.spec("CAT-2")
def test_facets_count_what_the_hits_have(everywhere: Any) -> None:
    world = filled(everywhere)
    token = world.customer().machine
    answer = search(world, token, "紙", facets=True)
    facets = answer.facets
    assert (answer.page.total, answer.total_exact) == (3, True)
    assert [(one.category, one.count) for one in facets.categories] == [
        (("用紙",), 3),
        (("用紙", "コピー用紙"), 2),
    ]
    assert [(one.maker, one.count) for one in facets.makers] == [("見本製紙", 2), ("棚屋", 1)]
    assert [(one.price_from, one.price_below, one.count) for one in facets.prices] == [
        (Decimal(0), Decimal(500), 1),
        (Decimal(500), Decimal(1_000), 1),
        (Decimal(1_000), Decimal(3_000), 1),
    ]
    assert (facets.in_stock, facets.direct) == (3, 0)
    assert search(world, token, "紙").facets is None


@pytest.mark.spec("CAT-2")
def test_pages_of_a_search_hold_every_hit_once_and_count_on_the_first(stored: Any) -> None:
    world = filled(stored, *[evolve(WRAP, sku=f"W-{n:02}", unit_price=Decimal(n % 3)) for n in range(11)])
    token = world.customer().machine
    for sort in ItemSort:
        answers = list(pages(world, token, 4, text="紙", sort=sort))
        found = [sku for answer in answers for sku in skus(answer)]
        assert sorted(found) == [f"W-{n:02}" for n in range(11)]
        assert [answer.page.total for answer in answers] == [11, None, None]
        assert found == skus(search(world, token, "紙", sort=sort))
    last = SearchItemsRequest(
        text="紙",
        sort=ItemSort.SKU,
        cursor=list(pages(world, token, 4, text="紙", sort=ItemSort.SKU))[-1].page.next_cursor,
    )
    assert skus(world.call(operations.SEARCH_ITEMS, last, token=token)) == []
    filled(world, evolve(WRAP, sku="W-99"))
    # whoever comes back with the last cursor is shown what has come behind it
    assert skus(world.call(operations.SEARCH_ITEMS, last, token=token)) == ["W-99"]


@pytest.mark.spec("CAT-2", "AUTH-20")
def test_a_cursor_is_good_for_its_search_and_account_only(faced: Any) -> None:
    world = filled(faced)
    token = world.customer().machine
    cursor = search(world, token, "紙", page_size=1).page.next_cursor
    assert skus(search(world, token, "紙", page_size=5, cursor=cursor)) == ["CP-A4-BOX", "WRAP"]
    listed = world.call(supplier.LIST_ITEMS, ListItemsRequest(page_size=1), token=token).page.next_cursor
    other = world.customer("b").machine
    for who, text, given in (
        (token, "用紙", cursor),
        (other, "紙", cursor),
        (token, "紙", listed),
        (token, "紙", cursor[:-2]),
        (token, "紙", "紙"),
    ):
        with pytest.raises(CursorExpired):
            search(world, who, text, cursor=given)
    with pytest.raises(CursorExpired):
        world.call(supplier.LIST_ITEMS, ListItemsRequest(cursor=cursor), token=token)


@pytest.mark.spec("CAT-2", "ACC-1")
def test_individuals_find_their_part_of_the_catalog_only(everywhere: Any) -> None:
    only = evolve(WRAP, sku="ONLY", name="法人紙", kinds=(AccountKind.CORPORATION,))
    world = filled(everywhere, *ROWS, only)
    letter = world.letter("b", kind=AccountKind.INDIVIDUAL)
    individual = world.first_session(letter.customer_number, letter.temporary_password)
    corporate = world.customer().machine
    assert skus(search(world, corporate, "紙")) == ["CP-A4-500", "CP-A4-BOX", "WRAP", "ONLY"]
    found = search(world, individual, "紙", facets=True)
    assert (skus(found), found.page.total) == (["CP-A4-500", "CP-A4-BOX", "WRAP"], 3)
    assert sum(one.count for one in found.facets.prices) == 3
    assert skus(search(world, individual, "棚 5")) == []
    assert skus(search(world, individual, "shelf")) == []
    for sku in ("ONLY", "SHELF"):
        asked = world.call(operations.GET_AVAILABILITY, GetAvailabilityRequest(skus=(sku,)), token=individual)
        assert (asked.items, asked.unknown) == ((), (sku,))
        compared = world.call(operations.COMPARE_ITEMS, CompareItemsRequest(skus=(sku,)), token=individual)
        assert (compared.items, compared.unknown) == ((), (sku,))
        with pytest.raises(NotFound):
            world.call(supplier.GET_ITEM, GetItemRequest(sku=sku), token=individual)
    listed = world.call(supplier.LIST_ITEMS, ListItemsRequest(), token=corporate)
    assert len(listed.items) == listed.page.total


@pytest.mark.spec("CAT-1")
def test_an_item_for_others_only_is_neither_listed_nor_counted(everywhere: Any) -> None:
    world = filled(everywhere, *ROWS, evolve(WRAP, sku="ONLY", kinds=(AccountKind.INDIVIDUAL,)))
    token = world.customer().machine
    listed = world.call(supplier.LIST_ITEMS, ListItemsRequest(), token=token)
    assert "ONLY" not in skus(listed)
    assert len(listed.items) == listed.page.total == 10
    assert skus(search(world, token, "only")) == []


@pytest.mark.spec("CAT-1", "PRC-1")
def test_a_contract_price_comes_before_the_factor_while_it_is_in_force(everywhere: Any) -> None:
    world = everywhere
    world.start(profile=evolve(world.supplier.dispatcher.house.profile, price_factor_permille=900))
    world.caller = world.caller_of(world.supplier)
    customer, other = world.customer(), world.customer("b")
    price = CatalogRow(
        sku="WRAP",
        unit_price=Decimal("25.25"),
        customer=customer.number,
        price_from=date(2026, 11, 2),
        price_to=date(2026, 11, 3),
    )
    raised = evolve(WRAP, unit_price=Decimal(40), price_from=date(2026, 11, 5))
    filled(world, *ROWS, price)
    filled(world, raised)

    def paid(token: Any) -> tuple[str, date | None, str]:
        item = world.call(supplier.GET_ITEM, GetItemRequest(sku="WRAP"), token=token).item
        [hit] = search(world, token, "包装紙").items
        [known] = world.call(
            operations.GET_AVAILABILITY, GetAvailabilityRequest(skus=("WRAP",)), token=token
        ).items
        assert item.unit_price == hit.unit_price == known.unit_price
        assert skus(search(world, token, "包装紙", price_from=item.unit_price)) == ["WRAP"]
        assert skus(search(world, token, "包装紙", price_below=item.unit_price)) == []
        return str(item.unit_price), item.price_until, world_price(world, token)

    assert paid(customer.machine) == ("25.25", date(2026, 11, 3), "25.25")
    assert paid(other.machine) == ("27.45", date(2026, 11, 4), "27.45")
    world.go_to(2026, 11, 4, 9)
    assert paid(customer.machine) == ("27.45", date(2026, 11, 4), "27.45")
    world.go_to(2026, 11, 5, 9)
    assert paid(customer.machine) == ("36", None, "36")


def world_price(world: Any, token: Any) -> str:
    """The price that an order is taken at."""
    one = OrderLineRequest(line_id="1", sku="WRAP", quantity=1, unit="H87", department="D1")
    order = world.place(token, f"PO-{world.fresh()}", one, trial=True)
    return str(order.orders[0].lines[0].unit_price)


@pytest.mark.spec("CAT-1")
def test_an_item_carries_what_is_known_of_it(faced: Any) -> None:
    world = filled(faced)
    token = world.customer().machine
    item = world.call(supplier.GET_ITEM, GetItemRequest(sku="CP-A4-500"), token=token).item
    assert (item.catalog_issue, item.catalog_page, item.family) == ("2026秋冬", 12, "CP-A4")
    assert (item.recommended, item.substitutes, item.large) == (True, ("CP-A4-BOX",), False)
    assert (item.price_per_piece, item.price_until) == (Decimal("1.2"), None)
    shelf = world.call(supplier.GET_ITEM, GetItemRequest(sku="SHELF"), token=token).item
    assert (shelf.regions, shelf.large, shelf.lead_days) == (("13", "14"), True, 7)


@pytest.mark.spec("CAT-1")
def test_availability_says_what_an_order_would_be_taken_for(everywhere: Any) -> None:
    world = filled(
        everywhere, *ROWS, evolve(WRAP, sku="GONE", discontinued=True), evolve(BOX, sku="FEW", on_hand=1)
    )
    customer = world.customer()
    asked = GetAvailabilityRequest(skus=("SHELF", "none", "CP-A4-BOX", "WRAP", "GONE", "FEW", "WRAP"))
    answer = world.call(operations.GET_AVAILABILITY, asked, token=customer.machine)
    assert [(one.sku, one.available, one.orderable, one.lead_days) for one in answer.items] == [
        ("SHELF", 0, 9_999, 7),
        ("CP-A4-BOX", 40, 8, 0),
        ("WRAP", 3, 3, 0),
        ("GONE", 3, 0, 0),
        ("FEW", 1, 0, 0),
    ]
    assert answer.unknown == ("none",)


@pytest.mark.spec("CAT-1", "CAT-6")
def test_items_are_compared_by_what_a_piece_costs_with_tax(everywhere: Any) -> None:
    # with its lower tax the tea is cheaper than its equal, whose price without tax is the same
    tea = evolve(A4, sku="TEA-500", jan="", family="", tax_category=TaxCategory.REDUCED)
    world = filled(everywhere, *ROWS, tea)
    token = world.customer().machine
    compared = world.call(
        operations.COMPARE_ITEMS,
        CompareItemsRequest(skus=("CP-A4-500", "TEA-500", "none", "CP-A4-BOX")),
        token=token,
    )
    assert [
        (one.sku, str(one.price_per_piece), str(one.price_per_piece_incl_tax)) for one in compared.items
    ] == [
        ("CP-A4-BOX", "0.96", "1.056"),
        ("TEA-500", "1.2", "1.296"),
        ("CP-A4-500", "1.2", "1.32"),
    ]
    assert compared.unknown == ("none",)
    family = world.call(operations.COMPARE_ITEMS, CompareItemsRequest(family="CP-A4"), token=token)
    assert skus(family) == ["CP-A4-BOX", "CP-A4-500"]


@pytest.mark.spec("CAT-2")
def test_a_search_out_of_range_is_refused_with_every_finding(faced: Any) -> None:
    world = filled(faced)
    token = world.customer().machine
    with pytest.raises(ValueInvalid) as caught:
        search(world, token, "あ " * 101, catalog_page=-1, price_from=Decimal(-1), makers=("",))
    assert [one.where for one in caught.value.problems] == [
        "text",
        "makers",
        "catalog_page",
        "catalog_page",
        "price_from",
    ]
    for asked in (
        {"text": "a b c d e f g h i j k"},
        {"text": "\u200b"},
        {"catalog_page": 3},
        {"category": ("a",) * 11},
        {"page_size": 0},
    ):
        with pytest.raises(ValueInvalid):
            search(world, token, **asked)
    for operation, request in (
        (operations.GET_AVAILABILITY, GetAvailabilityRequest(skus=())),
        (operations.GET_AVAILABILITY, GetAvailabilityRequest(skus=("x",) * 1_001)),
        (operations.COMPARE_ITEMS, CompareItemsRequest()),
        (operations.COMPARE_ITEMS, CompareItemsRequest(skus=("x",), family="y")),
        (operations.COMPARE_ITEMS, CompareItemsRequest(skus=("x",) * 101)),
    ):
        with pytest.raises(ValueInvalid):
            world.call(operation, request, token=token)


@pytest.mark.spec("CAT-2")
def test_an_index_of_another_version_is_made_anew_when_the_supplier_is_opened(stored: Any) -> None:
    world = filled(stored)
    token = world.customer().machine
    with world.storage.begin() as unit:
        unit.item_search.begin_anew("of an older program")
    assert skus(search(world, token, "紙")) == []
    world.caller = world.caller_of(world.start())
    assert skus(search(world, token, "紙")) == ["CP-A4-500", "CP-A4-BOX", "WRAP"]


@pytest.mark.spec("CAT-2", "ACC-1")
def test_an_engine_that_lags_behind_shows_nothing_that_is_not_sold(world: Any) -> None:
    filled(world)
    token = world.customer().machine
    with world.storage.begin() as unit:
        changed = evolve(unit.catalog.items(["WRAP"])["WRAP"], kinds=(AccountKind.INDIVIDUAL,))
        unit.catalog.save_many([changed])
    assert skus(search(world, token, "包装紙")) == []


@pytest.mark.spec("CAT-2")
def test_on_postgresql_the_same_is_found(make_world: Any) -> None:
    world = filled(make_world("postgresql"))
    token = world.customer().machine
    answers = list(pages(world, token, 2, text="紙", sort=ItemSort.PRICE, facets=True))
    assert [skus(answer) for answer in answers] == [["WRAP", "CP-A4-500"], ["CP-A4-BOX"]]
    assert [one.count for one in answers[0].facets.categories] == [3, 2]
    again = world.as_staff(operations.IMPORT_CATALOG, ImportCatalogRequest(rows=ROWS))
    assert (again.added, again.changed, again.unchanged, again.stock) == (0, 0, 4, 0)
