"""Whether budgets have what a document needs, in sum and before anything is stored (INT-3)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.money import minor_to_text
from askul_connect.core.domain.purchasing import BudgetBalance, LedgerMove
from askul_connect.core.errors import BudgetExceeded, BudgetMissing
from askul_connect.core.policies.settings import MissingBudget, OverBudget
from askul_connect.core.policies.settlement import Account
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk

_WHOLE = 100

BudgetKey = tuple[str, str, str]


@frozen(kw_only=True)
class BudgetCheck:
    """What a check found.

    Attributes:
        available: What its budgets had together before, minor units; None without a budget.
        warnings: For the run's report.
        over: What is needed that is not available, where a person is to be asked.
    """

    available: int | None = None
    warnings: list[str] = field(factory=list)
    over: list[str] = field(factory=list)


def check_budgets(
    desk: Desk,
    unit: BuyerUnitOfWork,
    *,
    number: str,
    document: str,
    moves: Iterable[LedgerMove],
    accounts: Iterable[Account],
    action: OverBudget,
) -> BudgetCheck:
    """Check what a document will move, in sum for each budget, never line by line.

    Args:
        desk: Whose budgets.
        unit: Its balances are held until the end of the unit.
        number: The document's number, for a person.
        document: Its file.
        moves: What it will move; what it takes over from a requisition is among them, with the other sign.
        accounts: The budgets of its lines.
        action: What happens to one that is over.

    Raises:
        BudgetExceeded, BudgetMissing: The settings do not allow it; all budgets concerned are listed.
    """
    findings, found, available = Findings(document), BudgetCheck(), None
    for key, amount in sorted(_needed(moves, accounts).items()):
        balance = unit.budgets.balance(*key)
        if balance is None or not unit.budgets.has_budget(*key):
            if desk.rules.budgets.when_missing is MissingBudget.BLOCK and amount >= 0:
                findings.add(BudgetMissing, _missing(desk, key), where=desk.rules.budgets.dimension.value)
            continue
        available = (available or 0) + balance.available
        if amount <= max(balance.available, 0):
            found.warnings.extend(_threshold(desk, number, balance, amount))
            continue
        detail = _over(desk, number, balance, amount)
        if action is OverBudget.BLOCK:
            findings.add(BudgetExceeded, detail, where=desk.rules.budgets.dimension.value)
        elif action is not OverBudget.ALLOW:
            (found.over if action is OverBudget.ASK else found.warnings).append(detail)
    if findings:
        raise findings.error()
    return BudgetCheck(available=available, warnings=found.warnings, over=found.over)


def _needed(moves: Iterable[LedgerMove], accounts: Iterable[Account]) -> dict[BudgetKey, int]:
    needed = {(account.department, account.period, account.currency): 0 for account in accounts}
    for move in moves:
        key = (move.department, move.period, move.currency)
        needed[key] = needed.get(key, 0) + move.pre_encumbrance + move.encumbrance + move.actual
    return needed


def _named(desk: Desk, code: str) -> str:
    return f"{desk.rules.budgets.dimension.value.replace('_', ' ')} {code}"


def _missing(desk: Desk, key: BudgetKey) -> str:
    code, period, currency = key
    return f"{_named(desk, repr(code))} has no budget in {currency} for {period}"


def _over(desk: Desk, number: str, balance: BudgetBalance, amount: int) -> str:
    return (
        f"{number} needs {minor_to_text(amount, balance.currency)} {balance.currency}"
        f" of {_named(desk, balance.department)} in {balance.period}, available are"
        f" {minor_to_text(balance.available, balance.currency)}"
    )


def _threshold(desk: Desk, number: str, balance: BudgetBalance, amount: int) -> Iterable[str]:
    """A warning when this document takes a budget over the percentage that is to be told."""
    percent = desk.rules.budgets.warn_at_percent
    before = balance.budget - balance.available
    if amount > 0 and percent and before * _WHOLE < percent * balance.budget <= (before + amount) * _WHOLE:
        used = (before + amount) * _WHOLE // balance.budget
        yield (
            f"{number} takes {_named(desk, balance.department)} in {balance.period} to {used} % of its budget;"
            f" {minor_to_text(balance.available - amount, balance.currency)} {balance.currency} are left"
        )
