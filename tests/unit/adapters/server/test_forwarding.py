"""Whose word about the caller counts, and which word (SRV-2)."""

from __future__ import annotations

import pytest

from askul_connect.adapters.server.forwarding import ForwardedHeader, Forwarding
from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.errors import AccessDenied

PROXY, INNER, CALLER, STRANGER = "192.0.2.10", "10.1.0.7", "198.51.100.23", "203.0.113.9"
PROXIES = NetworkSet.of([PROXY, "10.1.0.0/24", "2001:db8:1::/64"])
BEHIND = Forwarding(proxies=PROXIES)
RFC = Forwarding(proxies=PROXIES, header=ForwardedHeader.FORWARDED)


def x(forwarded_for: str = CALLER, proto: str = "https") -> dict[str, str]:
    return {"x-forwarded-for": forwarded_for, "x-forwarded-proto": proto}


pytestmark = pytest.mark.spec("SRV-2")


@pytest.mark.parametrize(
    ("hops", "caller"),
    [
        (CALLER, CALLER),
        # what the caller wrote himself stands on the left and counts for nothing
        (f"127.0.0.1, {CALLER}", CALLER),
        (f"{STRANGER}, {CALLER}, {INNER}", CALLER),
        (f"nonsense, {CALLER}", CALLER),
        (f"{INNER}, {PROXY}", INNER),
        (f"{CALLER}:4711", CALLER),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:db8::7", "2001:db8::7"),
        ("::ffff:198.51.100.23", CALLER),
    ],
)
def test_the_caller_is_the_nearest_who_is_no_proxy(hops: str, caller: str) -> None:
    assert BEHIND.caller(PROXY, x(hops)) == caller


@pytest.mark.parametrize("peer", [PROXY, INNER, f"::ffff:{PROXY}", "2001:db8:1::5"])
def test_each_declared_address_is_believed(peer: str) -> None:
    assert BEHIND.caller(peer, x()) == CALLER


@pytest.mark.parametrize(
    "peer", [STRANGER, "192.0.2.11", "10.1.1.7", "127.0.0.1", "::1", "", "proxy.example"]
)
@pytest.mark.parametrize("headers", [x(), x(PROXY), {}])
def test_nobody_else_is(peer: str, headers: dict[str, str]) -> None:
    with pytest.raises(AccessDenied, match="through its TLS proxy only"):
        BEHIND.caller(peer, headers)


@pytest.mark.parametrize("proto", ["", "http", "https, http", "http, https", "httpss", "wss", "https,"])
def test_what_did_not_come_by_tls_is_refused(proto: str) -> None:
    with pytest.raises(AccessDenied, match="came by TLS"):
        BEHIND.caller(PROXY, x(proto=proto))


def test_every_hop_may_say_https() -> None:
    assert BEHIND.caller(PROXY, x(f"{CALLER}, {INNER}", "https, HTTPS")) == CALLER


@pytest.mark.parametrize(
    "hops", ["", "nonsense", "unknown", f"{CALLER}, unknown", f"{CALLER}, ", "proxy.example", "1.2.3", "[::1"]
)
def test_a_proxy_that_does_not_say_from_whom_is_refused(hops: str) -> None:
    with pytest.raises(AccessDenied, match="where the request came from"):
        BEHIND.caller(PROXY, x(hops))


@pytest.mark.parametrize(
    ("text", "caller"),
    [
        (f"for={CALLER};proto=https", CALLER),
        (f'For="{CALLER}:4711" ; Proto="https"', CALLER),
        ('for="[2001:db8::7]:4711";proto=https;by=_hidden', "2001:db8::7"),
        (f"for=127.0.0.1;proto=https, for={CALLER};proto=https", CALLER),
        (f'for="a, b;proto=http", for={CALLER};proto=https;host="x,y"', CALLER),
        (f"for={CALLER};proto=https, for={INNER};proto=https", CALLER),
    ],
)
def test_the_header_of_rfc_7239(text: str, caller: str) -> None:
    assert RFC.caller(PROXY, {"forwarded": text}) == caller


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"for={CALLER}",
        f"for={CALLER};proto=http",
        # only what our own proxy says of the protocol counts, and no hop may lack TLS
        f"for={CALLER};proto=https, for={INNER}",
        f"for={CALLER};proto=http, for={INNER};proto=https",
        f'for={CALLER};proto=https, "',
        "proto=https",
        "for=unknown;proto=https",
        f"for={CALLER};;proto=https",
    ],
)
def test_what_it_does_not_say_is_not_guessed(text: str) -> None:
    with pytest.raises(AccessDenied):
        RFC.caller(PROXY, {"forwarded": text})


@pytest.mark.parametrize("forwarding", [BEHIND, RFC])
def test_only_the_headers_the_proxy_writes_are_looked_at(forwarding: Forwarding) -> None:
    other = {"forwarded": f"for={STRANGER};proto=https"} if forwarding is BEHIND else x(STRANGER)

    with pytest.raises(AccessDenied):
        forwarding.caller(PROXY, other)
