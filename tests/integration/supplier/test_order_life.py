"""Changing, cancelling and rejecting after an order was placed, over each storage and face (ORD-1, ORD-5)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.orders import CancelCause, LineState, OrderState
from askul_connect.core.errors import (
    AccessDenied,
    DepartmentLimitExceeded,
    IdempotencyConflict,
    IllegalStep,
    ItemDiscontinued,
    NotFound,
    OrderLimitExceeded,
    OrderRefused,
    OutOfStock,
    PriceChanged,
    QuantityNotSold,
    TooLateToChange,
    ValueInvalid,
)
from askul_connect.core.messages.order_life import (
    CancelOrderRequest,
    CancelOrdersInBulkRequest,
    ChangedLine,
    ChangeOrderRequest,
    RejectedLine,
    RejectLinesRequest,
)
from askul_connect.core.messages.ordering import GetOrderRequest, ListOrdersRequest
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    ListDepartmentLimitsRequest,
    SetDepartmentLimitRequest,
)
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.releasing import release


def ordered(world: Any, *lines: Any, number: str = "PO-1", customer: Any = None) -> tuple[Any, str]:
    customer = customer or world.customer()
    return customer, world.place(customer.machine, number, *lines).orders[0].order_number


def seen(world: Any, customer: Any, order: str) -> Any:
    return world.call(operations.GET_ORDER, GetOrderRequest(order_number=order), token=customer.machine).order


def cancel(world: Any, token: Any, order: str, *lines: str, key: str = "", **more: Any) -> Any:
    request = CancelOrderRequest(order_number=order, lines=lines, **more)
    return world.call(life.CANCEL_ORDER, request, token=token, key=key or world.fresh())


def change(world: Any, token: Any, order: str, *lines: tuple[str, int], key: str = "", **more: Any) -> Any:
    changed = tuple(ChangedLine(line_id=one, quantity=quantity) for one, quantity in lines)
    request = ChangeOrderRequest(order_number=order, lines=changed, **more)
    return world.call(life.CHANGE_ORDER, request, token=token, key=key or world.fresh())


def levels(world: Any, sku: str) -> tuple[int, int]:
    level = world.stock(sku)
    return level.on_hand, level.reserved


def used(world: Any, customer: Any, code: str = "D1") -> int:
    answer = world.call(
        people.LIST_DEPARTMENT_LIMITS, ListDepartmentLimitsRequest(), token=customer.administrator
    )
    return next(one.used for one in answer.limits if one.code == code)


def limit(world: Any, customer: Any, amount: int, code: str = "D1") -> None:
    request = SetDepartmentLimitRequest(code=code, monthly_limit=amount)
    world.call(people.SET_DEPARTMENT_LIMIT, request, token=customer.administrator)


@pytest.mark.spec("ORD-1", "ORD-5")
def test_a_cancelled_order_gives_everything_back_and_is_told_once(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "RARE", 4))
    limit(world, customer, 50_000)
    assert used(world, customer) == 4_400
    since = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).page.next_cursor

    first = cancel(world, customer.machine, order, "a", key="c-1")
    assert first.order.state is OrderState.PLACED
    assert [(one.state, one.quantity_cancelled, one.cancel_cause) for one in first.order.lines] == [
        (LineState.CANCELLED, 10, CancelCause.CUSTOMER),
        (LineState.PLACED, 0, None),
    ]
    assert levels(world, "PEN") == (1_000, 0)
    assert used(world, customer) == 3_080
    assert cancel(world, customer.machine, order, "a", key="c-1") == first
    assert levels(world, "PEN") == (1_000, 0)
    with pytest.raises(IdempotencyConflict):
        cancel(world, customer.machine, order, "b", key="c-1")

    second = cancel(world, customer.machine, order)
    assert second.order.state is OrderState.CANCELLED
    assert second.order == seen(world, customer, order)
    assert used(world, customer) == 0
    page = world.call(operations.LIST_ORDERS, ListOrdersRequest(cursor=since), token=customer.machine)
    assert page.orders == (second.order,)
    told = world.notices("order-cancelled")
    assert [one["number"] for one in told] == [first.change_number, second.change_number]
    assert [(one.subject, one.account_id != "") for one in world.audited("order-cancelled")] == [
        (order, True),
        (order, True),
    ]
    with pytest.raises(IllegalStep):
        cancel(world, customer.machine, order)


@pytest.mark.spec("ORD-5")
@pytest.mark.parametrize(
    ("placed", "last", "late"),
    [
        # before noon of a Monday: until its noon
        ((2026, 11, 2, 9), (2026, 11, 2, 11, 59, 59), (2026, 11, 2, 12)),
        # from noon on it is Wednesday's business, Tuesday being a holiday
        ((2026, 11, 2, 12), (2026, 11, 4, 11, 59, 59), (2026, 11, 4, 12)),
        # on a Saturday: Monday's
        ((2026, 11, 7, 10), (2026, 11, 9, 11, 59, 59), (2026, 11, 9, 12)),
    ],
)
def test_the_cut_off(world: Any, line: Any, placed: Any, last: Any, late: Any) -> None:
    customer = world.customer()
    world.go_to(*placed)
    _, first = ordered(world, line("a", "PEN", 10), customer=customer)
    _, second = ordered(world, line("a", "PEN", 10), number="PO-2", customer=customer)
    world.go_to(*last)
    assert cancel(world, customer.machine, first).order.state is OrderState.CANCELLED
    assert change(world, customer.machine, second, ("a", 9)).order.lines[0].quantity_cancelled == 1
    world.go_to(*late)
    with pytest.raises(TooLateToChange) as caught:
        cancel(world, customer.machine, second)
    assert [one.line_id for one in caught.value.problems] == ["a"]
    with pytest.raises(TooLateToChange):
        change(world, customer.machine, second, ("a", 8))
    assert levels(world, "PEN") == (1_000, 9)


@pytest.mark.spec("ORD-5")
def test_the_cut_off_is_data_of_the_supplier(make_world: Any, line: Any) -> None:
    world = make_world()
    world.start(profile=evolve(world.supplier.dispatcher.house.profile, changes_until_hour=24))
    world.caller = world.caller_of(world.supplier)
    customer, order = ordered(world, line("a", "PEN", 10))
    world.go_to(2026, 11, 2, 23, 59)
    cancel(world, customer.machine, order)


@pytest.mark.spec("ORD-5")
def test_what_its_maker_ships_is_fixed_once_confirmed(world: Any, line: Any) -> None:
    customer = world.customer()
    both = world.place(customer.machine, "PO-1", line("a", "PEN", 10), line("b", "DESK", 2)).orders
    shelved, order = (one.order_number for line_id in "ab" for one in both if one.lines[0].line_id == line_id)
    _, placed = ordered(world, line("b", "DESK", 2), number="PO-2", customer=customer)
    world.confirm(shelved)
    world.confirm(order)
    before = world.dump()
    with pytest.raises(TooLateToChange, match="cannot be cancelled"):
        cancel(world, customer.machine, order)
    with pytest.raises(TooLateToChange):
        change(world, customer.machine, order, ("b", 1))
    assert world.dump() == before
    assert cancel(world, customer.machine, shelved).order.state is OrderState.CANCELLED
    assert cancel(world, customer.machine, placed).order.state is OrderState.CANCELLED


@pytest.mark.spec("ORD-1", "ORD-5")
def test_all_that_stands_in_the_way_is_said_at_once(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    world.confirm(order)
    world.ship(order, ("a", 4, 0))
    before = world.dump()
    with pytest.raises(OrderRefused) as caught:
        cancel(world, customer.machine, order, "a", "b", "b", "x")
    assert [(one.line_id, one.code) for one in caught.value.problems] == [
        ("b", "value-invalid"),
        ("x", "value-invalid"),
        ("a", "illegal-step"),
    ]
    assert "possible: back_order, ship_part" in caught.value.problems[2].detail
    assert world.dump() == before


@pytest.mark.spec("ORD-5", "AUTH-20")
def test_another_companys_order_is_not_there(world: Any, line: Any) -> None:
    _, order = ordered(world, line("a", "PEN", 10))
    other = world.customer("b")
    limited = other.credential(departments=("D2",))
    _, theirs = ordered(world, line("a", "PEN", 10), customer=other)
    for token, number in ((other.machine, order), (limited, theirs), (other.machine, "AC99999999")):
        with pytest.raises(NotFound, match=number):
            cancel(world, token, number)
        with pytest.raises(NotFound, match=number):
            change(world, token, number, ("a", 1))
    with pytest.raises(AccessDenied):
        cancel(world, other.person("v@b.example.co.jp", Role.VIEWER), theirs)


@pytest.mark.spec("CART-5")
def test_a_trial_answers_completely_and_does_nothing(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10))
    before = world.dump()
    tried = cancel(world, customer.machine, order, key="k", trial=True)
    assert tried.trial
    assert tried.order.state is OrderState.CANCELLED
    changed = change(world, customer.machine, order, ("a", 30), key="k", trial=True)
    assert (changed.trial, changed.order.total_incl_tax) == (True, 3_960)
    assert world.dump() == before
    done = change(world, customer.machine, order, ("a", 30), key="k")
    assert not done.trial
    assert done.order == changed.order


@pytest.mark.spec("ORD-5", "PRC-3")
def test_quantities_go_down_and_up(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4), line("c", "CLIP", 100))
    limit(world, customer, 100_000)
    less = change(world, customer.machine, order, ("a", 7), ("b", 2), key="less").order
    assert [(one.quantity, one.quantity_cancelled) for one in less.lines] == [(10, 3), (4, 2), (100, 0)]
    assert levels(world, "PEN") == (1_000, 7)
    assert used(world, customer) == 960 + 212
    more = change(world, customer.machine, order, ("a", 12), ("b", 10)).order
    assert [(one.quantity, one.quantity_cancelled, one.amount_excl_tax) for one in more.lines] == [
        (15, 3, 1_800),
        (12, 2, 1_182),
        (100, 0, 33),
    ]
    assert more.total_excl_tax == 1_800 + 1_182 + 33
    assert more.total_incl_tax == more.total_excl_tax + sum(one.tax for one in more.tax)
    assert [(int(one.rate), one.taxable, one.tax) for one in more.tax] == [(10, 1_833, 183), (8, 1_182, 94)]
    assert levels(world, "PEN") == (1_000, 12)
    assert levels(world, "TEA") == (500, 10)
    assert seen(world, customer, order) == more
    assert change(world, customer.machine, order, ("a", 7), ("b", 2), key="less").order == more
    assert len(world.notices("order-changed")) == 2


@pytest.mark.spec("ORD-5", "BIL-1")
def test_what_is_billed_of_a_changed_order_is_what_left(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "CLIP", 100))
    change(world, customer.machine, order, ("a", 90))
    change(world, customer.machine, order, ("a", 95))
    world.confirm(order)
    world.ship(order, ("a", 40, 0))
    world.ship(order, ("a", 55, 0))
    assert seen(world, customer, order).state is OrderState.SHIPPED
    world.go_to(2026, 12, 1, 9)
    (invoice,) = world.close_billing(customer, date(2026, 11, 30))
    # 31.6635 yen, in two parts
    assert invoice.total_excl_tax == 32


@pytest.mark.spec("ORD-5", "CART-2")
@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([("a", 0)], ValueInvalid),
        ([("a", -1)], ValueInvalid),
        ([("a", 10)], ValueInvalid),
        ([], ValueInvalid),
        ([("a", 5), ("a", 6)], ValueInvalid),
        ([("x", 5)], ValueInvalid),
        ([("b", 3)], QuantityNotSold),
        ([("b", 22)], QuantityNotSold),
        ([("c", 6)], OutOfStock),
        ([("a", 0), ("b", 3)], OrderRefused),
    ],
)
def test_a_change_obeys_the_rules_of_ordering(world: Any, line: Any, lines: Any, error: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4), line("c", "RARE", 3))
    before = world.dump()
    with pytest.raises(error):
        change(world, customer.machine, order, *lines)
    assert world.dump() == before


@pytest.mark.spec("ORD-5", "PRC-5")
def test_more_is_sold_only_at_the_price_that_was_ordered(world: Any, line: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10))
    with world.storage.begin() as unit:
        (table,) = [
            one
            for one in vars(unit.catalog).values()
            if "PEN" in one._values and hasattr(one.get("PEN"), "list_price")
        ]
        pen = table.get("PEN")
        table.put(evolve(pen, list_price=Decimal(121)))
    with pytest.raises(PriceChanged):
        change(world, customer.machine, order, ("a", 11))
    assert change(world, customer.machine, order, ("a", 9)).order.lines[0].unit_price == Decimal(120)
    with world.storage.begin() as unit:
        table.put(evolve(pen, discontinued=True))
    with pytest.raises(ItemDiscontinued):
        change(world, customer.machine, order, ("a", 11))


@pytest.mark.spec("ORD-5", "ACC-5")
def test_more_stays_within_the_limits(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 1, department="D2"))
    limit(world, customer, 2_640)
    before = world.dump()
    with pytest.raises(DepartmentLimitExceeded) as caught:
        change(world, customer.machine, order, ("a", 21), ("b", 2))
    assert [one.line_id for one in caught.value.problems] == ["a"]
    assert world.dump() == before
    change(world, customer.machine, order, ("a", 20))
    assert used(world, customer) == 2_640
    limit(world, customer, 10)
    # what only takes off breaks no limit, however low it is now
    change(world, customer.machine, order, ("a", 5))

    buyer = customer.person("p@a.example.co.jp", Role.BUYER)
    (user,) = [
        one
        for one in world.call(
            operations.LIST_USERS, operations.LIST_USERS.request(), token=customer.administrator
        ).users
        if one.email == "p@a.example.co.jp"
    ]
    world.call(
        people.CHANGE_USER,
        ChangeUserRequest(
            user_id=user.user_id,
            version=user.version,
            email=user.email,
            name=user.name,
            role=user.role,
            order_limit=3_000,
        ),
        token=customer.administrator,
        key=world.fresh(),
    )
    with pytest.raises(OrderLimitExceeded):
        change(world, buyer, order, ("b", 100))


@pytest.mark.spec("ORD-5")
def test_rejected_lines_come_with_their_reason(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    world.confirm(order)
    desk = world.desk_session()
    ticket = world.open_ticket(desk, world.letter_number(customer))
    request = RejectLinesRequest(
        order_number=order, lines=(RejectedLine(line_id="b", reason="廃番"),), ticket=ticket
    )
    first = world.call(life.REJECT_LINES, request, token=desk, key="r-1")
    found = seen(world, customer, order)
    assert first.order == found
    assert [(one.state, one.cancel_cause, one.cancel_reason) for one in found.lines] == [
        (LineState.CONFIRMED, None, None),
        (LineState.CANCELLED, CancelCause.REJECTED, "廃番"),
    ]
    assert levels(world, "TEA") == (500, 0)
    assert world.call(life.REJECT_LINES, request, token=desk, key="r-1") == first
    assert [one["number"] for one in world.notices("lines-rejected")] == [first.change_number]
    (record,) = world.audited("lines-rejected")
    assert (record.subject, record.reference) == (order, ticket)
    with pytest.raises(IllegalStep):
        world.call(life.REJECT_LINES, request, token=desk, key="r-2")
    for broken in (
        evolve(request, lines=()),
        evolve(request, lines=(RejectedLine(line_id="a", reason=" "),)),
    ):
        with pytest.raises(ValueInvalid):
            world.call(life.REJECT_LINES, broken, token=desk, key=world.fresh())
    other = world.open_ticket(desk, world.letter_number(world.customer("b")))
    for wrong in (
        evolve(request, ticket=""),
        evolve(request, ticket=other),
        evolve(request, order_number="AC9"),
    ):
        with pytest.raises(AccessDenied):
            world.call(life.REJECT_LINES, wrong, token=desk, key=world.fresh())


def bulk(world: Any, *, key: str = "", **conditions: Any) -> Any:
    request = CancelOrdersInBulkRequest(**{"reason": "倉庫の停止", **conditions})
    return world.as_staff(life.CANCEL_ORDERS_IN_BULK, request, key)


@pytest.mark.spec("ORD-5")
def test_a_mass_cancellation_relieves_and_tells_everybody_once(stored: Any, line: Any) -> None:
    world = stored
    a, b = world.customer("a"), world.customer("b")
    limit(world, a, 100_000)
    buyer = a.person("p@a.example.co.jp", Role.BUYER)
    mine = [
        world.place(buyer, f"PO-{number}", line("1", "PEN", 10)).orders[0].order_number for number in (1, 2)
    ]
    _, by_machine = ordered(world, line("1", "PEN", 10), line("2", "TEA", 2), number="PO-3", customer=a)
    _, part = ordered(world, line("1", "PEN", 10), customer=b)
    world.confirm(part)
    notice = world.ship(part, ("1", 4, 0)).ship_notice_number

    first = bulk(world, sku="PEN", key="once")
    assert sorted(first.order_numbers) == sorted([*mine, by_machine, part])
    assert (first.informed, first.left) == (3, 0)
    assert levels(world, "PEN") == (996, 0)
    assert levels(world, "TEA") == (500, 2)
    assert used(world, a) == 212
    assert seen(world, a, mine[0]).lines[0].cancel_cause is CancelCause.MASS
    assert seen(world, a, mine[0]).lines[0].cancel_reason == "倉庫の停止"
    assert seen(world, a, by_machine).state is OrderState.PLACED
    found = seen(world, b, part)
    assert (found.state, found.lines[0].quantity_cancelled) == (OrderState.SHIPPED, 6)
    assert notice
    assert bulk(world, sku="PEN", key="once") == first
    again = bulk(world, sku="PEN")
    assert (again.order_numbers, again.informed) == ((), 0)
    told = world.notices("orders-cancelled")
    assert sorted(one["to"] for one in told) == [
        "info@a.example.co.jp",
        "info@b.example.co.jp",
        "p@a.example.co.jp",
    ]
    (person,) = [one for one in told if one["to"] == "p@a.example.co.jp"]
    assert all(number in person["facts"]["orders"] for number in mine)
    assert by_machine not in person["facts"]["orders"]


@pytest.mark.spec("ORD-5", "REL-3")
def test_a_mass_cancellation_that_breaks_off_has_done_nothing(
    stored: Any, line: Any, monkeypatch: Any
) -> None:
    from askul_connect.core.services.supplier import mass_cancelling

    world = stored
    customer, order = ordered(world, line("1", "PEN", 10))
    before = world.dump()
    told = mass_cancelling.notify_person

    def breaks(*args: Any) -> None:
        told(*args)
        message = "the power fails"
        raise RuntimeError(message)

    monkeypatch.setattr(mass_cancelling, "notify_person", breaks)
    with pytest.raises(RuntimeError):
        bulk(world, order_numbers=(order,), key="k")
    assert world.dump() == before
    monkeypatch.undo()
    assert bulk(world, order_numbers=(order,), key="k").informed == 1
    assert bulk(world, order_numbers=(order,), key="k").informed == 1
    assert len(world.notices("orders-cancelled")) == 1
    assert seen(world, customer, order).state is OrderState.CANCELLED


@pytest.mark.spec("ORD-5")
def test_many_orders_are_cancelled_customer_by_customer(world: Any, line: Any) -> None:
    orders: dict[str, list[str]] = {}
    for name in ("a", "b", "c"):
        customer = world.customer(name)
        orders[name] = [
            ordered(world, line("1", "PEN", 1), number=f"PO-{number}", customer=customer)[1]
            for number in range(3)
        ]
    world.go_to(2026, 11, 4, 9)
    late = ordered(world, line("1", "PEN", 1), number="PO-9", customer=customer)[1]
    done = []
    for most in (2, 5, 5):
        made = bulk(world, ordered_to=date(2026, 11, 2), most=most)
        assert made.informed == len(made.order_numbers) // 3
        done.append((len(made.order_numbers), made.left))
    assert done == [(3, 6), (3, 3), (3, 0)]
    assert bulk(world, ordered_from=date(2026, 11, 3), ordered_to=date(2026, 11, 3)).order_numbers == ()
    assert bulk(world, ordered_from=date(2026, 11, 3)).order_numbers == (late,)
    for wrong in ({}, {"sku": "PEN", "reason": ""}, {"sku": "PEN", "most": 0}, {"sku": "PEN", "most": 1_001}):
        with pytest.raises(ValueInvalid):
            bulk(world, **wrong)
    desk = world.desk_session()
    request = CancelOrdersInBulkRequest(reason="x", sku="PEN")
    closed = world.open_ticket(desk, closed=True)
    for ticket in ("", closed):
        with pytest.raises(AccessDenied):
            world.call(
                life.CANCEL_ORDERS_IN_BULK, evolve(request, ticket=ticket), token=desk, key=world.fresh()
            )
    ticket = world.open_ticket(desk)
    world.call(life.CANCEL_ORDERS_IN_BULK, evolve(request, ticket=ticket), token=desk, key=world.fresh())


@pytest.mark.spec("ORD-5", "REL-3")
@pytest.mark.parametrize("kind", ["memory", "sqlite", "postgresql"])
def test_what_is_taken_off_at_once_is_given_back_once(
    make_world: Any, line: Any, together: Any, kind: str
) -> None:
    world = make_world(kind)
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 5))

    def attempt(place: int) -> None:
        if place % 2:
            bulk(world, order_numbers=(order,), key=f"b-{place}")
        else:
            cancel(world, customer.machine, order, "a", key=f"c-{place}")

    outcomes = together(8, attempt)
    assert outcomes["success"] >= 4
    assert set(outcomes) <= {"success", "illegal-step"}
    assert levels(world, "PEN") == (1_000, 0)
    assert seen(world, customer, order).state is OrderState.CANCELLED
    assert sum(len(world.notices(one)) for one in ("order-cancelled", "orders-cancelled")) <= 2


@pytest.mark.spec("ORD-5")
def test_what_holds_nothing_gives_nothing_back(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 5))
    cancel(world, customer.machine, order, "a")
    with world.storage.begin() as unit:
        known = unit.orders.get_for_staff(order)
        assert known is not None
        waiting = evolve(known.lines[1], state=LineState.AWAITING_APPROVAL)
        context: Any = SimpleNamespace(unit=unit, now=world.clock.now())
        release(context, evolve(known, lines=(known.lines[0], waiting)), {"a": 10, "b": 5, "x": 1})
    assert levels(world, "PEN") == (1_000, 5)
