"""Tryton's analytic budgets as what each department may spend."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from askul_connect import ConfigurationError
from askul_connect.core.domain.mapping import Mapping
from askul_connect.core.domain.money import minor_from_text
from askul_connect.core.domain.purchasing import Budget
from askul_connect.core.errors import ValueInvalid
from askul_connect_tryton.client import TrytonClient
from askul_connect_tryton.options import TrytonOptions


def read_budgets(client: TrytonClient, options: TrytonOptions, mapping: Mapping) -> Iterator[Budget]:
    """The budget of each department and period, of the budgets of the departments' root.

    In Tryton what may be spent is negative, since a budget counts credit less debit. What was spent is not read:
    Tryton counts posted moves only, and no purchase that was confirmed; our own ledger holds what is committed.

    Raises:
        ConfigurationError: A budget is neither of a month nor of a year, two are of the same, or an amount is none.
    """
    if not options.departments:
        return
    company = client.context.get("company")
    fields = [
        "budget.name",
        "budget.start_date",
        "budget.end_date",
        "account.code",
        "amount",
        "currency.code",
    ]
    domain = [
        ["budget.root.code", "=", options.departments],
        ["budget.company", "=", company],
        ["account", "!=", None],
        ["amount", "!=", None],
    ]
    found: dict[tuple[str, str], str] = {}
    for line in client.find("analytic_account.budget.line", domain, fields):
        name = line["budget."]["name"]
        period = _period(name, line["budget."]["start_date"], line["budget."]["end_date"])
        code = line["account."]["code"]
        known = mapping.departments.get(code)
        department = known.code if known else code
        if (department, period) in found:
            detail = (
                f"{found[department, period]!r} and {name!r} both give {department} a budget for {period}"
            )
            raise ConfigurationError(detail, where=f"budget {name}")
        found[department, period] = name
        currency = line["currency."]["code"]
        yield Budget(
            department=department,
            period=period,
            currency=currency,
            amount=_minor(name, -Decimal(line["amount"]), currency),
        )


def _period(name: str, start: date, end: date) -> str:
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31) and start.year == end.year:
        return f"{start:%Y}"
    last = monthrange(start.year, start.month)[1]
    if start.day == 1 and end == start.replace(day=last):
        return f"{start:%Y-%m}"
    detail = f"a budget is of a whole month or a whole year, not from {start} to {end}"
    raise ConfigurationError(detail, where=f"budget {name}")


def _minor(name: str, amount: Decimal, currency: str) -> int:
    try:
        return minor_from_text(format(amount.normalize(), "f"), currency)
    except ValueInvalid as error:
        raise ConfigurationError(error.detail, where=f"budget {name}") from error
