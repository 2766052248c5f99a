"""Hostile bodies at the JSON API: a typed refusal within a second and 150 MB, nothing opened, nothing dispatched."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import MAXIMUM_BODY, create_app
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

MEGABYTE = 1_000_000
# Each as an expression, because it is made in the process that is measured.
BOMBS = {
    "depth of lists": 'b"[" * 9_900_000',
    "depth of objects": "b'{\"a\":' * 1_600_000",
    "depth within the limit of values": "b'{\"a\":' * 190_000",
    "empty lists": "b'{\"lines\":[' + b'[],' * 3_000_000 + b'[]]}'",
    "empty objects": "b'{\"lines\":[' + b'{},' * 95_000 + b'{}]}'",
    "wrong entries": "b'{\"lines\":[' + b'0,' * 190_000 + b'0]}'",
    "nested objects": "b'{\"lines\":[' + (b'{\"a\":' * 400 + b'0' + b'}' * 400 + b',') * 480 + b'0]}'",
    "unknown fields": "b'{' + b','.join(b'\"%d\":0' % n for n in range(190_000)) + b'}'",
    "one field many times": "b'{' + b'\"lines\":[],' * 60_000 + b'\"x\":1}'",
    "digits": 'b"9" * 9_900_000',
    "many digits": "b'{\"issue_year\":' + b'9' * 4_000 + b'}'",
    "an exponent": "b'{\"issue_year\":1e999999999}'",
    "text": "b'{\"currency\":\"' + b'a' * 9_900_000 + '𠮷'.encode() + b'\"}'",
    "control characters": "b'{\"currency\":\"' + b'\\\\u0000' * 1_600_000 + b'\"}'",
    "surrogates": "b'{\"currency\":\"' + b'\\\\ud800' * 1_600_000 + b'\"}'",
    "spaces": 'b" " * 9_900_000',
    "a name without end": "b'{\"' + b'a' * 9_900_000 + b'\":1}'",
}
MEASURE = """
import json, resource, sys, time
from askul_connect.adapters.server.api import JsonFace
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.transport import HttpRequest

class Supplier:
    registry = SUPPLIER_OPERATIONS
    def dispatch(self, operation, request, call):
        raise SystemExit("it was dispatched")

face = JsonFace(Supplier(), address="http://localhost/api/1")
def ask(body):
    return face.handle(HttpRequest(method="POST", url="http://localhost/api/1/PlaceOrder",
                                   headers={"content-type": "application/json"}, body=body))
ask(b"{}")
body = BODY
opened = []
sys.addaudithook(lambda event, _: opened.append(event) if event in {"open", "socket.connect"} else None)
before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
answer = ask(body)
took, after = time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"status": answer.status, "code": json.loads(answer.body)["code"], "size": len(answer.body),
                  "seconds": took, "kilobytes": after - before, "opened": opened}))
