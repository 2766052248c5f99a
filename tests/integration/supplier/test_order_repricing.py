"""A change of quantities is priced anew by the rules of the order's day (ORD-5, PRC-1, ADR 0035).

``REPRICINGS`` says how many changed orders are compared with orders that were placed like that at once.
"""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from askul_connect.core.domain.allowances import AgreedTerm, AllowanceCharge
from askul_connect.core.domain.coupons import CouponKind
from askul_connect.core.domain.delivery_terms import ASKUL_SHIPPING
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.selling_terms import SellingTerms
from askul_connect.core.errors import AccountLimitReached, PriceChanged
from askul_connect.core.messages.coupons import DiscountStep
from askul_connect.core.messages.order_life import CancelOrderRequest, ChangedLine, ChangeOrderRequest
from askul_connect.core.messages.ordering import GetOrderRequest, ListOrdersRequest
from askul_connect.core.operations import coupons
from askul_connect.core.operations import order_life as life
from askul_connect.core.operations import supplier as operations

EXAMPLES = int(os.environ.get("REPRICINGS") or 15)
NOVEMBER = date(2026, 11, 30)
TIER = Discount(
    discount_id="tier",
    kind=DiscountKind.TIER,
    name="金額割引",
    target=Target(large=True, direct=True),
    steps=(
        Step(benefit=Benefit(percent=Decimal(3)), from_amount=5_000),
        Step(benefit=Benefit(percent=Decimal("7.5")), from_amount=20_000),
    ),
)
PENS = Discount(
    discount_id="pens",
    kind=DiscountKind.CAMPAIGN,
    name="ペン割引",
    target=Target(skus=("PEN",)),
    steps=(Step(benefit=Benefit(amount=7, each=True), from_quantity=10),),
    valid_from=date(2026, 11, 2),
    valid_to=date(2026, 11, 2),
)


def sell(world: Any, *discounts: Discount, **more: Any) -> None:
    """Let the world's supplier work on these terms, with ASKUL's shipping."""
    house = evolve(
        world.supplier.dispatcher.house,
        selling=SellingTerms(shipping=ASKUL_SHIPPING, discounts=discounts),
        **more,
    )
    dispatcher = evolve(world.supplier.dispatcher, house=house)
    world.supplier = evolve(world.supplier, dispatcher=dispatcher)
    world.caller = world.caller_of(world.supplier)


def change(world: Any, customer: Any, order: Any, *lines: tuple[str, int], **more: Any) -> Any:
    changed = tuple(ChangedLine(line_id=one, quantity=quantity) for one, quantity in lines)
    request = ChangeOrderRequest(order_number=order.order_number, lines=changed, **more)
    return world.call(life.CHANGE_ORDER, request, token=customer.machine, key=world.fresh())


def shipped(world: Any, customer: Any, parts: Any = None) -> None:
    """Everything that the customer has ordered leaves, in parts of so many units."""
    orders = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).orders
    for order in orders:
        left = {line.line_id: line.quantity - line.quantity_cancelled for line in order.lines}
        if not any(left.values()):
            continue
        world.confirm(order.order_number)
        while any(left.values()):
            moves = {one: min(units, next(parts) if parts else units) for one, units in left.items() if units}
            world.ship(order.order_number, *((one, units, 0) for one, units in moves.items()))
            left = {one: units - moves.get(one, 0) for one, units in left.items()}


def billed(world: Any, customer: Any) -> Any:
    """The invoice of November."""
    world.go_to(2026, 12, 1, 9)
    [invoice] = world.close_billing(customer, NOVEMBER)
    return invoice


def repeated(sizes: list[int]) -> Any:
    while True:
        yield from sizes


QUANTITIES = st.tuples(
    st.sampled_from([1, 4, 9, 10, 11, 30, 60, 90]),
    st.sampled_from([2, 6, 20]),
    st.sampled_from([1, 33, 90]),
    st.sampled_from([1, 2]),
)


