"""Operations of signing on with another's assertion (AUTH-16)."""

from __future__ import annotations

from askul_connect.core.messages import login, sign_on
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    ANYONE,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LOGIN_WITH_ASSERTION = Operation(
    name="LoginWithAssertion",
    request=sign_on.LoginWithAssertionRequest,
    response=login.LoginResponse,
    access=ANYONE,
    effect=Effect.WRITE,
    idempotency=Idempotency.NONE,
    function=ServiceFunction.LOGIN,
    summary="Log in by an assertion of an authentication provider that the account allows.",
)
LIST_SIGN_ON_PROVIDERS = Operation(
    name="ListSignOnProviders",
    request=sign_on.ListSignOnProvidersRequest,
    response=sign_on.ListSignOnProvidersResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="The authentication providers of the supplier, and those that the account allows.",
)
SET_SIGN_ON_PROVIDERS = Operation(
    name="SetSignOnProviders",
    request=sign_on.SetSignOnProvidersRequest,
    response=sign_on.SetSignOnProvidersResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="Allow or forbid the account's people to log in by authentication providers.",
)

SIGN_ON_OPERATIONS = (LOGIN_WITH_ASSERTION, LIST_SIGN_ON_PROVIDERS, SET_SIGN_ON_PROVIDERS)
