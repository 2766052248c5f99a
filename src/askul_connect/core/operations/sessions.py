"""Sessions, remembered devices, locks and the login history (AUTH-7, AUTH-10, AUTH-11)."""

from __future__ import annotations

from typing import Any

from askul_connect.core.domain.accounts import SessionStage
from askul_connect.core.messages import sessions
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    ANYONE,
    CUSTOMERS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

RESUME_SESSION = Operation(
    name="ResumeSession",
    request=sessions.ResumeSessionRequest,
    response=sessions.ResumeSessionResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Log in by a remembered device; its token is exchanged for a new one.",
)
LOGOUT = Operation(
    name="Logout",
    request=sessions.LogoutRequest,
    response=sessions.LogoutResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="End the session of the call.",
    stages=frozenset(
        {SessionStage.PASSWORD_CHANGE, SessionStage.SECOND_FACTOR, SessionStage.FACTOR_ENROLMENT}
    ),
)
LIST_SESSIONS = Operation(
    name="ListSessions",
    request=sessions.ListSessionsRequest,
    response=sessions.ListSessionsResponse,
    access=CUSTOMERS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="The caller's own sessions and remembered devices.",
)
END_SESSION = Operation(
    name="EndSession",
    request=sessions.EndSessionRequest,
    response=sessions.EndSessionResponse,
    access=CUSTOMERS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="End one of the caller's own sessions, or all others, and forget their devices.",
)
UNLOCK_USER = Operation(
    name="UnlockUser",
    request=sessions.UnlockUserRequest,
    response=sessions.UnlockUserResponse,
    access=ADMINISTRATORS | SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Lift the pause or lock of a user of the account, or for staff of the ticket's.",
)
LIST_LOGIN_HISTORY = Operation(
    name="ListLoginHistory",
    request=sessions.ListLoginHistoryRequest,
    response=sessions.ListLoginHistoryResponse,
    access=CUSTOMERS | SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Login attempts: the caller's own, all of the account for its administrator, of a ticket's for staff.",
)

SESSION_OPERATIONS: tuple[Operation[Any, Any], ...] = (
    RESUME_SESSION,
    LOGOUT,
    LIST_SESSIONS,
    END_SESSION,
    UNLOCK_USER,
    LIST_LOGIN_HISTORY,
)
