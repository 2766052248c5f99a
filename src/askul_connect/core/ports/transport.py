"""Bytes out, bytes back: the port under every request/response connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from attrs import field, frozen


@frozen(kw_only=True)
class HttpRequest:
    """One request as bytes; header names are lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class HttpResponse:
    """One response as bytes; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Transport(Protocol):
    """Sends one request and returns its response."""

    def send(self, request: HttpRequest) -> HttpResponse:
        """Send.

        Raises:
            PartnerUnreachable: It certainly did not arrive.
            OutcomeUnknown: It may have arrived and been executed.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...
