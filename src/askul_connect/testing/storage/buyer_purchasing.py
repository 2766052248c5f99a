"""Purchase orders, goods receipts, budgets, watermarks and leases of the buyer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.budget_approvals import ApprovalState, BudgetApproval, BudgetStage
from askul_connect.core.domain.budget_terms import BudgetTerms, ConsumedAt
from askul_connect.core.domain.outbox import OutboxDecision, OutboxState, OutboxStep
from askul_connect.core.domain.purchasing import (
    Budget,
    BudgetBalance,
    Lease,
    LedgerMove,
    PurchaseOrderKey,
    PurchaseOrderState,
    Reading,
    Watermark,
)
from askul_connect.core.errors import StorageConflict
from askul_connect.core.services.units import run_unit
from askul_connect.testing.storage.samples import NOW
from askul_connect.testing.storage.samples_documents import (
    KEY,
    move,
    order_document,
    purchase_line,
    purchase_order,
    receipt,
    requisition,
)
from askul_connect.testing.storage.units import PATIENCE, StorageCases, at_once, made_by_hypothesis, stored

_DAY = timedelta(days=1)
_periods = count(1)
_BUDGET = ("A-10", "2026-04", "JPY")
_moves = st.builds(
    move,
    st.sampled_from([f"move-{number}" for number in range(9)]),
    department=st.sampled_from(["A-10", "B-20"]),
    pre_encumbrance=st.integers(-999, 999),
    encumbrance=st.integers(-999, 999),
    actual=st.integers(-999, 999),
)


def _balance(budget: int = 0, **sums: int) -> BudgetBalance:
    return BudgetBalance(department="A-10", period="2026-04", currency="JPY", budget=budget, **sums)


class BuyerPurchasingCases(StorageCases):
    """What the buyer took from the ERP, and its budgets."""

    @pytest.mark.spec("INT-11")
    def test_purchase_order_01_keeps_every_field(self, storage: Any) -> None:
        placed = purchase_order(
            evolve(KEY, issue_year=0),
            state=PurchaseOrderState.PLACED,
            order_numbers=("O-1", "O-2"),
            refusal='{"code":"x"}',
            lines=(),
            attempt=2,
            budget_before=-5,
        )
        with storage.begin() as unit:
            unit.purchase_orders.add(purchase_order())
            unit.purchase_orders.add(placed)
        with storage.begin() as unit:
            assert unit.purchase_orders.get(KEY) == purchase_order()
            assert unit.purchase_orders.get(placed.key) == placed
            assert unit.purchase_orders.get(evolve(KEY, buyer_party="other")) is None

    @pytest.mark.spec("INT-11")
    def test_purchase_order_02_its_key_is_unique(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.purchase_orders.add(purchase_order()))
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.purchase_orders.add(purchase_order(content_hash="other")))
        assert stored(storage, lambda unit: unit.purchase_orders.get(KEY)) == purchase_order()

    def test_purchase_order_03_saves_its_new_state(self, storage: Any) -> None:
        changed = purchase_order(
            state=PurchaseOrderState.REFUSED,
            refusal='{"code":"order-refused"}',
            order_numbers=("O-1",),
            lines=(purchase_line("2", period="2026-05"),),
        )
        with storage.begin() as unit:
            unit.purchase_orders.add(purchase_order())
            unit.purchase_orders.save(changed)
        assert stored(storage, lambda unit: unit.purchase_orders.get(KEY)) == changed
        with pytest.raises(StorageConflict):
            stored(storage, lambda unit: unit.purchase_orders.save(purchase_order(evolve(KEY, issue_year=1))))

    def test_purchase_order_04_by_id_newest_first(self, storage: Any) -> None:
        second = timedelta(seconds=1)
        old = purchase_order(evolve(KEY, issue_year=2025), accepted_at=NOW - second)
        tied = [purchase_order(evolve(KEY, buyer_party=party)) for party in ("a", "b")]
        other = purchase_order(evolve(KEY, purchase_order_id="PO-2"), accepted_at=NOW + second)
        with storage.begin() as unit:
            for record in (old, *reversed(tied), other):
                unit.purchase_orders.add(record)
        with storage.begin() as unit:
            assert list(unit.purchase_orders.by_id("PO-1")) == [*tied, old]
            assert list(unit.purchase_orders.by_id("none")) == []
            assert list(unit.purchase_orders.all()) == [old, *tied, other]
            several = unit.purchase_orders.by_ids(["PO-2", "none", "PO-1"])
            assert {one: list(found) for one, found in several.items()} == {
                "PO-1": [*tied, old],
                "PO-2": [other],
            }
            assert unit.purchase_orders.by_ids([]) == {}

    @pytest.mark.spec("INT-4")
    def test_receipt_01_is_booked_once(self, storage: Any) -> None:
        other = PurchaseOrderKey(buyer_party="other", purchase_order_id="PO-1")
        with storage.begin() as unit:
            assert unit.receipts.received(KEY, "1") is None
            assert unit.receipts.add(receipt(), KEY) is True
            assert unit.receipts.add(receipt("R-2", 3), KEY) is True
            assert unit.receipts.add(receipt("R-3", 0, "2"), KEY) is True
            assert unit.receipts.add(receipt("R-4", 9), other) is True
        with storage.begin() as unit:
            assert unit.receipts.add(receipt("R-1", 100), KEY) is False
            assert unit.receipts.received(KEY, "1") == 4 + 3
            assert unit.receipts.received(KEY, "2") == 0
            assert unit.receipts.received(KEY, "3") is None
            assert unit.receipts.received(evolve(KEY, issue_year=0), "1") is None
            known = unit.receipts.received_of([KEY.purchase_order_id, "none"])
            assert {line: units for (key, line), units in known.items() if key == KEY} == {"1": 4 + 3, "2": 0}
            assert unit.receipts.received_of(["none"]) == {}

    @pytest.mark.spec("INT-3")
    def test_budget_01_is_replaced_and_keeps_its_balances(self, storage: Any) -> None:
        with storage.begin() as unit:
            assert unit.budgets.balance(*_BUDGET) is None
            assert unit.budgets.has_budget(*_BUDGET) is False
            unit.budgets.move([move()])
            assert unit.budgets.balance(*_BUDGET) == _balance(0, encumbrance=100)
            assert unit.budgets.has_budget(*_BUDGET) is False
            unit.budgets.put([_budget(500)])
            unit.budgets.put([_budget(700)])
        with storage.begin() as unit:
            assert unit.budgets.has_budget(*_BUDGET) is True
            assert unit.budgets.balance(*_BUDGET) == _balance(700, encumbrance=100)
            assert unit.budgets.balance("A-10", "2026-04", "USD") is None
            assert unit.budgets.has_budget("A-10", "2026-05", "JPY") is False

    @pytest.mark.spec("INT-3")
    def test_budget_02_a_move_is_made_once(self, storage: Any) -> None:
        with storage.begin() as unit:
            assert unit.budgets.move([move("a"), move("b"), move("a")]) == len("ab")
            assert unit.budgets.move([]) == 0
        with storage.begin() as unit:
            assert unit.budgets.move([move("b", encumbrance=5), move("c", encumbrance=-30)]) == 1
            assert unit.budgets.balance(*_BUDGET) == _balance(encumbrance=170)

    @pytest.mark.spec("INT-3")
    def test_budget_03_moves_of_a_purchase_order_as_made(self, storage: Any) -> None:
        made = [move("z"), move("a", actual=5, at=NOW - timedelta(days=1)), move("m", pre_encumbrance=-5)]
        with storage.begin() as unit:
            unit.budgets.move([made[0], move("other", purchase_order="PO-9")])
            unit.budgets.move(made[1:])
        with storage.begin() as unit:
            assert list(unit.budgets.moves(str(KEY))) == made
            assert list(unit.budgets.moves("none")) == []

    @pytest.mark.spec("INT-3")
    def test_budget_04_balances_by_department_period_and_currency(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.budgets.put([_budget(1, "B"), _budget(2, "A", "2026-05"), _budget(3, "A", currency="USD")])
            unit.budgets.move([move(department="A")])
        found = stored(storage, lambda unit: list(unit.budgets.balances()))
        assert [(one.department, one.period, one.currency, one.budget) for one in found] == [
            ("A", "2026-04", "JPY", 0),
            ("A", "2026-04", "USD", 3),
            ("A", "2026-05", "JPY", 2),
            ("B", "2026-04", "JPY", 1),
        ]

    @pytest.mark.spec("INT-3")
    def test_budget_07_what_is_open_in_a_budget(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.budgets.move(
                [
                    move("a", purchase_order="PO-2", encumbrance=5),
                    # two lines that add up to nothing are open all the same
                    move("b", purchase_order="PO-1", encumbrance=5),
                    move("c", purchase_order="PO-1", line_id="2", encumbrance=-5),
                    move("d", purchase_order="PO-3", encumbrance=5),
                    move("e", purchase_order="PO-3", encumbrance=-5, actual=5),
                    move("f", purchase_order="PO-4", encumbrance=5, period="2026-05"),
                    move("g", purchase_order="PO-5", encumbrance=0, pre_encumbrance=5),
                ]
            )
        found = stored(storage, lambda unit: list(unit.budgets.open_documents(*_BUDGET)))
        assert found == ["PO-1", "PO-2", "PO-5"]

    @pytest.mark.spec("INT-3")
    def test_requisition_01_is_replaced_with_its_lines(self, storage: Any) -> None:
        first = requisition("R-1")
        with storage.begin() as unit:
            assert unit.requisitions.get(first.buyer_party, "R-1") is None
            unit.requisitions.put(first)
            unit.requisitions.put(requisition("R-0", terms=None))
            unit.requisitions.put(requisition("R-1", buyer_party="0188:2"))
        changed = evolve(first, cancelled=True, lines=first.lines[:1])
        stored(storage, lambda unit: unit.requisitions.put(changed))
        with storage.begin() as unit:
            assert unit.requisitions.get(first.buyer_party, "R-1") == changed
            assert [
                (one.buyer_party, one.requisition_id, len(one.lines)) for one in unit.requisitions.all()
            ] == [
                (first.buyer_party, "R-0", 2),
                (first.buyer_party, "R-1", 1),
                ("0188:2", "R-1", 2),
            ]

    @pytest.mark.spec("INT-3")
    def test_requisition_02_purchase_orders_that_take_one_over(self, storage: Any) -> None:
        naming = purchase_line("1", requisition_id="R-1", requisition_line_id="3")
        records = [
            purchase_order(evolve(KEY, purchase_order_id="PO-1"), lines=(naming, purchase_line("2"))),
            purchase_order(
                evolve(KEY, purchase_order_id="PO-2"),
                lines=(naming, evolve(naming, line_id="2")),
                accepted_at=NOW + _DAY,
                terms=BudgetTerms(currency="JPY", rate=Decimal("162.5"), consumed_at=ConsumedAt.ORDER),
            ),
            purchase_order(evolve(KEY, purchase_order_id="PO-3")),
        ]
        with storage.begin() as unit:
            for record in records:
                unit.purchase_orders.add(record)
        with storage.begin() as unit:
            assert list(unit.purchase_orders.taking_over("R-1")) == [records[1], records[0]]
            assert list(unit.purchase_orders.taking_over("R-2")) == []

    @pytest.mark.spec("INT-3")
    def test_approval_01_is_replaced_by_stage_and_document(self, storage: Any) -> None:
        asked = BudgetApproval(
            stage=BudgetStage.ORDER,
            document="0188:1:PO-1",
            number="PO-1",
            state=ApprovalState.ASKED,
            reason="予算不足",
            asked_at=NOW,
        )
        later = evolve(asked, stage=BudgetStage.INVOICE, asked_at=NOW + _DAY)
        answered = evolve(asked, state=ApprovalState.APPROVED, decided_by="課長", decided_at=NOW)
        with storage.begin() as unit:
            for one in (later, asked, answered):
                unit.budget_approvals.put(one)
        with storage.begin() as unit:
            assert unit.budget_approvals.get(BudgetStage.ORDER, "0188:1:PO-1") == answered
            assert unit.budget_approvals.get(BudgetStage.REQUISITION, "0188:1:PO-1") is None
            assert list(unit.budget_approvals.all()) == [answered, later]

    @pytest.mark.spec("INT-3")
    @made_by_hypothesis
    @given(batches=st.lists(st.lists(_moves, max_size=6), max_size=4))
    def test_budget_05_a_balance_is_the_sum_of_its_moves(
        self, storage: Any, batches: list[list[LedgerMove]]
    ) -> None:
        # The storage outlives an example, so each has a period of its own.
        period = f"period-{next(_periods)}"
        first: dict[str, LedgerMove] = {}
        for made in batches:
            batch = [evolve(one, move_key=f"{period}-{one.move_key}", period=period) for one in made]
            new = {one.move_key for one in batch} - set(first)
            with storage.begin() as unit:
                assert unit.budgets.move(batch) == len(new)
            for one in batch:
                first.setdefault(one.move_key, one)
        for department in ("A-10", "B-20"):
            moves = [one for one in first.values() if one.department == department]
            with storage.begin() as unit:
                found = unit.budgets.balance(department, period, "JPY")
            assert (found is None) == (not moves)
            if found:
                assert found.pre_encumbrance == sum(one.pre_encumbrance for one in moves)
                assert found.encumbrance == sum(one.encumbrance for one in moves)
                assert found.actual == sum(one.actual for one in moves)

    @pytest.mark.spec("REL-3", "INT-3")
    def test_budget_06_threads_do_not_spend_it_twice(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.budgets.put([_budget(1_000)]))

        def reserve(name: str) -> None:
            for number in range(10):

                def spend(unit: Any, key: str = f"{name}-{number}") -> None:
                    balance = unit.budgets.balance(*_BUDGET)
                    if balance.available >= move().encumbrance:
                        unit.budgets.move([move(key)])

                run_unit(storage, spend, attempts=PATIENCE)

        at_once(*(lambda name=name: reserve(name) for name in "abcd"))
        assert stored(storage, lambda unit: unit.budgets.balance(*_BUDGET)).available == 0

    @pytest.mark.spec("INT-5")
    def test_watermark_01_is_replaced(self, storage: Any) -> None:
        first = Watermark(supplier="askul", feed="orders", cursor="abc", total=12)
        with storage.begin() as unit:
            assert unit.watermarks.get("askul", "orders") is None
            unit.watermarks.put(first)
            unit.watermarks.put(evolve(first, feed="invoices", total=None))
            assert unit.watermarks.get("askul", "orders") == first
            unit.watermarks.put(evolve(first, cursor="def"))
        with storage.begin() as unit:
            assert unit.watermarks.get("askul", "orders") == evolve(first, cursor="def")
            assert unit.watermarks.get("askul", "invoices") == evolve(first, feed="invoices", total=None)
            assert unit.watermarks.get("other", "orders") is None

    @pytest.mark.spec("INT-5")
    def test_watermark_02_says_how_the_list_is_read(self, storage: Any) -> None:
        again = Watermark(supplier="askul", feed="orders", cursor="", reading=Reading.AGAIN)
        with storage.begin() as unit:
            unit.watermarks.put(again)
        assert stored(storage, lambda unit: unit.watermarks.get("askul", "orders")) == again

    @pytest.mark.spec("INT-5")
    def test_sighting_01_unmet_is_what_is_stored_and_was_not_met(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_orders(
                "askul", [order_document(number) for number in ("O-1", "O-2", "O-3", "O-4")]
            )
            unit.history.put_orders("other", [order_document("O-9")])
            unit.sightings.add("askul", "orders", ["O-2", "O-7"])
            unit.sightings.add("askul", "orders", ["O-2"])
            unit.sightings.add("askul", "orders:backfill", ["O-1"])
            unit.sightings.add("other", "orders", ["O-3"])
            assert unit.sightings.count("askul", "orders") == 2
        with storage.begin() as unit:
            assert list(unit.sightings.unmet("askul", "orders", "orders", 9)) == ["O-1", "O-3", "O-4"]
            assert list(unit.sightings.unmet("askul", "orders", "orders", 2)) == ["O-1", "O-3"]
            assert list(unit.sightings.unmet("askul", "orders", "invoices", 9)) == []
            assert list(unit.sightings.unmet("askul", "orders", "credit_notes", 9)) == []
            assert list(unit.sightings.unmet("askul", "orders:backfill", "orders", 9)) == [
                "O-2",
                "O-3",
                "O-4",
            ]

    @pytest.mark.spec("INT-5")
    def test_sighting_02_is_discarded_and_cleared(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_orders("askul", [order_document("O-1")])
            unit.sightings.add("askul", "orders", ["O-1", "O-2", "O-3"])
            unit.sightings.add("askul", "orders:backfill", ["O-1"])
            unit.sightings.discard("askul", "orders", ["O-3", "O-8"])
            assert unit.sightings.count("askul", "orders") == 2
            unit.sightings.clear("askul", "orders")
        with storage.begin() as unit:
            assert unit.sightings.count("askul", "orders") == 0
            assert unit.sightings.count("askul", "orders:backfill") == 1
            assert list(unit.sightings.unmet("askul", "orders", "orders", 9)) == ["O-1"]

    @pytest.mark.spec("INT-6")
    def test_decision_01_is_kept_in_order(self, storage: Any) -> None:
        first = OutboxDecision(
            message_id="m-1",
            step=OutboxStep.HOLD,
            at=NOW,
            by="askul-connect",
            reason="old",
            was=OutboxState.PENDING,
        )
        second = evolve(first, step=OutboxStep.RESEND, by="花子", reason="still wanted", was=OutboxState.HELD)
        with storage.begin() as unit:
            unit.decisions.add(first)
            unit.decisions.add(evolve(first, message_id="m-2"))
            unit.decisions.add(second)
            assert list(unit.decisions.of("m-3")) == []
        with storage.begin() as unit:
            assert list(unit.decisions.of("m-1")) == [first, second]

    @pytest.mark.spec("INT-12")
    def test_lease_01_is_given_back_by_its_holder(self, storage: Any) -> None:
        lease = Lease(name="run", holder="a", expires_at=NOW)
        with storage.begin() as unit:
            assert unit.leases.get("run") is None
            unit.leases.put(evolve(lease, holder="b"))
            unit.leases.put(lease)
            unit.leases.remove("run", "b")
            unit.leases.remove("other", "a")
        with storage.begin() as unit:
            assert unit.leases.get("run") == lease
            unit.leases.remove("run", "a")
            assert unit.leases.get("run") is None


def _budget(amount: int, department: str = "A-10", period: str = "2026-04", currency: str = "JPY") -> Budget:
    return Budget(department=department, period=period, currency=currency, amount=amount)
