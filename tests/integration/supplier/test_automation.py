"""What the supplier does by itself follows from its clock and its database alone (SRV-1, ORD-4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShippedLine
from askul_connect.core.messages.ordering import (
    ListInvoicesRequest,
    ListOrdersRequest,
    ListShipNoticesRequest,
)
from askul_connect.core.operations import supplier as operations
from askul_connect.core.policies.fulfilment import Behaviour, FulfilmentException

BEHAVIOUR = Behaviour(
    exceptions=(
        FulfilmentException(purchase_order_id="PO-1", line_id="1", parts=3),
        FulfilmentException(purchase_order_id="PO-2", line_id="2", short=4),
        FulfilmentException(purchase_order_id="PO-3", short=3),
    )
)


class Interrupted(Exception):
    pass


def place_three(world: Any, line: Any) -> Any:
    customer = world.customer()
    world.place(customer.machine, "PO-1", line("1", "PEN", 10), line("2", "DESK", 1))
    world.place(customer.machine, "PO-2", line("1", "TEA", 4), line("2", "PEN", 10))
    world.place(customer.machine, "PO-3", line("1", "RARE", 3))
    return customer


def run(world: Any) -> int:
    """Until nothing is left to do; how often it worked."""
    rounds = 0
    while True:
        if world.supplier.automation.work():
            rounds += 1
        due = world.supplier.automation.next_due()
        if due is None:
            return rounds
        assert due > world.clock.now()
        world.clock.advance(due)


def end_state(world: Any, customer: Any) -> Any:
    def ask(operation: Any, request: Any) -> Any:
        return world.call(operation, request, token=customer.machine)

    orders = ask(operations.LIST_ORDERS, ListOrdersRequest()).orders
    notices = ask(operations.LIST_SHIP_NOTICES, ListShipNoticesRequest()).ship_notices
    invoices = ask(operations.LIST_INVOICES, ListInvoicesRequest()).invoices
    stock = [world.stock(sku) for sku in ("PEN", "TEA", "DESK", "RARE")]
    told = {path.name: path.read_text(encoding="utf-8") for path in (world.folder / "notices").iterdir()}
    return orders, notices, invoices, stock, told


@pytest.mark.spec("ORD-1", "ORD-5", "BIL-1")
def test_orders_are_confirmed_shipped_and_invoiced(make_world: Any, storage_kind: str, line: Any) -> None:
    world = make_world(storage_kind, behaviour=BEHAVIOUR)
    customer = place_three(world, line)
    run(world)
    orders, notices, invoices, stock, told = end_state(world, customer)
    states = {one.purchase_order_id: one.state for one in orders}
    assert states == {"PO-1": OrderState.SHIPPED, "PO-2": OrderState.SHIPPED, "PO-3": OrderState.CANCELLED}
    parts = [
        (str(one.shipped_on), moved.quantity, moved.quantity_short)
        for one in notices
        for moved in one.lines
        if (one.purchase_order_id, moved.line_id) in {("PO-1", "1"), ("PO-2", "2"), ("PO-3", "1")}
    ]
    # 3 November is a holiday: confirmed on Monday 2nd at 10:00, so the first business day after it is the 4th
    assert parts == [
        ("2026-11-04", 4, 0),
        ("2026-11-04", 6, 4),
        ("2026-11-04", 0, 3),
        ("2026-11-06", 3, 0),
        ("2026-11-10", 3, 0),
    ]
    assert [str(one.shipped_on) for one in notices if any(moved.sku == "DESK" for moved in one.lines)] == [
        "2026-11-11"
    ]
    assert [(str(one.issued_on), len(one.lines)) for one in invoices] == [("2026-12-01", 6)]
    assert all(level.reserved == 0 for level in stock)
    # the administrator's new password first
    # PO-1 is two orders: its desk comes from the maker
    assert len(told) == 1 + 4 + 4 + len(notices) + 1
    assert not world.supplier.automation.work()


@pytest.mark.spec("ORD-1")
def test_deliveries_are_recorded_when_the_behaviour_says_so(make_world: Any, line: Any) -> None:
    world = make_world(behaviour=Behaviour(deliver_after_days=1))
    customer = world.customer()
    world.place(customer.machine, "PO-1", line("1", "PEN", 10))
    run(world)
    [order] = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).orders
    assert order.state is OrderState.DELIVERED
    with world.storage.begin() as unit:
        [shipment] = unit.shipments.of_order(next(iter(unit.accounts.all())).account_id, order.order_number)
        assert not unit.shipments.on_the_way()
    # shipped on Wednesday the 4th
    assert (shipment.shipped_on.day, shipment.delivered_on and shipment.delivered_on.day) == (4, 5)
    assert len(world.notices("order-delivered")) == 1


@pytest.mark.spec("ORD-5")
def test_what_is_back_ordered_waits_for_its_day(make_world: Any, line: Any) -> None:
    world = make_world()
    customer = world.customer()
    order = world.place(customer.machine, "PO-1", line("1", "PEN", 10)).orders[0].order_number
    world.confirm(order)
    late = ShippedLine(line_id="1", quantity=4, promised_on=date(2026, 11, 20))
    world.as_staff(operations.SHIP_ORDER, ShipOrderRequest(order_number=order, lines=(late,)))
    run(world)
    notices = world.call(operations.LIST_SHIP_NOTICES, ListShipNoticesRequest(), token=customer.machine)
    assert [(one.shipped_on.day, one.lines[0].quantity) for one in notices.ship_notices] == [(2, 4), (20, 6)]


def test_interrupted_after_any_unit_of_work_it_ends_the_same(
    make_world: Any, storage_kind: str, line: Any
) -> None:
    plain = make_world(storage_kind, behaviour=BEHAVIOUR)
    customer = place_three(plain, line)
    run(plain)
    expected = end_state(plain, customer)

    world = make_world(storage_kind, behaviour=BEHAVIOUR)
    customer = place_three(world, line)

    def resume(allowed: int) -> bool:
        """A run of a new process that is stopped after so many commits; whether it came to its end."""
        begin = type(world.storage).begin
        commits = 0

        class Cut:
            def begin(self, *, durable: bool = True) -> Any:
                nonlocal commits
                commits += 1
                if commits > allowed:
                    raise Interrupted
                return begin(world.storage, durable=durable)

            def close(self) -> None:
                """The real one stays open."""

        supplier = world.supplier
        cut: Any = Cut()
        automation = evolve(
            supplier.automation, storage=cut, dispatcher=evolve(supplier.dispatcher, storage=cut)
        )
        world.supplier = evolve(supplier, automation=automation)
        try:
            run(world)
        except Interrupted:
            return False
        finally:
            world.supplier = supplier
        return True

    runs = 0
    while not resume(allowed=3 + runs % 5):
        runs += 1
        assert runs < 500
    assert runs > 20
    assert end_state(world, customer) == expected


def test_asking_what_is_due_changes_nothing(stored: Any, line: Any) -> None:
    place_three(stored, line)
    before = stored.dump()
    automation = stored.supplier.automation
    assert automation.next_due() == automation.next_due() == stored.clock.now() + timedelta(minutes=60)
    assert stored.dump() == before
    # another process over the same database sees the same
    assert stored.start().automation.next_due() == automation.next_due()
    stored.clock.advance(automation.next_due() - timedelta(seconds=1))
    automation.work()
    assert stored.supplier.automation.next_due() == stored.clock.now() + timedelta(seconds=1)


def ship_days(world: Any, line: Any, at: tuple[int, ...]) -> tuple[str, str]:
    """The day promised and the day shipped of an order confirmed at an instant in Tokyo."""
    world.go_to(*at)
    customer = world.customer()
    world.place(customer.machine, "PO-1", line("1", "PEN", 1))
    world.supplier.automation.work()
    order = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).orders[0]
    assert order.state is OrderState.CONFIRMED
    with world.storage.begin() as unit:
        confirmation = unit.documents.confirmations(unit.accounts.all()[0].account_id, ["CF00000001"])[
            "CF00000001"
        ]
    due = world.supplier.automation.next_due()
    local = due + timedelta(hours=9)
    assert (local.hour, local.minute) == (15, 0)
    return str(confirmation.lines[0].promised_on), str(local.date())


@pytest.mark.spec("ORD-4")
@pytest.mark.parametrize(
    ("at", "day"),
    [
        ((2026, 11, 5, 11, 59, 59), "2026-11-06"),
        ((2026, 11, 5, 12, 0, 0), "2026-11-09"),
        ((2026, 11, 6, 11, 59, 59), "2026-11-09"),
        ((2026, 11, 6, 12, 0, 0), "2026-11-10"),
        # a day off counts as of the next business day
        ((2026, 11, 7, 9, 0, 0), "2026-11-10"),
        ((2026, 11, 7, 13, 0, 0), "2026-11-10"),
        ((2026, 11, 8, 23, 59, 59), "2026-11-10"),
        # before a holiday
        ((2026, 11, 20, 11, 0, 0), "2026-11-24"),
        ((2026, 11, 20, 13, 0, 0), "2026-11-25"),
        ((2026, 11, 23, 13, 0, 0), "2026-11-25"),
        # across the year; 1 January is a holiday, the supplier has no closures of its own
        ((2026, 12, 31, 11, 0, 0), "2027-01-04"),
        ((2026, 12, 31, 12, 0, 0), "2027-01-05"),
    ],
)
def test_the_cut_off_and_the_calendar_give_the_day(
    make_world: Any, line: Any, at: tuple[int, ...], day: str
) -> None:
    world = make_world(behaviour=Behaviour(confirm_after_minutes=0))
    assert ship_days(world, line, at) == (day, day)


@pytest.mark.spec("BIL-1")
def test_what_is_overdue_by_months_is_all_done_at_once(world: Any, line: Any) -> None:
    customer = world.customer()
    for month in (11, 12, 13):
        world.go_to(2026 + month // 13, (month - 1) % 12 + 1, 5, 9)
        order = world.place(customer.machine, f"PO-{month}", line("1", "PEN", 1)).orders[0].order_number
        world.confirm(order)
        world.ship(order, ("1", 1, 0))
    world.go_to(2027, 6, 1, 9)
    assert world.supplier.automation.work()
    assert world.supplier.automation.next_due() is None
    invoices = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    assert [str(one.period_end) for one in invoices] == ["2026-11-30", "2026-12-31", "2027-01-31"]
    assert not world.supplier.automation.work()


@pytest.mark.spec("BIL-1")
def test_a_month_is_closed_on_the_morning_after_its_last_day(world: Any, line: Any) -> None:
    customer = world.customer()
    order = world.place(customer.machine, "PO-1", line("1", "PEN", 1)).orders[0].order_number
    world.confirm(order)
    world.go_to(2026, 12, 31, 23)
    world.ship(order, ("1", 1, 0))
    assert world.supplier.automation.next_due() == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    world.supplier.automation.work()
    assert world.supplier.automation.next_due() == datetime(2027, 1, 1, 0, 0, tzinfo=UTC)
    world.go_to(2027, 1, 1, 9)
    world.supplier.automation.work()
    (invoice,) = world.call(operations.LIST_INVOICES, ListInvoicesRequest(), token=customer.machine).invoices
    assert (str(invoice.period_end), str(invoice.issued_on)) == ("2026-12-31", "2027-01-01")


@pytest.mark.spec("SUP-4")
def test_every_notice_is_sent_however_many_wait(world: Any, line: Any) -> None:
    customer = world.customer()
    for number in range(120):
        world.place(customer.machine, f"PO-{number}", line("1", "PEN", 1))
    assert world.supplier.automation.work()
    assert len(list((world.folder / "notices").iterdir())) == 1 + 120
    assert not world.supplier.automation.work()


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            FulfilmentException(purchase_order_id="PO-1", parts=2),
            FulfilmentException(purchase_order_id="PO-1", short=9),
        ),
        (
            FulfilmentException(purchase_order_id="PO-1", parts=2),
            FulfilmentException(purchase_order_id="PO-1", parts=5),
        ),
        (
            FulfilmentException(purchase_order_id="PO-1", parts=5),
            FulfilmentException(purchase_order_id="PO-1", line_id="2", parts=2),
        ),
    ],
)
def test_a_behaviour_that_was_changed_on_the_way_is_followed_from_there(
    make_world: Any, line: Any, first: Any, then: Any
) -> None:
    world = make_world(behaviour=Behaviour(exceptions=(first,)))
    customer = world.customer()
    world.place(customer.machine, "PO-1", line("1", "PEN", 10), line("2", "PEN", 10))
    for _ in range(2):
        world.clock.advance(world.supplier.automation.next_due())
        world.supplier.automation.work()
    world.start(behaviour=Behaviour(exceptions=(then,)))
    run(world)
    (order,) = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).orders
    assert order.state is OrderState.SHIPPED
    assert world.stock("PEN").reserved == 0
