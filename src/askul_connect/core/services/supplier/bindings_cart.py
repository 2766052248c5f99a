"""One function for each operation on the cart."""

from __future__ import annotations

from askul_connect.core.operations import cart as operations
from askul_connect.core.services.supplier import cart, cart_pricing, checking_out, quick_ordering
from askul_connect.core.services.supplier.dispatch import Binding

CART_BINDINGS = (
    Binding(operation=operations.GET_CART, run=cart.get_cart),
    Binding(
        operation=operations.CHANGE_CART,
        run=cart.change_stored_cart,
        reference=cart.cart_reference,
        replay=cart.replay_change_cart,
    ),
    Binding(operation=operations.PRICE_CART, run=cart_pricing.price_stored_cart),
    Binding(
        operation=operations.QUICK_ORDER,
        run=quick_ordering.quick_order,
        reference=quick_ordering.quick_order_reference,
        replay=quick_ordering.replay_quick_order,
        asked=quick_ordering.asked_to_order_quickly,
    ),
    Binding(
        operation=operations.CHECK_OUT_CART,
        run=checking_out.check_out_cart,
        reference=checking_out.check_out_reference,
        replay=checking_out.replay_check_out_cart,
        asked=checking_out.asked_to_check_out,
    ),
)
