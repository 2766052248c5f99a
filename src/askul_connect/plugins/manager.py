"""A typed facade over pluggy: loads plugins, checks them, and finds what they offer by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import PackageNotFoundError, entry_points, version
from types import ModuleType
from typing import TypeVar

import pluggy
from attrs import field, frozen

from askul_connect.core.errors import ConfigurationError, PluginFailed
from askul_connect.plugins import hookspecs
from askul_connect.plugins.boundary import code_of
from askul_connect.plugins.factories import (
    guarded_erp,
    guarded_login_risk,
    guarded_notifier,
    guarded_price_adjustment,
    guarded_storage,
    guarded_supplier,
)
from askul_connect.plugins.guarded_authentication import guarded_authentication
from askul_connect.plugins.guarded_cards import guarded_card_provider
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

Kind = TypeVar(
    "Kind",
    SupplierKind,
    ErpKind,
    StorageKind,
    LoginRiskKind,
    PriceAdjustmentKind,
    NotifierKind,
    AuthenticationKind,
    CardProviderKind,
)
_Factory = (
    SupplierKind
    | ErpKind
    | StorageKind
    | LoginRiskKind
    | PriceAdjustmentKind
    | NotifierKind
    | AuthenticationKind
    | CardProviderKind
)

ENTRY_POINT_GROUP = "askul_connect"
DISTRIBUTION = "askul-connect"


@frozen(kw_only=True)
class PluginInfo:
    """One thing a plugin offers.

    Attributes:
        kind: ``supplier``, ``erp``, ``storage``, ``login risk``, ``price rule``, ``notifier``,
            ``card provider`` or ``authentication``.
        version: Of the distribution, ``unknown`` when it is not installed as one.
        source: The distribution it comes from.
        capabilities: What a supplier's connections can do at most; of a storage, the URL schemes it opens; of an
            authentication, what it can be asked about.
    """

    name: str
    kind: str
    version: str
    source: str
    capabilities: tuple[str, ...] = field(default=())


@frozen
class _Offer:
    info: PluginInfo
    factory: _Factory


class PluginManager:
    """All plugins of this installation.

    Args:
        builtin: Modules whose hooks come with the package.

    Raises:
        PluginFailed: A plugin cannot be imported, implements an unknown hook or none, raises, returns something
            else than its hook says, or offers what another one offers.
    """

    def __init__(self, builtin: Iterable[ModuleType]) -> None:
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._sources: dict[str, str] = {}
        for module in builtin:
            self._register(module.__name__, module, DISTRIBUTION)
        self._load_installed()
        self._check_hooks()
        self._offers = (
            *self._collect("supplier", SupplierKind, "askul_connect_suppliers", guarded_supplier),
            *self._collect("erp", ErpKind, "askul_connect_erps", guarded_erp),
            *self._collect("storage", StorageKind, "askul_connect_storages", guarded_storage),
            *self._collect(
                "login risk", LoginRiskKind, "askul_connect_assess_login_risk", guarded_login_risk
            ),
            *self._collect(
                "price rule",
                PriceAdjustmentKind,
                "askul_connect_price_adjustments",
                guarded_price_adjustment,
            ),
            *self._collect("notifier", NotifierKind, "askul_connect_notifiers", guarded_notifier),
            *self._collect(
                "card provider", CardProviderKind, "askul_connect_card_providers", guarded_card_provider
            ),
            *self._collect(
                "authentication", AuthenticationKind, "askul_connect_authenticate", guarded_authentication
            ),
        )

    def _load_installed(self) -> None:
        for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
            source = entry.dist.name if entry.dist else entry.module
            if entry.name in self._sources:
                raise PluginFailed(
                    f"two plugins are called {entry.name!r}, of {self._sources[entry.name]} and of {source};"
                    " uninstall one of them"
                )
            with code_of(_named(entry.name, source), "at import", typed=False):
                plugin = entry.load()
            if (known := self._pluggy.get_name(plugin)) is not None:
                # handed over and installed as well: it is one plugin, and its distribution says its version
                self._pluggy.unregister(plugin)
                del self._sources[known]
            self._register(entry.name, plugin, source)

    def _register(self, name: str, plugin: object, source: str) -> None:
        self._sources[name] = source
        # pluggy looks at every attribute of it, which may be a property that raises
        with code_of(self._name(name), "to be registered", typed=False):
            self._pluggy.register(plugin, name)

    def _check_hooks(self) -> None:
        """A misspelt hook, or one without its marker, would never be called, and nobody would know why."""
        try:
            self._pluggy.check_pending()
        except pluggy.PluginValidationError as error:
            name = self._pluggy.get_name(error.plugin) or ""
            raise PluginFailed(
                f"{self._name(name)} implements a hook that does not exist: {error}"
            ) from error
        for name, plugin in self._pluggy.list_name_plugin():
            if not self._pluggy.get_hookcallers(plugin):
                raise PluginFailed(
                    f"{self._name(name)} implements no hook; mark its functions with askul_connect.hookimpl"
                )

    def _collect(
        self, kind: str, offered: type[Kind], hook: str, guarded: Callable[[Kind, str], Kind]
    ) -> list[_Offer]:
        offers: list[_Offer] = []
        sources: dict[str, str] = {}
        for implementation in getattr(self._pluggy.hook, hook).get_hookimpls():
            plugin = self._name(implementation.plugin_name)
            source = self._sources[implementation.plugin_name]
            for factory in _call(implementation.function, plugin, hook, offered):
                for taken in _taken(factory):
                    if taken in sources:
                        raise PluginFailed(
                            f"{plugin} offers the {kind} {taken!r}, which {sources[taken]} offers too;"
                            " uninstall one of them"
                        )
                    sources[taken] = plugin
                info = PluginInfo(
                    name=factory.name,
                    kind=kind,
                    version=_version(source),
                    source=source,
                    capabilities=_capabilities(factory),
                )
                offers.append(_Offer(info, guarded(factory, plugin)))
        return offers

    def _name(self, name: str) -> str:
        return _named(name, self._sources.get(name, "an unknown distribution"))

    def infos(self) -> tuple[PluginInfo, ...]:
        """Everything that is offered: by kind, what comes with the package first."""
        return tuple(offer.info for offer in self._offers)

    def supplier(self, name: str, *, key: str) -> SupplierKind:
        """The kind of supplier of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(SupplierKind, "supplier", name, key)

    def erp(self, name: str, *, key: str) -> ErpKind:
        """The kind of ERP of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(ErpKind, "erp", name, key)

    def login_risks(self) -> tuple[LoginRiskKind, ...]:
        """Every assessment of logins."""
        return tuple(offer.factory for offer in self._offers if isinstance(offer.factory, LoginRiskKind))

    def price_adjustment(self, name: str, *, key: str) -> PriceAdjustmentKind:
        """The kind of price rule of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(PriceAdjustmentKind, "price rule", name, key)

    def card_provider(self, name: str, *, key: str) -> CardProviderKind:
        """The card provider of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(CardProviderKind, "card provider", name, key)

    def notifier(self, name: str, *, key: str) -> NotifierKind:
        """The notifier of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(NotifierKind, "notifier", name, key)

    def authentication(self, name: str, *, key: str) -> AuthenticationKind:
        """The kind of authentication provider of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._find(AuthenticationKind, "authentication", name, key)

    def _find(self, offered: type[Kind], kind: str, name: str, key: str) -> Kind:
        found = [offer.factory for offer in self._offers if isinstance(offer.factory, offered)]
        for factory in found:
            if factory.name == name:
                return factory
        names = ", ".join(repr(factory.name) for factory in found)
        raise ConfigurationError(f"no plugin offers the {kind} {name!r}; accepted: {names}", where=key)

    def storage(self, scheme: str, *, key: str) -> StorageKind:
        """The kind of database for a URL scheme.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        found = [offer.factory for offer in self._offers if isinstance(offer.factory, StorageKind)]
        for factory in found:
            if scheme in factory.schemes:
                return factory
        schemes = ", ".join(repr(each) for factory in found for each in factory.schemes)
        raise ConfigurationError(
            f"no plugin opens databases of scheme {scheme!r}; accepted: {schemes}", where=key
        )


