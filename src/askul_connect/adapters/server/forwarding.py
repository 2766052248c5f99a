"""Who a request really comes from when a proxy stands in between (SRV-2): pure, from what is known of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.networks import Address, NetworkSet, parse_address
from askul_connect.core.errors import AccessDenied, ValueInvalid


class ForwardedHeader(StrEnum):
    """Which headers the proxy writes; those of the other kind may be the caller's own and are not looked at."""

    X_FORWARDED = "x-forwarded"
    FORWARDED = "forwarded"


# RFC 7239, 4: a pair of a forwarded element; commas and semicolons may stand within quotes.
_PAIR = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)=("(?:[^"\\]|\\.)*"|[^\s";,]*)\s*([;,]|$)')
_PORT = re.compile(r":[0-9]{1,5}$")


@frozen(kw_only=True)
class Forwarding:
    """The proxies that are believed.

    Attributes:
        proxies: Where they connect from; empty where there is none.
        header: Which headers they write.
    """

    proxies: NetworkSet = field(factory=NetworkSet)
    header: ForwardedHeader = ForwardedHeader.X_FORWARDED

    def caller(self, peer: str, headers: Mapping[str, str]) -> str:
        """Address of whoever sent a request to the proxy, over TLS.

        Args:
            peer: Where the connection comes from.
            headers: By lower-case name; what came several times is one list.

        Raises:
            AccessDenied: It did not come through the proxy, or not by TLS, or the proxy does not say from whom.
        """
        if not self._is_proxy(peer):
            raise AccessDenied("this service is reached through its TLS proxy only", where="connection")
        hops, protocols = (
            _forwarded(headers) if self.header is ForwardedHeader.FORWARDED else _x_forwarded(headers)
        )
        if not protocols or any(protocol.lower() != "https" for protocol in protocols):
            raise AccessDenied("the proxy does not say that the request came by TLS", where="protocol")
        return str(self._first_stranger(hops))

    def _is_proxy(self, peer: str) -> bool:
        try:
            return parse_address(peer) in self.proxies
        except ValueInvalid:
            return False

    def _first_stranger(self, hops: list[str]) -> Address:
        """The hop nearest to us that is no proxy: what stands before it, anybody can have written."""
        nearest: Address | None = None
        for hop in reversed(hops):
            try:
                nearest = parse_address(_without_port(hop))
            except ValueInvalid:
                break
            if nearest not in self.proxies:
                return nearest
        else:
            if nearest is not None:
                return nearest
        raise AccessDenied("the proxy does not say where the request came from", where="caller")


def _x_forwarded(headers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    return _list(headers.get("x-forwarded-for", "")), _list(headers.get("x-forwarded-proto", ""))


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if text.strip() else []


def _forwarded(headers: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Callers and protocols of the elements; nothing at all when it is not written as RFC 7239 says."""
    text, place = headers.get("forwarded", ""), 0
    elements: list[dict[str, str]] = [{}]
    while place < len(text):
        found = _PAIR.match(text, place)
        if found is None:
            return [], []
        name, value, end = found.groups()
        elements[-1][name.lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        if end == ",":
            elements.append({})
        place = found.end()
    # the last element is our proxy's own: what others say of their protocol does not stand for it
    protocols = [element["proto"] for element in elements if "proto" in element]
    hops = [element.get("for", "") for element in elements]
    return hops, protocols if "proto" in elements[-1] else []


def _without_port(hop: str) -> str:
    """``192.0.2.1:80`` and ``[2001:db8::1]:80`` without the port."""
    if hop.startswith("["):
        inner, bracket, rest = hop[1:].partition("]")
        return inner if bracket and (not rest or _PORT.fullmatch(rest)) else ""
    return _PORT.sub("", hop) if hop.count(":") == 1 else hop
