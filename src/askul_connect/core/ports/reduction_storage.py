"""What the supplier keeps of goods that came back and are to be credited."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from askul_connect.core.domain.reductions import Reduction


class ReductionRepository(Protocol):
    """Reductions and whether they are credited."""

    def add(self, reductions: Iterable[Reduction]) -> None:
        """Store new ones; StorageConflict when an id exists."""
        ...

    def of_order(self, account_id: str, order_number: str) -> Sequence[Reduction]:
        """All of an order, credited or not, by day and id."""
        ...

    def units_of(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """Units that came back, by order and line, of those lines of some orders that anything came back of."""
        ...

    def uncredited(self, account_id: str, up_to: date) -> Sequence[Reduction]:
        """Those of an account up to a day that are in no credit note, by day and id."""
        ...

    def first_uncredited(self) -> Sequence[tuple[str, date]]:
        """Account id and the earliest day it has an uncredited one of, for every account that has; staff only."""
        ...

    def credit(self, reductions: Iterable[Reduction], credit_note_number: str) -> None:
        """Mark as credited; StorageConflict when one of them is already."""
        ...
