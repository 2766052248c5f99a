"""The budget ledger: whatever happens in whatever order, it ends where a plain recount ends (INT-3)."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.purchasing import (
    LedgerMove,
    PurchaseLine,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxTotal, tax_subtotals
from askul_connect.core.policies.budgeting import (
    OrderedLine,
    TaxedLine,
    actualise,
    commit,
    give_back,
    line_values,
    period_of_day,
    relieve,
    reserve,
    reserved_values,
)
from askul_connect.core.policies.settings import BudgetBasis, BudgetPeriod

NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAY = date(2026, 4, 1)
DEPARTMENTS = ("D1", "D2", "D:3")


def order(number: str, lines: tuple[PurchaseLine, ...]) -> PurchaseOrderRecord:
    return PurchaseOrderRecord(
        key=PurchaseOrderKey(buyer_party="0188:1", purchase_order_id=number),
        content_hash="",
        supplier="askul",
        currency="JPY",
        state=PurchaseOrderState.ACCEPTED,
        lines=lines,
        accepted_at=NOW,
        correlation_id="",
        document="a.csv",
    )


def line(line_id: str, quantity: int, price: Decimal, **changes: Any) -> PurchaseLine:
    made = PurchaseLine(
        line_id=line_id,
        sku="A",
        quantity=quantity,
        unit="EA",
        unit_price=price,
        amount_excl_tax=int(price * quantity),
        department="D1",
        cost_centre="",
        account="",
        requested_on=None,
        tax_category=None,
        period="2026-04",
    )
    return evolve(made, **changes)


prices = st.decimals("0", "9999", places=4) | st.decimals("0", "99999", places=0)
lines = st.builds(
    line,
    line_id=st.just(""),
    quantity=st.integers(1, 30),
    price=prices,
    department=st.sampled_from(DEPARTMENTS),
    tax_category=st.sampled_from([None, *TaxCategory]),
)


@define
class Plan:
    """What becomes of one purchase order."""

    record: PurchaseOrderRecord
    refusals: int
    dropped: frozenset[str]
    cancelled: dict[str, list[int]]
    invoiced: dict[str, list[int]]
    surcharge: int
    documents: list[Any] = field(factory=list)

    def units_left(self, one: PurchaseLine) -> int:
        gone = sum(self.cancelled[one.line_id]) + sum(self.invoiced[one.line_id])
        return 0 if one.line_id in self.dropped else one.quantity - gone


@st.composite
def plans(draw: st.DrawFn, number: str) -> Plan:
    made = draw(st.lists(lines, min_size=1, max_size=4))
    # ids with the separator of other keys in them
    record = order(number, tuple(evolve(one, line_id=f"{place}:1") for place, one in enumerate(made)))
    cancelled, invoiced = {}, {}
    for one in record.lines:
        left = one.quantity
        parts: dict[str, list[int]] = {"cancelled": [], "invoiced": []}
        for kind in draw(st.lists(st.sampled_from(sorted(parts)), max_size=5)):
            units = draw(st.integers(0, left))
            left -= units
            if units:
                parts[kind].append(units)
        if left and draw(st.booleans()):
            parts["invoiced"].append(left)
        cancelled[one.line_id], invoiced[one.line_id] = parts["cancelled"], parts["invoiced"]
    return Plan(
        record=record,
        refusals=draw(st.integers(0, 2)),
        dropped=frozenset(one.line_id for one in record.lines if draw(st.integers(0, 4)) == 0),
        cancelled=cancelled,
        invoiced=invoiced,
        surcharge=draw(st.integers(0, 3)),
    )


class Ledger:
    """The moves as the storage keeps them, and the documents that made them, to be sent again."""

    def __init__(self, basis: BudgetBasis) -> None:
        self.storage = buyer_memory()
        self.basis = basis

    def moves(self, record: PurchaseOrderRecord) -> list[LedgerMove]:
        with self.storage.begin() as unit:
            return list(unit.budgets.moves(str(record.key)))

    def put(self, moves: list[LedgerMove]) -> int:
        with self.storage.begin() as unit:
            return unit.budgets.move(moves)

    def balances(self) -> dict[str, tuple[int, int, int]]:
        with self.storage.begin() as unit:
            return {
                balance.department: (balance.pre_encumbrance, balance.encumbrance, balance.actual)
                for balance in unit.budgets.balances()
            }

    def accept(self, plan: Plan) -> None:
        values = reserved_values(plan.record.lines, JAPAN_CONSUMPTION_TAX, DAY, self.basis)
        self.put(reserve(plan.record, values, NOW))

    def refuse(self, plan: Plan) -> None:
        self.put(give_back(plan.record, self.moves(plan.record), NOW))

    def values(self, plan: Plan) -> dict[str, int]:
        """What the supplier's order uses: its own prices are a little higher."""
        taxed = [
            TaxedLine(
                line_id=one.line_id,
                amount_excl_tax=one.amount_excl_tax + plan.surcharge,
                category=one.tax_category or TaxCategory.REDUCED,
                rate=JAPAN_CONSUMPTION_TAX.rate(one.tax_category or TaxCategory.REDUCED, DAY).rate,
            )
            for one in plan.record.lines
            if one.line_id not in plan.dropped
        ]
        tax = tax_subtotals((one.category, one.rate, one.amount_excl_tax) for one in taxed)
        return line_values(taxed, tax, self.basis)

    def place(self, plan: Plan) -> None:
        taken = {
            one.line_id: OrderedLine(order_number="O", quantity=one.quantity, value=value)
            for one in plan.record.lines
            for line_id, value in self.values(plan).items()
            if line_id == one.line_id
        }
        self.put(commit(plan.record, self.moves(plan.record), taken, NOW))

    def cancel(self, plan: Plan, one: PurchaseLine, so_far: int) -> None:
        moves = self.moves(plan.record)
        self.put(relieve(plan.record, one, moves, order_number="O", cancelled=so_far, now=NOW))

    def invoice(self, plan: Plan, one: PurchaseLine, number: int, units: int) -> None:
        value = invoice_value(plan, one, units)
        move = actualise(
            plan.record,
            one,
            self.moves(plan.record),
            invoice_line=f"askul/I/{plan.record.key}/{one.line_id}/{number}",
            units=units,
            value=value,
            now=NOW,
        )
        self.put([move])


