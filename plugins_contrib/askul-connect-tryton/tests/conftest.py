"""A real Tryton for the tests: installed and built once into the user's cache, copied for each session."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from calendar import monthrange
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

import askul_connect_tryton
from askul_connect import open_workspace
from askul_connect.adapters.transports.http import HttpTransport
from askul_connect.bootstrap import RunReport, workspace
from askul_connect.core.errors import PartnerUnreachable
from askul_connect_tryton.client import TrytonClient
from askul_connect_tryton.sandbox.buying import Buyer, WantedLine, WantedPurchase
from askul_connect_tryton.sandbox.company import SandboxCompany, SandboxItem
from askul_connect_tryton.sandbox.databases import DATABASE, company_folder, copied
from askul_connect_tryton.sandbox.environment import TrytonEnvironment, tryton_environment
from askul_connect_tryton.sandbox.server import TrytonServer, serving

CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[erp]
kind = "tryton"
default_supplier = "askul"
[erp.tryton]
address = "{address}"
database = "{database}"
user = "askul-connect"
password = "file:secrets/tryton.password"
departments = "DEPT"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "test"
[suppliers.askul]
kind = "reference"
credential = "file:secrets/askul.credential"
[suppliers.askul.supplier]
database = "sqlite:///data/askul-supplier.sqlite3"
items = 40
[suppliers.askul.account]
name = "見本商事株式会社"
representative = "見本 太郎"
postcode = "150-0001"
address = "東京都渋谷区見本2-2"
phone = "03-0000-0000"
email = "soumu@example.co.jp"
departments = [{{ code = "D100", name = "総務部" }}, {{ code = "D200", name = "営業部" }}]
administrator = {{ name = "見本 花子", email = "hanako@example.co.jp" }}
buyer = {{ name = "見本 次郎", email = "jiro@example.co.jp", departments = ["D100", "D200"] }}
{more}"""
#: Of the fourth purchase, the line comes in two parts.
BEHAVIOUR = """
[suppliers.askul.behaviour]
exceptions = [{ purchase_order_id = "4", parts = 2 }]
"""
TABLES = {
    "parties.csv": "party,role,supplier\ntryton:ASKUL,seller,askul\n",
    "items.csv": "supplier,item,sku\naskul,PAPER-A4,B100-0001\n",
    "units.csv": "unit,code\n箱,XBX\nケース,XCT\n冊,EA\n",
    "tax.csv": "category,rate,tax_category\nS,10,standard\nAA,8,reduced\n",
    "departments.csv": "department,code,cost_centre\nD100,D100,\nD200,D200,\n",
    "accounts.csv": "department,cost_centre,account\nD100,,5.1.1\nD200,,5.1.1\n",
}
RECOUNT = Path(__file__).parents[1] / "recount.py"
MONTHS = [(date(2026, month, 1), date(2026, month, monthrange(2026, month)[1])) for month in range(4, 11)]
COMPANY = SandboxCompany(
    items=(
        SandboxItem(code="PAPER-A4", name="コピー用紙 A4", unit="ケース", list_price=Decimal(4280)),
        SandboxItem(code="G100-0001", name="緑茶", unit="ケース", list_price=Decimal(1980), tax_group="AA"),
        SandboxItem(code="D100-0001", name="ファイル", unit="冊", list_price=Decimal(540)),
        SandboxItem(code="M100-0001", name="乾電池", unit="箱", list_price=Decimal(2080)),
        SandboxItem(code="UNKNOWN-1", name="扱いのない品", unit="箱", list_price=Decimal(100)),
    ),
    budgets={
        (department, *month): Decimal(amount)
        for department, amount in (("D100", 300_000), ("D200", 100_000))
        for month in MONTHS
    },
    password="a-password-of-the-tests-1",
)


