"""The factories that plugins offer, so that whoever calls them gets typed errors that name the plugin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import ParamSpec, TypeVar

from attrs import evolve, field, frozen

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment
from askul_connect.core.domain.price_adjustments import AdjustmentFacts, ProposedAdjustment
from askul_connect.core.errors import PluginFailed
from askul_connect.core.policies.price_adjustments import proposal_fault
from askul_connect.core.ports.channel import SupplierConnection
from askul_connect.core.ports.login_risk import LoginRiskAssessor
from askul_connect.core.ports.notices import Looking, NoticeSink
from askul_connect.core.ports.price_adjustments import PriceAdjuster
from askul_connect.plugins.boundary import code_of
from askul_connect.plugins.connections import AdjustmentSettings, ConnectionSettings, NotifierSettings
from askul_connect.plugins.guarded import guarded
from askul_connect.plugins.kinds import (
    ErpKind,
    LoginRiskKind,
    NotifierKind,
    PriceAdjustmentKind,
    StorageKind,
    SupplierKind,
)
from askul_connect.plugins.toolkit import Toolkit

P = ParamSpec("P")
T = TypeVar("T")


def guarded_supplier(kind: SupplierKind, plugin: str) -> SupplierKind:
    """The kind, whose ``connect`` raises typed errors only and gives connections that are held to their port."""

    def connect(toolkit: Toolkit, settings: ConnectionSettings) -> SupplierConnection:
        with code_of(plugin, f"to connect {settings.name!r}", where=f"suppliers.{settings.name}"):
            made = kind.connect(toolkit, settings)
            return guarded(made, kind.capabilities, plugin=plugin, supplier=settings.name)

    return evolve(kind, connect=connect)


def guarded_erp(kind: ErpKind, plugin: str) -> ErpKind:
    """The kind, whose ``connect`` raises typed errors only."""
    return evolve(kind, connect=_typed(kind.connect, plugin, "to connect the ERP", where="erp.kind"))


def guarded_storage(kind: StorageKind, plugin: str) -> StorageKind:
    """The kind, whose functions raise typed errors only."""
    return evolve(
        kind,
        open_buyer=_typed(kind.open_buyer, plugin, "to open a database"),
        open_supplier=_typed(kind.open_supplier, plugin, "to open a database"),
        check=_typed(kind.check, plugin, "to look at a database"),
        upgrade=_typed(kind.upgrade, plugin, "to upgrade a database"),
        archive=kind.archive and _typed(kind.archive, plugin, "to copy a database"),
    )


def guarded_login_risk(kind: LoginRiskKind, plugin: str) -> LoginRiskKind:
    """The kind, whose ``connect`` raises typed errors only and makes assessors that are held to their port."""

    def connect(toolkit: Toolkit) -> LoginRiskAssessor:
        with code_of(plugin, "to connect its assessment of logins"):
            made = kind.connect(toolkit)
        if not callable(getattr(made, "assess", None)):
            raise PluginFailed(f"{plugin} connected a {type(made).__name__}, which has no method assess")
        return GuardedAssessor(plugin=plugin, inner=made)

    return evolve(kind, connect=connect)


@frozen(kw_only=True)
class GuardedAssessor:
    """Implements the ``LoginRiskAssessor`` port over a plugin's."""

    plugin: str
    inner: LoginRiskAssessor = field(repr=False)

    def assess(self, facts: LoginFacts) -> RiskAssessment:
        """The verdict."""
        with code_of(self.plugin, "assessing a login"):
            found = self.inner.assess(facts)
        if not isinstance(found, RiskAssessment):
            raise PluginFailed(
                f"{self.plugin} failed assessing a login: it returned {type(found).__name__},"
                " wanted is a RiskAssessment"
            )
        return found


@frozen(kw_only=True)
class GuardedAdjuster:
    """Implements the ``PriceAdjuster`` port over a plugin's."""

    plugin: str
    key: str
    inner: PriceAdjuster = field(repr=False)

    def adjust(self, facts: AdjustmentFacts) -> Sequence[ProposedAdjustment]:
        """What the rule proposes; a proposal that it may not make is its failure."""
        with code_of(self.plugin, "adjusting prices", where=self.key):
            found = self.inner.adjust(facts)
        fault = proposal_fault(facts, found)
        if fault:
            raise PluginFailed(f"{self.plugin} failed adjusting prices: {fault}", where=self.key)
        return tuple(found)


def guarded_price_adjustment(kind: PriceAdjustmentKind, plugin: str) -> PriceAdjustmentKind:
    """The kind, whose ``connect`` raises typed errors only and makes rules that are held to their port."""

    def connect(toolkit: Toolkit, settings: AdjustmentSettings) -> PriceAdjuster:
        with code_of(plugin, f"to make the price rule {settings.name!r}", where=settings.key):
            made = kind.connect(toolkit, settings)
        if not callable(getattr(made, "adjust", None)):
            raise PluginFailed(
                f"{plugin} made a {type(made).__name__}, which has no method adjust", where=settings.key
            )
        return GuardedAdjuster(plugin=plugin, key=settings.key, inner=made)

    return evolve(kind, connect=connect)


@frozen(kw_only=True)
class GuardedNotifier:
    """Implements the ``NoticeSink`` port over a plugin's."""

    plugin: str
    key: str
    inner: NoticeSink = field(repr=False)

    def deliver(self, message_id: str, body: str) -> None:
        """Deliver one notice; whatever a plugin does wrong is its own failure."""
        with code_of(self.plugin, "delivering a notice", where=self.key):
            self.inner.deliver(message_id, body)

    def look(self) -> str:
        """What the plugin's own look says, if it has one."""
        if not isinstance(self.inner, Looking):
            return "is made; it has no look of its own"
        with code_of(self.plugin, "looking at its way", where=self.key):
            found = self.inner.look()
        if not isinstance(found, str):
            raise PluginFailed(f"{self.plugin} looked and returned a {type(found).__name__}", where=self.key)
        return found


def guarded_notifier(kind: NotifierKind, plugin: str) -> NotifierKind:
    """The kind, whose ``connect`` and what it makes raise typed errors only."""

    def connect(toolkit: Toolkit, settings: NotifierSettings) -> NoticeSink:
        with code_of(plugin, f"to make the notifier {settings.name!r}", where=settings.key):
            made = kind.connect(toolkit, settings)
            if not callable(getattr(made, "deliver", None)):
                raise PluginFailed(
                    f"{plugin} made a {type(made).__name__}, which cannot deliver", where=settings.key
                )
            return GuardedNotifier(plugin=plugin, key=settings.key, inner=made)

    return evolve(kind, connect=connect)


def _typed(function: Callable[P, T], plugin: str, doing: str, where: str = "") -> Callable[P, T]:
    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with code_of(plugin, doing, where=where):
            return function(*args, **kwargs)

    return call
