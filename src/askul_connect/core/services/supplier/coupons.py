"""Coupons: made by the supplier, claimed by accounts (PRC-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from askul_connect.core.domain.coupons import Coupon, CouponClaim, CouponKind, CouponStanding, Standing
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.errors import CouponRefused, NotFound, ValueInvalid
from askul_connect.core.messages.coupons import (
    ClaimCouponRequest,
    ClaimCouponResponse,
    CouponSummary,
    DiscountStep,
    GrantCouponRequest,
    GrantCouponResponse,
    ListCouponsRequest,
    ListCouponsResponse,
)
from askul_connect.core.policies.coupons import coupon_standing
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.pricing import account_standing
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_for_staff

_NAME_LENGTH = 100
_MOST_STEPS = 20
_MOST_NAMED = 10_000


def grant_coupon(context: Context, request: GrantCouponRequest) -> GrantCouponResponse:
    """Make a coupon; staff only, for one account with an open ticket of it.

    Raises:
        ValueInvalid: The coupon is none, or its code is taken.
        AccessDenied: There is no such account, or no such open ticket of it.
    """
    account_id = ""
    if request.member_number:
        account_id = account_for_staff(context, request.member_number, request.ticket).account_id
    coupon = Coupon(
        code=_name(request.code, "code"),
        kind=request.kind,
        discount=new_discount(
            request.code,
            DiscountKind.COUPON,
            request.name,
            request.steps,
            request.target or Target(),
            period=(request.valid_from, request.valid_to),
        ),
        account_id=account_id,
        uses_per_account=request.uses_per_account,
        claimable=request.claimable,
        days=request.days,
        months=request.months,
    )
    if context.unit.coupons.get(coupon.code) is not None:
        raise ValueInvalid(f"there is a coupon {coupon.code!r} already", where="code")
    context.unit.coupons.add(coupon)
    audit(context, "coupon-granted", coupon.code, account_id=account_id)
    return GrantCouponResponse(code=coupon.code)


def replay_grant_coupon(_context: Context, _request: GrantCouponRequest, code: str) -> GrantCouponResponse:
    """The answer of an earlier call with the same key."""
    return GrantCouponResponse(code=code)


def list_coupons(context: Context, _request: ListCouponsRequest) -> ListCouponsResponse:
    """Those that the account can claim or has claimed; what is only entered is told to nobody."""
    unit, account_id = context.unit, context.caller.account_id
    offered = [one for one in unit.coupons.offered_to(account_id) if one.claimable]
    if not offered:
        return ListCouponsResponse(coupons=())
    claimed = frozenset(one.code for one in unit.coupons.claims(account_id))
    standing = account_standing(context, context.account())
    uses = unit.coupons.uses(account_id)
    return ListCouponsResponse(
        coupons=tuple(_summary(context, one, standing, uses, claimed=one.code in claimed) for one in offered)
    )


def claim_coupon(context: Context, request: ClaimCouponRequest) -> ClaimCouponResponse:
    """Let a coupon count for the account; claiming it again changes nothing.

    Raises:
        NotFound: There is no such coupon, or it is another account's.
        CouponRefused: It is only entered with an order, has expired, or was used as often as it may be.
    """
    unit, account_id = context.unit, context.caller.account_id
    coupon = unit.coupons.get(request.code)
    if coupon is None or coupon.account_id not in {"", account_id}:
        raise NotFound(f"there is no coupon {request.code!r}", where="code")
    if not coupon.claimable:
        raise CouponRefused(f"{coupon.code!r} is not claimed; enter it with an order", where="code")
    standing = account_standing(context, context.account())
    uses = unit.coupons.uses(account_id)
    summary = _summary(context, coupon, standing, uses, claimed=True)
    if all(one.code != coupon.code for one in unit.coupons.claims(account_id)):
        # what is only too early may be claimed: it counts when its day has come
        if summary.standing not in {CouponStanding.USABLE, CouponStanding.NOT_YET}:
            raise CouponRefused(_why(summary.standing, coupon.kind), where="code")
        unit.coupons.claim(
            CouponClaim(
                account_id=account_id, code=coupon.code, claimed_by=context.caller.actor, at=context.now
            )
        )
        audit(context, "coupon-claimed", coupon.code)
    return ClaimCouponResponse(coupon=summary)


def _why(standing: CouponStanding, kind: CouponKind) -> str:
    if standing is CouponStanding.NOT_MEANT and kind is CouponKind.FIRST_ORDER:
        return "the coupon is for a first order, and this account has ordered"
    return {
        CouponStanding.EXPIRED: "the coupon has expired",
        CouponStanding.USED_UP: "the coupon was used as often as it may be",
    }.get(standing, "the coupon is not for this account")


def _summary(
    context: Context, coupon: Coupon, standing: Standing, uses: Mapping[str, int], *, claimed: bool
) -> CouponSummary:
    used = uses.get(coupon.code, 0)
    discount = coupon.discount
    return CouponSummary(
        code=coupon.code,
        kind=coupon.kind,
        name=discount.name,
        standing=coupon_standing(coupon, context.caller.account_id, standing, used, context.today),
        claimed=claimed,
        used=used,
        left=max(0, coupon.uses_per_account - used),
        steps=told_steps(discount),
        target=discount.target,
        valid_from=discount.valid_from,
        valid_to=discount.valid_to,
    )


def new_discount(
    discount_id: str,
    kind: DiscountKind,
    name: str,
    steps: Sequence[DiscountStep],
    target: Target,
    *,
    period: tuple[date | None, date | None],
) -> Discount:
    """A discount as staff describe it.

    Raises:
        ValueInvalid: It is none; says where.
    """
    if not 1 <= len(steps) <= _MOST_STEPS:
        raise ValueInvalid(f"a discount has 1 to {_MOST_STEPS} steps, not {len(steps)}", where="steps")
    for field, values in (
        ("skus", target.skus),
        ("makers", target.makers),
        ("families", target.families),
        ("categories", target.categories),
        ("catalog_issues", target.catalog_issues),
    ):
        if len(values) > _MOST_NAMED or not all(value.strip() for value in values):
            raise ValueInvalid(f"up to {_MOST_NAMED} names, none blank", where=f"target/{field}")
    try:
        return Discount(
            discount_id=discount_id,
            kind=kind,
            name=_name(name, "name"),
            steps=tuple(_step(step) for step in steps),
            target=target,
            valid_from=period[0],
            valid_to=period[1],
        )
    except ValueInvalid as error:
        if error.where:
            raise
        raise ValueInvalid(error.detail, where="steps") from None


def _step(step: DiscountStep) -> Step:
    return Step(
        benefit=Benefit(percent=step.percent, amount=step.amount, each=step.each),
        from_amount=step.from_amount,
        from_quantity=step.from_quantity,
    )


def told_steps(discount: Discount) -> tuple[DiscountStep, ...]:
    """The steps of a discount as customers are told."""
    return tuple(
        DiscountStep(
            percent=step.benefit.percent,
            amount=step.benefit.amount,
            each=step.benefit.each,
            from_amount=step.from_amount,
            from_quantity=step.from_quantity,
        )
        for step in discount.steps
    )


def _name(text: str, where: str) -> str:
    if not text.strip() or len(text) > _NAME_LENGTH:
        raise ValueInvalid(f"{where} has 1 to {_NAME_LENGTH} characters", where=where)
    return text
