"""The outbox and the named facts in memory, for both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import count

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState

_OPEN = (OutboxState.PENDING, OutboxState.UNKNOWN)


class MemoryOutbox:
    """Outgoing messages."""

    def __init__(self, journal: Journal) -> None:
        self._places = count()
        self._messages = MemoryTable[str, tuple[int, OutboxMessage]](
            journal, lambda kept: kept[1].message_id, lambda kept: (kept[1].kind, kept[1].business_key)
        )

    def add(self, message: OutboxMessage) -> None:
        """Store; raises StorageConflict when kind and business key exist."""
        self._messages.insert((next(self._places), message))

    def find(self, kind: str, business_key: str) -> OutboxMessage | None:
        """The message of that kind about that key."""
        kept = self._messages.find(0, (kind, business_key))
        return kept[1] if kept else None

    def save(self, message: OutboxMessage) -> None:
        """Store its new state."""
        kept = self._messages.get(message.message_id)
        self._messages.replace((kept[0] if kept else 0, message))

    def due(self, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Pending and unknown messages that may be tried now, in the order they were added."""
        due = [message for message in self.all() if message.state in _OPEN and message.next_attempt_at <= now]
        return due[:limit]

    def next_due(self) -> datetime | None:
        """When the earliest pending or unknown message may be tried."""
        return min((m.next_attempt_at for _, m in self._messages if m.state in _OPEN), default=None)

    def all(self) -> Sequence[OutboxMessage]:
        """Every message, in the order they were added."""
        return [message for _, message in sorted(self._messages, key=lambda kept: kept[0])]

    def remove(self, kind: str, business_key: str) -> bool:
        """Forget the message of that kind about that key; whether there was one."""
        known = self.find(kind, business_key)
        if known is not None:
            self._messages.remove(known.message_id)
        return known is not None

    def counts(self) -> Mapping[OutboxState, int]:
        """How many messages are in each state; a state without any may be left out."""
        return Counter(message.state for _, message in self._messages)


class MemoryFacts:
    """Single named texts."""

    def __init__(self, journal: Journal) -> None:
        self._facts = MemoryTable[str, tuple[str, str]](journal, lambda fact: fact[0])

    def get(self, name: str) -> str | None:
        """The text, if it was ever put."""
        fact = self._facts.get(name)
        return fact[1] if fact else None

    def put(self, name: str, text: str) -> None:
        """Store or replace."""
        self._facts.put((name, text))
