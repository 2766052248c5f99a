"""Tables in memory whose changes can be taken back: what the storage without a database is made of."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

from askul_connect.core.errors import StorageConflict

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
U = TypeVar("U")

#: Shown in errors in the place of a path.
PLACE = "memory"
#: How long a unit of work waits for the one before it.
_WAIT_SECONDS = 10.0


class Journal:
    """What the open unit of work has changed, and whether it has failed."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []
        self._failure: StorageConflict | None = None

    def note(self, undo: Callable[[], None]) -> None:
        """Remember how to take one change back."""
        self._undo.append(undo)

    def conflict(self, detail: str) -> StorageConflict:
        """A conflict; the unit has failed with it, even when somebody swallows it."""
        self._failure = StorageConflict(detail, where=PLACE)
        return self._failure

    def require_intact(self) -> None:
        """Raise the failure again when there was one."""
        if self._failure is not None:
            raise self._failure

    def roll_back(self) -> None:
        """Take everything back, the last change first."""
        while self._undo:
            self._undo.pop()()
        self._failure = None

    def commit(self) -> None:
        """Let everything stay.

        Raises:
            StorageConflict: The unit has failed.
        """
        self.require_intact()
        self._undo.clear()


class MemoryTable(Generic[K, V]):
    """Values by key, with further unique keys.

    Args:
        journal: Of the storage it belongs to.
        key: The key of a value.
        unique: Further keys that no two values share.
    """

    def __init__(self, journal: Journal, key: Callable[[V], K], *unique: Callable[[V], Hashable]) -> None:
        self._journal = journal
        self._key = key
        self._unique = unique
        self._values: dict[K, V] = {}
        self._owners: list[dict[Hashable, K]] = [{} for _ in unique]

    def __iter__(self) -> Iterator[V]:
        self._journal.require_intact()
        return iter(tuple(self._values.values()))

    def get(self, key: K) -> V | None:
        """The value of a key."""
        self._journal.require_intact()
        return self._values.get(key)

    def find(self, index: int, key: Hashable) -> V | None:
        """The value of a key of the unique index of that place."""
        self._journal.require_intact()
        owner = self._owners[index].get(key)
        return None if owner is None else self._values[owner]

    def insert(self, value: V) -> None:
        """A new value; StorageConflict when one of its keys exists."""
        self._journal.require_intact()
        if self._key(value) in self._values:
            raise self._journal.conflict(f"a key exists already: {self._key(value)!r}")
        self._write(value)

    def insert_all(self, values: Iterable[V]) -> None:
        """Several new values."""
        for value in values:
            self.insert(value)

    def replace(self, value: V) -> None:
        """A new state of a value that exists; StorageConflict when it does not."""
        self._journal.require_intact()
        if self._key(value) not in self._values:
            raise self._journal.conflict("what was to be saved is not there")
        self._write(value)

    def put(self, value: V) -> None:
        """A value, whether or not its key exists."""
        self._journal.require_intact()
        self._write(value)

    def remove(self, key: K) -> None:
        """Forget a value, if there is one."""
        self._journal.require_intact()
        old = self._values.get(key)
        if old is not None:
            self._set(key, None, old)
            self._journal.note(lambda: self._set(key, old, None))

    def _write(self, value: V) -> None:
        key = self._key(value)
        for owners, unique in zip(self._owners, self._unique, strict=True):
            if owners.get(unique(value), key) != key:
                raise self._journal.conflict(f"a key exists already: {unique(value)!r}")
        old = self._values.get(key)
        self._set(key, value, old)
        self._journal.note(lambda: self._set(key, old, value))

    def _set(self, key: K, new: V | None, old: V | None) -> None:
        for owners, unique in zip(self._owners, self._unique, strict=True):
            if old is not None:
                del owners[unique(old)]
            if new is not None:
                owners[unique(new)] = key
        if new is None:
            del self._values[key]
        else:
            self._values[key] = new


class MemoryStorage(Generic[U]):
    """A storage in memory: one unit of work at a time, which all threads queue for.

    Args:
        journal: Of its tables.
        unit: Makes the repositories of a unit of work.
    """

    def __init__(self, journal: Journal, unit: Callable[[], U]) -> None:
        self._journal = journal
        self._unit = unit
        self._lock = threading.Lock()

    @contextmanager
    def begin(self, *, durable: bool = True) -> Iterator[U]:  # noqa: ARG002 -- nothing here outlasts the process
        """A unit of work that may write.

        Raises:
            StorageConflict: A key existed, or another unit has been open for ten seconds.
        """
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise StorageConflict("another unit of work has been open for too long", where=PLACE)
        try:
            yield self._unit()
            self._journal.commit()
        finally:
            # Takes back nothing after a commit.
            self._journal.roll_back()
            self._lock.release()

    @contextmanager
    def reading(self) -> Iterator[U]:
        """A unit of work that only reads; here the others queue for it too, and what it writes is taken back."""
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise StorageConflict("another unit of work has been open for too long", where=PLACE)
        try:
            yield self._unit()
        finally:
            self._journal.roll_back()
            self._lock.release()

    def close(self) -> None:
        """Nothing to release: the data lives as long as the storage."""


def present(table: MemoryTable[K, V], keys: Iterable[K]) -> Sequence[V]:
    """The values of those keys that exist, each once."""
    found = (table.get(key) for key in dict.fromkeys(keys))
    return [value for value in found if value is not None]
