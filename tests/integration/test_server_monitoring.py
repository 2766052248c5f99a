"""Health and metrics of a served supplier (SRV-5)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import pytest
import requests
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families

from askul_connect import load_settings
from askul_connect.adapters.server.entrance import DIRECT
from askul_connect.adapters.server.json_caller import JsonCaller
from askul_connect.adapters.server.metrics import Metrics
from askul_connect.adapters.server.monitoring import Monitoring, Readiness
from askul_connect.adapters.soap.caller import SoapCaller
from askul_connect.adapters.transports.http import HttpTransport
from askul_connect.bootstrap import SupplierServer
from askul_connect.cli.application import application
from askul_connect.core.domain.accounts import AccountState
from askul_connect.core.domain.events import LoginCause
from askul_connect.core.domain.networks import NetworkSet
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AskulConnectError, StorageUnavailable
from askul_connect.core.messages.login import LoginRequest
from askul_connect.core.messages.ordering import ListOrdersRequest, OrderLineRequest, PlaceOrderRequest
from askul_connect.core.operations.supplier import LIST_ORDERS, LOGIN, PLACE_ORDER
from askul_connect.core.ports.observation import Answered
from askul_connect.settings import ServerSettings

TOKEN = "metrics-of-ours-0123456789abcdef"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]

pytestmark = pytest.mark.spec("SRV-5")


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("monitoring") / "supplier"
    assert CliRunner().invoke(application, ["--directory", str(made), "init", "--quiet"]).exit_code == 0
    file = made / "askul-connect.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("items = 2400", "items = 40"), encoding="utf-8")
    (made / "secrets" / "metrics").write_text(TOKEN, encoding="utf-8")
    return made


@contextmanager
def served(directory: Path, **server: Any) -> Iterator[tuple[str, SupplierServer]]:
    settings = load_settings(directory)
    made = SupplierServer(attrs.evolve(settings, server=ServerSettings(**server)), "askul")
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        yield made.address.removesuffix("/soap/1"), made
    finally:
        made.stop()
        thread.join(20)
        assert not thread.is_alive()


def scraped(root: str) -> Samples:
    answer = requests.get(f"{root}/metrics", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def labelled(name: str, **labels: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    return f"askul_connect_{name}", tuple(sorted(labels.items()))


def order(number: str, *, trial: bool = False) -> PlaceOrderRequest:
    return PlaceOrderRequest(
        purchase_order_id=number,
        buyer_party="0188:9999999999999",
        currency="JPY",
        trial=trial,
        lines=(OrderLineRequest(line_id="1", sku="A100-0001", quantity=1, unit="XPK", department="D100"),),
    )


def test_what_is_counted(directory: Path) -> None:
    with served(directory) as (root, _):
        before = scraped(root)
        credential = Secret((directory / "secrets" / "askul.credential").read_text(encoding="utf-8").strip())
        soap = SoapCaller(HttpTransport(), wsdl=f"{root}/soap/1?wsdl", address=f"{root}/soap/1")
        api = JsonCaller(HttpTransport(), address=f"{root}/api/1")
        for caller in (soap, api):
            for wrong in ("1", "wer@example.co.jp"):
                with pytest.raises(AskulConnectError):
                    caller.call(LOGIN, LoginRequest(login_id=wrong, password=Secret("x")))
            caller.call(LIST_ORDERS, ListOrdersRequest(), token=credential)
        # once as a trial, once for real, once again under the same key
        for key, trial in (("trial", True), ("PO-1", False), ("PO-1", False)):
            soap.call(PLACE_ORDER, order("PO-1", trial=trial), token=credential, idempotency_key=key)
        for name in ("NoSuchThing", "AnotherOne", "../etc", "GetOrder%00"):
            requests.post(f"{root}/api/1/{name}", data=b"{}", timeout=10)
        requests.post(f"{root}/soap/1", data=b"<x/>", headers={"content-type": "text/xml"}, timeout=10)
        after = scraped(root)
        soap.close()
        api.close()

    def grown(name: str, **labels: str) -> float:
        return after[labelled(name, **labels)] - before.get(labelled(name, **labels), 0)

    for face in ("soap", "json"):
        assert grown("requests_total", face=face, operation="Login", outcome="w:001") == 2
        assert grown("requests_total", face=face, operation="ListOrders", outcome="ok") == 1
        assert grown("request_seconds_count", face=face, operation="Login") == 2
        assert grown("request_seconds_sum", face=face, operation="Login") > 0
    assert grown("requests_total", face="soap", operation="PlaceOrder", outcome="ok") == 3
    assert grown("orders_placed_total") == 1
    assert grown("login_refusals_total", cause="mismatch") == 4
    assert after[labelled("database_up")] == 1
    assert after[labelled("outbox_messages", state="pending")] >= 0
    assert after[labelled("outbox_messages", state="dead")] == 0
    # what nobody declared makes no label
    operations = {dict(labels).get("operation") for _, labels in after}
    assert operations == {None, "Login", "ListOrders", "PlaceOrder", "unknown"}
    assert grown("requests_total", face="json", operation="unknown", outcome="unknown-operation") >= 2
    # names and labels: the digits of a measured time may be any
    text = str(list(after))
    for private in ("wer@", "PO-1", "999999", credential.reveal(), "example"):
        assert private not in text


def test_labels_have_no_value_that_nobody_declared() -> None:
    metrics = Metrics(["Known"], dict)
    for number in range(100):
        for operation in ("Known", f"Made{number}"):
            metrics.answered(
                Answered(channel=Channel.JSON, operation=operation, code=f"c{number}", nanoseconds=1)
            )

    families = {
        family.name: family for family in text_string_to_metric_families(metrics.exposition().decode())
    }
    totals = [one for one in families["askul_connect_requests"].samples if one.name.endswith("_total")]
    assert {(one.labels["operation"], one.labels["outcome"], one.value) for one in totals} == {
        ("Known", "unknown", 100),
        ("unknown", "unknown", 100),
    }


def test_every_state_an_account_is_refused_for_has_a_cause() -> None:
    refused = {state for state in AccountState if state is not AccountState.ACTIVE}

    assert {LoginCause(f"account_{state.value}") for state in refused} < set(LoginCause)


def test_two_servers_count_apart() -> None:
    first, second = Metrics(["Known"], dict), Metrics(["Known"], dict)
    first.answered(Answered(channel=Channel.SOAP, operation="Known", code="ok", nanoseconds=1))

    assert b'operation="Known"' in first.exposition()
    assert b'operation="Known"' not in second.exposition()


def test_a_database_that_does_not_answer_is_down_and_nothing_is_made_up() -> None:
    def outbox() -> dict[OutboxState, int]:
        raise StorageUnavailable("gone")

    text = Metrics([], outbox).exposition().decode()

    assert "askul_connect_database_up 0.0" in text
    assert "outbox_messages" not in text


def test_ready_is_what_the_database_is(directory: Path, tmp_path: Path) -> None:
    database = directory / "data" / "askul-supplier.sqlite3"
    with served(directory) as (root, _):
        live, ready = (requests.get(f"{root}/health/{one}", timeout=10) for one in ("live", "ready"))
        assert (live.status_code, live.json()) == (200, {"status": "ok"})
        assert (ready.status_code, ready.json()) == (
            200,
            {"status": "ready", "database": "reachable", "schema": "current"},
        )
        assert ready.headers["cache-control"] == "no-store"
        stored = _version(database, "supplier_9999")
        try:
            other = requests.get(f"{root}/health/ready", timeout=10)
        finally:
            _version(database, stored)
        assert (other.status_code, other.json()["schema"]) == (503, "out_of_date")
        moved = database.rename(tmp_path / "elsewhere")
        database.mkdir()
        try:
            gone = requests.get(f"{root}/health/ready", timeout=10)
        finally:
            database.rmdir()
            moved.rename(database)
        assert (gone.status_code, gone.json()) == (
            503,
            {"status": "not_ready", "database": "unreachable", "schema": "unknown"},
        )
        assert requests.get(f"{root}/health/live", timeout=10).status_code == 200
        assert requests.get(f"{root}/health/ready", timeout=10).status_code == 200


def _version(database: Path, version: str) -> str:
    import sqlite3

    connection = sqlite3.connect(database)
    try:
        (before,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        connection.execute("UPDATE alembic_version SET version_num = ?", (version,))
        connection.commit()
    finally:
        connection.close()
    return str(before)


def test_metrics_over_a_proxy_need_a_token_or_a_declared_address(directory: Path) -> None:
    def status(root: str, caller: str, authorization: str = "") -> int:
        headers = {"x-forwarded-for": caller, "x-forwarded-proto": "https"}
        if authorization:
            headers["authorization"] = authorization
        return requests.get(f"{root}/metrics", headers=headers, timeout=10).status_code

    with served(
        directory,
        trusted_proxies=NetworkSet.of(["127.0.0.1"]),
        metrics_from=NetworkSet.of(["10.2.0.0/24"]),
        metrics_token="file:secrets/metrics",
    ) as (root, _):
        assert status(root, "10.2.0.9") == 200
        assert status(root, "198.51.100.23") == 403
        assert status(root, "198.51.100.23", f"Bearer {TOKEN}") == 200
        for wrong in (f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", TOKEN, f"Basic {TOKEN}", "Bearer "):
            assert status(root, "198.51.100.23", wrong) == 403
        # what comes by the proxy is not this machine, whatever it is said to be
        assert status(root, "127.0.0.1") == 403
        assert requests.get(f"{root}/metrics", timeout=10).status_code == 403


READY = Readiness(database="reachable", schema="current")


@pytest.mark.parametrize(
    ("peer", "direct", "admitted"),
    [
        ("127.0.0.1", True, True),
        ("::1", True, True),
        ("127.0.0.1", False, False),
        ("10.2.0.9", True, True),
        ("10.2.0.9", False, True),
        ("198.51.100.23", True, False),
        ("", True, False),
    ],
)
def test_who_may_read_metrics_without_a_token(peer: str, direct: bool, admitted: bool) -> None:
    monitoring = Monitoring(
        readiness=lambda: READY, metrics=Metrics([], dict), allowed=NetworkSet.of(["10.2.0.0/24"])
    )

    assert monitoring.admits(peer, {}, direct=direct) is admitted
    assert monitoring.admits(peer, {"authorization": "Bearer "}, direct=direct) is admitted


def test_an_application_that_is_not_behind_the_entrance_shows_none() -> None:
    from litestar.testing import TestClient

    from askul_connect.adapters.server.app import create_app

    monitoring = Monitoring(readiness=lambda: READY, metrics=Metrics([], dict))
    with TestClient(create_app({}, monitoring)) as client:
        assert client.get("/metrics").status_code == 403
        assert client.get("/health/ready").status_code == 200
    assert DIRECT
