"""A directory whose supplier knows an account with an open order, and the command line on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from askul_connect.bootstrap.reference import ReferenceSupplier
from askul_connect.bootstrap.serving import supplier_of
from askul_connect.cli import confirming
from askul_connect.cli.application import application
from askul_connect.core.domain.orders import Channel
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.operations.registry import Operation
from askul_connect.core.ports.faces import Call
from askul_connect.settings import load_settings

COMPANY = (
    *("--kind", "corporation", "--name", "架空事務株式会社", "--postcode", "530-0001"),
    *("--address", "大阪府大阪市北区見本1-1", "--representative", "架空 一郎"),
    *("--phone", "06-0000-0000", "--email", "ichiro@kakuu.example.co.jp"),
)


class CommandLine:
    """Commands on one directory."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, *arguments: str, typed: str = "", code: int = 0) -> Result:
        done = CliRunner().invoke(
            application,
            ["--directory", str(self.home), *arguments],
            env={"LC_ALL": "C.UTF-8"},
            input=typed,
            prog_name="askul-connect",
        )
        assert done.exit_code == code, done.output
        return done

    def json(self, *arguments: str, typed: str = "", code: int = 0) -> Any:
        return json.loads(self(*arguments, "--json", typed=typed, code=code).stdout)

    def refused(self, *arguments: str, typed: str = "", code: int = 2) -> dict[str, Any]:
        done = self(*arguments, "--json", typed=typed, code=code)
        assert done.stdout == ""
        found: dict[str, Any] = json.loads(done.stderr[done.stderr.index("{") :])
        return found

    def secret(self, name: str) -> str:
        return (self.home / "secrets" / "askul" / name).read_text(encoding="utf-8").strip()

    def registered(self, *more: str) -> str:
        """Member number of a second company that has applied."""
        number: str = self.json("accounts", "register", *COMPANY, *more)["member_number"]
        return number

    def opened(self, *more: str) -> str:
        """Member number of a second company whose account works."""
        number = self.registered(*more)
        assert self.json("accounts", "approve", number)["state"] == "active"
        return number

    @contextmanager
    def supplier(self) -> Iterator[ReferenceSupplier]:
        opened = supplier_of(load_settings(self.home), "askul")
        try:
            yield opened
        finally:
            opened.close()

    def ask(self, operation: Operation[Any, Any], request: Any, token: Secret | None = None) -> Any:
        """What somebody does who does not use the command line."""
        with self.supplier() as supplier:
            call = Call(channel=Channel.IN_PROCESS, token=token, idempotency_key="test")
            return supplier.dispatcher.dispatch(operation, request, call)

    def audited(self) -> list[str]:
        """What the records of the supplier hold, by action."""
        with self.supplier() as supplier, supplier.storage.begin() as unit:
            accounts = ["", *(one.account_id for one in unit.accounts.all())]
            return [record.action for one in accounts for record in unit.audit.of_account(one)]


@pytest.fixture(scope="session")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory after its first run, in which an order was placed; made once."""
    home = tmp_path_factory.mktemp("used")
    cli = CommandLine(home)
    cli("init", "--quiet")
    shutil.copy(home / "examples" / "order.csv", home / "erp" / "in" / "order.csv")
    cli("run", "--quiet")
    return home


@pytest.fixture
def cli(used: Path, tmp_path: Path) -> CommandLine:
    home = tmp_path / "home"
    shutil.copytree(used, home)
    return CommandLine(home)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Whether somebody sits at a terminal and can be asked."""

    def sits(somebody: bool) -> None:
        monkeypatch.setattr(confirming, "somebody_types", lambda: somebody)

    sits(True)
    return sits