@pytest.mark.spec("ORD-5", "PRC-1", "PRC-4", "BIL-1")
def test_a_changed_order_is_billed_like_one_that_was_placed_like_that(make_world: Any, line: Any) -> None:
    def asked(quantities: tuple[int, ...]) -> list[Any]:
        skus = ("PEN", "TEA", "CLIP", "DESK")
        return [line(sku, sku, units) for sku, units in zip(skus, quantities, strict=True)]

    # shrinking what it finds takes minutes
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        first=QUANTITIES,
        then=st.lists(QUANTITIES, min_size=1, max_size=2),
        parts=st.lists(st.integers(9, 90), min_size=1, max_size=3),
        shortened=st.booleans(),
    )
    def holds(first: Any, then: Any, parts: Any, shortened: bool) -> None:
        world = make_world("memory")
        sell(world, TIER, PENS)
        changed, straight = world.customer(), world.customer("b")
        placed = world.place(changed.machine, "PO-1", *asked(first)).orders
        answer: Any = None
        for wanted in then:
            by_line = dict(zip(("PEN", "TEA", "CLIP", "DESK"), wanted, strict=True))
            for order in placed:
                known = world.call(
                    operations.GET_ORDER,
                    GetOrderRequest(order_number=order.order_number),
                    token=changed.machine,
                ).order
                moves = [
                    (one.line_id, by_line[one.line_id])
                    for one in known.lines
                    if one.quantity - one.quantity_cancelled != by_line[one.line_id]
                ]
                answer = change(world, changed, order, *moves) if moves else answer
        once = world.place(straight.machine, "PO-1", *asked(then[-1]))
        if answer is not None:
            assert answer.total_incl_tax == sum(order.total_incl_tax for order in once.orders)
        sizes = repeated(parts) if shortened else None
        shipped(world, changed, sizes)
        shipped(world, straight)
        invoices = [billed(world, changed), billed(world, straight)]
        assert invoices[0].total_excl_tax == invoices[1].total_excl_tax
        assert invoices[0].tax == invoices[1].tax

    holds()


@pytest.mark.spec("ORD-5", "PRC-1", "PRC-4", "CART-5")
def test_fewer_units_lose_what_they_do_not_reach_and_a_trial_says_so(everywhere: Any, line: Any) -> None:
    world, customer = everywhere, everywhere.customer()
    sell(world, TIER, PENS)
    (order,) = world.place(customer.machine, "PO-1", line("1", "PEN", 60)).orders
    # 7,200 less 420, less 3 % of what is left
    assert [one.amount for one in order.lines[0].allowances] == [420, 203]
    before = world.dump()
    tried = change(world, customer, order, ("1", 9), trial=True)
    assert world.dump() == before
    # 1,080 and shipping
    assert tried.total_incl_tax == 1_080 + 108 + 440
    with pytest.raises(PriceChanged) as caught:
        change(world, customer, order, ("1", 9), expected_total=1_188)
    assert caught.value.where == "expected_total"
    assert world.dump() == before
    done = change(world, customer, order, ("1", 9), expected_total=tried.total_incl_tax)
    assert done.order == tried.order
    assert done.order.lines[0].allowances == ()
    assert [one.reason_code for one in done.order.allowances] == ["FC"]
    shipped(world, customer)
    assert (billed(world, customer).total_incl_tax, done.total_incl_tax) == (1_628, 1_628)


@pytest.mark.spec("ORD-5", "PRC-1")
def test_the_rules_are_those_of_the_day_of_the_order(world: Any, line: Any) -> None:
    sell(world, PENS)
    customer = world.customer()
    world.go_to(2026, 11, 2, 23)
    (order,) = world.place(customer.machine, "PO-1", line("1", "PEN", 20)).orders
    # the campaign is over, and the order is still one of its days
    world.go_to(2026, 11, 3, 9)
    done = change(world, customer, order, ("1", 10))
    assert done.total_incl_tax == (1_200 - 70 + 400) * 11 // 10
    (later,) = world.place(customer.machine, "PO-2", line("1", "PEN", 10)).orders
    assert later.lines[0].allowances == ()


@pytest.mark.spec("ORD-5", "PRC-1", "ORD-2")
def test_the_other_orders_of_the_checkout_are_priced_anew_too(stored: Any, line: Any) -> None:
    world = stored
    sell(world, TIER)
    customer = world.customer()
    pens, desk = world.place(customer.machine, "PO-1", line("1", "PEN", 50), line("2", "DESK", 1)).orders
    # 21,000 reach 7.5 %
    assert desk.lines[0].amount_excl_tax == 15_000 - 1_125
    since = world.call(operations.LIST_ORDERS, ListOrdersRequest(), token=customer.machine).page.next_cursor
    done = change(world, customer, pens, ("1", 30))
    (other,) = done.other_orders
    # 18,600 reach 3 %
    assert (other.order_number, other.lines[0].amount_excl_tax) == (desk.order_number, 15_000 - 450)
    assert done.total_incl_tax == (15_000 - 450) * 11 // 10 + (3_600 - 108) * 11 // 10
    told = world.call(operations.LIST_ORDERS, ListOrdersRequest(cursor=since), token=customer.machine).orders
    assert {one.order_number for one in told} == {pens.order_number, desk.order_number}
    # what has left keeps its amount
    world.confirm(desk.order_number)
    world.ship(desk.order_number, ("2", 1, 0))
    again = change(world, customer, pens, ("1", 50))
    assert again.other_orders[0].lines[0].amount_excl_tax == 15_000 - 450
    assert again.total_incl_tax == (15_000 - 450) * 11 // 10 + (6_000 - 450) * 11 // 10


