"""The mark of a restored copy: it lies in the data, so that no change of files or configuration loses it."""

from __future__ import annotations

import json

from attrs import frozen

#: The fact of either side's database that holds the mark. A backup leaves it out: what it copies is the data.
HOLD_FACT = "on-hold"


@frozen(kw_only=True)
class Hold:
    """Which backup a copy was restored from.

    Attributes:
        backup_id: The backup's own id.
        taken_at: When it was taken, ISO 8601 in UTC.
    """

    backup_id: str
    taken_at: str

    def text(self) -> str:
        """As it is stored."""
        return json.dumps({"schema": 1, "backup_id": self.backup_id, "taken_at": self.taken_at})


def hold_of(text: str | None) -> Hold | None:
    """The mark in a stored fact; None when there is none, or when it was lifted.

    A text that is no mark of this version still holds: what cannot be understood sends nothing.
    """
    if not text:
        return None
    try:
        found = json.loads(text)
        return Hold(backup_id=str(found["backup_id"]), taken_at=str(found["taken_at"]))
    except (ValueError, TypeError, KeyError):
        return Hold(backup_id="", taken_at="an unknown time")
