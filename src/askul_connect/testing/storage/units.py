"""Units of work, the outbox and the facts: what both sides' storages do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any, TypeVar

import pytest
from attrs import evolve
from hypothesis import HealthCheck, settings

from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.errors import StorageConflict
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import NOW, outbox_message

T = TypeVar("T")

#: One storage serves all examples of a case, and a case is inherited by several classes: both are meant.
made_by_hypothesis = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.differing_executors],
)
#: Conflicts a busy unit may lose to others before a case calls it stuck.
PATIENCE = 2_000


class Mishap(Exception):
    """What goes wrong in a unit of work."""


def stored(storage: Any, work: Callable[[Any], T]) -> T:
    """What a unit of work of its own gives."""
    with storage.begin() as unit:
        return work(unit)


def at_once(*tasks: Callable[[], None]) -> None:
    """Run the tasks in threads that start together; raises what one of them raised."""
    barrier = Barrier(len(tasks))

    def start(task: Callable[[], None]) -> None:
        barrier.wait()
        task()

    with ThreadPoolExecutor(len(tasks)) as threads:
        for done in [threads.submit(start, task) for task in tasks]:
            done.result()


class StorageCases:
    """What a class of cases needs: a fixture to override."""

    @pytest.fixture
    def storage(self) -> Iterator[Any]:
        """An empty storage, closed after the test."""
        raise TypeError("override the fixture `storage` with one that gives an empty storage")


class UnitOfWorkCases(StorageCases):
    """All of a unit lasts or nothing (REL-3); messages and facts."""

    def test_unit_01_a_commit_lasts(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.facts.put("name", "値"))
        assert stored(storage, lambda unit: unit.facts.get("name")) == "値"

    @pytest.mark.spec("REL-2")
    def test_unit_02_an_exception_takes_everything_back(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.facts.put("name", "before"))
        with pytest.raises(Mishap), storage.begin() as unit:
            unit.facts.put("name", "after")
            unit.facts.put("other", "new")
            unit.outbox.add(outbox_message())
            raise Mishap
        with storage.begin() as unit:
            assert unit.facts.get("name") == "before"
            assert unit.facts.get("other") is None
            assert unit.outbox.find("place-order", "about message-1") is None
            assert list(unit.outbox.all()) == []

    def test_unit_03_a_unit_sees_what_it_wrote(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.facts.put("name", "1")
            assert unit.facts.get("name") == "1"

    @pytest.mark.spec("REL-3")
    def test_unit_04_a_conflict_takes_the_whole_unit_back(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.outbox.add(outbox_message("first")))
        with pytest.raises(StorageConflict), storage.begin() as unit:
            unit.facts.put("name", "lost")
            unit.outbox.add(outbox_message("second", business_key="about first"))
        assert stored(storage, lambda unit: unit.facts.get("name")) is None

    @pytest.mark.spec("REL-3")
    def test_unit_05_a_swallowed_conflict_still_takes_the_whole_unit_back(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.outbox.add(outbox_message("first")))
        with pytest.raises(StorageConflict), storage.begin() as unit:
            unit.facts.put("name", "lost")
            with pytest.raises(StorageConflict):
                unit.outbox.add(outbox_message("first", business_key="other"))
        assert stored(storage, lambda unit: unit.facts.get("name")) is None

    def test_unit_06_a_key_that_exists_is_a_conflict_after_all_attempts(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.outbox.add(outbox_message()))
        tried: list[int] = []

        def add_again(unit: Any) -> None:
            tried.append(1)
            unit.outbox.add(outbox_message())

        with pytest.raises(StorageConflict):
            run_unit(storage, add_again, attempts=3)
        assert len(tried) == 3

    @pytest.mark.spec("REL-3")
    def test_unit_07_no_update_is_lost_between_threads(self, storage: Any) -> None:
        def count_up(unit: Any) -> None:
            unit.facts.put("count", str(int(unit.facts.get("count") or "0") + 1))

        def fifty() -> None:
            for _ in range(50):
                run_unit(storage, count_up, attempts=PATIENCE)

        at_once(fifty, fifty, fifty, fifty)
        assert stored(storage, lambda unit: unit.facts.get("count")) == "200"

    @pytest.mark.spec("REL-3")
    def test_unit_08_a_unit_that_need_not_be_durable_is_as_whole_and_seen_at_once(self, storage: Any) -> None:
        with storage.begin(durable=False) as unit:
            unit.facts.put("name", "seen")
        seen: list[str | None] = []
        at_once(*[lambda: seen.append(stored(storage, lambda unit: unit.facts.get("name")))] * 2)
        assert seen == ["seen", "seen"]
        with pytest.raises(Mishap), storage.begin(durable=False) as unit:
            unit.facts.put("name", "after")
            raise Mishap
        stored(storage, lambda unit: unit.outbox.add(outbox_message("first")))
        with pytest.raises(StorageConflict), storage.begin(durable=False) as unit:
            unit.facts.put("name", "after")
            unit.outbox.add(outbox_message("second", business_key="about first"))
        assert stored(storage, lambda unit: unit.facts.get("name")) == "seen"

    @pytest.mark.spec("REL-3")
    def test_unit_09_no_update_is_lost_between_units_of_both_kinds(self, storage: Any) -> None:
        def count_up(unit: Any) -> None:
            unit.facts.put("count", str(int(unit.facts.get("count") or "0") + 1))

        def twenty() -> None:
            for number in range(20):
                run_unit(storage, count_up, attempts=PATIENCE, durable=number % 2 == 0)

        at_once(twenty, twenty, twenty)
        assert stored(storage, lambda unit: unit.facts.get("count")) == "60"

    def test_fact_01_is_replaced(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.facts.put("a", "1")
            unit.facts.put("a", "2")
            unit.facts.put("b", "")
        with storage.begin() as unit:
            assert (unit.facts.get("a"), unit.facts.get("b"), unit.facts.get("c")) == ("2", "", None)

    @pytest.mark.spec("INT-6")
    def test_outbox_01_keeps_every_field(self, storage: Any) -> None:
        message = outbox_message(last_error="partner-unreachable", done_at=NOW)
        stored(storage, lambda unit: unit.outbox.add(message))
        with storage.begin() as unit:
            assert unit.outbox.find("place-order", message.business_key) == message
            assert unit.outbox.find("erp-invoice", message.business_key) is None

    @pytest.mark.spec("INT-6")
    def test_outbox_02_saves_a_new_state(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.outbox.add(outbox_message()))
        sent = outbox_message(state=OutboxState.SENT, attempts=2, done_at=NOW, last_error="x")
        stored(storage, lambda unit: unit.outbox.save(sent))
        assert stored(storage, lambda unit: list(unit.outbox.all())) == [sent]

    def test_outbox_03_refuses_to_save_what_was_never_added(self, storage: Any) -> None:
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.outbox.save(outbox_message()))

    @pytest.mark.spec("INT-6")
    @pytest.mark.parametrize("state", list(OutboxState))
    def test_outbox_04_due_are_pending_and_unknown(self, storage: Any, state: OutboxState) -> None:
        message = outbox_message(state=state)
        due = [message] if state in (OutboxState.PENDING, OutboxState.UNKNOWN) else []
        with storage.begin() as unit:
            unit.outbox.add(message)
            assert list(unit.outbox.due(NOW, 10)) == due
            assert unit.outbox.next_due() == (NOW if due else None)

    @pytest.mark.spec("INT-6", "SRV-5")
    def test_outbox_06_counts_by_state(self, storage: Any) -> None:
        states = [OutboxState.PENDING, OutboxState.PENDING, OutboxState.DEAD]
        with storage.begin() as unit:
            assert not any(unit.outbox.counts().values())
            for number, state in enumerate(states):
                unit.outbox.add(outbox_message(f"message-{number}", state=state))
        found = stored(storage, lambda unit: dict(unit.outbox.counts()))
        assert {state: count for state, count in found.items() if count} == {
            OutboxState.PENDING: 2,
            OutboxState.DEAD: 1,
        }

    @pytest.mark.spec("INT-6")
    def test_outbox_05_due_are_in_the_order_of_adding_up_to_the_limit(self, storage: Any) -> None:
        later, second = timedelta(seconds=1), timedelta(microseconds=1)
        tied = [outbox_message("b"), outbox_message("a")]
        waiting = outbox_message("0", next_attempt_at=NOW + second)
        old = outbox_message("z", created_at=NOW - later)
        with storage.begin() as unit:
            unit.outbox.add(waiting)
            unit.outbox.add(tied[0])
        with storage.begin() as unit:
            unit.outbox.add(tied[1])
            unit.outbox.add(old)
            unit.outbox.save(tied[0])
        with storage.begin() as unit:
            assert list(unit.outbox.due(NOW, 10)) == [*tied, old]
            assert list(unit.outbox.due(NOW, 2)) == tied
            assert list(unit.outbox.due(NOW + second, 1)) == [waiting]
            assert list(unit.outbox.all()) == [waiting, *tied, old]

    def test_outbox_06_next_due_is_the_earliest(self, storage: Any) -> None:
        hour = timedelta(hours=1)
        with storage.begin() as unit:
            assert unit.outbox.next_due() is None
            unit.outbox.add(outbox_message("a", next_attempt_at=NOW + hour))
            unit.outbox.add(outbox_message("b", state=OutboxState.UNKNOWN, next_attempt_at=NOW))
            unit.outbox.add(outbox_message("c", state=OutboxState.DEAD, next_attempt_at=NOW - hour))
            assert unit.outbox.next_due() == NOW

    def test_outbox_07_kind_and_key_are_unique_together(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.outbox.add(outbox_message("a"))
            unit.outbox.add(evolve(outbox_message("b"), kind="erp-invoice", business_key="about a"))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.outbox.add(outbox_message("c", business_key="about a")))