def grant(world: Any, customer: Any, code: str, **changes: Any) -> None:
    request = coupons.GRANT_COUPON.request(
        code=code,
        kind=CouponKind.CAMPAIGN,
        name=code,
        steps=(DiscountStep(amount=500, from_amount=3_000),),
        **changes,
    )
    world.as_staff(coupons.GRANT_COUPON, request)
    world.call(coupons.CLAIM_COUPON, coupons.CLAIM_COUPON.request(code=code), token=customer.administrator)


def left(world: Any, customer: Any) -> int:
    answer = world.call(coupons.LIST_COUPONS, coupons.LIST_COUPONS.request(), token=customer.administrator)
    return int(answer.coupons[0].left)


@pytest.mark.spec("ORD-5", "PRC-1")
@pytest.mark.parametrize("way", ["change", "cancel"])
def test_a_coupon_that_counts_no_more_is_given_back(stored: Any, line: Any, way: str) -> None:
    world, customer = stored, stored.customer()
    sell(world)
    grant(world, customer, "SAVE")
    (order,) = world.place(
        customer.machine, "PO-1", line("1", "PEN", 20), line("2", "PEN", 10, department="D2")
    ).orders
    assert left(world, customer) == 0
    kept = change(world, customer, order, ("1", 16))
    # 3,120 reach it, once, whatever is used up by now
    assert (kept.coupon, kept.total_incl_tax, left(world, customer)) == ("SAVE", (3_120 - 500) * 11 // 10, 0)
    if way == "change":
        lost = change(world, customer, order, ("1", 10))
        assert lost.total_incl_tax == 2_640
    else:
        request = CancelOrderRequest(order_number=order.order_number, lines=("2",))
        lost = world.call(life.CANCEL_ORDER, request, token=customer.machine, key=world.fresh())
        assert lost.total_incl_tax == 2_112
    assert (lost.coupon, left(world, customer)) == ("", 1)
    # it does not come back by itself
    more = change(world, customer, order, ("1", 30))
    assert (more.coupon, left(world, customer)) == ("", 1)
    (other,) = world.place(customer.machine, "PO-2", line("1", "PEN", 25)).orders
    assert other.total_incl_tax == (3_000 - 500) * 11 // 10


@pytest.mark.spec("ORD-5", "PRC-1")
def test_what_was_agreed_goes_with_the_units_and_is_no_discount(stored: Any, line: Any) -> None:
    world = stored
    terms = (AgreedTerm(charge=False, reason_code="95"),)
    profile = evolve(world.supplier.dispatcher.house.profile, terms=terms)
    sell(world, TIER, profile=profile)
    customer = world.customer()
    off = AllowanceCharge(charge=False, amount=600, reason_code="95", reason="合意")
    beside = AllowanceCharge(charge=False, amount=100, reason_code="95", reason="全体")
    (order,) = world.place(
        customer.machine, "PO-1", evolve(line("1", "PEN", 60), allowances=(off,)), allowances=(beside,)
    ).orders
    assert [one.amount for one in order.lines[0].allowances] == [600, 198]
    fewer = change(world, customer, order, ("1", 30))
    # 3,600 less half of what was agreed for the line, and 3,300 / 6,402 of that for all; the tier is not reached
    assert [one.reason for one in fewer.order.lines[0].allowances] == ["合意"]
    assert fewer.total_incl_tax == (3_600 - 300 - 51) * 11 // 10
    more = change(world, customer, order, ("1", 60))
    # more units, and no more was agreed
    assert more.total_incl_tax == (7_200 - 300 - 207 - 51) * 11 // 10
    shipped(world, customer)
    assert billed(world, customer).total_incl_tax == more.total_incl_tax


@pytest.mark.spec("ORD-5", "ACC-1")
def test_credit_is_asked_for_what_all_orders_come_to(world: Any, line: Any) -> None:
    from askul_connect.core.domain.accounts import AccountKind

    sell(world, TIER)
    customer = world.customer(kind=AccountKind.SOLE_PROPRIETOR)
    # 7.5 % off leave room for 65 desks in the million, and none for 66
    (order,) = world.place(customer.machine, "PO-1", line("1", "DESK", 60)).orders
    assert change(world, customer, order, ("1", 65)).total_incl_tax == 65 * 15_000 * 925 * 11 // 10_000
    with pytest.raises(AccountLimitReached):
        change(world, customer, order, ("1", 66))
