import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from askul_connect.adapters.security.simulated import RealTimeline, SimulatedClock
from askul_connect.adapters.security.system import RandomIds, SeededIds, SystemClock
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.ports.system import Clock, Ids, Timeline

START = datetime(2026, 11, 22, 9, tzinfo=UTC)


def at(start: datetime = START) -> SimulatedClock:
    return SimulatedClock(start)


def test_the_systems_clock_is_aware_and_moves() -> None:
    clock: Clock = SystemClock()
    first = clock.now()

    assert first.tzinfo is UTC
    assert clock.now() >= first
    assert abs(first - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("ids", [RandomIds(at()), SeededIds("demo", at())], ids=["random", "seeded"])
def test_what_both_sources_of_ids_promise(ids: Ids) -> None:
    made = [ids.new("order", f"PO-{number}") for number in range(200)]
    tokens = [ids.token("session").reveal() for _ in range(200)]
    numbers = [ids.digits("customer", 10) for _ in range(200)]

    assert all(uuid.UUID(text).version == 7 for text in made)
    assert {uuid.UUID(text).int >> 80 for text in made} == {int(START.timestamp() * 1000)}
    for drawn in (made, tokens, numbers):
        assert len(set(drawn)) == 200
    assert all(len(token) >= 43 and token.replace("-", "").replace("_", "").isalnum() for token in tokens)
    assert all(len(number) == 10 and number.isdecimal() for number in numbers)
    assert [len(ids.digits("long", count)) for count in (0, 1, 40, 41, 200)] == [0, 1, 40, 41, 200]
    assert {digit for number in numbers for digit in number} == set("0123456789")


@pytest.mark.parametrize(
    "source", [RandomIds, lambda clock: SeededIds("demo", clock)], ids=["random", "seeded"]
)
def test_ids_sort_by_the_clock(source: Callable[[Clock], Ids]) -> None:
    clock = at()
    ids: Ids = source(clock)
    made = []
    for step in range(20):
        clock.advance(START + timedelta(milliseconds=step))
        made.append(ids.new("order", "PO"))

    assert made == sorted(made)


def test_a_seed_repeats_itself() -> None:
    first, again, other = SeededIds("demo", at()), SeededIds("demo", at()), SeededIds("test", at())

    def everything(ids: Ids) -> tuple[str, ...]:
        return (
            ids.new("order", "PO-1"),
            *(ids.token("session").reveal() for _ in range(3)),
            *(ids.digits("customer", 10) for _ in range(3)),
        )

    drawn = everything(first)
    assert everything(again) == drawn
    assert not set(everything(other)) & set(drawn)
    assert first.new("order", "PO-1") == drawn[0]


def test_kinds_do_not_disturb_each_other() -> None:
    alone, mixed = SeededIds("demo", at()), SeededIds("demo", at())
    mixed.digits("order", 10)
    mixed.token("customer")
    mixed.new("customer", "x")

    assert mixed.digits("customer", 10) == alone.digits("customer", 10)


def test_a_later_run_repeats_no_token_of_an_earlier_one() -> None:
    first = SeededIds("demo", at())
    later = SeededIds("demo", at(START + timedelta(seconds=1)))

    assert first.token("session") != later.token("session")
    assert first.digits("customer", 10) != later.digits("customer", 10)


def test_seeded_draws_are_unique_across_threads() -> None:
    ids = SeededIds("demo", at())
    with ThreadPoolExecutor(8) as pool:
        drawn = list(pool.map(lambda _: ids.token("session").reveal(), range(500)))

    assert len(set(drawn)) == 500


def test_a_simulated_clock_stands_still_and_only_goes_forward() -> None:
    clock: Timeline = SimulatedClock(datetime(2026, 11, 22, 18, tzinfo=timezone(timedelta(hours=9))))

    assert clock.now() == START
    assert clock.now().tzinfo is UTC
    assert clock.advance(START + timedelta(days=8))
    assert clock.now() == START + timedelta(days=8)
    assert clock.advance(START)
    assert clock.now() == START + timedelta(days=8)


def test_a_simulated_clock_needs_aware_instants() -> None:
    naive = datetime(2026, 11, 22)  # noqa: DTZ001  what is refused
    with pytest.raises(ValueInvalid, match="aware"):
        SimulatedClock(naive)
    with pytest.raises(ValueInvalid, match="aware"):
        at().advance(naive)


def test_real_time_goes_nowhere_on_request() -> None:
    timeline: Timeline = RealTimeline(at())

    assert not timeline.advance(START + timedelta(days=8))
    assert timeline.now() == START
