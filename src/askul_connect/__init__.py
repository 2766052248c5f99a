"""Connects an ERP to its suppliers.

Everything below is public and stays; other modules may change without notice, except those that plugins are written
against (``askul_connect.plugins``, ``askul_connect.core``) and ``askul_connect.testing``. A name is
imported when it is first used, so ``import askul_connect`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from askul_connect.bootstrap import (
        ConnectionFailure,
        OrderRow,
        Progress,
        Rejection,
        RunReport,
        Workspace,
        load_settings,
        open_workspace,
    )
    from askul_connect.core import errors
    from askul_connect.core.errors import (
        AskulConnectError,
        CallerError,
        ConfigurationError,
        DirectoryBusy,
        Fault,
        OurError,
        PartnerError,
        Problem,
        UsageError,
    )
    from askul_connect.plugins.connections import (
        AdjustmentSettings,
        CardSettings,
        ConnectionSettings,
        ErpConnection,
        NotifierSettings,
        ProviderSettings,
    )
    from askul_connect.plugins.hookspecs import hookimpl
    from askul_connect.plugins.kinds import (
        AuthenticationKind,
        CardProviderKind,
        ErpKind,
        LoginRiskKind,
        NotifierKind,
        PriceAdjustmentKind,
        StorageKind,
        SupplierKind,
    )
    from askul_connect.plugins.toolkit import ReferenceRules, Toolkit
    from askul_connect.settings import Settings

    __version__: str

__all__ = [
    "AdjustmentSettings",
    "AskulConnectError",
    "AuthenticationKind",
    "CallerError",
    "CardProviderKind",
    "CardSettings",
    "ConfigurationError",
    "ConnectionFailure",
    "ConnectionSettings",
    "DirectoryBusy",
    "ErpConnection",
    "ErpKind",
    "Fault",
    "LoginRiskKind",
    "NotifierKind",
    "NotifierSettings",
    "OrderRow",
    "OurError",
    "PartnerError",
    "PriceAdjustmentKind",
    "Problem",
    "Progress",
    "ProviderSettings",
    "ReferenceRules",
    "Rejection",
    "RunReport",
    "Settings",
    "StorageKind",
    "SupplierKind",
    "Toolkit",
    "UsageError",
    "Workspace",
    "__version__",
    "errors",
    "hookimpl",
    "load_settings",
    "open_workspace",
]

# The module each name comes from.
_HOMES = {
    "askul_connect.bootstrap": (
        "ConnectionFailure",
        "OrderRow",
        "Progress",
        "Rejection",
        "RunReport",
        "Workspace",
        "load_settings",
        "open_workspace",
    ),
    "askul_connect.core.errors": (
        "AskulConnectError",
        "CallerError",
        "ConfigurationError",
        "DirectoryBusy",
        "Fault",
        "OurError",
        "PartnerError",
        "Problem",
        "UsageError",
    ),
    "askul_connect.plugins.connections": (
        "AdjustmentSettings",
        "CardSettings",
        "ConnectionSettings",
        "ErpConnection",
        "NotifierSettings",
        "ProviderSettings",
    ),
    "askul_connect.plugins.hookspecs": ("hookimpl",),
    "askul_connect.plugins.kinds": (
        "AuthenticationKind",
        "CardProviderKind",
        "ErpKind",
        "LoginRiskKind",
        "NotifierKind",
        "PriceAdjustmentKind",
        "StorageKind",
        "SupplierKind",
    ),
    "askul_connect.plugins.toolkit": ("ReferenceRules", "Toolkit"),
    "askul_connect.settings": ("Settings",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name == "__version__":
        # Takes longer to import than all of the above.
        from importlib.metadata import version  # noqa: PLC0415

        value: object = version("askul-connect")
    elif name == "errors":
        value = import_module("askul_connect.core.errors")
    elif name in _HOME_OF:
        value = getattr(import_module(_HOME_OF[name]), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
