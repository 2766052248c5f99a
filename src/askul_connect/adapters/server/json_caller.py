"""The buyer's side of the JSON API."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from attrs import frozen

from askul_connect.adapters import _json
from askul_connect.adapters._answers import unclear
from askul_connect.adapters.server.headers import call_headers
from askul_connect.adapters.server.problems import MEDIA_TYPE, TYPE_PREFIX
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    DocumentError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    Reported,
    ValueInvalid,
    error_from_report,
)
from askul_connect.core.operations.registry import Effect, Operation
from askul_connect.core.ports.transport import HttpRequest, HttpResponse, Transport

Req = TypeVar("Req")
Res = TypeVar("Res")

_FORM = "JSON"


@frozen(kw_only=True)
class _Problem(Reported):
    """Problem details; of anybody, until ``type`` says that they are ours."""

    type: str


class JsonCaller:
    """Calls a supplier's operations over JSON; an ``OperationCaller``, thread-safe when its transport is.

    Args:
        transport: Sends the bytes.
        address: URL of the supplier's JSON API, such as ``https://supplier.example/api/1``.
    """

    def __init__(self, transport: Transport, *, address: str) -> None:
        self._transport = transport
        self._address = address.rstrip("/")

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
            ValueInvalid: A value of the request cannot be sent; nothing was.
            PartnerUnreachable: Nothing was done there.
            OutcomeUnknown: It may have been executed, and there is no answer that can be read.
            PartnerAnswerInvalid: The answer to a read is not what it should be.
            AskulConnectError: The class that the supplier raised.
        """
        body = _json.dumps(request)
        headers = {
            "content-type": "application/json",
            "accept": f"application/json, {MEDIA_TYPE}",
            **call_headers(token, idempotency_key, correlation_id),
        }
        url = f"{self._address}/{operation.name}"
        try:
            response = self._transport.send(HttpRequest(method="POST", url=url, headers=headers, body=body))
        except PartnerAnswerInvalid as error:
            if operation.effect is Effect.READ:
                raise
            raise OutcomeUnknown(error.detail, where=error.where) from error
        return _read(operation, response)

    def close(self) -> None:
        """Release connections."""
        self._transport.close()


def _read(operation: Operation[Req, Res], response: HttpResponse) -> Res:
    if _media_type(response) == MEDIA_TYPE:
        raise _refusal(operation.effect, response)
    if response.status != HTTPStatus.OK or _media_type(response) != "application/json":
        raise unclear(operation.effect, response, _FORM)
    # A SOAP answer names its operation; an object of JSON could be anybody's, so one of another shape is no
    # more an answer than a page of HTML.
    try:
        return _json.loads(operation.response, response.body, strict=False)
    except (DocumentError, ValueInvalid) as error:
        raise unclear(operation.effect, response, _FORM, error) from error


def _refusal(effect: Effect, response: HttpResponse) -> AskulConnectError:
    try:
        problem = _json.loads(_Problem, response.body, strict=False)
    except (DocumentError, ValueInvalid) as error:
        return unclear(effect, response, _FORM, error)
    if problem.type != TYPE_PREFIX + problem.code:
        # whatever stands before the supplier may answer with problem details as well
        return unclear(effect, response, _FORM)
    return error_from_report(problem)


def _media_type(response: HttpResponse) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()
