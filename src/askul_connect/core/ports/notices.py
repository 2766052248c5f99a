"""Where a supplier's notices to its customers go (SUP-4)."""

from __future__ import annotations

from typing import Protocol


class NoticeSink(Protocol):
    """Takes notices; called after the commit, from the outbox."""

    def deliver(self, message_id: str, body: str) -> None:
        """Deliver one notice; the same message id again is the same notice."""
        ...
