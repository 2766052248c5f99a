"""Requests and responses of coupons and recommended items (PRC-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.coupons import CouponKind, CouponStanding
from askul_connect.core.domain.discounts import Target


@frozen(kw_only=True)
class DiscountStep:
    """From when on what is taken off: a percentage, or an amount in minor units without tax; one of the two.

    Attributes:
        each: The amount is taken off each sales unit, not once.
        from_amount: What the items it is for must come to, minor units without tax.
        from_quantity: How many sales units of them there must be.
    """

    percent: Decimal | None = None
    amount: int | None = None
    each: bool = False
    from_amount: int = 0
    from_quantity: int = 0


@frozen(kw_only=True)
class GrantCouponRequest:
    """Make a coupon.

    Attributes:
        code: What is claimed or entered; unique at the supplier.
        steps: From the lowest to the highest; the highest that is reached counts.
        target: Which items it is for; none for all that are neither large nor shipped by their maker.
        valid_from, valid_to: First and last day of the order.
        member_number: The only account that may use it; empty for all.
        ticket: An open ticket of that account; staff need one.
        uses_per_account: How many orders of one account it is good for.
        claimable: Whether it is listed and counts by itself once it was claimed; otherwise it is entered.
        days: For registering: days from then on.
        months: For membership: full months since the registration.
    """

    code: str
    kind: CouponKind
    name: str
    steps: tuple[DiscountStep, ...]
    target: Target | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    member_number: str = ""
    ticket: str = ""
    uses_per_account: int = 1
    claimable: bool = True
    days: int = 0
    months: int = 0


@frozen(kw_only=True)
class GrantCouponResponse:
    """The coupon can be claimed or entered."""

    code: str


@frozen(kw_only=True)
class ListCouponsRequest:
    """The coupons that the account can claim or has claimed."""


@frozen(kw_only=True)
class CouponSummary:
    """One coupon.

    Attributes:
        standing: Whether the account can use it now.
        claimed: Whether it counts for the account's next order by itself.
        used: How many orders it counted for.
        left: How many more it is good for.
    """

    code: str
    kind: CouponKind
    name: str
    standing: CouponStanding
    claimed: bool
    used: int
    left: int
    steps: tuple[DiscountStep, ...]
    target: Target
    valid_from: date | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class ListCouponsResponse:
    """The coupons, by code."""

    coupons: tuple[CouponSummary, ...]


@frozen(kw_only=True)
class ClaimCouponRequest:
    """Let a coupon count for the account's next order that meets its conditions."""

    code: str


@frozen(kw_only=True)
class ClaimCouponResponse:
    """The coupon as it stands for the account."""

    coupon: CouponSummary


@frozen(kw_only=True)
class DesignateRecommendedItemsRequest:
    """Recommend items, or change or withdraw a recommendation.

    Attributes:
        recommendation: Its name among the recommendations, given by the supplier.
        target: Makers, categories or items; not everything.
        withdrawn: They are recommended no longer.
    """

    recommendation: str
    name: str
    steps: tuple[DiscountStep, ...]
    target: Target
    valid_from: date | None = None
    valid_to: date | None = None
    withdrawn: bool = False


@frozen(kw_only=True)
class DesignateRecommendedItemsResponse:
    """It counts for accounts that register it, from their next order on."""

    recommendation: str


@frozen(kw_only=True)
class RecommendedItemsSummary:
    """One recommendation, and whether the account has registered it."""

    recommendation: str
    name: str
    registered: bool
    steps: tuple[DiscountStep, ...]
    target: Target
    valid_from: date | None = None
    valid_to: date | None = None


@frozen(kw_only=True)
class ListRecommendedItemsRequest:
    """What the supplier recommends at present."""


@frozen(kw_only=True)
class ListRecommendedItemsResponse:
    """The recommendations, by name."""

    items: tuple[RecommendedItemsSummary, ...]


@frozen(kw_only=True)
class RegisterRecommendedItemsRequest:
    """Register recommendations whose discount the account wants, from its next order on, or give some up.

    Attributes:
        register, unregister: Names of recommendations.
    """

    register: tuple[str, ...] = ()
    unregister: tuple[str, ...] = ()


@frozen(kw_only=True)
class RegisterRecommendedItemsResponse:
    """The recommendations as they stand now."""

    items: tuple[RecommendedItemsSummary, ...]
