"""A directory as an integrator has it, with the supplier in process and faults to inject between the two sides."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import define, field, frozen
from click.testing import CliRunner, Result

from askul_connect import open_workspace
from askul_connect.adapters import builtin
from askul_connect.adapters.storage.sql.storage import SqlStorage
from askul_connect.bootstrap import RunReport, workspace
from askul_connect.cli.application import application
from askul_connect.core.ports.channel import Capability, Channel, InProcessWork, SupplierConnection
from askul_connect.plugins.connections import ConnectionSettings
from askul_connect.plugins.hookspecs import hookimpl
from askul_connect.plugins.kinds import SupplierKind
from askul_connect.plugins.manager import PluginManager
from askul_connect.plugins.toolkit import ReferenceRules, Toolkit

[REFERENCE] = builtin.askul_connect_suppliers()
VIEWS = ("orders", "invoices", "credit_notes", "budgets", "outbox")
#: How many of the interruptions a quick run tries, spread evenly.
QUICK = 16
HEADER = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
{settings}
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "test"
"""
SUPPLIER = """
[suppliers.{name}]
kind = "faulty"
credential = "file:secrets/{name}.credential"
[suppliers.{name}.supplier]
database = "sqlite:///data/{name}-supplier.sqlite3"
items = 40
[suppliers.{name}.account]
name = "見本商事株式会社"
representative = "見本 太郎"
postcode = "150-0001"
address = "東京都渋谷区見本2-2"
phone = "03-0000-0000"
email = "soumu@example.co.jp"
departments = [{{ code = "D100", name = "総務部" }}, {{ code = "D200", name = "営業部" }}]
administrator = {{ name = "見本 花子", email = "hanako@example.co.jp" }}
buyer = {{ name = "見本 次郎", email = "jiro@example.co.jp", departments = ["D100", "D200"] }}
"""
BUDGETS = """department,period,currency,budget
D100,2026-04,JPY,100000
D200,2026-04,JPY,100000
D100,2026-05,JPY,100000
D200,2026-05,JPY,100000
"""


@define
class Faults:
    """What goes wrong between the buyer and each supplier; empty is good weather.

    Attributes:
        calls: Every call that reached a channel: connection, method, request or cursor.
        plan: Replaces a method of a connection: gets the working channel and what was given.
        down: Connections whose every call fails with an error.
        lacking: Capabilities that no connection has.
        opened: The working connections, by name, as they were opened last.
    """

    calls: list[tuple[str, str, Any]] = field(factory=list)
    plan: dict[tuple[str, str], Callable[..., Any]] = field(factory=dict)
    down: dict[str, Exception] = field(factory=dict)
    lacking: set[Capability] = field(factory=set)
    opened: dict[str, SupplierConnection] = field(factory=dict)

    def made(self, method: str, name: str = "askul") -> list[Any]:
        """What a method was called with."""
        return [given for connection, called, given in self.calls if (connection, called) == (name, method)]


@frozen
class FaultyChannel:
    """A channel that the test can break; its calls are those of the supplier behind it."""

    name: str
    inner: Channel
    faults: Faults

    @property
    def capabilities(self) -> frozenset[Capability]:
        return self.inner.capabilities - self.faults.lacking

    def _call(self, method: str, given: Any, *args: Any, **named: Any) -> Any:
        self.faults.calls.append((self.name, method, given))
        if self.name in self.faults.down:
            raise self.faults.down[self.name]
        replaced = self.faults.plan.get((self.name, method))
        if replaced is not None:
            return replaced(self.inner, *args, **named)
        return getattr(self.inner, method)(*args, **named)

    def place(self, request: Any, *, key: str, correlation_id: str) -> Any:
        return self._call("place", request, request, key=key, correlation_id=correlation_id)

    def find(self, request: Any, *, correlation_id: str) -> Any:
        return self._call("find", request, request, correlation_id=correlation_id)

    def orders(self, cursor: str, page_size: int) -> Any:
        return self._call("orders", cursor, cursor, page_size)

    def confirmations(self, cursor: str, page_size: int) -> Any:
        return self._call("confirmations", cursor, cursor, page_size)

    def ship_notices(self, cursor: str, page_size: int) -> Any:
        return self._call("ship_notices", cursor, cursor, page_size)

    def invoices(self, cursor: str, page_size: int) -> Any:
        return self._call("invoices", cursor, cursor, page_size)

    def availability(self, skus: Any) -> Any:
        return self._call("availability", skus, skus)

    def change(self, request: Any, *, key: str, correlation_id: str) -> Any:
        return self._call("change", request, request, key=key, correlation_id=correlation_id)

    def cancel(self, request: Any, *, key: str, correlation_id: str) -> Any:
        return self._call("cancel", request, request, key=key, correlation_id=correlation_id)

    def credit_notes(self, cursor: str, page_size: int) -> Any:
        return self._call("credit_notes", cursor, cursor, page_size)

    def close(self) -> None:
        self.inner.close()


