"""``demo --http``: the same demo, with the supplier behind a socket."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.adapters.server.listener import Listener
from askul_connect.adapters.transports.http import HttpTransport
from askul_connect.cli.application import application
from askul_connect.core.ports.transport import HttpRequest, HttpResponse

LISTS = ("orders", "invoices", "budgets", "outbox")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments, env={"LC_ALL": "C.UTF-8"}, prog_name="askul-connect")


def results(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for folder in ("erp", "finance")
        for path in sorted((directory / folder).rglob("*"))
        if path.is_file()
    }


@pytest.mark.spec("SRV-2", "INT-1")
def test_it_is_the_same_as_in_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    listeners: list[str] = []
    send, run = HttpTransport.send, Listener.run

    def watched(transport: HttpTransport, request: HttpRequest) -> HttpResponse:
        sent.append(request.url)
        return send(transport, request)

    def ran(listener: Listener) -> None:
        listeners.append(listener.address)
        run(listener)

    monkeypatch.setattr(HttpTransport, "send", watched)
    monkeypatch.setattr(Listener, "run", ran)
    near, far = tmp_path / "near", tmp_path / "far"
    elsewhere = (
        *("--database", f"sqlite:///{tmp_path}/buyer.sqlite3"),
        *("--supplier-database", f"sqlite:///{tmp_path}/supplier.sqlite3"),
    )
    here = call("--directory", str(near), "demo")
    assert (here.exit_code, sent) == (0, [])
    there = call("--directory", str(far), "demo", "--http", *elsewhere)

    assert there.exit_code == 0, there.output
    # everything went over one socket of this machine: the first steps, the orders and all that came back
    (address,) = listeners
    assert {url.partition("?")[0] for url in sent} == {f"{address}/soap/1"}
    assert len(sent) > 20
    assert results(far) == results(near)
    for name in LISTS:
        assert (
            call("--directory", str(far), "--json", name).stdout
            == call("--directory", str(near), "--json", name).stdout
        )
    table, _, _ = here.stdout.partition("Documents for the ERP")
    assert there.stdout.startswith(table)
    assert there.stderr == here.stderr
    # where the caller was is kept with each login
    connection = sqlite3.connect(tmp_path / "supplier.sqlite3")
    logins = connection.execute("SELECT DISTINCT address, result FROM login_records").fetchall()
    connection.close()
    assert logins == [("127.0.0.1", "success")]

    again = call("--directory", str(far), "demo", "--http")
    assert again.exit_code == 0
    assert "Nothing new" in again.stdout


@pytest.mark.spec("INT-10")
def test_a_trial_leaves_nothing(tmp_path: Path) -> None:
    result = call("--directory", str(tmp_path / "demo"), "demo", "--http", "--trial")

    assert result.exit_code == 0, result.output
    assert "would be placed" in result.stdout
    assert not (tmp_path / "demo" / "data" / "askul-supplier.sqlite3").exists()


def test_it_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    directory = tmp_path / "demo"
    with subprocess.Popen(
        [sys.executable, "-m", "askul_connect", "--directory", str(directory), "demo", "--http"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        # the first line says that the account is opened: the supplier is being asked from then on
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        _, errors = process.communicate(timeout=30)
    assert "account" in first
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert time.monotonic() - begun < 20
    # what was begun is gone on with, in process as well
    assert call("--directory", str(directory), "demo").exit_code == 0
