"""Coupons and recommended items, in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.coupons import (
    Coupon,
    CouponClaim,
    CouponUse,
    RecommendedItems,
    RecommendedRegistration,
)


class MemoryCoupons:
    """Coupons, who has claimed them and what they were used for."""

    def __init__(self, journal: Journal) -> None:
        self._coupons = MemoryTable[str, Coupon](journal, attrgetter("code"))
        self._claims = MemoryTable[tuple[str, str], CouponClaim](
            journal, lambda one: (one.account_id, one.code)
        )
        self._uses = MemoryTable[tuple[str, str, str], CouponUse](
            journal, lambda one: (one.account_id, one.checkout_id, one.code)
        )

    def add(self, coupon: Coupon) -> None:
        """Store a new one; StorageConflict when its code exists."""
        self._coupons.insert(coupon)

    def get(self, code: str) -> Coupon | None:
        """By code, whoever may use it."""
        return self._coupons.get(code)

    def offered_to(self, account_id: str) -> Sequence[Coupon]:
        """Those for everybody and those for the account, by code."""
        own = (one for one in self._coupons if one.account_id in {"", account_id})
        return sorted(own, key=attrgetter("code"))

    def claim(self, claim: CouponClaim) -> None:
        """Store; StorageConflict when the account has claimed it."""
        self._claims.insert(claim)

    def claims(self, account_id: str) -> Sequence[CouponClaim]:
        """Those of an account, by code."""
        own = (one for one in self._claims if one.account_id == account_id)
        return sorted(own, key=attrgetter("code"))

    def use(self, use: CouponUse) -> None:
        """Store; StorageConflict when the checkout has used it."""
        self._uses.insert(use)

    def give_back(self, account_id: str, checkout_id: str, at: datetime) -> Sequence[str]:
        """Let the uses of a checkout count no more; the codes that were given back, none when repeated."""
        found = [
            one
            for one in self._uses
            if (one.account_id, one.checkout_id) == (account_id, checkout_id) and one.returned_at is None
        ]
        for one in found:
            self._uses.replace(evolve(one, returned_at=at))
        return sorted(one.code for one in found)

    def used_for(self, account_id: str, checkout_id: str) -> Sequence[str]:
        """The codes that count for a checkout, in order; held until the unit ends."""
        return sorted(
            one.code
            for one in self._uses
            if (one.account_id, one.checkout_id) == (account_id, checkout_id) and one.returned_at is None
        )

    def uses(self, account_id: str) -> Mapping[str, int]:
        """How often an account has used each coupon, without what was given back; held until the unit ends."""
        return Counter(
            one.code for one in self._uses if one.account_id == account_id and one.returned_at is None
        )


class MemoryRecommendedItems:
    """Recommended items, and which account has registered them."""

    def __init__(self, journal: Journal) -> None:
        self._items = MemoryTable[str, RecommendedItems](journal, lambda one: one.discount.discount_id)
        self._registrations = MemoryTable[tuple[str, str], RecommendedRegistration](
            journal, lambda one: (one.account_id, one.discount_id)
        )

    def put(self, items: RecommendedItems) -> None:
        """Store or replace, by the discount's id."""
        self._items.put(items)

    def all(self) -> Sequence[RecommendedItems]:
        """Every one, withdrawn ones too, by id."""
        return sorted(self._items, key=lambda one: one.discount.discount_id)

    def register(self, registration: RecommendedRegistration) -> None:
        """Store or replace an account's registration."""
        self._registrations.put(registration)

    def unregister(self, account_id: str, discount_id: str) -> None:
        """Forget one, if there is one."""
        self._registrations.remove((account_id, discount_id))

    def registered(self, account_id: str) -> Sequence[RecommendedRegistration]:
        """Those of an account, by the discount's id."""
        own = (one for one in self._registrations if one.account_id == account_id)
        return sorted(own, key=attrgetter("discount_id"))
