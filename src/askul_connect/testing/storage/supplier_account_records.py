"""What is kept beside accounts, and what concerns all records of one account."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.account_records import (
    AccountSnapshot,
    Erasure,
    ErasureExtent,
    RegistrationAttempt,
)
from askul_connect.core.domain.catalog import DatedPrice
from askul_connect.core.domain.coupons import CouponClaim
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage import samples
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.units import StorageCases, stored

SNAPSHOT = AccountSnapshot(account_id="account-1", version=1, at=NOW, actor="user-1", body='{"a": "あ"}')
ERASURE = Erasure(account_id="account-1", user_id="", extent=ErasureExtent.CONTACTS, at=NOW, actor="supplier")


class SupplierAccountRecordCases(StorageCases):
    """Snapshots, erasures, attempts, moves."""

    @pytest.mark.spec("ACC-7")
    def test_snapshot_01_of_a_version_and_of_the_account(self, storage: Any) -> None:
        second = evolve(SNAPSHOT, version=2)
        with storage.begin() as unit:
            for one in (second, SNAPSHOT, evolve(SNAPSHOT, account_id="account-2")):
                unit.snapshots.add(one)
        with storage.begin() as unit:
            assert unit.snapshots.get("account-1", 1) == SNAPSHOT
            assert unit.snapshots.get("account-1", 3) is None
            assert list(unit.snapshots.of_account("account-1")) == [SNAPSHOT, second]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.snapshots.add(evolve(SNAPSHOT, body="")))

    @pytest.mark.spec("ACC-8")
    def test_snapshot_02_erased_of_one_account_only(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.snapshots.add(SNAPSHOT)
            unit.snapshots.add(evolve(SNAPSHOT, account_id="account-2"))
            unit.snapshots.erase("account-1")
        with storage.begin() as unit:
            assert unit.snapshots.get("account-1", 1) == evolve(SNAPSHOT, body="")
            assert unit.snapshots.get("account-2", 1).body == SNAPSHOT.body

    @pytest.mark.spec("ACC-8")
    def test_erasure_01_once_each(self, storage: Any) -> None:
        later = evolve(ERASURE, extent=ErasureExtent.EVERYTHING, at=NOW + timedelta(days=1))
        with storage.begin() as unit:
            unit.erasures.add(later)
            unit.erasures.add(ERASURE)
        with storage.begin() as unit:
            assert list(unit.erasures.of_account("account-1")) == [ERASURE, later]
            assert list(unit.erasures.of_account("account-2")) == []
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.erasures.add(ERASURE))

    @pytest.mark.spec("ACC-4")
    def test_attempt_01_counted_by_source_and_time_and_forgotten(self, storage: Any) -> None:
        with storage.begin() as unit:
            for number, source in enumerate(("a", "a", "b")):
                unit.registration_attempts.add(
                    RegistrationAttempt(
                        attempt_id=f"attempt-{number}", source=source, at=NOW + timedelta(hours=number)
                    )
                )
            assert unit.registration_attempts.since("a", NOW) == 2
            assert unit.registration_attempts.since("a", NOW + timedelta(minutes=1)) == 1
            assert unit.registration_attempts.since("c", NOW) == 0
            unit.registration_attempts.forget(NOW + timedelta(hours=1))
        with storage.begin() as unit:
            assert unit.registration_attempts.since("a", NOW - timedelta(days=9)) == 1

    @pytest.mark.spec("ACC-4")
    def test_order_open_of_account(self, storage: Any) -> None:
        order = samples.order()
        with storage.begin() as unit:
            unit.orders.add(order)
        with storage.begin() as unit:
            assert list(unit.orders.open_of_account(order.account_id)) == list(unit.orders.open_orders())
            assert list(unit.orders.open_of_account("account-9")) == []

    @pytest.mark.spec("SUP-2")
    def test_order_latest_of_account(self, storage: Any) -> None:
        first, day = samples.order("O-2"), timedelta(days=1)
        later = evolve(
            first, order_number="O-1", purchase_order_id="later", order_date=first.order_date + day
        )
        same = evolve(first, order_number="O-3", purchase_order_id="same")
        foreign = samples.order("O-9", "account-2")
        with storage.begin() as unit:
            for one in (same, later, foreign, first):
                unit.orders.add(one)
        with storage.begin() as unit:
            assert list(unit.orders.latest_of_account(first.account_id, 9)) == [later, same, first]
            assert list(unit.orders.latest_of_account(first.account_id, 2)) == [later, same]
            assert list(unit.orders.latest_of_account("account-9", 9)) == []

    @pytest.mark.spec("ACC-4")
    def test_move_01_everything_of_an_account_and_nothing_else(self, storage: Any) -> None:
        order = samples.order("O-1", lines=(samples.order_line("1", department="A-10"),))
        kept = samples.order("O-2", "account-2", lines=(samples.order_line("1", department="A-10"),))
        foreign = samples.order("O-3", "account-3")
        with storage.begin() as unit:
            for one in (order, kept, foreign):
                unit.orders.add(one)
            unit.departments.add(samples.department("A-10"))
            unit.departments.add(samples.department("A-11", parent_code="A-10", department_id="d-11"))
            unit.departments.add(samples.department("A-10", "account-2", department_id="d-2"))
            unit.users.add(samples.user(1))
            unit.memberships.add(samples.membership(1, department_codes=("A-10", "A-11")))
            # belongs to both, at home in neither
            for owner in ("account-1", "account-2"):
                unit.memberships.add(samples.membership(5, owner, home_account_id="account-3"))
            unit.memberships.add(samples.membership(1, "account-3", home_account_id="account-1"))
            unit.sessions.add(samples.session("hash-1"))
            unit.credentials.add(samples.credential(departments=("A-10",)))
            unit.shipped_lines.add([samples.shipped_line(department="A-10")])
            unit.idempotency.add(samples.answered("key-1"))
            unit.idempotency.add(samples.answered("key-2"))
            unit.idempotency.add(samples.answered("key-2", "account-2", reference="theirs"))
            unit.snapshots.add(SNAPSHOT)
            unit.logins.add(samples.login_record())
        with storage.begin() as unit:
            counts = unit.account_moves.move("account-1", "account-2", {"A-10": "A-10-old"})
        assert counts["orders"] == 1
        assert counts["users"] == 1
        with storage.begin() as unit:
            moved = unit.orders.get("account-2", "O-1")
            assert moved == evolve(
                order, account_id="account-2", lines=(evolve(order.lines[0], department="A-10-old"),)
            )
            assert unit.orders.get("account-1", "O-1") is None
            assert unit.orders.get("account-2", "O-2") == kept
            assert unit.orders.get("account-3", "O-3") == foreign
            found = {one.code: one.parent_code for one in unit.departments.of_account("account-2")}
            assert found == {"A-10": "A", "A-10-old": "A", "A-11": "A-10-old"}
            assert unit.users.get("account-2", "user-1") == samples.user(1, "account-2")
            assert unit.users.of_account("account-1") == []
            mine = unit.memberships.get("account-2", "user-1")
            assert (mine.home_account_id, mine.department_codes) == ("account-2", ("A-10-old", "A-11"))
            assert unit.memberships.get("account-3", "user-1").home_account_id == "account-2"
            assert unit.memberships.get("account-1", "user-5") is not None
            assert unit.memberships.get("account-2", "user-5") is not None
            session = unit.sessions.get("hash-1")
            assert (session.account_id, session.home_account_id) == ("account-2", "account-2")
            assert [one.departments for one in unit.credentials.of_account("account-2")] == [("A-10-old",)]
            line = unit.shipped_lines.unbilled("account-2", samples.TODAY)
            assert [one.department for one in line] == ["A-10-old"]
            operation = samples.answered("key-1").operation
            assert unit.idempotency.get("account-2", operation, "key-1").reference
            assert unit.idempotency.get("account-2", operation, "key-2").reference == "theirs"
            assert unit.snapshots.get("account-1", 1) == SNAPSHOT
            assert len(unit.logins.of_account("account-1")) == 1

    @pytest.mark.spec("ACC-4", "PRC-1")
    def test_move_02_prices_and_claims_that_the_other_account_lacks(self, storage: Any) -> None:
        def price(account_id: str, sku: str, yen: int, **changes: Any) -> DatedPrice:
            days: dict[str, Any] = {"valid_from": date(2026, 4, 1), "valid_to": None, **changes}
            return DatedPrice(account_id=account_id, sku=sku, price=Decimal(yen), **days)

        def claim(account_id: str, code: str) -> CouponClaim:
            return CouponClaim(account_id=account_id, code=code, claimed_by="user-1", at=samples.NOW)

        later = price("account-1", "K-2", 4, valid_from=date(2027, 4, 1))
        with storage.begin() as unit:
            unit.catalog.put_prices(
                [
                    price("account-1", "K-1", 1),
                    price("account-2", "K-1", 2, valid_to=date(2026, 4, 30)),
                    price("account-1", "K-2", 3, valid_to=date(2027, 3, 31)),
                    later,
                    price("account-3", "K-2", 5),
                    price("", "K-2", 6),
                ]
            )
            for one in (("account-1", "C-1"), ("account-2", "C-1"), ("account-1", "C-2")):
                unit.coupons.claim(claim(*one))
        with storage.begin() as unit:
            counts = unit.account_moves.move("account-1", "account-2", {})
        assert (counts["item_prices"], counts["coupon_claims"]) == (2, 1)
        with storage.begin() as unit:
            found = unit.catalog.prices("account-2", ["K-1", "K-2"])
            assert [one.price for one in found["K-1"]] == [2]
            own = [one for one in found["K-2"] if one.account_id]
            assert [(one.account_id, one.price, one.valid_from) for one in own] == [
                ("account-2", 3, date(2026, 4, 1)),
                ("account-2", 4, date(2027, 4, 1)),
            ]
            assert [one.code for one in unit.coupons.claims("account-2")] == ["C-1", "C-2"]
            # what the other account had of its own counts, and this stays behind
            assert [one.code for one in unit.coupons.claims("account-1")] == ["C-1"]
            others = unit.catalog.prices("account-3", ["K-2"])["K-2"]
            assert [one.price for one in others if one.account_id] == [5]

    @pytest.mark.spec("ACC-8")
    def test_erase_01_logins_and_sessions(self, storage: Any) -> None:
        record = samples.login_record(sequence=1, login_id="a@example.co.jp", address="192.0.2.1")
        erased = evolve(record, login_id="", address="", device="", personal="digest")
        with storage.begin() as unit:
            unit.logins.add(record)
            unit.sessions.add(samples.session("hash-1", address="192.0.2.1", device="a phone"))
            unit.sessions.add(samples.session("hash-2", user_id="user-2", address="192.0.2.1"))
        with storage.begin() as unit:
            unit.account_moves.erase_logins([erased])
            unit.account_moves.erase_sessions("user-1")
        with storage.begin() as unit:
            assert list(unit.logins.of_account(record.account_id)) == [erased]
            assert (unit.sessions.get("hash-1").address, unit.sessions.get("hash-1").device) == ("", "")
            assert unit.sessions.get("hash-2").address == "192.0.2.1"
