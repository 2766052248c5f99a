"""What is kept for logins: counters, remembered devices, environments, and the history read by pages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from askul_connect.core.domain.devices import DeviceToken, LoginEnvironment, RememberedDevice
from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter
from askul_connect.core.errors import StorageConflict
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import NOW, login_record
from askul_connect.testing.storage.units import StorageCases, at_once, stored

_DAY = timedelta(days=1)


def _attempts(subject: str = "user:1", **changes: Any) -> AttemptCounter:
    values: dict[str, Any] = {
        "subject": subject,
        "failures": 7,
        "last_at": NOW,
        "paused_until": NOW + _DAY,
        "locked_at": None,
    }
    return AttemptCounter(**{**values, **changes})


def _device(family: str = "family-1", **changes: Any) -> RememberedDevice:
    values: dict[str, Any] = {
        "family": family,
        "user_id": "user-1",
        "home_account_id": "account-1",
        "label": "経理のPC",
        "created_at": NOW,
        "last_used_at": NOW,
        "expires_at": NOW + _DAY,
        "factor_proved_at": NOW,
    }
    return RememberedDevice(**{**values, **changes})


def _environment(
    network: str = "192.0.2.0/24", device: str = "", last_at: datetime = NOW
) -> LoginEnvironment:
    return LoginEnvironment(user_id="user-1", network=network, device=device, first_at=NOW, last_at=last_at)


class SupplierLoginCases(StorageCases):
    """Counters of attempts, devices, environments, pages of the login history."""

    @pytest.mark.spec("AUTH-7")
    def test_attempts_01_a_counter_is_replaced(self, storage: Any) -> None:
        locked = _attempts(failures=100, paused_until=None, locked_at=NOW)
        with storage.begin() as unit:
            assert unit.attempts.get("user:1") is None
            unit.attempts.put(_attempts())
            assert unit.attempts.get("user:1") == _attempts()
        stored(storage, lambda unit: unit.attempts.put(locked))
        with storage.begin() as unit:
            assert unit.attempts.get("user:1") == locked
            assert unit.attempts.get("user:2") is None

    @pytest.mark.spec("AUTH-7")
    def test_attempts_02_old_ones_are_forgotten_and_locks_of_people_are_not(self, storage: Any) -> None:
        old = NOW - timedelta(microseconds=1)
        kept = [
            _attempts("user:now"),
            _attempts("user:locked", last_at=old - 9 * _DAY, locked_at=old),
            _attempts("id:locked", last_at=NOW - _DAY, locked_at=NOW),
        ]
        gone = [
            _attempts("user:old", last_at=old),
            _attempts("id:old", last_at=old),
            _attempts("id:long locked", last_at=old - _DAY, locked_at=old),
        ]
        with storage.begin() as unit:
            for counter in (*kept, *gone):
                unit.attempts.put(counter)
        assert stored(storage, lambda unit: unit.attempts.forget(NOW, NOW - _DAY)) == len(gone)
        with storage.begin() as unit:
            assert [unit.attempts.get(one.subject) for one in kept] == kept
            assert [unit.attempts.get(one.subject) for one in gone] == [None] * len(gone)

    @pytest.mark.spec("AUTH-7")
    def test_attempts_03_no_count_is_lost_between_threads(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.attempts.put(_attempts(failures=0)))

        def count(unit: Any) -> None:
            counter = unit.attempts.get("user:1")
            unit.attempts.put(_attempts(failures=counter.failures + 1))

        def often() -> None:
            for _ in range(10):
                run_unit(storage, count, attempts=2_000)

        at_once(*[often] * 4)
        assert stored(storage, lambda unit: unit.attempts.get("user:1")).failures == 40

    @pytest.mark.spec("AUTH-7")
    def test_sources_01_a_counter_is_replaced_and_forgotten(self, storage: Any) -> None:
        counter = SourceCounter(
            source="192.0.2.1/32",
            watched_since=NOW,
            last_at=NOW,
            failures=(NOW.isoformat(),),
            subjects=("a", "b"),
        )
        empty = SourceCounter(source="192.0.2.2/32", watched_since=NOW, last_at=NOW + _DAY)
        with storage.begin() as unit:
            unit.sources.put(SourceCounter(source=counter.source, watched_since=NOW, last_at=NOW))
            unit.sources.put(counter)
            unit.sources.put(empty)
        with storage.begin() as unit:
            assert unit.sources.get(counter.source) == counter
            assert unit.sources.forget(NOW + _DAY) == 1
            assert unit.sources.get(counter.source) is None
            assert unit.sources.get(empty.source) == empty

    @pytest.mark.spec("AUTH-11")
    def test_device_01_keeps_every_field_and_is_saved(self, storage: Any) -> None:
        later = _device("family-2", created_at=NOW + _DAY, factor_proved_at=None)
        ended = _device(ended_at=NOW, ended_why="reuse")
        with storage.begin() as unit:
            for device in (later, _device(), _device("family-3", user_id="user-2")):
                unit.devices.add(device)
        with storage.begin() as unit:
            assert unit.devices.get("family-1") == _device()
            assert unit.devices.get("") is None
            assert list(unit.devices.live_of_user("user-1")) == [_device(), later]
            unit.devices.save(ended)
        with storage.begin() as unit:
            assert unit.devices.get("family-1") == ended
            assert list(unit.devices.live_of_user("user-1")) == [later]
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.devices.add(_device()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.devices.save(_device("family-9")))

    @pytest.mark.spec("AUTH-11")
    def test_device_02_tokens_used_or_not(self, storage: Any) -> None:
        token = DeviceToken(token_hash="hash-1", family="family-1", issued_at=NOW)
        used = DeviceToken(token_hash="hash-1", family="family-1", issued_at=NOW, used_at=NOW + _DAY)
        with storage.begin() as unit:
            assert unit.devices.token("hash-1") is None
            unit.devices.add_token(token)
            assert unit.devices.token("hash-1") == token
            unit.devices.save_token(used)
        assert stored(storage, lambda unit: unit.devices.token("hash-1")) == used
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.devices.add_token(token))

    @pytest.mark.spec("AUTH-11")
    def test_device_03_expired_ones_are_forgotten_with_their_tokens(self, storage: Any) -> None:
        with storage.begin() as unit:
            for family, expires_at in (("old", NOW - _DAY), ("new", NOW)):
                unit.devices.add(_device(family, expires_at=expires_at))
                for number in range(2):
                    hash_ = f"{family}-{number}"
                    unit.devices.add_token(DeviceToken(token_hash=hash_, family=family, issued_at=NOW))
        assert stored(storage, lambda unit: unit.devices.forget(NOW)) == 1
        with storage.begin() as unit:
            assert unit.devices.get("old") is None
            assert [unit.devices.token(f"old-{number}") for number in range(2)] == [None, None]
            assert unit.devices.get("new") is not None
            assert unit.devices.token("new-1") is not None

    @pytest.mark.spec("AUTH-9")
    def test_environment_01_of_a_person_latest_first(self, storage: Any) -> None:
        first, second = _environment(), _environment("198.51.100.0/24", "Firefox", NOW + _DAY)
        with storage.begin() as unit:
            unit.environments.put(first)
            unit.environments.put(second)
            unit.environments.put(_environment(last_at=NOW + 2 * _DAY))
        with storage.begin() as unit:
            found = list(unit.environments.of_user("user-1"))
            assert found == [_environment(last_at=NOW + 2 * _DAY), second]
            assert list(unit.environments.of_user("user-2")) == []
            unit.environments.remove(second)
            assert list(unit.environments.of_user("user-1")) == found[:1]

    @pytest.mark.spec("AUTH-10")
    def test_history_01_by_pages_both_ways(self, storage: Any) -> None:
        records = [
            login_record(f"R-{place}", sequence=place, user_id=f"user-{place % 2}") for place in range(1, 8)
        ]
        with storage.begin() as unit:
            for record in (*records, login_record("R-1", account_id="account-2")):
                unit.logins.add(record)
        with storage.begin() as unit:
            page = unit.logins.page
            assert list(page("account-1", "", 0, 3, backwards=False)) == records[:3]
            assert list(page("account-1", "", 3, 9, backwards=False)) == records[3:]
            assert list(page("account-1", "", 1 << 62, 2, backwards=True)) == [records[6], records[5]]
            assert list(page("account-1", "", 3, 9, backwards=True)) == [records[1], records[0]]
            odd = [one for one in records if one.user_id == "user-1"]
            assert list(page("account-1", "user-1", 1, 9, backwards=False)) == odd[1:]
            assert list(page("account-1", "user-1", 7, 2, backwards=True)) == [odd[2], odd[1]]
            assert (unit.logins.count("account-1", ""), unit.logins.count("account-1", "user-0")) == (7, 3)
            assert unit.logins.count("account-3", "") == 0
            assert unit.logins.of_reference("account-1", "R-4") == records[3]
            assert unit.logins.of_reference("account-2", "R-4") is None
