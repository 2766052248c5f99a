"""What a user sees of plugins: the list, and who is to blame."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from askul_connect.cli.application import application

Install = Callable[..., str]

FAILING = """
@hookimpl
def askul_connect_suppliers():
    def connect(toolkit, connection):
        raise RuntimeError("out of paper")
    return [supplier("acme", connect=connect)]
"""


def call(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments, env={"LC_ALL": "C.UTF-8"}, prog_name="askul-connect")


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert call("--directory", str(home), "init").exit_code == 0
    return home


def configured(directory: Path, kind: str) -> Path:
    file = directory / "askul-connect.toml"
    text = file.read_text(encoding="utf-8")
    assert 'kind = "reference"' in text
    file.write_text(text.replace('kind = "reference"', f'kind = "{kind}"'), encoding="utf-8")
    return directory


def test_plugins_lists_name_kind_version_source_and_capabilities(install: Install, tmp_path: Path) -> None:
    install(FAILING)

    listed = json.loads(call("--directory", str(tmp_path), "plugins", "--json").stdout)
    table = call("--directory", str(tmp_path), "plugins").stdout

    [mine] = [entry for entry in listed if entry["source"] == "acme-office"]
    assert {key: mine[key] for key in ("name", "kind", "version", "source")} == {
        "name": "acme",
        "kind": "supplier",
        "version": "1.2.3",
        "source": "acme-office",
    }
    assert set(mine["capabilities"]) >= {"place", "find"}
    assert {entry["name"] for entry in listed} >= {"reference", "files", "sql", "acme"}
    for word in ("acme", "1.2.3", "acme-office", "ship_notices"):
        assert word in table


def test_a_kind_that_nobody_offers_is_a_wrong_configuration(install: Install, directory: Path) -> None:
    install(FAILING)
    configured(directory, "acne")

    for command in ("plugins", "run"):
        result = call("--directory", str(directory), command)
        assert result.exit_code == 2, command
        assert "suppliers.askul.kind" in result.stderr
        assert "'reference'" in result.stderr
        assert "'acme'" in result.stderr


def test_a_plugin_that_cannot_be_loaded_is_named_by_every_command(install: Install, directory: Path) -> None:
    install("raise RuntimeError('out of paper')")

    for command in ("plugins", "run", "orders"):
        result = call("--directory", str(directory), command)
        assert result.exit_code == 4, command
        assert (
            "the plugin 'acme' of acme-office failed at import: RuntimeError('out of paper')" in result.stderr
        )
        assert "plugin-failed" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_plugin_that_cannot_connect_is_named_and_nothing_was_done(
    install: Install, directory: Path
) -> None:
    install(FAILING)
    configured(directory, "acme")
    order = directory / "erp" / "in" / "order.csv"
    (directory / "examples" / "order.csv").rename(order)

    result = call("--directory", str(directory), "run", "--json")

    assert result.exit_code == 4
    error = json.loads(result.stderr)
    assert error["code"] == "plugin-failed"
    assert error["where"] == "suppliers.askul"
    assert "the plugin 'acme' of acme-office failed to connect 'askul'" in error["detail"]
    assert order.exists(), "the purchase order waits"


def test_the_traceback_of_a_plugin_is_in_the_failure_log(install: Install, directory: Path) -> None:
    install(FAILING)
    configured(directory, "acme")

    call("--directory", str(directory), "run")

    [entry] = [
        json.loads(line)
        for line in (directory / "data" / "askul-connect.log").read_text(encoding="utf-8").splitlines()
    ]
    assert entry["logger"] == "askul_connect.plugins"
    assert "out of paper" in entry["exception"]


@pytest.mark.parametrize(
    ("source", "exit_code"), [("raise SystemExit(0)", 4), ("raise KeyboardInterrupt", 130)]
)
def test_a_plugin_cannot_end_the_process_as_if_all_were_well(
    install: Install, directory: Path, source: str, exit_code: int
) -> None:
    install(source)

    assert call("--directory", str(directory), "run").exit_code == exit_code


@pytest.mark.spec("INT-6", "INT-9")
def test_a_plugin_that_fails_while_placing_is_asked_later_and_never_sent_again_blindly(
    install: Install, directory: Path
) -> None:
    """The order arrived; the plugin then failed. The next run finds it and places no second one."""
    install(
        """
        from attrs import frozen

        state = {"fail": True}

        class Channel:
            def __init__(self, inner):
                self.inner = inner

            def __getattr__(self, name):
                return getattr(self.inner, name)

            def place(self, request, **more):
                answer = self.inner.place(request, **more)
                if state["fail"]:
                    state["fail"] = False
                    raise RuntimeError("lost the answer")
                return answer

        @frozen
        class Connection:
            inner: object

            @property
            def channel(self):
                return Channel(self.inner.channel)

            @property
            def work(self):
                return self.inner.work

            def close(self):
                self.inner.close()

        @hookimpl
        def askul_connect_suppliers():
            rules = ReferenceRules()
            def connect(toolkit, connection):
                return Connection(toolkit.reference_supplier(connection, rules))
            return [supplier("acme", connect=connect, rules=rules)]
        """
    )
    configured(directory, "acme")
    (directory / "examples" / "order.csv").rename(directory / "erp" / "in" / "order.csv")
    home = ("--directory", str(directory))

    first = call(*home, "run", "--quiet")
    [message] = json.loads(call(*home, "outbox", "--json").stdout)
    second = call(*home, "run", "--quiet")
    orders = json.loads(call(*home, "orders", "--json").stdout)

    assert first.exit_code == 3, first.output
    assert message["state"] == "unknown"
    assert "lost the answer" in message["last_error"]
    assert second.exit_code == 0, second.output
    assert [order["purchase_order_id"] for order in orders] == ["PO-EXAMPLE-1"]


def test_db_and_doctor_know_the_databases_of_a_kind_with_rules(install: Install, directory: Path) -> None:
    install(
        """
        @hookimpl
        def askul_connect_suppliers():
            return [supplier("acme", rules=ReferenceRules())]
        """
    )
    configured(directory, "acme")

    checked = call("--directory", str(directory), "db", "check", "--json").stdout

    assert "askul-supplier.sqlite3" in checked


def test_db_leaves_the_databases_of_other_kinds_to_their_plugin(install: Install, directory: Path) -> None:
    install(FAILING)
    configured(directory, "acme")

    result = call("--directory", str(directory), "db", "check", "--json")

    assert result.exit_code == 0
    assert "supplier" not in result.stdout


def test_serve_refuses_a_kind_that_is_not_the_reference_supplier(install: Install, directory: Path) -> None:
    install(FAILING)
    configured(directory, "acme")

    result = call("--directory", str(directory), "serve", "--port", "0")

    assert result.exit_code == 2, result.output
    assert "suppliers.askul.kind" in result.stderr
