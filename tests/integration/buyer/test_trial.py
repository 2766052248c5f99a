"""``run --trial``: says what a run would do, and changes nothing at all (INT-10)."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from askul_connect.core.errors import PartnerUnreachable

GOOD = "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,"
WRONG = "PO-2,1,NO-SUCH,1,EA,10,JPY,D100,,"
DEAR = "PO-3,1,C100-0001,60,EA,9800,JPY,D100,,"


def content(directory: Path) -> dict[str, Any]:
    """Every file's bytes, and every database's content: how SQLite keeps it does not matter."""
    found: dict[str, Any] = {}
    for path in sorted(directory.rglob("*")):
        name = str(path.relative_to(directory))
        if path.name.endswith((".sqlite3-wal", ".sqlite3-shm")) or path.is_dir():
            continue
        if path.suffix == ".sqlite3":
            connection = sqlite3.connect(path)
            found[name] = list(connection.iterdump())
            connection.close()
        else:
            found[name] = path.read_bytes()
    return found


@pytest.mark.spec("INT-10")
def test_a_trial_changes_nothing_and_tells_what_a_run_would_do(place: Any) -> None:
    place.order("a.csv", GOOD, WRONG)
    place.order("b.csv", DEAR)
    before = content(place.directory)

    result = place.cli("run", "--trial", "--json")
    report = place.run(trial=True)

    assert content(place.directory) == before
    assert result.exit_code == report.exit_code == 1
    assert [(row.purchase_order_id, row.state, row.total_incl_tax) for row in report.rows] == [
        ("PO-1", "would be placed", 12 * 298 * 110 // 100),
        ("PO-2", "would be refused", None),
    ]
    assert (report.rows[0].budget_before, report.rows[0].budget_after) == (100_000, 100_000 - 12 * 298)
    codes = {rejection.purchase_order_id: rejection.error.code for rejection in report.rejections}
    assert codes == {"PO-2": "order-refused", "PO-3": "budget-exceeded"}
    assert (report.trial, report.changed, report.placed, report.accepted) == (True, False, 0, 2)


@pytest.mark.spec("INT-10")
def test_a_trial_of_a_supplier_that_was_never_opened_opens_nothing(empty_place: Any) -> None:
    empty_place.order("a.csv", GOOD, WRONG)
    # looking makes our own database, without content
    empty_place.cli("orders")
    before = content(empty_place.directory)

    result = empty_place.cli("run", "--trial")

    assert content(empty_place.directory) == before
    assert not (empty_place.directory / "secrets").exists()
    assert "a run would open the account" in result.stderr
    assert result.exit_code == 1
    assert "would be placed" in result.stdout

    # the run afterwards is the one that there would have been without a trial
    assert empty_place.run().placed == 1


@pytest.mark.spec("INT-10")
def test_a_run_after_a_trial_in_one_process_is_as_without_it(empty_place: Any, tmp_path: Path) -> None:
    from askul_connect import open_workspace

    empty_place.order("a.csv", GOOD)
    with open_workspace(empty_place.directory) as opened:
        opened.run(trial=True)
        opened.run()
    tried = empty_place.state()
    other = type(empty_place)(tmp_path / "other", empty_place.faults)
    other.configure()
    for name in ("erp/budgets/2026.csv", "erp/in/a.csv"):
        done = empty_place.directory / name.replace("/in/", "/done/")
        other.write(name, done.read_bytes())
    (other.directory / "data").mkdir()
    other.run()

    assert other.state() == tried


@pytest.mark.spec("INT-10")
def test_a_trial_tells_what_waits_and_what_cannot_be_asked(place: Any) -> None:
    place.order("a.csv", GOOD)
    place.faults.down["askul"] = PartnerUnreachable("down")
    place.run()
    before = content(place.directory)

    unreachable = place.run(trial=True)
    place.faults.down.clear()
    reachable = place.run(trial=True)

    assert content(place.directory) == before
    assert (unreachable.exit_code, [row.state for row in unreachable.rows]) == (3, ["not known"])
    assert (reachable.exit_code, [row.state for row in reachable.rows]) == (0, ["would be placed"])
    assert reachable.accepted == 0


@pytest.mark.spec("INT-10")
def test_a_trial_with_another_catalog_in_the_configuration_stocks_nothing(place: Any) -> None:
    configuration = place.directory / "askul-connect.toml"
    configuration.write_text(configuration.read_text(encoding="utf-8").replace("items = 40", "items = 41"))
    place.order("a.csv", GOOD)
    before = content(place.directory)

    assert place.run(trial=True).exit_code == 0
    assert content(place.directory) == before
