"""What is counted of login attempts that failed (AUTH-7)."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen


@frozen(kw_only=True)
class AttemptCounter:
    """Consecutive failures of one subject: a user from untrusted devices, one trusted device, or an unknown ID.

    An attempt counts as failed from its beginning; success takes everything back.

    Attributes:
        subject: ``user:``, ``device:`` or ``id:`` and what tells it apart; an unknown ID only as a keyed digest.
        failures: How many in a row.
        last_at: When the last one that was counted began.
        paused_until: Until when nothing is verified for it; None without a pause.
        locked_at: Since when it waits to be unlocked; None while it does not.
    """

    subject: str
    failures: int
    last_at: datetime
    paused_until: datetime | None = None
    locked_at: datetime | None = None


@frozen(kw_only=True)
class SourceCounter:
    """Failures from one network address, whoever was meant.

    Attributes:
        source: An IPv4 address, or the first 64 bits of an IPv6 address.
        failures: Instants of those that still count, as ISO text, oldest first.
        subjects: Digests of the subjects that failed since ``watched_since``, each once.
        watched_since: When the present watch over several subjects began.
        last_at: When the last one that was counted began.
    """

    source: str
    watched_since: datetime
    last_at: datetime
    failures: tuple[str, ...] = field(default=())
    subjects: tuple[str, ...] = field(default=())
