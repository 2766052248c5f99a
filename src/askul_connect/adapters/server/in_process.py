"""Calling operations without a network and without XML: request bytes and response bytes are JSON.

It stands with the server, not with the transports: it is a face too, the JSON messages of the server joined
to their caller, and a transport knows nothing of operations.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from askul_connect.adapters import _json
from askul_connect.adapters._lexical import carried_report
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    Fault,
    InternalError,
    Reported,
    error_from_report,
    report_of,
)
from askul_connect.core.operations.registry import Operation
from askul_connect.core.ports.faces import Call, Dispatcher

Req = TypeVar("Req")
Res = TypeVar("Res")

logger = logging.getLogger(__name__)


class InProcessCaller:
    """An ``OperationCaller`` of the dispatcher given; the two sides share nothing but bytes.

    Args:
        dispatcher: Carries requests to the operations.
        new_reference: Makes the number under which a failure of ours is logged and reported.
    """

    def __init__(
        self, dispatcher: Dispatcher, *, new_reference: Callable[[], str] = lambda: secrets.token_hex(8)
    ) -> None:
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
        done, answer = self._answer(operation.name, _json.dumps(request), call)
        if not done:
            raise error_from_report(_json.loads(Reported, answer))
        return _json.loads(operation.response, answer)

    def close(self) -> None:
        """Nothing is held."""

    def _answer(self, name: str, body: bytes, call: Call) -> tuple[bool, bytes]:
        """The supplier's side: whether it was done, and the response or the problem."""
        try:
            operation = self._dispatcher.registry.get(name)
            request = _json.loads(operation.request, body)
            return True, self._written(operation, self._dispatcher.dispatch(operation, request, call))
        except AskulConnectError as error:
            return False, _json.dumps(carried_report(self._report(error)))
        except Exception:
            reference = self._new_reference()
            logger.exception("an unplanned failure was answered with reference %s", reference)
            return False, _json.dumps(report_of(InternalError(""), reference=reference))

    def _written(self, operation: Operation[Any, Any], response: object) -> bytes:
        if not isinstance(response, operation.response):
            raise InternalError(f"{operation.name} returned a {type(response).__name__}")
        try:
            return _json.dumps(response)
        except AskulConnectError as error:
            # The caller cannot help what we were going to answer.
            raise InternalError(f"the response cannot be written: {error}") from error

    def _report(self, error: AskulConnectError) -> Reported:
        if error.fault is not Fault.OURS:
            return report_of(error)
        reference = error.reference or self._new_reference()
        logger.error("a failure of ours was answered with reference %s: %s", reference, error, exc_info=error)
        return report_of(error, reference=reference)
