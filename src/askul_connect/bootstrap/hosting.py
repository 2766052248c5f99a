"""A supplier of this process on a socket: its faces on a listener, and a demo's way to it over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen

from askul_connect.bootstrap.reference import SOAP_PATH, ReferenceSupplier
from askul_connect.core.ports.callers import OperationCaller
from askul_connect.core.ports.observation import CallObserver
from askul_connect.core.ports.transport import HttpResponse

if TYPE_CHECKING:
    from askul_connect.adapters.server.listener import Listen, Listener
    from askul_connect.adapters.server.monitoring import Monitoring

_ENDS_WITHIN = 30


class _LateFace:
    """A face whose address, which its description names, is only known once the port is taken."""

    handle: Callable[..., HttpResponse]


@frozen(kw_only=True)
class Hosted:
    """The faces of a supplier on a listener that does not run yet.

    Attributes:
        address: Where SOAP is spoken.
        json_address: Where the JSON API is.
    """

    listener: Listener
    address: str
    json_address: str


def host_supplier(
    supplier: ReferenceSupplier,
    listen: Listen,
    *,
    monitoring: Monitoring | None = None,
    observer: CallObserver | None = None,
) -> Hosted:
    """Put both faces of a supplier on a socket.

    Args:
        supplier: Whose.
        listen: Where.
        monitoring: What readiness and metrics are answered from.
        observer: Told of every call.

    Raises:
        ConfigurationError: It cannot be listened there.
    """
    from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
    from askul_connect.adapters.server.app import create_app
    from askul_connect.adapters.server.listener import Listener

    soap, json = _LateFace(), _LateFace()
    listener = Listener(create_app({SOAP_PATH: soap, ROUTE: json}, monitoring), listen)
    hosted = Hosted(
        listener=listener,
        address=f"{listener.address}{SOAP_PATH}",
        json_address=f"{listener.address}{PATH}",
    )
    soap.handle = supplier.soap_face(hosted.address, observer).handle
    json.handle = JsonFace(supplier.faced, address=hosted.json_address, observer=observer).handle
    return hosted


class SupplierHost:
    """Serves a supplier of this process on a free port of this machine, in a thread, until it is closed.

    Only bytes cross: the caller that it gives knows no more than the address. The supplier's clock, and when it does
    what is due, are its host's affair, as they are on a machine of its own.

    Args:
        supplier: Stays its owner's to close.
    """

    def __init__(self, supplier: ReferenceSupplier) -> None:
        from askul_connect.adapters.server.listener import Listen

        self._hosted = host_supplier(supplier, Listen(port=0))
        self._thread = threading.Thread(target=self._hosted.listener.run, name="supplier-host", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where SOAP is spoken."""
        return self._hosted.address

    @property
    def json_address(self) -> str:
        """Where the JSON API is."""
        return self._hosted.json_address

    def caller(self) -> OperationCaller:
        """A SOAP client that comes by the network; it fetches the WSDL there too."""
        from askul_connect.adapters.soap.caller import SoapCaller
        from askul_connect.adapters.transports.http import HttpTransport

        address = self._hosted.address
        return SoapCaller(HttpTransport(), wsdl=f"{address}?wsdl", address=address)

    def close(self) -> None:
        """Finish what is under way and leave the port."""
        self._hosted.listener.stop()
        self._thread.join(_ENDS_WITHIN)


class WayToSupplier:
    """How a supplier of this process is reached: over bytes in memory, or over a socket of this machine.

    Args:
        over_http: Whether it is hosted on a socket, from the first caller on.
    """

    def __init__(self, *, over_http: bool) -> None:
        self._over_http = over_http
        self._host: SupplierHost | None = None

    def caller(self, supplier: ReferenceSupplier) -> OperationCaller:
        """A client of the supplier."""
        if not self._over_http:
            return supplier.soap_caller()
        if self._host is None:
            self._host = SupplierHost(supplier)
        return self._host.caller()

    def close(self) -> None:
        """End the hosting, if there was any."""
        if self._host is not None:
            self._host.close()
            self._host = None
