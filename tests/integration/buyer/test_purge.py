"""``purge``: what is beyond its time goes, nothing that anything open needs, and no sum changes."""

import json
import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from askul_connect import open_workspace
from askul_connect.adapters.documents.kept_files import DirectoryFiles
from askul_connect.adapters.storage.memory import buyer_memory
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.orders import OrderState
from askul_connect.core.domain.outbox import OutboxState
from askul_connect.core.domain.purchase_changes import (
    ChangeKind,
    ChangeState,
    CreditMatch,
    CreditResult,
    OrderChange,
    WantedUnits,
)
from askul_connect.core.domain.purchasing import MatchResult, PurchaseOrderState
from askul_connect.core.policies.record_retention import RetentionSettings
from askul_connect.core.services.buyer.auditing import audit_ledger, audit_matches, audit_outbox
from askul_connect.core.services.buyer.purging import PurgeReport, PurgeRules, purge_records
from askul_connect.testing.storage.samples import NOW, outbox_message
from askul_connect.testing.storage.samples_billing import credit_note
from askul_connect.testing.storage.samples_documents import (
    KEY,
    confirmation,
    invoice,
    invoice_line,
    match,
    move,
    order_document,
    purchase_line,
    purchase_order,
    receipt,
    ship_notice,
)

#: What the samples are of may go from 1 June 2037 on.
LATE = datetime(2037, 6, 1, tzinfo=UTC)
TABLES = ("purchase_orders", "order_lines", "ledger_moves", "outbox", "purged_records", "purges")


class NoFiles:
    def files(self, folder: str) -> Any:
        return iter(())

    def remove(self, files: Any) -> None:
        assert not files


def purge(storage: Any, now: datetime = LATE, *, trial: bool = False, **more: Any) -> PurgeReport:
    rules = PurgeRules(
        retention=RetentionSettings(),
        zone="Asia/Tokyo",
        now=now,
        purge_id=f"purge-{now.isoformat()}",
        holder="host:1",
    )
    return purge_records(storage, more.pop("files", NoFiles()), rules, trial=trial, **more)


def case(unit: Any, number: int, **changes: Any) -> None:
    """One purchase order that is over in every respect, unless something of it is changed."""
    key = evolve(KEY, purchase_order_id=f"PO-{number}")
    order = f"O-{number}"
    about = {"order_number": order, "purchase_order_id": key.purchase_order_id}
    bill = invoice(
        changes.get("invoice", f"I-{number}"), lines=changes.get("lines", (invoice_line("1", **about),))
    )
    unit.purchase_orders.add(
        purchase_order(
            key,
            state=changes.get("taken", PurchaseOrderState.PLACED),
            order_numbers=(order,),
            document=f"{number}.csv",
            lines=(purchase_line(period=changes.get("period", "2026-04")),),
        )
    )
    document = order_document(order, **{**about, "state": changes.get("state", OrderState.DELIVERED)})
    unit.history.put_orders("askul", [document])
    unit.history.put_confirmations("askul", [confirmation(f"C-{number}", order_number=order)])
    unit.history.put_ship_notices(
        "askul",
        [ship_notice(f"S-{number}", order_number=order, shipped_on=changes.get("shipped", date(2026, 4, 1)))],
    )
    unit.history.put_invoices("askul", [bill])
    unit.matches.put(
        [
            match(
                line.line_number,
                invoice_number=bill.invoice_number,
                purchase_order=str(key),
                result=changes.get("result", MatchResult.MATCHED),
            )
            for line in bill.lines
        ]
    )
    unit.receipts.add(receipt(f"R-{number}"), key)
    unit.budgets.move(
        [
            move(f"{number}-a", purchase_order=str(key)),
            move(f"{number}-b", purchase_order=str(key), encumbrance=changes.get("relief", -100), actual=98),
        ]
    )
    for kind, about_key in (("place-order", str(key)), ("erp-invoice", f"askul/{bill.invoice_number}")):
        unit.outbox.add(
            outbox_message(
                f"{kind}-{number}",
                kind=kind,
                business_key=about_key,
                state=changes.get("message", OutboxState.SENT),
                body=json.dumps({"schema": 1, "supplier": "askul", "number": bill.invoice_number}),
            )
        )


