"""The supplier's JSON face: request bytes in, response bytes out, for every operation of the registry."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from askul_connect.adapters import _json
from askul_connect.adapters._failures import NewReference, random_reference
from askul_connect.adapters.server.headers import CORRELATION_ID, IDEMPOTENCY_KEY, text_of, token_of
from askul_connect.adapters.server.openapi import openapi
from askul_connect.adapters.server.problems import problem_response, response
from askul_connect.adapters.server.refusals import (
    Refusal,
    answered,
    written,
)
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    DocumentUnsupported,
    NotAuthenticated,
    Reported,
    UnknownOperation,
    ValueInvalid,
)
from askul_connect.core.operations.registry import ANYONE, Operation
from askul_connect.core.ports.faces import Call, Dispatcher
from askul_connect.core.ports.observation import ANSWERED_WELL, Answered, CallObserver, Unobserved
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

PATH = "/api/1"
"""Where the face is mounted; the number is the major version of the wire."""

ROUTE = f"{PATH}/{{name:str}}"
"""What is routed to it."""

DOCUMENT = "openapi.json"


@frozen(kw_only=True)
class _Asked:
    """A request that could be read."""

    operation: Operation[Any, Any]
    message: object
    call: Call


class JsonFace:
    """Answers every operation as a POST to a path of its name; thread-safe.

    Reads are POSTs too: one rule for all operations, and no cursor or number of an order in a URL, where
    proxies log it.

    Args:
        dispatcher: Carries requests to the operations.
        address: URL of this face as the buyer reaches it, written into the OpenAPI document.
        new_reference: Makes the number under which a failure of ours is logged and reported.
        observer: Told of every call.

    Raises:
        TypeError: A message of the registry cannot be described.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        *,
        address: str,
        new_reference: NewReference = random_reference,
        observer: CallObserver | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._new_reference = new_reference
        self._observer = observer or Unobserved()
        self.description = openapi(dispatcher.registry, address=address)
        """The OpenAPI document."""
        self._methods = {operation.name: "POST" for operation in dispatcher.registry} | {DOCUMENT: "GET"}

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        """Answer one request: the OpenAPI document, a response, or a problem; never raises.

        Args:
            request: As it came in.
            peer: Network address of the caller, empty in process.
        """
        begun = time.perf_counter_ns()
        name = urlsplit(request.url).path.removeprefix(f"{PATH}/")
        method = self._methods.get(name)
        if name == DOCUMENT and request.method == method:
            return response(self.description)
        code, answer = (
            (UnknownOperation.code, _other_method(method))
            if method is not None and request.method != method
            else self._answer(name, request, peer)
        )
        self._observer.answered(
            Answered(
                channel=Channel.JSON,
                operation=name if method == "POST" else "",
                code=code,
                nanoseconds=time.perf_counter_ns() - begun,
            )
        )
        return answer

    def _answer(self, name: str, request: HttpRequest, peer: str) -> tuple[str, HttpResponse]:
        """The outcome's code, and what is sent."""
        asked = answered(lambda: self._read(name, request, peer), self._new_reference)
        if isinstance(asked, Refusal):
            # a value that cannot even be read is malformed; one that a rule refuses is not
            malformed = asked.kind is ValueInvalid
            status = HTTPStatus.BAD_REQUEST if malformed else None
            return asked.report.code, problem_response(asked, status=status)
        with correlated(asked.call.correlation_id):
            outcome = answered(lambda: self._done(asked), self._new_reference)
        if isinstance(outcome, Refusal):
            return outcome.report.code, problem_response(outcome)
        return ANSWERED_WELL, response(outcome)

    def _read(self, name: str, request: HttpRequest, peer: str) -> _Asked:
        if name not in self._methods:
            raise UnknownOperation(f"no operation {name[:80]!r}", where="path")
        operation = self._dispatcher.registry.get(name)
        _check(request)
        call = Call(
            channel=Channel.JSON,
            token=_token(request, needed=operation.access != ANYONE),
            idempotency_key=text_of(request.headers, IDEMPOTENCY_KEY),
            correlation_id=text_of(request.headers, CORRELATION_ID),
            address=peer,
        )
        return _Asked(operation=operation, message=_json.loads(operation.request, request.body), call=call)

    def _done(self, asked: _Asked) -> bytes:
        response = self._dispatcher.dispatch(asked.operation, asked.message, asked.call)
        return written(asked.operation, response)


def _token(request: HttpRequest, *, needed: bool) -> Secret | None:
    try:
        return token_of(request.headers)
    except NotAuthenticated:
        if needed:
            raise
        # an operation for anyone does not look at the token, as on every face
        return None


def _check(request: HttpRequest) -> None:
    if urlsplit(request.url).query:
        # ?trial=true that is passed over would be an order
        raise ValueInvalid("all fields stand in the body", where="query")
    media_type, *parameters = (
        part.strip().lower() for part in request.headers.get("content-type", "").split(";")
    )
    charsets = {one.partition("=")[2].strip("\"' ") for one in parameters if one.startswith("charset=")}
    if media_type != "application/json" or charsets - {"utf-8"}:
        raise DocumentUnsupported("send application/json in UTF-8", where="Content-Type")


def _other_method(method: str) -> HttpResponse:
    report = Reported(code=UnknownOperation.code, detail=f"only {method} is taken here", where="method")
    refusal = Refusal(kind=UnknownOperation, report=report)
    return problem_response(refusal, status=HTTPStatus.METHOD_NOT_ALLOWED, allow=method)
