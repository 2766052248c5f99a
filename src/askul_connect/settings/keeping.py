"""Reading the tables of the configuration about what is written for finance, and how long what is kept."""

from __future__ import annotations

from pathlib import Path

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.policies.record_retention import LEAST_YEARS, RetentionSettings
from askul_connect.settings.references import resolve_finance_url
from askul_connect.settings.table import Table, one_of
from askul_connect.settings.values import FinanceFiles, FinanceSettings

_MOST_YEARS = 100
_MONTHS = 12
_LEAST_DAYS, _MOST_DAYS = 30, 36_500
_FORMS = "a URL of SQLAlchemy such as 'postgresql://USER:PASSWORD@HOST/NAME', 'env:NAME' or 'file:PATH'"


def read_finance(table: Table, directory: Path, database: Secret) -> FinanceSettings:
    """The table ``finance``.

    Args:
        table: The table.
        directory: The configuration's directory.
        database: Our own database, which is no place for finance's tables.
    """
    return FinanceSettings(files=_files(table), database=_database(table, directory, database))


def _files(table: Table) -> frozenset[FinanceFiles]:
    known = [form.value for form in FinanceFiles]
    accepted = f"an array of {one_of(known)}"
    if not table.has("files"):
        return FinanceSettings().files
    found = table.value("files", list, accepted, required=False)
    if not isinstance(found, list) or any(text not in known for text in found):
        if isinstance(found, list):
            table.wrong("files", f"holds something else; accepted: {accepted}")
        return frozenset()
    return frozenset(map(FinanceFiles, found))


def _database(table: Table, directory: Path, ours: Secret) -> Secret:
    text = table.text("database", accepted=_FORMS)
    if not text:
        return Secret("")
    try:
        url = resolve_finance_url(text, directory, key=table.key("database"))
    except ConfigurationError as error:
        table.wrong("database", error.detail.removeprefix(f"{table.key('database')} "))
        return Secret("")
    if url == ours:
        table.wrong("database", "is our own database; accepted: another one, which is finance's")
    return url


def read_retention(table: Table) -> RetentionSettings:
    """The table ``retention``; no fewer years than the law has."""
    standard = RetentionSettings()
    return RetentionSettings(
        records_years=table.integer(
            "records_years", standard.records_years, least=LEAST_YEARS, most=_MOST_YEARS
        ),
        fiscal_year_end_month=table.integer(
            "fiscal_year_end_month", standard.fiscal_year_end_month, least=1, most=_MONTHS
        ),
        working_days=table.integer("working_days", standard.working_days, least=_LEAST_DAYS, most=_MOST_DAYS),
    )
