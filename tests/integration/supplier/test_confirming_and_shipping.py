"""Confirming and shipping: in parts, short, never too much, once per key (ORD-1, ORD-5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.core.domain.orders import LineState, OrderState
from askul_connect.core.errors import IdempotencyConflict, IllegalStep, NotFound, OverShipment, ValueInvalid
from askul_connect.core.messages.ordering import (
    GetOrderRequest,
    ListConfirmationsRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.operations import supplier as operations


def ordered(world: Any, *lines: Any) -> tuple[Any, str]:
    customer = world.customer()
    return customer, world.place(customer.machine, "PO-1", *lines).orders[0].order_number


def seen(world: Any, customer: Any, order: str) -> Any:
    return world.call(operations.GET_ORDER, GetOrderRequest(order_number=order), token=customer.machine).order


def levels(world: Any, sku: str) -> tuple[int, int]:
    level = world.stock(sku)
    return level.on_hand, level.reserved


@pytest.mark.spec("ORD-1", "ORD-5")
def test_an_order_goes_in_parts_and_one_line_short(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4), line("c", "CLIP", 2))
    assert levels(world, "PEN") == (1_000, 10)
    confirmation = world.confirm(order)
    assert [(one.line_id, one.quantity_confirmed) for one in confirmation.lines] == [
        ("a", 10),
        ("b", 4),
        ("c", 2),
    ]
    assert seen(world, customer, order).state is OrderState.CONFIRMED

    first = world.ship(order, ("a", 6, 0))
    assert [(one.quantity, one.quantity_outstanding, one.quantity_short) for one in first.lines] == [
        (6, 4, 0)
    ]
    found = seen(world, customer, order)
    assert found.state is OrderState.PARTLY_SHIPPED
    assert [one.state for one in found.lines] == [
        LineState.PARTLY_SHIPPED,
        LineState.CONFIRMED,
        LineState.CONFIRMED,
    ]
    assert levels(world, "PEN") == (994, 4)

    second = world.ship(order, ("a", 1, 3), ("b", 0, 4), ("c", 2, 0))
    assert [
        (one.line_id, one.quantity, one.quantity_outstanding, one.quantity_short) for one in second.lines
    ] == [
        ("a", 1, 0, 3),
        ("b", 0, 0, 4),
        ("c", 2, 0, 0),
    ]
    found = seen(world, customer, order)
    assert found.state is OrderState.SHIPPED
    assert [(one.state, one.quantity_shipped, one.quantity_cancelled) for one in found.lines] == [
        (LineState.SHIPPED, 7, 3),
        (LineState.CANCELLED, 0, 4),
        (LineState.SHIPPED, 2, 0),
    ]
    assert levels(world, "PEN") == (993, 0)
    assert levels(world, "TEA") == (500, 0)
    assert levels(world, "CLIP") == (99_998, 0)
    listed = world.call(operations.LIST_SHIP_NOTICES, ListShipNoticesRequest(), token=customer.machine)
    assert listed.ship_notices == (first, second)
    listed = world.call(operations.LIST_CONFIRMATIONS, ListConfirmationsRequest(), token=customer.machine)
    assert listed.confirmations == (confirmation,)
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        billable = unit.shipped_lines.unbilled(account.account_id, date(2026, 11, 30))
        told = [(one.kind, one.business_key) for one in unit.outbox.all()]
    assert [(one.line_id, one.quantity) for one in billable] == [("a", 6), ("a", 1), ("c", 2)]
    # before the order, the administrator was told of the new password
    assert told.pop(0)[0] == "password-changed"
    assert told == [
        ("order-placed", order),
        ("order-confirmed", confirmation.confirmation_number),
        ("order-shipped", first.ship_notice_number),
        ("order-shipped", second.ship_notice_number),
    ]


@pytest.mark.spec("ORD-5")
def test_units_that_come_short_before_any_left_do_not_count_as_a_shipment(world: Any, line: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10))
    world.confirm(order)
    world.ship(order, ("a", 0, 3))
    (found,) = seen(world, customer, order).lines
    assert (found.state, found.quantity_shipped, found.quantity_cancelled) == (LineState.CONFIRMED, 0, 3)
    assert levels(world, "PEN") == (1_000, 7)
    world.ship(order, ("a", 5, 0))
    world.ship(order, ("a", 0, 1))
    (found,) = seen(world, customer, order).lines
    assert found.state is LineState.PARTLY_SHIPPED
    world.ship(order, ("a", 1, 0))
    assert seen(world, customer, order).state is OrderState.SHIPPED
    assert levels(world, "PEN") == (994, 0)


@pytest.mark.spec("ORD-1")
def test_what_was_not_confirmed_is_neither_shipped_nor_cancelled(stored: Any, line: Any) -> None:
    _, order = ordered(stored, line("a", "PEN", 10))
    before = stored.dump()
    for move in (("a", 10, 0), ("a", 1, 0), ("a", 0, 10), ("a", 0, 1)):
        with pytest.raises(IllegalStep):
            stored.ship(order, move)
    assert stored.dump() == before
    stored.confirm(order)
    with pytest.raises(IllegalStep):
        stored.confirm(order)


@pytest.mark.spec("ORD-5")
def test_a_shipment_is_checked_as_a_whole(stored: Any, line: Any) -> None:
    _, order = ordered(stored, line("a", "PEN", 10), line("b", "PEN", 1))
    stored.confirm(order)
    stored.ship(order, ("b", 1, 0))
    before = stored.dump()
    with pytest.raises(ValueInvalid) as caught:
        stored.ship(order, ("a", 8, 3), ("a", 0, 0), ("x", 1, 0), ("b", 1, 0), ("a", -1, 2))
    assert [one.line_id for one in caught.value.problems] == ["a", "a", "a", "x", "b", "a", "a"]
    with pytest.raises(ValueInvalid, match="cannot be shipped"):
        stored.ship(order)
    with pytest.raises(NotFound):
        stored.ship("AC99999999", ("a", 1, 0))
    with pytest.raises(NotFound):
        stored.confirm("AC99999999")
    assert stored.dump() == before


@pytest.mark.spec("ORD-2")
def test_a_step_is_done_once_per_key(stored: Any, line: Any) -> None:
    customer, order = ordered(stored, line("a", "PEN", 10))
    assert stored.confirm(order, key="c") == stored.confirm(order, key="c")
    assert stored.ship(order, ("a", 4, 0), key="s") == stored.ship(order, ("a", 4, 0), key="s")
    with pytest.raises(IdempotencyConflict):
        stored.ship(order, ("a", 5, 0), key="s")
    assert seen(stored, customer, order).lines[0].quantity_shipped == 4
    assert levels(stored, "PEN") == (996, 6)


@pytest.mark.spec("ORD-10")
def test_a_changed_order_moves_to_the_end_of_its_list(stored: Any, line: Any) -> None:
    customer = stored.customer()
    orders = [
        stored.place(customer.machine, f"PO-{n}", line("1", "PEN", 1)).orders[0].order_number
        for n in range(3)
    ]

    def listed(cursor: str = "") -> Any:
        return stored.call(operations.LIST_ORDERS, ListOrdersRequest(cursor=cursor), token=customer.machine)

    first = listed()
    assert [one.order_number for one in first.orders] == orders
    stored.confirm(orders[0])
    assert [one.order_number for one in listed().orders] == [*orders[1:], orders[0]]
    news = listed(first.page.next_cursor)
    assert [(one.order_number, one.state) for one in news.orders] == [(orders[0], OrderState.CONFIRMED)]
    assert listed(news.page.next_cursor).orders == ()


@pytest.mark.spec("ORD-5", "PRC-5")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["PEN", "CLIP"]),
    st.integers(1, 60),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 3)), max_size=12),
)
def test_whatever_the_parts_stock_and_amounts_add_up(
    make_world: Any, line: Any, sku: str, quantity: int, moves: list[tuple[int, int]]
) -> None:
    world = make_world()
    customer, order = ordered(world, line("a", sku, quantity))
    start = levels(world, sku)[0]
    world.confirm(order)
    left = quantity
    for shipped, short in moves:
        taken = min(shipped, left), min(short, left - min(shipped, left))
        if sum(taken):
            world.ship(order, ("a", *taken))
            left -= sum(taken)
    if left:
        with pytest.raises(OverShipment):
            world.ship(order, ("a", left + 1, 0))
        world.ship(order, ("a", left, 0))
    (found,) = seen(world, customer, order).lines
    assert found.quantity_shipped + found.quantity_cancelled == quantity
    assert found.state is (LineState.SHIPPED if found.quantity_shipped else LineState.CANCELLED)
    assert levels(world, sku) == (start - found.quantity_shipped, 0)
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        parts = unit.shipped_lines.unbilled(account.account_id, date(2026, 11, 30))
    price = Decimal(120) if sku == "PEN" else Decimal("0.3333")
    exact = price * found.quantity_shipped
    assert sum(one.quantity for one in parts) == found.quantity_shipped
    assert abs(sum(one.amount_excl_tax for one in parts) - exact) <= Decimal("0.5")
    if not found.quantity_cancelled:
        assert sum(one.amount_excl_tax for one in parts) == found.amount_excl_tax
