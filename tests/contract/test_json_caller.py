"""The buyer's side of the JSON API: what it sends, and how it reads answers, clear and unclear."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters import _json
from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.adapters.transports.http import HttpSettings, HttpTransport
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
    Problem,
    StorageConflict,
    StorageUnavailable,
    UnknownOperation,
    ValueInvalid,
    concrete_errors,
)
from askul_connect.core.messages.ordering import OrderLineRequest, PlaceOrderRequest
from askul_connect.core.messages.status import GetServiceStatusRequest, GetServiceStatusResponse
from askul_connect.core.operations.registry import Operation, Registry
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS, PLACE_ORDER
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

ADDRESS = f"http://localhost{PATH}"
STATUS = GetServiceStatusResponse(
    state="available",
    notice="営業中",
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
    registry = Registry((GET_SERVICE_STATUS,))

    def __init__(self, answer: Callable[[], Any] = lambda: STATUS) -> None:
        self.answer = answer
        self.calls: list[Call] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append(call)
        return self.answer()


def raising(error: Exception) -> FakeSupplier:
    def fail() -> Any:
        raise error

    return FakeSupplier(fail)


def calling(supplier: FakeSupplier) -> JsonCaller:
    face = JsonFace(supplier, address=ADDRESS, new_reference=lambda: "R-1")
    return JsonCaller(InProcessTransport(face.handle), address=f"{ADDRESS}/")


def ask(caller: JsonCaller, **more: Any) -> GetServiceStatusResponse:
    return caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), **more)


@pytest.mark.parametrize(
    "key", ["po:0188:1/2", 'a "b" \\', " x ", "50%", "注文-1 %", '%"', "é\u2028", "a\tb"]
)
def test_headers_arrive_as_they_were(key: str) -> None:
    supplier = FakeSupplier()

    assert ask(calling(supplier), token=Secret("t"), idempotency_key=key, correlation_id=key) == STATUS

    [call] = supplier.calls
    assert (call.token, call.idempotency_key, call.correlation_id) == (Secret("t"), key, key)


def test_headers_are_ascii() -> None:
    sent: list[HttpRequest] = []

    def handle(request: HttpRequest) -> HttpResponse:
        sent.append(request)
        return HttpResponse(status=503, headers={}, body=b"")

    with pytest.raises(PartnerUnreachable):
        ask(JsonCaller(InProcessTransport(handle), address=ADDRESS), idempotency_key="注")

    [request] = sent
    assert (request.method, request.url, request.body) == ("POST", f"{ADDRESS}/GetServiceStatus", b"{}")
    assert request.headers["idempotency-key"] == '%"%e6%b3%a8"'
    assert all(value.isascii() and value.isprintable() for value in request.headers.values())


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"token": Secret("a b")}, "Authorization"),
        ({"token": Secret("t\r\nx: y")}, "Authorization"),
        ({"token": Secret("鍵")}, "Authorization"),
        ({"idempotency_key": "a\x00"}, "Idempotency-Key"),
        ({"correlation_id": "a\ud800"}, "X-Correlation-Id"),
    ],
)
def test_what_no_header_can_carry_is_refused_before_sending(more: dict[str, Any], where: str) -> None:
    supplier = FakeSupplier()

    with pytest.raises(ValueInvalid) as caught:
        ask(calling(supplier), **more)

    assert caught.value.where == where
    assert not supplier.calls


def test_a_value_that_cannot_be_sent_is_refused_before_sending() -> None:
    def handle(request: HttpRequest) -> HttpResponse:
        pytest.fail("it was sent")

    caller = JsonCaller(InProcessTransport(handle), address=ADDRESS)
    for where, value in (("sku", "A\x0b"), ("quantity", 2.0)):
        wrong: dict[str, Any] = {where: value}
        with pytest.raises(ValueInvalid) as caught:
            caller.call(PLACE_ORDER, evolve(ORDER, lines=(ORDER.lines[1], evolve(ORDER.lines[0], **wrong))))
        assert caught.value.where == f"$.lines[1].{where}"


@pytest.mark.parametrize(
    "cls", [cls for cls in concrete_errors().values() if cls.fault != "ours"], ids=lambda cls: cls.__name__
)
def test_each_error_arrives_as_its_class(cls: type[AskulConnectError]) -> None:
    findings = (Problem(code="x", detail="量", where="/a[1]", remedy="r", line_id="2"),)
    error = cls("detail", where="/x", line_id="2", reference="ref", retry_after=7, problems=findings)

    with pytest.raises(cls) as caught:
        ask(calling(raising(error)))

    found = caught.value
    assert (found.detail, found.where, found.line_id, found.reference) == ("detail", "/x", "2", "ref")
    assert (found.retry_after, found.problems) == (7, findings)


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        # the database may have failed in the very commit
        (StorageUnavailable("x"), OutcomeUnknown),
        (StorageConflict("x"), PartnerUnreachable),
        (KeyError("x"), PartnerAnswerInvalid),
    ],
)
def test_a_failure_in_the_supplier_is_the_partners(
    failure: Exception, error: type[AskulConnectError]
) -> None:
    with pytest.raises(error) as caught:
        ask(calling(raising(failure)))

    assert caught.value.reference == "R-1"


def test_an_operation_the_supplier_does_not_have() -> None:
    with pytest.raises(UnknownOperation, match="PlaceOrder"):
        calling(FakeSupplier()).call(PLACE_ORDER, ORDER)


def answering(status: int, body: bytes = b"", content_type: str = "application/json") -> JsonCaller:
    def handle(request: HttpRequest) -> HttpResponse:
        headers = {"retry-after": "30", "content-type": content_type}
        return HttpResponse(status=status, headers=headers, body=body)

    return JsonCaller(InProcessTransport(handle), address=ADDRESS)


PROBLEM = "application/problem+json"
FOREIGN = b'{"type":"https://gateway.example/busy","title":"no","code":"not-found","detail":"no"}'
BLANK = b'{"type":"about:blank","title":"no","status":502}'


@pytest.mark.parametrize(
    ("status", "body", "content_type", "reading", "writing"),
    [
        (429, b"", "text/plain", PartnerUnreachable, PartnerUnreachable),
        (503, b"<html/>", "text/html", PartnerUnreachable, PartnerUnreachable),
        (503, FOREIGN, PROBLEM, PartnerUnreachable, PartnerUnreachable),
        (302, b"", "", PartnerUnreachable, PartnerUnreachable),
        (404, b"not here", "text/plain", PartnerUnreachable, PartnerUnreachable),
        (404, FOREIGN, PROBLEM, PartnerUnreachable, PartnerUnreachable),
        (401, b"who?", "text/plain", PartnerRefused, PartnerRefused),
        (403, BLANK, PROBLEM, PartnerRefused, PartnerRefused),
        (500, b"oops", "text/plain", PartnerUnreachable, OutcomeUnknown),
        (500, FOREIGN, PROBLEM, PartnerUnreachable, OutcomeUnknown),
        (502, BLANK, PROBLEM, PartnerUnreachable, OutcomeUnknown),
        (504, b"{", PROBLEM, PartnerUnreachable, OutcomeUnknown),
        (200, b"", "application/json", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b"{}", "text/html", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b'{"ok":true}', "application/json", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b'{"orders":[],"trial":', "application/json", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b"[" * 100_000, "application/json", PartnerAnswerInvalid, OutcomeUnknown),
        (200, b" " * 10_000_001, "application/json", PartnerAnswerInvalid, OutcomeUnknown),
        (201, b'{"orders":[],"trial":true}', "application/json", PartnerAnswerInvalid, OutcomeUnknown),
    ],
)
def test_answers_that_are_none(
    status: int,
    body: bytes,
    content_type: str,
    reading: type[AskulConnectError],
    writing: type[AskulConnectError],
) -> None:
    caller = answering(status, body, content_type)

    with pytest.raises(reading) as read:
        ask(caller)
    with pytest.raises(writing):
        caller.call(PLACE_ORDER, ORDER)

    assert read.value.retry_after == (30 if reading is PartnerUnreachable else None)


def test_a_written_order_whose_answer_was_too_large_is_unknown() -> None:
    def too_large(request: HttpRequest) -> HttpResponse:
        raise PartnerAnswerInvalid("the answer is larger than 1 byte")

    caller = JsonCaller(InProcessTransport(too_large), address=ADDRESS)

    with pytest.raises(PartnerAnswerInvalid):
        ask(caller)
    with pytest.raises(OutcomeUnknown):
        caller.call(PLACE_ORDER, ORDER)


def test_later_fields_of_answers_are_passed_over() -> None:
    later = json.loads(_json.dumps(STATUS)) | {"foreseen": {"deep": [1.5]}}

    assert ask(answering(200, json.dumps(later).encode())) == STATUS
    refused = {
        "type": "urn:askul-connect:problem:not-yet-known",
        "code": "not-yet-known",
        "detail": "later",
        "problems": [{"code": "x", "detail": "y", "more": 1}],
        "more": None,
    }
    with pytest.raises(PartnerRefused, match="later") as caught:
        ask(answering(500, json.dumps(refused).encode(), f"{PROBLEM}; charset=utf-8"))
    assert caught.value.problems == (Problem(code="x", detail="y"),)


@pytest.mark.spec("SRV-2")
def test_over_a_socket() -> None:
    supplier = FakeSupplier()
    face = JsonFace(supplier, address=ADDRESS)
    listener = Listener(create_app({ROUTE: face}), Listen(port=0))
    thread = threading.Thread(target=listener.run)
    thread.start()
    transport = HttpTransport(HttpSettings(connect_timeout=5, read_timeout=5))
    caller = JsonCaller(transport, address=f"{listener.address}{PATH}")
    sent = HttpRequest(
        method="POST",
        url=f"{listener.address}{PATH}/GetServiceStatus",
        headers={"content-type": "application/json"},
        body=b'{"x":1}',
    )
    try:
        assert ask(caller, token=Secret("t"), idempotency_key="注文") == STATUS
        there, here = transport.send(sent), face.handle(sent)
        head = transport.send(evolve(sent, method="HEAD", body=b""))
    finally:
        caller.close()
        listener.stop()
        thread.join(10)

    assert (there.status, there.body) == (here.status, here.body)
    assert here.headers.items() <= there.headers.items()
    assert (head.status, head.body, head.headers["allow"]) == (405, b"", "POST")
    [call] = supplier.calls
    assert (call.address, call.idempotency_key) == ("127.0.0.1", "注文")


def test_closing_closes_the_transport() -> None:
    class Counting(InProcessTransport):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    transport = Counting(lambda _: HttpResponse(status=503, headers={}, body=b""))
    JsonCaller(transport, address=ADDRESS).close()

    assert transport.closed == 1
