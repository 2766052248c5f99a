"""Operations about audit records (AUTH-17)."""

from __future__ import annotations

from askul_connect.core.messages import audit
from askul_connect.core.operations.registry import (
    ADMINISTRATORS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LIST_AUDIT_RECORDS = Operation(
    name="ListAuditRecords",
    request=audit.ListAuditRecordsRequest,
    response=audit.ListAuditRecordsResponse,
    access=ADMINISTRATORS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="What was done to the account, its people and its credentials, since a cursor.",
)
EXPORT_AUDIT_HEAD = Operation(
    name="ExportAuditHead",
    request=audit.ExportAuditHeadRequest,
    response=audit.ExportAuditHeadResponse,
    access=SUPPLIER,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="The heads of all sealed chains, to be kept elsewhere.",
)

AUDIT_OPERATIONS = (LIST_AUDIT_RECORDS, EXPORT_AUDIT_HEAD)
