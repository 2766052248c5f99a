"""Change feeds, keyed calls, counters."""

from __future__ import annotations

from typing import Any

import pytest

from askul_connect.core.errors import StorageConflict
from askul_connect.core.ports.supplier_storage import Change
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import answered
from askul_connect.testing.storage.units import PATIENCE, Mishap, StorageCases, at_once, stored


def _keys(unit: Any, after: int = 0, limit: int = 1_000) -> list[str]:
    return [change.key for change in unit.changes.since("account-1", "orders", after, limit)]


class SupplierFeedCases(StorageCases):
    """A reader that follows a feed sees every change, in the order of the commits."""

    @pytest.mark.spec("REL-6")
    def test_change_01_in_order_behind_a_place(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.changes.record("account-1", "orders", ["b", "a"])
            unit.changes.record("account-1", "orders", ["c"])
            unit.changes.record("account-1", "orders", [])
        with storage.begin() as unit:
            changes = list(unit.changes.since("account-1", "orders", 0, 10))
            assert [change.key for change in changes] == ["b", "a", "c"]
            places = [change.sequence for change in changes]
            assert places == sorted(set(places))
            assert places[0] > 0
            assert _keys(unit, places[0]) == ["a", "c"]
            assert _keys(unit, places[0], 1) == ["a"]
            assert _keys(unit, places[2]) == []

    @pytest.mark.spec("REL-6")
    def test_change_02_only_the_latest_place_of_a_key(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.changes.record("account-1", "orders", ["a", "b"]))
        with storage.begin() as unit:
            unit.changes.record("account-1", "orders", ["a", "a"])
            assert _keys(unit) == ["b", "a"]

    @pytest.mark.spec("REL-6")
    def test_change_03_a_deletion_is_a_change(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.changes.record("account-1", "orders", ["a", "b", "c"])
            assert unit.changes.alive("account-1", "orders") == len("abc")
            unit.changes.record("account-1", "orders", ["a"], deleted=True)
            last = unit.changes.since("account-1", "orders", 0, 10)[-1]
            assert last == Change(sequence=last.sequence, key="a", deleted=True)
            assert unit.changes.alive("account-1", "orders") == len("bc")
            unit.changes.record("account-1", "orders", ["a"])
            assert unit.changes.alive("account-1", "orders") == len("abc")

    def test_change_04_feeds_are_apart(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.changes.record("account-1", "orders", ["a"])
            unit.changes.record("account-2", "orders", ["b"])
            unit.changes.record("account-1", "invoices", ["c"])
            unit.changes.record("", "items", ["d"])
            assert _keys(unit) == ["a"]
            assert [change.key for change in unit.changes.since("", "items", 0, 10)] == ["d"]
            assert unit.changes.alive("account-2", "orders") == 1
            assert unit.changes.alive("account-2", "invoices") == 0

    def test_change_05_a_rollback_leaves_no_place(self, storage: Any) -> None:
        with pytest.raises(Mishap), storage.begin() as unit:
            unit.changes.record("account-1", "orders", ["a"])
            raise Mishap
        assert stored(storage, _keys) == []

    @pytest.mark.spec("REL-6")
    def test_change_06_a_reader_misses_nothing_that_threads_write(self, storage: Any) -> None:
        seen: list[str] = []
        writers, each = 4, 25

        def writer(name: int) -> None:
            for number in range(each):
                run_unit(
                    storage,
                    lambda unit: unit.changes.record("account-1", "orders", [f"{name}-{number}"]),  # noqa: B023
                    attempts=PATIENCE,
                )

        def reader() -> None:
            after = 0
            while len(seen) < writers * each:
                found = run_unit(
                    storage,
                    lambda unit: unit.changes.since("account-1", "orders", after, 7),  # noqa: B023
                    attempts=PATIENCE,
                )
                seen.extend(change.key for change in found)
                after = found[-1].sequence if found else after

        at_once(reader, *(lambda name=name: writer(name) for name in range(writers)))
        assert sorted(seen) == sorted(f"{name}-{n}" for name in range(writers) for n in range(each))
        for name in range(writers):
            own = [key for key in seen if key.startswith(f"{name}-")]
            assert own == [f"{name}-{number}" for number in range(each)]

    @pytest.mark.spec("REL-4")
    def test_idempotency_01_keeps_every_field_within_its_account(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.idempotency.add(answered())
            unit.idempotency.add(answered(account_id="account-2", reference="O-2"))
            unit.idempotency.add(answered(operation="CancelOrder", reference="O-3"))
        with storage.begin() as unit:
            assert unit.idempotency.get("account-1", "PlaceOrder", "key-1") == answered()
            assert unit.idempotency.get("account-1", "PlaceOrder", "key-2") is None
            assert unit.idempotency.get("account-3", "PlaceOrder", "key-1") is None

    @pytest.mark.spec("REL-4")
    def test_idempotency_02_a_key_is_used_once(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.idempotency.add(answered()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.idempotency.add(answered(reference="O-2")))
        found = stored(storage, lambda unit: unit.idempotency.get("account-1", "PlaceOrder", "key-1"))
        assert found == answered()

    def test_counter_01_counts_from_one_each_by_itself(self, storage: Any) -> None:
        with storage.begin() as unit:
            assert [unit.counters.next("orders") for _ in range(3)] == [1, 2, 3]
            assert unit.counters.next("invoices") == 1
        assert stored(storage, lambda unit: unit.counters.next("orders")) == len("1234")

    @pytest.mark.spec("REL-3")
    def test_counter_02_has_no_gap_under_rollbacks_and_threads(self, storage: Any) -> None:
        taken: list[int] = []

        def some() -> None:
            for turn in range(20):
                if turn % 3 == 0:
                    with pytest.raises(Mishap):
                        run_unit(storage, _take_and_fail, attempts=PATIENCE)
                taken.append(run_unit(storage, lambda unit: unit.counters.next("n"), attempts=PATIENCE))

        at_once(some, some, some)
        assert sorted(taken) == list(range(1, 61))


def _take_and_fail(unit: Any) -> None:
    unit.counters.next("n")
    raise Mishap
