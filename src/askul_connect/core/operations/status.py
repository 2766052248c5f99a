"""Operations of the service status and of guidance; they work while all else is stopped (AUTH-3, AUTH-15, SUP-5)."""

from __future__ import annotations

from askul_connect.core.messages import guidance, status
from askul_connect.core.operations.registry import (
    ANYONE,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LIST_NOTICES = Operation(
    name="ListNotices",
    request=status.ListNoticesRequest,
    response=status.ListNoticesResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Present, planned and recent disturbances, and what of the service works.",
)
SET_SERVICE_STATUS = Operation(
    name="SetServiceStatus",
    request=status.SetServiceStatusRequest,
    response=status.SetServiceStatusResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.STATUS,
    summary="Announce a disturbance, change one, or declare it to be over.",
)
DIAGNOSE = Operation(
    name="Diagnose",
    request=guidance.DiagnoseRequest,
    response=guidance.DiagnoseResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Causes and remedies for an error code or a symptom.",
)
SEARCH_FAQ = Operation(
    name="SearchFaq",
    request=guidance.SearchFaqRequest,
    response=guidance.SearchFaqResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="Frequent questions and their answers, in Japanese and English.",
)
LIST_SUPPORT_CHANNELS = Operation(
    name="ListSupportChannels",
    request=guidance.ListSupportChannelsRequest,
    response=guidance.ListSupportChannelsResponse,
    access=ANYONE,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.STATUS,
    summary="The ways to support, their hours, and who can be reached now.",
)

STATUS_OPERATIONS = (LIST_NOTICES, SET_SERVICE_STATUS, DIAGNOSE, SEARCH_FAQ, LIST_SUPPORT_CHANNELS)
