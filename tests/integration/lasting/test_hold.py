"""A copy on hold: whoever sends asks, wherever the sending is started from; only `resume` lifts it (INT-12)."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from askul_connect import load_settings, open_workspace
from askul_connect.adapters.storage.sql.storage import buyer_sql, supplier_sql
from askul_connect.core.domain.hold import HOLD_FACT, Hold, hold_of
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.errors import CopyOnHold
from askul_connect.core.services.buyer import run as run_service
from askul_connect.core.services.buyer import trial as trial_service
from askul_connect.core.services.buyer.backfilling import backfill
from askul_connect.core.services.buyer.decisions import Decision, give_up
from askul_connect.core.services.buyer.delivering import deliver_document
from askul_connect.core.services.buyer.placing import send_order
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.holding import release
from askul_connect.core.services.units import run_unit

HOLD = Hold(backup_id="b-1", taken_at="2026-04-02T00:00:00+00:00").text()
NEW_ORDER = (
    "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on\n"
    "PO-2026-0099,1,A100-0001,1,パック,1040,JPY,D100,,\n"
)
BUYER, SUPPLIER = Path("data/buyer.sqlite3"), Path("data/askul-supplier.sqlite3")


def put_on_hold(storage: Any) -> None:
    run_unit(storage, lambda unit: unit.facts.put(HOLD_FACT, HOLD))


@pytest.fixture
def desk(place: Any) -> Any:
    """The desk of a directory with orders that wait, its connections open."""
    with (
        open_workspace(load_settings(place.directory)) as opened,
        opened._desk(lambda _progress: None, opened._storage) as desk,
    ):
        yield desk


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    "send",
    [
        run_service.run_desk,
        trial_service.try_desk,
        lambda desk: backfill(desk, "askul"),
        lambda desk: give_up(desk, "PO-2026-0005", Decision(by="花子", reason="tried")),
    ],
    ids=["run", "trial", "back-fill", "decision"],
)
def test_services_of_the_buyer_refuse(
    place: Any, desk: Any, calls: list[str], send: Callable[[Any], object]
) -> None:
    put_on_hold(desk.storage)
    (place.directory / "erp" / "in" / "new.csv").write_text(NEW_ORDER, encoding="utf-8")
    before = place.digests()

    with pytest.raises(CopyOnHold, match="2026-04-02"):
        send(desk)
    assert calls == []
    assert place.digests() == before


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.UNKNOWN])
def test_an_order_is_neither_sent_nor_asked_for(desk: Any, calls: list[str], state: OutboxState) -> None:
    waiting = run_unit(desk.storage, lambda unit: unit.outbox.due(datetime.max.replace(tzinfo=UTC), 10))
    put_on_hold(desk.storage)

    assert waiting
    with pytest.raises(CopyOnHold):
        send_order(desk, evolve(waiting[0], state=state), Tally())
    assert calls == []
    assert run_unit(desk.storage, lambda unit: unit.outbox.all())[-1].state is OutboxState.PENDING


@pytest.mark.spec("INT-12")
def test_nothing_is_handed_to_the_erp(place: Any) -> None:
    place.run(until=5)
    with (
        open_workspace(load_settings(place.directory)) as opened,
        opened._desk(lambda _progress: None, opened._storage) as desk,
    ):
        [*_, message] = [
            each for each in run_unit(desk.storage, lambda unit: unit.outbox.all()) if each.target == "erp"
        ]
        put_on_hold(desk.storage)
        before = sorted((place.directory / "erp" / "out").iterdir())

        with pytest.raises(CopyOnHold):
            deliver_document(desk, message, Tally())
        assert sorted((place.directory / "erp" / "out").iterdir()) == before


@pytest.mark.spec("INT-12")
def test_a_supplier_of_this_process_does_nothing_by_itself(desk: Any) -> None:
    automation = desk.suppliers["askul"].inner.supplier.automation
    put_on_hold(automation.storage)
    before = run_unit(automation.storage, lambda unit: [order.state for order in unit.orders.open_orders()])

    with pytest.raises(CopyOnHold):
        automation.work()
    assert before
    after = run_unit(automation.storage, lambda unit: [order.state for order in unit.orders.open_orders()])
    assert after == before


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize("side", [BUYER, SUPPLIER], ids=["buyer", "supplier"])
def test_either_database_holds_the_whole_copy(place: Any, calls: list[str], side: Path) -> None:
    """The mark is in the data: other configuration, another folder, and it is still there."""
    opened = (buyer_sql if side is BUYER else supplier_sql)(f"sqlite:///{place.directory / side}")
    put_on_hold(opened)
    opened.close()

    refused = place.cli("run", "--json", code=2)

    assert json.loads(refused.stderr)["code"] == "copy-on-hold"
    assert calls == []
    assert place.json("verify")["on_hold"] == "2026-04-02T00:00:00+00:00"
    place.cli("resume", "--yes")
    assert place.json("verify")["on_hold"] == ""


@pytest.mark.spec("INT-12")
def test_resume_is_asked_about_and_said(place: Any, backup: Path, tmp_path: Path) -> None:
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(backup))

    assert "--yes" in copy.cli("resume", code=2).stderr
    assert "--yes" in copy.cli("resume", "--json", code=2).stderr
    assert copy.json("verify")["on_hold"]
    assert copy.json("resume", "--yes")["resumed"] is True
    assert copy.json("resume", "--yes") == {"resumed": False, "copy_of": ""}
    assert "Nothing is on hold" in place.cli("resume").stdout


@pytest.mark.spec("INT-12")
def test_resume_needs_the_credential(place: Any, backup: Path, tmp_path: Path) -> None:
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(backup))
    shutil.move(copy.directory / "secrets" / "askul.credential", tmp_path / "credential")

    assert '"configuration-invalid"' in copy.cli("resume", "--yes", "--json", code=2).stderr
    assert copy.json("verify")["on_hold"]
    shutil.move(tmp_path / "credential", copy.directory / "secrets" / "askul.credential")
    assert copy.json("resume", "--yes")["resumed"] is True


def test_a_resumption_that_was_interrupted_is_taken_up_again(
    place: Any, backup: Path, tmp_path: Path
) -> None:
    copy = type(place)(tmp_path / "copy")
    copy.cli("restore", str(backup))
    supplier = supplier_sql(f"sqlite:///{copy.directory / SUPPLIER}")
    assert release(supplier)
    supplier.close()

    assert '"copy-on-hold"' in copy.cli("run", "--json", code=2).stderr
    assert copy.json("resume", "--yes")["resumed"] is True
    assert copy.json("verify")["on_hold"] == ""


def test_a_mark_that_nobody_understands_still_holds(place: Any) -> None:
    connection = sqlite3.connect(place.directory / BUYER)
    with connection:
        connection.execute("INSERT INTO facts VALUES (?, ?)", (HOLD_FACT, '{"schema": 9}'))
    connection.close()

    assert '"copy-on-hold"' in place.cli("run", "--json", code=2).stderr
    assert hold_of("") is hold_of(None) is None
    for text in ("x", "[]", "{}", "1"):
        assert hold_of(text) is not None
    place.cli("resume", "--yes")
    assert place.json("verify")["on_hold"] == ""
