"""The SOAP face over real sockets: plain on this machine, TLS otherwise, and what goes wrong on the way."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from askul_connect.adapters.server.app import MAXIMUM_BODY, create_app
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.adapters.transports.http import HttpSettings, HttpTransport
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    AskulConnectError,
    ConfigurationError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerUnreachable,
)
from askul_connect.core.messages.status import GetServiceStatusRequest, GetServiceStatusResponse
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import GET_SERVICE_STATUS, SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

STATUS = GetServiceStatusResponse(
    state="available",
    notice="営業中",
    version="1",
    time=datetime(2026, 11, 22, tzinfo=UTC),
    zone="Asia/Tokyo",
)


class FakeSupplier:
    registry = SUPPLIER_OPERATIONS

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append(call)
        return STATUS


class LateFace:
    """Mounted before its address is known."""

    def __init__(self, supplier: FakeSupplier) -> None:
        self.supplier = supplier
        self.address = ""

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        return SoapFace(self.supplier, address=self.address).handle(request, peer=peer)


@contextmanager
def serving(supplier: FakeSupplier, listen: Listen) -> Iterator[str]:
    face = LateFace(supplier)
    listener = Listener(create_app({"/soap/1": face}), listen)
    face.address = f"{listener.address}/soap/1"
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield listener.address
    finally:
        listener.stop()
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def supplier() -> FakeSupplier:
    return FakeSupplier()


#: More than our own WSDL, which a caller reads before anything else.
MAXIMUM_ANSWER = 1_000_000
TOO_MUCH = MAXIMUM_ANSWER * 3 // 2


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    made = HttpTransport(HttpSettings(connect_timeout=2, read_timeout=2, maximum_answer=MAXIMUM_ANSWER))
    yield made
    made.close()


@pytest.mark.spec("SRV-2")
def test_over_a_socket(supplier: FakeSupplier, transport: HttpTransport) -> None:
    with serving(supplier, Listen(port=0)) as address:
        caller = SoapCaller(transport, wsdl=f"{address}/soap/1?wsdl")

        assert caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest(), token=Secret("t")) == STATUS
        health = transport.send(HttpRequest(method="GET", url=f"{address}/health", headers={}))
        lost = transport.send(HttpRequest(method="GET", url=f"{address}/else", headers={}))
        deleted = transport.send(HttpRequest(method="DELETE", url=f"{address}/soap/1", headers={}))
    assert (health.status, health.body) == (200, b'{"status":"ok"}')
    assert (lost.status, deleted.status) == (404, 405)
    assert supplier.calls[0].address == "127.0.0.1"


def test_the_bytes_are_those_of_the_process(supplier: FakeSupplier, transport: HttpTransport) -> None:
    with serving(supplier, Listen(port=0)) as address:
        face = SoapFace(supplier, address=f"{address}/soap/1")
        sent: list[HttpRequest] = []

        def handle(request: HttpRequest) -> HttpResponse:
            sent.append(request)
            return face.handle(request)

        SoapCaller(InProcessTransport(handle), wsdl=face.description).call(
            GET_SERVICE_STATUS, GetServiceStatusRequest()
        )
        there = transport.send(sent[0])

    here = face.handle(sent[0])
    assert (there.status, there.body) == (here.status, here.body)
    assert there.headers["content-type"] == here.headers["content-type"]


@pytest.mark.spec("SRV-2")
def test_tls(supplier: FakeSupplier, transport: HttpTransport, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "certificate.pem"))
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    listen = Listen(port=0, certificate=str(tmp_path / "certificate.pem"), key=str(tmp_path / "key.pem"))
    trusting = HttpTransport(HttpSettings(ca_bundle=str(tmp_path / "ca.pem")))
    with serving(supplier, listen) as address:
        assert address.startswith("https://")
        caller = SoapCaller(trusting, wsdl=f"{address}/soap/1?wsdl")

        assert caller.call(GET_SERVICE_STATUS, GetServiceStatusRequest()) == STATUS
        with pytest.raises(PartnerUnreachable):
            transport.send(HttpRequest(method="GET", url=f"{address}/health", headers={}))
        trusting.close()


def test_a_body_that_is_too_large(supplier: FakeSupplier, transport: HttpTransport) -> None:
    with serving(supplier, Listen(port=0)) as address:
        too_large = HttpRequest(
            method="POST",
            url=f"{address}/soap/1",
            headers={"content-type": "text/xml"},
            body=b"x" * (MAXIMUM_BODY + 1),
        )
        try:
            assert transport.send(too_large).status == 413
        except OutcomeUnknown:  # the server may close before all was sent
            assert not supplier.calls


@pytest.mark.spec("SRV-2")
@pytest.mark.parametrize(
    "listen",
    [
        Listen(host="0.0.0.0", port=0),  # noqa: S104 -- has to be refused
        Listen(host="192.0.2.1", port=0),
        Listen(host="example.com", port=0),
        Listen(port=0, certificate="certificate.pem"),
    ],
)
def test_without_tls_only_this_machine(supplier: FakeSupplier, listen: Listen) -> None:
    with pytest.raises(ConfigurationError, match="serve"):
        Listener(create_app({}), listen)


def test_a_port_that_is_taken() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigurationError, match="cannot listen"),
    ):
        Listener(create_app({}), Listen(port=taken.getsockname()[1]))


@contextmanager
def peer(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that takes one connection, reads a request and does as it is told."""

    def run() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.settimeout(5)
            taken = b""
            # Closing with bytes unread would reset the connection, whatever was answered.
            while not taken.partition(b"\r\n\r\n")[1] or (
                taken.startswith(b"POST") and not taken.endswith(b"x")
            ):
                taken += connection.recv(65_536)
            answer(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=run)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join(10)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda connection: None, OutcomeUnknown),
        (lambda connection: connection.sendall(HEAD + b"half"), OutcomeUnknown),
        (lambda connection: connection.sendall(b"nonsense\r\n\r\n"), OutcomeUnknown),
        (lambda connection: connection.recv(1), OutcomeUnknown),
        (
            lambda connection: connection.sendall(
                HEAD.replace(b"length: 100", b"length: %d" % TOO_MUCH) + b"x" * TOO_MUCH
            ),
            PartnerAnswerInvalid,
        ),
    ],
    ids=["closed", "half", "nonsense", "silent", "too large"],
)
def test_after_sending(
    transport: HttpTransport, answer: Callable[[socket.socket], None], error: type[AskulConnectError]
) -> None:
    with peer(answer) as url, pytest.raises(error):
        transport.send(HttpRequest(method="POST", url=url, headers={}, body=b"x"))


