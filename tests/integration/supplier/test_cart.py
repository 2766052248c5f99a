"""The stored cart over storages and faces: windows, prices, quick orders, checkout (CART-1, CART-3 to CART-6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import Role
from askul_connect.core.domain.catalog import DatedPrice, StockLevel
from askul_connect.core.domain.delivery_terms import ASKUL_SHIPPING
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step
from askul_connect.core.domain.selling_terms import SellingTerms
from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.errors import (
    AskulConnectError,
    IdempotencyConflict,
    OrderRefused,
    PriceChanged,
    PurchaseOrderConflict,
    UnknownDepartment,
    ValueInvalid,
    VersionConflict,
)
from askul_connect.core.messages.cart import CartChange
from askul_connect.core.messages.cart_prices import CartNews
from askul_connect.core.operations import cart as carts
from askul_connect.core.operations import people
from askul_connect.core.operations import supplier as operations

TIER = Discount(
    discount_id="tier",
    kind=DiscountKind.TIER,
    name="金額割引",
    steps=(
        Step(benefit=Benefit(percent=Decimal(3)), from_amount=5_000),
        Step(benefit=Benefit(percent=Decimal(5)), from_amount=20_000),
    ),
)


class Window:
    """One device of a person: what it shows, and what it asks for."""

    def __init__(self, world: Any, token: Any) -> None:
        self.world = world
        self.token = token
        self.shown = self.read()

    def ask(self, operation: Any, key: str = "", **fields: Any) -> Any:
        keyed = key or self.world.fresh()
        return self.world.call(operation, operation.request(**fields), token=self.token, key=keyed)

    def read(self) -> Any:
        self.shown = self.ask(carts.GET_CART).cart
        return self.shown

    def change(self, *changes: CartChange, key: str = "") -> Any:
        self.shown = self.ask(carts.CHANGE_CART, key, changes=changes).cart
        return self.shown

    def add(self, sku: str, quantity: int | None = None, department: str | None = "D1", **more: Any) -> Any:
        return self.change(adding(sku, quantity, department, **more))

    def line(self, sku: str) -> Any:
        return next(one for one in self.shown.lines if one.sku == sku)

    def of(self, action: CartAction, sku: str, **more: Any) -> CartChange:
        """A change of the line that is shown."""
        line = self.line(sku)
        return CartChange(action=action, line_id=line.line_id, version=line.version, **more)

    def price(self, **more: Any) -> Any:
        return self.ask(carts.PRICE_CART, **more)

    def check_out(self, key: str = "", **more: Any) -> Any:
        asked = {"expected_version": self.shown.version, **more}
        if "expected_total" not in asked:
            asked["expected_total"] = self.price(coupons=asked.get("coupons", ())).total_incl_tax
        return self.ask(carts.CHECK_OUT_CART, key, **asked)


def adding(sku: str, quantity: int | None = None, department: str | None = "D1", **more: Any) -> CartChange:
    return CartChange(action=CartAction.ADD, sku=sku, quantity=quantity, department=department, **more)


def held(cart: Any) -> list[tuple[str, int, str]]:
    return [(one.sku, one.quantity, one.department) for one in cart.lines]


def problems(kind: type[AskulConnectError], call: Callable[[], Any]) -> list[tuple[str, str]]:
    with pytest.raises(kind) as caught:
        call()
    return [(one.code, one.where) for one in caught.value.problems]


def sell(world: Any, *discounts: Discount, shipping: Any = ()) -> None:
    house = evolve(
        world.supplier.dispatcher.house, selling=SellingTerms(shipping=tuple(shipping), discounts=discounts)
    )
    dispatcher = evolve(world.supplier.dispatcher, house=house)
    world.supplier = evolve(world.supplier, dispatcher=dispatcher)
    world.caller = world.caller_of(world.supplier)


def set_price(world: Any, sku: str, price: str) -> None:
    dated = DatedPrice(
        account_id="", sku=sku, valid_from=date(2026, 1, 1), valid_to=None, price=Decimal(price)
    )
    with world.storage.begin() as unit:
        unit.catalog.put_prices([dated])


def set_stock(world: Any, sku: str, on_hand: int) -> None:
    with world.storage.begin() as unit:
        unit.catalog.save_stock([StockLevel(sku=sku, on_hand=on_hand)])


@pytest.mark.spec("CART-6")
def test_windows_of_one_person_share_a_cart_and_merge(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    phone, desk = Window(world, customer.administrator), Window(world, customer.administrator)
    assert (phone.shown.version, phone.shown.lines) == (0, ())
    phone.change(adding("PEN", 3), adding("TEA", 2), adding("PEN", 2, "D2"))
    desk.add("PEN", 4)
    # the same item for the same department is one line
    assert held(desk.shown) == [("PEN", 7, "D1"), ("TEA", 2, "D1"), ("PEN", 2, "D2")]
    # a window that shows the pens of before may still change the tea
    phone.change(phone.of(CartAction.SET, "TEA", quantity=6))
    with pytest.raises(VersionConflict) as caught:
        desk.change(
            desk.of(CartAction.SET, "TEA", quantity=8), desk.of(CartAction.MOVE, "PEN", department="D2")
        )
    # the difference is told, and the other change of the call was not done either
    assert [(one.code, one.where, one.line_id) for one in caught.value.problems] == [
        ("version-conflict", "changes[1]/line_id", desk.line("TEA").line_id)
    ]
    assert "is 6 of TEA for D1 in version 3" in caught.value.problems[0].detail
    assert held(desk.read()) == [("PEN", 7, "D1"), ("TEA", 6, "D1"), ("PEN", 2, "D2")]
    # moved to where the same item is, it becomes one line with it
    desk.change(desk.of(CartAction.MOVE, "PEN", department="D2"), desk.of(CartAction.SET, "TEA", quantity=8))
    assert held(desk.shown) == [("TEA", 8, "D1"), ("PEN", 9, "D2")]
    with pytest.raises(VersionConflict, match="was removed or moved into another line in version 4"):
        phone.change(
            CartChange(action=CartAction.REMOVE, line_id="1", version=2),
        )
    desk.change(desk.of(CartAction.REMOVE, "TEA"))
    assert held(phone.read()) == [("PEN", 9, "D2")]
    # another person, and a machine, have carts of their own
    assert held(Window(world, customer.person("p@a.example.co.jp", Role.BUYER)).shown) == []
    assert held(Window(world, customer.machine).shown) == []


@pytest.mark.spec("CART-2", "CART-6")
def test_nothing_is_changed_when_something_cannot_be(everywhere: Any) -> None:
    world = everywhere
    window = Window(world, world.customer().administrator)
    window.add("TEA", 10)
    bad = (
        adding("PEN", 1),
        adding("NONE", 1),
        adding("OLD", 1),
        adding("TEA", 12),
        adding("CLIP", 1, "D9"),
        adding("CLIP", 1, None),
    )
    assert problems(OrderRefused, lambda: window.change(*bad)) == [
        ("unknown-item", "changes[2]/sku"),
        ("item-discontinued", "changes[3]/sku"),
        ("quantity-not-sold", "changes[4]/quantity"),
        ("unknown-department", "changes[5]/department"),
        ("unknown-department", "changes[6]/department"),
    ]
    assert held(window.read()) == [("TEA", 10, "D1")]
    wrong = (
        CartChange(action=CartAction.SET, line_id="1", version=1),
        CartChange(action=CartAction.REMOVE),
        CartChange(action=CartAction.ADD, sku="PEN", quantity=0),
        CartChange(action=CartAction.MOVE, line_id="1", version=1),
        CartChange(action=CartAction.ADD, sku="P" * 101),
    )
    assert problems(ValueInvalid, lambda: window.change(*wrong)) == [
        ("value-invalid", "changes[1]/quantity"),
        ("value-invalid", "changes[2]/line_id"),
        ("value-invalid", "changes[3]/quantity"),
        ("value-invalid", "changes[4]/department"),
        ("value-invalid", "changes[5]/sku"),
    ]
    assert problems(ValueInvalid, window.change) == [("value-invalid", "changes")]


@pytest.mark.spec("CART-6")
def test_a_repeated_change_adds_once(stored: Any) -> None:
    window = Window(stored, stored.customer().administrator)
    first = window.change(adding("PEN", 3), key="same")
    assert window.change(adding("PEN", 3), key="same") == first
    with pytest.raises(IdempotencyConflict):
        window.change(adding("PEN", 4), key="same")
    assert held(window.read()) == [("PEN", 3, "D1")]


@pytest.mark.spec("CART-1")
def test_the_usual_quantity_is_proposed(everywhere: Any, line: Any) -> None:
    world = everywhere
    customer = world.customer()
    window = Window(world, customer.administrator)
    # nothing was ordered: the least that is sold
    window.change(adding("PEN"), adding("TEA"))
    assert held(window.shown) == [("PEN", 1, "D1"), ("TEA", 2, "D1")]
    for number, quantity in enumerate((90, 12, 14, 10, 13, 11, 40)):
        world.place(customer.machine, f"PO-{number}", line("1", "PEN", quantity))
    # others of the account have: the median of their latest five
    assert held(window.add("PEN", department="D2"))[-1] == ("PEN", 13, "D2")
    world.place(customer.administrator, "PO-own", line("1", "PEN", 5))
    assert held(window.add("PEN", department="D2"))[-1] == ("PEN", 18, "D2")
    # who is limited to a department is told nothing of the others
    limited = Window(world, customer.credential(departments=("D2",), label="limited"))
    assert held(limited.add("PEN", department=None)) == [("PEN", 1, "D2")]


@pytest.mark.spec("CART-1", "CART-2", "PRC-1", "PRC-4", "ORD-4")
def test_the_cart_is_priced_with_every_amount_explained(everywhere: Any) -> None:
    world = everywhere
    sell(world, TIER, shipping=ASKUL_SHIPPING)
    window = Window(world, world.customer().administrator)
    assert window.price().total_incl_tax == 0
    window.change(
        adding("PEN", 50, "D2", cost_centre="CC-1"), adding("TEA", 2), adding("DESK", 1), adding("RARE", 9)
    )
    before = world.stock("RARE")
    priced = window.price()
    assert world.stock("RARE") == before
    assert [(one.code, one.where, one.line_id) for one in priced.problems] == [
        ("out-of-stock", "lines[4]/quantity", window.line("RARE").line_id)
    ]
    window.change(window.of(CartAction.SET, "RARE", quantity=1))
    priced = window.price()
    assert (priced.problems, priced.news, priced.version) == ((), (), window.shown.version)
    pens = priced.lines[0]
    assert (pens.sku, pens.before, pens.available, pens.cost_centre) == ("PEN", 6_000, 1_000, "CC-1")
    # 3 % of 6,897, rounded once to 206; the share of the pens is 179.2
    assert [(one.kind.value, one.rule, one.reason, one.amount) for one in pens.steps] == [
        ("tier", "tier", "金額割引", -179)
    ]
    assert sum(one.after - one.before for one in priced.lines) == -206
    # ordered on Monday before noon; Tuesday is a holiday, and the desk needs five business days at its maker
    assert [one.delivered_on for one in priced.lines] == [
        date(2026, 11, 4),
        date(2026, 11, 4),
        date(2026, 11, 11),
        date(2026, 11, 4),
    ]
    assert {one.ship_to for one in priced.lines} == {"150-0001"}
    assert [(one.fulfilment.value, one.maker, one.line_ids) for one in priced.parts] == [
        ("stock", "", ("1", "2", "4")),
        ("direct", "見本製作所", ("3",)),
    ]
    assert [(one.department, one.before) for one in priced.departments] == [("D1", 15_897), ("D2", 6_000)]
    assert [(int(one.rate), one.taxable) for one in priced.tax] == [(10, 21_500), (8, 191)]
    assert priced.total_incl_tax == sum(one.total_incl_tax for one in priced.parts)
    assert [(one.kind.value, one.lacks_amount) for one in priced.offers] == [("tier", 13_103)]
    # the order costs what was shown
    placed = window.check_out(expected_total=priced.total_incl_tax)
    assert sum(order.total_incl_tax for order in placed.orders) == priced.total_incl_tax
    assert [order.linked_orders for order in placed.orders] == [
        (placed.orders[1].order_number,),
        (placed.orders[0].order_number,),
    ]


@pytest.mark.spec("CART-2", "ACC-5")
def test_all_limits_are_told_at_once(stored: Any) -> None:
    world = stored
    customer = world.customer()
    window = Window(world, customer.administrator)
    world.call(
        people.SET_DEPARTMENT_LIMIT,
        people.SET_DEPARTMENT_LIMIT.request(code="D1", monthly_limit=1_000),
        token=customer.administrator,
    )
    window.change(adding("PEN", 100), adding("RARE", 6, "D2"))
    priced = window.price(coupons=("NONE",))
    assert [(one.code, one.where) for one in priced.problems] == [
        ("out-of-stock", "lines[2]/quantity"),
        ("coupon-refused", "coupons[1]"),
        ("department-limit-exceeded", "lines[1]/department"),
    ]
    assert problems(OrderRefused, lambda: window.check_out(coupons=("NONE",))) == [
        (one.code, one.where) for one in priced.problems
    ]


@pytest.mark.spec("CART-4")
def test_what_has_changed_since_is_reported(everywhere: Any) -> None:
    world = everywhere
    window = Window(world, world.customer().administrator)
    window.change(adding("PEN", 10), adding("TEA", 2), adding("RARE", 5))
    set_price(world, "PEN", "130")
    set_stock(world, "RARE", 4)
    told = [
        (one.sku, one.news, one.price_before, one.price_now, one.available) for one in window.price().news
    ]
    assert told == [
        ("PEN", CartNews.PRICE, Decimal(120), Decimal(130), None),
        ("RARE", CartNews.OUT_OF_STOCK, None, None, 4),
    ]
    # it is told until somebody takes note of it
    assert len(window.price().news) == 2
    window.change(window.of(CartAction.KEEP, "PEN"), window.of(CartAction.SET, "RARE", quantity=4))
    assert window.price().news == ()
    assert window.line("PEN").seen_price == Decimal(130)
    with world.storage.begin() as unit:
        items = unit.catalog.items(["PEN", "TEA"])
        unit.catalog.save_many([evolve(items["PEN"], discontinued=True)])
    set_stock(world, "RARE", 0)
    assert [(one.sku, one.news) for one in window.price().news] == [
        ("PEN", CartNews.DISCONTINUED),
        ("RARE", CartNews.OUT_OF_STOCK),
    ]
    set_stock(world, "RARE", 4)
    assert [one.code for one in window.price().problems] == ["item-discontinued"]


@pytest.mark.spec("CART-6", "CART-5", "ORD-2")
def test_a_checkout_orders_what_was_shown_and_empties_the_cart(everywhere: Any) -> None:
    world = everywhere
    window = Window(world, world.customer().administrator)
    window.change(adding("PEN", 10), adding("DESK", 1))
    tried = window.check_out("try", trial=True)
    assert tried.trial
    assert held(window.read()) == [("PEN", 10, "D1"), ("DESK", 1, "D1")]
    assert world.stock("PEN").reserved == 0
    total = window.price().total_incl_tax
    placed = window.check_out("once", expected_total=total)
    assert [one.order_number for one in placed.orders] == [one.order_number for one in tried.orders]
    assert placed.purchase_order_id.startswith("CART-")
    assert {one.purchase_order_id for one in placed.orders} == {placed.purchase_order_id}
    assert held(window.read()) == []
    assert world.stock("PEN").reserved == 10
    # the answer that was lost comes again
    again = window.check_out("once", expected_version=1, expected_total=total)
    assert again == placed
    with pytest.raises(VersionConflict, match="version 2, and version 1"):
        window.check_out("other", expected_version=1, expected_total=total)
    with pytest.raises(ValueInvalid, match="nothing in the cart"):
        window.check_out("empty", expected_total=0)
    # the same number with another key is the same purchase order
    window.add("PEN", 1)
    named = {"purchase_order_id": "PO-9", "expected_version": window.shown.version, "expected_total": 132}
    first = window.check_out("named", **named)
    window.add("PEN", 2)
    assert window.check_out("named again", **named) == first
    # other content under that number is none of it
    with pytest.raises(PurchaseOrderConflict):
        window.check_out("clash", purchase_order_id="PO-9")
    assert held(window.read()) == [("PEN", 2, "D1")]


@pytest.mark.spec("CART-6", "CART-4")
def test_a_stale_checkout_is_refused_with_the_difference(everywhere: Any) -> None:
    world = everywhere
    customer = world.customer()
    phone = Window(world, customer.administrator)
    phone.change(adding("PEN", 10), adding("TEA", 2))
    desk = Window(world, customer.administrator)
    desk.change(desk.of(CartAction.REMOVE, "TEA"), desk.of(CartAction.SET, "PEN", quantity=20))
    with pytest.raises(VersionConflict) as caught:
        phone.check_out(expected_total=1_532)
    assert [(one.code, one.line_id) for one in caught.value.problems] == [
        ("version-conflict", ""),
        ("version-conflict", "1"),
        ("version-conflict", "2"),
    ]
    assert "line 1 is 20 of PEN for D1 now" in caught.value.problems[1].detail
    # the version is right, the price is not
    total = desk.price().total_incl_tax
    set_price(world, "PEN", "130")
    with pytest.raises(PriceChanged) as changed:
        desk.check_out(expected_total=total)
    assert [(one.code, one.where, one.line_id) for one in changed.value.problems] == [
        ("price-changed", "expected_total", ""),
        ("price-changed", "lines", "1"),
    ]
    assert "2860 JPY with tax, and 2640 was expected" in changed.value.problems[0].detail
    assert "is 130, and was 120" in changed.value.problems[1].detail
    assert held(desk.read()) == [("PEN", 20, "D1")]
    assert world.stock("PEN").reserved == 0


@pytest.mark.spec("CART-6")
def test_a_refused_checkout_leaves_the_cart(stored: Any) -> None:
    window = Window(stored, stored.customer().administrator)
    window.change(adding("RARE", 9), adding("PEN", 1))
    assert problems(OrderRefused, window.check_out) == [("out-of-stock", "lines[1]/quantity")]
    assert held(window.read()) == [("RARE", 9, "D1"), ("PEN", 1, "D1")]
    assert (
        stored.call(operations.LIST_ORDERS, operations.LIST_ORDERS.request(), token=window.token).orders == ()
    )
    with pytest.raises(UnknownDepartment):
        window.ask(carts.QUICK_ORDER, text="PEN 1", department="D9")
