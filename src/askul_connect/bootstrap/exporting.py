"""Where the tables for finance go (INT-7)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import UsageError
from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.settings import FinanceFiles, Settings, resolve_finance_url

FOLDER = "finance"
_SQL = "sql"
#: What can be asked for.
FORMS = (*(form.value for form in FinanceFiles), _SQL)


def finance_writers(settings: Settings) -> Sequence[FinanceWriter]:
    """Those of the configuration.

    Raises:
        ConfigurationError: What a form needs is not installed.
    """
    folder = settings.directory / FOLDER
    found = [_files(form, folder) for form in FinanceFiles if form in settings.finance.files]
    if settings.finance.database.reveal():
        found.append(_database(settings.finance.database))
    return found


def chosen_writers(settings: Settings, form: str, to: str) -> Sequence[FinanceWriter]:
    """Those that were asked for.

    Args:
        settings: The configuration.
        form: One of ``FORMS``; empty for all of the configuration.
        to: A folder or the URL of a database; empty for the one of the configuration.

    Raises:
        UsageError: There is no such form, or nothing says where to.
        ConfigurationError: What the form needs is not installed, or the URL is none.
    """
    if not form:
        if to:
            raise UsageError(f"say the form too: {', '.join(FORMS)}", where="--format")
        return finance_writers(settings)
    if form not in FORMS:
        raise UsageError(f"{form!r} is no form of tables; accepted: {', '.join(FORMS)}", where="--format")
    if form != _SQL:
        return [_files(FinanceFiles(form), Path(to) if to else settings.directory / FOLDER)]
    url = (
        resolve_finance_url(to, settings.directory, key="--to")
        if to
        else Secret(settings.finance.database.reveal())
    )
    if not url.reveal() or url == settings.database_url:
        raise UsageError(
            "say which database, or configure finance.database; our own is no place for finance's tables",
            where="--to",
        )
    return [_database(url)]


def _files(form: FinanceFiles, folder: Path) -> FinanceWriter:
    if form is FinanceFiles.CSV:
        from askul_connect.adapters.documents.csv_tables import csv_tables

        return csv_tables(folder)
    from askul_connect.adapters.documents.parquet_tables import parquet_tables

    return parquet_tables(folder)


def _database(url: Secret) -> FinanceWriter:
    from askul_connect.adapters.storage.sql.finance_export import SqlTables

    return SqlTables(url)
