"""How a reference supplier delivers, from its configuration (ORD-4)."""

from __future__ import annotations

from datetime import date, time

from askul_connect.core.domain.delivery import NOON, Closure, DeliveryArea, DeliveryTerms
from askul_connect.core.errors import AskulConnectError
from askul_connect.settings.table import Table

_MOST_DAYS = 60
_TIME = "a local time such as 12:00:00"
_DATE = "a date such as 2026-12-29"


def read_delivery(supplier: Table) -> DeliveryTerms:
    """Read the table ``delivery`` of a supplier: cut-off, areas and closures."""
    table = supplier.table("delivery")
    cutoff = _time(table, "cutoff")
    closures = tuple(filter(None, map(_closure, table.entries("closures"))))
    areas = tuple(filter(None, map(_area, table.entries("areas"))))
    table.end()
    return DeliveryTerms(cutoff=cutoff or NOON, areas=areas or (DeliveryArea(),), closures=closures)


def _area(entry: Table) -> DeliveryArea | None:
    postcodes = entry.text("postcodes") if entry.has("postcodes") else ""
    days = entry.integer("days", 1, least=0, most=_MOST_DAYS)
    cutoff = _time(entry, "cutoff")
    first = _date(entry, "valid_from", required=False)
    last = _date(entry, "valid_to", required=False)
    entry.end()
    try:
        return DeliveryArea(
            postcodes=postcodes, days=days, cutoff=cutoff, valid_from=first or date.min, valid_to=last
        )
    except AskulConnectError as error:
        entry.wrong("postcodes", error.detail)
        return None


def _closure(entry: Table) -> Closure | None:
    first = _date(entry, "first", required=True)
    last = _date(entry, "last", required=False) or first
    reason = entry.text("reason") if entry.has("reason") else ""
    entry.end()
    if first is None or last is None:
        return None
    try:
        return Closure(first=first, last=last, reason=reason)
    except AskulConnectError as error:
        entry.wrong("last", error.detail)
        return None


def _time(table: Table, key: str) -> time | None:
    found = table.value(key, time, _TIME, required=False)
    return found if isinstance(found, time) else None


def _date(table: Table, key: str, *, required: bool) -> date | None:
    found = table.value(key, date, _DATE, required=required)
    return found if isinstance(found, date) else None
