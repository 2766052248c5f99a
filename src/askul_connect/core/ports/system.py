"""Time, identity and secrets: what core may not fetch by itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from askul_connect.core.domain.secrets import Secret


class Clock(Protocol):
    """The time, aware, UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


class Timeline(Clock, Protocol):
    """A clock that a run can ask to go on to the next thing that is due (a simulation), or that refuses (real time)."""

    def advance(self, due: datetime) -> bool:
        """Go to ``due`` and return True, or return False when time only passes by itself."""
        ...


class Ids(Protocol):
    """Identity: time-ordered ids and random tokens."""

    def new(self, kind: str, business_key: str) -> str:
        """A time-ordered id; under a seeded source the same kind, key and time give the same id."""
        ...

    def token(self, kind: str) -> Secret:
        """A new secret of at least 256 random bits, URL-safe text."""
        ...

    def digits(self, kind: str, count: int) -> str:
        """That many unpredictable decimal digits."""
        ...


class PasswordHasher(Protocol):
    """Slow hashing of what people type (AUTH-6)."""

    def hash(self, password: Secret) -> str:
        """The encoded hash with its parameters and salt."""
        ...

    def verify(self, encoded: str, password: Secret) -> bool:
        """Whether the password is the one; an empty ``encoded`` does the same work and is never it."""
        ...

    def outdated(self, encoded: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...


class SecretCipher(Protocol):
    """Encryption of secrets that have to be read again: factor seeds, what a notice carries (AUTH-19)."""

    def encrypt(self, secret: Secret) -> str:
        """The secret as text that may be stored; never the same twice."""
        ...

    def decrypt(self, text: str) -> Secret:
        """The secret again.

        Raises:
            InternalError: The text was made by another key, or changed.
        """
        ...


class Holidays(Protocol):
    """The business calendar's holidays."""

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday."""
        ...
