"""Further rules of prices, which plugins may bring (PRC-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from attrs import field, frozen

from askul_connect.core.domain.price_adjustments import AdjustmentFacts, ProposedAdjustment


class PriceAdjuster(Protocol):
    """Takes something off a cart's lines, or adds to them, by a rule of its own.

    The answer depends on the facts alone: the same cart is priced again and again, by several threads at once and
    inside a transaction, so nothing is read, written or sent.
    """

    def adjust(self, facts: AdjustmentFacts) -> Sequence[ProposedAdjustment]:
        """What the rule proposes; nothing for a line it has nothing to say about."""
        ...


@frozen(kw_only=True)
class NamedAdjuster:
    """An adjuster, and the name that explains its amounts."""

    name: str
    adjuster: PriceAdjuster = field(repr=False)
