"""The supplier's SOAP face: request bytes in, response bytes out, for every operation of the registry."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from attrs import define
from lxml import etree

from askul_connect.adapters import _xml
from askul_connect.adapters._failures import NewReference, failure_told, random_reference
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.envelope import (
    VERSIONS,
    Opened,
    Version,
    fault,
    must_be_understood,
    unwrap,
    wrap,
)
from askul_connect.adapters.soap.messages import CALL_HEADER, CallHeader, ProblemDetail
from askul_connect.adapters.soap.model import NAMESPACE, response_element, usage
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.core.domain.correlation import correlated, correlated_logger
from askul_connect.core.domain.orders import Channel
from askul_connect.core.errors import (
    AskulConnectError,
    DocumentUnsupported,
    InternalError,
    Reported,
    UnknownOperation,
)
from askul_connect.core.operations.registry import Operation
from askul_connect.core.ports.faces import Call, Dispatcher
from askul_connect.core.ports.observation import ANSWERED_WELL, Answered, CallObserver, Unobserved
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

logger = correlated_logger(__name__)
_HEADER_TAG = f"{{{NAMESPACE}}}{CALL_HEADER}"


@define
class _Exchange:
    """What becomes known of a call while it is answered."""

    operation: str = ""
    correlation_id: str = ""
    code: str = ANSWERED_WELL


class _NotUnderstood(Exception):
    """A header block that the sender insists on and that is none of ours."""


class SoapFace:
    """Answers SOAP 1.1 and 1.2; thread-safe.

    Args:
        dispatcher: Carries requests to the operations.
        address: URL of this face as the buyer reaches it, written into the WSDL.
        new_reference: Makes the number under which a failure of ours is logged and reported.
        limits: How much a request may ask of the parser.
        observer: Told of every call.

    Raises:
        TypeError: A message of the registry has a field that cannot be sent.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        *,
        address: str,
        new_reference: NewReference = random_reference,
        limits: _xml.XmlLimits = _xml.DEFAULT_LIMITS,
        observer: CallObserver | None = None,
    ) -> None:
        self._dispatcher = dispatcher
        self._address = address
        self._new_reference = new_reference
        self._limits = limits
        self._observer = observer or Unobserved()
        registry = dispatcher.registry
        usage(registry, answers=(ProblemDetail,))
        self._operations = {f"{{{NAMESPACE}}}{operation.name}": operation for operation in registry}

    @cached_property
    def description(self) -> bytes:
        """The WSDL."""
        return wsdl(self._dispatcher.registry, address=self._address)

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        """Answer one request: the WSDL, a response, or a fault; never raises.

        Args:
            request: As it came in.
            peer: Network address of the caller, empty in process.
        """
        if request.method == "GET" and urlsplit(request.url).query.lower() == "wsdl":
            return _response(200, "text/xml", self.description)
        if request.method != "POST":
            return _response(
                405, "text/plain", b"Send a SOAP envelope by POST, or ask for ?wsdl.", allow="GET, POST"
            )
        version = _version_of(request.headers.get("content-type", ""))
        if version is None:
            return _response(
                415, "text/plain", b"Send text/xml (SOAP 1.1) or application/soap+xml (1.2), UTF-8."
            )
        begun, exchange = time.perf_counter_ns(), _Exchange()
        answer = self._handle(version, request.body, peer, exchange)
        self._observer.answered(
            Answered(
                channel=Channel.SOAP,
                operation=exchange.operation,
                code=exchange.code,
                nanoseconds=time.perf_counter_ns() - begun,
            )
        )
        return answer

    def _handle(self, version: Version, request: bytes, peer: str, exchange: _Exchange) -> HttpResponse:
        try:
            body = self._answer(version, request, peer, exchange)
        except _NotUnderstood as error:
            report = Reported(code=DocumentUnsupported.code, detail=str(error), where="/Envelope/Header")
            return self._fault(version, report, exchange, code="MustUnderstand")
        except Exception as error:  # noqa: BLE001 -- a face answers whatever happened; it is logged there
            with correlated(exchange.correlation_id):
                report = failure_told(error, self._new_reference, logger)
            return self._fault(version, report, exchange)
        return _response(200, version.media_type, body)

    def _answer(self, version: Version, body: bytes, peer: str, exchange: _Exchange) -> bytes:
        opened = unwrap(_xml.parse(body, limits=self._limits))
        if opened.version is not version:
            raise DocumentUnsupported("content type and envelope are of different SOAP versions")
        call = _call(opened, peer)
        exchange.correlation_id = call.correlation_id
        operation = self._operations.get(str(opened.content.tag))
        if operation is None:
            name = etree.QName(opened.content).localname
            raise UnknownOperation(
                f"no operation has the element {name[:80]!r} in {NAMESPACE}", where="/Body"
            )
        exchange.operation = operation.name
        request = decode(operation.request, opened.content, strict=True)
        with correlated(call.correlation_id):
            response = self._dispatcher.dispatch(operation, request, call)
        return wrap(version, self._encoded(operation, response))

    def _encoded(self, operation: Operation[Any, Any], response: object) -> str:
        try:
            return encode(response, response_element(operation.name))
        except AskulConnectError as error:
            # The caller cannot help what we were going to answer.
            raise InternalError(f"the response cannot be written: {error}") from error

    def _fault(
        self, version: Version, report: Reported, exchange: _Exchange, *, code: str = ""
    ) -> HttpResponse:
        exchange.code = report.code
        made = fault(version, report, code=code)
        return _response(made.status, version.media_type, made.body)


def _call(opened: Opened, peer: str) -> Call:
    header = CallHeader()
    for block in opened.headers:
        if block.tag == _HEADER_TAG:
            header = decode(CallHeader, _without_soap_attributes(block, opened.version), strict=True)
        elif must_be_understood(opened.version, block):
            name = etree.QName(block).localname
            raise _NotUnderstood(f"the header block {name[:80]!r} is not understood")
    return Call(
        channel=Channel.SOAP,
        token=header.token or None,
        idempotency_key=header.idempotency_key,
        correlation_id=header.correlation_id,
        address=peer,
    )


def _without_soap_attributes(block: etree._Element, version: Version) -> etree._Element:
    """Header blocks may carry ``mustUnderstand``, ``actor`` and the like, which are the envelope's."""
    for name in block.keys():  # noqa: SIM118 -- no mapping
        if etree.QName(name).namespace == version.namespace:
            del block.attrib[name]
    return block


def _version_of(content_type: str) -> Version | None:
    media_type, *parameters = (part.strip().lower() for part in content_type.split(";"))
    charsets = {one.partition("=")[2].strip("\"' ") for one in parameters if one.startswith("charset=")}
    if charsets - {"utf-8", "us-ascii"}:
        return None
    return next((version for version in VERSIONS if version.media_type == media_type), None)


def _response(status: int, media_type: str, body: bytes, **headers: str) -> HttpResponse:
    kept = {"content-type": f"{media_type}; charset=utf-8", "cache-control": "no-store", **headers}
    return HttpResponse(status=status, headers=kept, body=body)
