"""PlaceOrder: every rule, all findings at once, trials, repetition and competition (ORD-2, CART-2, CART-4, CART-5)."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from askul_connect.core.domain.orders import Channel, OrderState
from askul_connect.core.errors import (
    IdempotencyConflict,
    IdempotencyKeyMissing,
    OrderRefused,
    PurchaseOrderConflict,
)
from askul_connect.core.messages.ordering import (
    GetOrderByExternalIdRequest,
    GetOrderRequest,
    ListOrdersRequest,
    OnPriceChange,
    PlaceOrderRequest,
)
from askul_connect.core.operations import supplier as operations

BUYER_PARTY = "0188:7010705000725"


def findings(world: Any, *lines: Any, **changes: Any) -> list[tuple[str, str, str]]:
    """Code, line and place of every finding."""
    customer = world.customer()
    before = world.dump()
    with pytest.raises(OrderRefused) as caught:
        world.place(customer.machine, changes.pop("purchase_order_id", "PO-1"), *lines, key="k", **changes)
    assert all(one.remedy and one.detail for one in caught.value.problems)
    assert world.dump() == before
    return [(one.code, one.line_id, one.where) for one in caught.value.problems]


@pytest.mark.spec("CART-2", "CART-4")
def test_every_rule_of_a_line_is_told_on_its_line_and_all_at_once(everywhere: Any, line: Any) -> None:
    assert findings(
        everywhere,
        line("1", "NONE", 1),
        line("2", "OLD", 1),
        line("3", "PEN", 1, unit="XBX"),
        line("4", "TEA", 1),
        line("5", "TEA", 7),
        line("6", "TEA", 22),
        line("7", "RARE", 3),
        line("8", "RARE", 3),
        line("9", "PEN", 1, department="D9"),
        line("10", "PEN", 1, department=""),
        line("11", "PEN", -1),
        line("12", "PEN", 0),
        line("13", "PEN", 1, expected_unit_price=Decimal("119.9999")),
        line("13", "PEN", 1),
        line(" ", "PEN", 1),
        line("x" * 101, "PEN", 1),
        line("17", "DESK", 3),
        line("18", "PEN", 9_999),
        line("19", "", 1, unit="", department="D9"),
    ) == [
        ("unknown-item", "1", "lines[1]/sku"),
        ("item-discontinued", "2", "lines[2]/sku"),
        ("unknown-unit", "3", "lines[3]/unit"),
        ("quantity-not-sold", "4", "lines[4]/quantity"),
        ("quantity-not-sold", "5", "lines[5]/quantity"),
        ("quantity-not-sold", "6", "lines[6]/quantity"),
        ("out-of-stock", "8", "lines[8]/quantity"),
        ("unknown-department", "9", "lines[9]/department"),
        ("unknown-department", "10", "lines[10]/department"),
        ("quantity-not-sold", "11", "lines[11]/quantity"),
        ("quantity-not-sold", "12", "lines[12]/quantity"),
        ("price-changed", "13", "lines[13]/expected_unit_price"),
        ("value-invalid", "13", "lines[14]/line_id"),
        ("value-invalid", " ", "lines[15]/line_id"),
        ("value-invalid", "x" * 101, "lines[16]/line_id"),
        ("out-of-stock", "18", "lines[18]/quantity"),
        ("unknown-department", "19", "lines[19]/department"),
        ("unknown-item", "19", "lines[19]/sku"),
    ]


@pytest.mark.spec("CART-2")
def test_what_is_wrong_with_the_head_is_told_with_the_lines(faced: Any, line: Any) -> None:
    assert findings(
        faced,
        line("1", "NONE", 1),
        purchase_order_id=" ",
        buyer_party="x" * 101,
        currency="USD",
        issue_year=-1,
        price_tolerance=Decimal("-0.1"),
    ) == [
        ("value-invalid", "", "purchase_order_id"),
        ("value-invalid", "", "buyer_party"),
        ("value-invalid", "", "issue_year"),
        ("unknown-currency", "", "currency"),
        ("value-invalid", "", "price_tolerance"),
        ("unknown-item", "1", "lines[1]/sku"),
    ]


@pytest.mark.spec("CART-2")
def test_an_order_has_one_to_a_thousand_lines(world: Any, line: Any) -> None:
    customer = world.customer()

    def place(count: int) -> Any:
        lines = tuple(line(str(i), "CLIP" if i < 1_000 else "NONE", 1) for i in range(count))
        return world.place(customer.machine, f"PO-{count}", line("1", "PEN", 1), lines=lines)

    for count in (0, 1_001):
        with pytest.raises(OrderRefused) as caught:
            place(count)
        assert [(one.code, one.where) for one in caught.value.problems] == [("value-invalid", "lines")]
    assert len(place(1_000).orders[0].lines) == 1_000


@pytest.mark.spec("CART-4")
@pytest.mark.parametrize(
    ("expected", "tolerance", "accepted"),
    [
        (None, "0", True),
        ("120", "0", True),
        ("120.00", "0", True),
        ("119", "0", False),
        ("121", "0", False),
        ("119", "1", True),
        ("121", "1", True),
        ("121.0001", "1", False),
        ("118.9999", "1", False),
        ("0", "120", True),
    ],
)
def test_a_price_may_deviate_by_the_tolerance(
    world: Any, line: Any, expected: str | None, tolerance: str, accepted: bool
) -> None:
    customer = world.customer()
    asked = line("1", "PEN", 1, expected_unit_price=Decimal(expected) if expected else None)
    changes = {"price_tolerance": Decimal(tolerance)}
    if accepted:
        (order,) = world.place(customer.machine, "PO-1", asked, **changes).orders
        assert order.lines[0].unit_price == Decimal(120)
        return
    with pytest.raises(OrderRefused) as caught:
        world.place(customer.machine, "PO-1", asked, **changes)
    assert [one.code for one in caught.value.problems] == ["price-changed"]
    assert "120" in caught.value.problems[0].detail


@pytest.mark.spec("CART-4", "ORD-2")
def test_a_line_whose_price_changed_is_dropped_where_that_was_asked_for(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    lines = (
        line("1", "PEN", 1, expected_unit_price=Decimal(100)),
        line("2", "TEA", 2),
        line("3", "RARE", 100, expected_unit_price=Decimal(1)),
    )
    changes = {"on_price_change": OnPriceChange.DROP_LINE}
    placed = world.place(customer.machine, "PO-1", *lines, **changes)
    assert [one.line_id for one in placed.orders[0].lines] == ["2"]
    assert [(one.line_id, one.code) for one in placed.dropped] == [
        ("1", "price-changed"),
        ("3", "price-changed"),
    ]
    assert world.stock("RARE").reserved == 0
    for key in ("po:PO-1", "another"):
        again = world.place(customer.machine, "PO-1", *lines, key=key, **changes)
        assert again.orders == placed.orders
        assert [(one.line_id, one.code) for one in again.dropped] == [
            (one.line_id, one.code) for one in placed.dropped
        ]


@pytest.mark.spec("CART-4")
def test_a_line_is_not_dropped_for_its_price_when_more_is_wrong(world: Any, line: Any) -> None:
    off = Decimal(1)
    assert findings(
        world,
        line("1", "PEN", 1, unit="XBX", expected_unit_price=off),
        line("2", "PEN", 1),
        on_price_change=OnPriceChange.DROP_LINE,
    ) == [("unknown-unit", "1", "lines[1]/unit"), ("price-changed", "1", "lines[1]/expected_unit_price")]


@pytest.mark.spec("CART-4")
def test_an_order_of_which_every_line_is_dropped_is_refused(world: Any, line: Any) -> None:
    off = Decimal(1)
    assert findings(
        world,
        line("1", "PEN", 1, expected_unit_price=off),
        line("2", "TEA", 2, expected_unit_price=off),
        on_price_change=OnPriceChange.DROP_LINE,
    ) == [
        ("price-changed", "1", "lines[1]/expected_unit_price"),
        ("price-changed", "2", "lines[2]/expected_unit_price"),
    ]


@pytest.mark.spec("CART-5")
def test_a_trial_answers_like_the_order_and_changes_nothing(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    lines = (line("1", "PEN", 7), line("2", "TEA", 4), line("3", "DESK", 1))
    before = world.dump()
    tried = world.place(customer.machine, "PO-1", *lines, trial=True)
    with pytest.raises(OrderRefused):
        world.place(customer.machine, "PO-2", line("1", "RARE", 6), trial=True)
    with pytest.raises(IdempotencyKeyMissing):
        world.caller.call(
            operations.PLACE_ORDER,
            PlaceOrderRequest(purchase_order_id="x", buyer_party="x", currency="JPY", lines=lines),
            token=customer.machine,
        )
    assert world.dump() == before
    placed = world.place(customer.machine, "PO-1", *lines)
    assert tried.trial
    assert not placed.trial
    assert tried.orders == placed.orders
    after = world.dump()
    assert after != before
    for key in ("po:PO-1", "new"):
        again = world.place(customer.machine, "PO-1", *lines, trial=True, key=key)
        assert again.trial
        assert again.orders == placed.orders
        with pytest.raises((PurchaseOrderConflict, IdempotencyConflict)):
            world.place(customer.machine, "PO-1", lines[0], trial=True, key=key)
    assert world.dump() == after


@pytest.mark.spec("ORD-2")
@pytest.mark.parametrize("key", ["", " ", "x" * 201])
def test_a_key_is_needed(faced: Any, line: Any, key: str) -> None:
    customer = faced.customer()
    request = PlaceOrderRequest(
        purchase_order_id="PO-1", buyer_party=BUYER_PARTY, currency="JPY", lines=(line("1", "PEN", 1),)
    )
    with pytest.raises(IdempotencyKeyMissing):
        faced.call(operations.PLACE_ORDER, request, token=customer.machine, key=key)


@pytest.mark.spec("ORD-2")
def test_repeating_is_recognised_by_key_and_by_purchase_order(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    other = customer.credential(label="other")
    asked = line("1", "PEN", 7, expected_unit_price=Decimal("120.0"))
    placed = world.place(customer.machine, "PO-1", asked)
    once = world.stock("PEN")
    assert once.reserved == 7
    world.forward(timedelta(days=100))
    same = line("1", "PEN", 7, expected_unit_price=Decimal("120.00"))
    for token in (customer.machine, other):
        assert world.place(token, "PO-1", same) == placed
        assert world.place(token, "PO-1", same, key="another") == placed
    with pytest.raises(IdempotencyConflict):
        world.place(customer.machine, "PO-2", asked, key="po:PO-1")
    with pytest.raises(IdempotencyConflict):
        world.place(customer.machine, "PO-1", evolve(asked, quantity=8))
    with pytest.raises(PurchaseOrderConflict):
        world.place(customer.machine, "PO-1", evolve(asked, quantity=8), key="third")
    assert world.stock("PEN") == once
    # another year or another party of the buyer numbers for itself
    assert world.place(customer.machine, "PO-1", asked, key="y", issue_year=2026).orders != placed.orders
    assert world.place(customer.machine, "PO-1", asked, key="z", buyer_party="0188:2").orders != placed.orders
    with world.storage.begin() as unit:
        (account,) = unit.accounts.all()
        assert unit.changes.alive(account.account_id, "orders") == 3


@pytest.mark.spec("ORD-2", "ORD-9")
def test_an_order_is_found_again_as_it_was_placed(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    (order,) = world.place(customer.machine, "PO-1", line("a", "PEN", 3), line("b", "TEA", 4)).orders
    assert order.state is OrderState.PLACED
    assert order.channel is (Channel.SOAP if world.face == "soap" else Channel.IN_PROCESS)
    found = world.call(
        operations.GET_ORDER, GetOrderRequest(order_number=order.order_number), token=customer.machine
    )
    assert found.order == order
    request = GetOrderByExternalIdRequest(purchase_order_id="PO-1", buyer_party=BUYER_PARTY)
    assert world.call(operations.GET_ORDER_BY_EXTERNAL_ID, request, token=customer.machine).orders == (order,)
    assert world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).orders == (order,)


def at_once(count: int, task: Any) -> list[Any]:
    with ThreadPoolExecutor(count) as threads:
        return [done.result() for done in [threads.submit(task, number) for number in range(count)]]


@pytest.mark.spec("ORD-2")
def test_sixteen_threads_with_one_key_make_one_order(stored: Any) -> None:
    customer = stored.customer()
    answers = at_once(16, lambda _: stored.place(customer.machine, "PO-1"))
    assert answers == [answers[0]] * 16
    assert stored.stock("PEN").reserved == 10
    listed = stored.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine)
    assert listed.orders == answers[0].orders


@pytest.mark.spec("ORD-2")
def test_eight_threads_never_oversell(stored: Any, line: Any) -> None:
    customer = stored.customer()

    def buy(number: int) -> list[str]:
        """What three attempts ended in."""
        ends = []
        for attempt in range(3):
            try:
                stored.place(
                    customer.machine, f"PO-{number}-{attempt}", line("1", "RARE", 1), line("2", "PEN", 1)
                )
                ends.append("sold")
            except OrderRefused as error:
                ends += [one.code for one in error.problems]
        return ends

    ends = Counter(end for found in at_once(8, buy) for end in found)
    assert ends == {"sold": 5, "out-of-stock": 19}
    level = stored.stock("RARE")
    assert (level.on_hand, level.reserved, level.available) == (5, 5, 0)
    assert stored.stock("PEN").reserved == 5


def rounded(exact: Decimal) -> int:
    whole = int(exact)
    return whole + (exact - whole >= Decimal("0.5"))


@pytest.mark.spec("PRC-3", "PRC-5")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["PEN", "CLIP", "TEA", "DESK"]), st.integers(1, 10)), min_size=1, max_size=8
    )
)
def test_totals_equal_a_recount(make_world: Any, line: Any, wanted: list[tuple[str, int]]) -> None:
    world = make_world()
    customer = world.customer()
    price = {"PEN": "120", "CLIP": "0.3333", "TEA": "98.5", "DESK": "15000"}
    lines = [line(str(i), sku, quantity * 2) for i, (sku, quantity) in enumerate(wanted)]
    orders = world.place(customer.machine, "PO-1", *lines).orders
    # what the maker ships is an order of its own
    split = [[one for one in lines if (one.sku == "DESK") is direct] for direct in (False, True)]
    for order, held in zip(orders, [part for part in split if part], strict=True):
        amounts = [rounded(Decimal(price[one.sku]) * one.quantity) for one in held]
        assert [one.line_id for one in order.lines] == [one.line_id for one in held]
        assert [one.amount_excl_tax for one in order.lines] == amounts
        taxable: Counter[int] = Counter()
        for one, amount in zip(held, amounts, strict=True):
            taxable[8 if one.sku == "TEA" else 10] += amount
        assert {int(one.rate): (one.taxable, one.tax) for one in order.tax} == {
            rate: (amount, amount * rate // 100) for rate, amount in taxable.items()
        }
        assert order.total_excl_tax == sum(amounts)
        assert order.total_incl_tax == sum(amount + amount * rate // 100 for rate, amount in taxable.items())


@pytest.mark.spec("CART-2")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["PEN", "TEA", "RARE", "OLD", "NONE"]),
            st.integers(-2, 25),
            st.sampled_from(["H87", "KGM"]),
        ),
        max_size=6,
    )
)
def test_an_order_is_placed_whole_or_not_at_all(
    make_world: Any, line: Any, wanted: list[tuple[str, int, str]]
) -> None:
    world = make_world()
    customer = world.customer()
    before = world.dump()
    lines = tuple(line(str(i), sku, quantity, unit=unit) for i, (sku, quantity, unit) in enumerate(wanted))
    try:
        kept = world.place(customer.machine, "PO-1", line("x", "PEN", 1), lines=lines).orders[0].lines
    except OrderRefused:
        assert world.dump() == before
        return
    assert [one.line_id for one in kept] == [one.line_id for one in lines]
    for sku, on_hand in (("PEN", 1_000), ("TEA", 500), ("RARE", 5)):
        level = world.stock(sku)
        assert level.reserved == sum(one.quantity for one in lines if one.sku == sku)
        assert 0 <= level.available <= on_hand
