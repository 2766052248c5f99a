"""Stored carts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.orders import LineState
from askul_connect.core.domain.stored_carts import GoneLine, PastQuantity, StoredCart, StoredCartLine
from askul_connect.testing.storage.samples import order, order_line
from askul_connect.testing.storage.units import StorageCases, stored

PLACED = LineState.PLACED
NOW = datetime(2026, 11, 20, 1, 2, 3, 456789, tzinfo=UTC)
LINE = StoredCartLine(
    line_id="7",
    sku="紙-1",
    quantity=2**40,
    department="総務",
    cost_centre="CC-1",
    seen_price=Decimal("0.3333"),
    seen_enough=False,
    version=9,
)
CART = StoredCart(
    account_id="account-1",
    user_id="user-1",
    version=9,
    changed_at=NOW,
    last_line=7,
    lines=(LINE, evolve(LINE, line_id="6", seen_enough=True)),
    gone=(GoneLine(line_id="5", sku="紙-2", department="D1", version=8, ordered=True),),
)


class SupplierCartCases(StorageCases):
    """Stored carts, and what was ordered of an item before."""

    @pytest.mark.spec("CART-6")
    def test_cart_01_keeps_every_field_by_account_and_user(self, storage: Any) -> None:
        other_user = evolve(CART, user_id="user-0", lines=())
        other_account = evolve(CART, account_id="account-2", version=1)
        with storage.begin() as unit:
            assert unit.carts.get("account-1", "user-1") is None
            assert unit.carts.hold("account-1", "user-1") is None
            for cart in (CART, other_user, other_account):
                unit.carts.put(cart)
        with storage.begin() as unit:
            assert unit.carts.get("account-1", "user-1") == CART
            assert unit.carts.hold("account-2", "user-1") == other_account
            assert unit.carts.get("account-2", "user-0") is None
            assert list(unit.carts.of_account("account-1")) == [other_user, CART]
            unit.carts.put(evolve(CART, version=10, lines=()))
        with storage.begin() as unit:
            assert unit.carts.get("account-1", "user-1") == evolve(CART, version=10, lines=())
            unit.carts.remove("account-1", "user-1")
            unit.carts.remove("account-1", "nobody")
        assert stored(storage, lambda unit: unit.carts.get("account-1", "user-1")) is None
        assert stored(storage, lambda unit: unit.carts.get("account-2", "user-1")) == other_account

    @pytest.mark.spec("CART-6")
    def test_cart_02_is_forgotten_by_age(self, storage: Any) -> None:
        old = evolve(CART, user_id="user-2", changed_at=NOW - timedelta(microseconds=1))
        foreign = evolve(old, account_id="account-2")
        with storage.begin() as unit:
            for cart in (CART, old, foreign):
                unit.carts.put(cart)
            unit.carts.forget(NOW)
        assert stored(storage, lambda unit: list(unit.carts.of_account("account-1"))) == [CART]
        assert stored(storage, lambda unit: list(unit.carts.of_account("account-2"))) == []

    @pytest.mark.spec("ACC-8", "CART-6")
    def test_cart_03_goes_with_what_is_erased_of_a_person(self, storage: Any) -> None:
        other = evolve(CART, user_id="user-2")
        with storage.begin() as unit:
            for cart in (CART, other, evolve(CART, account_id="account-2")):
                unit.carts.put(cart)
            unit.account_moves.erase_traces("user-1")
        assert stored(storage, lambda unit: list(unit.carts.of_account("account-1"))) == [other]
        assert stored(storage, lambda unit: list(unit.carts.of_account("account-2"))) == []

    @pytest.mark.spec("CART-1")
    def test_cart_04_quantities_of_an_item_the_latest_first(self, storage: Any) -> None:
        def ordered(number: int, *quantities: int, **changes: Any) -> Any:
            lines = tuple(
                order_line(
                    str(place), sku="紙-1", department="D1", quantity=one, state=changes.pop("state", PLACED)
                )
                for place, one in enumerate(quantities)
            )
            return order(f"AC{number:08d}", lines=lines, placed_by=f"user-{number}", **changes)

        with storage.begin() as unit:
            for one in (
                ordered(1, 10),
                ordered(3, 30, 31),
                ordered(2, 20),
                ordered(4, 40, state=LineState.CANCELLED),
                ordered(5, 50, account_id="account-9"),
            ):
                unit.orders.add(one)
        account = "account-1"
        with storage.begin() as unit:
            found = list(unit.orders.quantities_of(account, "紙-1", 3))
            assert found == [
                PastQuantity(placed_by="user-3", department="D1", quantity=31),
                PastQuantity(placed_by="user-3", department="D1", quantity=30),
                PastQuantity(placed_by="user-2", department="D1", quantity=20),
            ]
            assert len(unit.orders.quantities_of(account, "紙-1", 99)) == 4
            assert list(unit.orders.quantities_of(account, "紙-2", 99)) == []
