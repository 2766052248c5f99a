"""What a configuration says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from attrs import field, frozen

from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.policies.record_retention import RetentionSettings
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
    SyncSettings,
)
from askul_connect.plugins.connections import ConnectionSettings, NetworkSettings


class ClockKind(StrEnum):
    """Where the time comes from."""

    SYSTEM = "system"
    SIMULATED = "simulated"


@frozen(kw_only=True)
class BuyerSettings:
    """Who we are.

    Attributes:
        party: Own party id (``scheme:id``), used where a document names none.
        zone: Name of the time zone that business dates are in.
    """

    party: str
    name: str
    zone: str = "Asia/Tokyo"


@frozen(kw_only=True)
class ErpSettings:
    """The ERP.

    Attributes:
        kind: Name of an ERP connector plugin.
        default_supplier: For purchase orders that name no seller; empty when several could be meant.
        options: The keys of the table ``[erp.KIND]``, unchecked: the plugin validates them.
    """

    kind: str = "files"
    default_supplier: str = ""
    ids_repeat: IdsRepeat = IdsRepeat.NEVER
    options: Mapping[str, object] = field(repr=False, factory=dict)


@frozen(kw_only=True)
class ClockSettings:
    """The clock.

    Attributes:
        start: Where a simulated clock begins, UTC; None for the system's.
        seed: What ids, tokens and numbers are derived from under a simulated clock; empty for the system's.
    """

    kind: ClockKind = ClockKind.SYSTEM
    start: datetime | None = None
    seed: str = ""


@frozen(kw_only=True)
class SupplierSettings:
    """One supplier connection: a supplier and our account there.

    Attributes:
        kind: Name of a supplier plugin.
        credential: Reference to the client credential; see :func:`resolve_secret`.
        options: All other keys of the table, unchecked: the plugin validates them.
        network: How it is reached.
    """

    name: str
    kind: str
    credential: str
    options: Mapping[str, object] = field(repr=False)
    network: NetworkSettings = field(factory=NetworkSettings)

    @property
    def connection(self) -> ConnectionSettings:
        """What its plugin is given."""
        return ConnectionSettings(
            name=self.name, credential=self.credential, options=self.options, network=self.network
        )


class FinanceFiles(StrEnum):
    """A form of files for finance."""

    CSV = "csv"
    PARQUET = "parquet"


@frozen(kw_only=True)
class FinanceSettings:
    """What each run leaves for finance (INT-7).

    Attributes:
        files: Forms of the files in ``finance/``.
        database: SQLAlchemy URL of a database of finance's own; blank for none.
    """

    files: frozenset[FinanceFiles] = frozenset({FinanceFiles.CSV})
    database: Secret = field(factory=lambda: Secret(""))


class ForwardedBy(StrEnum):
    """Which headers a TLS proxy writes."""

    X_FORWARDED = "x-forwarded"
    FORWARDED = "forwarded"


@frozen(kw_only=True)
class ServerSettings:
    """How ``serve`` can be reached (SRV-2, SRV-5).

    Attributes:
        trusted_proxies: Addresses of the TLS proxies before it; empty where there is none.
        forwarded_by: Which of their headers are believed.
        metrics_from: Addresses that may read the metrics, besides this machine.
        metrics_token: Reference to a secret that lets its bearer read them; empty for none.
    """

    trusted_proxies: NetworkSet = field(factory=NetworkSet)
    forwarded_by: ForwardedBy = ForwardedBy.X_FORWARDED
    metrics_from: NetworkSet = field(factory=NetworkSet)
    metrics_token: str = ""


@frozen(kw_only=True)
class Settings:
    """A whole configuration.

    Attributes:
        directory: Absolute path of the directory it belongs to.
        database_url: SQLAlchemy URL; a SQLite path in it is absolute.
        suppliers: By the connection's name, in the order of the file.
    """

    directory: Path
    buyer: BuyerSettings
    database_url: Secret
    erp: ErpSettings
    budgets: BudgetSettings
    orders: OrderSettings
    matching: MatchingSettings
    outbox: OutboxSettings
    clock: ClockSettings
    suppliers: Mapping[str, SupplierSettings]
    server: ServerSettings = field(factory=ServerSettings)
    finance: FinanceSettings = field(factory=FinanceSettings)
    retention: RetentionSettings = field(factory=RetentionSettings)
    sync: SyncSettings = field(factory=SyncSettings)
