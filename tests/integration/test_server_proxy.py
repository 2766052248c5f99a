"""The server behind a declared TLS proxy, over real sockets; and what nobody can claim without one (SRV-2)."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import trustme

from askul_connect.adapters.server.api import PATH, ROUTE, JsonFace
from askul_connect.adapters.server.app import create_app
from askul_connect.adapters.server.forwarding import ForwardedHeader, Forwarding
from askul_connect.adapters.server.listener import Listen, Listener
from askul_connect.adapters.transports.http import HttpSettings, HttpTransport
from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.errors import ConfigurationError
from askul_connect.core.messages.status import GetServiceStatusResponse
from askul_connect.core.operations.registry import Operation
from askul_connect.core.operations.supplier import SUPPLIER_OPERATIONS
from askul_connect.core.ports.faces import Call
from askul_connect.core.ports.transport import HttpRequest

CALLER, ELSEWHERE = "198.51.100.23", "192.0.2.10"
STATUS = GetServiceStatusResponse(
    state="available", notice="", version="1", time=datetime(2026, 11, 22, tzinfo=UTC), zone="Asia/Tokyo"
)
FROM_CALLER = {"x-forwarded-for": CALLER, "x-forwarded-proto": "https"}

pytestmark = pytest.mark.spec("SRV-2")


class FakeSupplier:
    registry = SUPPLIER_OPERATIONS

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def dispatch(self, operation: Operation[Any, Any], request: object, call: Call) -> Any:
        self.calls.append(call)
        return STATUS


@pytest.fixture
def supplier() -> FakeSupplier:
    return FakeSupplier()


@contextmanager
def serving(supplier: FakeSupplier, *proxies: str, **listen: Any) -> Iterator[str]:
    forwarding = Forwarding(
        proxies=NetworkSet.of(proxies), header=listen.pop("header", ForwardedHeader.X_FORWARDED)
    )
    face = JsonFace(supplier, address="http://127.0.0.1/api/1")
    listener = Listener(create_app({ROUTE: face}), Listen(port=0, forwarding=forwarding, **listen))
    thread = threading.Thread(target=listener.run)
    thread.start()
    try:
        yield listener.address
    finally:
        listener.stop()
        thread.join(10)
        assert not thread.is_alive()


def ask(root: str, headers: Mapping[str, str] | None = None) -> requests.Response:
    return requests.post(
        f"{root}{PATH}/GetServiceStatus",
        data=b"{}",
        headers={"content-type": "application/json", **(headers or {})},
        timeout=10,
    )


def test_the_real_caller_reaches_the_call(supplier: FakeSupplier) -> None:
    with serving(supplier, "127.0.0.1") as root:
        answer = ask(root, FROM_CALLER)

    assert answer.status_code == 200
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert [call.address for call in supplier.calls] == [CALLER]


def test_the_header_of_the_standard(supplier: FakeSupplier) -> None:
    with serving(supplier, "127.0.0.1", header=ForwardedHeader.FORWARDED) as root:
        assert ask(root, {"forwarded": f"for={CALLER};proto=https"}).status_code == 200
        assert ask(root, FROM_CALLER).status_code == 403

    assert [call.address for call in supplier.calls] == [CALLER]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-forwarded-for": CALLER},
        {"x-forwarded-for": CALLER, "x-forwarded-proto": "http"},
        {"x-forwarded-proto": "https"},
    ],
    ids=["no headers", "no protocol", "http", "no caller"],
)
def test_what_the_proxy_does_not_vouch_for_is_refused(
    supplier: FakeSupplier, headers: Mapping[str, str]
) -> None:
    with serving(supplier, "127.0.0.1") as root:
        refused = ask(root, headers)
        lost = requests.get(f"{root}/nowhere", headers=headers, timeout=10)

    assert (refused.status_code, refused.json()["code"]) == (403, "access-denied")
    assert "strict-transport-security" not in refused.headers
    assert lost.status_code == 403
    assert supplier.calls == []


def test_who_is_not_the_proxy_is_refused_whatever_he_claims(supplier: FakeSupplier) -> None:
    with serving(supplier, ELSEWHERE) as root:
        for headers in ({}, FROM_CALLER, {**FROM_CALLER, "x-forwarded-for": ELSEWHERE}):
            assert ask(root, headers).status_code == 403
        # this machine may still ask how its own server is
        health = requests.get(f"{root}/health/live", timeout=10)

    assert (health.status_code, "strict-transport-security" in health.headers) == (200, False)
    assert supplier.calls == []


def test_the_proxy_itself_cannot_ask_about_health_without_saying_for_whom(supplier: FakeSupplier) -> None:
    with serving(supplier, "127.0.0.1") as root:
        assert requests.get(f"{root}/health/live", timeout=10).status_code == 403
        assert requests.get(f"{root}/health/live", headers=FROM_CALLER, timeout=10).status_code == 200


def test_without_a_proxy_no_header_is_believed(
    supplier: FakeSupplier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    with serving(supplier) as root:
        answer = ask(root, {**FROM_CALLER, "forwarded": f"for={CALLER};proto=https"})

    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers
    assert [call.address for call in supplier.calls] == ["127.0.0.1"]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Certificate and key of this machine, and what they are verified with."""
    folder = tmp_path_factory.mktemp("tls")
    paths = {name: str(folder / f"{name}.pem") for name in ("authority", "certificate", "key")}
    authority = trustme.CA()
    authority.cert_pem.write_to_path(paths["authority"])
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(paths["certificate"])
    issued.private_key_pem.write_to_path(paths["key"])
    return paths


@pytest.mark.parametrize(
    ("proxies", "headers", "status", "callers"),
    [
        # TLS of its own says nothing about who may speak for others
        ((), FROM_CALLER, 200, ["127.0.0.1"]),
        (("127.0.0.1",), FROM_CALLER, 200, [CALLER]),
        (("127.0.0.1",), {}, 403, []),
        ((ELSEWHERE,), FROM_CALLER, 403, []),
    ],
    ids=["no proxy", "proxy", "proxy without headers", "not the proxy"],
)
def test_with_a_certificate_of_its_own(
    supplier: FakeSupplier,
    tls: dict[str, str],
    *,
    proxies: tuple[str, ...],
    headers: Mapping[str, str],
    status: int,
    callers: list[str],
) -> None:
    transport = HttpTransport(HttpSettings(ca_bundle=tls["authority"], read_timeout=5))
    with serving(supplier, *proxies, certificate=tls["certificate"], key=tls["key"]) as root:
        url = f"{root}{PATH}/GetServiceStatus"
        given = {"content-type": "application/json", **headers}
        answer = transport.send(HttpRequest(method="POST", url=url, headers=given, body=b"{}"))
        transport.close()

    assert answer.status == status
    assert ("strict-transport-security" in answer.headers) is (status == 200)
    assert [call.address for call in supplier.calls] == callers


def test_a_proxy_lets_it_listen_to_other_machines() -> None:
    everywhere = "0.0.0.0"  # noqa: S104 -- what it is about
    with pytest.raises(ConfigurationError, match="TLS proxy"):
        Listener(create_app({}), Listen(host=everywhere, port=0))
    behind = Listen(host=everywhere, port=0, forwarding=Forwarding(proxies=NetworkSet.of([ELSEWHERE])))
    Listener(create_app({}), behind)._socket.close()
