"""The operations of second factors, logins by passkey and an account's login policy (AUTH-8, ACC-11)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import SessionStage
from askul_connect.core.messages import factors
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    ANYONE,
    CUSTOMERS,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

_ENROLLING = frozenset({SessionStage.FACTOR_ENROLMENT})

LIST_FACTORS = Operation(
    name="ListFactors",
    request=factors.ListFactorsRequest,
    response=factors.ListFactorsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="The caller's own second factors, and what the session may be used for.",
    stages=frozenset({SessionStage.SECOND_FACTOR, SessionStage.FACTOR_ENROLMENT}),
)
ENROL_TOTP = Operation(
    name="EnrolTotp",
    request=factors.EnrolTotpRequest,
    response=factors.EnrolTotpResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Begin to enrol an authenticator that shows six digits; its secret is shown once.",
    stages=_ENROLLING,
)
CONFIRM_TOTP = Operation(
    name="ConfirmTotp",
    request=factors.ConfirmTotpRequest,
    response=factors.ConfirmTotpResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Finish the enrolment of an authenticator by a code of it.",
    stages=_ENROLLING,
)
ENROL_PASSKEY = Operation(
    name="EnrolPasskey",
    request=factors.EnrolPasskeyRequest,
    response=factors.EnrolPasskeyResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Begin to enrol a passkey.",
    stages=_ENROLLING,
)
CONFIRM_PASSKEY = Operation(
    name="ConfirmPasskey",
    request=factors.ConfirmPasskeyRequest,
    response=factors.ConfirmPasskeyResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Finish the enrolment of a passkey by what it made.",
    stages=_ENROLLING,
)
REMOVE_FACTOR = Operation(
    name="RemoveFactor",
    request=factors.RemoveFactorRequest,
    response=factors.RemoveFactorResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Remove a second factor of one's own.",
)
RENEW_RECOVERY_CODES = Operation(
    name="RenewRecoveryCodes",
    request=factors.RenewRecoveryCodesRequest,
    response=factors.RenewRecoveryCodesResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="A new set of recovery codes, shown once; the old set ends.",
)
RESET_FACTORS = Operation(
    name="ResetFactors",
    request=factors.ResetFactorsRequest,
    response=factors.ResetFactorsResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Remove every second factor of a user and issue a temporary password; shown once.",
)
START_PASSKEY_VERIFICATION = Operation(
    name="StartPasskeyVerification",
    request=factors.StartPasskeyVerificationRequest,
    response=factors.StartPasskeyVerificationResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="A challenge for the passkeys of a session that waits for its second factor.",
)
VERIFY_SECOND_FACTOR = Operation(
    name="VerifySecondFactor",
    request=factors.VerifySecondFactorRequest,
    response=factors.VerifySecondFactorResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Prove the second factor of a session that waits for it; gives the session that takes its place.",
)
START_PASSKEY_LOGIN = Operation(
    name="StartPasskeyLogin",
    request=factors.StartPasskeyLoginRequest,
    response=factors.StartPasskeyLoginResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="A challenge for a login without a password.",
)
LOGIN_WITH_PASSKEY = Operation(
    name="LoginWithPasskey",
    request=factors.LoginWithPasskeyRequest,
    response=factors.LoginWithPasskeyResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Log in by a passkey alone.",
)
GET_LOGIN_POLICY = Operation(
    name="GetLoginPolicy",
    request=factors.GetLoginPolicyRequest,
    response=factors.GetLoginPolicyResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="How the people of the account log in.",
)
SET_LOGIN_POLICY = Operation(
    name="SetLoginPolicy",
    request=factors.SetLoginPolicyRequest,
    response=factors.SetLoginPolicyResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Set how the people of the account log in; in force at once.",
)

FACTOR_OPERATIONS = (
    LIST_FACTORS,
    ENROL_TOTP,
    CONFIRM_TOTP,
    ENROL_PASSKEY,
    CONFIRM_PASSKEY,
    REMOVE_FACTOR,
    RENEW_RECOVERY_CODES,
    RESET_FACTORS,
    START_PASSKEY_VERIFICATION,
    VERIFY_SECOND_FACTOR,
    START_PASSKEY_LOGIN,
    LOGIN_WITH_PASSKEY,
    GET_LOGIN_POLICY,
    SET_LOGIN_POLICY,
)
