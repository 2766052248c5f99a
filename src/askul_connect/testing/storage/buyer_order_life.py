"""Changes of purchase orders, credit notes and their matches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.purchase_changes import (
    ChangeKind,
    ChangeState,
    CreditedLine,
    CreditMatch,
    CreditResult,
    OrderChange,
    WantedUnits,
)
from askul_connect.testing.storage.samples import ALLOWANCE, NOW
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import KEY, purchase_order
from askul_connect.testing.storage.units import Mishap, StorageCases, stored


def _change(change_id: str = "C-1", **changes: Any) -> OrderChange:
    values: dict[str, Any] = {
        "key": KEY,
        "change_id": change_id,
        "kind": ChangeKind.CHANGE,
        "state": ChangeState.WAITING,
        "content_hash": "hash",
        "lines": (WantedUnits(line_id='見本 "1"', quantity=2**40), WantedUnits(line_id="2", quantity=0)),
        "document": "変更.csv",
        "taken_at": NOW,
        "sequence": 1,
    }
    return OrderChange(**{**values, **changes})


def _match(line_number: str = "1", **changes: Any) -> CreditMatch:
    values: dict[str, Any] = {
        "supplier": "askul",
        "credit_note_number": "CN-1",
        "line_number": line_number,
        "purchase_order": str(KEY),
        "line_id": "1",
        "result": CreditResult.MATCHED,
        "detail": "3 × 98.5",
    }
    return CreditMatch(**{**values, **changes})


class BuyerOrderLifeCases(StorageCases):
    """What happens to a purchase order afterwards."""

    @pytest.mark.spec("INT-11")
    def test_change_01_keeps_every_field_and_is_replaced(self, storage: Any) -> None:
        changed = _change(
            kind=ChangeKind.CLOSE,
            state=ChangeState.REFUSED,
            lines=(),
            attempt=2,
            refusal='{"code":"x"}',
            sequence=7,
            taken_at=NOW + timedelta(microseconds=1),
        )
        stored(storage, lambda unit: unit.order_changes.put(_change()))
        assert stored(storage, lambda unit: unit.order_changes.get(KEY, "C-1")) == _change()
        stored(storage, lambda unit: unit.order_changes.put(changed))
        with storage.begin() as unit:
            assert unit.order_changes.get(KEY, "C-1") == changed
            assert unit.order_changes.get(KEY, "C-2") is None
            assert unit.order_changes.get(evolve(KEY, issue_year=1), "C-1") is None

    @pytest.mark.spec("INT-11")
    def test_change_02_changes_of_an_order_come_in_sequence(self, storage: Any) -> None:
        other = evolve(KEY, purchase_order_id="PO-0")
        made = [_change("C-1", sequence=2), _change("C-9", sequence=1), _change("C-1", key=other)]
        with storage.begin() as unit:
            for change in made:
                unit.order_changes.put(change)
        with storage.begin() as unit:
            assert list(unit.order_changes.of_order(KEY)) == [made[1], made[0]]
            assert list(unit.order_changes.of_order(evolve(KEY, buyer_party="none"))) == []
            assert list(unit.order_changes.all()) == [made[2], made[1], made[0]]

    def test_change_03_a_rollback_leaves_none(self, storage: Any) -> None:
        with pytest.raises(Mishap), storage.begin() as unit:
            unit.order_changes.put(_change())
            raise Mishap
        assert list(stored(storage, lambda unit: unit.order_changes.all())) == []

    def test_change_04_closed_lines_are_kept_with_the_purchase_order(self, storage: Any) -> None:
        closed = purchase_order(closed_lines=("1", '見本 "2"'))
        stored(storage, lambda unit: unit.purchase_orders.add(closed))
        assert stored(storage, lambda unit: unit.purchase_orders.get(KEY)) == closed

    @pytest.mark.spec("INT-4", "INT-7", "BIL-3")
    def test_credit_01_keeps_every_field_of_a_credit_note(self, storage: Any) -> None:
        [line] = credit_note().lines
        more = evolve(line, line_number="2", allowances=(ALLOWANCE,), exempt=False, cost_centre="C")
        made = credit_note(lines=(line, more), exempt=False)
        stored(storage, lambda unit: unit.history.put_credit_notes("askul", [made, credit_note("CN-2")]))
        with storage.begin() as unit:
            assert unit.history.credit_note("askul", "CN-1") == made
            assert unit.history.credit_note("other", "CN-1") is None
            assert list(unit.history.credit_notes()) == [("askul", made), ("askul", credit_note("CN-2"))]
            unit.history.put_credit_notes("askul", [credit_note()])
        assert stored(storage, lambda unit: unit.history.credit_note("askul", "CN-1")) == credit_note()

    @pytest.mark.spec("INT-5")
    def test_credit_02_they_are_a_feed_like_the_others(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_credit_notes("askul", [credit_note(number) for number in ("1", "2", "3")])
            unit.history.put_credit_notes("other", [credit_note("1")])
        with storage.begin() as unit:
            assert unit.history.count("askul", "credit_notes") == 3
            assert unit.history.many("askul", "credit_notes", ["3", "none"]) == {"3": credit_note("3")}
            unit.history.remove("askul", "credit_notes", ["1", "none"])
        with storage.begin() as unit:
            assert [(owner, one.credit_note_number) for owner, one in unit.history.credit_notes()] == [
                ("askul", "2"),
                ("askul", "3"),
                ("other", "1"),
            ]

    @pytest.mark.spec("INT-4", "BIL-3")
    def test_credit_03_matches_are_replaced_and_found(self, storage: Any) -> None:
        changed = _match("9", result=CreditResult.INVOICE_OPEN, detail="", purchase_order="", line_id="")
        with storage.begin() as unit:
            unit.credit_matches.put([_match("9"), _match("1"), _match("1", credit_note_number="CN-0")])
            unit.credit_matches.put([changed, _match("1", supplier="a")])
        with storage.begin() as unit:
            assert list(unit.credit_matches.of_credit_note("askul", "CN-1")) == [_match("1"), changed]
            assert list(unit.credit_matches.of_credit_note("askul", "none")) == []
            assert list(unit.credit_matches.of_purchase_order(str(KEY))) == [
                _match("1", supplier="a"),
                _match("1", credit_note_number="CN-0"),
                _match("1"),
            ]

    @pytest.mark.spec("INT-4", "BIL-3")
    def test_credit_04_knows_what_credits_an_order_line_and_what_is_open(self, storage: Any) -> None:
        [line] = credit_note().lines
        other = evolve(line, line_number="2", line_id="other")
        with storage.begin() as unit:
            for number in ("CN-2", "CN-1", "CN-3"):
                unit.history.put_credit_notes("askul", [credit_note(number, lines=(line, other))])
            unit.history.put_credit_notes("elsewhere", [credit_note("CN-1")])
            unit.credit_matches.put([_match("1", credit_note_number=number) for number in ("CN-1", "CN-2")])
            unit.credit_matches.put(
                [_match("1", credit_note_number="CN-3", result=CreditResult.OVER_CREDITED), _match("2")]
            )
            unit.credit_matches.put([_match("1", supplier="elsewhere")])
        with storage.begin() as unit:
            assert list(unit.credit_matches.credited("askul", line.order_number, line.line_id)) == [
                CreditedLine(
                    credit_note_number=number,
                    line_number="1",
                    ship_notice_number=line.ship_notice_number,
                    quantity=line.quantity,
                    amount_excl_tax=line.amount_excl_tax,
                )
                for number in ("CN-1", "CN-2")
            ]
            assert list(unit.credit_matches.credited("askul", line.order_number, "none")) == []
            assert list(unit.credit_matches.open_credit_notes()) == [("askul", "CN-2"), ("askul", "CN-3")]
