"""Where, how fast and until when of the day a supplier delivers, as dated data (ORD-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

from attrs import Attribute, field, frozen

from askul_connect.core.errors import ValueInvalid

#: Noon: what is ordered in the morning leaves the same day.
NOON = time(12)
_MOST_DAYS = 60
_POSTCODE_DIGITS = 7


def _is_days(_instance: object, attribute: Attribute[int], days: int) -> None:
    if not 0 <= days <= _MOST_DAYS:
        raise ValueInvalid(f"{attribute.name} is from 0 to {_MOST_DAYS} business days, not {days}")


def _is_prefix(_instance: object, _attribute: Attribute[str], prefix: str) -> None:
    if len(prefix) > _POSTCODE_DIGITS or not (prefix == "" or (prefix.isascii() and prefix.isdigit())):
        raise ValueInvalid(f"a postcode begins with up to {_POSTCODE_DIGITS} ASCII digits, not {prefix!r}")


@frozen(kw_only=True)
class DeliveryArea:
    """One row of the region table.

    Attributes:
        postcodes: The first digits of the postcodes in it; empty for everywhere. The longest one that fits counts.
        days: Business days from dispatch to delivery; 0 for the same day.
        cutoff: Local time of day until which an order leaves that day; None for the supplier's own.
        valid_from, valid_to: First and last order date it applies to; no last day while none is known.
    """

    postcodes: str = field(default="", validator=_is_prefix)
    days: int = field(default=1, validator=_is_days)
    cutoff: time | None = None
    valid_from: date = date.min
    valid_to: date | None = None

    def __attrs_post_init__(self) -> None:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueInvalid(f"the area {self.postcodes or 'everywhere'} ends before {self.valid_from}")

    def covers(self, postcode: str, day: date) -> bool:
        """Whether a postcode of digits only lies in it on an order date."""
        in_time = self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
        return in_time and postcode.startswith(self.postcodes)


@frozen(kw_only=True)
class Closure:
    """Days on which the supplier neither dispatches nor delivers, beside weekends and public holidays."""

    first: date
    last: date
    reason: str = ""

    def __attrs_post_init__(self) -> None:
        if self.last < self.first:
            raise ValueInvalid(f"the closure of {self.first} ends before it begins, on {self.last}")


@frozen(kw_only=True)
class DeliveryTerms:
    """How a supplier delivers.

    Attributes:
        cutoff: Local time of day; what is ordered before it is of that day's business.
        areas: The region table; a postcode that is in none is not delivered to.
        closures: The supplier's own days off.
    """

    cutoff: time = NOON
    areas: tuple[DeliveryArea, ...] = (DeliveryArea(),)
    closures: tuple[Closure, ...] = ()

    def area(self, postcode: str, on: date) -> DeliveryArea | None:
        """The row for a postcode of digits only on an order date; None where nothing is delivered."""
        found = [one for one in self.areas if one.covers(postcode, on)]
        # of two rows with one prefix the later one counts: it was added to replace the other
        return max(found, key=lambda one: (len(one.postcodes), one.valid_from), default=None)

    def days_off(self, is_holiday: Callable[[date], bool]) -> Callable[[date], bool]:
        """Public holidays and the supplier's closures together."""
        if not self.closures:
            return is_holiday
        return lambda day: is_holiday(day) or any(one.first <= day <= one.last for one in self.closures)
