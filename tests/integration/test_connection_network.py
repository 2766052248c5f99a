"""Time-outs, proxy and authorities of each connection, over real sockets (INT-12)."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
from attrs import define, field, fields

from askul_connect import open_workspace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.adapters.soap.face import SoapFace
from askul_connect.bootstrap import RunReport
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.messages.paging import PageInfo
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest, HttpResponse
from askul_connect.settings import load_settings

SOAP = "/soap/1"
CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[suppliers.far]
kind = "reference"
address = "{address}"
credential = "env:FAR_CREDENTIAL"
[suppliers.far.network]
{network}
"""


class EmptyLists:
    """A supplier whose lists are empty."""

    registry = SUPPLIER_OPERATIONS

    def __init__(self) -> None:
        self.calls: list[str] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append(operation.name)
        [records] = [one.name for one in fields(operation.response) if one.name != "page"]
        return operation.response(**{records: (), "page": PageInfo(next_cursor="end", more=False, total=0)})


class LateFace:
    """Mounted before its address is known."""

    def __init__(self, supplier: EmptyLists) -> None:
        self.supplier = supplier
        self.address = ""

    def handle(self, request: HttpRequest, *, peer: str = "") -> HttpResponse:
        return SoapFace(self.supplier, address=self.address).handle(request, peer=peer)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Certificate and key of a supplier, and the authority that made them."""
    folder = tmp_path_factory.mktemp("tls")
    paths = {name: str(folder / f"{name}.pem") for name in ("authority", "certificate", "key")}
    authority = trustme.CA()
    authority.cert_pem.write_to_path(paths["authority"])
    issued = authority.issue_cert("localhost", "127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(paths["certificate"])
    issued.private_key_pem.write_to_path(paths["key"])
    return paths


@pytest.fixture(scope="module")
def served(tls: dict[str, str]) -> Iterator[tuple[str, EmptyLists]]:
    """A supplier over TLS that only its own authority vouches for."""
    supplier = EmptyLists()
    face = LateFace(supplier)
    listener = Listener(
        create_app({SOAP: face}), Listen(port=0, certificate=tls["certificate"], key=tls["key"])
    )
    face.address = f"{listener.address}{SOAP}"
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield face.address, supplier
    finally:
        listener.stop()
        thread.join(10)


@define
class Proxy:
    """A forward proxy that tunnels, or answers with a status of its own.

    Attributes:
        login: ``user:password`` that it asks for; empty for none.
        status: What it answers instead of a tunnel.
        seen: What it was asked to connect to.
    """

    login: str = ""
    status: str = ""
    seen: list[str] = field(factory=list)
    _socket: socket.socket = field(factory=lambda: socket.create_server(("127.0.0.1", 0)))

    address: str = ""
    _tunnels: list[threading.Thread] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.address = f"127.0.0.1:{self._socket.getsockname()[1]}"

    def serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._socket.accept()
                self._tunnels.append(threading.Thread(target=self._tunnel, args=(client,), daemon=True))
                self._tunnels[-1].start()

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for tunnel in self._tunnels:
            tunnel.join(5)

    def _tunnel(self, client: socket.socket) -> None:
        with client:
            self._answer_or_connect(client)

    def _answer_or_connect(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        method, target, _ = head.decode().split("\r\n")[0].split(" ")
        self.seen.append(f"{method} {target}")
        wanted = f"proxy-authorization: basic {base64.b64encode(self.login.encode()).decode()}".lower()
        if self.login and wanted not in head.decode().lower():
            self._answer(client, "407 Proxy Authentication Required")
        elif self.status:
            self._answer(client, self.status)
        else:
            host, _, port = target.rpartition(":")
            with socket.create_connection((host, int(port))) as there:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=self._copy, args=(there, client), daemon=True)
                back.start()
                self._copy(client, there)
                back.join(5)

    @staticmethod
    def _answer(client: socket.socket, status: str) -> None:
        client.sendall(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())

    @staticmethod
    def _copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxying(**settings: str) -> Iterator[Proxy]:
    proxy = Proxy(**settings)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.close()
        thread.join(5)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all: making its database takes longer than what is tried."""
    made = tmp_path_factory.mktemp("home")
    for folder in ("erp/in", "erp/budgets", "data"):
        (made / folder).mkdir(parents=True)
    return made


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., RunReport]:
    """Runs a directory whose one supplier is at an address."""
    monkeypatch.setenv("FAR_CREDENTIAL", "ac_credential")
    # nothing of the environment counts
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    def run(address: str, **network: str | int) -> RunReport:
        lines = "\n".join(f"{key} = {json.dumps(value)}" for key, value in network.items())
        text = CONFIGURATION.format(address=address, network=lines)
        (home / "askul-connect.toml").write_text(text, encoding="utf-8")
        with open_workspace(home) as opened:
            return opened.run()

    return run


def failure(report: RunReport) -> tuple[str, str]:
    [found] = report.failures
    return found.error.code, found.error.detail


