"""The configuration of a directory: read once, checked as a whole, frozen (INT-12)."""

from __future__ import annotations

from askul_connect.settings.editing import secret_files, with_value
from askul_connect.settings.reading import FILE_NAME, load_settings
from askul_connect.settings.references import resolve_database_url, resolve_finance_url, resolve_secret
from askul_connect.settings.values import (
    BuyerSettings,
    ClockKind,
    ClockSettings,
    ErpSettings,
    FinanceFiles,
    FinanceSettings,
    ForwardedBy,
    ServerSettings,
    Settings,
    SupplierSettings,
)

__all__ = [
    "FILE_NAME",
    "BuyerSettings",
    "ClockKind",
    "ClockSettings",
    "ErpSettings",
    "FinanceFiles",
    "FinanceSettings",
    "ForwardedBy",
    "ServerSettings",
    "Settings",
    "SupplierSettings",
    "load_settings",
    "resolve_database_url",
    "resolve_finance_url",
    "resolve_secret",
    "secret_files",
    "with_value",
]
