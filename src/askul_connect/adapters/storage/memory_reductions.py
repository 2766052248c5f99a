"""Goods that came back, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.reductions import Reduction


def _key(one: Reduction) -> tuple[str, str]:
    return one.account_id, one.reduction_id


def _place(one: Reduction) -> tuple[date, str]:
    return one.returned_on, one.reduction_id


class MemoryReductions:
    """Reductions and whether they are credited."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._reductions = MemoryTable[tuple[str, str], Reduction](journal, _key)

    def add(self, reductions: Iterable[Reduction]) -> None:
        """Store new ones; StorageConflict when an id exists."""
        self._reductions.insert_all(reductions)

    def of_order(self, account_id: str, order_number: str) -> Sequence[Reduction]:
        """All of an order, credited or not, by day and id."""
        found = (
            one
            for one in self._reductions
            if (one.account_id, one.order_number) == (account_id, order_number)
        )
        return sorted(found, key=_place)

    def units_of(self, account_id: str, order_numbers: Iterable[str]) -> Mapping[tuple[str, str], int]:
        """Units that came back, by order and line, of those lines of some orders that anything came back of."""
        numbers = set(order_numbers)
        units: dict[tuple[str, str], int] = {}
        for one in self._reductions:
            if one.account_id == account_id and one.order_number in numbers:
                place = one.order_number, one.line_id
                units[place] = units.get(place, 0) + one.quantity
        return units

    def uncredited(self, account_id: str, up_to: date) -> Sequence[Reduction]:
        """Those of an account up to a day that are in no credit note, by day and id."""
        found = (
            one
            for one in self._reductions
            if one.account_id == account_id and one.returned_on <= up_to and not one.credit_note_number
        )
        return sorted(found, key=_place)

    def first_uncredited(self) -> Sequence[tuple[str, date]]:
        """Account id and the earliest day it has an uncredited one of, for every account that has; staff only."""
        first: dict[str, date] = {}
        for one in self._reductions:
            if not one.credit_note_number:
                first[one.account_id] = min(one.returned_on, first.get(one.account_id, one.returned_on))
        return sorted(first.items())

    def credit(self, reductions: Iterable[Reduction], credit_note_number: str) -> None:
        """Mark as credited; StorageConflict when one of them is already."""
        for one in reductions:
            stored = self._reductions.get(_key(one))
            if stored is None or stored.credit_note_number:
                raise self._journal.conflict("a reduction is credited already, or not there")
            self._reductions.replace(evolve(stored, credit_note_number=credit_note_number))
