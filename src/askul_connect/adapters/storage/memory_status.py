"""Notices of disturbances, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.service_status import StatusNotice


class MemoryStatus:
    """Notices of disturbances (AUTH-15)."""

    def __init__(self, journal: Journal) -> None:
        self._notices = MemoryTable[str, StatusNotice](journal, lambda notice: notice.notice_id)

    def add(self, notice: StatusNotice) -> None:
        """Store a new one; StorageConflict when its id exists."""
        self._notices.insert(notice)

    def save(self, notice: StatusNotice) -> None:
        """Store its new state."""
        self._notices.replace(notice)

    def get(self, notice_id: str) -> StatusNotice | None:
        """By id."""
        return self._notices.get(notice_id)

    def current(self, since: datetime) -> Sequence[StatusNotice]:
        """Those that have not ended by then, planned ones among them, by beginning and id."""
        found = (one for one in self._notices if (end := one.ends_at()) is None or end > since)
        return sorted(found, key=lambda one: (one.starts_at, one.notice_id))
