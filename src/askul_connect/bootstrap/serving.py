"""The in-process supplier of a configuration, served over the network (SRV-2)."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from askul_connect.adapters.security.system import RandomIds, SystemClock
from askul_connect.bootstrap.reference import SOAP_PATH, ReferenceSupplier
from askul_connect.bootstrap.reference_options import reference_options
from askul_connect.bootstrap.toolkit import ProjectToolkit
from askul_connect.bootstrap.workspace import installed_plugins
from askul_connect.core.errors import AskulConnectError, ConfigurationError
from askul_connect.core.ports.transport import HttpResponse
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.settings import Settings

LOGGER = logging.getLogger("askul_connect.server")

#: How often a served supplier looks for what is due.
_WORK_EVERY_SECONDS = 1.0


class _LateFace:
    """A face whose address, which its description names, is only known once the port is taken."""

    handle: Callable[..., HttpResponse]


class SupplierServer:
    """Serves one supplier in real time: its SOAP and JSON faces, and its own work beside them.

    Args:
        settings: The configuration it is part of.
        name: Name of its connection there.
        host, port: Where it listens; port 0 takes a free one. Other machines need a certificate.
        certificate, key: PEM files; None serves this machine only, without TLS.

    Raises:
        ConfigurationError: The connection is not served from here, or cannot be listened for.
        StorageUnavailable: Its database cannot be opened.
    """

    def __init__(
        self,
        settings: Settings,
        name: str,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        from askul_connect.adapters.server.api import ROUTE, JsonFace
        from askul_connect.adapters.server.app import create_app
        from askul_connect.adapters.server.listener import Listen, Listener

        self._supplier = supplier_of(settings, name)
        try:
            soap, json = _LateFace(), _LateFace()
            self._listener = Listener(
                create_app({SOAP_PATH: soap, ROUTE: json}),
                Listen(host=host, port=port, certificate=str(certificate or ""), key=str(key or "")),
            )
            soap.handle = self._supplier.soap_face(self.address).handle
            json.handle = JsonFace(self._supplier.dispatcher, address=self.json_address).handle
        except BaseException:
            self._supplier.close()
            raise
        self._stopped = threading.Event()

    @property
    def address(self) -> str:
        """Where buyers connect to."""
        return f"{self._listener.address}{SOAP_PATH}"

    @property
    def json_address(self) -> str:
        """Where clients of the JSON API connect to."""
        from askul_connect.adapters.server.api import PATH

        return f"{self._listener.address}{PATH}"

    def run(self) -> None:
        """Serve until :meth:`stop`, SIGINT or SIGTERM; what is under way is finished."""
        worker = threading.Thread(target=self._work, name="supplier-work")
        worker.start()
        try:
            self._listener.run()
        finally:
            self._stopped.set()
            worker.join()
            self._supplier.close()

    def stop(self) -> None:
        """Ask a running server to end; returns at once."""
        self._listener.stop()

    def _work(self) -> None:
        while not self._stopped.wait(_WORK_EVERY_SECONDS):
            try:
                self._supplier.automation.work()
            except AskulConnectError:
                # tried again at the next round; the faces go on meanwhile
                LOGGER.exception("the supplier's own work failed")


def supplier_of(settings: Settings, name: str) -> ReferenceSupplier:
    """The supplier of a connection, in real time; whoever asks for it closes it.

    Raises:
        ConfigurationError: There is no such connection, or its supplier is not in this process.
        StorageUnavailable: Its database cannot be opened.
    """
    known = settings.suppliers.get(name)
    if known is None:
        names = ", ".join(settings.suppliers)
        raise ConfigurationError(
            f"there is no supplier connection {name!r}; accepted: {names}", where="suppliers"
        )
    plugins = installed_plugins()
    rules = plugins.supplier(known.kind, key=f"suppliers.{name}.kind").rules
    if rules is None:
        raise ConfigurationError(
            f"{name} is a {known.kind!r}, which is not built on the reference supplier and cannot be served",
            where=f"suppliers.{name}.kind",
        )
    connection = ConnectionSettings(name=name, credential=known.credential, options=known.options)
    options = reference_options(connection, rules, settings.directory, settings.buyer.party)
    if options.in_process is None:
        raise ConfigurationError(
            f'{name} is served at {options.address}, not here; accepted: ""',
            where=f"suppliers.{name}.address",
        )
    clock = SystemClock()
    toolkit = ProjectToolkit(
        settings=settings,
        plugins=plugins,
        clock=clock,
        ids=RandomIds(clock),
        say=lambda step, text: LOGGER.info("%s: %s", step, text),
    )
    return toolkit.supplier_here(connection, options.in_process)[0]
