"""Reorder: an earlier order at today's prices, with substitutes for what is gone (ORD-8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment, StockLevel
from askul_connect.core.domain.reordering import ReorderChange
from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.cart import CartChange
from askul_connect.core.messages.reordering import ReorderRequest
from askul_connect.core.operations.cart import CHANGE_CART
from askul_connect.core.operations.order_history import REORDER


def again(world: Any, token: Any, number: str, *line_ids: str, key: str = "") -> Any:
    request = ReorderRequest(order_number=number, line_ids=line_ids)
    return world.call(REORDER, request, token=token, key=key or world.fresh())


def change_item(world: Any, sku: str, **changes: Any) -> None:
    with world.storage.begin() as unit:
        unit.catalog.save_many([evolve(unit.catalog.items([sku])[sku], **changes)])


def placed(world: Any, token: Any, *lines: Any) -> str:
    made: str = world.place(token, "PO-1", *lines).orders[0].order_number
    return made


@pytest.mark.spec("ORD-8")
def test_what_is_as_it_was_is_proposed_as_it_was_and_nothing_is_ordered(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    lines = (line("1", "PEN", 10, cost_centre="4711"), line("2", "DESK", 1), line("3", "CLIP", 7))
    # what the maker ships is an order of its own
    kept, direct = (one.order_number for one in world.place(customer.machine, "PO-1", *lines).orders)
    stock = world.stock("PEN")
    pen, clip = again(world, customer.machine, kept).lines
    [desk] = again(world, customer.machine, direct).lines
    assert (pen.changes, clip.changes, desk.changes) == ((), (), ())
    assert (desk.sku, desk.quantity, desk.line_id) == ("DESK", 1, "2")
    assert (pen.sku, pen.quantity, pen.unit, pen.department, pen.cost_centre) == (
        "PEN",
        10,
        "H87",
        "D1",
        "4711",
    )
    assert pen.unit_price == pen.ordered_unit_price
    assert pen.amount_excl_tax == pen.unit_price * 10
    assert (pen.available, desk.available) == (990, 0)
    assert world.stock("PEN") == stock
    assert [one.line_id for one in again(world, customer.machine, kept, "3").lines] == ["3"]


@pytest.mark.spec("ORD-8")
def test_what_has_changed_is_said(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    number = placed(world, customer.machine, line("1", "PEN", 10), line("2", "CLIP", 7), line("3", "RARE", 5))
    change_item(world, "PEN", list_price=Decimal(200))
    change_item(world, "CLIP", multiple=4, minimum=4, maximum=10, unit="XBX")
    pen, clip, rare = again(world, customer.machine, number).lines
    assert pen.changes == (ReorderChange.PRICE,)
    assert pen.unit_price != pen.ordered_unit_price
    assert (clip.changes, clip.quantity) == ((ReorderChange.UNIT, ReorderChange.QUANTITY), 8)
    assert (rare.changes, rare.available) == ((ReorderChange.SHORT,), 0)


@pytest.mark.spec("ORD-8")
def test_a_substitute_takes_the_place_of_what_is_gone_with_as_many_pieces(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    number = placed(world, customer.machine, line("1", "PEN", 10), line("2", "CLIP", 7), line("3", "RARE", 1))
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
        box = evolve(pen, sku="PEN-BOX", name="品 箱", content_quantity=12, list_price=Decimal(1_000))
        gone = evolve(pen, sku="PEN-2", discontinued=True, substitutes=("PEN", "PEN-BOX"))
        unit.catalog.add_many([(one, StockLevel(sku=one.sku, on_hand=100)) for one in (box, gone)])
    change_item(world, "PEN", discontinued=True, substitutes=("none-such", "OLD", "PEN-2"))
    change_item(world, "CLIP", discontinued=True)
    change_item(world, "RARE", discontinued=True, substitutes=("OLD",))
    pen, clip, rare = again(world, customer.machine, number).lines
    assert (pen.sku, pen.name, pen.quantity, pen.available) == ("PEN-BOX", "品 箱", 1, 100)
    assert pen.changes == (ReorderChange.SUBSTITUTE, ReorderChange.QUANTITY, ReorderChange.PRICE)
    for one in (clip, rare):
        assert (one.changes, one.sku, one.quantity, one.unit_price) == ((ReorderChange.GONE,), "", 0, None)


@pytest.mark.spec("ORD-8", "ACC-1")
def test_no_substitute_is_one_that_the_account_is_not_offered(world: Any, line: Any) -> None:
    letter = world.letter("c", kind=AccountKind.INDIVIDUAL)
    token = world.pay_by_card(world.first_session(letter.customer_number, letter.temporary_password))
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
        direct = evolve(pen, sku="PEN-D", fulfilment=Fulfilment.DIRECT)
        unit.catalog.add_many([(direct, StockLevel(sku="PEN-D", on_hand=0))])
    number = placed(world, token, line("1", "PEN", 1))
    change_item(world, "PEN", discontinued=True, substitutes=("PEN-D",))
    [one] = again(world, token, number).lines
    assert one.changes == (ReorderChange.GONE,)


@pytest.mark.spec("ORD-8", "AUTH-20", "ACC-5")
def test_an_order_that_the_caller_may_not_see_is_like_none(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, other = world.customer(), world.customer("b")
    number = placed(world, customer.machine, line("1", "PEN", 1))
    limited = customer.credential(departments=("D2",), label="limited")
    for token, asked in ((other.machine, number), (limited, number), (customer.machine, "AC99999999")):
        with pytest.raises(NotFound) as caught:
            again(world, token, asked)
        assert caught.value.detail == f"there is no order {asked!r}"
    with pytest.raises(NotFound):
        again(world, customer.machine, number, "1", "9")


@pytest.mark.spec("ORD-8")
def test_a_repeated_call_answers_as_things_stand(world: Any, line: Any) -> None:
    customer = world.customer()
    number = placed(world, customer.machine, line("1", "PEN", 1))
    assert again(world, customer.machine, number, key="k").lines[0].changes == ()
    change_item(world, "PEN", list_price=Decimal(200))
    assert again(world, customer.machine, number, key="k").lines[0].changes == (ReorderChange.PRICE,)


@pytest.mark.spec("ORD-8", "CART-1")
def test_what_can_be_ordered_is_put_into_the_cart_once(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    lines = (line("1", "PEN", 10, cost_centre="4711"), line("2", "CLIP", 7), line("3", "TEA", 18))
    number = placed(world, customer.machine, *lines)
    change_item(world, "CLIP", discontinued=True)
    # 18 more than the 4 that are in the cart are more than is sold at once
    add = CartChange(action=CartAction.ADD, sku="TEA", quantity=4, department="D1")
    world.call(CHANGE_CART, CHANGE_CART.request(changes=(add,)), token=customer.machine, key="tea")
    request = ReorderRequest(order_number=number, into_cart=True)
    made = world.call(REORDER, request, token=customer.machine, key="again")
    assert [(one.line_id, one.added) for one in made.lines] == [("1", True), ("2", False), ("3", False)]
    assert [(one.sku, one.quantity, one.cost_centre) for one in made.cart.lines] == [
        ("TEA", 4, ""),
        ("PEN", 10, "4711"),
    ]
    # the answer that was lost comes again
    once_more = world.call(REORDER, request, token=customer.machine, key="again")
    assert once_more.cart == made.cart
    assert once_more.lines[0].added
    assert again(world, customer.machine, number).cart is None
