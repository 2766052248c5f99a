"""The budget ledger: lines settled from their facts and appended, against bare inserts of the same rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from askul_connect.adapters.storage.sql import tables_buyer as tables
from askul_connect.core.domain.purchasing import LedgerMove
from askul_connect.core.policies.settlement import (
    Account,
    BilledPart,
    LineFacts,
    OrderedPart,
    holding_of,
    settlement,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage
from benchmarks import baseline_ledger
from benchmarks.bench_sync import Databases, sqlite_place
from benchmarks.contest import Contest, Side
from benchmarks.samples import START

ORDERS = 300
LINES = 20
TABLES = ("ledger_moves", "budgets")
REACH = 3.0


@frozen(kw_only=True)
class _Step:
    """What is known about the lines of one purchase order at a time."""

    document: str
    facts: Sequence[tuple[Account, LineFacts]]


def _steps(orders: int) -> Iterator[_Step]:
    """Each purchase order reserved, ordered, shipped short and billed, one after the other."""
    for number in range(orders):
        document = f"0188:1:PO-{number:06d}"
        lines = []
        for place in range(LINES):
            account = Account(
                document=document,
                line_id=str(place),
                department=f"D{place % 3}",
                period="2026-04",
                currency="JPY",
            )
            lines.append((account, 10 + place, 985 + 17 * place))
        waiting = [(a, LineFacts(units=units, reserved=worth, waiting=True)) for a, units, worth in lines]
        ordered = [
            (
                a,
                LineFacts(
                    units=units,
                    reserved=worth,
                    ordered=(OrderedPart(order_number=f"O-{number}", units=units, value=worth),),
                ),
            )
            for a, units, worth in lines
        ]
        short = [(a, evolve(facts, ordered=(evolve(facts.ordered[0], cancelled=2),))) for a, facts in ordered]
        billed = [
            (
                a,
                evolve(
                    facts,
                    billed=(BilledPart(order_number=f"O-{number}", units=facts.units - 2, value=900),),
                ),
            )
            for a, facts in short
        ]
        for facts in (waiting, ordered, short, billed):
            yield _Step(document=document, facts=facts)


def settle(storage: BuyerStorage, steps: Sequence[_Step]) -> None:
    """Our way: read what was moved, settle each line, append; a unit of work for each step."""
    for step in steps:
        with storage.begin() as unit:
            moves: dict[str, list[LedgerMove]] = defaultdict(list)
            for move in unit.budgets.moves(step.document):
                moves[move.line_id].append(move)
            made: list[LedgerMove] = []
            for account, facts in step.facts:
                made += settlement(
                    account, holding_of(facts), moves[account.line_id], source="a document", now=START
                )
            unit.budgets.move(made)


def _rows(steps: Sequence[_Step]) -> list[baseline_ledger.Booked]:
    """The rows that settling comes to."""
    moves: dict[tuple[str, str], list[LedgerMove]] = defaultdict(list)
    booked = []
    for step in steps:
        rows: list[Any] = []
        sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for account, facts in step.facts:
            own = moves[account.document, account.line_id]
            made = settlement(account, holding_of(facts), own, source="a document", now=START)
            own += made
            rows += map(tables.MOVE_ROWS.row, made)
            for move in made:
                total = sums[move.department, move.period, move.currency]
                total[0] += move.pre_encumbrance
                total[1] += move.encumbrance
                total[2] += move.actual
        booked.append((rows, [(*key, *total) for key, total in sorted(sums.items())]))
    return booked


def contests(folder: Path, *, orders: int = ORDERS) -> Iterator[Contest]:
    """Into SQLite."""
    place = sqlite_place(folder)
    databases = Databases(place, TABLES)
    steps = list(_steps(orders))
    rows = _rows(steps)

    def bare(store: Any) -> None:
        baseline_ledger.store(store.connection, rows)

    yield Contest(
        name=f"ledger, {orders * LINES * 4:,} moves settled from facts, {LINES} a commit, SQLite",
        against="executemany of the same rows",
        ours=Side(prepare=databases.ours, run=lambda storage: settle(storage, steps)),
        baseline=Side(prepare=databases.baseline, run=bare),
        check=lambda: databases.compare(lambda storage: settle(storage, steps), bare),
        close=databases.close,
        items=sum(len(moves) for moves, _ in rows),
        unit="move",
        reach=REACH,
    )
