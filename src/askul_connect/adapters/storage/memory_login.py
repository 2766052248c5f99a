"""Counters of attempts, remembered devices and known environments, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.devices import DeviceToken, LoginEnvironment, RememberedDevice
from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter

_OF_UNKNOWN_IDS = "id:"


class MemoryAttempts:
    """Counters of failed attempts."""

    def __init__(self, journal: Journal) -> None:
        self._counters = MemoryTable[str, AttemptCounter](journal, lambda counter: counter.subject)

    def get(self, subject: str) -> AttemptCounter | None:
        """The counter, held against other writers until the unit ends."""
        return self._counters.get(subject)

    def put(self, counter: AttemptCounter) -> None:
        """Store or replace."""
        self._counters.put(counter)

    def forget(self, before: datetime, locked_before: datetime) -> int:
        """Remove counters whose last attempt is older; of locked ones, only of IDs that nobody has."""
        old = [
            one.subject
            for one in self._counters
            if (one.locked_at is None and one.last_at < before)
            or (one.subject.startswith(_OF_UNKNOWN_IDS) and one.last_at < locked_before)
        ]
        for subject in old:
            self._counters.remove(subject)
        return len(old)


class MemorySources:
    """Counters of failures by network address."""

    def __init__(self, journal: Journal) -> None:
        self._counters = MemoryTable[str, SourceCounter](journal, lambda counter: counter.source)

    def get(self, source: str) -> SourceCounter | None:
        """The counter, held against other writers until the unit ends."""
        return self._counters.get(source)

    def put(self, counter: SourceCounter) -> None:
        """Store or replace."""
        self._counters.put(counter)

    def forget(self, before: datetime) -> int:
        """Remove counters whose last failure is older; returns how many there were."""
        old = [one.source for one in self._counters if one.last_at < before]
        for source in old:
            self._counters.remove(source)
        return len(old)


class MemoryDevices:
    """Remembered devices and their tokens."""

    def __init__(self, journal: Journal) -> None:
        self._devices = MemoryTable[str, RememberedDevice](journal, lambda device: device.family)
        self._tokens = MemoryTable[str, DeviceToken](journal, lambda token: token.token_hash)

    def add(self, device: RememberedDevice) -> None:
        """Store a new one; StorageConflict when the family exists."""
        self._devices.insert(device)

    def save(self, device: RememberedDevice) -> None:
        """Store its new state."""
        self._devices.replace(device)

    def get(self, family: str) -> RememberedDevice | None:
        """By its family."""
        return self._devices.get(family)

    def live_of_user(self, user_id: str) -> Sequence[RememberedDevice]:
        """Those of a person that have not been ended, oldest first."""
        live = (one for one in self._devices if one.user_id == user_id and one.ended_at is None)
        return sorted(live, key=lambda one: (one.created_at, one.family))

    def add_token(self, token: DeviceToken) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        self._tokens.insert(token)

    def save_token(self, token: DeviceToken) -> None:
        """Store its new state."""
        self._tokens.replace(token)

    def token(self, token_hash: str) -> DeviceToken | None:
        """By its hash, used or not, held against other writers until the unit ends."""
        return self._tokens.get(token_hash)

    def forget(self, before: datetime) -> int:
        """Remove devices that expired earlier, with their tokens; returns how many devices there were."""
        old = {one.family for one in self._devices if one.expires_at < before}
        for token in [one.token_hash for one in self._tokens if one.family in old]:
            self._tokens.remove(token)
        for family in old:
            self._devices.remove(family)
        return len(old)


class MemoryEnvironments:
    """Networks and devices that people have logged in from."""

    def __init__(self, journal: Journal) -> None:
        self._environments = MemoryTable[tuple[str, str, str], LoginEnvironment](
            journal, lambda one: (one.user_id, one.network, one.device)
        )

    def put(self, environment: LoginEnvironment) -> None:
        """Store or replace."""
        self._environments.put(environment)

    def remove(self, environment: LoginEnvironment) -> None:
        """Forget one."""
        self._environments.remove((environment.user_id, environment.network, environment.device))

    def of_user(self, user_id: str) -> Sequence[LoginEnvironment]:
        """All of a person, latest use first."""
        own = (one for one in self._environments if one.user_id == user_id)
        by_name = sorted(own, key=lambda one: (one.network, one.device))
        return sorted(by_name, key=lambda one: one.last_at, reverse=True)
