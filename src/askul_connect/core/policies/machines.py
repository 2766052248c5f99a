"""Where a machine may call from (AUTH-20)."""

from __future__ import annotations

from functools import lru_cache

from askul_connect.core.domain.networks import NetworkSet, parse_address, parse_network
from askul_connect.core.errors import ValueInvalid

#: Networks of one credential; whoever needs more names larger ones.
MOST_NETWORKS = 50

# the credentials in use are few, and each call asks
_set_of = lru_cache(maxsize=1_024)(NetworkSet.of)


def canonical_network(text: str) -> str:
    """An address or network as it is kept.

    Raises:
        ValueInvalid: It is none, or takes in everybody.
    """
    return str(parse_network(text.strip()))


def is_good_from(networks: tuple[str, ...], address: str) -> bool:
    """Whether a credential of these networks is good for a call from an address.

    A call without an address does not come over a network: it is made by the program that holds the supplier's
    database, which an allow-list cannot keep out and which has no address to compare. Every face that listens gives
    one; one that cannot be read is of no network.

    Args:
        networks: What the credential is bound to; empty for nothing.
        address: Of the caller, behind a declared proxy the forwarded one; empty in process.
    """
    if not networks or not address:
        return True
    try:
        return parse_address(address) in _set_of(networks)
    except ValueInvalid:
        return False
