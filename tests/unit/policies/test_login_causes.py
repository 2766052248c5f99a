"""The data of the diagnosis know every reason that a login is refused for (AUTH-3)."""

from __future__ import annotations

import pytest

from askul_connect.core.domain.events import LoginCause
from askul_connect.core.policies.diagnosis import diagnose
from askul_connect.core.policies.login_causes import CAUSES, Symptom
from askul_connect.core.policies.support_channels import CHANNELS

#: What a refusal names, or the login history: the causes that are counted, as they are written there.
REASONS = [one.value.replace("_", "-") for one in LoginCause]


@pytest.mark.spec("AUTH-3")
@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_a_refused_login_has_a_cause_with_a_remedy(reason: str) -> None:
    found = diagnose(reason, "", disturbance_nearby=False)
    assert found
    for cause in found:
        assert cause.steps
        assert all(text.ja and text.en for text in (cause.title, *cause.steps))
        assert cause.channel in {one.channel for one in CHANNELS}


@pytest.mark.spec("AUTH-3")
def test_a_merged_account_is_told_where_to_log_in() -> None:
    (cause,) = diagnose("account-merged", "", disturbance_nearby=False)
    assert cause.cause == "account-merged"
    assert "e-mail address" in cause.steps[0].en
    assert "統合先" in cause.steps[0].ja
    assert cause in diagnose("login-refused", Symptom.CANNOT_LOG_IN.value, disturbance_nearby=False)


@pytest.mark.spec("AUTH-3")
def test_no_cause_is_there_twice() -> None:
    names = [one.cause for one in CAUSES]
    assert len(names) == len(set(names))
