"""The dump of every schema there was is restored, upgraded, found complete and worked on with, on both databases."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from askul_connect.adapters.storage.sql.schema import Side, schema_check

DUMPS = Path(__file__).parents[2] / "kept_dumps"
KEPT = sorted(path.parent for path in DUMPS.glob("*/manifest.json"))
VIEWS = ("orders", "invoices", "budgets", "outbox")
MOST_BYTES = 200 * 1024


def agrees(found: Any, expected: Any) -> bool:
    """Whether all that was expected is there; keys may have been added since."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(
            key in found and agrees(found[key], value) for key, value in expected.items()
        )
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(agrees, found, expected))
    return bool(found == expected)


def _usage(name: str, tables: dict[str, int]) -> int:
    """Rows that the revision of usage adds: the shipments of the dump's one account are the beginning of its feed."""
    if "ship_notices" not in tables or "feeds" not in tables or "billing_settings" in tables:
        return 0
    return {"feeds": 1, "changes": tables["ship_notices"]}.get(name, 0)


def test_the_present_schema_is_kept(tmp_path: Path) -> None:
    """Whoever changes the schema makes its dump: `make kept-dump`."""
    wanted = "-".join(
        schema_check(f"sqlite:///{tmp_path}/{side}", side).wanted for side in (Side.BUYER, Side.SUPPLIER)
    )
    assert wanted in {dump.name for dump in KEPT}


@pytest.mark.parametrize("dump", KEPT, ids=lambda dump: dump.name)
def test_a_dump_is_small_and_readable(dump: Path) -> None:
    files = [path for path in dump.rglob("*") if path.is_file()]

    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    for path in files:
        path.read_text(encoding="utf-8")


@pytest.mark.spec("REL-9")
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@pytest.mark.parametrize("dump", KEPT, ids=lambda dump: dump.name)
def test_a_dump_is_taken_over(
    dump: Path, kind: str, tmp_path: Path, new_postgresql: Callable[..., str], bare_place: Callable[..., Any]
) -> None:
    expected = json.loads((dump / "expected.json").read_text(encoding="utf-8"))
    urls = []
    if kind == "postgresql":
        urls = ["--database", new_postgresql(), "--supplier-database", f"askul={new_postgresql()}"]
    place = bare_place(tmp_path / "taken-over")

    place.cli("restore", str(dump), *urls)

    # of the present schema, and with the same contents
    assert all(state["state"].endswith("up to date") for state in place.json("db", "check"))
    verified = place.json("verify")
    assert verified["ok"], verified
    there = {
        each["database"]: {table["name"]: table["rows"] for table in each["tables"]}
        for each in verified["databases"]
    }
    for database, tables in expected["tables"].items():
        for name in tables.keys() & there[database].keys():
            # the revision that makes this table gives accounts a feed, where the dump's one account then stands
            new = name in {"feeds", "changes"} and "accounts" in tables and "sign_on_settings" not in tables
            more = int(new) + _usage(name, tables)
            assert there[database][name] == tables[name] + more, (database, name)
    for view in VIEWS:
        assert agrees(place.json(view), expected[view]), view

    # the moves of that time add up to what its documents say
    assert place.json("budgets", "verify")["differences"] == []

    # and a run goes on from it
    place.cli("resume", "--yes")
    # 1: nobody has received the goods of the last order
    report = place.json("run", code=1)
    orders = {order["order_number"]: order for order in place.json("orders")}
    assert report["placed"] == 1
    [new] = orders.keys() - {order["order_number"] for order in expected["orders"]}
    assert orders[new]["purchase_order_id"] == "PO-2026-0099"
    for order in expected["orders"]:
        kept = orders[order["order_number"]]
        assert kept["purchase_order_id"] == order["purchase_order_id"]
        assert kept["total_incl_tax"] == order["total_incl_tax"]
    assert len(place.json("orders")) == len(orders)
    assert all(message["state"] == "sent" for message in place.json("outbox"))
    assert len(place.json("invoices")) >= 1
    assert place.json("verify")["ok"]
    assert place.json("budgets", "verify")["differences"] == []


def test_the_generator_makes_what_is_kept(tmp_path: Path) -> None:
    """The same directory, whose contents are those that were written down: it can be made again at any time."""
    made = runpy.run_path(str(DUMPS / "make.py"))
    made["make_directory"](tmp_path / "directory")
    expected = json.loads((KEPT[-1] / "expected.json").read_text(encoding="utf-8"))

    found = made["contents"](tmp_path / "directory")

    assert {view: found[view] for view in VIEWS} == {view: expected[view] for view in VIEWS}
