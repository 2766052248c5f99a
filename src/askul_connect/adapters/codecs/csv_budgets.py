"""The ERP's budgets as CSV."""

from __future__ import annotations

import re
from collections.abc import Mapping

from askul_connect.adapters.codecs.csv_table import Cells, configuration_table
from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.money import minor_from_text
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import ConfigurationError, ValueInvalid

COLUMNS = ("department", "period", "currency", "budget")

_PERIOD = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


class CsvBudgetReader:
    """Reads budgets: department, period (a month or a year), currency, amount in major units."""

    def read(self, files: Mapping[str, bytes]) -> tuple[Budget, ...]:
        """The budgets of all files.

        Args:
            files: Content by name.

        Raises:
            ConfigurationError: A file is no such table, a value is not accepted, or a budget is given twice.
        """
        budgets: list[Budget] = []
        seen: dict[tuple[str, str, str], str] = {}
        for name, data in files.items():
            findings = Findings(name)
            for row in configuration_table(data, name=name, columns=COLUMNS):
                if findings.full:
                    break
                cells = Cells(row, findings, report_as=ConfigurationError)
                budget = _budget(cells)
                key = (budget.department, budget.period, budget.currency)
                place = f"{name}, row {row.number}"
                if seen.setdefault(key, place) != place:
                    cells.note(ConfigurationError, f"the same budget is given in {seen[key]}", "department")
                budgets.append(budget)
            if findings:
                raise findings.error()
        return tuple(budgets)


def _budget(cells: Cells) -> Budget:
    department = cells.text("department", required=True)
    period = cells.value("period", _period, default="")
    known: Currency | None = cells.value("currency", currency, default=None)
    text = cells.text("budget", required=True)
    amount = 0
    if known is not None and text:
        amount = cells.value("budget", lambda written: _amount(written, known), default=0)
    return Budget(department=department, period=period, currency=known.code if known else "", amount=amount)


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise ValueInvalid(f"a period is a month (2026-04) or a year (2026), not {text!r}")
    return text


def _amount(text: str, of: Currency) -> int:
    amount = minor_from_text(text, of)
    if amount < 0:
        raise ValueInvalid(f"a budget is zero or more, not {text}")
    return amount
