"""How far Tryton's records were read: ours to remember, since Tryton has no list of what is new.

A file of SQLite beside the other data. It may be lost: everything is then read again, which changes nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from attrs import field, frozen

from askul_connect.core.errors import StorageUnavailable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS mark (kind TEXT PRIMARY KEY, read_to TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS settled (
    kind TEXT NOT NULL, record INTEGER NOT NULL, changed_at TEXT NOT NULL, content TEXT NOT NULL,
    PRIMARY KEY (kind, record)
);
"""


@frozen(kw_only=True)
class Seen:
    """A record as it was met.

    Attributes:
        changed_at: When Tryton says that it was last changed, UTC without saying so.
        content: What counts of it; the same content need not be read again.
    """

    record: int
    changed_at: datetime
    content: str = ""


@frozen
class Progress:
    """The marks of one directory; nothing is written before something is settled."""

    _path: Path
    _look_back: timedelta
    _waiting: dict[str, dict[int, datetime]] = field(factory=dict, init=False)
    _top: dict[str, datetime] = field(factory=dict, init=False)

    def begin(self, kind: str) -> datetime | None:
        """Where a reading of a kind of records begins; None for their beginning."""
        self._waiting[kind] = {}
        self._top.pop(kind, None)
        if not self._path.exists():
            return None
        with self._open() as database:
            row = database.execute("SELECT read_to FROM mark WHERE kind = ?", (kind,)).fetchone()
        return datetime.fromisoformat(row[0]) - self._look_back if row else None

    def meet(self, kind: str, seen: Seen) -> bool:
        """Note a record of the reading; whether it waits: it is new, or has changed since it was settled."""
        self._top[kind] = max(self._top.get(kind, seen.changed_at), seen.changed_at)
        known = self._known(kind, seen.record)
        if known is not None and (
            known.changed_at == seen.changed_at or (seen.content and known.content == seen.content)
        ):
            return False
        self._waiting.setdefault(kind, {})[seen.record] = seen.changed_at
        return True

    def settle(self, kind: str, seen: Seen) -> None:
        """Note that a record is done with, and move the mark up to the first that still waits.

        Raises:
            StorageUnavailable: It could not be written.
        """
        waiting = self._waiting.get(kind, {})
        waiting.pop(seen.record, None)
        top = max(self._top.get(kind, seen.changed_at), seen.changed_at)
        read_to = min(waiting.values(), default=top)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as database:
            database.execute(
                "INSERT OR REPLACE INTO settled VALUES (?, ?, ?, ?)",
                (kind, seen.record, seen.changed_at.isoformat(), seen.content),
            )
            # a mark never goes back: a record that was settled before it may be met again alone
            database.execute(
                "INSERT INTO mark VALUES (?, ?)"
                " ON CONFLICT (kind) DO UPDATE SET read_to = max(read_to, excluded.read_to)",
                (kind, read_to.isoformat(timespec="microseconds")),
            )

    def _known(self, kind: str, record: int) -> Seen | None:
        if not self._path.exists():
            return None
        with self._open() as database:
            row = database.execute(
                "SELECT changed_at, content FROM settled WHERE kind = ? AND record = ?", (kind, record)
            ).fetchone()
        return Seen(record=record, changed_at=datetime.fromisoformat(row[0]), content=row[1]) if row else None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path)
            try:
                with database:
                    database.executescript(_SCHEMA)
                    yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise StorageUnavailable(str(error), where=str(self._path)) from error
