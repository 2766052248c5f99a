"""Functions of the operations on coupons and recommended items."""

from __future__ import annotations

from askul_connect.core.operations import coupons as operations
from askul_connect.core.services.supplier import coupons, recommending
from askul_connect.core.services.supplier.dispatch import Binding

COUPON_BINDINGS = (
    Binding(operation=operations.LIST_COUPONS, run=coupons.list_coupons),
    Binding(operation=operations.CLAIM_COUPON, run=coupons.claim_coupon),
    Binding(
        operation=operations.GRANT_COUPON,
        run=coupons.grant_coupon,
        reference=lambda response: response.code,
        replay=coupons.replay_grant_coupon,
    ),
    Binding(operation=operations.LIST_RECOMMENDED_ITEMS, run=recommending.list_recommended_items),
    Binding(operation=operations.DESIGNATE_RECOMMENDED_ITEMS, run=recommending.designate_recommended_items),
    Binding(operation=operations.REGISTER_RECOMMENDED_ITEMS, run=recommending.register_recommended_items),
)
