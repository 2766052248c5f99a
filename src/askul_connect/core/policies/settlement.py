"""What a line holds of its budget, from the facts known about it, and the moves that bring it there (INT-3).

Nothing here depends on the order in which facts came in, nor on how often: the same facts are always worth the same,
and the moves are the difference to what was moved before. A fact that is met again moves nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.purchasing import LedgerMove, MoveKind
from askul_connect.core.domain.rounding import Rounding, divide


@frozen(kw_only=True)
class OrderedPart:
    """What one order of the supplier has of a line, as it stands now.

    Attributes:
        units: All that were ordered, those cancelled since included.
        value: What all of them use of the budget.
        cancelled: Units that will never come: cancelled by either side, short shipped, rejected.
    """

    order_number: str
    units: int
    value: int
    cancelled: int = 0


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
    """

    units: int
    reserved: int
    waiting: bool = False
    closed: bool = False
    ordered: tuple[OrderedPart, ...] = ()
    billed: tuple[BilledPart, ...] = ()


@frozen(kw_only=True)
class Holding:
    """What a line holds of its budget, minor units, and the units behind each kind of move."""

    pre_encumbrance: int = 0
    encumbrance: int = 0
    actual: int = 0
    units: dict[MoveKind, int] = field(factory=dict)


def holding_of(facts: LineFacts) -> Holding:
    """What a line should hold.

    A part of an order holds its value in proportion to the units that are neither cancelled nor billed, rounded up, so
    that what is open is never too low and a part that is wholly cancelled and billed holds exactly nothing.
    """
    open_value = 0
    for part in facts.ordered:
        billed = sum(entry.units for entry in facts.billed if entry.order_number == part.order_number)
        left = min(max(part.units - part.cancelled - billed, 0), part.units)
        if left:
            open_value += divide(part.value * left, part.units, Rounding.UP)
    return Holding(
        pre_encumbrance=facts.reserved if facts.waiting and not facts.closed else 0,
        encumbrance=0 if facts.closed else open_value,
        actual=sum(entry.value for entry in facts.billed),
        units={
            MoveKind.PRE_ENCUMBRANCE: facts.units,
            MoveKind.ENCUMBRANCE: sum(part.units for part in facts.ordered),
            MoveKind.RELIEF: sum(part.cancelled for part in facts.ordered),
            MoveKind.ACTUAL: sum(entry.units for entry in facts.billed),
        },
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
    account: Account, holding: Holding, moves: Iterable[LedgerMove], *, source: str, now: datetime
) -> list[LedgerMove]:
    """The moves after which a line holds what it should; none when it does already.

    What is open in another budget than the line's present one moves over as a pair; what was actual there stays.
    Each move's key counts the line's moves, so that of two writers who saw the same moves only one can append.

    Args:
        account: The line and its budget.
        holding: What it should hold.
        moves: The document's moves so far.
        source: The document that caused it.
        now: When.
    """
    own = [move for move in moves if move.line_id == account.line_id]
    here = (account.department, account.period, account.currency)
    held: dict[tuple[str, str, str], list[int]] = {}
    for move in own:
        sums = held.setdefault((move.department, move.period, move.currency), [0, 0, 0])
        for place, change in enumerate((move.pre_encumbrance, move.encumbrance, move.actual)):
            sums[place] += change
    elsewhere = sum(sums[2] for budget, sums in held.items() if budget != here)
    wanted = {budget: (0, 0, sums[2]) for budget, sums in held.items()}
    wanted[here] = (holding.pre_encumbrance, holding.encumbrance, holding.actual - elsewhere)
    made: list[LedgerMove] = []
    for budget in sorted(wanted, key=lambda each: (each == here, each)):
        before = held.get(budget, [0, 0, 0])
        pre, open_value, actual = (want - had for want, had in zip(wanted[budget], before, strict=True))
        if not (pre or open_value or actual):
            continue
        kind = _kind(pre, open_value, actual)
        department, period, currency = budget
        made.append(
            LedgerMove(
                # as JSON, so that no two lists of ids make one key
                move_key=json.dumps(
                    ["settled", account.document, account.line_id, len(own) + len(made)], ensure_ascii=False
                ),
                kind=kind,
                department=department,
                period=period,
                currency=currency,
                quantity=_units(kind, holding, [*own, *made]) if budget == here else 0,
                pre_encumbrance=pre,
                encumbrance=open_value,
                actual=actual,
                source=source,
                purchase_order=account.document,
                line_id=account.line_id,
                at=now,
            )
        )
    return made


def _kind(pre: int, open_value: int, actual: int) -> MoveKind:
    """What a change is for a reader: whatever it books last in a line's life."""
    if actual:
        return MoveKind.ACTUAL
    if open_value > 0:
        return MoveKind.ENCUMBRANCE
    return MoveKind.PRE_ENCUMBRANCE if pre > 0 else MoveKind.RELIEF


def _units(kind: MoveKind, holding: Holding, moves: Sequence[LedgerMove]) -> int:
    """Units that are new since the last move of that kind; a reservation is about all of its line's."""
    units = holding.units.get(kind, 0)
    if kind is MoveKind.PRE_ENCUMBRANCE:
        return units
    return units - sum(move.quantity for move in moves if move.kind is kind)