def invoice_value(plan: Plan, one: PurchaseLine, units: int) -> int:
    return int(one.unit_price * units) + plan.surcharge


def events(plan: Plan, ledger: Ledger) -> list[Any]:
    """Everything after the order was placed, in no order."""
    made: list[Any] = []
    for one in plan.record.lines:
        if one.line_id in plan.dropped:
            continue
        so_far = 0
        for units in plan.cancelled[one.line_id]:
            so_far += units
            made.append(lambda one=one, so_far=so_far: ledger.cancel(plan, one, so_far))
        for number, units in enumerate(plan.invoiced[one.line_id]):
            made.append(lambda one=one, n=number, units=units: ledger.invoice(plan, one, n, units))
    return made


@pytest.mark.spec("INT-3")
@given(st.data())
def test_any_sequence_with_replays_ends_where_a_recount_ends(data: st.DataObject) -> None:
    ledger = Ledger(data.draw(st.sampled_from(list(BudgetBasis))))
    drawn = [data.draw(plans(number)) for number in ("PO", "PO:0", "PO:0:1")]
    for plan in drawn:
        for attempt in range(1, plan.refusals + 1):
            plan.record = evolve(plan.record, attempt=attempt)
            ledger.accept(plan)
            ledger.refuse(plan)
        plan.record = evolve(plan.record, attempt=plan.refusals + 1)
        ledger.accept(plan)
    accepted = ledger.balances()
    assert all(held == (reserved_of(drawn, name, ledger.basis), 0, 0) for name, held in accepted.items())
    for plan in drawn:
        ledger.place(plan)
    script = [event for plan in drawn for event in events(plan, ledger)]
    for event in data.draw(st.permutations(script)):
        event()
    done = ledger.balances()

    # every document again, in another order
    again = [
        *script,
        *(lambda plan=plan: ledger.place(plan) for plan in drawn),
        *(lambda plan=plan: ledger.refuse(plan) for plan in drawn),
        *(lambda plan=plan: ledger.accept(plan) for plan in drawn),
    ]
    for event in data.draw(st.permutations(again)):
        event()
    assert ledger.balances() == done

    for department in DEPARTMENTS:
        held = done.get(department, (0, 0, 0))
        actual, least, most = recount(drawn, department, ledger)
        assert held[0] == 0
        assert least <= held[1] <= most
        assert held[2] == actual