@frozen(kw_only=True)
class Erp:
    """The running Tryton and somebody in it.

    Attributes:
        client: The administrator's session.
        buyer: What people do.
    """

    server: TrytonServer
    client: TrytonClient
    buyer: Buyer

    def configure(self, directory: Path, more: str = "") -> Path:
        """Write a directory of the library's that has this Tryton as its ERP."""
        for folder in ("data", "secrets", "erp/mapping"):
            (directory / folder).mkdir(parents=True)
        text = CONFIGURATION.format(address=self.server.address, database=self.server.database, more=more)
        (directory / "askul-connect.toml").write_text(text, encoding="utf-8")
        (directory / "secrets" / "tryton.password").write_text(COMPANY.password)
        for name, table in TABLES.items():
            (directory / "erp" / "mapping" / name).write_text(table, encoding="utf-8")
        return directory

    def approve(self, department: str, *lines: tuple[str, int, str], method: str = "manual") -> str:
        """Somebody approves a purchase; its number."""
        wanted = WantedPurchase(
            department=department,
            ordered_on=date(2026, 4, 1),
            wanted_on=date(2026, 4, 10),
            lines=[
                WantedLine(item=item, quantity=quantity, unit_price=Decimal(price))
                for item, quantity, price in lines
            ],
            invoice_method=method,
        )
        return self.buyer.approve([wanted])[0]

    def run(self, directory: Path) -> RunReport:
        """Run once."""
        with open_workspace(directory) as opened:
            return opened.run()

    def lists(self, directory: Path) -> dict[str, list[dict[str, Any]]]:
        """Our lists, as ``--json`` prints them."""
        names = ("orders", "invoices", "budgets", "outbox")
        with open_workspace(directory) as opened:
            return {name: json.loads(json.dumps(getattr(opened, name)())) for name in names}

    def recount(self, directory: Path) -> tuple[int, str]:
        """Exit code and output of the script that compares our lists with Tryton."""
        found = self.lists(directory)
        command = [sys.executable, str(RECOUNT), "--address", self.server.address]
        for name in ("orders", "invoices"):
            path = directory / f"{name}.json"
            path.write_text(json.dumps(found[name]), encoding="utf-8")
            command += [f"--{name}", str(path)]
        done = subprocess.run(
            [*command, "--database", self.server.database, "--user", "admin"],
            env={"TRYTON_PASSWORD": self.server.environment.secret("admin"), "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr
        return done.returncode, done.stdout

    def notes(self, number: str) -> list[str]:
        """What was noted at a purchase."""
        [purchase] = self.client.find("purchase.purchase", [["number", "=", number]], ["id"])
        resource = f"purchase.purchase,{purchase['id']}"
        return [
            one["message"] for one in self.client.find("ir.note", [["resource", "=", resource]], ["message"])
        ]

    def counts(self) -> dict[str, int]:
        """How many records there are of what the connector makes."""
        models = ("stock.shipment.in", "stock.move", "account.invoice", "account.invoice.line", "ir.note")
        return {model: self.client.call(f"model.{model}.search_count", []) for model in models}


@pytest.fixture(scope="session")
def tryton_is_here() -> TrytonEnvironment:
    """The installed Tryton."""
    try:
        return tryton_environment()
    except PartnerUnreachable as error:
        pytest.skip(f"Tryton cannot be installed here: {error.detail}")


@pytest.fixture(scope="session")
def all_tests() -> None:
    """What takes long runs when all tests are asked for."""
    if not os.environ.get("ALL_TESTS"):
        pytest.skip("long: make test-all, or ALL_TESTS=1, runs it")


@contextmanager
def _entered(server: TrytonServer) -> Iterator[Erp]:
    client = server.client(HttpTransport())
    try:
        yield Erp(server=server, client=client, buyer=Buyer(client))
    finally:
        client.close()


@pytest.fixture(scope="session")
def tryton() -> Callable[[TrytonServer], AbstractContextManager[Erp]]:
    """Enters a running Tryton as its administrator."""
    return _entered


@pytest.fixture(scope="session")
def company() -> SandboxCompany:
    """What the company is made of."""
    return COMPANY


@pytest.fixture(scope="module")
def erp(tryton_is_here: TrytonEnvironment, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Erp]:
    """A Tryton with a copy of the company's database."""
    folder = tmp_path_factory.mktemp("tryton")
    copied(company_folder(tryton_is_here, COMPANY, HttpTransport), folder)
    with serving(tryton_is_here, folder, database=DATABASE) as server, _entered(server) as entered:
        yield entered


@pytest.fixture(autouse=True, scope="module")
def plugins() -> Iterator[None]:
    """The plugin is there, whether or not its distribution is installed."""
    with pytest.MonkeyPatch.context() as patched:
        with_tryton = functools.partial(workspace.installed_plugins, askul_connect_tryton)
        patched.setattr(workspace, "installed_plugins", with_tryton)
        yield


@pytest.fixture(scope="module")
def directory(erp: Erp, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all tests of a file: their months follow each other."""
    return erp.configure(tmp_path_factory.mktemp("buyer") / "here", BEHAVIOUR)