@pytest.fixture(params=["memory", "sqlite"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    made = buyer_memory() if request.param == "memory" else buyer_sql(f"sqlite:///{tmp_path}/buyer.sqlite3")
    yield made
    made.close()


def holds(storage: Any) -> list[str]:
    with storage.reading() as unit:
        return [*audit_ledger(unit), *audit_outbox(unit), *audit_matches(unit)]


@pytest.mark.spec("INT-12", "INT-3")
def test_what_is_over_goes_and_every_sum_stays(storage: Any) -> None:
    with storage.begin() as unit:
        case(unit, 1)
        case(unit, 2)
        sums = list(unit.budgets.balances())
    assert holds(storage) == []

    assert purge(storage, datetime(2037, 5, 31, tzinfo=UTC)).removed == {}
    report = purge(storage)

    assert report.records_before == date(2027, 4, 1)
    assert report.removed == {
        "purchase orders": 2,
        "orders": 2,
        "confirmations": 2,
        "ship notices": 2,
        "goods receipts": 2,
        "ledger moves": 4,
        "invoices": 2,
        "matches": 2,
        "messages": 4,
    }
    assert report.kept == {}
    with storage.begin() as unit:
        assert list(unit.budgets.balances()) == sums
        assert [one.actual for _, one in unit.budgets.page(0, 9)] == [2 * 98]
        assert not unit.history.orders()
        assert not unit.history.invoices()
        assert not unit.matches.all()
        assert not unit.outbox.all()
        heads = unit.purchase_orders.all()
        assert [(one.lines, one.purged_on, one.content_hash) for one in heads] == [
            ((), date(2037, 6, 1), "sha")
        ] * 2
        # the last of two, and it says what was removed
        entry = unit.purges.all()[-1]
        assert (entry.finished_at, entry.holder) == (LATE, "host:1")
        assert entry.counts == report.removed
    assert holds(storage) == []
    assert purge(storage).removed == {}


@pytest.mark.spec("INT-12")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": OrderState.PARTLY_SHIPPED}, "an order is open"),
        ({"taken": PurchaseOrderState.ACCEPTED}, "an order is open"),
        ({"result": MatchResult.NOT_RECEIVED}, "an invoice line is not matched"),
        ({"relief": -99}, "it still holds budget"),
        ({"period": "2027-04"}, "its budget period is still kept"),
        ({"shipped": date(2027, 4, 1)}, "something about it is younger"),
        ({"message": OutboxState.DEAD}, "a message about it waits"),
    ],
)
def test_nothing_goes_that_something_open_needs(storage: Any, changes: dict[str, Any], reason: str) -> None:
    with storage.begin() as unit:
        case(unit, 1, **changes)
        case(unit, 2)
        order = unit.history.order("askul", "O-1")

    report = purge(storage)

    # and with it its invoice
    assert report.kept[reason] >= 1
    assert sum(report.kept.values()) == 2
    assert report.removed["purchase orders"] == 1
    with storage.begin() as unit:
        assert unit.history.order("askul", "O-1") == order
        assert unit.history.invoice("askul", "I-1") is not None
        assert unit.purchase_orders.all()[0].lines
        assert unit.history.order("askul", "O-2") is None


@pytest.mark.spec("INT-12", "INT-4")
def test_an_invoice_stays_while_one_of_its_orders_does(storage: Any) -> None:
    lines = tuple(invoice_line(str(n), order_number=f"O-{n}", purchase_order_id=f"PO-{n}") for n in (1, 2))
    with storage.begin() as unit:
        case(unit, 1, invoice="I-9", lines=lines)
        case(unit, 2, state=OrderState.CONFIRMED, invoice="I-2")

    report = purge(storage)

    assert (report.removed["purchase orders"], report.removed.get("invoices", 0)) == (1, 0)
    with storage.begin() as unit:
        assert len(unit.matches.of_invoice("askul", "I-9")) == 2
        unit.history.put_orders(
            "askul", [evolve(unit.history.order("askul", "O-2"), state=OrderState.SHIPPED)]
        )
    assert purge(storage).removed == {
        "purchase orders": 1,
        "orders": 1,
        "confirmations": 1,
        "ship notices": 1,
        "goods receipts": 1,
        "ledger moves": 2,
        "invoices": 2,
        "matches": 3,
        "messages": 3,
    }


