"""States of accounts, people, passwords, sessions and machine identities, as tables (ACC-3, ACC-6, ACC-9, AUTH-4).

The diagrams in the documentation are generated from them. A step that is not in a table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from askul_connect.core.domain.accounts import AccountState, SessionStage, UserState
from askul_connect.core.errors import IllegalStep

S = TypeVar("S", bound=StrEnum)
T = TypeVar("T", bound=StrEnum)


class AccountStep(StrEnum):
    """What can happen to an account."""

    APPROVE = "approve"
    REJECT = "reject"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"
    WITHDRAW = "withdraw"


ACCOUNT_STEPS: Mapping[tuple[AccountState, AccountStep], AccountState] = MappingProxyType(
    {
        (AccountState.PENDING_APPROVAL, AccountStep.APPROVE): AccountState.ACTIVE,
        (AccountState.PENDING_APPROVAL, AccountStep.REJECT): AccountState.REJECTED,
        (AccountState.ACTIVE, AccountStep.SUSPEND): AccountState.SUSPENDED,
        (AccountState.SUSPENDED, AccountStep.REINSTATE): AccountState.ACTIVE,
        (AccountState.ACTIVE, AccountStep.WITHDRAW): AccountState.WITHDRAWN,
        (AccountState.SUSPENDED, AccountStep.WITHDRAW): AccountState.WITHDRAWN,
    }
)


class UserStep(StrEnum):
    """What can happen to a person, or to a membership."""

    APPROVE = "approve"
    REJECT = "reject"
    REMOVE = "remove"
    RETURN = "return"


USER_STEPS: Mapping[tuple[UserState, UserStep], UserState] = MappingProxyType(
    {
        (UserState.AWAITING_APPROVAL, UserStep.APPROVE): UserState.ACTIVE,
        (UserState.AWAITING_APPROVAL, UserStep.REJECT): UserState.REJECTED,
        (UserState.ACTIVE, UserStep.REMOVE): UserState.REMOVED,
        (UserState.REMOVED, UserStep.RETURN): UserState.ACTIVE,
    }
)


class SessionStep(StrEnum):
    """What can happen to a session."""

    PROVE_FACTOR = "prove_factor"
    ENROL_FACTOR = "enrol_factor"
    ASK_FACTOR = "ask_factor"
    ASK_ENROLMENT = "ask_enrolment"
    SET_PASSWORD = "set_password"  # noqa: S105 -- a step, no password
    END = "end"


SESSION_STEPS: Mapping[tuple[SessionStage, SessionStep], SessionStage] = MappingProxyType(
    {
        (SessionStage.SECOND_FACTOR, SessionStep.PROVE_FACTOR): SessionStage.FULL,
        (SessionStage.FACTOR_ENROLMENT, SessionStep.ENROL_FACTOR): SessionStage.FULL,
        # The account began to require a factor (ACC-11).
        (SessionStage.FULL, SessionStep.ASK_FACTOR): SessionStage.SECOND_FACTOR,
        (SessionStage.FULL, SessionStep.ASK_ENROLMENT): SessionStage.FACTOR_ENROLMENT,
        # A new password is followed by a new login.
        (SessionStage.PASSWORD_CHANGE, SessionStep.SET_PASSWORD): SessionStage.ENDED,
        (SessionStage.FULL, SessionStep.END): SessionStage.ENDED,
        (SessionStage.PASSWORD_CHANGE, SessionStep.END): SessionStage.ENDED,
        (SessionStage.SECOND_FACTOR, SessionStep.END): SessionStage.ENDED,
        (SessionStage.FACTOR_ENROLMENT, SessionStep.END): SessionStage.ENDED,
    }
)


def next_state(steps: Mapping[tuple[S, T], S], state: S, step: T, what: str) -> S:
    """The state after a step.

    Args:
        steps: One of the tables above.
        state: The present state.
        step: What is to happen.
        what: What it happens to, for the refusal.

    Raises:
        IllegalStep: The table has no such step from this state.
    """
    try:
        return steps[(state, step)]
    except KeyError:
        allowed = ", ".join(s for (at, s) in steps if at is state) or "none"
        raise IllegalStep(f"{what} that is {state} cannot {step}; possible: {allowed}") from None
