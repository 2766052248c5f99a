"""Notices of the service's status: what a storage keeps of them (AUTH-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from askul_connect.core.domain.service_status import StatusNotice


class StatusRepository(Protocol):
    """Notices of disturbances (AUTH-15)."""

    def add(self, notice: StatusNotice) -> None:
        """Store a new one; StorageConflict when its id exists."""
        ...

    def save(self, notice: StatusNotice) -> None:
        """Store its new state."""
        ...

    def get(self, notice_id: str) -> StatusNotice | None:
        """By id."""
        ...

    def current(self, since: datetime) -> Sequence[StatusNotice]:
        """Those that have not ended by then, planned ones among them, by beginning and id."""
        ...
