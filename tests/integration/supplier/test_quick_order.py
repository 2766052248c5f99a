"""Pasted lines into the cart: what is good goes in, what is not is reported with suggestions (CART-3)."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.catalog import StockLevel
from askul_connect.core.errors import IdempotencyConflict, UnknownDepartment, ValueInvalid
from askul_connect.core.operations import cart as carts
from askul_connect.core.services.supplier.opening import stock_catalog

pytestmark = pytest.mark.spec("CART-3")
JAN = "4901234567894"


def shelve(world: Any, sku: str, **changes: Any) -> None:
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
    stock_catalog(world.storage, [(evolve(pen, sku=sku, **changes), StockLevel(sku=sku, on_hand=9))])


def paste(world: Any, token: Any, text: str, key: str = "", **more: Any) -> Any:
    request = carts.QUICK_ORDER.request(**{"text": text, "department": "D1", **more})
    return world.call(carts.QUICK_ORDER, request, token=token, key=key or world.fresh())


def held(answer: Any) -> list[tuple[str, int]]:
    return [(one.sku, one.quantity) for one in answer.cart.lines]


def refused(answer: Any) -> list[tuple[int, str, tuple[str, ...]]]:
    return [(one.row, one.code, tuple(each.sku for each in one.suggestions)) for one in answer.refused]


def test_good_lines_go_in_and_bad_ones_are_reported(everywhere: Any) -> None:
    world = everywhere
    shelve(world, "PAPER-A4", name="コピー用紙 A4", jan=JAN)
    shelve(world, "GONE", discontinued=True, substitutes=("PEN", "OLD"))
    token = world.customer().administrator
    text = "\n".join(
        (
            "品番\t数量",
            "ＰＥＮ\t１０",
            "PEM\t3",
            "",
            "pen\t2個",
            f"{JAN}\t5",
            "コピー用紙 A4\t1",
            "GONE\t1",
            "TEA\t3",
            "TEA\t11",
            "CLIP\t0",
            "ない\t1",
            "paper-a4",
        )
    )
    answer = paste(world, token, text, cost_centre="CC-1")
    assert held(answer) == [("PEN", 12), ("PAPER-A4", 6), ("TEA", 14)]
    assert {one.cost_centre for one in answer.cart.lines} == {"CC-1"}
    assert [(one.rows, one.sku, one.quantity) for one in answer.added] == [
        ((2, 5), "PEN", 12),
        ((6, 13), "PAPER-A4", 6),
        ((9, 10), "TEA", 14),
    ]
    assert refused(answer) == [
        (3, "unknown-item", ("PEN",)),
        (7, "unknown-item", ("PAPER-A4",)),
        (8, "item-discontinued", ("PEN",)),
        (11, "value-invalid", ()),
        (12, "unknown-item", ()),
    ]
    assert all(one.reason and one.remedy for one in answer.refused)
    # what does not fit with what is in the cart is refused on each of its lines; the others still go in
    more = paste(world, token, "TEA 4\nRARE 1\nTEA 4", cost_centre="CC-1")
    assert refused(more) == [(1, "quantity-not-sold", ()), (3, "quantity-not-sold", ())]
    assert held(more) == [("PEN", 12), ("PAPER-A4", 6), ("TEA", 14), ("RARE", 1)]


def test_a_jan_of_two_items_is_asked_about(stored: Any) -> None:
    shelve(stored, "PAPER-1", jan=JAN)
    shelve(stored, "PAPER-10", jan=JAN)
    answer = paste(stored, stored.customer().administrator, f"{JAN[:4]}-{JAN[4:]} 2")
    assert refused(answer) == [(1, "unknown-item", ("PAPER-1", "PAPER-10"))]
    assert "names 2 items" in answer.refused[0].reason
    assert held(answer) == []


def test_a_trial_changes_nothing_and_a_repeated_call_adds_once(everywhere: Any) -> None:
    world = everywhere
    token = world.customer().administrator
    tried = paste(world, token, "PEN 3\nPEM 1", key="same", trial=True)
    assert (tried.trial, held(tried), len(tried.refused)) == (True, [("PEN", 3)], 1)
    assert paste(world, token, "PEM 1").cart.version == 0
    first = paste(world, token, "PEN 3\nPEM 1", key="same")
    assert paste(world, token, "PEN 3\nPEM 1", key="same") == first
    assert held(first) == [("PEN", 3)]
    with pytest.raises(IdempotencyConflict):
        paste(world, token, "PEN 4", key="same")


def test_what_is_no_list_at_all_is_refused(stored: Any) -> None:
    token = stored.customer().administrator
    for text in ("", "\n\n", "SKU,数量", "PEN 1\n" * 1_001, "x" * 200_001):
        with pytest.raises(ValueInvalid):
            paste(stored, token, text)
    for department in ("D9", ""):
        with pytest.raises(UnknownDepartment):
            paste(stored, token, "PEN 1", department=department)
    limited = stored.customer("b").credential(departments=("D2",), label="limited")
    with pytest.raises(UnknownDepartment):
        paste(stored, limited, "PEN 1")
    assert paste(stored, limited, "PEN 1", department="").cart.lines[0].department == "D2"


def test_a_list_of_a_thousand_lines(stored: Any) -> None:
    token = stored.customer().administrator
    answer = paste(stored, token, "PEN 1\nNIX-17 2\n" * 500)
    assert held(answer) == [("PEN", 500)]
    assert len(answer.refused) == 500
    assert len(answer.added[0].rows) == 500


def test_a_cart_that_is_full_takes_no_more(stored: Any) -> None:
    world = stored
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
    shelf = [
        (evolve(pen, sku=f"S-{number}"), StockLevel(sku=f"S-{number}", on_hand=9)) for number in range(1_000)
    ]
    stock_catalog(world.storage, shelf)
    token = world.customer().administrator
    full = paste(world, token, "\n".join(f"S-{number} 1" for number in range(1_000)))
    assert (len(full.cart.lines), full.refused) == (1_000, ())
    answer = paste(world, token, "PEN 1")
    assert refused(answer) == [(1, "value-invalid", ())]
    assert answer.cart == full.cart
    # more of what is in it still goes in
    assert paste(world, token, "S-7 2").cart.lines[7].quantity == 3
