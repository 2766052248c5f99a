"""The ERP's budgets as CSV."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping

from askul_connect.adapters.codecs.csv_table import Cells, configuration_table
from askul_connect.core.domain.budget_terms import BudgetDimension
from askul_connect.core.domain.currency import Currency, currency
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.money import minor_from_text
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import ConfigurationError, ValueInvalid

COLUMNS = ("department", "period", "currency", "budget")
_OTHERS = COLUMNS[1:]
_LONGEST_HEADER = 200

_PERIOD = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]|Q[1-4]|H[12]))?")


class CsvBudgetReader:
    """Reads budgets: department (or cost_centre, or account), period, currency, amount in major units."""

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
            dimension = _dimension(data)
            columns = (dimension.value, *_OTHERS)
            for row in configuration_table(data, name=name, columns=columns):
                if findings.full:
                    break
                cells = Cells(row, findings, report_as=ConfigurationError)
                budget = _budget(cells, dimension)
                key = (budget.department, budget.period, budget.currency)
                place = f"{name}, row {row.number}"
                if seen.setdefault(key, place) != place:
                    cells.note(ConfigurationError, f"the same budget is given in {seen[key]}", columns[0])
                budgets.append(budget)
            if findings:
                raise findings.error()
        return tuple(budgets)


def _dimension(data: bytes) -> BudgetDimension:
    """What the header says that the budgets are kept by; a header that is wrong is told as one of departments."""
    header = (
        data.removeprefix(codecs.BOM_UTF8).split(b"\n", 1)[0][:_LONGEST_HEADER].decode("ascii", "replace")
    )
    names = {name.strip() for name in header.split(",")}
    return next((one for one in BudgetDimension if one.value in names), BudgetDimension.DEPARTMENT)


def _budget(cells: Cells, dimension: BudgetDimension) -> Budget:
    department = cells.text(dimension.value, required=True)
    period = cells.value("period", _period, default="")
    known: Currency | None = cells.value("currency", currency, default=None)
    text = cells.text("budget", required=True)
    amount = 0
    if known is not None and text:
        amount = cells.value("budget", lambda written: _amount(written, known), default=0)
    return Budget(
        department=department,
        period=period,
        currency=known.code if known else "",
        amount=amount,
        dimension=dimension,
    )


def _period(text: str) -> str:
    if not _PERIOD.fullmatch(text):
        raise ValueInvalid(
            f"a period is a month (2026-04), quarter (2026-Q1), half (2026-H1) or year (2026), not {text!r}"
        )
    return text


def _amount(text: str, of: Currency) -> int:
    amount = minor_from_text(text, of)
    if amount < 0:
        raise ValueInvalid(f"a budget is zero or more, not {text}")
    return amount
