"""The drill: half a month, a backup, the other half; a copy elsewhere that sends nothing, then takes over (REL-9)."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect.bootstrap import SupplierServer
from askul_connect.core.errors import CopyOnHold
from askul_connect.settings import load_settings

Make = Callable[..., Any]
#: The orders of the month, by purchase order: of the fourth, a maker ships a part, which is an order of its own.
ORDERED = [
    "PO-2026-0001",
    "PO-2026-0002",
    "PO-2026-0003",
    "PO-2026-0004",
    "PO-2026-0004",
    "PO-2026-0005",
]


def placed(calls: list[str]) -> int:
    return sum(":PlaceOrder>" in call for call in calls)


def backed_up(manifest: dict[str, Any]) -> dict[str, Any]:
    return {each["name"]: each["tables"] for each in manifest["databases"]}


@pytest.mark.spec("REL-9", "INT-12")
@pytest.mark.parametrize(
    "case",
    [
        ("sqlite", "postgresql", 12),
        ("postgresql", "sqlite", 27),
        pytest.param(("sqlite", "sqlite", 18), marks=pytest.mark.heavy),
        pytest.param(("postgresql", "postgresql", 40), marks=pytest.mark.heavy),
    ],
)
def test_the_drill(
    new_place: Make,
    new_postgresql: Callable[..., str],
    tmp_path: Path,
    calls: list[str],
    case: tuple[str, str, int],
) -> None:
    kind, other, until = case
    urls = {} if kind == "sqlite" else {"database": new_postgresql(), "supplier_database": new_postgresql()}
    original = new_place(**urls)
    original.run(until=until)

    taken = original.json("backup", str(tmp_path / "backup"), "--with-secrets")
    here = original.digests()
    original.run()
    final = original.state()

    places = []
    if other == "postgresql":
        places = ["--database", new_postgresql(), "--supplier-database", f"askul={new_postgresql()}"]
    elif kind == "postgresql":
        places = ["--database", "sqlite:///data/buyer.sqlite3"]
        places += ["--supplier-database", "askul=sqlite:///data/askul-supplier.sqlite3"]
    copy = type(original)(tmp_path / "copy")
    copy.cli("restore", str(tmp_path / "backup"), *places)

    # what was copied is what is there, whichever database holds it
    assert backed_up(taken) == here
    assert copy.digests() == here
    assert copy.json("verify")["on_hold"] == taken["taken_at"]
    before = {path: path.read_bytes() for path in (copy.directory / "erp").rglob("*") if path.is_file()}

    # nothing leaves a copy on hold; everything can be read
    calls.clear()
    assert '"copy-on-hold"' in copy.cli("run", "--json", code=2).stderr
    assert '"copy-on-hold"' in copy.cli("run", "--trial", "--json", code=2).stderr
    with pytest.raises(CopyOnHold):
        SupplierServer(load_settings(copy.directory), "askul")
    assert calls == []
    assert copy.digests() == here
    assert len(copy.json("outbox")) >= 5
    after = {path: path.read_bytes() for path in (copy.directory / "erp").rglob("*") if path.is_file()}
    assert after == before

    # it takes over and ends as the original did; only what was never placed is sent
    copy.cli("resume", "--yes")
    copy.run()
    assert copy.state() == final
    assert placed(calls) == (2 if until == 12 else 0)
    orders = copy.json("orders")
    numbers = [order["order_number"] for order in orders]
    assert sorted(numbers) == sorted(set(numbers))
    assert sorted(order["purchase_order_id"] for order in orders) == ORDERED
    assert copy.json("verify")["ok"]
    assert copy.json("verify")["on_hold"] == ""


@pytest.mark.spec("REL-9")
def test_a_supplier_that_went_on_is_asked_and_gets_nothing_twice(place: Any, tmp_path: Path) -> None:
    place.cli("backup", str(tmp_path / "backup"), "--with-secrets")
    place.run()
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(tmp_path / "backup"))
    # the supplier's own system was not restored: it knows every order of the original
    database = Path("data/askul-supplier.sqlite3")
    shutil.copy(place.directory / database, copy.directory / database)
    before = _orders(copy.directory / database)

    copy.cli("resume", "--yes")
    copy.run()

    assert _orders(copy.directory / database) == before
    assert [purchase_order for purchase_order, _number in before] == ORDERED
    assert len({number for _purchase_order, number in before}) == len(before)
    assert copy.json("orders") == place.json("orders")
    assert copy.json("verify")["ok"]


def _orders(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(
            "SELECT purchase_order_id, order_number FROM orders ORDER BY 1, 2"
        ).fetchall()
    finally:
        connection.close()
