"""What every request passes before anything else sees it: whether it may come in, and from whom it is (SRV-2)."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from attrs import frozen

from askul_connect.adapters.server.forwarding import Forwarding
from askul_connect.adapters.server.problems import problem_response
from askul_connect.adapters.server.refusals import Refusal
from askul_connect.core.domain.networks import parse_address
from askul_connect.core.errors import AccessDenied, ValueInvalid, report_of

LOGGER = logging.getLogger("askul_connect.server")

DIRECT = "askul_connect.direct"
"""Key of a request's scope: whether nobody forwarded it."""

HSTS = "max-age=31536000"
"""One year of TLS only (RFC 6797); without subdomains, which may be somebody else's."""

#: What a request from this machine itself may ask for without the proxy.
_MONITORING = ("/health", "/health/live", "/health/ready", "/metrics")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Any, Any, Any], Awaitable[None]]


@frozen(kw_only=True)
class Entrance:
    """An ASGI application in front of another.

    Attributes:
        inner: Gets the requests that may come in, each with the address of its real caller.
        forwarding: The proxies that are believed. Without one, no header says anything about the caller.
        tls: Whether the socket itself speaks TLS.
    """

    inner: Application
    forwarding: Forwarding
    tls: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse one request."""
        if scope["type"] != "http":
            await self.inner(scope, receive, send)
            return
        try:
            entered = self._entered(scope)
        except AccessDenied as error:
            LOGGER.info("a request was refused: %s", error.detail)
            await _refuse(error, send)
            return
        # a machine that asks about health over the loopback address is told nothing about TLS
        secure = self.tls or not entered[DIRECT]
        await self.inner(entered, receive, _with_hsts(send) if secure else send)

    def _entered(self, scope: Scope) -> Scope:
        client = scope.get("client")
        peer = client[0] if client else ""
        proxies = self.forwarding.proxies
        if not proxies:
            return {**scope, DIRECT: True}
        if scope["path"] in _MONITORING and _is_loopback(peer) and parse_address(peer) not in proxies:
            return {**scope, DIRECT: True}
        caller = self.forwarding.caller(peer, joined_headers(scope["headers"]))
        return {**scope, DIRECT: False, "client": (caller, 0), "scheme": "https"}


def joined_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By name; a header that came twice is one list (RFC 9110, 5.3), so that nobody sees only one of two tokens."""
    found: dict[str, str] = {}
    for name, value in headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _is_loopback(peer: str) -> bool:
    try:
        return parse_address(peer).is_loopback
    except ValueInvalid:
        return False


def _with_hsts(send: Send) -> Send:
    async def secured(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            header = (b"strict-transport-security", HSTS.encode())
            message = {**message, "headers": [*message.get("headers", ()), header]}
        await send(message)

    return secured


async def _refuse(error: AccessDenied, send: Send) -> None:
    answer = problem_response(Refusal(kind=AccessDenied, report=report_of(error)))
    headers = [(name.encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
    headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
