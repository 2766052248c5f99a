"""The envelope of SOAP 1.1 and 1.2 and its faults."""

from __future__ import annotations

from typing import TypeVar

from attrs import frozen
from lxml import etree

from askul_connect.adapters._xml import XmlLimits, within
from askul_connect.adapters.soap import straight
from askul_connect.adapters.soap.codec import decode, encode
from askul_connect.adapters.soap.messages import (
    PROBLEM,
    ProblemDetail,
    detail_of,
    error_class,
    report_of_detail,
)
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.straight import escaped
from askul_connect.core.errors import DocumentError, DocumentUnsupported, Fault, Reported

T = TypeVar("T")


@frozen(kw_only=True)
class Version:
    """One version of SOAP.

    Attributes:
        namespace: Of the envelope.
        media_type: Of the HTTP message.
        caller: Fault code for what the caller has to correct.
        receiver: Fault code for everything else.
        caller_status: HTTP status of a fault of the caller.
    """

    namespace: str
    media_type: str
    caller: str
    receiver: str
    caller_status: int


SOAP11 = Version(
    namespace="http://schemas.xmlsoap.org/soap/envelope/",
    media_type="text/xml",
    caller="Client",
    receiver="Server",
    caller_status=500,
)
SOAP12 = Version(
    namespace="http://www.w3.org/2003/05/soap-envelope",
    media_type="application/soap+xml",
    caller="Sender",
    receiver="Receiver",
    caller_status=400,
)
VERSIONS = (SOAP11, SOAP12)


@frozen(kw_only=True)
class Opened:
    """What was in an envelope."""

    version: Version
    headers: tuple[etree._Element, ...]
    content: etree._Element


def wrap(version: Version, content: str) -> bytes:
    """An envelope around the written body."""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>"
        f'<soap:Envelope xmlns:soap="{version.namespace}"><soap:Body>{content}</soap:Body></soap:Envelope>'
    ).encode()


def read_own_form(cls: type[T], element: str, data: bytes, *, limits: XmlLimits) -> T | None:
    """The message in an envelope that is written as :func:`wrap` and the codec do.

    Args:
        cls: Its class.
        element: Name of its element.
        data: The envelope.
        limits: What the document may ask for.

    Returns:
        None for any other document; then the parser says what it is.
    """
    if not within(data, limits):
        return None
    for version in VERSIONS:
        head, tail = wrap(version, f'<{element} xmlns="{NAMESPACE}">\0</{element}>').split(b"\0")
        message = straight.read(cls, data, head=head, tail=tail)
        if message is not None:
            return message
    return None


def unwrap(root: etree._Element) -> Opened:
    """Open an envelope.

    Raises:
        DocumentUnsupported: The root is no envelope of SOAP 1.1 or 1.2.
        DocumentError: There is not exactly one element in its body.
    """
    name = etree.QName(root)
    version = next((one for one in VERSIONS if one.namespace == name.namespace), None)
    if version is None or name.localname != "Envelope":
        raise DocumentUnsupported("the root is no Envelope of SOAP 1.1 or 1.2", where=f"/{name.localname}")
    bodies = root.findall(f"{{{version.namespace}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise DocumentError("there is not exactly one element in one Body", where="/Envelope/Body")
    headers = root.findall(f"{{{version.namespace}}}Header/*")
    return Opened(version=version, headers=tuple(headers), content=bodies[0][0])


def must_be_understood(version: Version, header: etree._Element) -> bool:
    """Whether the sender insists on a header block."""
    return header.get(f"{{{version.namespace}}}mustUnderstand", "0") in {"1", "true"}


@frozen(kw_only=True)
class FaultMessage:
    """A fault as it is sent."""

    status: int
    body: bytes


def fault(version: Version, report: Reported, *, code: str = "") -> FaultMessage:
    """A fault that carries a problem.

    Args:
        version: Of SOAP.
        report: The problem.
        code: Fault code of SOAP's own, such as ``MustUnderstand``; by whose fault it is otherwise.
    """
    error = error_class(report.code)
    by_caller = error.fault is Fault.CALLER
    code = code or (version.caller if by_caller else version.receiver)
    detail = detail_of(report)
    written = encode(detail, PROBLEM)
    reason = escaped(detail.detail)
    if version is SOAP11:
        inner = (
            f"<faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring><detail>{written}</detail>"
        )
    else:
        inner = (
            f"<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code>"
            f'<soap:Reason><soap:Text xml:lang="en">{reason}</soap:Text>'
            f'<soap:Text xml:lang="ja">{escaped(detail.message_ja)}</soap:Text></soap:Reason>'
            f"<soap:Detail>{written}</soap:Detail>"
        )
    status = version.caller_status if by_caller else 500
    return FaultMessage(status=status, body=wrap(version, f"<soap:Fault>{inner}</soap:Fault>"))


def is_fault(opened: Opened) -> bool:
    """Whether the body is a fault."""
    return opened.content.tag == f"{{{opened.version.namespace}}}Fault"


def read_fault(opened: Opened) -> tuple[Reported | None, str]:
    """The problem in a fault, None when it carries none of ours, and the fault's own text.

    Raises:
        ValueInvalid: There is a problem of ours, but not as described.
    """
    found = opened.content.find(f".//{{{NAMESPACE}}}{PROBLEM}")
    texts = opened.content.xpath("string((*[local-name()='faultstring'] | .//*[local-name()='Text'])[1])")
    if found is None:
        return None, str(texts)
    return report_of_detail(decode(ProblemDetail, found, strict=False)), str(texts)
