"""Operations on coupons and recommended items (PRC-1)."""

from __future__ import annotations

from askul_connect.core.messages import coupons
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    BUYERS,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LIST_COUPONS = Operation(
    name="ListCoupons",
    request=coupons.ListCouponsRequest,
    response=coupons.ListCouponsResponse,
    access=BUYERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="The coupons that the account can claim or has claimed, with their conditions.",
    machines=True,
)
CLAIM_COUPON = Operation(
    name="ClaimCoupon",
    request=coupons.ClaimCouponRequest,
    response=coupons.ClaimCouponResponse,
    access=BUYERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="Let a coupon count for the account's next order that meets its conditions.",
    machines=True,
)
GRANT_COUPON = Operation(
    name="GrantCoupon",
    request=coupons.GrantCouponRequest,
    response=coupons.GrantCouponResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.ORDERING,
    summary="Make a coupon, for all accounts or for one.",
)
LIST_RECOMMENDED_ITEMS = Operation(
    name="ListRecommendedItems",
    request=coupons.ListRecommendedItemsRequest,
    response=coupons.ListRecommendedItemsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="What the supplier recommends, and what of it the account has registered.",
    machines=True,
)
DESIGNATE_RECOMMENDED_ITEMS = Operation(
    name="DesignateRecommendedItems",
    request=coupons.DesignateRecommendedItemsRequest,
    response=coupons.DesignateRecommendedItemsResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="Recommend items by maker, category or item, with what registering them takes off.",
)
REGISTER_RECOMMENDED_ITEMS = Operation(
    name="RegisterRecommendedItems",
    request=coupons.RegisterRecommendedItemsRequest,
    response=coupons.RegisterRecommendedItemsResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ORDERING,
    summary="Register recommended items; their discount counts from the account's next order on.",
)
COUPON_OPERATIONS = (
    LIST_COUPONS,
    CLAIM_COUPON,
    GRANT_COUPON,
    LIST_RECOMMENDED_ITEMS,
    DESIGNATE_RECOMMENDED_ITEMS,
    REGISTER_RECOMMENDED_ITEMS,
)
