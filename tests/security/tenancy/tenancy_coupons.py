"""What is said of the operations on coupons and recommended items."""

from __future__ import annotations

from typing import Any

from tenancy_entry import ABSENT, Asked, Entry

from askul_connect.core.domain.coupons import CouponKind
from askul_connect.core.domain.discounts import Target
from askul_connect.core.messages import coupons as messages
from askul_connect.core.operations import coupons as operations

STEP = messages.DiscountStep(amount=1)


#: What nothing else of the table orders: once claimed or registered, it is cheaper in every later order of the account.
TARGET = Target(skus=("NOTE",))


def _granted(asked: Asked, account: str) -> str:
    """The code of the coupon of an account, made when it is first asked for."""
    code = f"COUPON-{account}"
    with asked.estate.storage.begin() as unit:
        known = unit.accounts.get(asked.estate.account_ids[account])
        there = unit.coupons.get(code) is not None
    assert known is not None
    if not there:
        request = messages.GrantCouponRequest(
            code=code,
            kind=CouponKind.CAMPAIGN,
            name="x",
            steps=(STEP,),
            target=TARGET,
            member_number=known.member_number,
            uses_per_account=9,
        )
        asked.estate.as_staff(operations.GRANT_COUPON, request)
    return code


def _grant(asked: Asked) -> messages.GrantCouponRequest:
    return messages.GrantCouponRequest(
        code=f"C-{asked.estate.fresh()}", kind=CouponKind.CAMPAIGN, name="x", steps=(STEP,), claimable=False
    )


def _claim(asked: Asked) -> messages.ClaimCouponRequest:
    # a coupon is no department's
    code = "none-such" if asked.whose == ABSENT else _granted(asked, asked.account)
    return messages.ClaimCouponRequest(code=code)


def _listed(asked: Asked) -> messages.ListCouponsRequest:
    if asked.caller.account:
        _granted(asked, asked.own)
    return messages.ListCouponsRequest()


def _designated(asked: Asked) -> str:
    name = f"R-{asked.estate.fresh()}"
    asked.estate.as_staff(
        operations.DESIGNATE_RECOMMENDED_ITEMS,
        messages.DesignateRecommendedItemsRequest(
            recommendation=name, name="x", steps=(STEP,), target=TARGET
        ),
    )
    return name


def _designate(asked: Asked, **changes: Any) -> messages.DesignateRecommendedItemsRequest:
    return messages.DesignateRecommendedItemsRequest(
        **{
            "recommendation": f"R-{asked.estate.fresh()}",
            "name": "x",
            "steps": (STEP,),
            "target": TARGET,
            **changes,
        }
    )


def _recommended(asked: Asked) -> messages.ListRecommendedItemsRequest:
    _designated(asked)
    return messages.ListRecommendedItemsRequest()


COUPON_ENTRIES = {
    "ListCoupons": Entry(request=_listed, reaches=lambda answer, _: bool(answer.coupons)),
    "ClaimCoupon": Entry(
        request=_claim,
        reaches=lambda answer, _: answer.coupon.claimed,
        names={"code"},
        wrong=(lambda _: messages.ClaimCouponRequest(code="none-such"),),
    ),
    "GrantCoupon": Entry(
        request=_grant,
        reaches=lambda answer, _: bool(answer.code),
        free={"code", "name", "target", "steps", "member_number", "ticket"},
        wrong=(
            lambda _: messages.GrantCouponRequest(code="x", kind=CouponKind.CAMPAIGN, name="x", steps=()),
        ),
    ),
    "ListRecommendedItems": Entry(request=_recommended, reaches=lambda answer, _: bool(answer.items)),
    "DesignateRecommendedItems": Entry(
        request=_designate,
        reaches=lambda answer, _: bool(answer.recommendation),
        free={"recommendation", "name", "target", "steps"},
        wrong=(lambda asked: _designate(asked, target=Target()),),
    ),
    "RegisterRecommendedItems": Entry(
        request=lambda asked: messages.RegisterRecommendedItemsRequest(register=(_designated(asked),)),
        reaches=lambda answer, _: any(one.registered for one in answer.items),
        free={"register", "unregister"},
        wrong=(lambda _: messages.RegisterRecommendedItemsRequest(register=("none-such",)),),
    ),
}
