"""Directories that are struck, the process that strikes them, and what is left of each."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from attrs import define, field, frozen
from click.testing import CliRunner

from askul_connect import bootstrap
from askul_connect.cli.application import application
from askul_connect.cli.demo_files import demo_directory
from askul_connect.cli.directory_files import BUYER_DATABASE, SUPPLIER_DATABASE, write_directory

PROGRAM = Path(__file__).with_name("program.py")
VIEWS = ("orders", "invoices", "budgets", "outbox")


#: Where the secret URL of each side's database is, and its file when it is SQLite's.
SIDES = {
    "buyer": ("buyer-database", "buyer.sqlite3"),
    "supplier": ("askul-supplier-database", "askul-supplier.sqlite3"),
}
#: What the ERP has put there for us.
WAITING = ("in", "receipts")
SHOWCASE = bootstrap.showcase()
#: Of the demo's purchase orders: a UBL file that comes in two parts, rows of a CSV file with a line one short.
KEPT = ("PO-2026-0002", "PO-2026-0003")
DROPPED = ("PO-2026-0001", "PO-2026-0004", "PO-2026-0005")


def smaller(files: dict[str, str]) -> dict[str, str]:
    """The demo with fewer purchase orders and items: everything still happens in it, and sooner."""
    kept = {
        path: "".join(line for line in text.splitlines(keepends=True) if not line.startswith(DROPPED))
        if path.endswith(".csv")
        else text.replace("\nitems = 2400\n", "\nitems = 40\n")
        for path, text in files.items()
        if not any(number in path for number in DROPPED)
    }
    assert kept["askul-connect.toml"] != files["askul-connect.toml"]
    return kept


@frozen(kw_only=True)
class Outcome:
    """What a directory holds after its last run: the four lists as the command line prints them, and the files."""

    views: dict[str, str]
    posted: dict[str, bytes] = field(repr=False)
    files: dict[str, list[str]]


def outcome(directory: Path) -> Outcome:
    views = {}
    for view in VIEWS:
        shown = CliRunner().invoke(application, ["--directory", str(directory), view, "--json"])
        assert shown.exit_code == 0, shown.output
        views[view] = shown.stdout
    erp = directory / "erp"
    out = sorted(path for path in (erp / "out").rglob("*") if path.is_file())
    return Outcome(
        views=views,
        posted={str(path.relative_to(erp)): path.read_bytes() for path in out},
        files={
            folder: sorted(path.name for path in (erp / folder).iterdir())
            for folder in ("in", "receipts", "done", "rejected")
        },
    )


@frozen(kw_only=True)
class Ended:
    """How a run ended: its exit code, or minus the signal; and the instants it went through, if it told them."""

    code: int
    instants: tuple[str, ...]
    said: str
    printed: str

    @property
    def killed(self) -> bool:
        return self.code == -signal.SIGKILL


@define
class Running:
    """A run under way."""

    program: Program
    process: int
    folder: Path

    def wait(self) -> Ended:
        """Wait for its end."""
        code = self.program.ask({"wait": self.process})["code"]
        instants = self.folder / "instants"
        seen = instants.read_text(encoding="utf-8").splitlines() if instants.exists() else []
        said = (self.folder / "stderr").read_text(encoding="utf-8")
        printed = (self.folder / "stdout").read_text(encoding="utf-8")
        shutil.rmtree(self.folder)
        return Ended(code=code, instants=tuple(seen), said=said, printed=printed)


@define
class Program:
    """Starts runs of the command line in processes of their own; see ``program.py``."""

    served: subprocess.Popen[str]
    folder: Path
    started: int = 0

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self.served.stdin is not None
        assert self.served.stdout is not None
        self.served.stdin.write(f"{json.dumps(order)}\n")
        self.served.stdin.flush()
        answer: dict[str, Any] = json.loads(self.served.stdout.readline())
        return answer

    def warm(self, directory: Path) -> None:
        """Let one run go through the starting process itself, whose caches the others inherit."""
        given = ["--directory", str(directory), "run"]
        assert self.ask({"warm": True, "arguments": given})["code"] == 0

    def start(self, directory: Path, *arguments: str, **order: Any) -> Running:
        """Start one; ``order`` says what is different from a plain run."""
        self.started += 1
        folder = self.folder / str(self.started)
        folder.mkdir()
        files = {name: str(folder / name) for name in ("stdout", "stderr", "instants")}
        given = ["--directory", str(directory), *(arguments or ("run",))]
        answer = self.ask({"arguments": given, **files, **order})
        return Running(self, answer["process"], folder)

    def run(self, directory: Path, *arguments: str, **order: Any) -> Ended:
        """Start one and wait for its end."""
        return self.start(directory, *arguments, **order).wait()


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    served = subprocess.Popen(
        [sys.executable, str(PROGRAM)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    try:
        yield Program(served, tmp_path_factory.mktemp("program"))
    finally:
        assert served.stdin is not None
        served.stdin.close()
        assert served.wait(30) == 0
        assert served.stdout is not None
        served.stdout.close()


@frozen(kw_only=True)
class Place:
    """Makes directories of the demo that are ready for their first run, each on databases of its own."""

    kind: str
    folder: Path
    new_url: Callable[..., str] | None
    made: list[Path] = field(factory=list)

    def prepare(self) -> Path:
        """One that nobody has run."""
        directory = self._new()
        ours, theirs = (
            (self.new_url(), self.new_url()) if self.new_url else (BUYER_DATABASE, SUPPLIER_DATABASE)
        )
        write_directory(directory, smaller(demo_directory(SHOWCASE, database=ours, supplier_database=theirs)))
        return directory

    def prepare_without_orders(self) -> Path:
        """One whose first run only opens the account."""
        directory = self.prepare()
        for name in WAITING:
            (directory / "erp" / name).rename(directory / name)
            (directory / "erp" / name).mkdir()
        return directory

    def prepare_opened(self) -> Path:
        """One whose account is open."""
        directory = self.prepare_without_orders()
        with bootstrap.open_workspace(directory) as opened:
            opened.run()
        for name in WAITING:
            (directory / "erp" / name).rmdir()
            (directory / name).rename(directory / "erp" / name)
        return directory

    def copy(self, original: Path) -> Path:
        """One just like another that nobody uses at present."""
        directory = self._new()
        shutil.copytree(original, directory)
        if self.new_url is not None:
            for side in SIDES:
                secret = directory / "secrets" / SIDES[side][0]
                template = secret.read_text(encoding="utf-8").strip().partition("?")[0].rpartition("/")[2]
                secret.write_text(f"{self.new_url(template)}\n", encoding="utf-8")
        return directory

    def url(self, directory: Path, side: str) -> str:
        """Of one of its databases."""
        secret, file = SIDES[side]
        if self.new_url is None:
            return f"sqlite:///{directory / 'data' / file}"
        return (directory / "secrets" / secret).read_text(encoding="utf-8").strip()

    def rows(self, directory: Path, side: str) -> dict[str, list[dict[str, Any]]]:
        """Everything a database holds, by table."""
        engine = sa.create_engine(self.url(directory, side).replace("postgresql://", "postgresql+psycopg://"))
        try:
            known = sa.MetaData()
            known.reflect(engine)
            with engine.connect() as connection:
                return {
                    name: sorted(
                        (dict(row) for row in connection.execute(sa.select(table)).mappings()), key=repr
                    )
                    for name, table in known.tables.items()
                }
        finally:
            engine.dispose()

    def _new(self) -> Path:
        directory = self.folder / str(len(self.made))
        self.made.append(directory)
        return directory


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Place:
    new_url = request.getfixturevalue("new_postgresql") if request.param == "postgresql" else None
    return Place(kind=request.param, folder=tmp_path_factory.mktemp(request.param), new_url=new_url)


@pytest.fixture(scope="session")
def new_place() -> Callable[[Path], Place]:
    """Makes a place of SQLite databases."""
    return lambda folder: Place(kind="sqlite", folder=folder, new_url=None)


@pytest.fixture(scope="session")
def outcome_of() -> Callable[[Path], Outcome]:
    return outcome
