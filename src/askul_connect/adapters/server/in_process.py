"""Calling operations without a network and without XML: request bytes and response bytes are JSON.

It stands with the server, not with the transports: it is a face too, the JSON messages of the server joined
to their caller, and a transport knows nothing of operations.
"""

from __future__ import annotations

from typing import TypeVar

from askul_connect.adapters import _json
from askul_connect.adapters._failures import NewReference, random_reference
from askul_connect.adapters._lexical import carried_report
from askul_connect.adapters.server.refusals import (
    Refusal,
    answered,
    written,
)
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import Reported, error_from_report
from askul_connect.core.operations.registry import Operation
from askul_connect.core.ports.faces import Call, Dispatcher

Req = TypeVar("Req")
Res = TypeVar("Res")


class InProcessCaller:
    """An ``OperationCaller`` of the dispatcher given; the two sides share nothing but bytes.

    Args:
        dispatcher: Carries requests to the operations.
        new_reference: Makes the number under which a failure of ours is logged and reported.
    """

    def __init__(self, dispatcher: Dispatcher, *, new_reference: NewReference = random_reference) -> None:
        self._dispatcher = dispatcher
        self._new_reference = new_reference

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
            ValueInvalid: A value of the request cannot be sent.
            AskulConnectError: The class that the supplier raised.
        """
        call = Call(
            channel=Channel.IN_PROCESS,
            token=token,
            idempotency_key=idempotency_key,
            correlation_id=correlation_id,
        )
        body = _json.dumps(request)
        with correlated(correlation_id):
            outcome = answered(lambda: self._answer(operation.name, body, call), self._new_reference)
        if isinstance(outcome, Refusal):
            sent = _json.dumps(carried_report(outcome.report))
            raise error_from_report(_json.loads(Reported, sent, strict=False))
        return _json.loads(operation.response, outcome, strict=False)

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, name: str, body: bytes, call: Call) -> bytes:
        """The supplier's side."""
        operation = self._dispatcher.registry.get(name)
        request = _json.loads(operation.request, body)
        return written(operation, self._dispatcher.dispatch(operation, request, call))
