"""Filling the catalog: all rows of a batch or none, dated prices, the same again changes nothing (CAT-1, CAT-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.errors import NotAuthenticated, ValueInvalid
from askul_connect.core.messages.catalog import GetItemRequest, ListItemsRequest
from askul_connect.core.messages.catalog_import import CatalogRow, ImportCatalogRequest, ImportCatalogResponse
from askul_connect.core.messages.item_search import SearchItemsRequest
from askul_connect.core.operations import catalog as operations
from askul_connect.core.operations import supplier

ENVELOPE = CatalogRow(
    sku="ENV-1",
    name="封筒 長3",
    unit="H87",
    unit_price=Decimal("8.25"),
    jan="4912345678904",
    on_hand=500,
    regions=("14", "13", "13"),
    kinds=(AccountKind.CORPORATION, AccountKind.SOLE_PROPRIETOR),
)
TAPE = CatalogRow(sku="TAPE", name="テープ", unit="H87", unit_price=Decimal(90))


def taken(world: Any, *rows: CatalogRow, trial: bool = False) -> ImportCatalogResponse:
    made: ImportCatalogResponse = world.as_staff(
        operations.IMPORT_CATALOG, ImportCatalogRequest(rows=rows, trial=trial)
    )
    return made


def refused(world: Any, *rows: CatalogRow) -> list[tuple[str, str]]:
    with pytest.raises(ValueInvalid) as caught:
        taken(world, *rows)
    return [(one.where, one.code) for one in caught.value.problems]


def feed(world: Any, token: Any, cursor: str = "") -> tuple[list[str], str]:
    page = world.call(supplier.LIST_ITEMS, ListItemsRequest(cursor=cursor), token=token)
    return [one.sku for one in page.items], page.page.next_cursor


def price(world: Any, token: Any, sku: str) -> str:
    return str(world.call(supplier.GET_ITEM, GetItemRequest(sku=sku), token=token).item.unit_price)


@pytest.mark.spec("CAT-3")
def test_items_are_added_changed_and_told_of_once(stored: Any) -> None:
    world = stored
    token = world.customer().machine
    _, cursor = feed(world, token)
    assert taken(world, ENVELOPE, TAPE) == ImportCatalogResponse(
        added=2, changed=0, unchanged=0, prices=0, stock=0
    )
    told, cursor = feed(world, token, cursor)
    assert told == ["ENV-1", "TAPE"]
    assert world.stock("ENV-1").on_hand == 500
    before = world.dump()
    assert taken(world, ENVELOPE, TAPE) == ImportCatalogResponse(
        added=0, changed=0, unchanged=2, prices=0, stock=0
    )
    assert world.dump() == before
    assert feed(world, token, cursor)[0] == []
    counted = evolve(ENVELOPE, on_hand=20)
    named = evolve(TAPE, name="セロハンテープ")
    assert taken(world, counted, named) == ImportCatalogResponse(
        added=0, changed=1, unchanged=1, prices=0, stock=1
    )
    assert feed(world, token, cursor)[0] == ["TAPE"]
    assert world.stock("ENV-1").on_hand == 20
    found = world.call(operations.SEARCH_ITEMS, SearchItemsRequest(text="せろはん"), token=token)
    assert [one.sku for one in found.items] == ["TAPE"]
    assert [(one.action, one.account_id) for one in world.audited("catalog-imported")] == [
        ("catalog-imported", "")
    ] * 2


@pytest.mark.spec("CAT-3")
def test_a_trial_answers_in_full_and_changes_nothing(stored: Any) -> None:
    world = stored
    before = world.dump()
    assert taken(world, ENVELOPE, TAPE, trial=True).added == 2
    assert world.dump() == before


@pytest.mark.spec("CAT-3")
def test_all_findings_of_a_batch_are_named_and_none_of_its_rows_is_taken(everywhere: Any) -> None:
    world = everywhere
    desk = world.desk_session()
    before = world.dump()
    rows = (
        TAPE,
        evolve(ENVELOPE, jan="4912345678905", unit="個", multiple=0),
        evolve(TAPE, sku=" x", name="", regions=("48",), kinds=()),
        evolve(TAPE, name="again"),
        CatalogRow(sku="PEN", unit_price=Decimal(1), customer="none", price_from=date(2026, 1, 1)),
        evolve(TAPE, sku="T-2", price_from=date(2026, 2, 1), price_to=date(2026, 1, 31)),
        evolve(TAPE, sku="T-3", unit_price=Decimal("1.00001"), unspsc="12", catalog_page=3),
        evolve(TAPE, sku="T-4", substitutes=("T-4",), lead_days=2, fulfilment=Fulfilment.STOCK),
        evolve(TAPE, sku="T-5", minimum=3, multiple=10, maximum=9, category=("a", "")),
        evolve(TAPE, sku="T-6", on_hand=-1, name="x ", content_quantity=0),
    )
    with pytest.raises(ValueInvalid) as caught:
        world.call(operations.IMPORT_CATALOG, ImportCatalogRequest(rows=rows), token=desk)
    found = [(one.where, one.code) for one in caught.value.problems]
    assert found == [
        ("rows[2]/unit", "unknown-unit"),
        ("rows[2]/multiple", "value-invalid"),
        ("rows[2]/jan", "value-invalid"),
        ("rows[3]/sku", "value-invalid"),
        ("rows[3]/name", "value-invalid"),
        ("rows[3]/regions", "value-invalid"),
        ("rows[4]/sku", "value-invalid"),
        ("rows[5]/customer", "not-found"),
        ("rows[6]/price_to", "value-invalid"),
        ("rows[7]/unit_price", "value-invalid"),
        ("rows[7]/unspsc", "value-invalid"),
        ("rows[7]/catalog_issue", "value-invalid"),
        ("rows[8]/lead_days", "value-invalid"),
        ("rows[8]/substitutes", "value-invalid"),
        ("rows[9]/maximum", "value-invalid"),
        ("rows[9]/category", "value-invalid"),
        ("rows[10]/name", "value-invalid"),
        ("rows[10]/content_quantity", "value-invalid"),
        ("rows[10]/on_hand", "value-invalid"),
    ]
    after = world.dump()
    changing = {name for name in after if "session" in name or "staff" in name}
    assert {n: rows for n, rows in after.items() if n not in changing} == {
        n: rows for n, rows in before.items() if n not in changing
    }


@pytest.mark.spec("CAT-3")
def test_what_is_promised_to_orders_cannot_be_counted_away(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    world.place(customer.machine, "PO-1", line("1", "RARE", 4))
    rare = evolve(TAPE, sku="RARE", name="品 RARE", unit_price=Decimal(700))
    assert refused(world, evolve(rare, on_hand=3)) == [("rows[1]/on_hand", "value-invalid")]
    assert taken(world, evolve(rare, on_hand=4)).stock == 1
    level = world.stock("RARE")
    assert (level.on_hand, level.reserved, level.available) == (4, 4, 0)


@pytest.mark.spec("CAT-1", "CAT-3")
def test_prices_with_dates_leave_the_list_price_until_their_day(stored: Any) -> None:
    world = stored
    customer = world.customer()
    taken(world, TAPE)
    _, cursor = feed(world, customer.machine)
    later = evolve(TAPE, unit_price=Decimal(99), price_from=date(2026, 12, 1), price_to=date(2026, 12, 31))
    mine = CatalogRow(
        sku="TAPE", unit_price=Decimal(50), customer=customer.number, price_from=date(2026, 12, 15)
    )
    assert taken(world, later, mine) == ImportCatalogResponse(
        added=0, changed=0, unchanged=1, prices=2, stock=0
    )
    assert feed(world, customer.machine, cursor)[0] == ["TAPE"]
    assert taken(world, later, mine).prices == 0
    shown = {}
    for month, day in ((11, 30), (12, 1), (12, 14), (12, 15)):
        world.go_to(2026, month, day, 9)
        shown[month, day] = price(world, customer.machine, "TAPE")
    assert shown == {(11, 30): "90", (12, 1): "99", (12, 14): "99", (12, 15): "50"}
    dropped = evolve(mine, unit_price=Decimal(51))
    assert taken(world, dropped).prices == 1
    assert price(world, customer.machine, "TAPE") == "51"
    assert refused(world, mine, mine) == [("rows[2]/price_from", "value-invalid")]
    assert refused(world, evolve(mine, price_from=None), evolve(mine, sku="none")) == [
        ("rows[1]/price_from", "value-invalid"),
        ("rows[2]/sku", "unknown-item"),
    ]


@pytest.mark.spec("CAT-3", "AUTH-19")
def test_customers_do_not_fill_the_catalog(faced: Any) -> None:
    world = faced
    customer = world.customer()
    for token in (customer.administrator, customer.machine, None):
        with pytest.raises(Exception) as caught:  # noqa: PT011 -- its code is compared below
            world.call(operations.IMPORT_CATALOG, ImportCatalogRequest(rows=(TAPE,)), token=token)
        assert getattr(caught.value, "code", "") in {"access-denied", NotAuthenticated.code}


@pytest.mark.spec("CAT-3")
def test_what_is_no_text_is_refused(world: Any) -> None:
    bell, private = evolve(TAPE, name="テープ\u0007"), evolve(TAPE, sku="T-2", maker="\ue001")
    assert refused(world, bell, private) == [
        ("rows[1]/name", "value-invalid"),
        ("rows[2]/maker", "value-invalid"),
    ]


@pytest.mark.spec("CAT-3")
def test_a_batch_has_rows_and_not_too_many(world: Any) -> None:
    for rows in ((), (TAPE,) * 5_001):
        with pytest.raises(ValueInvalid):
            taken(world, *rows)
