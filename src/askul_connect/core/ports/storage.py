"""What every storage offers: units of work, and the parts both sides keep alike.

A unit of work sees one consistent state, and either all of it lasts or nothing. Leaving ``begin()`` without an
exception commits; leaving it with one rolls everything back. Repositories hand out frozen entities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState

UnitT_co = TypeVar("UnitT_co", covariant=True)


class Storage(Protocol[UnitT_co]):
    """A database, opened."""

    def begin(self, *, durable: bool = True) -> AbstractContextManager[UnitT_co]:
        """A unit of work that may write.

        Args:
            durable: Whether leaving the block waits until the unit outlasts a loss of power. Without it the unit is
                as whole, as isolated and at once as visible to everybody, and outlasts the end of this program; a
                loss of power may take it back, with all units behind it, until a durable unit that wrote something
                has ended. For what such a unit follows before anybody is answered.

        Raises:
            StorageConflict: (also from leaving the block) another unit came first; repeat the whole unit.
            StorageUnavailable: The database cannot be reached, read or written, or its disk is full.
        """
        ...

    def reading(self) -> AbstractContextManager[UnitT_co]:
        """A unit of work that only reads, however long: it sees one state and keeps no writer waiting.

        What it writes is an error or is taken back.

        Raises:
            StorageUnavailable: The database cannot be reached or read.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...


class OutboxRepository(Protocol):
    """Outgoing messages, kept in the order they were added: what caused them first leaves first."""

    def add(self, message: OutboxMessage) -> None:
        """Store; raises StorageConflict when kind and business key exist."""
        ...

    def find(self, kind: str, business_key: str) -> OutboxMessage | None:
        """The message of that kind about that key."""
        ...

    def save(self, message: OutboxMessage) -> None:
        """Store its new state."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[OutboxMessage]:
        """Pending and unknown messages that may be tried now, in the order they were added."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest pending or unknown message may be tried."""
        ...

    def all(self) -> Sequence[OutboxMessage]:
        """Every message, in the order they were added."""
        ...

    def remove(self, kind: str, business_key: str) -> bool:
        """Forget the message of that kind about that key; whether there was one."""
        ...

    def counts(self) -> Mapping[OutboxState, int]:
        """How many messages are in each state; a state without any may be left out."""
        ...


class FactRepository(Protocol):
    """Single named texts: a profile, a key, a position."""

    def get(self, name: str) -> str | None:
        """The text, if it was ever put."""
        ...

    def put(self, name: str, text: str) -> None:
        """Store or replace."""
        ...
