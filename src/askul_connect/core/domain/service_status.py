"""What of the service works, and the notices that say so (AUTH-15)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class ServiceFunction(StrEnum):
    """A part of the service that can be stopped by itself.

    ``STATUS`` never is: status, notices, diagnosis, FAQ and the ways to support are there for when the rest is not.
    """

    STATUS = "status"
    LOGIN = "login"
    ACCOUNT = "account"
    CATALOG = "catalog"
    ORDERING = "ordering"
    HISTORY = "history"
    DOCUMENTS = "documents"


class Disturbance(StrEnum):
    """Why something is stopped."""

    MAINTENANCE = "maintenance"
    OUTAGE = "outage"
    ORDERS_STOPPED = "orders_stopped"


#: What each kind of disturbance can stop. Orders alone are stopped while all else goes on (S).
MAY_STOP: Mapping[Disturbance, frozenset[ServiceFunction]] = MappingProxyType(
    {
        Disturbance.MAINTENANCE: frozenset(ServiceFunction) - {ServiceFunction.STATUS},
        Disturbance.OUTAGE: frozenset(ServiceFunction) - {ServiceFunction.STATUS},
        Disturbance.ORDERS_STOPPED: frozenset({ServiceFunction.ORDERING}),
    }
)


@frozen(kw_only=True)
class StatusNotice:
    """A planned or present disturbance, readable without a login.

    Attributes:
        parts: What it stops.
        starts_at: From when on; in the future for planned maintenance.
        expected_end: When all is expected to work again; None when nobody knows. Maintenance ends by itself then, an
            outage only when it is declared to be over.
        text_ja, text_en: What people are told.
        ended_at: When it was declared to be over.
    """

    notice_id: str
    kind: Disturbance
    parts: tuple[str, ...]
    starts_at: datetime
    expected_end: datetime | None
    text_ja: str
    text_en: str
    created_at: datetime
    ended_at: datetime | None = None

    def ends_at(self) -> datetime | None:
        """When it ended, or will end by itself; None for one that goes on until it is declared to be over."""
        if self.ended_at is not None:
            return self.ended_at
        return self.expected_end if self.kind is Disturbance.MAINTENANCE else None

    def in_force(self, now: datetime) -> bool:
        """Whether it stops anything at an instant."""
        end = self.ends_at()
        return self.starts_at <= now and (end is None or now < end)
