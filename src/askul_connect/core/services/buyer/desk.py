"""What the buyer's services work with: the purchasing desk of one directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from attrs import field, frozen

from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.correlation import correlated_logger
from askul_connect.core.domain.tax import TaxTable
from askul_connect.core.policies.settings import (
    BudgetSettings,
    IdsRepeat,
    MatchingSettings,
    OrderSettings,
    OutboxSettings,
    SyncSettings,
)
from askul_connect.core.ports.buyer_storage import BuyerStorage
from askul_connect.core.ports.channel import SupplierConnection
from askul_connect.core.ports.erp import ErpConnector
from askul_connect.core.ports.finance import FinanceWriter
from askul_connect.core.ports.system import Ids, Timeline

LOGGER = correlated_logger("askul_connect.buyer")


@frozen(kw_only=True)
class Progress:
    """One thing that was done, for a person to read while it goes on."""

    step: str
    text: str


@frozen(kw_only=True)
class DeskRules:
    """What the integrator decided.

    Attributes:
        own_party: ``scheme:id`` used where a document names no buyer.
        default_supplier: Connection used where a document names no seller; empty when there is none.
    """

    own_party: str
    default_supplier: str
    zone: str
    ids_repeat: IdsRepeat
    budgets: BudgetSettings
    orders: OrderSettings
    matching: MatchingSettings
    outbox: OutboxSettings
    tax_table: TaxTable
    sync: SyncSettings = field(factory=SyncSettings)


@frozen(kw_only=True)
class Desk:
    """The buyer's side of one directory, joined."""

    rules: DeskRules
    storage: BuyerStorage = field(repr=False)
    erp: ErpConnector = field(repr=False)
    suppliers: Mapping[str, SupplierConnection] = field(repr=False)
    finance: Sequence[FinanceWriter] = field(repr=False)
    timeline: Timeline = field(repr=False)
    ids: Ids = field(repr=False)
    progress: Callable[[Progress], None] = field(repr=False)

    def say(self, step: str, text: str) -> None:
        """Tell the person and the log what was done."""
        LOGGER.info("%s: %s", step, text)
        self.progress(Progress(step=step, text=text))

    def today(self) -> date:
        """The business date in the buyer's zone."""
        return business_date(self.timeline.now(), self.rules.zone)