def reserved_of(drawn: list[Plan], department: str, basis: BudgetBasis) -> int:
    return sum(
        reserved_values(plan.record.lines, JAPAN_CONSUMPTION_TAX, DAY, basis)[one.line_id]
        for plan in drawn
        for one in plan.record.lines
        if one.department == department
    )


def recount(drawn: list[Plan], department: str, ledger: Ledger) -> tuple[int, int, int]:
    """Actual exactly; the encumbrance between bounds that meet at zero where nothing is left."""
    actual = least = most = 0
    for plan in drawn:
        values = ledger.values(plan)
        for one in plan.record.lines:
            if one.department != department or one.line_id in plan.dropped:
                continue
            invoiced = plan.invoiced[one.line_id]
            actual += sum(invoice_value(plan, one, units) for units in invoiced)
            left = plan.units_left(one)
            share = values[one.line_id] * left // one.quantity
            steps = len(invoiced) + len(plan.cancelled[one.line_id]) + 1
            least += min(share, max(share - 1, 0)) if left else 0
            most += share + steps if left else 0
    return actual, least, most


@pytest.mark.spec("INT-3")
@given(plan=plans("PO"), basis=st.sampled_from(list(BudgetBasis)))
def test_what_is_fully_settled_holds_exactly_nothing(plan: Plan, basis: BudgetBasis) -> None:
    ledger = Ledger(basis)
    ledger.accept(plan)
    ledger.place(plan)
    for one in plan.record.lines:
        left = plan.units_left(one)
        if left:
            plan.invoiced[one.line_id].append(left)
    for event in reversed(events(plan, ledger)):
        event()
    per_line: dict[str, int] = defaultdict(int)
    for move in ledger.moves(plan.record):
        per_line[move.line_id] += move.pre_encumbrance + move.encumbrance
    assert set(per_line.values()) == {0}


@pytest.mark.spec("INT-3")
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from([8, 10])), min_size=1, max_size=8), st.data()
)
def test_the_values_of_a_documents_lines_add_up_to_its_total(
    drawn: list[tuple[int, int]], data: st.DataObject
) -> None:
    category = {8: TaxCategory.REDUCED, 10: TaxCategory.STANDARD}
    taxed = [
        TaxedLine(line_id=str(place), amount_excl_tax=amount, category=category[rate], rate=Decimal(rate))
        for place, (amount, rate) in enumerate(drawn)
    ]
    # the supplier rounds as it likes
    tax = [
        evolve(entry, tax=entry.tax + data.draw(st.integers(0, 1)))
        for entry in tax_subtotals((one.category, one.rate, one.amount_excl_tax) for one in taxed)
    ]
    values = line_values(taxed, tax, BudgetBasis.INCL_TAX)
    assert sum(values.values()) == sum(amount for amount, _ in drawn) + sum(entry.tax for entry in tax)
    assert line_values(taxed, tax, BudgetBasis.EXCL_TAX) == {
        one.line_id: one.amount_excl_tax for one in taxed
    }


def test_tax_on_nothing_is_borne_all_the_same() -> None:
    taxed = [
        TaxedLine(line_id=name, amount_excl_tax=0, category=TaxCategory.STANDARD, rate=Decimal(10))
        for name in "ab"
    ]
    tax = [TaxTotal(category=TaxCategory.STANDARD, rate=Decimal(10), taxable=0, tax=5)]
    assert sum(line_values(taxed, tax, BudgetBasis.INCL_TAX).values()) == 5


@pytest.mark.spec("INT-3")
def test_an_unstated_tax_category_reserves_never_too_little() -> None:
    unstated = reserved_values([line("1", 1, Decimal(100))], JAPAN_CONSUMPTION_TAX, DAY, BudgetBasis.INCL_TAX)
    stated = reserved_values(
        [line("1", 1, Decimal(100), tax_category=TaxCategory.REDUCED)],
        JAPAN_CONSUMPTION_TAX,
        DAY,
        BudgetBasis.INCL_TAX,
    )
    assert (unstated, stated) == ({"1": 110}, {"1": 108})


@pytest.mark.parametrize(("period", "wanted"), [(BudgetPeriod.MONTH, "2026-04"), (BudgetPeriod.YEAR, "2026")])
def test_periods(period: BudgetPeriod, wanted: str) -> None:
    assert period_of_day(date(2026, 4, 30), period) == wanted
