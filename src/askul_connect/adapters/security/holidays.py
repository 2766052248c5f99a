"""Public holidays of Japan, from jpholiday; none elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


#: The zone whose holidays are known.
JAPAN = "Asia/Tokyo"


class JapaneseHolidays:
    """The ``Holidays`` port: national holidays with their substitutes; not the supplier's own closures."""

    def is_holiday(self, day: date) -> bool:
        """Whether the day is a public holiday of Japan."""
        # It builds its whole calendar when it is imported.
        import jpholiday  # noqa: PLC0415

        return bool(jpholiday.is_holiday(day))


class NoHolidays:
    """The ``Holidays`` port where no calendar is known: only weekends are days off."""

    def is_holiday(self, day: date) -> bool:  # noqa: ARG002 -- the port's signature
        """Never."""
        return False
