"""Recommended items: designated by the supplier, registered by accounts (PRC-1)."""

from __future__ import annotations

from askul_connect.core.domain.coupons import RecommendedItems, RecommendedRegistration
from askul_connect.core.domain.discounts import DiscountKind
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.coupons import (
    DesignateRecommendedItemsRequest,
    DesignateRecommendedItemsResponse,
    ListRecommendedItemsRequest,
    ListRecommendedItemsResponse,
    RecommendedItemsSummary,
    RegisterRecommendedItemsRequest,
    RegisterRecommendedItemsResponse,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.coupons import new_discount, told_steps
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit

_ID_LENGTH = 100


def designate_recommended_items(
    context: Context, request: DesignateRecommendedItemsRequest
) -> DesignateRecommendedItemsResponse:
    """Recommend items, or change or withdraw a recommendation; staff only.

    Raises:
        ValueInvalid: The discount is none, or it is for everything.
    """
    name = request.recommendation
    if not name.strip() or len(name) > _ID_LENGTH:
        raise ValueInvalid(f"a recommendation has 1 to {_ID_LENGTH} characters", where="recommendation")
    if request.target.everything:
        raise ValueInvalid(
            "everything cannot be recommended; name makers, categories or items", where="target"
        )
    discount = new_discount(
        name,
        DiscountKind.RECOMMENDED,
        request.name,
        request.steps,
        request.target,
        period=(request.valid_from, request.valid_to),
    )
    context.unit.recommended_items.put(RecommendedItems(discount=discount, withdrawn=request.withdrawn))
    action = "recommendation-withdrawn" if request.withdrawn else "recommendation-designated"
    audit(context, action, name, account_id="")
    return DesignateRecommendedItemsResponse(recommendation=name)


def list_recommended_items(
    context: Context, _request: ListRecommendedItemsRequest
) -> ListRecommendedItemsResponse:
    """What is recommended at present, and what of it the account has registered."""
    return ListRecommendedItemsResponse(items=_summaries(context))


def register_recommended_items(
    context: Context, request: RegisterRecommendedItemsRequest
) -> RegisterRecommendedItemsResponse:
    """Register recommendations, or give some up; all of the request or nothing.

    Raises:
        NotFound: One to be registered is not recommended at present; all of them are listed.
        ValueInvalid: One is to be registered and given up at once.
    """
    account_id = context.caller.account_id
    known = {one.recommendation: one for one in _summaries(context)}
    problems = [
        finding(NotFound, f"{name!r} is not recommended at present", where=f"register[{number}]")
        for number, name in enumerate(request.register, start=1)
        if name not in known
    ]
    if problems:
        raise NotFound("not all of these are recommended", where="register", problems=tuple(problems))
    if set(request.register) & set(request.unregister):
        raise ValueInvalid("a recommendation is registered or given up, not both", where="unregister")
    for name in dict.fromkeys(request.register):
        if not known[name].registered:
            context.unit.recommended_items.register(
                RecommendedRegistration(
                    account_id=account_id,
                    discount_id=name,
                    registered_by=context.caller.actor,
                    at=context.now,
                )
            )
            audit(context, "recommendation-registered", name)
    registered = {one.discount_id for one in context.unit.recommended_items.registered(account_id)}
    for name in dict.fromkeys(request.unregister):
        if name in registered:
            context.unit.recommended_items.unregister(account_id, name)
            audit(context, "recommendation-given-up", name)
    return RegisterRecommendedItemsResponse(items=_summaries(context))


def _summaries(context: Context) -> tuple[RecommendedItemsSummary, ...]:
    """Recommendations that are neither withdrawn nor over."""
    unit = context.unit
    registered = {one.discount_id for one in unit.recommended_items.registered(context.caller.account_id)}
    return tuple(
        RecommendedItemsSummary(
            recommendation=one.discount.discount_id,
            name=one.discount.name,
            registered=one.discount.discount_id in registered,
            steps=told_steps(one.discount),
            target=one.discount.target,
            valid_from=one.discount.valid_from,
            valid_to=one.discount.valid_to,
        )
        for one in unit.recommended_items.all()
        if not one.withdrawn and (one.discount.valid_to is None or context.today <= one.discount.valid_to)
    )
