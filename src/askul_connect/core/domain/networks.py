"""Network addresses and sets of them, such as those of a proxy that is trusted."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from attrs import field, frozen

from askul_connect.core.errors import ValueInvalid

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NETWORK_FORMS = "an IP address or a network such as 192.0.2.10, 10.1.0.0/24 or 2001:db8::/64, no host name"


def parse_address(text: str) -> Address:
    """An IP address; one of version 4 in the dress of version 6 is what it is.

    Raises:
        ValueInvalid: It is none.
    """
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueInvalid(f"{text[:60]!r} is no IP address") from None
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            raise ValueInvalid("an address with a zone is of one machine only")
        return address.ipv4_mapped or address
    return address


def parse_network(text: str) -> Network:
    """An address or a network in CIDR form, never all of the Internet.

    Raises:
        ValueInvalid: It is none, has bits beyond its prefix, or takes in everybody.
    """
    try:
        network = ip_network(text)
    except ValueError as error:
        raise ValueInvalid(f"{text[:60]!r} is not accepted ({error}); accepted: {NETWORK_FORMS}") from None
    if network.prefixlen == 0:
        raise ValueInvalid(f"{text!r} takes in everybody; accepted: {NETWORK_FORMS}")
    return network


@frozen(kw_only=True)
class NetworkSet:
    """Networks that something is allowed from; empty allows nobody."""

    networks: tuple[Network, ...] = field(default=())

    @classmethod
    def of(cls, texts: Iterable[str]) -> NetworkSet:
        """The set of addresses and networks given as texts.

        Raises:
            ValueInvalid: One of them is not accepted.
        """
        return cls(networks=tuple(parse_network(text) for text in texts))

    def __contains__(self, address: object) -> bool:
        return any(address in network for network in self.networks)

    def __bool__(self) -> bool:
        return bool(self.networks)

    @property
    def only_loopback(self) -> bool:
        """Whether nobody but this machine is in it."""
        return all(network.is_loopback for network in self.networks)
