"""The in-process supplier of a configuration, served over the network (SRV-2, SRV-5)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from askul_connect.adapters.security.system import RandomIds, SystemClock
from askul_connect.bootstrap.hosting import host_supplier
from askul_connect.bootstrap.reference import ReferenceSupplier
from askul_connect.bootstrap.reference_options import InProcessOptions, reference_options
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, ConfigurationError, SchemaOutOfDate, ValueInvalid
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.observation import EventSink, Unobserved
from askul_connect.core.services.units import run_unit
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.kinds import SchemaState, Side
from askul_connect.plugins.manager import PluginManager
from askul_connect.settings import ServerSettings, Settings, resolve_secret

if TYPE_CHECKING:
    from askul_connect.adapters.server.monitoring import Readiness

LOGGER = logging.getLogger("askul_connect.server")

#: How often a served supplier looks for what is due.
_WORK_EVERY_SECONDS = 1.0
_LOOPBACK = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"  # noqa: S104 -- only with a certificate or a declared proxy, which the listener checks


class SupplierServer:
    """Serves one supplier in real time: its SOAP and JSON faces, health and metrics, and its own work beside them.

    Args:
        settings: The configuration it is part of; ``settings.server`` says which proxies are believed.
        name: Name of its connection there.
        host: Where it listens. If nothing is said: everywhere with a certificate or a proxy on another machine, else
            on this machine only.
        port: 0 takes a free one.
        certificate, key: PEM files.
        trusted_proxies: Addresses or networks instead of those of the configuration.

    Raises:
        ConfigurationError: The connection is not served from here, or cannot be listened for.
        StorageUnavailable: Its database cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        name: str,
        *,
        host: str = "",
        port: int = 0,
        certificate: Path | None = None,
        key: Path | None = None,
        trusted_proxies: tuple[str, ...] = (),
    ) -> None:
        from askul_connect.adapters.server.forwarding import ForwardedHeader, Forwarding
        from askul_connect.adapters.server.listener import Listen
        from askul_connect.adapters.server.metrics import Metrics
        from askul_connect.adapters.server.monitoring import Monitoring

        server = _server(settings, trusted_proxies)
        proxies = server.trusted_proxies
        public = certificate is not None or (bool(proxies) and not proxies.only_loopback)
        listen = Listen(
            host=host or (_EVERYWHERE if public else _LOOPBACK),
            port=port,
            certificate=str(certificate or ""),
            key=str(key or ""),
            forwarding=Forwarding(
                proxies=server.trusted_proxies, header=ForwardedHeader(server.forwarded_by.value)
            ),
        )
        metrics = Metrics((operation.name for operation in SUPPLIER_OPERATIONS), self._outbox)
        plugins = installed_plugins()
        token = _token(settings)
        connection, options = _connection(settings, plugins, name)
        self._supplier = _supplier(settings, plugins, connection, options, metrics)
        try:
            monitoring = Monitoring(
                readiness=self._readiness(plugins, options.database),
                metrics=metrics,
                token=token,
                allowed=server.metrics_from,
            )
            self._hosted = host_supplier(self._supplier, listen, monitoring=monitoring, observer=metrics)
        except BaseException:
            self._supplier.close()
            raise
        self._stopped = threading.Event()

    @property
    def address(self) -> str:
        """Where buyers connect to."""
        return self._hosted.address

    @property
    def json_address(self) -> str:
        """Where clients of the JSON API connect to."""
        return self._hosted.json_address

    def run(self) -> None:
        """Serve until :meth:`stop`, SIGINT or SIGTERM; what is under way is finished."""
        worker = threading.Thread(target=self._work, name="supplier-work")
        worker.start()
        try:
            self._hosted.listener.run()
        finally:
            self._stopped.set()
            worker.join()
            self._supplier.close()

    def stop(self) -> None:
        """Ask a running server to end; returns at once."""
        self._hosted.listener.stop()

    def _work(self) -> None:
        while not self._stopped.wait(_WORK_EVERY_SECONDS):
            try:
                self._supplier.automation.work()
            except AskulConnectError:
                # tried again at the next round; the faces go on meanwhile
                LOGGER.exception("the supplier's own work failed")

    def _outbox(self) -> Mapping[OutboxState, int]:
        return run_unit(self._supplier.storage, lambda unit: unit.outbox.counts())

    def _readiness(self, plugins: PluginManager, url: Secret) -> Callable[[], Readiness]:
        from askul_connect.adapters.server.monitoring import Readiness

        kind = plugins.storage(url.reveal().partition(":")[0], key="supplier.database")

        def look() -> Readiness:
            try:
                state: SchemaState = kind.check(url, Side.SUPPLIER)
                if not state.up_to_date:
                    return Readiness(database="reachable", schema="out_of_date")
                # by the way the faces take: a database that was emptied has no wrong version
                self._outbox()
            except SchemaOutOfDate:
                return Readiness(database="reachable", schema="out_of_date")
            except AskulConnectError as error:
                LOGGER.warning("the database cannot be used: %s", error)
                return Readiness(database="unreachable", schema="unknown")
            return Readiness(database="reachable", schema="current")

        return look


def _server(settings: Settings, trusted_proxies: tuple[str, ...]) -> ServerSettings:
    if not trusted_proxies:
        return settings.server
    try:
        return evolve(settings.server, trusted_proxies=NetworkSet.of(trusted_proxies))
    except ValueInvalid as error:
        raise ConfigurationError(error.detail, where="trusted_proxies") from None


def _token(settings: Settings) -> Secret | None:
    reference = settings.server.metrics_token
    return resolve_secret(reference, settings.directory, key="server.metrics_token") if reference else None


def _connection(
    settings: Settings, plugins: PluginManager, name: str
) -> tuple[ConnectionSettings, InProcessOptions]:
    known = settings.suppliers.get(name)
    if known is None:
        names = ", ".join(settings.suppliers)
        raise ConfigurationError(
            f"there is no supplier connection {name!r}; accepted: {names}", where="suppliers"
        )
    rules = plugins.supplier(known.kind, key=f"suppliers.{name}.kind").rules
    if rules is None:
        raise ConfigurationError(
            f"{name} is a {known.kind!r}, which is not built on the reference supplier and cannot be served",
            where=f"suppliers.{name}.kind",
        )
    connection = known.connection
    options = reference_options(connection, rules, settings.directory, settings.buyer.party)
    if options.in_process is None:
        raise ConfigurationError(
            f'{name} is served at {options.address}, not here; accepted: ""',
            where=f"suppliers.{name}.address",
        )
    return connection, options.in_process


def _supplier(
    settings: Settings,
    plugins: PluginManager,
    connection: ConnectionSettings,
    options: InProcessOptions,
    events: EventSink,
) -> ReferenceSupplier:
    clock = SystemClock()
    toolkit = ProjectToolkit(
        settings=settings,
        plugins=plugins,
        clock=clock,
        ids=RandomIds(clock),
        say=lambda step, text: LOGGER.info("%s: %s", step, text),
        events=events,
    )
    return toolkit.supplier_here(connection, options)[0]


def supplier_of(settings: Settings, name: str) -> ReferenceSupplier:
    """The supplier of a connection, in real time; whoever asks for it closes it.

    Raises:
        ConfigurationError: There is no such connection, or its supplier is not in this process.
        StorageUnavailable: Its database cannot be opened.
    """
    plugins = installed_plugins()
    connection, options = _connection(settings, plugins, name)
    return _supplier(settings, plugins, connection, options, Unobserved())