@pytest.mark.spec("INT-12")
def test_a_connection_trusts_its_own_authorities_and_no_others(
    run: Any, served: tuple[str, EmptyLists], tls: dict[str, str]
) -> None:
    address, supplier = served
    supplier.calls.clear()
    report = run(address)
    assert failure(report)[0] == "partner-unreachable"
    assert report.exit_code == 3
    assert supplier.calls == []

    assert run(address, ca_bundle=tls["authority"]).exit_code == 0
    assert supplier.calls == [
        "ListOrders",
        "ListConfirmations",
        "ListShipNotices",
        "ListInvoices",
        "ListCreditNotes",
    ]


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_authorities_that_cannot_be_read_are_an_error_of_the_configuration(
    run: Any, home: Path, content: str | None
) -> None:
    (home / "ca.pem").unlink(missing_ok=True)
    if content is not None:
        (home / "ca.pem").write_text(content, encoding="ascii")

    with pytest.raises(ConfigurationError) as caught:
        run("https://localhost:9/soap/1", ca_bundle="ca.pem")

    assert caught.value.where == "suppliers.far.network.ca_bundle"
    assert "ca.pem" in caught.value.detail


@pytest.mark.spec("INT-12")
def test_a_connection_goes_through_its_proxy(
    run: Any, served: tuple[str, EmptyLists], tls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, _ = served
    place = address.removeprefix("https://").removesuffix(SOAP)
    with proxying() as proxy:
        report = run(address, ca_bundle=tls["authority"], proxy=f"http://{proxy.address}")
    assert report.exit_code == 0
    assert set(proxy.seen) == {f"CONNECT {place}"}

    with proxying(login="us:se cret") as proxy:
        monkeypatch.setenv("FAR_PROXY", f"http://us:se%20cret@{proxy.address}")
        assert run(address, ca_bundle=tls["authority"], proxy="env:FAR_PROXY").exit_code == 0
        assert set(proxy.seen) == {f"CONNECT {place}"}

        monkeypatch.setenv("FAR_PROXY", f"http://us:wrong-one@{proxy.address}")
        refused = run(address, ca_bundle=tls["authority"], proxy="env:FAR_PROXY")
    assert failure(refused) == ("configuration-invalid", "the proxy does not accept our login")
    assert refused.exit_code == 2


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize("kind", ["closed", "refusing"])
def test_a_proxy_that_does_not_connect_is_an_unreachable_partner(run: Any, kind: str) -> None:
    with proxying(status="502 Bad Gateway") as proxy:
        if kind == "closed":
            proxy.close()
        report = run("https://localhost:9/soap/1", proxy=f"http://{proxy.address}")

    code, detail = failure(report)
    assert (code, report.exit_code) == ("partner-unreachable", 3)
    assert "through the proxy" in detail


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("name", "sent"),
    [("read_timeout_seconds", b""), ("answer_timeout_seconds", b"HTTP/1.1 200 OK\r\n")],
)
def test_a_connection_waits_as_long_as_it_says(run: Any, name: str, sent: bytes) -> None:
    """A partner that says nothing, and one that says a little again and again."""
    ended = threading.Event()
    server = socket.create_server(("127.0.0.1", 0))

    def answer() -> None:
        client, _ = server.accept()
        with client, suppress(OSError):
            client.recv(65_536)
            client.sendall(sent)
            while not ended.wait(0.2):
                if sent:
                    client.sendall(b"x: y\r\n")

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        report = run(f"http://127.0.0.1:{server.getsockname()[1]}/soap/1", **{name: 1})
    finally:
        ended.set()
        thread.join(5)
        server.close()

    assert failure(report)[0] in {"outcome-unknown", "partner-unreachable"}


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('proxy = "http://us:secret@proxy:3128"', "proxy"),
        ('proxy = "proxy"', "proxy"),
        ('proxy = "ftp://proxy:21"', "proxy"),
        ('proxy = "http://proxy:99999"', "proxy"),
        ("connect_timeout_seconds = 0", "connect_timeout_seconds"),
        ("read_timeout_seconds = 3601", "read_timeout_seconds"),
        ('answer_timeout_seconds = "1"', "answer_timeout_seconds"),
        ("ca_bundle = 1", "ca_bundle"),
        ("timeout = 1", "timeout"),
    ],
)
def test_what_is_not_accepted_is_named_and_never_shown(tmp_path: Path, line: str, key: str) -> None:
    text = CONFIGURATION.format(address="https://far.example/soap/1", network=line)
    (tmp_path / "askul-connect.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigurationError) as caught:
        load_settings(tmp_path)

    [problem] = caught.value.problems
    assert f"suppliers.far.network.{key}" in problem.where
    assert "us:secret" not in problem.detail


@pytest.mark.spec("INT-12")
def test_a_reference_to_no_proxy_is_told_without_what_it_holds(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAR_PROXY", "us:hidden@proxy")

    with pytest.raises(ConfigurationError) as caught:
        run("https://localhost:9/soap/1", proxy="env:FAR_PROXY")

    assert caught.value.where == "suppliers.far.network.proxy"
    assert "hidden" not in str(caught.value)
