"""Entries of the operations on the cart."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tenancy_entry import Asked, Entry

from askul_connect.core.domain.stored_carts import CartAction, StoredCart, StoredCartLine
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.messages import cart, cart_prices
from askul_connect.core.services.supplier.authentication import principal_of

PEN_WITH_TAX = 132


def _add(asked: Asked) -> cart.ChangeCartRequest:
    change = cart.CartChange(action=CartAction.ADD, sku="PEN", quantity=1, department=asked.department)
    return cart.ChangeCartRequest(changes=(change,))


def _filled(asked: Asked) -> int:
    """The version of the caller's cart, with one pen in it; 0 for callers who have none.

    Put there past the operations: a machine may be let do one of them only.
    """
    estate, caller = asked.estate, asked.caller
    with estate.storage.begin() as unit:
        try:
            now = estate.clock.now()
            principal = principal_of(unit, caller.token, now, "") if caller.token else None
        except AskulConnectError:
            principal = None
        if principal is None or not principal.account_id:
            return 0
        known = unit.carts.get(principal.account_id, principal.actor)
        version = known.version + 1 if known else 1
        line = StoredCartLine(
            line_id=str(version),
            sku="PEN",
            quantity=1,
            department="D1",
            cost_centre="",
            seen_price=Decimal(120),
            seen_enough=True,
            version=version,
        )
        unit.carts.put(
            StoredCart(
                account_id=principal.account_id,
                user_id=principal.actor,
                version=version,
                changed_at=estate.clock.now(),
                last_line=version,
                lines=(line,),
            )
        )
    return version


def _get(asked: Asked) -> cart.GetCartRequest:
    _filled(asked)
    return cart.GetCartRequest()


def _price(asked: Asked) -> cart_prices.PriceCartRequest:
    _filled(asked)
    return cart_prices.PriceCartRequest()


def _check_out(asked: Asked) -> cart.CheckOutCartRequest:
    return cart.CheckOutCartRequest(
        expected_version=_filled(asked),
        expected_total=PEN_WITH_TAX,
        purchase_order_id=f"CART-T-{asked.estate.fresh()}",
    )


CART_ENTRIES: Mapping[str, Entry] = {
    "GetCart": Entry(request=_get, reaches=lambda answer, _: "PEN" in {one.sku for one in answer.cart.lines}),
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
