"""For whom passkeys are made: domain and origins of the configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from askul_connect.bootstrap.reference_options import reference_options
from askul_connect.core.errors import ConfigurationError
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.toolkit import ReferenceRules

ACCOUNT: dict[str, Any] = {
    "name": "株式会社見本",
    "postcode": "150-0001",
    "address": "東京都渋谷区見本2-2",
    "representative": "代表",
    "phone": "03-0000-0000",
    "email": "info@example.co.jp",
    "departments": [{"code": "D1", "name": "総務"}],
    "administrator": {"name": "管理者", "email": "admin@example.co.jp"},
    "buyer": {"name": "購買", "email": "buyer@example.co.jp"},
}


def read(**supplier: Any) -> Any:
    options = {"supplier": {"name": "見本文具", **supplier}, "account": ACCOUNT}
    connection = ConnectionSettings(name="shop", credential="file:x", options=options)
    found = reference_options(connection, ReferenceRules(), Path(), "0188:7010705000725").in_process
    assert found is not None
    return found.relying_party


@pytest.mark.spec("AUTH-8")
def test_this_machine_only_unless_said_otherwise() -> None:
    party = read()
    assert (party.domain, party.name, party.origins) == ("localhost", "見本文具", ("http://localhost",))
    assert read(passkey_domain="example.co.jp").origins == ("https://example.co.jp",)


@pytest.mark.spec("AUTH-8")
def test_origins_of_the_domain() -> None:
    origins = ["https://example.co.jp", "https://order.example.co.jp:8443"]
    assert read(passkey_domain="example.co.jp", passkey_origins=origins).origins == tuple(origins)
    assert read(passkey_origins=["http://localhost:8437"]).origins == ("http://localhost:8437",)


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize(
    "origin",
    [
        "http://example.co.jp",
        "https://evil.example",
        "https://evilexample.co.jp",
        "https://example.co.jp.evil.example",
        "https://example.co.jp/",
        "https://example.co.jp@evil.example",
        "https://EXAMPLE.co.jp",
        "example.co.jp",
        "",
        7,
    ],
)
def test_an_origin_that_no_browser_would_accept_is_refused(origin: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(passkey_domain="example.co.jp", passkey_origins=["https://example.co.jp", origin])
    assert [one.where for one in caught.value.problems] == ["suppliers.shop.supplier.passkey_origins"]


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize("origins", [[], "https://example.co.jp", {}])
def test_origins_are_an_array_with_something_in_it(origins: Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(passkey_domain="example.co.jp", passkey_origins=origins)
    assert [one.where for one in caught.value.problems] == ["suppliers.shop.supplier.passkey_origins"]
