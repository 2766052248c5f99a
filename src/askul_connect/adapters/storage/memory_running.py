"""How far lists have been read, and who holds the directory, in memory."""

from __future__ import annotations

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.purchasing import Lease, Watermark


class MemoryWatermarks:
    """How far each supplier's lists have been read."""

    def __init__(self, journal: Journal) -> None:
        self._watermarks = MemoryTable[tuple[str, str], Watermark](
            journal, lambda watermark: (watermark.supplier, watermark.feed)
        )

    def get(self, supplier: str, feed: str) -> Watermark | None:
        """The watermark, if the list was ever read."""
        return self._watermarks.get((supplier, feed))

    def put(self, watermark: Watermark) -> None:
        """Store or replace."""
        self._watermarks.put(watermark)


class MemoryLeases:
    """One run per directory (INT-12)."""

    def __init__(self, journal: Journal) -> None:
        self._leases = MemoryTable[str, Lease](journal, lambda lease: lease.name)

    def get(self, name: str) -> Lease | None:
        """The lease, expired or not."""
        return self._leases.get(name)

    def put(self, lease: Lease) -> None:
        """Store or replace."""
        self._leases.put(lease)

    def remove(self, name: str, holder: str) -> None:
        """Give it back, if it is still the holder's."""
        lease = self._leases.get(name)
        if lease and lease.holder == holder:
            self._leases.remove(name)
