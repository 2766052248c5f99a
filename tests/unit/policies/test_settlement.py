"""The budget ledger: whatever happens in whatever order, it ends where a plain recount ends (INT-3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.core.domain.purchasing import BudgetBalance, LedgerMove, MoveKind
from askul_connect.core.policies.settlement import (
    Account,
    BilledPart,
    LineFacts,
    OrderedPart,
    holding_of,
    settlement,
)

NOW = datetime(2026, 4, 1, tzinfo=UTC)
#: Document and line with the separators of other keys in them.
LINES = (("PO", "1"), ("PO", "1:1"), ("PO:1", "1"))
BUDGETS = (("D1", "2026-04"), ("D2", "2026-04"), ("D1", "2026-05"))


@define
class Book:
    """Facts of some lines, and the ledger that is settled from them."""

    facts: dict[tuple[str, str], LineFacts] = field(factory=dict)
    charged: dict[tuple[str, str], tuple[str, str]] = field(factory=dict)
    storage: Any = field(factory=buyer_memory)

    def account(self, key: tuple[str, str]) -> Account:
        department, period = self.charged[key]
        document, line_id = key
        return Account(
            document=document, line_id=line_id, department=department, period=period, currency="JPY"
        )

    def settle(self, key: tuple[str, str]) -> list[LedgerMove]:
        with self.storage.begin() as unit:
            moves = [move for move in unit.budgets.moves(key[0]) if move.line_id == key[1]]
            made = settlement(
                self.account(key), holding_of(self.facts[key]), moves, source="a document", now=NOW
            )
            assert unit.budgets.move(made) == len(made)
        return made

    def moves(self, document: str) -> list[LedgerMove]:
        with self.storage.begin() as unit:
            return list(unit.budgets.moves(document))

    def balances(self) -> dict[tuple[str, str], BudgetBalance]:
        with self.storage.begin() as unit:
            return {(one.department, one.period): one for one in unit.budgets.balances()}


def part(number: str, units: int, value: int) -> OrderedPart:
    return OrderedPart(order_number=number, units=units, value=value)


Event = Callable[[LineFacts], LineFacts]


@st.composite
def lives(draw: st.DrawFn) -> tuple[LineFacts, list[Event]]:
    """A line and the facts that come about it; each fact replaces what it is about, as a document does."""
    units = draw(st.integers(1, 30))
    amounts = st.integers(0, 99_999)
    start = LineFacts(units=units, reserved=draw(amounts), waiting=True)
    orders = [
        part(number, draw(st.integers(1, units)), draw(amounts))
        for number in draw(st.sampled_from([(), ("O-1",), ("O-1", "O-2")]))
    ]
    final = [evolve(one, cancelled=draw(st.integers(0, one.units))) for one in orders]
    billed = [
        BilledPart(
            order_number=one.order_number,
            units=draw(st.integers(0, one.units)),
            value=draw(amounts),
        )
        for one in orders
        for _ in range(draw(st.integers(0, 3)))
    ]
    credited = [
        evolve(one, units=draw(st.sampled_from([0, -one.units])), value=-one.value)
        for one in billed
        if draw(st.booleans())
    ]
    events: list[Event] = [
        lambda facts: evolve(facts, waiting=False, ordered=tuple(final)),
        lambda facts: evolve(facts, billed=(*billed, *credited)),
    ]
    if draw(st.booleans()):
        closed = draw(st.booleans())
        events.append(lambda facts: evolve(facts, closed=closed))
    if draw(st.booleans()):
        changed, worth = draw(st.integers(1, 30)), draw(amounts)
        events.append(lambda facts: evolve(facts, units=changed, reserved=worth))
    return start, events


def recount(facts: LineFacts) -> tuple[int, int, int]:
    """Without any ledger: what is waiting, what is open, what was billed."""
    left = Fraction(0)
    for one in facts.ordered:
        gone = one.cancelled + sum(b.units for b in facts.billed if b.order_number == one.order_number)
        share = Fraction(one.value * min(max(one.units - gone, 0), one.units), one.units)
        left += ceil(share)
    return (
        0 if facts.closed or not facts.waiting else facts.reserved,
        0 if facts.closed else int(left),
        sum(one.value for one in facts.billed),
    )


@pytest.mark.spec("INT-3")
@given(st.data())
def test_any_order_of_facts_with_replays_ends_where_a_recount_ends(data: st.DataObject) -> None:
    book = Book()
    script: list[tuple[tuple[str, str], Event]] = []
    for key in LINES:
        book.facts[key], events = data.draw(lives())
        book.charged[key] = data.draw(st.sampled_from(BUDGETS))
        book.settle(key)
        script += [(key, event) for event in events]
    again = data.draw(st.lists(st.sampled_from(script), max_size=5))
    for key, event in [*data.draw(st.permutations(script)), *again]:
        book.facts[key] = event(book.facts[key])
        book.settle(key)
        # replayed at once
        assert book.settle(key) == []

    balances = book.balances()
    for budget in BUDGETS:
        found = balances.get(budget)
        held = (found.pre_encumbrance, found.encumbrance, found.actual) if found else (0, 0, 0)
        lines = [recount(book.facts[key]) for key in LINES if book.charged[key] == budget]
        assert held == tuple(sum(line[place] for line in lines) for place in range(3))


@pytest.mark.spec("INT-3")
@given(st.data())
def test_a_line_that_moves_to_another_budget_takes_what_is_open_and_leaves_what_is_spent(
    data: st.DataObject,
) -> None:
    book, key = Book(), LINES[0]
    start, events = data.draw(lives())
    book.facts[key], book.charged[key] = start, BUDGETS[0]
    for event in data.draw(st.permutations(events)):
        book.settle(key)
        book.facts[key] = event(book.facts[key])
    book.settle(key)
    before = book.balances().get(BUDGETS[0])
    book.charged[key] = BUDGETS[2]
    moved = book.settle(key)

    pre, held, actual = recount(book.facts[key])
    balances = book.balances()
    assert sum(one.actual for one in balances.values()) == actual
    if pre or held:
        old, new = balances[BUDGETS[0]], balances[BUDGETS[2]]
        assert before is not None
        assert (old.pre_encumbrance, old.encumbrance, old.actual) == (0, 0, before.actual)
        assert (new.pre_encumbrance, new.encumbrance, new.actual) == (pre, held, 0)
        assert [
            sum(getattr(move, name) for move in moved) for name in ("pre_encumbrance", "encumbrance")
        ] == [
            0,
            0,
        ]
    assert book.settle(key) == []


def life(*steps: LineFacts) -> list[list[tuple[str, int, int, int, int]]]:
    book, key = Book(), LINES[0]
    book.charged[key] = BUDGETS[0]
    made = []
    for facts in steps:
        book.facts[key] = facts
        made.append(
            [
                (move.kind.value, move.quantity, move.pre_encumbrance, move.encumbrance, move.actual)
                for move in book.settle(key)
            ]
        )
    return made


@pytest.mark.spec("INT-3")
def test_the_four_moves_of_a_line() -> None:
    waiting = LineFacts(units=10, reserved=1_000, waiting=True)
    placed = evolve(waiting, waiting=False, ordered=(part("O", 10, 1_005),))
    short = evolve(placed, ordered=(evolve(placed.ordered[0], cancelled=3),))
    billed = evolve(short, billed=(BilledPart(order_number="O", units=7, value=700),))
    credit = BilledPart(order_number="O", units=0, value=-100)
    assert life(waiting, placed, short, billed, evolve(billed, billed=(*billed.billed, credit))) == [
        [("pre_encumbrance", 10, 1_000, 0, 0)],
        [("encumbrance", 10, -1_000, 1_005, 0)],
        # 703.5 are open, and rounded up
        [("relief", 3, 0, -301, 0)],
        [("actual", 7, 0, -704, 700)],
        [("actual", 0, 0, 0, -100)],
    ]


@pytest.mark.spec("INT-3")
def test_an_invoice_that_is_taken_back_is_waited_for_again() -> None:
    placed = LineFacts(units=2, reserved=0, ordered=(part("O", 2, 200),))
    wrong = BilledPart(order_number="O", units=2, value=300)
    billed = evolve(placed, billed=(wrong,))
    withdrawn = evolve(placed, billed=(wrong, evolve(wrong, units=-2, value=-300)))
    assert life(placed, billed, withdrawn)[-1] == [("actual", -2, 0, 200, -300)]


@pytest.mark.spec("INT-3")
def test_what_is_closed_holds_only_what_was_billed_and_holds_the_rest_again_when_reopened() -> None:
    placed = LineFacts(units=4, reserved=0, ordered=(part("O", 4, 400),))
    billed = evolve(placed, billed=(BilledPart(order_number="O", units=1, value=100),))
    closed = evolve(billed, closed=True)
    assert life(billed, closed, billed) == [
        [("actual", 1, 0, 300, 100)],
        [("relief", 0, 0, -300, 0)],
        [("encumbrance", 4, 0, 300, 0)],
    ]


@pytest.mark.spec("INT-3")
def test_more_billed_than_ordered_holds_nothing_more() -> None:
    facts = LineFacts(
        units=2,
        reserved=0,
        ordered=(part("O", 2, 200),),
        billed=(BilledPart(order_number="O", units=3, value=300),),
    )
    assert holding_of(facts).encumbrance == 0


@pytest.mark.spec("INT-3")
def test_two_writers_who_saw_the_same_moves_do_not_both_append() -> None:
    book, key = Book(), LINES[0]
    book.charged[key] = BUDGETS[0]
    seen = book.moves(key[0])
    waiting = LineFacts(units=1, reserved=100, waiting=True)
    twice = [
        settlement(book.account(key), holding_of(waiting), seen, source=source, now=NOW)
        for source in ("one", "other")
    ]
    with book.storage.begin() as unit:
        assert [unit.budgets.move(made) for made in twice] == [1, 0]
    assert book.balances()[BUDGETS[0]].pre_encumbrance == 100


@pytest.mark.spec("INT-3")
def test_moves_of_yesterdays_kind_are_counted_like_any_other() -> None:
    book, key = Book(), LINES[0]
    book.charged[key] = BUDGETS[0]
    book.facts[key] = LineFacts(units=3, reserved=0, ordered=(part("O", 3, 100),))
    [made] = book.settle(key)
    old = evolve(
        made, move_key='["relief","PO","1","O:1"]', kind=MoveKind.RELIEF, encumbrance=-33, quantity=1
    )
    with book.storage.begin() as unit:
        unit.budgets.move([old])
    book.facts[key] = evolve(
        book.facts[key],
        billed=(BilledPart(order_number="O", units=2, value=66),),
        ordered=(OrderedPart(order_number="O", units=3, value=100, cancelled=1),),
    )
    book.settle(key)
    assert recount(book.facts[key]) == (0, 0, 66)
    balance = book.balances()[BUDGETS[0]]
    assert (balance.pre_encumbrance, balance.encumbrance, balance.actual) == (0, 0, 66)
