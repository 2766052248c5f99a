"""The SOAP face and its caller: what is refused, how, and what each side learns."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from lxml import etree

from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.soap.model import NAMESPACE
from askul_connect.adapters.soap.wsdl import wsdl
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    CapabilityMissing,
    ConfigurationError,
    NotFound,
    OrderRefused,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    Problem,
    ServiceStopped,
    StorageUnavailable,
    ValueInvalid,
    concrete_errors,
)
from askul_connect.core.messages.ordering import OrderLineRequest, PlaceOrderRequest
from askul_connect.core.messages.status import GetServiceStatusRequest, GetServiceStatusResponse
from askul_connect.core.operations.registry import Operation, Registry
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS, PLACE_ORDER, SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

ADDRESS = "http://localhost/soap/1"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
STATUS = GetServiceStatusResponse(
    state="available",
    notice="<&>\r\n ]]> 営業中 𠮷",
    version="1",
    time=datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC),
    zone="Asia/Tokyo",
)
ORDER = PlaceOrderRequest(
    purchase_order_id="P-1",
    buyer_party="0188:1",
    currency="JPY",
    lines=(
        OrderLineRequest(line_id="1", sku="A", quantity=1, unit="C62"),
        OrderLineRequest(line_id="2", sku="B", quantity=2, unit="C62", expected_unit_price=Decimal("1E+2")),
    ),
)


class FakeSupplier:
    """A dispatcher that answers what it is told to, and remembers what came."""

    def __init__(self) -> None:
        self.registry: Registry = SUPPLIER_OPERATIONS
        self.answer: Callable[[], Any] = lambda: STATUS
        self.calls: list[tuple[str, object, Call]] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append((operation.name, request, call))
        return self.answer()

    def raises(self, error: Exception) -> None:
        def fail() -> Any:
            raise error

        self.answer = fail


@pytest.fixture
def supplier() -> FakeSupplier:
    return FakeSupplier()


@pytest.fixture
def face(supplier: FakeSupplier) -> SoapFace:
    return SoapFace(supplier, address=ADDRESS, new_reference=lambda: "R-1")


@pytest.fixture
def caller(face: SoapFace) -> Iterator[SoapCaller]:
    made = SoapCaller(InProcessTransport(face.handle), wsdl=f"{ADDRESS}?wsdl")
    yield made
    made.close()


def post(face: SoapFace, body: str | bytes, content_type: str = "text/xml; charset=utf-8") -> HttpResponse:
    data = body.encode() if isinstance(body, str) else body
    return face.handle(
        HttpRequest(method="POST", url=ADDRESS, headers={"content-type": content_type}, body=data)
    )


def envelope(content: str, *, header: str = "", soap: str = SOAP11) -> str:
    return (
        f'<s:Envelope xmlns:s="{soap}"><s:Header>{header}</s:Header>'
        f'<s:Body xmlns="{NAMESPACE}">{content}</s:Body></s:Envelope>'
    )


def problem(response: HttpResponse) -> dict[str, str]:
    found = etree.fromstring(response.body).find(f".//{{{NAMESPACE}}}problem")
    assert found is not None
    return {etree.QName(child).localname: child.text or "" for child in found}


def test_a_call_carries_message_and_header(supplier: FakeSupplier, caller: SoapCaller) -> None:
    response = caller.call(
        GET_SERVICE_STATUS,
        GetServiceStatusRequest(),
        token=Secret("t&<"),
        idempotency_key="k",
        correlation_id="c",
    )

    assert response == STATUS
    call = Call(channel=Channel.SOAP, token=Secret("t&<"), idempotency_key="k", correlation_id="c")
    assert supplier.calls == [("GetServiceStatus", GetServiceStatusRequest(), call)]


@pytest.mark.parametrize("port", ["soap", "soap12"])
def test_zeep_writes_what_the_supplier_reads_in_both_versions(supplier: FakeSupplier, port: str) -> None:
    face = SoapFace(supplier, address=ADDRESS)
    description = face.description
    if port == "soap12":
        root = etree.fromstring(description)
        service = root.find("{*}service")
        assert service is not None
        service.remove(service[0])
        description = etree.tostring(root)
    sent: list[HttpRequest] = []

    def handle(request: HttpRequest) -> HttpResponse:
        sent.append(request)
        return face.handle(request)

    SoapCaller(InProcessTransport(handle), wsdl=description).call(
        GET_SERVICE_STATUS, GetServiceStatusRequest()
    )
    with pytest.raises(PartnerAnswerInvalid):  # the fake answers with another response
        SoapCaller(InProcessTransport(handle), wsdl=description).call(PLACE_ORDER, ORDER)

    assert supplier.calls[1][1] == ORDER
    expected = "application/soap+xml" if port == "soap12" else "text/xml"
    assert {one.headers["content-type"].partition(";")[0] for one in sent} == {expected}


@pytest.mark.parametrize(
    "cls", [cls for cls in concrete_errors().values() if cls.fault != "ours"], ids=lambda cls: cls.__name__
)
def test_each_error_arrives_as_its_class(
    supplier: FakeSupplier, caller: SoapCaller, cls: type[AskulConnectError]
) -> None:
    findings = (Problem(code="x", detail="量", where="/a[1]", remedy="r", line_id="2"),)
    supplier.raises(cls("detail", where="/x", line_id="2", reference="ref", retry_after=7, problems=findings))

    with pytest.raises(cls) as caught:
        caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest())

    error = caught.value
    assert (error.detail, error.where, error.line_id, error.reference) == ("detail", "/x", "2", "ref")
    assert (error.retry_after, error.problems) == (7, findings)


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (KeyError("password=hunter2"), "internal-error"),
        (StorageUnavailable("/srv/hunter2.db is locked"), "storage-unavailable"),
    ],
)
def test_a_failure_of_ours_tells_only_code_and_reference(
    supplier: FakeSupplier,
    face: SoapFace,
    caplog: pytest.LogCaptureFixture,
    failure: Exception,
    code: str,
) -> None:
    supplier.raises(failure)

    response = post(face, envelope("<GetServiceStatus/>"))

    assert response.status == 500
    assert b"hunter2" not in response.body
    assert b"Traceback" not in response.body
    assert problem(response)["code"] == code
    assert problem(response)["reference"] == "R-1"
    assert "R-1" in caplog.text


def test_a_response_that_cannot_be_written_is_a_failure_of_ours(
    supplier: FakeSupplier, face: SoapFace
) -> None:
    supplier.answer = lambda: evolve(STATUS, notice="\x00")

    assert problem(post(face, envelope("<GetServiceStatus/>")))["code"] == "internal-error"


def test_faults_have_the_words_of_their_version(supplier: FakeSupplier, face: SoapFace) -> None:
    supplier.raises(NotFound("none <here>"))

    old = post(face, envelope("<GetServiceStatus/>"))
    new = post(face, envelope("<GetServiceStatus/>", soap=SOAP12), "application/soap+xml")

    assert (old.status, new.status) == (500, 400)
    assert etree.fromstring(old.body).findtext(".//faultcode") == "soap:Client"
    assert etree.fromstring(old.body).findtext(".//faultstring") == "none <here>"
    assert etree.fromstring(new.body).findtext(f".//{{{SOAP12}}}Value") == "soap:Sender"
    assert problem(old)["messageJa"] == problem(new)["messageJa"] == NotFound.cause.ja
    supplier.raises(ServiceStopped("x"))
    assert problem(post(face, envelope("<GetServiceStatus/>")))["code"] == "w:004"


LINE = "<lineId>1</lineId><sku>A</sku><quantity>1</quantity><unit>C62</unit>"
HEAD = "<purchaseOrderId>P</purchaseOrderId><buyerParty>b</buyerParty><currency>JPY</currency>"


@pytest.mark.parametrize(
    ("content", "where", "said"),
    [
        (f"{HEAD}<lines>{LINE}</lines><price>1</price>", "/PlaceOrder/price", "no such element"),
        (f"{HEAD}<lines>{LINE}<price>1</price></lines>", "/PlaceOrder/lines/price", "no such element"),
        (f"{HEAD}<currency>JPY</currency>", "/PlaceOrder/currency[1]", ""),
        (f"{HEAD}<lines><lineId>1</lineId></lines>", "/PlaceOrder/lines/quantity", "missing"),
        ("<lines/>", "/PlaceOrder/lines/lineId", "missing"),
        (
            f"{HEAD}<lines>{LINE}</lines><lines>{LINE.replace('>1<', '>2.0<')}</lines>",
            "lines[2]/quantity",
            "2.0",
        ),
        (f"{HEAD}<lines>{LINE}</lines><trial>maybe</trial>", "/PlaceOrder/trial", "maybe"),
        (f"{HEAD}<priceTolerance>1e3</priceTolerance>", "/PlaceOrder/priceTolerance", "1e3"),
        (f"{HEAD}<priceTolerance>NaN</priceTolerance>", "/PlaceOrder/priceTolerance", "NaN"),
        (f"{HEAD}<issueYear>9223372036854775808</issueYear>", "/PlaceOrder/issueYear", "64 bits"),
        (f"{HEAD}<issueYear> </issueYear>", "/PlaceOrder/issueYear", "not an integer"),
        (f"{HEAD}<issueYear>٣</issueYear>", "/PlaceOrder/issueYear", "not an integer"),
        (f"{HEAD}<onPriceChange>x</onPriceChange>", "/PlaceOrder/onPriceChange", "refuse_order"),
        (f"{HEAD}<lines>{LINE}<requestedOn>2026-02-30</requestedOn></lines>", "requestedOn", "2026-02-30"),
        (
            f"{HEAD}<lines>{LINE}<requestedOn>2026-02-03Z</requestedOn></lines>",
            "requestedOn",
            "without a zone",
        ),
        (f"{HEAD}<lines>{LINE}</lines>stray", "/PlaceOrder", "not text"),
        (f"{HEAD}<lines a='1'>{LINE}</lines>", "/PlaceOrder/lines/@a", "no such attribute"),
        (f"{HEAD}<issueYear><a/></issueYear>", "/PlaceOrder/issueYear", "not elements"),
        (f"{HEAD}<extensions/>", "/PlaceOrder/extensions", "no such element"),
        (f"{HEAD}<x:lines xmlns:x='urn:y'/>", "/PlaceOrder/lines", "no such element"),
    ],
)
def test_a_wrong_request_is_refused_with_its_place(
    supplier: FakeSupplier, face: SoapFace, content: str, where: str, said: str
) -> None:
    found = problem(post(face, envelope(f"<PlaceOrder>{content}</PlaceOrder>")))

    assert not supplier.calls
    assert found["code"] == "value-invalid"
    assert where.removesuffix("[1]") in found["where"]
    assert said in found["detail"]


def test_the_order_of_elements_is_free(supplier: FakeSupplier, face: SoapFace) -> None:
    post(face, envelope(f"<PlaceOrder><trial> 1 </trial><lines>{LINE}</lines>\n{HEAD}</PlaceOrder>"))

    [(name, request, _)] = supplier.calls
    assert name == "PlaceOrder"
    assert isinstance(request, PlaceOrderRequest)
    assert request.trial is True


WRONG_HEADER = f'<callHeader xmlns="{NAMESPACE}"><x/></callHeader>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "document-malformed"),
        (b"{}", "document-malformed"),
        (b"<a/>", "document-unsupported"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document-forbidden"),
        ('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"), "document-forbidden"),
        (b"<a>" * 300, "document-too-large"),
        (b"<a>" + b"<!---->" * 200_001, "document-too-large"),
        (f'<e:Envelope xmlns:e="{SOAP11}"/>'.encode(), "document-malformed"),
        (envelope("").encode(), "document-malformed"),
        (envelope("<GetServiceStatus/><GetServiceStatus/>").encode(), "document-malformed"),
        (envelope("<NoSuch/>").encode(), "unknown-operation"),
        (envelope('<GetServiceStatus xmlns=""/>').encode(), "unknown-operation"),
        (envelope("<GetServiceStatus/>", soap=SOAP12).encode(), "document-unsupported"),
        (envelope("<GetServiceStatus/>", header=WRONG_HEADER).encode(), "value-invalid"),
    ],
)
def test_what_is_no_call_is_a_typed_fault(
    supplier: FakeSupplier, face: SoapFace, body: bytes, code: str
) -> None:
    response = post(face, body)

    assert response.status == 500
    assert problem(response)["code"] == code
    assert not supplier.calls


def test_a_header_that_must_be_understood(supplier: FakeSupplier, face: SoapFace) -> None:
    insisting = '<w:Security xmlns:w="urn:w" s:mustUnderstand="1"/>'
    mine = f'<callHeader xmlns="{NAMESPACE}" s:mustUnderstand="1"><token>t</token></callHeader>'

    refused = post(face, envelope("<GetServiceStatus/>", header=insisting))
    taken = post(face, envelope("<GetServiceStatus/>", header=mine + insisting.replace('"1"', '"0"')))

    assert etree.fromstring(refused.body).findtext(".//faultcode") == "soap:MustUnderstand"
    assert taken.status == 200
    assert supplier.calls[0][2].token == Secret("t")


@pytest.mark.parametrize(
    ("method", "url", "content_type", "status"),
    [
        ("GET", ADDRESS, "", 405),
        ("PUT", ADDRESS, "text/xml", 405),
        ("POST", ADDRESS, "", 415),
        ("POST", ADDRESS, "application/json", 415),
        ("POST", ADDRESS, "text/xml; charset=utf-7", 415),
        ("POST", f"{ADDRESS}?wsdl", 'text/xml; charset="UTF-8"', 500),
        ("GET", f"{ADDRESS}?WSDL", "", 200),
    ],
)
def test_http(face: SoapFace, method: str, url: str, content_type: str, status: int) -> None:
    request = HttpRequest(method=method, url=url, headers={"content-type": content_type})

    assert face.handle(request).status == status


def test_the_wsdl_is_the_same_bytes_each_time(face: SoapFace) -> None:
    description = wsdl(SUPPLIER_OPERATIONS, address=ADDRESS)

    assert face.description == description == wsdl(SUPPLIER_OPERATIONS, address=ADDRESS)
    restrictions = etree.fromstring(description).findall(".//{http://www.w3.org/2001/XMLSchema}simpleType")
    closed = {
        "AccountKind",
        "CallerCheck",
        "CartAction",
        "Channel",
        "CouponKind",
        "Disturbance",
        "EntryChannel",
        "ErasureExtent",
        "Fulfilment",
        "InvoiceSplit",
        "ItemSort",
        "Language",
        "LeakedField",
    }
    closed |= {
        "OnPriceChange",
        "OrderState",
        "PaymentMethod",
        "ReturnReason",
        "Role",
    }
    closed |= {
        "SecondFactorRule",
        "ServiceFunction",
        "TaxCategory",
        "TemporaryPasswordDelivery",
        "TicketChannel",
        "TotalsBy",
    }
    assert {one.get("name") for one in restrictions} == closed, "closed in requests only"


def answering(status: int, body: bytes = b"", **headers: str) -> SoapCaller:
    def handle(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=status, headers=headers, body=body)

    return SoapCaller(InProcessTransport(handle), wsdl=wsdl(SUPPLIER_OPERATIONS, address=ADDRESS))


FOREIGN_FAULT = envelope(
    "<s:Fault><faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault>"
).encode()


@pytest.mark.parametrize(
    ("status", "body", "reading", "writing"),
    [
        (429, b"", PartnerUnreachable, PartnerUnreachable),
        (503, b"<html/>", PartnerUnreachable, PartnerUnreachable),
        (503, FOREIGN_FAULT, PartnerUnreachable, PartnerUnreachable),
        (302, b"", PartnerUnreachable, PartnerUnreachable),
        (404, b"not here", PartnerUnreachable, PartnerUnreachable),
        (401, b"who?", PartnerRefused, PartnerRefused),
        (500, b"oops", PartnerUnreachable, OutcomeUnknown),
        (502, b"", PartnerUnreachable, OutcomeUnknown),
        (500, FOREIGN_FAULT, PartnerRefused, PartnerRefused),
        (200, b"", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b"<html><p></html>", PartnerAnswerInvalid, OutcomeUnknown),
        (200, envelope("<X/>").encode()[:-20], PartnerAnswerInvalid, OutcomeUnknown),
        (200, b"<!DOCTYPE a><a/>", PartnerAnswerInvalid, OutcomeUnknown),
        (200, envelope("<X/>").encode(), PartnerAnswerInvalid, PartnerAnswerInvalid),
        (200, envelope("<GetServiceStatusResponse/>").encode(), PartnerAnswerInvalid, PartnerAnswerInvalid),
    ],
)
def test_answers_that_are_none(
    status: int, body: bytes, reading: type[AskulConnectError], writing: type[AskulConnectError]
) -> None:
    caller = answering(status, body, **{"retry-after": "30"})

    with pytest.raises(reading) as read:
        caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest())
    with pytest.raises(writing):
        caller.call(PLACE_ORDER, ORDER)

    assert read.value.retry_after == (30 if reading is PartnerUnreachable else None)


def test_a_written_order_whose_answer_was_too_large_is_unknown() -> None:
    def too_large(request: HttpRequest) -> HttpResponse:
        raise PartnerAnswerInvalid("the answer is larger than 1 byte")

    caller = SoapCaller(InProcessTransport(too_large), wsdl=wsdl(SUPPLIER_OPERATIONS, address=ADDRESS))

    with pytest.raises(PartnerAnswerInvalid):
        caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest())
    with pytest.raises(OutcomeUnknown):
        caller.call(PLACE_ORDER, ORDER)


def test_a_value_that_cannot_be_sent_is_refused_before_sending(
    supplier: FakeSupplier, caller: SoapCaller
) -> None:
    broken = evolve(ORDER, lines=(ORDER.lines[0], evolve(ORDER.lines[1], sku="A\x0b")))

    with pytest.raises(ValueInvalid) as caught:
        caller.call(PLACE_ORDER, broken)

    assert caught.value.where == "/PlaceOrder/lines[2]/sku"
    assert not supplier.calls
    with pytest.raises(ValueInvalid, match=r"lines\[1\]/quantity"):
        caller.call(PLACE_ORDER, evolve(ORDER, lines=(evolve(ORDER.lines[0], quantity=2.0),)))


def test_an_operation_the_wsdl_does_not_have() -> None:
    small = wsdl(Registry((GET_SERVICE_STATUS,)), address=ADDRESS)
    caller = SoapCaller(
        InProcessTransport(lambda _: HttpResponse(status=200, headers={}, body=b"")), wsdl=small
    )

    with pytest.raises(CapabilityMissing, match="PlaceOrder"):
        caller.call(PLACE_ORDER, ORDER)


def test_a_fetched_wsdl_must_not_send_requests_to_another_host(face: SoapFace) -> None:
    sent: list[HttpRequest] = []

    def handle(request: HttpRequest) -> HttpResponse:
        sent.append(request)
        return face.handle(request)

    caller = SoapCaller(InProcessTransport(handle), wsdl="https://supplier.example/soap/1?wsdl")
    with pytest.raises(ConfigurationError, match="localhost"):
        caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), token=Secret("t"))
    assert [one.method for one in sent] == ["GET"]

    there = SoapCaller(
        InProcessTransport(handle),
        wsdl="https://supplier.example/soap/1?wsdl",
        address="https://supplier.example/soap/1",
    )
    assert there.call(GET_SERVICE_STATUS, GetServiceStatusRequest()) == STATUS
    assert sent[-1].url == "https://supplier.example/soap/1"


@pytest.mark.spec("ORD-2")
def test_findings_of_lines_arrive_with_their_lines(supplier: FakeSupplier, caller: SoapCaller) -> None:
    findings = (
        Problem(code="out-of-stock", detail="3 < 5", line_id="1"),
        Problem(code="item-discontinued", detail="X", line_id="2"),
    )
    supplier.raises(OrderRefused("two lines", problems=findings))

    with pytest.raises(OrderRefused) as caught:
        caller.call(PLACE_ORDER, ORDER)

    assert caught.value.problems == findings


def test_no_secret_reaches_a_logger(
    supplier: FakeSupplier, face: SoapFace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)
    caller = SoapCaller(InProcessTransport(face.handle), wsdl=f"{ADDRESS}?wsdl")
    canary = Secret("canary-5d1f")

    caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), token=canary)
    supplier.raises(NotFound("x"))
    with pytest.raises(NotFound) as caught:
        caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), token=canary)

    assert "canary-5d1f" not in caplog.text
    assert "canary-5d1f" not in repr(caught.value)
    assert "canary-5d1f" not in repr(supplier.calls)
