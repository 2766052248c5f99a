"""What a line holds of its budget, from the facts known about it, and the moves that bring it there (INT-3).

Nothing here depends on the order in which facts came in, nor on how often: the same facts are always worth the same,
and the moves are the difference to what was moved before. A fact that is met again moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from json.encoder import encode_basestring as _text

from attrs import frozen

from askul_connect.core.domain.budget_terms import ConsumedAt
from askul_connect.core.domain.purchasing import LedgerMove, MoveKind
from askul_connect.core.domain.rounding import Rounding, divide

BudgetKey = tuple[str, str, str]
#: Of pre-encumbrance, encumbrance and actual.
Change = tuple[int, int, int]

_NOTHING: Change = (0, 0, 0)


@frozen(kw_only=True)
class OrderedPart:
    """What one order of the supplier has of a line, as it stands now.

    Attributes:
        units: All that were ordered, those cancelled since included.
        value: What all of them use of the budget.
        cancelled: Units that will never come: cancelled by either side, short shipped, rejected.
        shipped: Units that have left.
    """

    order_number: str
    units: int
    value: int
    cancelled: int = 0
    shipped: int = 0

    def worth(self, units: int) -> int:
        """What so many of its units use, rounded up."""
        return divide(self.value * units, self.units, Rounding.UP) if units else 0


@frozen(kw_only=True)
class BilledPart:
    """What one document bills of a line and has been booked: an invoice line, or a credit note's with less than 0.

    Attributes:
        units: Units of the order that need no longer be waited for. A credit note has 0 where goods came back or a
            price was corrected, and fewer than 0 where the same units are to be billed again.
        value: What it uses of the budget, signed.
    """

    order_number: str
    units: int
    value: int


@frozen(kw_only=True)
class LineFacts:
    """All that decides what one line holds.

    Attributes:
        reserved: What the buyer's own document says it uses.
        units: Units of the buyer's own document.
        waiting: No supplier has taken or refused it yet.
        closed: Nothing more is to come, whatever is still open.
        pending: What a change that no supplier has answered yet would use more.
    """

    units: int
    reserved: int
    waiting: bool = False
    closed: bool = False
    ordered: tuple[OrderedPart, ...] = ()
    billed: tuple[BilledPart, ...] = ()
    pending: int = 0


@frozen(kw_only=True)
class Holding:
    """What a line holds of its budget, minor units, and the units behind each kind of move."""

    pre_encumbrance: int = 0
    encumbrance: int = 0
    actual: int = 0
    reserved_units: int = 0
    ordered_units: int = 0
    cancelled_units: int = 0
    billed_units: int = 0

    @property
    def is_open(self) -> bool:
        """Whether something is reserved or encumbered."""
        return bool(self.pre_encumbrance or self.encumbrance)

    def units(self, kind: MoveKind) -> int:
        """The units that moves of a kind are about."""
        if kind is MoveKind.ACTUAL:
            return self.billed_units
        if kind is MoveKind.ENCUMBRANCE:
            return self.ordered_units
        return self.cancelled_units if kind is MoveKind.RELIEF else self.reserved_units


def holding_of(facts: LineFacts, consumed_at: ConsumedAt = ConsumedAt.INVOICE) -> Holding:
    """What a line should hold.

    A part of an order holds its value in proportion to the units that are neither cancelled nor billed, rounded up, so
    that what is open is never too low and a part that is wholly cancelled and billed holds exactly nothing.

    Args:
        facts: The facts of the line.
        consumed_at: From which document on a unit that is not billed yet is actual, at the order's value.
    """
    # bulk runs settle every line several times: plain loops
    held = actual = ordered_units = cancelled_units = billed_units = 0
    billed: dict[str, int] = {}
    for entry in facts.billed:
        billed[entry.order_number] = billed.get(entry.order_number, 0) + entry.units
        billed_units += entry.units
        actual += entry.value
    for part in facts.ordered:
        ordered_units += part.units
        cancelled_units += part.cancelled
        gone = billed.get(part.order_number, 0)
        left = min(max(part.units - part.cancelled - gone, 0), part.units)
        to_come = 0 if facts.closed else left
        used = 0
        if consumed_at is ConsumedAt.ORDER:
            used = to_come
        elif consumed_at is ConsumedAt.SHIPMENT:
            # what has left is billed, whatever is closed
            used = min(left, max(part.shipped - gone, 0))
        consumed = part.worth(used)
        actual += consumed
        if to_come > used:
            held += part.worth(to_come) - consumed
    return Holding(
        pre_encumbrance=0 if facts.closed else facts.pending + (facts.reserved if facts.waiting else 0),
        encumbrance=held,
        actual=actual,
        reserved_units=facts.units,
        ordered_units=ordered_units,
        cancelled_units=cancelled_units,
        billed_units=billed_units,
    )


@frozen(kw_only=True)
class Account:
    """The line of a document whose moves are summed, and the budget that it is charged to now.

    Attributes:
        document: The document's key as text.
        department, period, currency: The budget.
    """

    document: str
    line_id: str
    department: str
    period: str
    currency: str


def settlement(
    account: Account, holding: Holding, own: Sequence[LedgerMove], *, source: str, now: datetime
) -> list[LedgerMove]:
    """The moves after which a line holds what it should; none when it does already.

    What is open in another budget than the line's present one moves over as a pair; what was actual there stays.
    Each move's key counts the line's moves, so that of two writers who saw the same moves only one can append.

    Args:
        account: The line and its budget.
        holding: What it should hold.
        own: The line's moves so far.
        source: The document that caused it.
        now: When.
    """
    pre = held = actual = 0
    for move in own:
        if (
            move.period != account.period
            or move.department != account.department
            or move.currency != account.currency
        ):
            return _moved_over(account, holding, own, source, now)
        pre += move.pre_encumbrance
        held += move.encumbrance
        actual += move.actual
    change = (holding.pre_encumbrance - pre, holding.encumbrance - held, holding.actual - actual)
    if change == _NOTHING:
        return []
    here = (account.department, account.period, account.currency)
    return [_move(account, holding, here, change, own, source=source, now=now)]


def _moved_over(
    account: Account, holding: Holding, own: Sequence[LedgerMove], source: str, now: datetime
) -> list[LedgerMove]:
    """The same where some of the moves are in other budgets."""
    here = (account.department, account.period, account.currency)
    held: dict[BudgetKey, list[int]] = {here: [0, 0, 0]}
    for move in own:
        sums = held.setdefault((move.department, move.period, move.currency), [0, 0, 0])
        for place, moved in enumerate((move.pre_encumbrance, move.encumbrance, move.actual)):
            sums[place] += moved
    elsewhere = sum(sums[2] for budget, sums in held.items() if budget != here)
    wanted = (holding.pre_encumbrance, holding.encumbrance, holding.actual - elsewhere)
    made: list[LedgerMove] = []
    for budget in sorted(held, key=lambda each: (each == here, each)):
        before = held[budget]
        after = wanted if budget == here else (0, 0, before[2])
        change = (after[0] - before[0], after[1] - before[1], after[2] - before[2])
        if change != _NOTHING:
            made.append(_move(account, holding, budget, change, [*own, *made], source=source, now=now))
    return made


def _move(
    account: Account,
    holding: Holding,
    budget: BudgetKey,
    change: Change,
    moves: Sequence[LedgerMove],
    *,
    source: str,
    now: datetime,
) -> LedgerMove:
    kind = _kind(*change)
    department, period, currency = budget
    leaves = period != account.period or department != account.department or currency != account.currency
    return LedgerMove(
        # as JSON, so that no two lists of ids make one key
        move_key=f'["settled", {_text(account.document)}, {_text(account.line_id)}, {len(moves)}]',
        kind=kind,
        department=department,
        period=period,
        currency=currency,
        quantity=0 if leaves else _units(kind, holding, moves),
        pre_encumbrance=change[0],
        encumbrance=change[1],
        actual=change[2],
        source=source,
        purchase_order=account.document,
        line_id=account.line_id,
        at=now,
    )


def _kind(pre: int, open_value: int, actual: int) -> MoveKind:
    """What a change is for a reader: whatever it books last in a line's life."""
    if actual:
        return MoveKind.ACTUAL
    if open_value > 0:
        return MoveKind.ENCUMBRANCE
    return MoveKind.PRE_ENCUMBRANCE if pre > 0 else MoveKind.RELIEF


def _units(kind: MoveKind, holding: Holding, moves: Sequence[LedgerMove]) -> int:
    """Units that are new since the last move of that kind; a reservation is about all of its line's."""
    units = holding.units(kind)
    if kind is MoveKind.PRE_ENCUMBRANCE:
        return units
    return units - sum(move.quantity for move in moves if move.kind is kind)
