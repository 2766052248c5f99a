"""Addresses and networks that something is allowed from."""

from __future__ import annotations

import pytest

from askul_connect.core.domain.networks import NetworkSet, parse_address, parse_network
from askul_connect.core.errors import ValueInvalid


@pytest.mark.parametrize("text", ["192.0.2.10", "10.1.0.0/24", "2001:db8::1", "2001:db8::/64"])
def test_what_is_a_network(text: str) -> None:
    assert parse_address(text.partition("/")[0]) in NetworkSet.of([text])


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0/0",
        "::/0",
        "10.1.0.1/24",
        "localhost",
        "proxy.example.com",
        "",
        "10.1.0.0/33",
        "10.1",
        "10.1.0.0-9",
    ],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(ValueInvalid):
        parse_network(text)


@pytest.mark.parametrize("text", ["", "localhost", "127.0.0.1:80", "fe80::1%eth0", "1.2.3"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueInvalid):
        parse_address(text)


def test_nobody_is_in_an_empty_set() -> None:
    assert not NetworkSet()
    assert parse_address("127.0.0.1") not in NetworkSet()


def test_an_address_of_version_4_in_the_dress_of_version_6() -> None:
    assert parse_address("::ffff:192.0.2.10") in NetworkSet.of(["192.0.2.10"])


@pytest.mark.parametrize(("text", "only"), [("127.0.0.1", True), ("127.0.0.0/8", True), ("10.0.0.1", False)])
def test_whether_it_is_only_this_machine(text: str, only: bool) -> None:
    assert NetworkSet.of([text, "::1"]).only_loopback is only