@frozen
class FaultyConnection:
    channel: FaultyChannel
    work: InProcessWork | None
    inner: SupplierConnection

    def close(self) -> None:
        self.inner.close()


def _plugin(faults: Faults) -> types.ModuleType:
    def connect(toolkit: Toolkit, connection: ConnectionSettings) -> SupplierConnection:
        inner = toolkit.reference_supplier(connection, ReferenceRules())
        faults.opened[connection.name] = inner
        channel = FaultyChannel(connection.name, inner.channel, faults)
        return FaultyConnection(channel, inner.work, inner)

    def askul_connect_suppliers() -> list[SupplierKind]:
        return [
            SupplierKind(
                name="faulty",
                summary="the reference supplier, with faults to inject",
                capabilities=REFERENCE.capabilities,
                connect=connect,
            )
        ]

    module = types.ModuleType("faulty")
    module.askul_connect_suppliers = hookimpl(askul_connect_suppliers)  # type: ignore[attr-defined]
    return module


@frozen
class Place:
    """One directory and what is done with it."""

    directory: Path
    faults: Faults

    def configure(self, *, suppliers: tuple[str, ...] = ("askul",), settings: str = "") -> None:
        """Write the configuration; ``settings`` are further tables."""
        text = CONFIGURATION.format(settings=settings) + "".join(
            SUPPLIER.format(name=name) for name in suppliers
        )
        self.write("askul-connect.toml", text)

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file below the directory."""
        target = self.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def order(self, name: str, *rows: str) -> None:
        """Drop an order CSV of these rows."""
        self.write(f"erp/in/{name}", "\n".join((HEADER, *rows, "")))

    def run(self, *, trial: bool = False) -> RunReport:
        """Run once, as Python does it."""
        with open_workspace(self.directory) as opened:
            return opened.run(trial=trial)

    def cli(self, *arguments: str) -> Result:
        """Run a command, as a shell does it."""
        return CliRunner().invoke(
            application,
            ("--directory", str(self.directory), *arguments),
            env={"LC_ALL": "C.UTF-8"},
            prog_name="askul-connect",
        )

    def view(self, name: str) -> list[dict[str, Any]]:
        """One of the lists, through JSON."""
        result = self.cli(name, "--json")
        assert result.exit_code == 0, result.output
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found

    def names(self, folder: str) -> list[str]:
        """What lies in a folder below ``erp``."""
        path = self.directory / "erp" / folder
        return sorted(entry.name for entry in path.iterdir()) if path.exists() else []

    def out(self) -> dict[str, bytes]:
        """What was handed to the ERP."""
        return {name: (self.directory / "erp" / "out" / name).read_bytes() for name in self.names("out")}

    def error(self, name: str) -> dict[str, Any]:
        """The report beside a rejected file."""
        path = self.directory / "erp" / "rejected" / f"{name}.error.json"
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def budget(self, department: str = "D100", period: str = "2026-04") -> dict[str, Any]:
        """Where a department's budget stands."""
        wanted = (department, period)
        [found] = [
            entry for entry in self.view("budgets") if (entry["department"], entry["period"]) == wanted
        ]
        return found

    def state(self) -> dict[str, Any]:
        """Everything that a run leaves for others to read."""
        files = {folder: self.names(folder) for folder in ("in", "receipts", "done", "rejected")}
        with open_workspace(self.directory) as opened:
            views = {name: json.dumps(getattr(opened, name)()) for name in VIEWS}
        return {**{name: json.loads(text) for name, text in views.items()}, "out": self.out(), **files}


