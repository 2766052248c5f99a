"""Whether an account can use a coupon (PRC-1)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from askul_connect.core.domain.coupons import Coupon, CouponKind, CouponStanding, Standing


def coupon_standing(
    coupon: Coupon, account_id: str, standing: Standing, uses: int, today: date
) -> CouponStanding:
    """How a coupon stands for an account.

    Args:
        coupon: The coupon.
        account_id: The account.
        standing: Since when it is a customer, and whether it has ordered.
        uses: How often it has used the coupon.
        today: Business date of the order.
    """
    discount = coupon.discount
    registered = standing.registered_on
    found = {
        CouponStanding.NOT_MEANT: (coupon.account_id and coupon.account_id != account_id)
        or (coupon.kind is CouponKind.FIRST_ORDER and standing.ordered),
        CouponStanding.USED_UP: uses >= coupon.uses_per_account,
        CouponStanding.EXPIRED: (discount.valid_to is not None and discount.valid_to < today)
        or (coupon.kind is CouponKind.REGISTRATION and today > registered + timedelta(days=coupon.days)),
        CouponStanding.NOT_YET: not discount.valid_on(today)
        or (coupon.kind is CouponKind.MEMBERSHIP and today < months_after(registered, coupon.months)),
    }
    return next((standing for standing, holds in found.items() if holds), CouponStanding.USABLE)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))
