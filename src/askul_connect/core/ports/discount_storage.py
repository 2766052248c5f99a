"""What the supplier keeps of coupons and recommended items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.coupons import (
    Coupon,
    CouponClaim,
    CouponUse,
    RecommendedItems,
    RecommendedRegistration,
)


class CouponRepository(Protocol):
    """Coupons, who has claimed them and what they were used for."""

    def add(self, coupon: Coupon) -> None:
        """Store a new one; StorageConflict when its code exists."""
        ...

    def get(self, code: str) -> Coupon | None:
        """By code, whoever may use it."""
        ...

    def offered_to(self, account_id: str) -> Sequence[Coupon]:
        """Those for everybody and those for the account, by code."""
        ...

    def claim(self, claim: CouponClaim) -> None:
        """Store; StorageConflict when the account has claimed it."""
        ...

    def claims(self, account_id: str) -> Sequence[CouponClaim]:
        """Those of an account, by code."""
        ...

    def use(self, use: CouponUse) -> None:
        """Store; StorageConflict when the checkout has used it."""
        ...

    def give_back(self, account_id: str, checkout_id: str, at: datetime) -> Sequence[str]:
        """Let the uses of a checkout count no more; the codes that were given back, none when repeated."""
        ...

    def used_for(self, account_id: str, checkout_id: str) -> Sequence[str]:
        """The codes that count for a checkout, in order; held until the unit ends."""
        ...

    def uses(self, account_id: str) -> Mapping[str, int]:
        """How often an account has used each coupon, without what was given back; held until the unit ends."""
        ...


class RecommendedItemsRepository(Protocol):
    """Recommended items, and which account has registered them."""

    def put(self, items: RecommendedItems) -> None:
        """Store or replace, by the discount's id."""
        ...

    def all(self) -> Sequence[RecommendedItems]:
        """Every one, withdrawn ones too, by id."""
        ...

    def register(self, registration: RecommendedRegistration) -> None:
        """Store or replace an account's registration."""
        ...

    def unregister(self, account_id: str, discount_id: str) -> None:
        """Forget one, if there is one."""
        ...

    def registered(self, account_id: str) -> Sequence[RecommendedRegistration]:
        """Those of an account, by the discount's id."""
        ...