@pytest.mark.spec("REL-2")
@pytest.mark.parametrize("body", [b"x" * 100, b""], ids=["body", "head"])
def test_an_answer_that_comes_byte_by_byte_ends(body: bytes) -> None:
    answer = HEAD + body if body else HEAD.replace(b"\r\n\r\n", b"\r\nx-slow: " + b"x" * 100)

    def drip(connection: socket.socket) -> None:
        whole, slow = (HEAD, body) if body else (b"", answer)
        connection.sendall(whole)
        for byte in slow:
            try:
                connection.sendall(bytes([byte]))
            except OSError:
                return
            time.sleep(0.1)

    impatient = HttpTransport(HttpSettings(connect_timeout=2, read_timeout=2, longest_answer=0.5))
    begun = time.monotonic()
    with peer(drip) as url:
        with pytest.raises(OutcomeUnknown):
            impatient.send(HttpRequest(method="POST", url=url, headers={}, body=b"x"))
        assert time.monotonic() - begun < 3
        impatient.close()


def test_before_sending(transport: HttpTransport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    for url in (f"http://127.0.0.1:{port}/", f"https://localhost:{port}/", "https://no-such-host.invalid/"):
        with pytest.raises(PartnerUnreachable):
            transport.send(HttpRequest(method="POST", url=url, headers={}, body=b"x"))


def test_redirects_are_not_followed(transport: HttpTransport) -> None:
    moved = b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n"
    with peer(lambda connection: connection.sendall(moved)) as url:
        assert transport.send(HttpRequest(method="GET", url=url, headers={})).status == 302


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "http://127.0.0.1.example.com/",
        "http://10.0.0.1/",
        "ftp://localhost/",
        "file:///etc/passwd",
        "/soap",
        "https:///x",
        "https://user:hunter2@example.com/",
        "http://localhost@example.com/",
    ],
)
def test_addresses_that_are_refused(transport: HttpTransport, url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        transport.send(HttpRequest(method="GET", url=url, headers={}))

    assert "hunter2" not in str(caught.value)


def test_nothing_comes_from_the_environment(
    supplier: FakeSupplier, transport: HttpTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(supplier, Listen(port=0)) as address:
        assert transport.send(HttpRequest(method="GET", url=f"{address}/health", headers={})).status == 200
