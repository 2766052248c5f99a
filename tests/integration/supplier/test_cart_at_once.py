"""Carts under many hands at once, and what becomes of them with their account (CART-6, ACC-4, ACC-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.errors import AskulConnectError, VersionConflict
from askul_connect.core.messages.cart import CartChange
from askul_connect.core.messages.registration import MergeAccountsRequest
from askul_connect.core.operations import accounts as account_operations
from askul_connect.core.operations import cart as carts
from askul_connect.core.operations import supplier as operations
from askul_connect.core.services.supplier.forgetting import CART_AFTERLIFE, forget_old


@pytest.fixture(params=["sqlite", "postgresql"])
def database(make_world: Callable[..., Any], request: pytest.FixtureRequest) -> Any:
    return make_world(str(request.param))


def patient(call: Callable[[], Any]) -> Any:
    """The answer, where a busy database may ask for another try."""
    for _ in range(50):
        try:
            return call()
        except AskulConnectError as error:
            if not error.retryable:
                raise
    return call()


def get(world: Any, token: Any) -> Any:
    return world.call(carts.GET_CART, carts.GET_CART.request(), token=token).cart


def add(  # noqa: PLR0917 -- what is added, where
    world: Any, token: Any, sku: str, quantity: int, department: str = "D1", key: str = ""
) -> Any:
    change = CartChange(action=CartAction.ADD, sku=sku, quantity=quantity, department=department)
    request = carts.CHANGE_CART.request(changes=(change,))
    return patient(lambda: world.call(carts.CHANGE_CART, request, token=token, key=key or world.fresh())).cart


def check_out(world: Any, token: Any, version: int, total: int, key: str) -> Any:
    request = carts.CHECK_OUT_CART.request(expected_version=version, expected_total=total)
    return patient(lambda: world.call(carts.CHECK_OUT_CART, request, token=token, key=key))


@pytest.mark.spec("CART-6", "ORD-2")
def test_a_double_checkout_with_one_key_makes_one_order(database: Any) -> None:
    world = database
    token = world.customer().administrator
    cart = add(world, token, "PEN", 10)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda _: check_out(world, token, cart.version, 1_320, "once"), range(6)))
    assert len({one.orders[0].order_number for one in answers}) == 1
    assert world.stock("PEN").reserved == 10
    after = get(world, token)
    assert (after.lines, after.version) == ((), cart.version + 1)


@pytest.mark.spec("CART-6")
def test_windows_that_change_and_check_out_at_once_lose_nothing(database: Any) -> None:
    """Every unit that was added is in the cart or in an order, never in both, whoever comes first."""
    world = database
    token = world.customer().administrator
    add(world, token, "PEN", 1)
    ordered: Counter[str] = Counter()

    def window(number: int) -> Counter[str]:
        ends: Counter[str] = Counter()
        for round_ in range(4):
            add(world, token, "PEN", 1, "D2" if number % 2 else "D1", key=f"add-{number}-{round_}")
            while number == 0:
                cart = get(world, token)
                total = sum(one.quantity for one in cart.lines) * 132
                try:
                    answer = check_out(world, token, cart.version, total, f"out-{cart.version}")
                except VersionConflict:
                    ends["stale"] += 1
                    continue
                ordered["PEN"] += sum(line.quantity for one in answer.orders for line in one.lines)
                ends["ordered"] += 1
                break
        return ends

    with ThreadPoolExecutor(4) as threads:
        ends = sum(threads.map(window, range(4)), Counter())
    assert ends["ordered"] == 4
    left = get(world, token)
    assert sum(one.quantity for one in left.lines) + ordered["PEN"] == 17
    assert world.stock("PEN").reserved == ordered["PEN"]
    listed = world.call(operations.LIST_ORDERS, operations.LIST_ORDERS.request(), token=token).orders
    assert len(listed) == ends["ordered"]


@pytest.mark.spec("ACC-4", "CART-6")
def test_carts_go_over_when_accounts_become_one(stored: Any) -> None:
    world = stored
    kept, gone = world.customer("a"), world.customer("b")
    add(world, gone.machine, "PEN", 3, "D1")
    with world.storage.begin() as unit:
        (before,) = unit.carts.of_account(
            next(one.account_id for one in unit.accounts.all() if one.customer_number == gone.number)
        )
    request = MergeAccountsRequest(
        surviving=kept.letter.member_number, absorbed=gone.letter.member_number, ticket="T-1"
    )
    answer = world.as_staff(account_operations.MERGE_ACCOUNTS, request)
    assert ("carts", 1) in {(one.kind, one.count) for one in answer.moved}
    with world.storage.begin() as unit:
        ids = {one.customer_number: one.account_id for one in unit.accounts.all()}
        assert list(unit.carts.of_account(ids[gone.number])) == []
        (cart,) = unit.carts.of_account(ids[kept.number])
    renamed = {one.before: one.after for one in answer.renamed}
    assert [(one.sku, one.quantity, one.department) for one in cart.lines] == [("PEN", 3, renamed["D1"])]
    assert cart.user_id == before.user_id
    # and can be ordered there
    world.forward(timedelta(days=1))
    priced = world.call(carts.PRICE_CART, carts.PRICE_CART.request(), token=gone.machine)
    assert (priced.problems, priced.total_incl_tax) == ((), 396)


@pytest.mark.spec("CART-6")
def test_a_cart_is_forgotten_after_ninety_days_without_a_change(stored: Any) -> None:
    world = stored
    token = world.customer().machine
    add(world, token, "PEN", 1)
    for days, left in ((90, 1), (1, 0)):
        world.forward(timedelta(days=days))
        with world.storage.begin() as unit:
            assert forget_old(unit, world.supplier.dispatcher.house)
        assert len(get(world, token).lines) == left
    assert timedelta(days=90) == CART_AFTERLIFE
