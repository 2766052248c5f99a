"""What was cancelled, came back or is invoiced uses no credit, and what came back no department's limit."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.returns import ReturnReason
from askul_connect.core.errors import AccountLimitReached, OrderRefused
from askul_connect.core.messages.order_life import CancelOrderRequest, ChangedLine, ChangeOrderRequest
from askul_connect.core.messages.people import ListDepartmentLimitsRequest, SetDepartmentLimitRequest
from askul_connect.core.messages.returns import (
    AuthoriseReturnRequest,
    ReceivedLine,
    ReceiveReturnRequest,
    RequestReturnRequest,
    ReturnLineRequest,
)
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import people

DESK = 16_500


def used(world: Any, customer: Any, line: Any) -> int:
    """What the refusal of an order of a hundred desks says is used of the credit."""
    with pytest.raises((AccountLimitReached, OrderRefused)) as caught:
        world.place(customer.machine, "PO-X", line("1", "DESK", 90), trial=True, key=world.fresh())
    details = [caught.value.detail, *(one.detail for one in caught.value.problems)]
    [found] = {match[1] for text in details if (match := re.search(r"the (\d+) ordered and not", text))}
    return int(found)


def send_back(world: Any, customer: Any, order: str, quantity: int) -> None:
    asked = RequestReturnRequest(
        order_number=order,
        lines=(ReturnLineRequest(line_id="1", quantity=quantity, reason=ReturnReason.DAMAGED),),
    )
    made = world.call(life.REQUEST_RETURN, asked, token=customer.machine, key=world.fresh()).goods_return
    world.as_staff(life.AUTHORISE_RETURN, AuthoriseReturnRequest(return_number=made.return_number))
    came = ReceivedLine(line_id="1", quantity=quantity, sellable=0)
    world.as_staff(life.RECEIVE_RETURN, ReceiveReturnRequest(return_number=made.return_number, lines=(came,)))


@pytest.mark.spec("ACC-1", "ORD-5", "ORD-6")
def test_credit_counts_what_is_still_to_be_invoiced_and_nothing_else(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer(kind=AccountKind.SOLE_PROPRIETOR)
    order = world.place(customer.machine, "PO-1", line("1", "DESK", 50)).orders[0].order_number
    assert used(world, customer, line) == 50 * DESK
    change = ChangeOrderRequest(order_number=order, lines=(ChangedLine(line_id="1", quantity=40),))
    world.call(life.CHANGE_ORDER, change, token=customer.machine, key=world.fresh())
    assert used(world, customer, line) == 40 * DESK
    world.confirm(order)
    world.ship(order, ("1", 30, 2))
    assert used(world, customer, line) == 38 * DESK
    send_back(world, customer, order, 10)
    assert used(world, customer, line) == 28 * DESK
    world.go_to(2026, 12, 1, 10)
    world.close_billing(customer, date(2026, 11, 30))
    # what is invoiced is owed by its invoice, and what comes back of that is credited there
    assert used(world, customer, line) == 8 * DESK
    send_back(world, customer, order, 5)
    assert used(world, customer, line) == 8 * DESK
    # 8 and 52 are all of it
    assert world.place(customer.machine, "PO-2", line("1", "DESK", 52)).orders


@pytest.mark.spec("ACC-1", "ORD-5")
def test_a_changed_order_takes_the_place_of_what_it_was(world: Any, line: Any) -> None:
    customer = world.customer(kind=AccountKind.SOLE_PROPRIETOR)
    order = world.place(customer.machine, "PO-1", line("1", "DESK", 50)).orders[0].order_number

    def change(quantity: int) -> Any:
        request = ChangeOrderRequest(order_number=order, lines=(ChangedLine(line_id="1", quantity=quantity),))
        return world.call(life.CHANGE_ORDER, request, token=customer.machine, key=world.fresh())

    with pytest.raises(AccountLimitReached, match=f"{61 * DESK} and the 0 ordered"):
        change(61)
    change(60)
    cancel = CancelOrderRequest(order_number=order)
    world.call(life.CANCEL_ORDER, cancel, token=customer.machine, key=world.fresh())
    assert used(world, customer, line) == 0


@pytest.mark.spec("ACC-5", "ORD-6")
def test_what_came_back_gives_back_the_departments_limit(stored: Any, line: Any) -> None:
    world = stored
    customer = world.customer()
    limit = SetDepartmentLimitRequest(code="D1", monthly_limit=1_320)
    world.call(people.SET_DEPARTMENT_LIMIT, limit, token=customer.administrator)
    order = world.place(customer.machine, "PO-1", line("1", "PEN", 10)).orders[0].order_number
    world.confirm(order)
    world.ship(order, ("1", 10, 0))
    with pytest.raises(OrderRefused):
        world.place(customer.machine, "PO-2", line("1", "PEN", 1))
    send_back(world, customer, order, 4)
    answer = world.call(people.LIST_DEPARTMENT_LIMITS, ListDepartmentLimitsRequest(), token=customer.machine)
    assert [(one.used, one.left) for one in answer.limits] == [(792, 528)]
    with pytest.raises(OrderRefused):
        world.place(customer.machine, "PO-3", line("1", "PEN", 5))
    assert world.place(customer.machine, "PO-4", line("1", "PEN", 4)).orders
