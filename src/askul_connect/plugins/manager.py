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
from askul_connect.plugins.kinds import ErpKind, StorageKind, SupplierKind

Kind = TypeVar("Kind", SupplierKind, ErpKind, StorageKind)

ENTRY_POINT_GROUP = "askul_connect"
DISTRIBUTION = "askul-connect"


@frozen(kw_only=True)
class PluginInfo:
    """One thing a plugin offers.

    Attributes:
        kind: ``supplier``, ``erp`` or ``storage``.
        source: The distribution it comes from.
    """

    name: str
    kind: str
    version: str
    source: str
    capabilities: tuple[str, ...] = field(default=())


@frozen
class _Offer:
    info: PluginInfo
    factory: SupplierKind | ErpKind | StorageKind


class PluginManager:
    """All plugins of this installation.

    Args:
        builtin: Modules whose hooks come with the package.

    Raises:
        PluginFailed: A plugin cannot be imported, implements an unknown hook, raises, or offers a name twice.
    """

    def __init__(self, builtin: Iterable[ModuleType]) -> None:
        self._pluggy = pluggy.PluginManager(hookspecs.PROJECT)
        self._pluggy.add_hookspecs(hookspecs)
        self._sources: dict[str, tuple[str, str]] = {}
        for module in builtin:
            self._register(module.__name__, module, DISTRIBUTION)
        self._load_installed()
        try:
            self._pluggy.check_pending()
        except pluggy.PluginValidationError as error:
            raise PluginFailed(str(error)) from error
        self._offers = (
            *self._collect("supplier", SupplierKind, "askul_connect_suppliers"),
            *self._collect("erp", ErpKind, "askul_connect_erps"),
            *self._collect("storage", StorageKind, "askul_connect_storages"),
        )

    def _register(self, name: str, plugin: object, source: str) -> None:
        try:
            self._pluggy.register(plugin, name)
            found = version(source)
        except PackageNotFoundError:
            found = "unknown"
        except (ValueError, pluggy.PluginValidationError) as error:
            raise PluginFailed(f"the plugin {name!r} cannot be registered: {error}") from error
        self._sources[name] = (source, found)

    def _load_installed(self) -> None:
        for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: entry.name):
            source = entry.dist.name if entry.dist else entry.module
            # a plugin is a stranger's code: whatever it raises becomes an error that names it
            try:
                plugin = entry.load()
            except Exception as error:
                raise PluginFailed(
                    f"the plugin {entry.name!r} of {source} cannot be imported: {error!r}"
                ) from error
            self._register(entry.name, plugin, source)

    def _collect(self, kind: str, offered: type[Kind], hook: str) -> list[_Offer]:
        offers: list[_Offer] = []
        for implementation in reversed(getattr(self._pluggy.hook, hook).get_hookimpls()):
            source, found = self._sources[implementation.plugin_name]
            for factory in self._call(implementation.function, implementation.plugin_name, hook, offered):
                if any(offer.info.name == factory.name for offer in offers):
                    raise PluginFailed(
                        f"two plugins offer the {kind} {factory.name!r}; the second is {source}"
                    )
                capabilities: tuple[str, ...] = ()
                if isinstance(factory, SupplierKind):
                    capabilities = tuple(sorted(factory.capabilities))
                elif isinstance(factory, StorageKind):
                    capabilities = factory.schemes
                info = PluginInfo(
                    name=factory.name, kind=kind, version=found, source=source, capabilities=capabilities
                )
                offers.append(_Offer(info, factory))
        return offers

    @staticmethod
    def _call(function: Callable[[], object], plugin: str, hook: str, offered: type[Kind]) -> Sequence[Kind]:
        try:
            returned = function()
        except Exception as error:
            raise PluginFailed(f"{hook} of the plugin {plugin!r} raised {error!r}") from error
        if not isinstance(returned, (list, tuple)) or not all(
            isinstance(entry, offered) for entry in returned
        ):
            raise PluginFailed(f"{hook} of the plugin {plugin!r} returns a sequence of {offered.__name__}")
        return returned

    def infos(self) -> tuple[PluginInfo, ...]:
        """Everything that is offered."""
        return tuple(offer.info for offer in self._offers)

    def supplier(self, name: str, *, key: str) -> SupplierKind:
        """The kind of supplier of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._named(SupplierKind, "supplier", name, key)

    def erp(self, name: str, *, key: str) -> ErpKind:
        """The kind of ERP of that name.

        Raises:
            ConfigurationError: No plugin offers it; names the configuration key and what there is.
        """
        return self._named(ErpKind, "erp", name, key)

    def _named(self, offered: type[Kind], kind: str, name: str, key: str) -> Kind:
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
