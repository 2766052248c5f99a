"""Calling a supplier's operations from outside, over any face."""

from __future__ import annotations

from typing import Protocol, TypeVar

from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Operation

Req = TypeVar("Req")
Res = TypeVar("Res")


class OperationCaller(Protocol):
    """A client of the supplier's operations: SOAP, JSON or in process, all alike."""

    def call(
        self,
        operation: Operation[Req, Res],
        request: Req,
        *,
        token: Secret | None = None,
        idempotency_key: str = "",
        correlation_id: str = "",
    ) -> Res:
        """Call one operation and return its response.

        Raises:
            AskulConnectError: The class the supplier raised, made again from its problem; or
            PartnerUnreachable, OutcomeUnknown, PartnerAnswerInvalid of the connection itself.
        """
        ...

    def close(self) -> None:
        """Release connections."""
        ...
