"""Operations for who has forgotten a password or a login ID; they work day and night (AUTH-12, AUTH-13)."""

from __future__ import annotations

from askul_connect.core.messages import recovery
from askul_connect.core.operations.registry import ANYONE, Effect, Idempotency, Operation, ServiceFunction

REQUEST_PASSWORD_RESET = Operation(
    name="RequestPasswordReset",
    request=recovery.RequestPasswordResetRequest,
    response=recovery.RequestPasswordResetResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Ask for a link to set a new password; the answer never says whether anything was found.",
)
RESET_PASSWORD = Operation(
    name="ResetPassword",
    request=recovery.ResetPasswordRequest,
    response=recovery.ResetPasswordResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Set a new password with the token that was sent; it is good once.",
)
RECOVER_LOGIN_ID = Operation(
    name="RecoverLoginId",
    request=recovery.RecoverLoginIdRequest,
    response=recovery.RecoverLoginIdResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Ask which ID one logs in with; the answer goes to the registered address only.",
)

RECOVERY_OPERATIONS = (REQUEST_PASSWORD_RESET, RESET_PASSWORD, RECOVER_LOGIN_ID)
