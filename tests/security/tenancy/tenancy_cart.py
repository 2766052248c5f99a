"""Entries of the operations on the cart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tenancy_entry import Asked, Entry

from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.messages import cart, cart_prices
from askul_connect.core.operations import cart as operations


def _add(asked: Asked) -> cart.ChangeCartRequest:
    change = cart.CartChange(action=CartAction.ADD, sku="PEN", quantity=1, department=asked.department)
    return cart.ChangeCartRequest(changes=(change,))


def _filled(asked: Asked) -> Any:
    """The caller's cart with something in it, for callers who have one."""
    estate, caller = asked.estate, asked.caller
    add = cart.CartChange(action=CartAction.ADD, sku="PEN", quantity=1, department="D1")
    request = cart.ChangeCartRequest(changes=(add,))
    entry = CART_ENTRIES["ChangeCart"]
    if not entry.expected(operations.CHANGE_CART, caller):
        answer = estate.outcome("in process", operations.CHANGE_CART, request, caller).answer
        if answer is not None:
            return answer.cart
    return None


def _get(asked: Asked) -> cart.GetCartRequest:
    _filled(asked)
    return cart.GetCartRequest()


def _price(asked: Asked) -> cart_prices.PriceCartRequest:
    _filled(asked)
    return cart_prices.PriceCartRequest()


def _check_out(asked: Asked) -> cart.CheckOutCartRequest:
    shown = _filled(asked)
    number = f"CART-T-{asked.estate.fresh()}"
    if shown is None:
        return cart.CheckOutCartRequest(expected_version=1, expected_total=1, purchase_order_id=number)
    answer = asked.estate.outcome(
        "in process", operations.PRICE_CART, cart_prices.PriceCartRequest(), asked.caller
    ).answer
    return cart.CheckOutCartRequest(
        expected_version=shown.version,
        expected_total=answer.total_incl_tax if answer else 1,
        purchase_order_id=number,
    )


CART_ENTRIES: Mapping[str, Entry] = {
    "GetCart": Entry(
        request=_get, reaches=lambda answer, _: "PEN" in {one.sku for one in answer.cart.lines}
    ),
    "ChangeCart": Entry(
        request=_add,
        reaches=lambda answer, asked: asked.department in {one.department for one in answer.cart.lines},
        names={"changes"},
        wrong=(
            lambda _: cart.ChangeCartRequest(changes=()),
            lambda _: cart.ChangeCartRequest(
                changes=(cart.CartChange(action=CartAction.SET, line_id="none-such", version=1, quantity=1),)
            ),
        ),
    ),
    "PriceCart": Entry(
        request=_price,
        reaches=lambda answer, _: "PEN" in {one.sku for one in answer.lines},
        free={"coupons"},
    ),
    "QuickOrder": Entry(
        request=lambda asked: cart.QuickOrderRequest(text="PEN 1", department=asked.department),
        reaches=lambda answer, _: [one.sku for one in answer.added] == ["PEN"],
        names={"department"},
        free={"text", "cost_centre"},
        wrong=(lambda _: cart.QuickOrderRequest(text=""),),
    ),
    "CheckOutCart": Entry(
        request=_check_out,
        reaches=lambda answer, _: bool(answer.orders),
        free={"purchase_order_id", "buyer_party", "coupons"},
        wrong=(lambda _: cart.CheckOutCartRequest(expected_version=-1, expected_total=0),),
    ),
}
