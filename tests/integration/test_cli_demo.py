"""``demo``: what it writes agrees with the catalog, and it ends as the run it is."""

import csv
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from askul_connect import bootstrap
from askul_connect.cli.application import application
from askul_connect.cli.demo_files import demo_directory
from askul_connect.settings import ClockKind, load_settings

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
IDS = [f"PO-2026-000{number}" for number in range(1, 6)]


def call(*arguments: str) -> Result:
    return CliRunner().invoke(application, arguments, env={"LC_ALL": "C.UTF-8"}, prog_name="askul-connect")


def contents(directory: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """A demo that ran once."""
    directory = tmp_path_factory.mktemp("demo") / "here"
    return directory, call("--directory", str(directory), "demo")


def test_prices_and_units_are_the_catalogs() -> None:
    items = bootstrap.showcase()
    files = demo_directory(items)
    units = {row["unit"]: row["code"] for row in rows(files["erp/mapping/units.csv"])}
    skus = {row["item"]: row["sku"] for row in rows(files["erp/mapping/items.csv"])}

    for line in rows(files["erp/in/orders-2026-04-01.csv"]):
        item = items[skus.get(line["sku"], line["sku"])]
        assert Decimal(line["unit_price"]) == item.list_price
        assert units[line["unit"]] == item.unit
        assert int(line["quantity"]) % item.multiple == 0


@pytest.mark.parametrize("number", ["0001", "0002"])
def test_the_ubl_orders_add_up(number: str) -> None:
    items = bootstrap.showcase()
    root = ET.fromstring(demo_directory(items)[f"erp/in/PO-2026-{number}.xml"].encode())  # noqa: S314 -- ours

    total = Decimal(0)
    for line in root.iter(f"{CAC}LineItem"):
        item = items[line.findtext(f"{CAC}Item/{CAC}SellersItemIdentification/{CBC}ID", "")]
        quantity = Decimal(line.findtext(f"{CBC}Quantity", ""))
        amount = Decimal(line.findtext(f"{CBC}LineExtensionAmount", ""))
        assert Decimal(line.findtext(f"{CAC}Price/{CBC}PriceAmount", "")) == item.list_price
        assert amount == item.list_price * quantity
        total += amount
    money = root.find(f"{CAC}AnticipatedMonetaryTotal")
    assert money is not None
    assert Decimal(money.findtext(f"{CBC}TaxExclusiveAmount", "")) == total
    tax = Decimal(root.findtext(f"{CAC}TaxTotal/{CBC}TaxAmount", ""))
    assert Decimal(money.findtext(f"{CBC}PayableAmount", "")) == total + tax
    assert root.findtext(f"{CBC}CustomizationID") == "urn:fdc:peppol.eu:poacc:trns:order:3"


def test_what_was_short_is_not_received() -> None:
    files = demo_directory(bootstrap.showcase())
    ordered = {
        (row["purchase_order_id"], row["line_id"]): int(row["quantity"])
        for row in rows(files["erp/in/orders-2026-04-01.csv"])
    }
    received = {
        (row["purchase_order_id"], row["line_id"]): int(row["quantity"])
        for name in ("full", "short")
        for row in rows(files[f"erp/receipts/2026-04-{name}.csv"])
    }

    short = {key: ordered[key] - received[key] for key in ordered if ordered[key] != received[key]}
    assert short == {("PO-2026-0003", "2"): 1}
    assert {order_id for order_id, _ in received} == set(IDS)


def test_the_configuration_is_fixed_in_time(tmp_path: Path) -> None:
    (tmp_path / "askul-connect.toml").write_text(
        demo_directory(bootstrap.showcase())["askul-connect.toml"], encoding="utf-8"
    )

    settings = load_settings(tmp_path)

    assert settings.clock.kind is ClockKind.SIMULATED
    assert str(settings.clock.start) == "2026-04-01 00:00:00+00:00"
    behaviour = settings.suppliers["askul"].options["behaviour"]
    assert isinstance(behaviour, dict)
    assert behaviour["exceptions"] == [
        {"purchase_order_id": "PO-2026-0002", "parts": 2},
        {"purchase_order_id": "PO-2026-0003", "line_id": "2", "short": 1},
    ]


@pytest.mark.spec("INT-2", "INT-3", "INT-4")
def test_everything_is_placed_invoiced_and_matched(finished: tuple[Path, Result]) -> None:
    directory, result = finished

    assert result.exit_code == 0, result.output
    for order_id in IDS:
        assert order_id in result.stdout
    assert str(directory / "erp" / "out") in result.stdout
    assert not list((directory / "erp" / "in").iterdir())
    assert not list((directory / "erp" / "rejected").iterdir())
    invoices = json.loads(call("--directory", str(directory), "invoices", "--json").stdout)
    assert invoices
    assert {match["result"] for invoice in invoices for match in invoice["match"]} == {"matched"}


def test_both_tax_rates_and_a_short_line_are_seen(finished: tuple[Path, Result]) -> None:
    orders = json.loads(call("--directory", str(finished[0]), "orders", "--json").stdout)

    assert {order["purchase_order_id"] for order in orders} == set(IDS)
    assert {Decimal(tax["rate"]) for order in orders for tax in order["tax"]} == {Decimal(8), Decimal(10)}


def test_progress_is_on_the_standard_error(finished: tuple[Path, Result]) -> None:
    assert len(finished[1].stderr.splitlines()) > 3


@pytest.mark.spec("INT-11")
def test_a_second_time_there_is_nothing_new(finished: tuple[Path, Result]) -> None:
    directory, _ = finished
    before = contents(directory)

    result = call("--directory", str(directory), "demo")

    assert result.exit_code == 0
    assert "Nothing new" in result.stdout
    after = contents(directory)
    assert set(after) == set(before)
    assert {name for name in after if after[name] != before[name] and not name.startswith("data/")} == set()


def test_the_result_is_the_same_on_any_day(finished: tuple[Path, Result], tmp_path: Path) -> None:
    first, _ = finished
    second = tmp_path / "again"
    call("--directory", str(second), "demo", "--quiet")

    def results(directory: Path) -> dict[str, bytes]:
        return {
            name: data for name, data in contents(directory).items() if name.startswith(("erp/", "finance/"))
        }

    assert results(second) == results(first)


def test_a_foreign_configuration_is_left_alone(tmp_path: Path) -> None:
    call("--directory", str(tmp_path), "init")
    before = contents(tmp_path)

    result = call("--directory", str(tmp_path), "demo")

    assert result.exit_code == 2
    assert "was not written by the demo" in result.stderr
    assert contents(tmp_path) == before


def test_the_default_directory_is_demo_data(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "askul_connect", "demo", "--json"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    report = json.loads(done.stdout.decode("utf-8"))
    assert {row["purchase_order_id"] for row in report["rows"]} == set(IDS)
    assert (tmp_path / "demo-data" / "askul-connect.toml").is_file()
