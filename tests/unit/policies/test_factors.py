"""Rules of second factors and of login settings, and their states (AUTH-8, ACC-11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from askul_connect.core.domain.accounts import LoginSettings, SecondFactorRule, SessionStage
from askul_connect.core.domain.factors import (
    FACTOR_STEPS,
    Factor,
    FactorFailures,
    FactorKind,
    FactorState,
    FactorStep,
    SessionProof,
)
from askul_connect.core.domain.standing import SESSION_STEPS, SessionStep, next_state
from askul_connect.core.errors import IllegalStep
from askul_connect.core.policies.factors import (
    counter_went_back,
    is_fresh,
    is_stale,
    pause_after,
    stage_for,
    wait_left,
)
from askul_connect.core.policies.login_settings import settings_problems, shift
from askul_connect.core.policies.passwords import ASKUL_GUIDE

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def factor(state: FactorState, **changes: Any) -> Factor:
    values: dict[str, Any] = {
        "factor_id": "f",
        "home_account_id": "a",
        "user_id": "u",
        "kind": FactorKind.TOTP,
        "state": state,
        "label": "x",
        "created_at": NOW,
    }
    return Factor(**{**values, **changes})


@pytest.mark.spec("AUTH-8")
def test_the_steps_of_a_factor() -> None:
    expected = {
        (FactorState.PENDING, FactorStep.CONFIRM): FactorState.ACTIVE,
        (FactorState.PENDING, FactorStep.REMOVE): FactorState.REMOVED,
        (FactorState.ACTIVE, FactorStep.SUSPEND): FactorState.SUSPENDED,
        (FactorState.ACTIVE, FactorStep.REMOVE): FactorState.REMOVED,
        (FactorState.SUSPENDED, FactorStep.REMOVE): FactorState.REMOVED,
    }
    for state in FactorState:
        for step in FactorStep:
            if (state, step) in expected:
                assert next_state(FACTOR_STEPS, state, step, "a factor") is expected[(state, step)]
            else:
                with pytest.raises(IllegalStep):
                    next_state(FACTOR_STEPS, state, step, "a factor")


@pytest.mark.spec("AUTH-8", "ACC-11")
def test_no_step_leads_past_the_factor() -> None:
    to_full = {(at, step) for (at, step), to in SESSION_STEPS.items() if to is SessionStage.FULL}
    assert to_full == {
        (SessionStage.SECOND_FACTOR, SessionStep.PROVE_FACTOR),
        (SessionStage.FACTOR_ENROLMENT, SessionStep.ENROL_FACTOR),
    }


FULL, SECOND_FACTOR, ENROLMENT = SessionStage.FULL, SessionStage.SECOND_FACTOR, SessionStage.FACTOR_ENROLMENT


@pytest.mark.spec("AUTH-8", "ACC-11")
@pytest.mark.parametrize(
    ("states", "optional", "required"),
    [
        ([], FULL, ENROLMENT),
        ([FactorState.PENDING], FULL, ENROLMENT),
        ([FactorState.REMOVED], FULL, ENROLMENT),
        ([FactorState.ACTIVE], SECOND_FACTOR, SECOND_FACTOR),
        ([FactorState.SUSPENDED], SECOND_FACTOR, SECOND_FACTOR),
        ([FactorState.REMOVED, FactorState.ACTIVE], SECOND_FACTOR, SECOND_FACTOR),
    ],
)
def test_the_stage_after_a_password(
    states: list[FactorState], optional: SessionStage, required: SessionStage
) -> None:
    known = [factor(state) for state in states]
    assert stage_for(SecondFactorRule.OPTIONAL, known, proved=False) is optional
    assert stage_for(SecondFactorRule.REQUIRED, known, proved=False) is required
    # a proof of a factor there is none of proves nothing
    assert stage_for(SecondFactorRule.REQUIRED, known, proved=True) is (
        ENROLMENT if required is ENROLMENT else FULL
    )


@pytest.mark.spec("AUTH-8")
def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    assert [pause_after(number).total_seconds() for number in range(17)] == [
        *[0] * 5,
        *(2**number for number in range(10)),
        *[900] * 2,
    ]
    assert pause_after(10_000) == timedelta(minutes=15)
    failures = FactorFailures(user_id="u", failures=6, last_at=NOW)
    assert wait_left(failures, NOW + SECOND) == SECOND
    assert wait_left(failures, NOW + 2 * SECOND) == timedelta()
    assert wait_left(None, NOW) == timedelta()


@pytest.mark.spec("AUTH-8")
@pytest.mark.parametrize(
    ("stored", "reported", "back"),
    [
        (0, 0, False),
        (0, 1, False),
        (1, 2, False),
        (2, 2, True),
        (2, 1, True),
        (1, 0, True),
        (2**32 - 1, 0, True),
    ],
)
def test_counters_of_passkeys(stored: int, reported: int, back: bool) -> None:
    assert counter_went_back(stored, reported) is back


@pytest.mark.spec("AUTH-8")
def test_what_is_fresh_and_what_is_stale() -> None:
    proof = SessionProof(token_hash="h", identity_at=NOW)
    five = timedelta(minutes=5)
    assert is_fresh(proof, NOW + five - SECOND)
    assert not is_fresh(proof, NOW + five)
    assert not is_fresh(SessionProof(token_hash="h", factor_at=NOW), NOW)
    assert not is_fresh(None, NOW)
    assert is_stale(factor(FactorState.PENDING), NOW + 2 * five)
    assert not is_stale(factor(FactorState.PENDING), NOW + 2 * five - SECOND)
    assert not is_stale(factor(FactorState.ACTIVE), NOW + timedelta(days=900))


@pytest.mark.spec("ACC-11")
def test_password_days_within_the_policy() -> None:
    ninety, own = LoginSettings(password_days=90), LoginSettings()
    assert ASKUL_GUIDE.lasting(own.password_days) == ASKUL_GUIDE
    assert ASKUL_GUIDE.lasting(ninety.password_days).expires_after_days == 90
    assert shift(ASKUL_GUIDE, own, ninety) == -timedelta(days=90)
    assert shift(ASKUL_GUIDE, ninety, own) == timedelta(days=90)
    found = settings_problems(ASKUL_GUIDE, LoginSettings(password_days=1, idle_minutes=0))
    assert [one.where for one in found] == ["idle_minutes", "password_days"]
    assert settings_problems(ASKUL_GUIDE, own) == ()
