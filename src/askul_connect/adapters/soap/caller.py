"""The buyer's side of SOAP: zeep and the WSDL write the request, our compiled decoder reads the reply."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

from askul_connect.adapters import _xml
from askul_connect.adapters._answers import NOT_BEGUN, retry_after, unclear
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.description import Description, description
from askul_connect.adapters.soap.envelope import Opened, is_fault, read_fault, read_own_form, unwrap
from askul_connect.adapters.soap.messages import CallHeader
from askul_connect.adapters.soap.model import NAMESPACE, response_element
from askul_connect.adapters.soap.values import values_of
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    DocumentError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    ValueInvalid,
    error_from_report,
)
from askul_connect.core.operations.registry import Effect, Operation
from askul_connect.core.ports.transport import HttpRequest, HttpResponse, Transport

Req = TypeVar("Req")
Res = TypeVar("Res")


class SoapCaller:
    """Calls a supplier's operations over SOAP; an ``OperationCaller``, thread-safe when its transport is.

    Args:
        transport: Sends the bytes.
        wsdl: The supplier's WSDL, or the URL to fetch it from through the transport, at the first call.
        address: Where requests go; by default where the WSDL says. A WSDL that was fetched may name its own
            host only.
        limits: How much a reply may ask of the parser.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        wsdl: bytes | str,
        address: str = "",
        limits: _xml.XmlLimits = _xml.DEFAULT_LIMITS,
    ) -> None:
        self._transport = transport
        self._wsdl = wsdl
        self._address = address
        self._limits = limits
        self._described: Description | None = None

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
            CapabilityMissing: The supplier's WSDL has no such operation; nothing was sent.
            PartnerUnreachable: Nothing was done there.
            OutcomeUnknown: It may have been executed, and there is no answer that can be read.
            PartnerAnswerInvalid: The answer, or the WSDL, is not what it should be.
            AskulConnectError: The class that the supplier raised.
        """
        described = self._description()
        # Refuses what cannot be sent and names its place; zeep would not.
        encode(request, operation.name)
        header = CallHeader(token=token, idempotency_key=idempotency_key, correlation_id=correlation_id)
        given = {element: value for element, value in values_of(header).items() if value}
        body, headers = described.request(operation.name, values_of(request), given)
        url = self._address or described.address
        try:
            response = self._transport.send(HttpRequest(method="POST", url=url, headers=headers, body=body))
        except PartnerAnswerInvalid as error:
            if operation.effect is Effect.READ:
                raise
            raise OutcomeUnknown(error.detail, where=error.where) from error
        return self._read(operation, response)

    def close(self) -> None:
        """Release connections."""
        self._transport.close()

    def _description(self) -> Description:
        if self._described is None:
            described = description(self._fetched(self._wsdl) if isinstance(self._wsdl, str) else self._wsdl)
            if isinstance(self._wsdl, str) and not self._address:
                _refuse_other_host(self._wsdl, described.address)
            self._described = described
        return self._described

    def _fetched(self, url: str) -> bytes:
        response = self._transport.send(HttpRequest(method="GET", url=url, headers={}))
        if response.status != HTTPStatus.OK:
            raise PartnerUnreachable(f"the WSDL was answered with HTTP status {response.status}", where=url)
        return response.body

    def _read(self, operation: Operation[Req, Res], response: HttpResponse) -> Res:
        if response.status == HTTPStatus.OK:
            element = response_element(operation.name)
            message = read_own_form(operation.response, element, response.body, limits=self._limits)
            if message is not None:
                return message
        try:
            opened = unwrap(_xml.parse(response.body, limits=self._limits))
        except DocumentError as error:
            raise unclear(operation.effect, response, "SOAP", error) from error
        if is_fault(opened):
            raise _refusal(opened, response)
        if response.status != HTTPStatus.OK:
            raise unclear(operation.effect, response, "SOAP")
        expected = f"{{{NAMESPACE}}}{response_element(operation.name)}"
        if opened.content.tag != expected:
            raise PartnerAnswerInvalid(f"{opened.content.tag!r} was answered where {expected!r} was expected")
        try:
            return decode(operation.response, opened.content, strict=False)
        except ValueInvalid as error:
            raise PartnerAnswerInvalid(error.detail, where=error.where) from error


def _refuse_other_host(wsdl: str, address: str) -> None:
    """A WSDL must not send our credentials to a host that nobody configured."""
    if urlsplit(wsdl).netloc != urlsplit(address).netloc:
        raise ConfigurationError(
            f"the WSDL of {urlsplit(wsdl).netloc} sends requests to {urlsplit(address).netloc};"
            " configure that address if it is right",
            where="address",
        )


def _refusal(opened: Opened, response: HttpResponse) -> AskulConnectError:
    try:
        report, text = read_fault(opened)
    except ValueInvalid as error:
        return PartnerAnswerInvalid(f"a fault that cannot be read: {error.detail}", where=error.where)
    if report is not None:
        return error_from_report(report)
    if response.status in NOT_BEGUN:
        return PartnerUnreachable(text or "busy", retry_after=retry_after(response))
    return PartnerRefused(text or "a fault without a text")
