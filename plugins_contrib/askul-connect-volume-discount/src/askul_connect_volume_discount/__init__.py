"""So many percent off the items of a family, by how many of them are in the cart."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from askul_connect import AdjustmentSettings, ConfigurationError, PriceAdjustmentKind, Toolkit, hookimpl
from askul_connect.core.domain.price_adjustments import AdjustmentFacts, ProposedAdjustment
from askul_connect.core.domain.rounding import Rounding, divide

__all__ = ["askul_connect_price_adjustments"]

_KEYS = ("family", "steps")
_ALL_OF_IT = 100


@frozen(kw_only=True)
class VolumeDiscount:
    """Implements the ``PriceAdjuster`` port.

    Attributes:
        family: Whose variants count together.
        steps: From so many sales units on, so many percent; from the lowest to the highest.
    """

    family: str
    steps: tuple[tuple[int, int], ...]

    def adjust(self, facts: AdjustmentFacts) -> Sequence[ProposedAdjustment]:
        """The percentage of the highest step that is reached, off every line of the family, rounded down."""
        lines = [line for line in facts.lines if line.item.family == self.family]
        units = sum(line.line.quantity for line in lines)
        percent = max((percent for bound, percent in self.steps if units >= bound), default=0)
        explanation = f"{self.family}: {units}点で{percent}%割引"
        return [
            ProposedAdjustment(line_id=line.line.line_id, net=-off, explanation=explanation)
            for line in lines
            if (off := divide(line.after * percent, 100, Rounding.DOWN))
        ]


def _connect(_toolkit: Toolkit, settings: AdjustmentSettings) -> VolumeDiscount:
    given = settings.options
    for name in given:
        if name not in _KEYS:
            raise ConfigurationError(
                f"{name!r} is unknown; accepted keys: {', '.join(_KEYS)}", where=settings.key
            )
    family = given.get("family")
    if not isinstance(family, str) or not family.strip():
        raise ConfigurationError(
            "is missing, blank or no text; accepted: the family of the items", where=f"{settings.key}.family"
        )
    return VolumeDiscount(family=family, steps=_steps(given.get("steps"), f"{settings.key}.steps"))


def _steps(given: object, where: str) -> tuple[tuple[int, int], ...]:
    accepted = "an array of tables { from = UNITS, percent = 1 to 100 }, rising in both"
    found = []
    for step in given if isinstance(given, (list, tuple)) else ():
        bound, percent = (step.get("from"), step.get("percent")) if isinstance(step, dict) else (None, None)
        if type(bound) is not int or type(percent) is not int or bound < 1 or not 1 <= percent <= _ALL_OF_IT:
            raise ConfigurationError(f"{step!r} is no step; accepted: {accepted}", where=where)
        found.append((bound, percent))
    rising = sorted(set(found))
    if (
        not found
        or rising != found
        or sorted({percent for _, percent in found}) != [percent for _, percent in found]
    ):
        raise ConfigurationError(f"there are no such steps; accepted: {accepted}", where=where)
    return tuple(found)


@hookimpl
def askul_connect_price_adjustments() -> list[PriceAdjustmentKind]:
    """The one kind of rule of this plugin."""
    return [
        PriceAdjustmentKind(
            name="volume-discount",
            summary="Percent off a family of items by its quantity in the cart.",
            connect=_connect,
        )
    ]
