"""Until when and how far an order may change: the keys of the configuration."""

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


def read(supplier: dict[str, Any], behaviour: dict[str, Any]) -> tuple[int, int, int, int | None]:
    options = {"supplier": supplier, "account": ACCOUNT, "behaviour": behaviour}
    connection = ConnectionSettings(name="shop", credential="file:x", options=options)
    found = reference_options(connection, ReferenceRules(), Path(), "0188:7010705000725").in_process
    assert found is not None
    rules = found.profile
    return (
        rules.changes_until_hour,
        rules.over_shipment_percent,
        rules.return_days,
        found.behaviour.deliver_after_days,
    )


@pytest.mark.spec("ORD-5", "ORD-6")
def test_the_rules_of_changes_are_data() -> None:
    assert read({}, {}) == (12, 0, 30, None)
    given = {"changes_until_hour": 24, "over_shipment_percent": 5, "return_days": 0}
    assert read(given, {"deliver_after_days": 0}) == (24, 5, 0, 0)


@pytest.mark.spec("ORD-5")
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("changes_until_hour", 25),
        ("over_shipment_percent", 101),
        ("return_days", -1),
        ("return_days", "30"),
    ],
)
def test_a_rule_out_of_range_is_named(key: str, value: object) -> None:
    with pytest.raises(ConfigurationError, match=key):
        read({key: value}, {})
