"""Each command does what it says, for people and for programs."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application

LISTS = ["orders", "invoices", "budgets", "outbox"]
COMMANDS = ["demo", "init", "run", "serve", *LISTS, "plugins", "wsdl", "doctor"]
GROUPED = [["db"], ["db", "check"], ["db", "upgrade"]]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments, env={"LC_ALL": "C.UTF-8"}, prog_name="askul-connect")


def process(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "askul_connect", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C.UTF-8", **environment},
    )


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which one order was placed."""
    home = tmp_path_factory.mktemp("commands")
    assert call("--directory", str(home), "init", "--quiet").exit_code == 0
    (home / "examples" / "order.csv").rename(home / "erp" / "in" / "order.csv")
    result = call("--directory", str(home), "run", "--quiet")
    assert result.exit_code == 0, result.output
    return home


@pytest.mark.parametrize("command", [[], *([each] for each in COMMANDS), *GROUPED])
def test_each_command_has_help(command: list[str]) -> None:
    result = call(*command, "--help")

    assert (result.exit_code, result.stderr) == (0, "")
    assert " ".join(["Usage: askul-connect", *command[:1]]) in result.stdout
    assert "--help" in result.stdout


def test_the_help_lists_every_command() -> None:
    listed = call("--help").stdout

    assert [each for each in [*COMMANDS, "db"] if f"\n  {each} " not in listed] == []


@pytest.mark.parametrize("command", LISTS)
@pytest.mark.parametrize("place", ["before", "behind"])
def test_a_list_as_json_is_one_array_and_nothing_else(directory: Path, command: str, place: str) -> None:
    home = ("--directory", str(directory))
    done = process(*home, "--json", command) if place == "before" else process(*home, command, "--json")

    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("utf-8")
    records = json.loads(text)
    assert isinstance(records, list)
    assert text == json.dumps(records, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp932"])
def test_json_is_utf8_whatever_the_terminal_is(directory: Path, encoding: str) -> None:
    done = process("--directory", str(directory), "run", "--json", PYTHONIOENCODING=encoding)

    assert isinstance(json.loads(done.stdout.decode("utf-8")), dict)


@pytest.mark.parametrize("command", [*LISTS, "run", "plugins", "doctor"])
def test_a_table_can_be_printed_on_any_terminal(directory: Path, command: str) -> None:
    done = process("--directory", str(directory), command, PYTHONIOENCODING="ascii")

    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()


def test_orders_have_the_promised_keys(directory: Path) -> None:
    (order,) = json.loads(call("--directory", str(directory), "orders", "--json").stdout)

    assert set(order) >= {
        "order_number",
        "purchase_order_id",
        "supplier",
        "state",
        "currency",
        "lines",
        "tax",
        "total_excl_tax",
        "total_incl_tax",
    }
    assert (type(order["total_incl_tax"]), type(order["lines"][0]["unit_price"])) == (int, str)


def test_budgets_are_used(directory: Path) -> None:
    budgets = json.loads(call("--directory", str(directory), "budgets", "--json").stdout)

    (used,) = [each for each in budgets if each["encumbrance"]]
    assert used["department"] == "D100"
    assert used["available"] == used["budget"] - 9_600


def test_run_says_when_there_is_nothing_new(directory: Path) -> None:
    result = call("--directory", str(directory), "run")

    assert result.exit_code == 0
    assert "Nothing new" in result.stdout


def test_quiet_prints_nothing(directory: Path) -> None:
    result = call("--directory", str(directory), "--quiet", "run")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


@pytest.mark.spec("INT-10")
def test_a_trial_changes_nothing(tmp_path: Path) -> None:
    home = ("--directory", str(tmp_path))
    call(*home, "init")
    order = tmp_path / "erp" / "in" / "order.csv"
    (tmp_path / "examples" / "order.csv").rename(order)

    result = call(*home, "run", "--trial")

    assert result.exit_code == 0, result.output
    assert "Trial: nothing was changed." in result.stdout
    assert order.exists()
    assert json.loads(call(*home, "orders", "--json").stdout) == []


def test_what_is_rejected_is_told_with_its_remedy(tmp_path: Path) -> None:
    home = ("--directory", str(tmp_path))
    call(*home, "init")
    (tmp_path / "erp" / "in" / "broken.xml").write_text("<Order", encoding="utf-8")
    (tmp_path / "examples" / "order.csv").rename(tmp_path / "erp" / "in" / "order.csv")

    result = call(*home, "run")

    assert result.exit_code == 1
    assert "rejected: broken.xml" in result.stderr
    assert "what to do: " in result.stderr
    assert "PO-EXAMPLE-1" in result.stdout
    assert (tmp_path / "erp" / "rejected" / "broken.xml.error.json").is_file()


def test_plugins(directory: Path) -> None:
    for home in ((), ("--directory", str(directory))):
        plugins = json.loads(call(*home, "plugins", "--json").stdout)
        assert {"reference", "files"} <= {plugin["name"] for plugin in plugins}
    assert "reference" in call("plugins").stdout


def test_wsdl_names_the_address() -> None:
    done = process("wsdl", "--address", "https://supplier.example/soap/1")

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"https://supplier.example/soap/1" in done.stdout
    assert done.stdout.lstrip().startswith(b"<")


def test_doctor_is_content_with_a_working_directory(directory: Path) -> None:
    home = ("--directory", str(directory))

    result = call(*home, "doctor")

    assert result.exit_code == 0, result.output
    findings = json.loads(call(*home, "doctor", "--json").stdout)
    assert {"name", "ok", "detail", "remedy"} <= set(findings[0])


def test_doctor_says_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    home = ("--directory", str(tmp_path))
    call(*home, "init")
    file = tmp_path / "askul-connect.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('"never"', '"monthly"'), encoding="utf-8")

    result = call(*home, "doctor")
    findings = json.loads(call(*home, "doctor", "--json").stdout)

    assert result.exit_code == 2
    assert "erp.ids_repeat" in result.stderr
    assert any(not finding["ok"] and finding["remedy"] for finding in findings)


def test_database_check_and_upgrade(directory: Path) -> None:
    home = ("--directory", str(directory))

    for arguments in (("db", "check"), ("db", "upgrade"), ("--trial", "db", "upgrade")):
        assert call(*home, *arguments).exit_code == 0
    databases = json.loads(call(*home, "db", "check", "--json").stdout)
    assert all(set(each) == {"database", "url", "state"} for each in databases)


def fetched(url: str, served: subprocess.Popen[str]) -> bytes:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 -- loopback
                return bytes(answer.read())
        except OSError:
            assert served.poll() is None, served.communicate()
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer")


def test_serving_answers_until_it_is_stopped(directory: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = subprocess.Popen(
        [sys.executable, "-m", "askul_connect", "--directory", str(directory), "serve", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = f"http://127.0.0.1:{port}/soap/1"
        assert address.encode() in fetched(f"{address}?wsdl", served)
        second = process("--directory", str(directory), "serve", "--port", str(port))
        assert second.returncode == 2
        assert f"port {port}" in second.stderr.decode()
    finally:
        served.terminate()
        served.communicate(timeout=30)


def test_serving_needs_a_supplier_that_exists(directory: Path) -> None:
    result = call("--directory", str(directory), "serve", "--supplier", "nobody")

    assert result.exit_code == 2
    assert "--supplier is one of askul, not 'nobody'" in result.stderr


def test_the_version_is_told() -> None:
    assert call("--version").stdout.startswith("askul-connect, version ")
