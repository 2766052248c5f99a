"""Lists for administrators and the supplier's staff."""

from __future__ import annotations

from askul_connect.core.messages import administration
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LIST_CLIENT_CREDENTIALS = Operation(
    name="ListClientCredentials",
    request=administration.ListClientCredentialsRequest,
    response=administration.ListClientCredentialsResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.LOGIN,
    summary="The machine identities of the account, without their secrets.",
)
LIST_ACCOUNTS = Operation(
    name="ListAccounts",
    request=administration.ListAccountsRequest,
    response=administration.ListAccountsResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Accounts that are new or have changed since a cursor.",
    automation=True,
)

ADMINISTRATION_OPERATIONS = (LIST_CLIENT_CREDENTIALS, LIST_ACCOUNTS)
