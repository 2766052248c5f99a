"""Pauses, locks and the throttle of a source, to the second (AUTH-7)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter
from askul_connect.core.policies.lockout import (
    ASKUL_LOCKOUT,
    Attempt,
    LockoutRules,
    SourceAttempt,
    cleared,
    network_of,
    reserve,
    reserve_source,
    source_of,
    without_source,
)

NOW = datetime(2026, 11, 2, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def fail(count: int, *, rules: LockoutRules = ASKUL_LOCKOUT) -> tuple[Attempt, datetime]:
    """So many failures, each at the first moment it is let through; the last one and its instant."""
    counter: AttemptCounter | None = None
    now = NOW
    for _ in range(count):
        if counter is not None and counter.paused_until is not None:
            now = counter.paused_until
        attempt = reserve(rules, counter, "user:1", now)
        assert attempt.allowed
        counter = attempt.counter
    return attempt, now


@pytest.mark.spec("AUTH-7")
@pytest.mark.parametrize(
    ("failures", "pause"),
    [(1, 0), (4, 0), (5, 1), (6, 2), (7, 4), (14, 512), (15, 900), (16, 900), (99, 900)],
)
def test_a_pause_follows_the_fifth_failure_and_doubles_up_to_a_quarter_of_an_hour(
    failures: int, pause: int
) -> None:
    attempt, now = fail(failures)

    assert attempt.counter.failures == failures
    until = attempt.counter.paused_until
    assert (until - now if until else timedelta()) == timedelta(seconds=pause)


@pytest.mark.spec("AUTH-7")
def test_a_pause_ends_to_the_microsecond_and_says_how_long_it_lasts() -> None:
    counter = fail(6)[0].counter
    assert counter.paused_until is not None
    for before, wait in ((timedelta(microseconds=1), 1), (SECOND, 1), (SECOND * 2, 2)):
        refused = reserve(ASKUL_LOCKOUT, counter, "user:1", counter.paused_until - before)
        assert not refused.allowed
        assert refused.retry_after == wait
    assert reserve(ASKUL_LOCKOUT, counter, "user:1", counter.paused_until).allowed


@pytest.mark.spec("AUTH-7")
@given(st.integers(1, 120), st.lists(st.integers(0, 899), max_size=20))
def test_a_refused_attempt_changes_nothing(failures: int, tries: list[int]) -> None:
    counter = fail(min(failures, 99))[0].counter
    began = counter.last_at
    for after in sorted(tries):
        at = began + timedelta(seconds=after)
        refused = reserve(ASKUL_LOCKOUT, counter, "user:1", at)
        if not refused.allowed:
            assert refused.counter == counter
            assert refused.begins == ""


@pytest.mark.spec("AUTH-7")
def test_the_hundredth_failure_locks_until_somebody_unlocks() -> None:
    last, now = fail(100)
    assert last.begins == "locked"
    for later in (SECOND, timedelta(days=29), timedelta(days=3_000)):
        refused = reserve(ASKUL_LOCKOUT, last.counter, "user:1", now + later)
        assert (refused.allowed, refused.retry_after, refused.counter) == (False, None, last.counter)
    assert reserve(ASKUL_LOCKOUT, cleared("user:1", now), "user:1", now).allowed


@pytest.mark.spec("AUTH-7")
def test_the_beginning_of_a_series_is_told_once() -> None:
    begun = [fail(count)[0].begins for count in range(1, 101)]
    assert [(place, one) for place, one in enumerate(begun, start=1) if one] == [
        (5, "paused"),
        (100, "locked"),
    ]


@pytest.mark.spec("AUTH-7")
def test_failures_are_forgotten_after_thirty_days_without_an_attempt() -> None:
    counter = fail(20)[0].counter
    month = timedelta(days=30)
    assert reserve(ASKUL_LOCKOUT, counter, "user:1", counter.last_at + month - SECOND).counter.failures == 21
    assert reserve(ASKUL_LOCKOUT, counter, "user:1", counter.last_at + month).counter.failures == 1


def from_source(counter: SourceCounter | None, subject: str, now: datetime) -> SourceAttempt:
    return reserve_source(ASKUL_LOCKOUT, counter, "192.0.2.1/32", subject, now)


@pytest.mark.spec("AUTH-7")
def test_a_source_is_let_through_ten_times_in_any_minute() -> None:
    counter = None
    for number in range(10):
        attempt = from_source(counter, f"id:{number}", NOW + number * SECOND)
        assert attempt.allowed
        counter = attempt.counter
    assert counter is not None
    refused = from_source(counter, "id:x", NOW + 30 * SECOND)
    assert (refused.allowed, refused.retry_after, refused.counter) == (False, 30, counter)
    assert not from_source(counter, "id:x", NOW + 60 * SECOND - timedelta(microseconds=1)).allowed
    # the first one is a minute old, so that there is room for one and no more
    again = from_source(counter, "id:x", NOW + 60 * SECOND)
    assert again.allowed
    assert not from_source(again.counter, "id:x", NOW + 60 * SECOND).allowed
    assert from_source(again.counter, "id:x", NOW + 61 * SECOND).allowed


@pytest.mark.spec("AUTH-7")
def test_a_success_takes_back_its_own_attempt_only() -> None:
    first = from_source(None, "a", NOW).counter
    second = from_source(first, "b", NOW + SECOND).counter
    assert without_source(second, "b", NOW + SECOND) == evolve(first, last_at=NOW + SECOND)
    assert without_source(first, "z", NOW + SECOND * 9) == first


@pytest.mark.spec("AUTH-9")
def test_many_ids_from_one_source_are_told_once_in_an_hour() -> None:
    counter, alerts, now = None, [], NOW
    for number in range(60):
        now = NOW + number * 10 * SECOND
        attempt = from_source(counter, f"id:{number}", now)
        counter = attempt.counter
        alerts += [number] if attempt.alert else []
    assert alerts == [19]
    assert counter is not None
    assert len(counter.subjects) == ASKUL_LOCKOUT.watched_subjects
    # the same ID over and over is no sweep
    counter = None
    for number in range(60):
        attempt = from_source(counter, "id:1", NOW + number * 10 * SECOND)
        assert not attempt.alert
        counter = attempt.counter


@pytest.mark.spec("AUTH-7")
@pytest.mark.parametrize(
    ("address", "source", "network"),
    [
        ("192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "", ""),
        ("testclient", "testclient", "testclient"),
    ],
)
def test_a_customer_is_one_source_and_an_office_one_network(address: str, source: str, network: str) -> None:
    assert (source_of(address), network_of(address)) == (source, network)
