"""What a confirmation promises: by the address of the department, the hour and the region (ORD-4)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import SupplierProfile
from askul_connect.core.domain.delivery import Closure, DeliveryArea, DeliveryTerms
from askul_connect.core.errors import OrderRefused, UnknownDepartment
from askul_connect.core.messages.accounts import AddDepartmentRequest
from askul_connect.core.messages.billing import ListUsageRequest
from askul_connect.core.messages.cart import CartAction, CartChange, ChangeCartRequest
from askul_connect.core.messages.cart_prices import PriceCartRequest
from askul_connect.core.messages.item_search import GetAvailabilityRequest
from askul_connect.core.operations import billing, cart, catalog
from askul_connect.core.operations import supplier as operations

TERMS = DeliveryTerms(
    areas=(DeliveryArea(postcodes="1", days=0), DeliveryArea(postcodes="90", days=3), DeliveryArea())
)


def delivering(make_world: Any, face: str, terms: DeliveryTerms) -> tuple[Any, Any]:
    """A supplier with these terms, and a customer in Tokyo with a branch in Okinawa."""
    profile = SupplierProfile(
        name="見本",
        party_id="0188:1",
        registration_number="T1999999999998",
        postcode="",
        address="",
        delivery=terms,
    )
    world = make_world("memory", face, profile=profile)
    customer = world.customer()
    far = AddDepartmentRequest(
        code="D9", name="沖縄支店", postcode="〒９００－０００１", address="沖縄県那覇市"
    )
    world.call(operations.ADD_DEPARTMENT, far, token=customer.administrator, key="far")
    return world, customer


@pytest.mark.spec("ORD-4", "CART-1")
@pytest.mark.parametrize(
    ("at", "promised"),
    [
        ((2026, 11, 9, 11, 0, 0), ["2026-11-09", "2026-11-12", "2026-11-09"]),
        ((2026, 11, 9, 12, 0, 0), ["2026-11-10", "2026-11-13", "2026-11-10"]),
    ],
    ids=["before noon", "from noon on"],
)
def test_each_line_by_the_address_of_its_department(
    make_world: Any, face: str, line: Any, at: tuple[int, ...], promised: list[str]
) -> None:
    world, customer = delivering(make_world, face, TERMS)
    world.go_to(*at)
    # D1 and D2 have no address of their own: what is for them goes to the account's
    lines = (
        evolve(line("1", "PEN", 1), department="D1"),
        evolve(line("2", "PEN", 1), department="D9"),
        evolve(line("3", "PEN", 1), department="D2"),
    )
    order = world.place(customer.machine, "PO-1", *lines).orders[0].order_number
    assert [str(one.promised_on) for one in world.confirm(order).lines] == promised


@pytest.mark.spec("ORD-4", "CART-2")
def test_where_nothing_is_delivered_to_nothing_is_ordered(make_world: Any, face: str, line: Any) -> None:
    only_tokyo = DeliveryTerms(areas=(DeliveryArea(postcodes="15"),))
    world, customer = delivering(make_world, face, only_tokyo)
    lines = [evolve(line(code, "PEN", 1), department=code) for code in ("D1", "D9")]
    with pytest.raises(OrderRefused) as caught:
        world.place(customer.machine, "PO-1", *lines)
    assert [(one.line_id, one.code, one.where) for one in caught.value.problems] == [
        ("D9", "not-deliverable", "lines[2]/department")
    ]
    assert world.stock("PEN").reserved == 0
    world.place(customer.machine, "PO-2", lines[0])


@pytest.mark.spec("ORD-4", "CAT-1", "CART-2")
def test_an_item_for_some_prefectures_only(make_world: Any, face: str, line: Any) -> None:
    world, customer = delivering(make_world, face, TERMS)
    limited = customer.credential(departments=("D1",))
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
        unit.catalog.save_many([evolve(pen, regions=("13", "14"))])
    lines = [evolve(line(code, "PEN", 1), department=code) for code in ("D1", "D9")]
    with pytest.raises(OrderRefused) as caught:
        world.place(customer.machine, "PO-1", *lines)
    [problem] = caught.value.problems
    assert (problem.line_id, problem.code) == ("D9", "not-deliverable")
    assert "東京都、神奈川県" in problem.detail
    assert "沖縄県" in problem.detail

    def days(department: str) -> list[str]:
        request = GetAvailabilityRequest(skus=("PEN", "TEA"), department=department)
        items = world.call(catalog.GET_AVAILABILITY, request, token=customer.machine).items
        return [str(one.delivered_on) for one in items]

    world.go_to(2026, 11, 9, 11, 0)
    assert days("") == days("D1") == ["2026-11-09", "2026-11-09"]
    assert days("D9") == ["None", "2026-11-12"]
    world.go_to(2026, 11, 9, 12, 0)
    assert days("D1") == ["2026-11-10", "2026-11-10"]
    with pytest.raises(UnknownDepartment):
        days("D7")
    with pytest.raises(UnknownDepartment):
        world.call(
            catalog.GET_AVAILABILITY, GetAvailabilityRequest(skus=("PEN",), department="D9"), token=limited
        )


@pytest.mark.spec("ORD-4", "CART-1", "CART-2")
def test_the_cart_promises_what_availability_does(make_world: Any, face: str) -> None:
    world, customer = delivering(make_world, face, TERMS)
    token = customer.credential()
    world.go_to(2026, 11, 9, 11, 0)
    changes = tuple(
        CartChange(action=CartAction.ADD, sku="PEN", quantity=1, department=code) for code in ("D1", "D9")
    )
    world.call(cart.CHANGE_CART, ChangeCartRequest(changes=changes), token=token, key="c")

    def promised() -> list[str]:
        priced = world.call(cart.PRICE_CART, PriceCartRequest(), token=token)
        assert [one.ship_to for one in priced.lines] == ["150-0001", "〒９００－０００１"]
        return [str(one.delivered_on) for one in priced.lines]

    assert promised() == ["2026-11-09", "2026-11-12"]
    with world.storage.begin() as unit:
        pen = unit.catalog.items(["PEN"])["PEN"]
        unit.catalog.save_many([evolve(pen, regions=("13",))])
    assert promised() == ["2026-11-09", "None"]
    problems = world.call(cart.PRICE_CART, PriceCartRequest(), token=token).problems
    assert [one.code for one in problems] == ["not-deliverable"]


@pytest.mark.spec("ORD-4", "BIL-1")
def test_a_closure_is_no_business_day_of_usage_either(make_world: Any, face: str, line: Any) -> None:
    terms = evolve(TERMS, closures=(Closure(first=date(2026, 11, 10), last=date(2026, 11, 11)),))
    world, customer = delivering(make_world, face, terms)
    token = customer.credential()
    world.go_to(2026, 11, 9, 11, 0)
    order = world.place(token, "PO-1", line("1", "PEN", 1)).orders[0].order_number
    world.confirm(order)
    world.ship(order, ("1", 1, 0))

    def usage() -> int:
        return len(world.call(billing.LIST_USAGE, ListUsageRequest(), token=token).usage)

    world.go_to(2026, 11, 11, 23, 0)
    assert usage() == 0
    world.go_to(2026, 11, 12, 0, 0)
    assert usage() == 1
