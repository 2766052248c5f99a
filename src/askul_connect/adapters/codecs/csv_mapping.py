"""The integrator's mapping tables as CSV files."""

from __future__ import annotations

from collections import abc
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from askul_connect.adapters.codecs.csv_table import Cells, configuration_table
from askul_connect.adapters.codecs.values import WHOLE_PERCENT, iso_date, plain_decimal
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.mapping import Contract, ContractMatch, MappedDepartment, Mapping
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.domain.units import unit
from askul_connect.core.errors import ConfigurationError, ValueInvalid

#: File to its columns.
TABLES = {
    "parties.csv": ("party", "role", "supplier"),
    "items.csv": ("supplier", "item", "sku"),
    "units.csv": ("unit", "code"),
    "currency.csv": ("currency", "code"),
    "tax.csv": ("category", "rate", "tax_category"),
    "departments.csv": ("department", "code", "cost_centre"),
    "accounts.csv": ("department", "cost_centre", "account"),
    "routing.csv": ("match", "value", "supplier"),
    "rates.csv": ("currency", "budget_currency", "from", "rate"),
}
_ROLES = ("buyer", "seller")
_PAIR = ("currency", "budget_currency")

Key = TypeVar("Key")
Value = TypeVar("Value")


class CsvMappingReader:
    """Reads the mapping tables; a file that is missing is an empty table."""

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the files that are tables."""
        return tuple(TABLES)

    def read(self, files: abc.Mapping[str, bytes]) -> Mapping:
        """The tables.

        Args:
            files: Content by name.

        Raises:
            ConfigurationError: A file is no such table, a value is not accepted, or two rows contradict each
                other; all findings of the file are in its problems, by row and column, with the values that
                are accepted.
        """
        parties = _table(files, "parties.csv", _party)
        return Mapping(
            buyers=frozenset(party for (party, role) in parties if role == "buyer"),
            sellers={party: supplier for (party, role), supplier in parties.items() if role == "seller"},
            items=_table(files, "items.csv", _item),
            units=_table(files, "units.csv", _unit),
            currencies=_table(files, "currency.csv", _currency),
            taxes=_table(files, "tax.csv", _tax),
            departments=_table(files, "departments.csv", _department),
            accounts=_table(files, "accounts.csv", _account),
            contracts=tuple(
                Contract(match=match, value=value, supplier=supplier)
                for (match, value), supplier in _table(files, "routing.csv", _contract).items()
            ),
            rates=_table(files, "rates.csv", _exchange_rate),
        )


def _table(
    files: abc.Mapping[str, bytes], name: str, read: Callable[[Cells], tuple[Key, Value]]
) -> dict[Key, Value]:
    table: dict[Key, Value] = {}
    rows: dict[Key, int] = {}
    if name not in files:
        return table
    columns = TABLES[name]
    findings = Findings(f"mapping/{name}")
    for row in configuration_table(files[name], name=f"mapping/{name}", columns=columns):
        if findings.full:
            break
        cells = Cells(row, findings, report_as=ConfigurationError)
        key, value = read(cells)
        if table.setdefault(key, value) != value:
            cells.note(ConfigurationError, f"row {rows[key]} translates the same otherwise", columns[0])
        rows.setdefault(key, row.number)
    if findings:
        raise findings.error()
    return table


def _party(cells: Cells) -> tuple[tuple[str, str], str]:
    party = cells.text("party", required=True)
    role = cells.value("role", _role, default="")
    supplier = cells.text("supplier", required=role == "seller")
    return (party, role), supplier if role == "seller" else ""


def _role(text: str) -> str:
    if text not in _ROLES:
        raise ValueInvalid(f"a role is one of {', '.join(_ROLES)}, not {text!r}")
    return text


def _item(cells: Cells) -> tuple[tuple[str, str], str]:
    key = (cells.text("supplier", required=True), cells.text("item", required=True))
    return key, cells.text("sku", required=True)


def _unit(cells: Cells) -> tuple[str, str]:
    return cells.text("unit", required=True), cells.value("code", lambda text: unit(text).code, default="")


def _currency(cells: Cells) -> tuple[str, str]:
    code = cells.value("code", lambda text: currency(text).code, default="")
    return cells.text("currency", required=True), code


def _tax(cells: Cells) -> tuple[tuple[str, Decimal | None], TaxCategory]:
    category = cells.text("category", required=True)
    rate: Decimal | None = cells.value("rate", _rate, default=None, required=False)
    return (category, rate), cells.value("tax_category", _tax_category, default=TaxCategory.STANDARD)


def _rate(text: str) -> Decimal:
    rate = plain_decimal(text)
    if not 0 <= rate <= WHOLE_PERCENT:
        raise ValueInvalid(f"a rate is a percentage from 0 to 100, or empty for every rate, not {text!r}")
    return rate


def _tax_category(text: str) -> TaxCategory:
    try:
        return TaxCategory(text)
    except ValueError:
        raise ValueInvalid(f"a tax_category is one of {', '.join(TaxCategory)}, not {text!r}") from None


def _department(cells: Cells) -> tuple[str, MappedDepartment]:
    code = cells.text("code", required=True)
    return cells.text("department"), MappedDepartment(code=code, cost_centre=cells.text("cost_centre"))


def _contract(cells: Cells) -> tuple[tuple[ContractMatch, str], str]:
    match = cells.value("match", _contract_match, default=ContractMatch.ITEM)
    return (match, cells.text("value", required=True)), cells.text("supplier", required=True)


def _contract_match(text: str) -> ContractMatch:
    try:
        return ContractMatch(text)
    except ValueError:
        raise ValueInvalid(f"a match is one of {', '.join(ContractMatch)}, not {text!r}") from None


def _account(cells: Cells) -> tuple[tuple[str, str], str]:
    key = (cells.text("department"), cells.text("cost_centre"))
    return key, cells.text("account", required=True)


def _exchange_rate(cells: Cells) -> tuple[tuple[str, str, date], Decimal]:
    known = [cells.value(name, lambda text: currency(text).code, default="") for name in _PAIR]
    key = (known[0], known[1], cells.value("from", iso_date, default=date.min))
    return key, cells.value("rate", _positive, default=Decimal(1))


def _positive(text: str) -> Decimal:
    rate = plain_decimal(text)
    if rate <= 0:
        raise ValueInvalid(f"an exchange rate is above zero, not {text!r}")
    return rate
