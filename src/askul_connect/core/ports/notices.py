"""Where a supplier's notices to its customers go (SUP-4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

#: Looks at something and says what it found, or raises what is wrong.
Look = Callable[[], str]


class NoticeSink(Protocol):
    """Takes notices; called after the commit, from the outbox."""

    def deliver(self, message_id: str, body: str) -> None:
        """Deliver one notice; the same message id again is the same notice."""
        ...


@runtime_checkable
class Looking(Protocol):
    """What a notifier may have besides: a look at whether it could deliver, for ``doctor``."""

    def look(self) -> str:
        """What was found; nothing is delivered and nothing left behind.

        Raises:
            AskulConnectError: Why it could not deliver at present.
        """
        ...
