"""Two timelines: one that a run moves itself, for demonstrations and tests, and real time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from askul_connect.core.errors import ValueInvalid

if TYPE_CHECKING:
    from askul_connect.core.ports.system import Clock


def _utc(instant: datetime) -> datetime:
    if instant.utcoffset() is None:
        raise ValueInvalid(f"{instant.isoformat()} has no time zone; give an aware datetime, best in UTC")
    return instant.astimezone(UTC)


class SimulatedClock:
    """The ``Timeline`` port on a clock that stands still until it is told to go on; thread-safe.

    Args:
        start: The instant it stands at first, aware.

    Raises:
        ValueInvalid: The instant has no time zone.
    """

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """The instant it stands at, UTC."""
        return self._now

    def advance(self, due: datetime) -> bool:
        """Go on to ``due``, or stay where it is when that lies in the past; either way it is due now.

        Raises:
            ValueInvalid: The instant has no time zone.
        """
        later = _utc(due)
        with self._lock:
            self._now = max(self._now, later)
        return True


class RealTimeline:
    """The ``Timeline`` port on a clock that nobody moves.

    Args:
        clock: The real one.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The clock's instant, UTC."""
        return self._clock.now()

    def advance(self, due: datetime) -> bool:  # noqa: ARG002  the port's; real time goes nowhere on request
        """Always False: time passes by itself."""
        return False
