"""How much of a shipment is given back for what came back of it, exactly (BIL-3).

Amounts are differences of one running sum rounded down, as where a shipment's part of an order is made
(:mod:`parts`), so however many returns there are, all of them together give back what was billed and not a yen more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import evolve, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, net_of, part_of
from askul_connect.core.domain.credit_notes import ReducedLine
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.errors import OurError
from askul_connect.core.policies.pricing import totals


@frozen(kw_only=True)
class ExemptBelow:
    """Below which amount a return needs no qualified credit note, from a day on.

    Attributes:
        minor: Yen with tax; a return of exactly that much needs one.
    """

    first: date
    currency: str
    minor: int
    source: str


#: The rule counts a reduction as a whole, over all rates and lines of it.
EXEMPTIONS = (
    ExemptBelow(
        first=date(2023, 10, 1),
        currency="JPY",
        minor=10_000,
        source="Consumption Tax Act art. 57-4 (3), Enforcement Order art. 70-9 (3) ii",
    ),
)


def is_exempt(incl_tax: int, currency: str, on: date, rules: Sequence[ExemptBelow] = EXEMPTIONS) -> bool:
    """Whether a reduction needs no qualified credit note: it is still recorded and credited.

    Args:
        incl_tax: Of the whole reduction, minor units with tax.
        currency: Of the amount.
        on: The day of the return.
        rules: The dated rules.
    """
    in_force = [rule for rule in rules if rule.currency == currency and rule.first <= on]
    return bool(in_force) and incl_tax < max(in_force, key=lambda rule: rule.first).minor


def exempt_reductions(reduced: Sequence[ReducedLine], of: Currency, method: Rounding) -> frozenset[str]:
    """The ids of the reductions whose return is exempt as a whole.

    What comes back of one order on one day is one return: two hundred lines of a hundred yen are one of twenty
    thousand.
    """
    returns: dict[tuple[str, date], list[ReducedLine]] = {}
    for one in reduced:
        returns.setdefault((one.line.order_number, one.reduction.returned_on), []).append(one)
    exempt: set[str] = set()
    for (_, on), members in returns.items():
        sums = totals([entry for one in members for entry in one.taxed], of, method)
        if is_exempt(sums.incl_tax.minor, of.code, on):
            exempt |= {one.reduction.reduction_id for one in members}
    return frozenset(exempt)


def reduced_lines(lines: Sequence[ShippedLine], reductions: Iterable[Reduction]) -> tuple[ReducedLine, ...]:
    """What is given back for each reduction of one shipment.

    Charges of the order as a whole, such as shipping, stay: the goods were brought. Its allowances are taken back in
    proportion to the value that came back.

    Args:
        lines: Every shipped line of the shipment.
        reductions: All reductions of it, also those that are credited: what they took is not given back again.

    Raises:
        OurError: A reduction is of no line, or more came back than was shipped.
    """
    by_id = {line.line_id: line for line in lines}
    beside = [entry for line in lines for entry in line.order_allowances if not entry.charge]
    gone = dict.fromkeys(by_id, 0)
    made: list[ReducedLine] = []
    ordered = sorted(
        reductions, key=lambda one: (not one.credit_note_number, one.returned_on, one.reduction_id)
    )
    for one in ordered:
        line = by_id.get(one.line_id)
        if line is None or one.quantity <= 0 or gone[one.line_id] + one.quantity > line.quantity:
            raise OurError(f"reduction {one.reduction_id} takes more from a shipped line than there is")
        before, gone[one.line_id] = dict(gone), gone[one.line_id] + one.quantity
        made.append(
            ReducedLine(
                reduction=one,
                line=line,
                amount_excl_tax=_value(line, gone[one.line_id]) - _value(line, before[one.line_id]),
                allowances=_parts(line.allowances, before[one.line_id], one.quantity, line.quantity),
                taken_back=tuple(
                    part for entry in beside for part in _taken_back(entry, lines, before, gone)
                ),
            )
        )
    return tuple(made)


def _value(line: ShippedLine, units: int) -> int:
    """What the first units of a shipped line cost with their allowances and charges."""
    goods = line.amount_excl_tax - net_of(line.allowances)
    parts = _parts(line.allowances, 0, units, line.quantity)
    return divide(goods * units, line.quantity, Rounding.DOWN) + net_of(parts)


def _parts(
    entries: Iterable[AllowanceCharge], before: int, quantity: int, whole: int
) -> tuple[AllowanceCharge, ...]:
    return tuple(
        evolve(entry, amount=amount, percent=None, base_amount=None)
        for entry in entries
        if (amount := part_of(entry, before, quantity, whole))
    )


def _taken_back(
    entry: AllowanceCharge, lines: Sequence[ShippedLine], before: Mapping[str, int], after: Mapping[str, int]
) -> tuple[AllowanceCharge, ...]:
    """The part of an allowance of the order that belongs to what has just come back."""
    same = [line for line in lines if line.tax_category is entry.tax_category] or lines
    whole = sum(line.amount_excl_tax for line in same)
    if whole:
        first, last = (sum(_value(line, gone[line.line_id]) for line in same) for gone in (before, after))
    else:
        whole = sum(line.quantity for line in same)
        first, last = (sum(gone[line.line_id] for line in same) for gone in (before, after))
    return _parts((entry,), first, last - first, whole)
