"""A handling charge on lines that cost little (PRC-1)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from askul_connect.core.domain.price_adjustments import (
    MOST_ADDED_PERCENT,
    AdjustmentFacts,
    ProposedAdjustment,
)
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.errors import ConfigurationError
from askul_connect.plugins.connections import AdjustmentSettings


@frozen(kw_only=True)
class SmallLineCharge:
    """Implements the ``PriceAdjuster`` port: so many percent more on every line that costs less than an amount.

    Attributes:
        below: Minor units without tax.
        percent: A whole number, at most what may be added.
        explanation: For the customer.
    """

    below: int
    percent: int
    explanation: str

    def adjust(self, facts: AdjustmentFacts) -> Sequence[ProposedAdjustment]:
        """The charge of every small line, rounded down."""
        return [
            ProposedAdjustment(line_id=line.line.line_id, net=net, explanation=self.explanation)
            for line in facts.lines
            if line.after < self.below
            and (net := divide(line.after * min(self.percent, MOST_ADDED_PERCENT), 100, Rounding.DOWN))
        ]


_KEYS = ("below", "percent", "explanation")


def small_line_charge(settings: AdjustmentSettings) -> SmallLineCharge:
    """The rule of a table of the configuration.

    Raises:
        ConfigurationError: A key is missing, unknown or not accepted; names it.
    """
    for name in settings.options:
        if name not in _KEYS:
            raise ConfigurationError(
                f"{name!r} is unknown; accepted keys: {', '.join(_KEYS)}", where=settings.key
            )
    explanation = settings.options.get("explanation", "少額明細手数料")
    if not isinstance(explanation, str) or not explanation.strip():
        raise ConfigurationError("is blank or no text", where=f"{settings.key}.explanation")
    return SmallLineCharge(
        below=_integer(settings, "below", 10**12),
        percent=_integer(settings, "percent", MOST_ADDED_PERCENT),
        explanation=explanation,
    )


def _integer(settings: AdjustmentSettings, name: str, most: int) -> int:
    value = settings.options.get(name)
    if type(value) is not int or not 1 <= value <= most:
        raise ConfigurationError(
            f"is {value!r}; accepted: a whole number from 1 to {most}", where=f"{settings.key}.{name}"
        )
    return value
