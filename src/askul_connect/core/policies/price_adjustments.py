"""What a further rule of prices may propose (PRC-1)."""

from __future__ import annotations

from askul_connect.core.domain.price_adjustments import (
    EXPLANATION_LENGTH,
    MOST_ADDED_PERCENT,
    AdjustmentFacts,
    ProposedAdjustment,
)


def proposal_fault(facts: AdjustmentFacts, proposed: object) -> str:
    """What is wrong with a rule's answer, empty when nothing is.

    Args:
        facts: What it was asked about.
        proposed: Whatever it returned.
    """
    if not isinstance(proposed, (list, tuple)):
        return f"it returned {type(proposed).__name__}, wanted is a list or tuple of ProposedAdjustment"
    left = {line.line.line_id: line.after for line in facts.lines}
    added = dict.fromkeys(left, 0)
    for one in proposed:
        if not isinstance(one, ProposedAdjustment):
            return f"it returned a {type(one).__name__}, wanted is a ProposedAdjustment"
        if fault := _fault(one, left, added):
            return fault
    return ""


def _fault(one: ProposedAdjustment, left: dict[str, int], added: dict[str, int]) -> str:
    if type(one.line_id) is not str or one.line_id not in left:
        return f"there is no line {one.line_id!r} in the cart"
    if type(one.net) is not int:
        return f"it adds {one.net!r} to line {one.line_id!r}; wanted is an integer of minor units"
    if type(one.explanation) is not str or not 1 <= len(one.explanation.strip()) <= EXPLANATION_LENGTH:
        return (
            f"what it adds to line {one.line_id!r} has no explanation of 1 to {EXPLANATION_LENGTH} characters"
        )
    if one.net > 0:
        added[one.line_id] += one.net
        most = left[one.line_id] * MOST_ADDED_PERCENT // 100
        if added[one.line_id] > most:
            return f"it adds {added[one.line_id]} to line {one.line_id!r}; at most {most} may be added"
    else:
        left[one.line_id] += one.net
        if left[one.line_id] < 0:
            return f"it takes more off line {one.line_id!r} than the line costs"
    return ""
