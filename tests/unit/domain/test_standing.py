"""States of accounts, people and sessions are tables (ACC-3, ACC-6, ACC-9, AUTH-11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, ClientCredential, SessionStage, User, UserState
from askul_connect.core.domain.standing import (
    ACCOUNT_STEPS,
    PASSWORD_STEPS,
    SESSION_STEPS,
    USER_STEPS,
    AccountStep,
    CredentialState,
    PasswordState,
    PasswordStep,
    SessionStep,
    UserStep,
    credential_state,
    next_state,
    password_state,
)
from askul_connect.core.errors import IllegalStep


def walked(steps: Any, state: Any, *path: Any) -> Any:
    for step in path:
        state = next_state(steps, state, step, "it")
    return state


@pytest.mark.spec("ACC-3")
def test_an_account_goes_the_way_of_the_specification() -> None:
    way = (AccountStep.APPROVE, AccountStep.SUSPEND, AccountStep.REINSTATE, AccountStep.WITHDRAW)
    assert walked(ACCOUNT_STEPS, AccountState.PENDING_APPROVAL, *way) is AccountState.WITHDRAWN


@pytest.mark.spec("ACC-3", "ACC-6", "ACC-9", "AUTH-11")
@pytest.mark.parametrize(
    ("steps", "states", "names", "start", "ends"),
    [
        (ACCOUNT_STEPS, AccountState, AccountStep, AccountState.PENDING_APPROVAL, {"rejected", "withdrawn"}),
        # who was rejected or removed can be added again
        (USER_STEPS, UserState, UserStep, UserState.AWAITING_APPROVAL, set()),
        (SESSION_STEPS, SessionStage, SessionStep, None, {"ended"}),
        (PASSWORD_STEPS, PasswordState, PasswordStep, PasswordState.NONE, set()),
    ],
)
def test_each_table_is_whole(steps: Any, states: Any, names: Any, start: Any, ends: set[str]) -> None:
    leaves = {state for state, _ in steps}
    assert {state.value for state in states} - {state.value for state in leaves} == ends
    assert {step for _, step in steps} == set(names)
    reached = set(steps.values())
    if start is not None:
        assert reached | {start} == set(states)
    for state in states:
        for step in names:
            if (state, step) not in steps:
                with pytest.raises(IllegalStep, match=f"that is {state} cannot {step}"):
                    next_state(steps, state, step, "one")


NOW = datetime(2026, 4, 1, tzinfo=UTC)
SOMEBODY = User(
    user_id="u",
    account_id="a",
    email="u@example.jp",
    email_key="u@example.jp",
    name="u",
    state=UserState.ACTIVE,
    password_hash="$hash$",
    password_temporary=False,
    password_expires_at=NOW + timedelta(days=1),
    old_password_hashes=(),
    created_at=NOW,
)


@pytest.mark.spec("AUTH-4", "AUTH-5", "AUTH-18")
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, PasswordState.CHOSEN),
        ({"password_expires_at": None}, PasswordState.CHOSEN),
        ({"password_expires_at": NOW}, PasswordState.EXPIRED),
        ({"password_temporary": True}, PasswordState.TEMPORARY),
        ({"password_temporary": True, "password_expires_at": NOW}, PasswordState.EXPIRED),
        ({"password_compromised": True, "password_expires_at": NOW}, PasswordState.COMPROMISED),
        ({"password_hash": ""}, PasswordState.NONE),
    ],
)
def test_where_a_password_stands(changes: dict[str, Any], state: PasswordState) -> None:
    assert password_state(evolve(SOMEBODY, **changes), NOW) is state


@pytest.mark.spec("AUTH-20")
def test_where_a_credential_stands() -> None:
    credential = ClientCredential(
        credential_id="c",
        account_id="a",
        label="erp",
        secret_hash="",
        operations=(),
        departments=(),
        created_by="u",
        created_at=NOW,
    )
    assert credential_state(credential) is CredentialState.VALID
    assert credential_state(evolve(credential, revoked_at=NOW)) is CredentialState.REVOKED
