"""The table `[server]` of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.errors import ConfigurationError
from askul_connect.settings import ForwardedBy, ServerSettings, load_settings

MINIMAL = """version = 1
[buyer]
party = "0188:7010705000725"
name = "見本商事"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
"""


def read(directory: Path, table: str) -> ServerSettings:
    (directory / "askul-connect.toml").write_text(f"{MINIMAL}[server]\n{table}", encoding="utf-8")
    return load_settings(directory).server


def test_nothing_is_trusted_unless_it_is_said(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ServerSettings()
    assert not ServerSettings().trusted_proxies
    assert not ServerSettings().metrics_from


def test_every_value_is_taken(tmp_path: Path) -> None:
    table = """trusted_proxies = ["192.0.2.10", "10.1.0.0/24"]
forwarded_by = "forwarded"
metrics_from = ["2001:db8::/64"]
metrics_token = "env:METRICS"
"""

    assert read(tmp_path, table) == ServerSettings(
        trusted_proxies=NetworkSet.of(["192.0.2.10", "10.1.0.0/24"]),
        forwarded_by=ForwardedBy.FORWARDED,
        metrics_from=NetworkSet.of(["2001:db8::/64"]),
        metrics_token="env:METRICS",
    )


@pytest.mark.parametrize(
    ("table", "key", "text"),
    [
        ("trusted_proxies = '192.0.2.10'", "server.trusted_proxies", "an array of texts"),
        ("trusted_proxies = [1]", "server.trusted_proxies", "something else than texts"),
        ("trusted_proxies = ['proxy.example.com']", "server.trusted_proxies", "no host name"),
        ("trusted_proxies = ['10.1.0.1/24']", "server.trusted_proxies", "host bits set"),
        ("trusted_proxies = ['0.0.0.0/0']", "server.trusted_proxies", "takes in everybody"),
        ("metrics_from = ['::/0']", "server.metrics_from", "takes in everybody"),
        ("forwarded_by = 'both'", "server.forwarded_by", "accepted: 'x-forwarded', 'forwarded'"),
        ("metrics_token = 'hunter2'", "server.metrics_token", "is no reference to a secret"),
        ("port = 1", "server.port", "is unknown"),
    ],
)
def test_a_wrong_value_is_named(tmp_path: Path, table: str, key: str, text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, table)

    (problem,) = caught.value.problems
    assert problem.where == key
    assert text in problem.detail
    assert "hunter2" not in str(caught.value)