"""


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb(bomb: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURE.replace("BODY", BOMBS[bomb])],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2_000:]
    found = json.loads(done.stdout)

    assert found["status"] in {400, 413}
    assert found["code"] in {"document-malformed", "document-too-large", "value-invalid"}
    assert found["size"] < 100_000, "not every one of a million findings"
    assert found["kilobytes"] < 150_000
    assert found["seconds"] < 1
    assert not found["opened"]


class Supplier:
    registry = SUPPLIER_OPERATIONS

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        raise AssertionError("it was dispatched")


FACE = JsonFace(Supplier(), address=f"http://localhost{PATH}")


def post(body: bytes) -> HttpResponse:
    headers = {"content-type": "application/json"}
    return FACE.handle(
        HttpRequest(method="POST", url=f"http://localhost{PATH}/PlaceOrder", headers=headers, body=body)
    )


ORDER = (
    b'{"purchase_order_id":"P","buyer_party":"b","currency":"JPY","lines":[{"line_id":"1","sku":"A","quantity":1,'
    b'"unit":"C62"}]}'
)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "document-malformed"),
        (b"null", "value-invalid"),
        (b'"PlaceOrder"', "value-invalid"),
        (b"[" + ORDER + b"]", "value-invalid"),
        (ORDER + b"{}", "document-malformed"),
        (ORDER + b"\x00", "document-malformed"),
        (b"\xef\xbb\xbf" + ORDER, "document-malformed"),
        (ORDER.decode().encode("utf-16"), "document-malformed"),
        (ORDER.decode().encode("utf-32"), "document-malformed"),
        (ORDER.replace(b'"A"', b'"\xff"'), "document-malformed"),
        (ORDER.replace(b'"A"', b'"\xed\xa0\x80"'), "document-malformed"),
        (ORDER.replace(b'"A"', b"'A'"), "document-malformed"),
        (ORDER.replace(b'"A"', b"NaN"), "document-malformed"),
        (ORDER.replace(b":1,", b":-Infinity,"), "document-malformed"),
        (ORDER.replace(b":1,", b":01,"), "document-malformed"),
        (ORDER.replace(b"}]}", b"},]}"), "document-malformed"),
        (ORDER.replace(b'"sku"', b'/* x */"sku"'), "document-malformed"),
        (ORDER.replace(b'"sku":"A"', b'"sku":"A","sku":"B"'), "document-malformed"),
        (ORDER.replace(b'"sku":"A"', b'"sku":"A","\\u0073ku":"B"'), "document-malformed"),
        (ORDER.replace(b"[{", b"{").replace(b"}]}", b"}}"), "value-invalid"),
        (ORDER.replace(b":1,", b":1.0,"), "value-invalid"),
        (ORDER.replace(b":1,", b":1e0,"), "value-invalid"),
        (ORDER.replace(b":1,", b':"1",'), "value-invalid"),
        (ORDER.replace(b":1,", b":true,"), "value-invalid"),
        (ORDER.replace(b'"A"', b'"\\ud842"'), "value-invalid"),
        (ORDER.replace(b'"sku"', b'"__class__":"x","sku"'), "value-invalid"),
    ],
)
def test_what_is_not_the_message(body: bytes, code: str) -> None:
    response = post(body)

    assert (response.status, json.loads(response.body)["code"]) == (400, code)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_refused(body: bytes) -> None:
    assert post(body).status == 400


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["lines", "currency", "trial", "issue_year", "x"]), JSON, min_size=1))
def test_any_json_is_refused_with_places(value: dict[str, Any]) -> None:
    response = post(json.dumps(value).encode())

    problems = json.loads(response.body)["problems"]
    assert response.status == 400
    assert problems
    assert all(one["where"].startswith("$.") for one in problems)


@pytest.fixture(scope="module")
def app() -> Any:
    with TestClient(create_app({ROUTE: FACE})) as client:
        yield client


def test_a_body_that_is_too_large(app: Any) -> None:
    answer = app.post(
        f"{PATH}/PlaceOrder",
        content=b" " * (MAXIMUM_BODY + 1),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "document-too-large"


def test_two_tokens_are_none(app: Any) -> None:
    headers = [
        ("content-type", "application/json"),
        ("authorization", "Bearer a"),
        ("authorization", "Bearer b"),
    ]

    answer = app.post(f"{PATH}/GetAccount", content=b"{}", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
@pytest.mark.parametrize("name", ["GetServiceStatus", "openapi.json"])
def test_no_other_method_reaches_anything(app: Any, name: str, method: str) -> None:
    allowed = "GET" if name == "openapi.json" else "POST"
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}

    answer = app.request(method, f"{PATH}/{name}", headers=headers)

    assert answer.status_code == (200 if method == allowed else 405)
    assert not [header for header in answer.headers if header.startswith("access-control")]
    if method not in {allowed, "QUERY"}:
        assert answer.headers["allow"] == allowed
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
