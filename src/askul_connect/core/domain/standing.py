"""States of accounts, people, passwords, sessions and machine identities, as tables (ACC-3, ACC-6, ACC-9, AUTH-4).

The diagrams in the documentation are generated from them. A step that is not in a table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from askul_connect.core.domain.accounts import (
    AccountState,
    ClientCredential,
    SessionStage,
    User,
    UserState,
)
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
    MERGE = "merge"


ACCOUNT_STEPS: Mapping[tuple[AccountState, AccountStep], AccountState] = MappingProxyType(
    {
        (AccountState.PENDING_APPROVAL, AccountStep.APPROVE): AccountState.ACTIVE,
        (AccountState.PENDING_APPROVAL, AccountStep.REJECT): AccountState.REJECTED,
        (AccountState.ACTIVE, AccountStep.SUSPEND): AccountState.SUSPENDED,
        (AccountState.SUSPENDED, AccountStep.REINSTATE): AccountState.ACTIVE,
        (AccountState.ACTIVE, AccountStep.WITHDRAW): AccountState.WITHDRAWN,
        (AccountState.SUSPENDED, AccountStep.WITHDRAW): AccountState.WITHDRAWN,
        # Another account takes everything over; also from an application that was a second one (ACC-4).
        (AccountState.PENDING_APPROVAL, AccountStep.MERGE): AccountState.WITHDRAWN,
        (AccountState.ACTIVE, AccountStep.MERGE): AccountState.WITHDRAWN,
        (AccountState.SUSPENDED, AccountStep.MERGE): AccountState.WITHDRAWN,
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
        # An administrator who rejected somebody by mistake adds them.
        (UserState.REJECTED, UserStep.RETURN): UserState.ACTIVE,
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


class PasswordState(StrEnum):
    """State of a person's password; it follows from what is stored and the time (:func:`password_state`)."""

    NONE = "none"
    TEMPORARY = "temporary"
    CHOSEN = "chosen"
    EXPIRED = "expired"
    COMPROMISED = "compromised"


class PasswordStep(StrEnum):
    """What can happen to a password."""

    ISSUE_TEMPORARY = "issue_temporary"
    CHOOSE = "choose"
    RESET = "reset"
    EXPIRE = "expire"
    LEAK = "leak"


#: A temporary password that has expired lets nobody in: another one is issued, or it is reset (AUTH-4).
PASSWORD_STEPS: Mapping[tuple[PasswordState, PasswordStep], PasswordState] = MappingProxyType(
    {
        **{(state, PasswordStep.ISSUE_TEMPORARY): PasswordState.TEMPORARY for state in PasswordState},
        **{(state, PasswordStep.RESET): PasswordState.CHOSEN for state in PasswordState},
        **{
            (state, PasswordStep.CHOOSE): PasswordState.CHOSEN
            for state in PasswordState
            if state is not PasswordState.NONE
        },
        (PasswordState.TEMPORARY, PasswordStep.EXPIRE): PasswordState.EXPIRED,
        (PasswordState.CHOSEN, PasswordStep.EXPIRE): PasswordState.EXPIRED,
        (PasswordState.CHOSEN, PasswordStep.LEAK): PasswordState.COMPROMISED,
        (PasswordState.EXPIRED, PasswordStep.LEAK): PasswordState.COMPROMISED,
    }
)


def password_state(user: User, now: datetime) -> PasswordState:
    """Where a person's password stands at an instant."""
    if not user.password_hash:
        return PasswordState.NONE
    if user.password_compromised:
        return PasswordState.COMPROMISED
    if user.password_expires_at is not None and now >= user.password_expires_at:
        return PasswordState.EXPIRED
    return PasswordState.TEMPORARY if user.password_temporary else PasswordState.CHOSEN


class CredentialState(StrEnum):
    """State of a client credential (AUTH-20)."""

    VALID = "valid"
    REVOKED = "revoked"


class CredentialStep(StrEnum):
    """What can happen to a client credential."""

    REVOKE = "revoke"


CREDENTIAL_STEPS: Mapping[tuple[CredentialState, CredentialStep], CredentialState] = MappingProxyType(
    {(CredentialState.VALID, CredentialStep.REVOKE): CredentialState.REVOKED}
)


def credential_state(credential: ClientCredential) -> CredentialState:
    """Where a client credential stands."""
    return CredentialState.REVOKED if credential.revoked_at is not None else CredentialState.VALID


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