@pytest.fixture(scope="module")
def module_place(tmp_path_factory: pytest.TempPathFactory, opened_directory: Path) -> Iterator[Place]:
    """The same, for what one run shows to several tests."""
    with pytest.MonkeyPatch.context() as patched:
        made = Faults()
        patched.setattr(workspace, "installed_plugins", lambda: PluginManager([builtin, _plugin(made)]))
        directory = tmp_path_factory.mktemp("module") / "here"
        shutil.copytree(opened_directory, directory)
        yield Place(directory, made)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Faults between the two sides, none at first."""
    made = Faults()
    monkeypatch.setattr(workspace, "installed_plugins", lambda: PluginManager([builtin, _plugin(made)]))
    return made


@pytest.fixture
def empty_place(tmp_path: Path, faults: Faults) -> Place:
    """A directory whose supplier was never opened."""
    made = Place(tmp_path / "here", faults)
    made.configure()
    made.write("erp/budgets/2026.csv", BUDGETS)
    (made.directory / "erp" / "in").mkdir()
    (made.directory / "data").mkdir()
    return made


@pytest.fixture(scope="session")
def opened_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with its account opened: that takes a second, and every test begins with it."""
    with pytest.MonkeyPatch.context() as patched:
        made = Faults()
        patched.setattr(workspace, "installed_plugins", lambda: PluginManager([builtin, _plugin(made)]))
        template = Place(tmp_path_factory.mktemp("opened") / "here", made)
        template.configure()
        template.write("erp/budgets/2026.csv", BUDGETS)
        (template.directory / "erp" / "in").mkdir()
        (template.directory / "data").mkdir()
        template.run()
    return template.directory


@pytest.fixture
def place(tmp_path: Path, faults: Faults, opened_directory: Path) -> Place:
    """A directory that is ready for purchase orders."""
    shutil.copytree(opened_directory, tmp_path / "here")
    return Place(tmp_path / "here", faults)


def digest(directory: Path) -> str:
    """Hash of all that a kill leaves behind; what SQLite keeps in shared memory is not part of that."""
    found = hashlib.sha256()
    for path in sorted(directory.rglob("*")):
        if path.is_file() and not path.name.endswith("-shm"):
            found.update(f"{path.relative_to(directory)}\n{path.stat().st_size}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


class Recorder:
    """Keeps a copy of the directory as a kill just before and just after each commit would leave it."""

    def __init__(self, directory: Path, copies: Path) -> None:
        self.directory = directory
        self.copies = copies
        self.kept: dict[str, Path] = {}

    def keep(self) -> None:
        seen = digest(self.directory)
        if seen not in self.kept:
            target = self.copies / f"{len(self.kept):04}"
            shutil.copytree(self.directory, target, ignore=shutil.ignore_patterns("*-shm"))
            self.kept[seen] = target


@pytest.fixture
def copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Place], list[Path]]:
    """Run once undisturbed; the directory as each kill would have left it."""

    def run(place: Place) -> list[Path]:
        recorder = Recorder(place.directory, tmp_path / "copies")
        begin = SqlStorage.begin

        @contextmanager
        def recorded(storage: SqlStorage[Any], *, durable: bool = True) -> Iterator[Any]:
            with begin(storage, durable=durable) as unit:
                yield unit
                recorder.keep()
            recorder.keep()

        with monkeypatch.context() as patched:
            patched.setattr(SqlStorage, "begin", recorded)
            place.run()
        return list(recorder.kept.values())

    return run


@pytest.fixture
def chosen() -> Callable[[list[Path]], list[Path]]:
    """The interruptions that are tried: all of them, or in a quick run some, spread evenly."""
    return lambda found: found if os.environ.get("HEAVY") == "1" else found[:: -(-len(found) // QUICK)]


@pytest.fixture
def interrupted(
    copies: Callable[[Place], list[Path]], chosen: Callable[[list[Path]], list[Path]]
) -> Callable[[Place], dict[str, Any]]:
    """Runs undisturbed, then from every interruption; all must end alike. What a run leaves."""

    def run(place: Place) -> dict[str, Any]:
        found = copies(place)
        wanted = place.state()
        for copy in chosen(found)[::3]:
            shutil.rmtree(place.directory)
            copy.rename(place.directory)
            place.run()
            assert place.state() == wanted, copy.name
        return wanted

    return run
