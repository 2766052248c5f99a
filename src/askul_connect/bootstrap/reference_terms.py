"""Where a reference supplier is at home: its currency, zone, tax table, terms and catalog, from its configuration."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from askul_connect.adapters.codecs.csv_catalog import read_catalog
from askul_connect.core.domain.allowances import AgreedTerm
from askul_connect.core.domain.catalog import Item, StockLevel
from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import JAPAN_CONSUMPTION_TAX, TaxCategory, TaxRate, TaxTable
from askul_connect.core.errors import AskulConnectError, ConfigurationError, UnknownCurrency
from askul_connect.settings.table import Table

_HOME = "JPY"
#: Rates without a first day apply to every order that may still come in.
_LONG_AGO = date(1900, 1, 1)


class TermKind(StrEnum):
    """What a term is about."""

    ALLOWANCE = "allowance"
    CHARGE = "charge"


class TermPlace(StrEnum):
    """Where an allowance or charge may stand."""

    BOTH = "both"
    LINES = "lines"
    ORDER = "order"


@frozen(kw_only=True)
class Home:
    """What a supplier's country and trade decide.

    Attributes:
        catalog: Its own items, None for the sample catalog.
    """

    currency: Currency
    zone: str
    tax_table: TaxTable
    tax_rounding: Rounding
    terms: tuple[AgreedTerm, ...]
    catalog: tuple[tuple[Item, StockLevel], ...] | None


def read_home(supplier: Table, directory: Path) -> Home:
    """Read the keys of a ``supplier`` table that say where it is at home and what it has agreed to."""
    code = supplier.text("currency", _HOME)
    try:
        known = currency(code)
    except UnknownCurrency as error:
        supplier.wrong("currency", error.detail)
        known = currency(_HOME)
    foreign = known.code != _HOME
    catalog = _catalog(supplier, directory, known)
    if foreign and not supplier.has("catalog"):
        supplier.wrong(
            "catalog", f"is missing; the sample catalog is in {_HOME}, a supplier in {code} has its own"
        )
    if foreign and not supplier.has("tax_rates"):
        supplier.wrong("tax_rates", f"is missing; a supplier in {code} has a tax table of its own")
    return Home(
        currency=known,
        zone=_zone(supplier),
        tax_table=_tax_table(supplier),
        tax_rounding=supplier.choice("tax_rounding", Rounding.DOWN),
        terms=tuple(term for entry in supplier.entries("terms") if (term := _term(entry)) is not None),
        catalog=catalog,
    )


def _zone(supplier: Table) -> str:
    name = supplier.text("zone", "Asia/Tokyo", accepted="an IANA zone such as 'Europe/Oslo'")
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        supplier.wrong("zone", f"{name!r} is no zone; accepted: an IANA zone such as 'Europe/Oslo'")
        return "Asia/Tokyo"
    return name


def _tax_table(supplier: Table) -> TaxTable:
    if not supplier.has("tax_rates"):
        return JAPAN_CONSUMPTION_TAX
    rates = []
    for entry in supplier.entries("tax_rates"):
        first = entry.value("valid_from", date, "a date", required=False)
        last = entry.value("valid_to", date, "a date", required=False)
        category = entry.choice("category", TaxCategory.STANDARD)
        if not entry.has("rate"):
            entry.wrong("rate", 'is missing; accepted: percent in quotes, such as "25"')
        rate = entry.decimal("rate", Decimal(0))
        entry.end()
        try:
            rates.append(
                TaxRate(
                    category=category,
                    rate=rate,
                    valid_from=first if isinstance(first, date) else _LONG_AGO,
                    valid_to=last if isinstance(last, date) else None,
                )
            )
        except AskulConnectError as error:
            entry.wrong("rate", error.detail)
    try:
        return TaxTable(tuple(rates))
    except AskulConnectError as error:
        supplier.wrong("tax_rates", error.detail)
        return JAPAN_CONSUMPTION_TAX


def _term(entry: Table) -> AgreedTerm | None:
    kind = entry.choice("kind", TermKind.ALLOWANCE)
    place = entry.choice("on", TermPlace.BOTH)
    code = entry.text("reason_code") if entry.has("reason_code") else ""
    reason = entry.text("reason") if entry.has("reason") else ""
    most = entry.decimal("at_most_percent", Decimal(100)) if entry.has("at_most_percent") else None
    entry.end()
    try:
        return AgreedTerm(
            charge=kind is TermKind.CHARGE,
            reason_code=code,
            reason=reason,
            most_percent=most,
            on_lines=place is not TermPlace.ORDER,
            on_order=place is not TermPlace.LINES,
        )
    except AskulConnectError as error:
        entry.wrong("reason_code", error.detail)
        return None


def _catalog(supplier: Table, directory: Path, of: Currency) -> tuple[tuple[Item, StockLevel], ...] | None:
    if not supplier.has("catalog"):
        return None
    name = supplier.text("catalog", required=True)
    path = directory / name
    try:
        return read_catalog(path.read_bytes(), name=name, of=of)
    except OSError as error:
        supplier.wrong("catalog", f"{path} cannot be read: {error.strerror}")
    except ConfigurationError as error:
        for problem in error.problems or (error,):
            where = getattr(problem, "where", "")
            supplier.wrong("catalog", f"{name}, {where}: {problem.detail}")
    return None