@pytest.mark.spec("INT-12", "BIL-3")
def test_changes_and_credit_notes_go_with_their_orders_and_keep_them_while_open(storage: Any) -> None:
    note = credit_note("CN-1", issued_on=date(2026, 5, 1), period_end=date(2026, 5, 1))
    line = evolve(note.lines[0], line_number="1", order_number="O-1")
    found = CreditMatch(
        supplier="askul",
        credit_note_number="CN-1",
        line_number="1",
        purchase_order="",
        line_id="",
        result=CreditResult.INVOICE_OPEN,
        detail="",
    )
    change = OrderChange(
        key=evolve(KEY, purchase_order_id="PO-1"),
        change_id="1",
        kind=ChangeKind.CLOSE,
        state=ChangeState.DONE,
        content_hash="sha",
        lines=(WantedUnits(line_id="1", quantity=0),),
        document="c.csv",
        taken_at=NOW,
        sequence=1,
    )
    with storage.begin() as unit:
        case(unit, 1)
        unit.history.put_credit_notes("askul", [evolve(note, lines=(line,))])
        unit.credit_matches.put([found])
        unit.order_changes.put(change)

    assert purge(storage).kept == {"an invoice line is not matched": 2, "an order is open": 1}
    with storage.begin() as unit:
        unit.credit_matches.put([evolve(found, result=CreditResult.MATCHED)])
    removed = purge(storage).removed

    assert (removed["changes"], removed["credit notes"], removed["matches"]) == (1, 1, 2)
    with storage.begin() as unit:
        assert not unit.order_changes.all()
        assert not unit.history.credit_notes()
        assert not unit.credit_matches.open_credit_notes()
    assert holds(storage) == []


@pytest.mark.spec("INT-12")
def test_orders_that_nobody_here_placed_go_by_themselves(storage: Any) -> None:
    lone = [order_document(f"W-{n}", purchase_order_id="", state=OrderState.DELIVERED) for n in range(3)]
    with storage.begin() as unit:
        unit.history.put_orders("askul", [lone[0], evolve(lone[1], state=OrderState.PLACED)])
        unit.history.put_orders("askul", [evolve(lone[2], order_date=date(2027, 4, 1))])
    report = purge(storage)
    assert (report.removed, report.kept) == ({"orders": 1}, {"an order is open": 1})


@pytest.mark.spec("INT-12", "INT-10")
def test_a_trial_says_the_same_and_changes_nothing(tmp_path: Path) -> None:
    storage = buyer_sql(f"sqlite:///{tmp_path}/buyer.sqlite3")
    files = old_files(tmp_path)
    with storage.begin() as unit:
        for number in range(1, 6):
            case(unit, number, **({"state": OrderState.CONFIRMED} if number == 3 else {}))
    before = dump(tmp_path), sorted(tmp_path.rglob("*"))

    trial = purge(storage, trial=True, files=files)

    assert (dump(tmp_path), sorted(tmp_path.rglob("*"))) == before
    done = purge(storage, files=files)
    storage.close()
    assert evolve(done, trial=True) == trial
    assert trial.removed["purchase orders"] == 4
    assert (dump(tmp_path), sorted(tmp_path.rglob("*"))) != before


def dump(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "buyer.sqlite3")) as database:
        return list(database.iterdump())


def old_files(folder: Path) -> DirectoryFiles:
    """Documents of the cases 1 to 5, of an unknown one, young ones, and rejected ones."""
    times = {name: datetime(2026, 4, 1, tzinfo=UTC) for name in ("1.csv", "3.csv", "sub/x.csv")}
    times |= {"young.csv": datetime(2027, 4, 1, tzinfo=UTC)}
    for name, at in times.items():
        path = folder / "erp" / "done" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        os.utime(path, (at.timestamp(), at.timestamp()))
    rejected = folder / "erp" / "rejected"
    rejected.mkdir()
    for name, at in {"old.csv": datetime(2036, 4, 1, tzinfo=UTC), "new.csv": LATE}.items():
        (rejected / name).write_text("x")
        os.utime(rejected / name, (at.timestamp(), at.timestamp()))
    return DirectoryFiles(directory=folder, zone="Asia/Tokyo")


@pytest.mark.spec("INT-12")
def test_files_go_with_their_purchase_orders_or_by_their_day(tmp_path: Path) -> None:
    storage = buyer_memory()
    files = old_files(tmp_path)
    with storage.begin() as unit:
        case(unit, 1)
        case(unit, 3, state=OrderState.CONFIRMED)
    report = purge(storage, files=files)
    assert (report.removed["files in erp/done"], report.removed["files in erp/rejected"]) == (2, 1)
    left = {path.relative_to(tmp_path / "erp").as_posix() for path in tmp_path.rglob("*.csv")}
    assert left == {"done/3.csv", "done/young.csv", "rejected/new.csv"}


