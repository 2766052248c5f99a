"""Goods that came back and are to be credited."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.errors import StorageConflict
from askul_connect.testing.storage.units import StorageCases, stored

DAY = date(2026, 11, 20)
REDUCTION = Reduction(
    reduction_id="reduction-5",
    account_id="account-1",
    order_number="O-1",
    line_id="1",
    ship_notice_number="S-1",
    quantity=2**40,
    returned_on=DAY,
    reason="色違い",
)


def _uncredited(storage: Any, account_id: str = "account-1", up_to: date = DAY) -> list[Reduction]:
    return stored(storage, lambda unit: list(unit.reductions.uncredited(account_id, up_to)))


class SupplierReductionCases(StorageCases):
    """Reductions and whether they are credited."""

    @pytest.mark.spec("ORD-6")
    def test_reduction_01_keeps_every_field_by_day_and_id(self, storage: Any) -> None:
        early = evolve(REDUCTION, reduction_id="reduction-9", returned_on=DAY - timedelta(days=1))
        credited = evolve(REDUCTION, reduction_id="reduction-1", credit_note_number="CN-1")
        other_order = evolve(REDUCTION, reduction_id="reduction-2", order_number="O-2")
        other_account = evolve(REDUCTION, account_id="account-2")
        with storage.begin() as unit:
            unit.reductions.add([REDUCTION, early, credited, other_order, other_account])
            unit.reductions.add([])
        with storage.begin() as unit:
            assert list(unit.reductions.of_order("account-1", "O-1")) == [early, credited, REDUCTION]
            assert list(unit.reductions.of_order("account-2", "O-1")) == [other_account]
            assert list(unit.reductions.of_order("account-1", "O-3")) == []

    @pytest.mark.spec("BIL-3")
    def test_reduction_02_is_credited_exactly_once(self, storage: Any) -> None:
        other = evolve(REDUCTION, reduction_id="reduction-1")
        later = evolve(REDUCTION, reduction_id="reduction-0", returned_on=DAY + timedelta(days=1))
        foreign = evolve(REDUCTION, account_id="account-2")
        with storage.begin() as unit:
            unit.reductions.add([REDUCTION, other, later, foreign])
            unit.reductions.credit([other], "CN-1")
        assert _uncredited(storage) == [REDUCTION]
        assert _uncredited(storage, up_to=DAY + timedelta(days=1)) == [REDUCTION, later]
        assert _uncredited(storage, "account-2") == [foreign]
        for again in (
            [REDUCTION, other],
            [REDUCTION, REDUCTION],
            [evolve(REDUCTION, account_id="account-3")],
        ):
            with pytest.raises(StorageConflict), storage.begin() as unit:
                unit.reductions.credit(again, "CN-2")
            assert _uncredited(storage) == [REDUCTION]
        found = stored(storage, lambda unit: unit.reductions.of_order("account-1", "O-1"))
        assert [one.credit_note_number for one in found] == ["CN-1", "", ""]

    def test_reduction_03_an_id_is_unique_in_the_account(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.reductions.add([REDUCTION]))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.reductions.add([evolve(REDUCTION, quantity=1)]))

    @pytest.mark.spec("BIL-3")
    def test_reduction_04_the_first_uncredited_day_of_every_account(self, storage: Any) -> None:
        credited = evolve(REDUCTION, reduction_id="reduction-0", returned_on=DAY - timedelta(days=9))
        early = evolve(REDUCTION, reduction_id="reduction-1", returned_on=DAY - timedelta(days=1))
        with storage.begin() as unit:
            assert list(unit.reductions.first_uncredited()) == []
            unit.reductions.add([evolve(REDUCTION, account_id="account-2"), REDUCTION, early, credited])
            unit.reductions.credit([credited], "CN-1")
            found = list(unit.reductions.first_uncredited())
        assert found == [("account-1", early.returned_on), ("account-2", DAY)]

    @pytest.mark.spec("ACC-5")
    def test_reduction_05_units_that_came_back_are_counted_by_line(self, storage: Any) -> None:
        made = [
            evolve(REDUCTION, quantity=2**40),
            evolve(REDUCTION, reduction_id="reduction-1", quantity=3, credit_note_number="CN-1"),
            evolve(REDUCTION, reduction_id="reduction-2", quantity=5, line_id="2"),
            evolve(REDUCTION, reduction_id="reduction-3", quantity=7, order_number="O-2"),
            evolve(REDUCTION, reduction_id="reduction-4", quantity=9, order_number="O-3"),
            evolve(REDUCTION, account_id="account-2", quantity=11),
        ]
        stored(storage, lambda unit: unit.reductions.add(made))
        found = stored(storage, lambda unit: unit.reductions.units_of("account-1", ["O-1", "O-2", "O-9"]))
        assert found == {("O-1", "1"): 2**40 + 3, ("O-1", "2"): 5, ("O-2", "1"): 7}
        assert stored(storage, lambda unit: unit.reductions.units_of("account-1", [])) == {}
