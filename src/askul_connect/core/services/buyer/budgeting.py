"""Budgets of the ERP, what goes over to a new period, and the recount of the ledger (INT-3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from attrs import evolve, frozen

from askul_connect.core.domain.purchasing import Budget, LedgerMove, PurchaseLine, PurchaseOrderRecord
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.policies.budget_periods import period_after_carry_over
from askul_connect.core.policies.settings import CarryOver
from askul_connect.core.policies.settlement import Holding
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.auditing import audit_ledger
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.settling import (
    holdings_of,
    requisition_holdings,
    settle,
    settle_requisition,
)
from askul_connect.core.services.units import run_unit

#: Source of the moves that a recount had to add.
RECOUNT = "recount"


def budgets_of_erp(desk: Desk) -> Sequence[Budget]:
    """The ERP's budgets, kept by what the settings say.

    Raises:
        ConfigurationError: They are kept by something else.
    """
    budgets = desk.erp.budgets()
    wanted = desk.rules.budgets.dimension
    for budget in budgets:
        if budget.dimension is not wanted:
            raise ConfigurationError(
                f"budgets are kept by {wanted.value}, but one of {budget.period} is given for the"
                f" {budget.dimension.value} {budget.department}; give them by {wanted.value}, or set"
                f" budgets.dimension to {budget.dimension.value!r}",
                where="budgets.dimension",
            )
    return budgets


def take_budgets(desk: Desk) -> None:
    """Take the budgets that the ERP gives out over.

    Raises:
        ConfigurationError: They are not accepted.
    """
    budgets = budgets_of_erp(desk)
    run_unit(desk.storage, lambda unit: unit.budgets.put(budgets))


def carry_over(desk: Desk, tally: Tally) -> None:
    """Let what is open in budgets of an earlier period go over to the present one, as the settings say.

    Each document's lines are charged to the present period from then on; the ledger moves what is open as a pair.
    What was actual stays where it was spent. A run that was killed goes on where it stopped.
    """
    if desk.rules.budgets.carry_over is CarryOver.NEVER:
        return
    for document in run_unit(desk.storage, lambda unit: _past_and_open(desk, unit)):

        def move_over(unit: BuyerUnitOfWork, document: str = document) -> list[LedgerMove]:
            return _carry(desk, unit, document)

        if run_unit(desk.storage, move_over):
            tally.changed = True
            desk.say("budget", f"{document}: what is open goes over to the present period")


def _past_and_open(desk: Desk, unit: BuyerUnitOfWork) -> Sequence[str]:
    found: set[str] = set()
    for balance in unit.budgets.balances():
        if (balance.pre_encumbrance or balance.encumbrance) and _present(desk, balance.period) != (
            balance.period
        ):
            found.update(unit.budgets.open_documents(balance.department, balance.period, balance.currency))
    return sorted(found)


def _present(desk: Desk, period: str) -> str:
    return period_after_carry_over(period, desk.today(), desk.rules.budgets)


def _carry(desk: Desk, unit: BuyerUnitOfWork, document: str) -> list[LedgerMove]:
    source = f"carry-over of {desk.today().isoformat()}"
    record = purchase_order_of(unit, document)
    if record is not None:
        holdings = holdings_of(desk, unit, record)
        moved = evolve(
            record,
            lines=tuple(
                evolve(line, period=_present(desk, line.period)) if holdings[line.line_id].is_open else line
                for line in record.lines
            ),
        )
        unit.purchase_orders.save(moved)
        return settle(desk, unit, moved, source=source)
    requisition = requisition_of(unit, document)
    if requisition is not None:
        lines = tuple(evolve(line, period=_present(desk, line.period)) for line in requisition.lines)
        changed = evolve(requisition, lines=lines)
        unit.requisitions.put(changed)
        return settle_requisition(desk, unit, changed, source=source)
    return []


def purchase_order_of(unit: BuyerUnitOfWork, document: str) -> PurchaseOrderRecord | None:
    """The purchase order that the ledger names so."""
    for part in document.split(":"):
        for record in unit.purchase_orders.by_id(unquote(part)):
            if str(record.key) == document:
                return record
    return None


def requisition_of(unit: BuyerUnitOfWork, document: str) -> Requisition | None:
    """The requisition that the ledger names so."""
    party, _, number = document.partition(":")[2].rpartition(":")
    found = unit.requisitions.get(party, unquote(number))
    return found if found is not None and found.key == document else None


@frozen(kw_only=True)
class RecountDifference:
    """A line whose moves do not add up to what its facts say, minor units.

    Attributes:
        document: Key of the purchase order or requisition.
        moved, counted: Pre-encumbrance, encumbrance and actual, by the moves and by the facts.
    """

    document: str
    line_id: str
    moved: tuple[int, int, int]
    counted: tuple[int, int, int]


@frozen(kw_only=True)
class Recount:
    """What a recount found.

    Attributes:
        documents, moves: How many were looked at.
        differences: Lines that hold something else than they should.
        balances: Budgets whose balances are not the sums of their moves, as texts.
        settled: Moves that were appended to put the lines right.
    """

    documents: int
    moves: int
    differences: tuple[RecountDifference, ...]
    balances: tuple[str, ...]
    settled: int = 0


def recount(desk: Desk, *, put_right: bool = False) -> Recount:
    """Count what every line should hold from the documents alone, and compare it with the sums of its moves.

    Args:
        desk: Whose ledger.
        put_right: Append the moves that are missing.
    """

    def count(unit: BuyerUnitOfWork) -> Recount:
        differences: list[RecountDifference] = []
        documents = moves = settled = 0
        for document, lines, holdings in _counted(desk, unit):
            documents += 1
            made = unit.budgets.moves(document)
            moves += len(made)
            differences += _differences(document, lines, holdings, made)
        if put_right and differences:
            settled = _put_right(desk, unit, {one.document for one in differences})
        return Recount(
            documents=documents,
            moves=moves,
            differences=tuple(differences),
            balances=tuple(audit_ledger(unit)),
            settled=settled,
        )

    return run_unit(desk.storage, count)


_Counted = tuple[str, Sequence[PurchaseLine] | Sequence[RequisitionLine], dict[str, Holding]]


def _counted(desk: Desk, unit: BuyerUnitOfWork) -> Iterator[_Counted]:
    for record in unit.purchase_orders.all():
        yield str(record.key), record.lines, holdings_of(desk, unit, record)
    for requisition in unit.requisitions.all():
        yield requisition.key, requisition.lines, requisition_holdings(desk, unit, requisition)


def _differences(
    document: str,
    lines: Sequence[PurchaseLine] | Sequence[RequisitionLine],
    holdings: dict[str, Holding],
    moves: Sequence[LedgerMove],
) -> Iterator[RecountDifference]:
    moved: dict[str, tuple[int, int, int]] = {line.line_id: (0, 0, 0) for line in lines}
    for move in moves:
        pre, held, actual = moved.get(move.line_id, (0, 0, 0))
        moved[move.line_id] = (
            pre + move.pre_encumbrance,
            held + move.encumbrance,
            actual + move.actual,
        )
    for line_id, sums in moved.items():
        wanted = holdings.get(line_id, Holding())
        counted = (wanted.pre_encumbrance, wanted.encumbrance, wanted.actual)
        if sums != counted:
            yield RecountDifference(document=document, line_id=line_id, moved=sums, counted=counted)


def _put_right(desk: Desk, unit: BuyerUnitOfWork, documents: set[str]) -> int:
    made: list[LedgerMove] = []
    for document in sorted(documents):
        record, requisition = purchase_order_of(unit, document), requisition_of(unit, document)
        if record is not None:
            made += settle(desk, unit, record, source=RECOUNT)
        elif requisition is not None:
            made += settle_requisition(desk, unit, requisition, source=RECOUNT)
    return len(made)