class Stopped(Exception):
    """The power went off."""


@pytest.mark.spec("INT-12", "INT-6")
def test_one_that_was_interrupted_goes_on(storage: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from askul_connect.core.services.buyer import purging

    monkeypatch.setattr(purging, "_PAGE", 2)
    with storage.begin() as unit:
        for number in range(1, 8):
            case(unit, number)
    told: list[str] = []

    def stop(text: str) -> None:
        told.append(text)
        if len(told) == 2:
            raise Stopped

    with pytest.raises(Stopped):
        purge(storage, say=stop)
    assert told == [f"purchase orders: {n} looked at, {n} beyond their time" for n in (2, 4)]
    assert holds(storage) == []
    with storage.begin() as unit:
        [entry] = unit.purges.all()
        assert (entry.counts["purchase orders"], entry.finished_at) == (4, None)

    later = datetime(2037, 6, 2, tzinfo=UTC)
    report = purge(storage, later)

    assert report.removed["purchase orders"] == 3
    assert report.removed["invoices"] == 7
    with storage.begin() as unit:
        assert [one.finished_at for one in unit.purges.all()] == [None, later]
    assert holds(storage) == []


ROW = "{},1,K200-0001,10,XPK,298,JPY,D100,,"


@pytest.mark.spec("INT-12", "INT-5", "INT-11")
def test_what_went_is_known_when_it_comes_again(place: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place.order("a.csv", ROW.format("PO-1"))
    place.write(
        "erp/receipts/r.csv", "purchase_order_id,line_id,quantity,received_on\nPO-1,1,10,2026-04-14\n"
    )
    assert place.run().exit_code == 0
    sums, handed = place.view("budgets"), place.out()
    assert place.cli("purge").exit_code == 2
    assert "--yes" in place.cli("purge").stderr

    with open_workspace(place.directory) as workspace:
        # the clock of a simulation does not go on for eleven years
        report = purge(workspace._storage)
    assert report.removed["invoices"] == 1

    with closing(sqlite3.connect(place.directory / "data" / "buyer.sqlite3")) as database, database:
        # as if the supplier had forgotten where we were
        database.execute("DELETE FROM watermarks")
    place.order("b.csv", ROW.format("PO-1"))
    again = place.run()

    assert (again.exit_code, again.accepted, again.placed, again.rows, again.warnings) == (0, 0, 0, (), ())
    assert place.names("in") == []
    assert "b.csv" in place.names("done")
    assert place.view("orders") == place.view("invoices") == []
    assert (place.view("budgets"), place.out()) == (sums, handed)
    assert place.cli("verify").exit_code == 0
    other = ROW.format("PO-1").replace(",10,", ",11,")
    place.order("c.csv", other)
    assert place.run().exit_code == 1
    assert place.error("c.csv")["problems"][0]["code"] == "purchase-order-conflict"


@pytest.mark.spec("INT-12", "INT-10")
def test_the_command_says_what_it_would_remove_and_what_was(place: Any) -> None:
    trial = place.cli("purge", "--trial", "--json")
    found = json.loads(trial.stdout)
    assert (trial.exit_code, found["trial"], found["removed"]) == (0, True, {})
    assert json.loads(place.cli("purge", "--past", "--json").stdout) == []
    assert place.cli("purge", "--yes", "--quiet").exit_code == 0
    [entry] = json.loads(place.cli("purge", "--past", "--json").stdout)
    assert entry["removed"] == {}
    assert entry["finished_at"]
    assert "interrupted" not in place.cli("purge", "--past").stdout


@pytest.mark.spec("INT-12")
def test_a_run_that_holds_the_directory_is_not_disturbed(place: Any) -> None:
    from askul_connect.core.domain.purchasing import Lease

    with open_workspace(place.directory) as workspace, workspace._storage.begin() as unit:
        unit.leases.put(Lease(name="run", holder="elsewhere:1", expires_at=datetime.max.replace(tzinfo=UTC)))
    assert place.cli("purge", "--yes").exit_code == 5
    assert place.cli("purge", "--trial").exit_code == 0
