"""What was removed because its time was over, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.purges import PurgeEntry


class MemoryPurges:
    """What was removed because its time was over."""

    def __init__(self, journal: Journal) -> None:
        self._entries = MemoryTable[str, PurgeEntry](journal, lambda entry: entry.purge_id)

    def put(self, entry: PurgeEntry) -> None:
        """Store or replace by its id."""
        self._entries.put(entry)

    def all(self) -> Sequence[PurgeEntry]:
        """Every one, by its beginning, then its id."""
        return sorted(self._entries, key=lambda entry: (entry.started_at, entry.purge_id))
