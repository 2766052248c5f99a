"""A connection without a socket: the request's bytes go to a function, its response's bytes come back."""

from __future__ import annotations

from collections.abc import Callable

from askul_connect.core.ports.transport import HttpRequest, HttpResponse


class InProcessTransport:
    """A ``Transport`` to a face in the same process.

    Args:
        handler: The face; it gets exactly what a network would carry.
    """

    def __init__(self, handler: Callable[[HttpRequest], HttpResponse]) -> None:
        self._handler = handler

    def send(self, request: HttpRequest) -> HttpResponse:
        """Hand over the request and return the response."""
        return self._handler(request)

    def close(self) -> None:
        """Nothing is held."""
