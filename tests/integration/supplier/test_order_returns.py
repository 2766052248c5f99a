"""Shipping more, later or something else, deliveries and returns, over each storage and face (ORD-5, ORD-6)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.allowances import AgreedTerm, AllowanceCharge
from askul_connect.core.domain.orders import LineState, OrderState
from askul_connect.core.domain.returns import ReturnReason, ReturnState
from askul_connect.core.errors import (
    AccessDenied,
    IllegalStep,
    NotFound,
    OutOfStock,
    OverShipment,
    SubstituteRefused,
    TooLateToChange,
    UnknownItem,
    ValueInvalid,
)
from askul_connect.core.messages.fulfilment import ShipOrderRequest, ShippedLine
from askul_connect.core.messages.order_life import CancelOrdersInBulkRequest, RecordDeliveryRequest
from askul_connect.core.messages.ordering import GetOrderRequest, ListShipNoticesRequest
from askul_connect.core.messages.returns import (
    AuthoriseReturnRequest,
    ListReturnsRequest,
    ReceivedLine,
    ReceiveReturnRequest,
    RefuseReturnRequest,
    RequestReturnRequest,
    ReturnLineRequest,
)
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.receiving_returns import mark_credited


def ordered(
    world: Any, *lines: Any, number: str = "PO-1", customer: Any = None, **more: Any
) -> tuple[Any, str]:
    customer = customer or world.customer()
    order = world.place(customer.machine, number, *lines, **more).orders[0].order_number
    world.confirm(order)
    return customer, order


def seen(world: Any, customer: Any, order: str) -> Any:
    return world.call(operations.GET_ORDER, GetOrderRequest(order_number=order), token=customer.machine).order


def levels(world: Any, sku: str) -> tuple[int, int]:
    level = world.stock(sku)
    return level.on_hand, level.reserved


def ship(world: Any, order: str, *lines: ShippedLine) -> Any:
    return world.as_staff(
        operations.SHIP_ORDER, ShipOrderRequest(order_number=order, lines=lines)
    ).ship_notice


def invoiced(world: Any, customer: Any) -> Any:
    world.go_to(2026, 12, 1, 9)
    (invoice,) = world.close_billing(customer, date(2026, 11, 30))
    return invoice


def tolerant(world: Any, percent: int, **more: Any) -> Any:
    world.start(
        profile=evolve(world.supplier.dispatcher.house.profile, over_shipment_percent=percent, **more)
    )
    world.caller = world.caller_of(world.supplier)
    return world


@pytest.mark.spec("ORD-5")
def test_no_more_leaves_than_ordered(world: Any, line: Any) -> None:
    _, order = ordered(world, line("a", "PEN", 10))
    before = world.dump()
    with pytest.raises(OverShipment) as caught:
        ship(world, order, ShippedLine(line_id="a", quantity=11))
    assert [(one.line_id, one.code) for one in caught.value.problems] == [("a", "over-shipment")]
    assert world.dump() == before


@pytest.mark.spec("ORD-5", "BIL-1")
def test_a_little_more_leaves_within_the_tolerance_and_is_billed(stored: Any, line: Any) -> None:
    agreed = AgreedTerm(charge=False, reason_code="95")
    world = tolerant(stored, 10, terms=(agreed,))
    off = AllowanceCharge(charge=False, amount=100, reason_code="95")
    customer, order = ordered(world, line("a", "PEN", 25, allowances=(off,)), allowances=(off,))
    ship(world, order, ShippedLine(line_id="a", quantity=20))
    with pytest.raises(OverShipment, match="cannot be shipped"):
        ship(world, order, ShippedLine(line_id="a", quantity=8))
    with pytest.raises(ValueInvalid):
        ship(world, order, ShippedLine(line_id="a", quantity=5, quantity_short=1))
    notice = ship(world, order, ShippedLine(line_id="a", quantity=7))
    assert (notice.lines[0].quantity, notice.lines[0].quantity_outstanding) == (7, 0)
    found = seen(world, customer, order)
    assert (found.lines[0].state, found.lines[0].quantity_shipped) == (LineState.SHIPPED, 27)
    assert levels(world, "PEN") == (973, 0)
    with pytest.raises(ValueInvalid):
        ship(
            world,
            order,
            ShippedLine(line_id="a", quantity=0, quantity_short=0, promised_on=date(2026, 12, 1)),
        )
    # both allowances once and whole, and the two units more at their price
    assert invoiced(world, customer).total_excl_tax == 27 * 120 - 100 - 100


@pytest.mark.spec("ORD-5")
def test_what_is_promised_to_others_does_not_leave_too_much(world: Any, line: Any) -> None:
    tolerant(world, 50)
    customer, order = ordered(world, line("a", "RARE", 2))
    ordered(world, line("a", "RARE", 2), number="PO-2", customer=customer)
    ordered(world, line("a", "RARE", 1), number="PO-3", customer=customer)
    with pytest.raises(OutOfStock):
        ship(world, order, ShippedLine(line_id="a", quantity=3))
    assert levels(world, "RARE") == (5, 5)


@pytest.mark.spec("ORD-5")
def test_a_back_order_has_a_new_day_until_it_leaves(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    day = date(2026, 11, 20)
    notice = ship(
        world,
        order,
        ShippedLine(line_id="a", quantity=4, promised_on=day),
        ShippedLine(line_id="b", quantity=0, promised_on=day),
    )
    assert [(one.quantity_outstanding, one.promised_on) for one in notice.lines] == [(6, day), (4, day)]
    found = seen(world, customer, order)
    assert [(one.state, one.promised_on) for one in found.lines] == [
        (LineState.PARTLY_SHIPPED, day),
        (LineState.CONFIRMED, day),
    ]
    assert levels(world, "PEN") == (996, 6)
    for wrong in (
        ShippedLine(line_id="a", quantity=6, promised_on=day),
        ShippedLine(line_id="a", quantity=1, promised_on=date(2026, 11, 2)),
    ):
        with pytest.raises(ValueInvalid):
            ship(world, order, wrong)
    ship(world, order, ShippedLine(line_id="a", quantity=6))
    assert [one.promised_on for one in seen(world, customer, order).lines] == [None, day]


@pytest.mark.spec("ORD-5", "BIL-1")
def test_a_substitute_is_recorded_and_never_dearer(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "RARE", 2))
    _, direct = ordered(world, line("c", "DESK", 1), number="PO-2", customer=customer)
    ship(world, order, ShippedLine(line_id="a", quantity=2))
    notice = ship(
        world,
        order,
        ShippedLine(line_id="a", quantity=3, substitute_sku="RARE"),
        ShippedLine(line_id="b", quantity=2, substitute_sku="PEN"),
    )
    other = ship(world, direct, ShippedLine(line_id="c", quantity=1, substitute_sku="CLIP"))
    assert [(one.sku, one.substitute_for, one.quantity) for one in (*notice.lines, *other.lines)] == [
        ("RARE", "PEN", 3),
        ("PEN", "RARE", 2),
        ("CLIP", "DESK", 1),
    ]
    listed = world.call(operations.LIST_SHIP_NOTICES, ListShipNoticesRequest(), token=customer.machine)
    assert listed.ship_notices[-2:] == (notice, other)
    assert levels(world, "PEN") == (996, 5)
    assert levels(world, "RARE") == (2, 0)
    assert levels(world, "CLIP") == (99_999, 0)
    assert [one.sku for one in seen(world, customer, order).lines] == ["PEN", "RARE"]
    invoice = invoiced(world, customer)
    assert [(one.sku, one.unit_price, one.amount_excl_tax) for one in invoice.lines] == [
        ("PEN", Decimal(120), 240),
        ("RARE", Decimal(120), 360),
        ("PEN", Decimal(120), 240),
        ("CLIP", Decimal("0.3333"), 0),
    ]


@pytest.mark.spec("ORD-5")
@pytest.mark.parametrize(
    ("sku", "quantity", "error"),
    [
        ("PEN", 2, SubstituteRefused),
        ("TEA", 2, SubstituteRefused),
        ("RARE", 0, SubstituteRefused),
        ("RARE", 6, OutOfStock),
        ("NONE", 2, UnknownItem),
    ],
)
def test_not_everything_can_stand_in(world: Any, line: Any, sku: str, quantity: int, error: Any) -> None:
    _, order = ordered(world, line("a", "PEN", 10))
    before = world.dump()
    entry = ShippedLine(line_id="a", quantity=quantity, quantity_short=2, substitute_sku=sku)
    with pytest.raises(error):
        ship(world, order, entry)
    assert world.dump() == before


def deliver(world: Any, notice: str, key: str = "", **more: Any) -> Any:
    return world.as_staff(life.RECORD_DELIVERY, RecordDeliveryRequest(ship_notice_number=notice, **more), key)


@pytest.mark.spec("ORD-1")
def test_a_line_is_delivered_when_all_its_shipments_are(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    first = ship(world, order, ShippedLine(line_id="a", quantity=4)).ship_notice_number
    second = ship(
        world, order, ShippedLine(line_id="a", quantity=6), ShippedLine(line_id="b", quantity=4)
    ).ship_notice_number
    desk = world.desk_session()
    ticket = world.open_ticket(desk, world.letter_number(customer))
    request = RecordDeliveryRequest(ship_notice_number=second, ticket=ticket)
    made = world.call(life.RECORD_DELIVERY, request, token=desk, key="d")
    assert (made.order_number, made.delivered_on) == (order, date(2026, 11, 2))
    assert [one.state for one in seen(world, customer, order).lines] == [
        LineState.SHIPPED,
        LineState.DELIVERED,
    ]
    assert deliver(world, first).order_state is OrderState.DELIVERED
    assert seen(world, customer, order).state is OrderState.DELIVERED
    assert world.call(life.RECORD_DELIVERY, request, token=desk, key="d").delivered_on == made.delivered_on
    assert [one["number"] for one in world.notices("order-delivered")] == [second, first]
    assert [one.reference for one in world.audited("order-delivered")] == [ticket]
    with pytest.raises(IllegalStep, match="possible: none"):
        deliver(world, first)
    for wrong in (evolve(request, ticket=""), evolve(request, ship_notice_number="SN9")):
        with pytest.raises(AccessDenied):
            world.call(life.RECORD_DELIVERY, wrong, token=desk, key=world.fresh())
    with pytest.raises(NotFound):
        deliver(world, "SN9")


@pytest.mark.spec("ORD-1")
def test_a_delivery_is_between_the_shipment_and_today(world: Any, line: Any) -> None:
    _, order = ordered(world, line("a", "PEN", 10))
    notice = ship(world, order, ShippedLine(line_id="a", quantity=10)).ship_notice_number
    world.forward(timedelta(days=2))
    for day in (date(2026, 11, 1), date(2026, 11, 5)):
        with pytest.raises(ValueInvalid):
            deliver(world, notice, delivered_on=day)
    assert deliver(world, notice, delivered_on=date(2026, 11, 3)).order_state is OrderState.DELIVERED


@pytest.mark.spec("ORD-1")
def test_what_is_there_is_delivered_when_the_rest_never_comes(world: Any, line: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 10))
    deliver(world, ship(world, order, ShippedLine(line_id="a", quantity=4)).ship_notice_number)
    deliver(world, ship(world, order, ShippedLine(line_id="b", quantity=4)).ship_notice_number)
    ship(world, order, ShippedLine(line_id="a", quantity=0, quantity_short=6))
    assert [one.state for one in seen(world, customer, order).lines] == [
        LineState.DELIVERED,
        LineState.PARTLY_SHIPPED,
    ]
    world.as_staff(
        life.CANCEL_ORDERS_IN_BULK, CancelOrdersInBulkRequest(reason="停止", order_numbers=(order,))
    )
    assert seen(world, customer, order).state is OrderState.DELIVERED


def asked(order: str, *lines: tuple[str, int], **more: Any) -> RequestReturnRequest:
    return RequestReturnRequest(
        order_number=order,
        lines=tuple(
            ReturnLineRequest(line_id=one, quantity=quantity, reason=ReturnReason.DAMAGED)
            for one, quantity in lines
        ),
        **more,
    )


def request_return(world: Any, token: Any, *what: Any, key: str = "", **more: Any) -> Any:
    answer = world.call(life.REQUEST_RETURN, asked(*what, **more), token=token, key=key or world.fresh())
    return answer.goods_return


def authorise(world: Any, number: str) -> Any:
    return world.as_staff(life.AUTHORISE_RETURN, AuthoriseReturnRequest(return_number=number)).goods_return


def receive(world: Any, number: str, *lines: tuple[str, int, int], key: str = "") -> Any:
    came = tuple(ReceivedLine(line_id=one, quantity=units, sellable=good) for one, units, good in lines)
    request = ReceiveReturnRequest(return_number=number, lines=came)
    return world.as_staff(life.RECEIVE_RETURN, request, key).goods_return


def reductions(world: Any, customer: Any, order: str) -> list[Any]:
    with world.storage.begin() as unit:
        account = unit.accounts.by_customer_number(customer.number)
        return list(unit.reductions.of_order(account.account_id, order))


@pytest.mark.spec("ORD-6", "BIL-3")
def test_a_return_from_the_request_to_what_is_to_be_credited(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    first = ship(world, order, ShippedLine(line_id="a", quantity=6)).ship_notice_number
    second = ship(
        world, order, ShippedLine(line_id="a", quantity=4), ShippedLine(line_id="b", quantity=4)
    ).ship_notice_number

    before = world.dump()
    tried = world.call(
        life.REQUEST_RETURN, asked(order, ("a", 8), trial=True), token=customer.machine, key="r"
    )
    assert world.dump() == before
    made = request_return(world, customer.machine, order, ("a", 8), key="r")
    assert made == tried.goods_return
    assert made.state is ReturnState.REQUESTED
    assert [(one.ship_notice_number, one.quantity) for one in made.lines] == [(first, 6), (second, 2)]
    assert request_return(world, customer.machine, order, ("a", 8), key="r") == made
    # the units that are on their way back are not there to be returned again
    with pytest.raises(ValueInvalid, match="cannot go back"):
        request_return(world, customer.machine, order, ("a", 3))
    with pytest.raises(IllegalStep):
        receive(world, made.return_number, ("a", 1, 1))

    desk = world.desk_session()
    ticket = world.open_ticket(desk, world.letter_number(customer))
    authorised = world.call(
        life.AUTHORISE_RETURN,
        AuthoriseReturnRequest(return_number=made.return_number, ticket=ticket),
        token=desk,
        key="a",
    ).goods_return
    assert authorised.state is ReturnState.AUTHORISED
    came = ReceiveReturnRequest(
        return_number=made.return_number,
        lines=(ReceivedLine(line_id="a", quantity=7, sellable=5),),
        ticket=ticket,
    )
    received = world.call(life.RECEIVE_RETURN, came, token=desk, key="c").goods_return
    assert received.state is ReturnState.RECEIVED
    assert [one.quantity_received for one in received.lines] == [6, 1]
    assert levels(world, "PEN") == (995, 0)
    assert world.call(life.RECEIVE_RETURN, came, token=desk, key="c").goods_return == received
    assert levels(world, "PEN") == (995, 0)
    found = reductions(world, customer, order)
    assert [(one.ship_notice_number, one.line_id, one.quantity, one.reason) for one in found] == [
        (first, "a", 6, "damaged"),
        (second, "a", 1, "damaged"),
    ]
    assert [one.state for one in seen(world, customer, order).lines] == [LineState.SHIPPED, LineState.SHIPPED]

    rest = request_return(world, customer.machine, order, ("a", 3), ("b", 4))
    authorise(world, rest.return_number)
    receive(world, rest.return_number, ("b", 4, 0), ("a", 3, 0))
    assert seen(world, customer, order).state is OrderState.RETURNED
    assert levels(world, "TEA") == (496, 0)
    with pytest.raises(IllegalStep):
        request_return(world, customer.machine, order, ("b", 1))

    listed = world.call(life.LIST_RETURNS, ListReturnsRequest(), token=customer.machine)
    assert [(one.return_number, one.state) for one in listed.returns] == [
        (made.return_number, ReturnState.RECEIVED),
        (rest.return_number, ReturnState.RECEIVED),
    ]
    assert listed.returns[0] == received
    # received before: the later one has changed last
    one = world.call(life.LIST_RETURNS, ListReturnsRequest(page_size=1), token=customer.machine)
    assert ([each.return_number for each in one.returns], one.page.more) == ([made.return_number], True)
    assert one.page.total == 2
    rest_page = ListReturnsRequest(page_size=1, cursor=one.page.next_cursor)
    two = world.call(life.LIST_RETURNS, rest_page, token=customer.machine)
    assert ([each.return_number for each in two.returns], two.page.more) == ([rest.return_number], False)
    assert [one["number"] for one in world.notices("return-requested", "return-received")] == [
        made.return_number,
        made.return_number,
        rest.return_number,
        rest.return_number,
    ]
    assert [one.reference for one in world.audited("return-authorised", "return-received")] == [
        ticket,
        ticket,
    ]


@pytest.mark.spec("ORD-6", "BIL-3")
def test_a_return_is_credited_when_all_its_reductions_are(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "TEA", 4))
    ship(world, order, ShippedLine(line_id="a", quantity=10), ShippedLine(line_id="b", quantity=4))
    made = request_return(world, customer.machine, order, ("a", 1), ("b", 1)).return_number
    authorise(world, made)
    receive(world, made, ("a", 1, 0), ("b", 1, 0))
    first, second = reductions(world, customer, order)

    def credit(number: str, one: Any) -> Any:
        from types import SimpleNamespace

        with world.storage.begin() as unit:
            unit.reductions.credit([one], number)
            mark_credited(SimpleNamespace(unit=unit), [one])  # type: ignore[arg-type]
        (found,) = world.call(life.LIST_RETURNS, ListReturnsRequest(), token=customer.machine).returns
        return found.state

    assert credit("CN-1", first) is ReturnState.RECEIVED
    assert credit("CN-2", second) is ReturnState.CREDITED


@pytest.mark.spec("ORD-6")
def test_a_refused_return_can_be_asked_for_again(stored: Any, line: Any) -> None:
    world = stored
    customer, order = ordered(world, line("a", "PEN", 10))
    ship(world, order, ShippedLine(line_id="a", quantity=10))
    made = request_return(world, customer.machine, order, ("a", 10)).return_number
    request = RefuseReturnRequest(return_number=made, answer="開封済み")
    refused = world.as_staff(life.REFUSE_RETURN, request, "f").goods_return
    assert (refused.state, refused.answer) == (ReturnState.REFUSED, "開封済み")
    assert world.as_staff(life.REFUSE_RETURN, request, "f").goods_return == refused
    with pytest.raises(IllegalStep, match="possible: none"):
        authorise(world, made)
    with pytest.raises(ValueInvalid):
        world.as_staff(life.REFUSE_RETURN, evolve(request, answer=""))
    again = request_return(world, customer.machine, order, ("a", 10)).return_number
    authorise(world, again)
    world.as_staff(life.REFUSE_RETURN, evolve(request, return_number=again))
    assert reductions(world, customer, order) == []
    assert levels(world, "PEN") == (990, 0)


@pytest.mark.spec("ORD-6")
@pytest.mark.parametrize(
    "came",
    [
        (),
        (("a", 0, 0),),
        (("a", 4, 0),),
        (("a", 3, 4),),
        (("a", -1, 0),),
        (("b", 1, 0),),
        (("a", 1, 0), ("a", 1, 0)),
    ],
)
def test_no_more_comes_back_than_was_to_come(world: Any, line: Any, came: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 1))
    ship(world, order, ShippedLine(line_id="a", quantity=10), ShippedLine(line_id="b", quantity=1))
    made = request_return(world, customer.machine, order, ("a", 3)).return_number
    authorise(world, made)
    before = world.dump()
    with pytest.raises(ValueInvalid):
        receive(world, made, *came)
    assert world.dump() == before


@pytest.mark.spec("ORD-6")
def test_goods_go_back_within_their_time(world: Any, line: Any) -> None:
    tolerant(world, 0, return_days=10)
    customer, order = ordered(world, line("a", "PEN", 10))
    ship(world, order, ShippedLine(line_id="a", quantity=5))
    world.forward(timedelta(days=5))
    ship(world, order, ShippedLine(line_id="a", quantity=5))
    world.forward(timedelta(days=5))
    request_return(world, customer.machine, order, ("a", 1))
    world.forward(timedelta(days=1))
    with pytest.raises(TooLateToChange):
        request_return(world, customer.machine, order, ("a", 6))
    request_return(world, customer.machine, order, ("a", 5))
    world.forward(timedelta(days=5))
    with pytest.raises(TooLateToChange):
        request_return(world, customer.machine, order, ("a", 1))


@pytest.mark.spec("ORD-6", "AUTH-20")
def test_nobody_returns_what_is_not_there_or_not_theirs(world: Any, line: Any) -> None:
    customer, order = ordered(world, line("a", "PEN", 10), line("b", "PEN", 1))
    ship(world, order, ShippedLine(line_id="a", quantity=3))
    other = world.customer("b")
    limited = customer.credential(departments=("D2",))
    for token in (other.machine, limited):
        with pytest.raises(NotFound, match=order):
            request_return(world, token, order, ("a", 1))
    for wrong, error in (
        ((("a", 4),), ValueInvalid),
        ((("a", 0),), ValueInvalid),
        ((("b", 1),), IllegalStep),
        ((("x", 1),), ValueInvalid),
        ((), ValueInvalid),
    ):
        with pytest.raises(error):
            request_return(world, customer.machine, order, *wrong)
    made = request_return(world, customer.machine, order, ("a", 1)).return_number
    assert world.call(life.LIST_RETURNS, ListReturnsRequest(), token=other.machine).returns == ()
    assert world.call(life.LIST_RETURNS, ListReturnsRequest(), token=limited).returns == ()
    desk = world.desk_session()
    foreign = world.open_ticket(desk, world.letter_number(other))
    mine = world.open_ticket(desk, world.letter_number(customer))
    for number, ticket in ((made, ""), (made, foreign), ("RT99999999", mine)):
        with pytest.raises(AccessDenied):
            world.call(
                life.AUTHORISE_RETURN,
                AuthoriseReturnRequest(return_number=number, ticket=ticket),
                token=desk,
                key=world.fresh(),
            )
    with pytest.raises(NotFound):
        authorise(world, "RT99999999")
