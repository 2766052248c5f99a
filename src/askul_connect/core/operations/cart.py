"""Operations on the cart (CART-1, CART-3, CART-6)."""

from __future__ import annotations

from askul_connect.core.messages import cart, cart_prices
from askul_connect.core.operations.registry import BUYERS, Effect, Idempotency, Operation, ServiceFunction

GET_CART = Operation(
    name="GetCart",
    request=cart.GetCartRequest,
    response=cart.GetCartResponse,
    access=BUYERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="The caller's cart in the account, as it is kept.",
    machines=True,
)
CHANGE_CART = Operation(
    name="ChangeCart",
    request=cart.ChangeCartRequest,
    response=cart.ChangeCartResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Add, set, move and remove lines of the cart; all changes or none, merged with those of other windows.",
    machines=True,
)
PRICE_CART = Operation(
    name="PriceCart",
    request=cart_prices.PriceCartRequest,
    response=cart_prices.PriceCartResponse,
    access=BUYERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="What the cart costs now and when it arrives, explained; all that is wrong with it, and what has changed.",
    machines=True,
)
QUICK_ORDER = Operation(
    name="QuickOrder",
    request=cart.QuickOrderRequest,
    response=cart.QuickOrderResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Put pasted lines of item and quantity into the cart; what cannot be read is reported with suggestions.",
    machines=True,
)
CHECK_OUT_CART = Operation(
    name="CheckOutCart",
    request=cart.CheckOutCartRequest,
    response=cart.CheckOutCartResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Order the whole cart as it was shown, and empty it; refused where it has changed since.",
    machines=True,
)

CART_OPERATIONS = (GET_CART, CHANGE_CART, PRICE_CART, QUICK_ORDER, CHECK_OUT_CART)
