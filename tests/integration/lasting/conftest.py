"""A demo's directory that can be stopped in the middle of its month, on either database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from click.testing import CliRunner, Result

from askul_connect import load_settings, open_workspace
from askul_connect.adapters.transports.in_process import InProcessTransport
from askul_connect.bootstrap import Progress, showcase
from askul_connect.cli.application import application
from askul_connect.cli.demo_files import demo_directory
from askul_connect.cli.directory_files import write_directory

VIEWS = ("orders", "invoices", "budgets", "outbox")
ITEMS = 40
#: Steps of the demo after which three of five orders are placed, and nobody knows it but the database.
HALF = 12


class Stopped(Exception):
    """The power went off."""


@frozen
class Place:
    """A directory."""

    directory: Path

    def cli(self, *arguments: str, code: int | None = 0, **more: str) -> Result:
        """Run a command, as a shell does it."""
        result = CliRunner().invoke(
            application,
            ("--directory", str(self.directory), *arguments),
            env={"LC_ALL": "C.UTF-8", "COLUMNS": "200", **more},
            prog_name="askul-connect",
        )
        assert code is None or result.exit_code == code, result.output + result.stderr
        return result

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What a command prints with ``--json``."""
        return json.loads(self.cli(*arguments, "--json", code=code).stdout)

    def run(self, *, until: int | None = None) -> None:
        """Run, to the end or until that many steps were told."""
        seen = 0

        def stop(_step: Progress) -> None:
            nonlocal seen
            seen += 1
            if seen == until:
                raise Stopped

        with open_workspace(load_settings(self.directory)) as opened, suppress(Stopped):
            opened.run(progress=stop)

    def state(self) -> dict[str, Any]:
        """Everything that a run leaves for others to read."""
        files = {
            str(path.relative_to(self.directory)): path.read_bytes()
            for folder in ("erp", "finance")
            for path in sorted((self.directory / folder).rglob("*"))
            if path.is_file()
        }
        return {**{view: self.json(view) for view in VIEWS}, **files}

    def digests(self) -> dict[str, Any]:
        """Rows and hash of each table, by database."""
        return {each["database"]: each["tables"] for each in self.json("verify")["databases"]}


def make_place(directory: Path, **urls: str) -> Place:
    """A demo's directory that nothing was done in yet."""
    texts = demo_directory(showcase(), **urls)
    configuration = texts["askul-connect.toml"]
    texts["askul-connect.toml"] = configuration.replace("items = 2400", f"items = {ITEMS}")
    write_directory(directory, texts)
    return Place(directory)


@pytest.fixture
def new_place(tmp_path: Path) -> Callable[..., Place]:
    """Makes a demo's directory that nothing was done in yet."""
    return lambda **urls: make_place(tmp_path / "original", **urls)


@pytest.fixture(scope="module")
def half_done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory on SQLite in the middle of its month, to be copied."""
    made = make_place(tmp_path_factory.mktemp("half") / "original")
    made.run(until=HALF)
    return made.directory


@pytest.fixture
def place(half_done: Path, tmp_path: Path) -> Place:
    """One on SQLite in the middle of its month."""
    shutil.copytree(half_done, tmp_path / "original")
    return Place(tmp_path / "original")


@pytest.fixture(scope="module")
def one_backup(half_done: Path) -> Path:
    """A backup of it, with secrets; not to be changed."""
    target = half_done.parent / "backup"
    Place(half_done).cli("backup", str(target), "--with-secrets")
    return target


@pytest.fixture
def backup(one_backup: Path, tmp_path: Path) -> Path:
    """A backup that may be changed."""
    shutil.copytree(one_backup, tmp_path / "backup")
    return tmp_path / "backup"


@pytest.fixture
def bare_place() -> Callable[[Path], Place]:
    """A directory that is not there yet."""
    return Place


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was sent to a supplier in this process, and each connection to it."""
    seen: list[str] = []
    send = InProcessTransport.send

    def counted(self: InProcessTransport, request: Any) -> Any:
        seen.append(request.body[:2000].decode(errors="replace"))
        return send(self, request)

    def connected(self: InProcessTransport, handler: Any) -> None:
        seen.append("connected")
        join(self, handler)

    join = InProcessTransport.__init__
    monkeypatch.setattr(InProcessTransport, "send", counted)
    monkeypatch.setattr(InProcessTransport, "__init__", connected)
    return seen
