"""What was removed because its time of keeping was over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from attrs import frozen

from askul_connect.core.domain.purchasing import LedgerMove, MoveKind
from askul_connect.core.domain.stored import StoredForm

#: How a purge keeps what it removed.
PURGE_FORM = StoredForm(name="record of a purge")
_COUNTS = "counts"


@frozen(kw_only=True)
class PurgeEntry:
    """One purge, as it stays on record; what is removed leaves its count, never its content.

    Attributes:
        purge_id: Unique.
        holder: The process that did it.
        records_before, working_before: First day that was kept of books and records, and of working papers.
        removed: JSON text; see :attr:`counts`.
        finished_at: None while it goes on, or when it was interrupted.
    """

    purge_id: str
    started_at: datetime
    holder: str
    records_before: date
    working_before: date
    removed: str
    finished_at: datetime | None = None

    @property
    def counts(self) -> Mapping[str, int]:
        """How many of each kind were removed."""
        found: Mapping[str, int] = PURGE_FORM.read(self.removed)[_COUNTS]
        return found


def counts_text(counts: Mapping[str, int]) -> str:
    """The text of ``removed``."""
    return PURGE_FORM.write({_COUNTS: dict(sorted(counts.items()))})


def closing_move(
    department: str, period: str, currency: str, sums: tuple[int, int, int], at: datetime
) -> LedgerMove:
    """What stands in the ledger for moves that are gone, one for each budget.

    Args:
        department: Of the budget.
        period: Likewise.
        currency: Likewise.
        sums: Of pre-encumbrance, encumbrance and actual.
        at: When it is made, or added to.
    """
    parts = (one.replace("%", "%25").replace(":", "%3A") for one in (department, period, currency))
    pre_encumbrance, encumbrance, actual = sums
    return LedgerMove(
        move_key=":".join(("closing", *parts)),
        kind=MoveKind.CLOSING,
        department=department,
        period=period,
        currency=currency,
        quantity=0,
        pre_encumbrance=pre_encumbrance,
        encumbrance=encumbrance,
        actual=actual,
        source="purge",
        purchase_order="",
        line_id="",
        at=at,
    )
