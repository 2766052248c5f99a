"""Requests and responses of second factors, logins by passkey and an account's login policy."""

from __future__ import annotations

from datetime import datetime

from attrs import field, frozen

from askul_connect.core.domain.accounts import Role, SecondFactorRule, SessionStage
from askul_connect.core.domain.factors import FactorKind, FactorState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class ListFactorsRequest:
    """The caller's own factors, and what the session may be used for."""


@frozen(kw_only=True)
class FactorSummary:
    """One factor.

    Attributes:
        suspended_reason: Why it proves nothing any more; empty otherwise.
    """

    factor_id: str
    kind: FactorKind
    state: FactorState
    label: str
    created_at: datetime
    last_used_at: datetime | None
    suspended_reason: str


@frozen(kw_only=True)
class ListFactorsResponse:
    """The factors, oldest first.

    Attributes:
        stage: What the present session may be used for: ``second_factor`` waits for a factor, ``factor_enrolment``
            for the enrolment of one.
        required: Whether an account of the person requires a factor.
        recovery_codes_left: Unused codes of the set; 0 without a set.
    """

    stage: SessionStage
    required: bool
    factors: tuple[FactorSummary, ...]
    recovery_codes_left: int


@frozen(kw_only=True)
class EnrolTotpRequest:
    """Begin with an authenticator that shows six digits (RFC 6238).

    Attributes:
        label: What the person calls it, 1 to 50 characters.
        current_password: Needed when neither password nor passkey was proved in this session within 5 minutes.
    """

    label: str
    current_password: Secret | None = None


@frozen(kw_only=True)
class EnrolTotpResponse:
    """What the authenticator is given, shown once; the factor counts from its confirmation on.

    Attributes:
        uri: ``otpauth`` URI, for a QR code.
        seed: The same secret, base32, for typing.
        expires_at: When it is forgotten if it is not confirmed.
    """

    factor_id: str
    uri: Secret
    seed: Secret
    expires_at: datetime


@frozen(kw_only=True)
class ConfirmTotpRequest:
    """A first code, which shows that the authenticator has the secret.

    Attributes:
        end_other_sessions: Whether the person's other sessions end.
    """

    factor_id: str
    code: Secret
    end_other_sessions: bool = True


@frozen(kw_only=True)
class ConfirmTotpResponse:
    """The factor counts from now on.

    Attributes:
        recovery_codes: A set of recovery codes with the first factor, shown once; empty when there is one already.
        session_token: Replaces that of a session that could only enrol; empty otherwise.
    """

    confirmed_at: datetime
    recovery_codes: tuple[Secret, ...]
    session_token: Secret | None


@frozen(kw_only=True)
class EnrolPasskeyRequest:
    """Begin with a passkey (WebAuthn).

    Attributes:
        label: What the person calls it, 1 to 50 characters.
        current_password: Needed when neither password nor passkey was proved in this session within 5 minutes.
    """

    label: str
    current_password: Secret | None = None


@frozen(kw_only=True)
class EnrolPasskeyResponse:
    """What the browser makes a passkey from.

    Attributes:
        options: JSON for ``PublicKeyCredential.parseCreationOptionsFromJSON``.
        expires_at: When its challenge expires.
    """

    factor_id: str
    options: str
    expires_at: datetime


@frozen(kw_only=True)
class ConfirmPasskeyRequest:
    """The passkey that was made.

    Attributes:
        credential: What the browser's ``credential.toJSON()`` gave, as JSON text.
        end_other_sessions: Whether the person's other sessions end.
    """

    factor_id: str
    credential: str
    end_other_sessions: bool = True


@frozen(kw_only=True)
class ConfirmPasskeyResponse:
    """The factor counts from now on.

    Attributes:
        recovery_codes: A set of recovery codes with the first factor, shown once; empty when there is one already.
        session_token: Replaces that of a session that could only enrol; empty otherwise.
    """

    confirmed_at: datetime
    recovery_codes: tuple[Secret, ...]
    session_token: Secret | None


@frozen(kw_only=True)
class RemoveFactorRequest:
    """Remove a factor of one's own.

    Attributes:
        current_password: Needed when neither password nor passkey was proved in this session within 5 minutes.
        end_other_sessions: Whether the person's other sessions end.
    """

    factor_id: str
    current_password: Secret | None = None
    end_other_sessions: bool = True


@frozen(kw_only=True)
class RemoveFactorResponse:
    """Removed.

    Attributes:
        factors_left: Active factors of the person.
    """

    factors_left: int


@frozen(kw_only=True)
class RenewRecoveryCodesRequest:
    """A new set of recovery codes; the old one ends.

    Attributes:
        current_password: Needed when neither password nor passkey was proved in this session within 5 minutes.
    """

    current_password: Secret | None = None


