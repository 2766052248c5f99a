"""Coupons with their claims and uses, recommended items with their registrations."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.coupons import (
    Coupon,
    CouponClaim,
    CouponKind,
    CouponUse,
    RecommendedItems,
    RecommendedRegistration,
)
from askul_connect.core.domain.discounts import Benefit, Discount, DiscountKind, Step, Target
from askul_connect.core.domain.orders import LineState
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.samples import NOW, order
from askul_connect.testing.storage.units import StorageCases, stored

DISCOUNT = Discount(
    discount_id="C-1",
    kind=DiscountKind.COUPON,
    name="初回割引",
    steps=(
        Step(benefit=Benefit(percent=Decimal("2.5")), from_amount=2**40, from_quantity=3),
        Step(benefit=Benefit(amount=500, each=True), from_amount=2**41),
    ),
    target=Target(skus=("紙-1",), categories=("文具>ペン",), makers=("甲",), families=("f",), large=True),
    valid_from=date(2026, 10, 1),
)
COUPON = Coupon(code="C-1", kind=CouponKind.REGISTRATION, discount=DISCOUNT, days=30, uses_per_account=2)
RECOMMENDED = RecommendedItems(
    discount=evolve(DISCOUNT, discount_id="R-1", kind=DiscountKind.RECOMMENDED, name="推奨品")
)
USE = CouponUse(account_id="account-1", code="C-1", checkout_id="checkout-1", at=NOW)


class SupplierDiscountCases(StorageCases):
    """Coupons and recommended items."""

    @pytest.mark.spec("PRC-1")
    def test_discounts_01_a_coupon_keeps_every_field_and_its_code_is_unique(self, storage: Any) -> None:
        own = evolve(COUPON, code="A-1", account_id="account-1", claimable=False, months=6)
        other = evolve(COUPON, code="B-1", account_id="account-2")
        with storage.begin() as unit:
            for one in (COUPON, own, other):
                unit.coupons.add(one)
        with storage.begin() as unit:
            assert unit.coupons.get("C-1") == COUPON
            assert unit.coupons.get("c-1") is None
            assert list(unit.coupons.offered_to("account-1")) == [own, COUPON]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.coupons.add(evolve(own, code="C-1")))

    @pytest.mark.spec("PRC-1")
    def test_discounts_02_an_account_claims_a_coupon_once(self, storage: Any) -> None:
        claim = CouponClaim(account_id="account-1", code="C-1", claimed_by="user-1", at=NOW)
        other = evolve(claim, account_id="account-2")
        with storage.begin() as unit:
            unit.coupons.claim(claim)
            unit.coupons.claim(other)
        assert stored(storage, lambda unit: list(unit.coupons.claims("account-1"))) == [claim]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.coupons.claim(evolve(claim, claimed_by="user-2")))

    @pytest.mark.spec("PRC-1", "ORD-2")
    def test_discounts_03_uses_are_counted_and_given_back_once(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.coupons.use(USE)
            unit.coupons.use(evolve(USE, checkout_id="checkout-2"))
            unit.coupons.use(evolve(USE, code="C-2", checkout_id="checkout-2"))
            unit.coupons.use(evolve(USE, account_id="account-2"))
        with storage.begin() as unit:
            assert dict(unit.coupons.uses("account-1")) == {"C-1": 2, "C-2": 1}
            later = NOW + timedelta(days=1)
            assert list(unit.coupons.used_for("account-1", "checkout-2")) == ["C-1", "C-2"]
            assert list(unit.coupons.give_back("account-1", "checkout-2", later)) == ["C-1", "C-2"]
            assert list(unit.coupons.used_for("account-1", "checkout-2")) == []
            assert list(unit.coupons.used_for("account-2", "checkout-2")) == []
            assert list(unit.coupons.give_back("account-1", "checkout-2", later)) == []
            assert list(unit.coupons.give_back("account-1", "checkout-9", later)) == []
        with storage.begin() as unit:
            assert dict(unit.coupons.uses("account-1")) == {"C-1": 1}
            assert dict(unit.coupons.uses("account-2")) == {"C-1": 1}
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.coupons.use(USE))

    @pytest.mark.spec("PRC-1")
    def test_discounts_05_an_account_has_ordered_or_not(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.orders.add(order()))
        assert stored(storage, lambda unit: unit.orders.any_of_account("account-1")) is True
        assert stored(storage, lambda unit: unit.orders.any_of_account("account-2")) is False
        gone = tuple(evolve(one, state=LineState.CANCELLED) for one in order().lines)
        stored(storage, lambda unit: unit.orders.save(order(lines=gone)))
        assert stored(storage, lambda unit: unit.orders.any_of_account("account-1")) is False

    @pytest.mark.spec("PRC-1")
    def test_discounts_04_recommended_items_and_who_registered_them(self, storage: Any) -> None:
        registration = RecommendedRegistration(
            account_id="account-1", discount_id="R-1", registered_by="user-1", at=NOW
        )
        with storage.begin() as unit:
            unit.recommended_items.put(RECOMMENDED)
            unit.recommended_items.put(evolve(RECOMMENDED, withdrawn=True))
            unit.recommended_items.register(registration)
            unit.recommended_items.register(evolve(registration, account_id="account-2"))
            unit.recommended_items.register(evolve(registration, registered_by="user-2"))
        with storage.begin() as unit:
            assert list(unit.recommended_items.all()) == [evolve(RECOMMENDED, withdrawn=True)]
            assert list(unit.recommended_items.registered("account-1")) == [
                evolve(registration, registered_by="user-2")
            ]
            unit.recommended_items.unregister("account-1", "R-1")
            unit.recommended_items.unregister("account-1", "R-2")
        with storage.begin() as unit:
            assert list(unit.recommended_items.registered("account-1")) == []
            assert len(unit.recommended_items.registered("account-2")) == 1
