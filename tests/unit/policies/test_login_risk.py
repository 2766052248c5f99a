"""What stands out about a login (AUTH-9)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.policies.login_risk import assess_environment, strictest


def facts(**changes: Any) -> LoginFacts:
    values: dict[str, Any] = {
        "account_id": "a",
        "user_id": "u",
        "at": datetime(2026, 11, 2, tzinfo=UTC),
        "address": "192.0.2.1",
        "network": "192.0.2.0/24",
        "device": "Firefox",
        "remembered": False,
        "known_networks": ("192.0.2.0/24",),
        "known_devices": ("Firefox",),
    }
    return LoginFacts(**{**values, **changes})


@pytest.mark.spec("AUTH-9")
@pytest.mark.parametrize(
    ("changes", "verdict", "reasons"),
    [
        ({}, RiskVerdict.ALLOW, ()),
        ({"network": "198.51.100.0/24"}, RiskVerdict.NOTIFY, ("new-network",)),
        ({"device": "curl"}, RiskVerdict.NOTIFY, ("new-device",)),
        (
            {"network": "198.51.100.0/24", "device": "curl"},
            RiskVerdict.SECOND_FACTOR,
            ("new-network", "new-device"),
        ),
        ({"device": "curl", "remembered": True}, RiskVerdict.ALLOW, ()),
        (
            {"network": "198.51.100.0/24", "device": "curl", "remembered": True},
            RiskVerdict.NOTIFY,
            ("new-network",),
        ),
        ({"known_networks": (), "known_devices": (), "device": "curl"}, RiskVerdict.ALLOW, ()),
        ({"device": ""}, RiskVerdict.NOTIFY, ("new-device",)),
    ],
)
def test_what_is_new_is_told_and_both_new_ask_for_more(
    changes: dict[str, Any], verdict: RiskVerdict, reasons: tuple[str, ...]
) -> None:
    assert assess_environment(facts(**changes)) == RiskAssessment(verdict=verdict, reasons=reasons)


@pytest.mark.spec("AUTH-9")
def test_the_strictest_verdict_counts_and_every_reason_is_kept() -> None:
    one = RiskAssessment(verdict=RiskVerdict.NOTIFY, reasons=("a", "b"))
    other = RiskAssessment(verdict=RiskVerdict.LOCK, reasons=("b", "c"))
    assert strictest([]) == RiskAssessment(verdict=RiskVerdict.ALLOW)
    for pair in ((one, other), (other, one)):
        found = strictest(pair)
        assert found.verdict is RiskVerdict.LOCK
        assert sorted(found.reasons) == ["a", "b", "c"]
