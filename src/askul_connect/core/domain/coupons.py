"""Coupons: a discount that an account claims or enters, how often, and who may (PRC-1)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.discounts import Discount, DiscountKind
from askul_connect.core.errors import ValueInvalid


class CouponKind(StrEnum):
    """What a coupon is given for."""

    REGISTRATION = "registration"
    """For registering: for some days from then on."""
    FIRST_ORDER = "first_order"
    """For an account that has not ordered yet."""
    MEMBERSHIP = "membership"
    """For having been a customer for some months."""
    CAMPAIGN = "campaign"
    """For whoever knows its code."""


@frozen(kw_only=True)
class Coupon:
    """One coupon.

    Attributes:
        code: What is entered; unique at the supplier, compared as written.
        discount: What it takes off, from which amount or quantity on, of which items and when.
        account_id: The only account that may use it; empty for all.
        uses_per_account: How many orders of one account it is good for.
        claimable: Whether it counts by itself once it was claimed; otherwise it is entered with the order.
        days: For registering: days from the registration on.
        months: For membership: full months since the registration.
    """

    code: str
    kind: CouponKind
    discount: Discount
    account_id: str = ""
    uses_per_account: int = 1
    claimable: bool = True
    days: int = 0
    months: int = 0

    def __attrs_post_init__(self) -> None:
        if not self.code.strip() or self.code != self.code.strip():
            raise ValueInvalid("a coupon has a code without spaces around it", where="code")
        if self.discount.kind is not DiscountKind.COUPON:
            raise ValueInvalid("a coupon's discount is of kind coupon", where="discount")
        if self.uses_per_account < 1:
            raise ValueInvalid("a coupon can be used at least once", where="uses_per_account")
        if self.days < 0 or self.months < 0:
            raise ValueInvalid("days and months are not negative", where="days")


@frozen(kw_only=True)
class CouponUse:
    """One coupon that took something off one checkout; it is given back when all of that is cancelled.

    Attributes:
        checkout_id: The checkout.
        returned_at: When it was given back; None while it counts.
    """

    account_id: str
    code: str
    checkout_id: str
    at: datetime
    returned_at: datetime | None = None


@frozen(kw_only=True)
class CouponClaim:
    """That an account has claimed a coupon."""

    account_id: str
    code: str
    claimed_by: str
    at: datetime


@frozen(kw_only=True)
class RecommendedItems:
    """Items that the supplier recommends, and what an account that registers them gets off.

    Attributes:
        discount: Its id names the recommendation.
        withdrawn: The supplier recommends them no longer.
    """

    discount: Discount
    withdrawn: bool = False

    def __attrs_post_init__(self) -> None:
        if self.discount.kind is not DiscountKind.RECOMMENDED:
            raise ValueInvalid("the discount of recommended items is of kind recommended", where="discount")


@frozen(kw_only=True)
class RecommendedRegistration:
    """That an account wants the discount of recommended items, from its next order on."""

    account_id: str
    discount_id: str
    registered_by: str
    at: datetime


class CouponStanding(StrEnum):
    """Whether an account can use a coupon now."""

    USABLE = "usable"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    NOT_MEANT = "not_meant"
    """It is not for this account, or not any more."""


@frozen(kw_only=True)
class Standing:
    """How an account stands, for what its coupons ask.

    Attributes:
        registered_on: Business date of its registration.
        ordered: Whether it has ordered before.
    """

    registered_on: date
    ordered: bool
