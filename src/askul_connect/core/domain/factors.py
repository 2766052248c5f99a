"""Second factors of people, what proves them, and their states as a table (AUTH-8)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class FactorKind(StrEnum):
    """What a person proves a login with, beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"


class FactorState(StrEnum):
    """State of a factor; only an active one proves anything."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class FactorStep(StrEnum):
    """What can happen to a factor."""

    CONFIRM = "confirm"
    SUSPEND = "suspend"
    REMOVE = "remove"


#: A suspended factor never comes back: what was copied once stays copied.
FACTOR_STEPS: Mapping[tuple[FactorState, FactorStep], FactorState] = MappingProxyType(
    {
        (FactorState.PENDING, FactorStep.CONFIRM): FactorState.ACTIVE,
        (FactorState.PENDING, FactorStep.REMOVE): FactorState.REMOVED,
        (FactorState.ACTIVE, FactorStep.SUSPEND): FactorState.SUSPENDED,
        (FactorState.ACTIVE, FactorStep.REMOVE): FactorState.REMOVED,
        (FactorState.SUSPENDED, FactorStep.REMOVE): FactorState.REMOVED,
    }
)


class ChallengePurpose(StrEnum):
    """What a challenge may be answered for."""

    ENROLMENT = "enrolment"
    VERIFICATION = "verification"
    LOGIN = "login"


@frozen(kw_only=True)
class Factor:
    """One factor of a person.

    Attributes:
        home_account_id: The person's home account.
        label: What the person calls it.
        seed: Of a TOTP factor, encrypted by a key outside the database (AUTH-19); empty once it is removed.
        last_step: The highest time step whose code was accepted; no code of it or of an earlier one is again.
        credential_id: Of a passkey, base64url; empty once it is removed.
        public_key: Of a passkey, COSE in base64url.
        sign_count: Of a passkey, as it last reported it.
        suspended_reason: Why it is suspended, for the person; empty otherwise.
    """

    factor_id: str
    home_account_id: str
    user_id: str
    kind: FactorKind
    state: FactorState
    label: str
    created_at: datetime
    seed: str = ""
    last_step: int = 0
    credential_id: str = ""
    public_key: str = ""
    sign_count: int = 0
    confirmed_at: datetime | None = None
    last_used_at: datetime | None = None
    suspended_reason: str = ""


@frozen(kw_only=True)
class RecoveryCode:
    """One code of a person's set, for the day on which every factor is out of reach.

    Attributes:
        number: Its place in the set and its first character, so that one hash is enough to check it.
        code_hash: Encoded argon2id hash.
    """

    home_account_id: str
    user_id: str
    number: int
    code_hash: str
    created_at: datetime
    used_at: datetime | None = None


@frozen(kw_only=True)
class Challenge:
    """What a passkey has to sign, once and soon; the challenge itself is not stored.

    Attributes:
        challenge_hash: SHA-256 of its text.
        user_id, home_account_id: Whom it was given to; empty for an ID that names nobody.
        session_id: The session it belongs to; empty before a login.
        login_id: What was typed, for the login history.
    """

    challenge_hash: str
    purpose: ChallengePurpose
    user_id: str
    home_account_id: str
    session_id: str
    login_id: str
    created_at: datetime
    expires_at: datetime


@frozen(kw_only=True)
class SessionProof:
    """What was proved in a session, and when.

    Attributes:
        token_hash: The session's.
        identity_at: When the password, or a passkey in its place, was last proved in it; None for never.
        factor_at: When a second factor was proved in it; None for never.
        failures: Wrong codes and passwords in this session.
    """

    token_hash: str
    identity_at: datetime | None = None
    factor_at: datetime | None = None
    failures: int = 0


@frozen(kw_only=True)
class FactorFailures:
    """Wrong codes of a person in a row, over all sessions.

    Attributes:
        failures: Since the last right one.
        last_at: When the last wrong one came.
    """

    user_id: str
    failures: int
    last_at: datetime


@frozen(kw_only=True)
class RelyingParty:
    """For whom passkeys are made: they answer nobody else.

    Attributes:
        domain: The portal's domain, to which every passkey is bound for good.
        name: What the person is shown.
        origins: Where the ceremonies may take place, as a browser writes them.
    """

    domain: str = "localhost"
    name: str = "askul-connect"
    origins: tuple[str, ...] = ("http://localhost",)