@frozen(kw_only=True)
class RenewRecoveryCodesResponse:
    """The codes, shown once; they are stored nowhere but as hashes."""

    recovery_codes: tuple[Secret, ...]


@frozen(kw_only=True)
class ResetFactorsRequest:
    """Remove every factor of a user of the account who cannot reach them any more.

    Attributes:
        current_password: The administrator's own; needed as for a change of own factors.
    """

    user_id: str
    current_password: Secret | None = None


@frozen(kw_only=True)
class ResetFactorsResponse:
    """Removed; the user's sessions have ended and the password is a temporary one, shown once."""

    temporary_password: Secret
    expires_at: datetime


@frozen(kw_only=True)
class StartPasskeyVerificationRequest:
    """What the passkeys of a session that waits for its second factor have to sign."""


@frozen(kw_only=True)
class StartPasskeyVerificationResponse:
    """A challenge.

    Attributes:
        options: JSON for ``PublicKeyCredential.parseRequestOptionsFromJSON``.
    """

    options: str
    expires_at: datetime


@frozen(kw_only=True)
class VerifySecondFactorRequest:
    """Prove the second factor of a session, by exactly one of the three.

    Attributes:
        code: Of an authenticator.
        recovery_code: One of the set; it is used up.
        passkey: What the browser's ``credential.toJSON()`` gave, as JSON text.
        remember: Whether the device is to log in by itself next time, without a factor (AUTH-11).
    """

    code: Secret | None = None
    recovery_code: Secret | None = None
    passkey: str = ""
    remember: bool = False


@frozen(kw_only=True)
class VerifySecondFactorResponse:
    """The session that takes the place of the one that waited.

    Attributes:
        recovery_codes_left: Unused codes of the set.
        device_token: What the device logs in with next time; None when it is not remembered from now on.
        device_expires_at: Until when it is remembered.
    """

    session_token: Secret
    expires_at: datetime
    role: Role
    account_name: str
    user_name: str
    recovery_codes_left: int
    device_token: Secret | None = None
    device_expires_at: datetime | None = None


@frozen(kw_only=True)
class StartPasskeyLoginRequest:
    """Log in without a password: by customer number or e-mail."""

    login_id: str


@frozen(kw_only=True)
class StartPasskeyLoginResponse:
    """A challenge; it looks the same for every ID, known or not.

    Attributes:
        options: JSON for ``PublicKeyCredential.parseRequestOptionsFromJSON``.
    """

    options: str
    expires_at: datetime


@frozen(kw_only=True)
class LoginWithPasskeyRequest:
    """The passkey's answer.

    Attributes:
        passkey: What the browser's ``credential.toJSON()`` gave, as JSON text.
        device: What the caller calls its device, for the list of sessions and the comparison with the past.
    """

    passkey: str
    device: str = field(default="", metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class LoginWithPasskeyResponse:
    """A session.

    Attributes:
        password_change_required: The session may only set a new password (AUTH-18).
    """

    session_token: Secret
    expires_at: datetime
    role: Role
    account_name: str
    user_name: str
    password_change_required: bool


@frozen(kw_only=True)
class GetLoginPolicyRequest:
    """How the people of the account log in."""


@frozen(kw_only=True)
class GetLoginPolicyResponse:
    """The account's settings and what they can be (ACC-11).

    Attributes:
        second_factor: Whether everybody needs one.
        remember_me: Whether devices may be remembered.
        idle_minutes: Minutes without a call after which a session ends.
        password_days: Days until a password must be changed.
        own_password_days: The same as it was set; 0 for the policy's own, which may change with it.
        least_password_days, most_password_days: What the supplier's password policy allows.
        people_without_factor: Active people of the account who have not enrolled one.
    """

    second_factor: SecondFactorRule
    remember_me: bool
    idle_minutes: int
    password_days: int
    least_password_days: int
    most_password_days: int
    people_without_factor: int
    own_password_days: int = field(default=0, metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class SetLoginPolicyRequest:
    """New settings for the whole account, in force at once (ACC-11).

    Attributes:
        second_factor: Required: sessions of people without one may only enrol from now on, other sessions in which
            none was proved have to prove it.
        idle_minutes: 5 to 720.
        password_days: Within the policy's range; 0 for the policy's own.
        current_password: Needed when neither password nor passkey was proved in this session within 5 minutes.
    """

    second_factor: SecondFactorRule
    remember_me: bool
    idle_minutes: int
    password_days: int = 0
    current_password: Secret | None = None


@frozen(kw_only=True)
class SetLoginPolicyResponse:
    """In force.

    Attributes:
        changed: False when everything was so already.
        sessions_affected: Sessions that have to prove or enrol a factor now.
    """

    changed: bool
    sessions_affected: int