def _named(name: str, source: str) -> str:
    return f"the plugin {name!r} of {source}"


def _taken(factory: _Factory) -> tuple[str, ...]:
    """What nobody else of the kind may offer; a storage is listed by its name and found by its schemes."""
    schemes = factory.schemes if isinstance(factory, StorageKind) else ()
    return factory.name, *(f"{scheme}:" for scheme in schemes)


def _capabilities(factory: _Factory) -> tuple[str, ...]:
    if isinstance(factory, SupplierKind):
        return tuple(sorted(factory.capabilities))
    if isinstance(factory, AuthenticationKind):
        return tuple(sorted(factory.forms))
    return factory.schemes if isinstance(factory, StorageKind) else ()


def _version(source: str) -> str:
    try:
        return version(source)
    except PackageNotFoundError:
        return "unknown"


def _call(function: Callable[[], object], plugin: str, hook: str, offered: type[Kind]) -> Sequence[Kind]:
    with code_of(plugin, f"in {hook}", typed=False):
        returned = function()
    if not isinstance(returned, (list, tuple)):
        raise PluginFailed(
            f"{plugin} failed in {hook}: it returned {type(returned).__name__}, wanted is a list of {offered.__name__}"
        )
    for entry in returned:
        if not isinstance(entry, offered):
            raise PluginFailed(
                f"{plugin} failed in {hook}: it returned a list with {type(entry).__name__}, wanted is"
                f" {offered.__name__}"
            )
    return returned
