"""What the supplier keeps for logins besides sessions and history: counters, devices, environments, tokens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.devices import DeviceToken, LoginEnvironment, RememberedDevice
from askul_connect.core.domain.login_attempts import AttemptCounter, SourceCounter
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose


class AttemptRepository(Protocol):
    """Counters of failed attempts (AUTH-7)."""

    def get(self, subject: str) -> AttemptCounter | None:
        """The counter, held against other writers until the unit ends."""
        ...

    def put(self, counter: AttemptCounter) -> None:
        """Store or replace."""
        ...

    def forget(self, before: datetime, locked_before: datetime) -> int:
        """Remove counters whose last attempt is older; of locked ones, only of IDs that nobody has.

        Returns:
            How many there were.
        """
        ...


class SourceRepository(Protocol):
    """Counters of failures by network address (AUTH-7)."""

    def get(self, source: str) -> SourceCounter | None:
        """The counter, held against other writers until the unit ends."""
        ...

    def put(self, counter: SourceCounter) -> None:
        """Store or replace."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove counters whose last failure is older; returns how many there were."""
        ...


class DeviceRepository(Protocol):
    """Remembered devices and their tokens (AUTH-11)."""

    def add(self, device: RememberedDevice) -> None:
        """Store a new one; StorageConflict when the family exists."""
        ...

    def save(self, device: RememberedDevice) -> None:
        """Store its new state."""
        ...

    def get(self, family: str) -> RememberedDevice | None:
        """By its family."""
        ...

    def live_of_user(self, user_id: str) -> Sequence[RememberedDevice]:
        """Those of a person that have not been ended, oldest first."""
        ...

    def add_token(self, token: DeviceToken) -> None:
        """Store a new one; StorageConflict when its hash exists."""
        ...

    def save_token(self, token: DeviceToken) -> None:
        """Store its new state."""
        ...

    def token(self, token_hash: str) -> DeviceToken | None:
        """By its hash, used or not, held against other writers until the unit ends."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove devices that expired earlier, with their tokens; returns how many devices there were."""
        ...


class EnvironmentRepository(Protocol):
    """Networks and devices that people have logged in from (AUTH-9)."""

    def put(self, environment: LoginEnvironment) -> None:
        """Store or replace."""
        ...

    def remove(self, environment: LoginEnvironment) -> None:
        """Forget one."""
        ...

    def of_user(self, user_id: str) -> Sequence[LoginEnvironment]:
        """All of a person, latest use first."""
        ...


class OneTimeTokenRepository(Protocol):
    """Tokens that are good for one thing, once, by their hash."""

    def add(self, token: OneTimeToken) -> None:
        """Store a new one; StorageConflict when the hash exists."""
        ...

    def save(self, token: OneTimeToken) -> None:
        """Store its new state."""
        ...

    def get(self, token_hash: str) -> OneTimeToken | None:
        """By hash, held against other writers until the unit ends."""
        ...

    def of_user(self, purpose: TokenPurpose, user_id: str) -> Sequence[OneTimeToken]:
        """A person's, ended ones among them, newest first."""
        ...

    def forget(self, before: datetime) -> int:
        """Remove those that expired earlier; returns how many there were.

        One whose end nobody knows stays: it expired no later than it was made.
        """
        ...
