"""Running the application on a socket (SRV-2): with TLS, behind a proxy that has it, or on this machine only."""

from __future__ import annotations

import logging
import signal
import socket
from ipaddress import ip_address
from types import FrameType

import uvicorn
from attrs import field, frozen

from askul_connect.adapters.server.entrance import Application, Entrance
from askul_connect.adapters.server.forwarding import Forwarding
from askul_connect.core.errors import ConfigurationError

# Seconds for requests under way; a TLS client that keeps an idle connection open uses them up too.
_GRACE = 5
_BACKLOG = 128


@frozen(kw_only=True)
class Listen:
    """Where and how to listen.

    Attributes:
        port: 0 takes a free one.
        certificate: Path of the PEM certificate chain; empty means no TLS.
        key: Path of its PEM key.
        forwarding: The TLS proxies that stand before it; then nobody else is served.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    certificate: str = ""
    key: str = ""
    forwarding: Forwarding = field(factory=Forwarding)


class _Server(uvicorn.Server):
    """Ends when it is asked to, and leaves it at that.

    Uvicorn's own raises the signal again afterwards, which turns an orderly end into a traceback.
    """

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class Listener:
    """A server of one application.

    The socket is bound when the listener is made, so that its address is known and a port that is taken is
    refused before anything runs.

    Raises:
        ConfigurationError: Another address than this machine's without TLS and without a TLS proxy, half a
            pair of certificate and key, or an address that cannot be bound.
    """

    def __init__(self, app: Application, listen: Listen) -> None:
        _check(listen)
        self._socket = _bound(listen)
        config = uvicorn.Config(
            Entrance(inner=app, forwarding=listen.forwarding, tls=bool(listen.certificate)),
            log_config=None,
            access_log=False,
            server_header=False,
            # Uvicorn's own believes what anybody on this machine, or an environment variable, says of the caller.
            proxy_headers=False,
            ws="none",
            ssl_certfile=listen.certificate or None,
            ssl_keyfile=listen.key or None,
            timeout_graceful_shutdown=_GRACE,
            lifespan="on",
        )
        # without an access log uvicorn cuts this logger off, and Python prints what reaches it raw
        logging.getLogger("uvicorn.access").propagate = True
        self._server = _Server(config)
        port = self._socket.getsockname()[1]
        host = f"[{listen.host}]" if ":" in listen.host else listen.host
        self.address = f"{'https' if listen.certificate else 'http'}://{host}:{port}"
        """URL of the root."""

    def run(self) -> None:
        """Serve until :meth:`stop` or, in the main thread, SIGINT or SIGTERM; finishes what is under way."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """Ask a running server to end; returns at once."""
        self._server.should_exit = True


def _check(listen: Listen) -> None:
    if bool(listen.certificate) != bool(listen.key):
        raise ConfigurationError("a certificate and its key are given together", where="serve")
    if listen.certificate or listen.forwarding.proxies:
        return
    try:
        loopback = listen.host == "localhost" or ip_address(listen.host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise ConfigurationError(
            f"without a certificate and key, or a declared TLS proxy, only this machine is served, not {listen.host}",
            where="serve",
        )


def _bound(listen: Listen) -> socket.socket:
    try:
        found = socket.getaddrinfo(listen.host, listen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigurationError(f"cannot listen on {listen.host}: {error.strerror}", where="serve") from None
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(address)
        # Connections wait from now on, even before the server runs.
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        raise ConfigurationError(
            f"cannot listen on {listen.host} port {listen.port}: {error.strerror}", where="serve"
        ) from None
    return made
