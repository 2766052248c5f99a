"""The JSON face: what it takes, what it refuses, and what a refusal looks like."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from attrs import evolve
from jsonschema import Draft202012Validator

from askul_connect.adapters import _json
from askul_connect.adapters.server.api import PATH, JsonFace
from askul_connect.adapters.server.openapi import openapi
from askul_connect.adapters.server.problems import STATUSES, status_of
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    NotFound,
    OrderRefused,
    PartnerUnreachable,
    Problem,
    ServiceStopped,
    StorageConflict,
    StorageUnavailable,
    concrete_errors,
)
from askul_connect.core.messages.status import GetServiceStatusRequest, GetServiceStatusResponse
from askul_connect.core.operations.registry import Operation, Registry
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS, SUPPLIER_OPERATIONS
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
PROBLEM = Draft202012Validator(
    {
        "$ref": "#/components/schemas/Problem",
        **json.loads(openapi(Registry((GET_SERVICE_STATUS,)), address=ADDRESS)),
    }
)


WRONG: dict[str, Any] = {"state": 1}


class FakeSupplier:
    """A dispatcher that answers what it is told to, and remembers what came."""

    registry = SUPPLIER_OPERATIONS

    def __init__(self) -> None:
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
def face(supplier: FakeSupplier) -> JsonFace:
    return JsonFace(supplier, address=ADDRESS, new_reference=lambda: "R/1")


def ask(
    face: JsonFace,
    path: str = "/GetServiceStatus",
    body: bytes = b"{}",
    *,
    method: str = "POST",
    content_type: str = "application/json",
    **headers: str,
) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = HttpRequest(
        method=method, url=ADDRESS + path, headers={"content-type": content_type, **named}, body=body
    )
    return face.handle(request, peer="192.0.2.1")


def problem(response: HttpResponse) -> dict[str, Any]:
    """The problem, which has to be what the document promises."""
    assert response.headers["content-type"] == "application/problem+json"
    read = json.loads(response.body)
    PROBLEM.validate(read)
    assert isinstance(read, dict)
    assert read["type"] == f"urn:askul-connect:problem:{read['code']}"
    return read


def test_a_call_carries_message_and_headers(supplier: FakeSupplier, face: JsonFace) -> None:
    response = ask(
        face,
        content_type='Application/JSON; charset="UTF-8"',
        authorization="bearer  ac_1.x",
        idempotency_key="k-1",
        x_correlation_id='"a \\"b\\" \\\\"',
    )

    assert (response.status, _json.loads(GetServiceStatusResponse, response.body)) == (200, STATUS)
    assert response.headers == {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    call = Call(
        channel=Channel.JSON,
        token=Secret("ac_1.x"),
        idempotency_key="k-1",
        correlation_id='a "b" \\',
        address="192.0.2.1",
    )
    assert supplier.calls == [("GetServiceStatus", GetServiceStatusRequest(), call)]


@pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
@pytest.mark.parametrize(
    ("member", "said"),
    [
        (b'"unknown_field":1', "no such field"),
        (b'"account_id":"A"', "no such field"),
        (b'"role":"administrator","price":0', "no such field"),
    ],
)
def test_every_operation_refuses_an_unknown_field(
    supplier: FakeSupplier, face: JsonFace, operation: Operation[Any, Any], member: bytes, said: str
) -> None:
    if "role" in {one.name for one in attrs.fields(operation.request)}:
        member = b'"price":0'

    found = problem(ask(face, f"/{operation.name}", b"{" + member + b"}", authorization="Bearer t"))

    assert (found["status"], found["code"]) == (400, "value-invalid")
    name = member.split(b'"')[1].decode()
    assert any(one["where"] == f"$.{name}" and said in one["detail"] for one in found["problems"])
    assert not supplier.calls


@pytest.mark.parametrize("operation", list(SUPPLIER_OPERATIONS), ids=lambda one: one.name)
def test_every_field_of_every_operation_refuses_a_float(
    supplier: FakeSupplier, face: JsonFace, operation: Operation[Any, Any]
) -> None:
    names = [one.name for one in attrs.fields(operation.request)] or ["unknown"]
    body = json.dumps(dict.fromkeys(names, 1.5)).encode()

    found = problem(ask(face, f"/{operation.name}", body, authorization="Bearer t"))

    assert {one["where"] for one in found["problems"]} == {f"$.{name}" for name in names}
    assert not supplier.calls


ORDER: dict[str, Any] = {"purchase_order_id": "P", "buyer_party": "b", "currency": "JPY"}
LINE: dict[str, Any] = {"line_id": "1", "sku": "A", "quantity": 1, "unit": "C62"}


def test_every_finding_comes_with_its_path(supplier: FakeSupplier, face: JsonFace) -> None:
    lines = [LINE, {**LINE, "quantity": 2.0, "expected_unit_price": 1}, {**LINE, "price": 1, "sku": None}, 5]
    body = json.dumps({**ORDER, "lines": lines, "issue_year": True, "on_price_change": "x"}).encode()

    found = problem(ask(face, "/PlaceOrder", body))

    assert {one["where"] for one in found["problems"]} == {
        "$.lines[1].quantity",
        "$.lines[1].expected_unit_price",
        "$.lines[2].price",
        "$.lines[2].sku",
        "$.lines[3]",
        "$.issue_year",
        "$.on_price_change",
    }
    assert not supplier.calls


@pytest.mark.parametrize(
    ("path", "method", "status", "allow"),
    [
        ("/NoSuch", "POST", 404, None),
        ("/getservicestatus", "POST", 404, None),
        ("/get-service-status", "POST", 404, None),
        ("/GetServiceStatus/", "POST", 404, None),
        ("/", "POST", 404, None),
        ("", "GET", 404, None),
        ("/NoSuch", "GET", 404, None),
        ("/GetServiceStatus", "GET", 405, "POST"),
        ("/GetServiceStatus", "HEAD", 405, "POST"),
        ("/GetServiceStatus", "OPTIONS", 405, "POST"),
        ("/GetServiceStatus", "DELETE", 405, "POST"),
        ("/GetServiceStatus", "post", 405, "POST"),
        ("/openapi.json", "POST", 405, "GET"),
        ("/openapi.json", "HEAD", 405, "GET"),
    ],
)
def test_paths_and_methods(
    supplier: FakeSupplier, face: JsonFace, *, path: str, method: str, status: int, allow: str | None
) -> None:
    response = ask(face, path, method=method, authorization="Bearer t")

    assert (response.status, response.headers.get("allow")) == (status, allow)
    assert problem(response)["code"] == "unknown-operation"
    assert not [name for name in response.headers if name.startswith("access-control")]
    assert not supplier.calls


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "text/json"],
)
def test_another_content_type(supplier: FakeSupplier, face: JsonFace, content_type: str) -> None:
    response = ask(face, content_type=content_type)

    assert (response.status, problem(response)["code"]) == (415, "document-unsupported")
    assert not supplier.calls


def test_a_field_in_the_address_is_not_passed_over(supplier: FakeSupplier, face: JsonFace) -> None:
    response = ask(face, "/PlaceOrder?trial=true", json.dumps({**ORDER, "lines": [LINE]}).encode())

    assert (response.status, problem(response)["where"]) == (400, "query")
    assert not supplier.calls


@pytest.mark.parametrize(
    "given", ["", "Basic eDp5", "Bearer", "Bearer a b", "Bearer a, Bearer b", "Bearer 鍵", "ac_1.x"]
)
def test_what_is_no_bearer_token(supplier: FakeSupplier, face: JsonFace, given: str) -> None:
    response = ask(face, "/GetAccount", authorization=given)

    assert (response.status, response.headers["www-authenticate"]) == (401, "Bearer")
    assert problem(response)["code"] == "not-authenticated"
    assert not supplier.calls
    assert ask(face, authorization=given).status == 200, "an operation for anyone does not look at it"
    assert supplier.calls[0][2].token is None


@pytest.mark.parametrize("header", ["Idempotency-Key", "X-Correlation-Id"])
@pytest.mark.parametrize(
    "given", ['"', '"a', '"a"b', '"\\n"', "注文", 'é"', '%"%FF"', '%"%ff"', '%"%00"', '%"%0"', "a\x07"]
)
def test_a_header_in_none_of_the_forms(
    supplier: FakeSupplier, face: JsonFace, header: str, given: str
) -> None:
    response = face.handle(
        HttpRequest(
            method="POST",
            url=f"{ADDRESS}/GetServiceStatus",
            headers={"content-type": "application/json", header.lower(): given},
            body=b"{}",
        )
    )

    assert (response.status, problem(response)["where"]) == (400, header)
    assert not supplier.calls


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", ""),
        ("  po:1/2 ", "po:1/2"),
        ("50%", "50%"),
        ("%41", "%41"),
        ('""', ""),
        ('"a\\\\\\"b"', 'a\\"b'),
        ('%"%e6%b3%a8 a"', "注 a"),
    ],
)
def test_the_forms_of_a_header(supplier: FakeSupplier, face: JsonFace, given: str, read: str) -> None:
    ask(face, idempotency_key=given, x_correlation_id=given)

    assert (supplier.calls[0][2].idempotency_key, supplier.calls[0][2].correlation_id) == (read, read)


EXPECTED = {
    400: {"document-malformed", "document-forbidden", "idempotency-key-missing"},
    401: {"not-authenticated", "w:001", "login-refused", "reset-token-invalid", "token-invalid"},
    403: {
        "not-for-this-account",
        "account-limit-reached",
        "access-denied",
        "password-change-required",
        "second-factor-required",
        "proof-required",
    },
    404: {"not-found", "unknown-operation"},
    409: {
        "idempotency-in-flight",
        "purchase-order-conflict",
        "duplicate-registration",
        "illegal-step",
        "too-late-to-change",
        "factor-needed",
        "version-conflict",
        "last-administrator",
        "department-in-use",
        "account-in-use",
    },
    413: {"document-too-large"},
    415: {"document-unsupported"},
    429: {"too-many-attempts", "too-many-tickets", "too-many-registrations"},
    500: {"backup-damaged", "schema-out-of-date", "plugin-failed", "internal-error"},
    503: {
        "w:004",
        "function-stopped",
        "orders-stopped",
        "storage-unavailable",
        "storage-conflict",
        "directory-busy",
    },
}


def test_each_error_has_its_status() -> None:
    known = concrete_errors()
    found = {code: int(status_of(cls)) for code, cls in known.items()}

    named = {code: status for status, codes in EXPECTED.items() for code in codes}
    assert named.items() <= found.items()
    others = {code: status for code, status in found.items() if code not in named}
    partners = {code for code in others if known[code].fault == "partner"}
    assert {others[code] for code in partners} == {502}
    assert {others[code] for code in others.keys() - partners} == {422}
    assert set(found.values()) == {int(status) for status in STATUSES}


@pytest.mark.parametrize(
    "cls", [cls for cls in concrete_errors().values() if cls.fault != "ours"], ids=lambda cls: cls.__name__
)
def test_a_problem(supplier: FakeSupplier, face: JsonFace, cls: type[AskulConnectError]) -> None:
    findings = (Problem(code="out-of-stock", detail="3 < 5\x00", where="lines[0]", remedy="r", line_id="1"),)
    supplier.raises(cls("detail", where="x", line_id="1", reference="a b", retry_after=7, problems=findings))

    response = ask(face)

    assert problem(response) == {
        "type": f"urn:askul-connect:problem:{cls.code}",
        "title": cls.cause.en,
        "status": response.status,
        "detail": "detail",
        "instance": "urn:askul-connect:reference:a%20b",
        "code": cls.code,
        "message": {"ja": cls.cause.ja, "en": cls.cause.en},
        "remedy": {"ja": cls.remedy.ja, "en": cls.remedy.en},
        "where": "x",
        "line_id": "1",
        "reference": "a b",
        "retry_after": 7,
        "problems": [
            {
                "code": "out-of-stock",
                "detail": "3 < 5\ufffd",
                "where": "lines[0]",
                "remedy": "r",
                "line_id": "1",
            }
        ],
    }
    assert response.headers["retry-after"] == "7"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


def test_what_is_empty_is_left_out(supplier: FakeSupplier, face: JsonFace) -> None:
    supplier.raises(ServiceStopped("closed"))

    response = ask(face)

    assert response.status == 503
    assert "retry-after" not in response.headers
    assert not {"where", "line_id", "reference", "instance", "retry_after"} & problem(response).keys()


@pytest.mark.parametrize(
    ("failure", "code", "status"),
    [
        (KeyError("password=hunter2"), "internal-error", 500),
        (StorageUnavailable("/srv/hunter2.db is locked"), "storage-unavailable", 503),
        (StorageConflict("hunter2"), "storage-conflict", 503),
    ],
)
def test_a_failure_of_ours_tells_only_code_and_reference(
    supplier: FakeSupplier,
    face: JsonFace,
    caplog: pytest.LogCaptureFixture,
    *,
    failure: Exception,
    code: str,
    status: int,
) -> None:
    supplier.raises(failure)

    response = ask(face)
    found = problem(response)

    assert (response.status, found["code"], found["reference"]) == (status, code, "R/1")
    assert found["instance"] == "urn:askul-connect:reference:R%2F1"
    assert found["problems"] == []
    assert b"hunter2" not in response.body
    assert b"Traceback" not in response.body
    assert "R/1" in caplog.text
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("answer", [evolve(STATUS, notice="\x00"), evolve(STATUS, **WRONG), "status", None])
def test_a_response_that_cannot_be_written_is_a_failure_of_ours(
    supplier: FakeSupplier, face: JsonFace, answer: object
) -> None:
    supplier.answer = lambda: answer

    response = ask(face)

    assert (response.status, problem(response)["code"]) == (500, "internal-error")


def test_a_partner_of_the_supplier(supplier: FakeSupplier, face: JsonFace) -> None:
    supplier.raises(PartnerUnreachable("no"))

    assert ask(face).status == 502


@pytest.mark.spec("ORD-2")
def test_findings_keep_their_lines(supplier: FakeSupplier, face: JsonFace) -> None:
    findings = tuple(Problem(code="out-of-stock", detail="x", line_id=str(n)) for n in (1, 2))
    supplier.raises(OrderRefused("two lines", problems=findings))

    found = problem(ask(face, "/PlaceOrder", json.dumps({**ORDER, "lines": [LINE]}).encode()))

    assert (found["status"], [one["line_id"] for one in found["problems"]]) == (422, ["1", "2"])


def test_no_secret_shows(supplier: FakeSupplier, face: JsonFace, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    body = b'{"login_id":"1234567890","password":"canary-5d1f","x":1}'

    refused = ask(face, "/Login", body, authorization="Bearer canary-5d1f")
    supplier.raises(NotFound("x"))
    ask(face, authorization="Bearer canary-5d1f")
    supplier.raises(RuntimeError("x"))
    ask(face, authorization="Bearer canary-5d1f")

    assert refused.status == 400
    assert b"canary" not in refused.body
    assert "canary" not in caplog.text
    assert "canary" not in repr(supplier.calls)
