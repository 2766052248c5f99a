"""So many percent off a category on configured weekdays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from attrs import frozen

from askul_connect import AdjustmentSettings, ConfigurationError, PriceAdjustmentKind, Toolkit, hookimpl
from askul_connect.core.domain.price_adjustments import AdjustmentFacts, ProposedAdjustment
from askul_connect.core.domain.rounding import Rounding, divide

__all__ = ["askul_connect_price_adjustments"]

#: As ``date.weekday`` counts them.
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ALL_OF_IT = 100
_KEYS = ("category", "weekdays", "percent", "explanation")


@frozen(kw_only=True)
class WeekdayDiscount:
    """Implements the ``PriceAdjuster`` port.

    Attributes:
        category: A path; items below it are meant too.
        weekdays: Days of the order, as ``date.weekday`` counts them.
        percent: A whole number.
        explanation: For the customer.
    """

    category: tuple[str, ...]
    weekdays: frozenset[int]
    percent: int
    explanation: str

    def adjust(self, facts: AdjustmentFacts) -> Sequence[ProposedAdjustment]:
        """The percentage off every line of the category, rounded down, when it is the day."""
        if facts.today.weekday() not in self.weekdays:
            return ()
        return [
            ProposedAdjustment(line_id=line.line.line_id, net=-off, explanation=self.explanation)
            for line in facts.lines
            if line.item.category[: len(self.category)] == self.category
            and (off := divide(line.after * self.percent, 100, Rounding.DOWN))
        ]


def _connect(_toolkit: Toolkit, settings: AdjustmentSettings) -> WeekdayDiscount:
    given = settings.options
    for name in given:
        if name not in _KEYS:
            raise ConfigurationError(
                f"{name!r} is unknown; accepted keys: {', '.join(_KEYS)}", where=settings.key
            )
    category, days, percent = (given.get(name) for name in ("category", "weekdays", "percent"))
    if not isinstance(category, str) or not category.strip("> "):
        _wrong(settings, "category", "accepted: a path such as '文具>ペン'")
    if not isinstance(days, list) or not days or any(day not in _DAYS for day in days):
        _wrong(settings, "weekdays", f"accepted: an array of {', '.join(_DAYS)}")
    if type(percent) is not int or not 1 <= percent <= _ALL_OF_IT:
        _wrong(settings, "percent", "accepted: a whole number from 1 to 100")
    explanation = given.get("explanation", f"曜日割引 {percent}%")
    if not isinstance(explanation, str) or not explanation.strip():
        _wrong(settings, "explanation", "accepted: a text")
    return WeekdayDiscount(
        category=tuple(part.strip() for part in category.split(">")),
        weekdays=frozenset(map(_DAYS.index, days)),
        percent=percent,
        explanation=explanation,
    )


def _wrong(settings: AdjustmentSettings, name: str, accepted: str) -> NoReturn:
    raise ConfigurationError(f"is {settings.options.get(name)!r}; {accepted}", where=f"{settings.key}.{name}")


@hookimpl
def askul_connect_price_adjustments() -> list[PriceAdjustmentKind]:
    """The one kind of rule of this plugin."""
    return [
        PriceAdjustmentKind(
            name="weekday-discount",
            summary="Percent off a category on configured weekdays.",
            connect=_connect,
        )
    ]
