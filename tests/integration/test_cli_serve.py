"""The supplier of one directory served by a real process, and bought from by another over a socket."""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copy, copytree

import pytest
import requests

CLI = (sys.executable, "-m", "askul_connect")


def cli(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, "--directory", str(directory), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@contextmanager
def served(directory: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    process = subprocess.Popen(
        [*CLI, "--directory", str(directory), "serve", "--port", "0", *options],
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = re.search(r"(http://[^/\s]+)/", process.stderr.readline())
        assert said is not None
        yield said.group(1), process
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


@pytest.fixture
def supplier(tmp_path: Path) -> Path:
    directory = tmp_path / "supplier"
    assert cli(directory, "init").returncode == 0
    return directory


@pytest.mark.spec("SRV-2", "INT-1")
@pytest.mark.parametrize("face", ["/soap/1", "/api/1"])
def test_a_directory_buys_from_one_that_is_served(supplier: Path, tmp_path: Path, face: str) -> None:
    with served(supplier) as (root, process):
        address = f"{root}{face}"
        buyer = tmp_path / "buyer"
        copytree(supplier, buyer, ignore=lambda folder, names: names if folder.endswith("/data") else [])
        configuration = buyer / "askul-connect.toml"
        text = configuration.read_text(encoding="utf-8")
        configuration.write_text(text.replace('address = ""', f'address = "{address}"'), encoding="utf-8")
        copy(buyer / "examples" / "order.csv", buyer / "erp" / "in")

        assert cli(buyer, "run").returncode == 0
        orders = json.loads(cli(buyer, "orders", "--json").stdout)
        assert [order["state"] for order in orders] == ["placed"]
        assert cli(supplier, "orders", "--json").stdout.strip() == "[]"

        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()

    gone = cli(buyer, "run")
    assert gone.returncode == 3
    assert root in gone.stderr


@pytest.mark.spec("SRV-2")
def test_half_a_pair_of_certificate_and_key_is_refused(supplier: Path) -> None:
    refused = cli(supplier, "serve", "--key", str(supplier / "askul-connect.toml"))

    assert refused.returncode == 2
    assert "belong together" in refused.stderr


@pytest.mark.spec("SRV-2", "AUTH-10")
def test_behind_a_proxy_the_login_history_knows_the_caller(supplier: Path) -> None:
    forwarded = {"x-forwarded-for": "127.0.0.1, 198.51.100.23", "x-forwarded-proto": "https"}
    with served(supplier, "--trusted-proxy", "127.0.0.1") as (root, _):

        def login(headers: dict[str, str]) -> int:
            return requests.post(
                f"{root}/api/1/Login",
                json={"login_id": "x@y.jp", "password": "z"},
                headers=headers,
                timeout=10,
            ).status_code

        assert (login(forwarded), login({})) == (401, 403)
        assert root.startswith("http://127.0.0.1:")
    connection = sqlite3.connect(supplier / "data" / "askul-supplier.sqlite3")
    found = connection.execute("SELECT address FROM login_records WHERE login_id = 'x@y.jp'").fetchall()
    connection.close()

    assert found == [("198.51.100.23",)]


@pytest.mark.spec("SRV-2")
@pytest.mark.parametrize(
    "options",
    [
        ("--trusted-proxy", "0.0.0.0/0"),
        ("--trusted-proxy", "proxy.example.com"),
        ("--listen", "0.0.0.0"),  # noqa: S104 -- has to be refused without TLS
    ],
)
def test_what_would_open_it_to_everybody_is_refused(supplier: Path, options: tuple[str, ...]) -> None:
    refused = cli(supplier, "serve", "--port", "0", *options)

    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
