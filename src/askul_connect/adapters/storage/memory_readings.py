"""What readings from the beginning have met, and what was decided about outgoing messages, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from askul_connect.adapters.storage.memory_buyer import MemoryOrderHistory
from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.outbox import OutboxDecision

_Sighting = tuple[str, str, str]


class MemorySightings:
    """What a reading of a list from its beginning has met so far (INT-5)."""

    def __init__(self, journal: Journal, history: MemoryOrderHistory) -> None:
        self._history = history
        self._met = MemoryTable[_Sighting, _Sighting](journal, lambda sighting: sighting)

    def add(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Note records that were met; those that were met before stay."""
        for key in keys:
            self._met.put((supplier, reader, key))

    def discard(self, supplier: str, reader: str, keys: Iterable[str]) -> None:
        """Forget records that the supplier deleted after they were met."""
        for key in keys:
            self._met.remove((supplier, reader, key))

    def count(self, supplier: str, reader: str) -> int:
        """Number of records that were met."""
        return sum(met[:2] == (supplier, reader) for met in self._met)

    def unmet(self, supplier: str, reader: str, feed: str, limit: int) -> Sequence[str]:
        """Keys of stored records of a list that were not met, by key."""
        unmet = [
            key
            for key in self._history.keys(supplier, feed)
            if self._met.get((supplier, reader, key)) is None
        ]
        return unmet[:limit]

    def clear(self, supplier: str, reader: str) -> None:
        """Forget all: the reading is over, or begins again."""
        for met in self._met:
            if met[:2] == (supplier, reader):
                self._met.remove(met)


class MemoryOutboxDecisions:
    """What was decided about outgoing messages (INT-6)."""

    def __init__(self, journal: Journal) -> None:
        self._decisions = MemoryTable[int, tuple[int, OutboxDecision]](journal, lambda kept: kept[0])

    def add(self, decision: OutboxDecision) -> None:
        """Append one."""
        self._decisions.insert((sum(1 for _ in self._decisions), decision))

    def of(self, message_id: str) -> Sequence[OutboxDecision]:
        """Those about a message, in the order they were made."""
        kept = sorted(self._decisions, key=lambda one: one[0])
        return [decision for _, decision in kept if decision.message_id == message_id]
