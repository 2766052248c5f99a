"""Every fault of the faulty supplier, by every way to it, through the whole loop: one order per key, all of it told.

All faults meet in one loop, each at a purchase order of its own: alone they do no more. A run is not disturbed any
more by what an earlier one met.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from askul_connect import open_workspace
from askul_connect.core.services.buyer.report import RunReport
from askul_connect.testing.faulty import CALL_FAULTS, Fault, FaultySupplier, Way

PRICES = {"K200-0001": 298, "G100-0001": 1980}
CONFIGURATION = """version = 1
[buyer]
party = "0188:9999999999999"
name = "見本商事株式会社"
[clock]
kind = "simulated"
start = 2026-04-01T09:00:00+09:00
seed = "test"
"""
HEADER = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
BUDGET = "department,period,currency,budget\nD100,2026-04,JPY,1000000\n"
RECEIPTS = "purchase_order_id,line_id,quantity,received_on"
#: Nothing happens to this one itself.
SOUND = "PO-SOUND"
MASS_SKU = "G100-0001"


def number_of(fault: Fault) -> str:
    return f"PO-{fault.name}"


def rows() -> list[str]:
    """Two lines each; one of what is cancelled for everybody."""
    numbers = [number_of(fault) for fault in Fault if fault is not Fault.MASS_CANCEL]
    wipes = [
        f"{number},{line},K200-0001,{quantity},XPK,298,JPY,D100,,"
        for number in (*numbers, SOUND)
        for line, quantity in ((1, 12), (2, 3))
    ]
    return [*wipes, f"{number_of(Fault.MASS_CANCEL)},1,{MASS_SKU},2,XCT,1980,JPY,D100,,"]


@frozen
class Loop:
    """What a loop with every fault has left on both sides, and the reports of its runs."""

    supplier: FaultySupplier
    directory: Path
    down: RunReport
    disturbed: tuple[RunReport, ...]
    early: RunReport
    told: RunReport
    last: RunReport
    again: RunReport
    results: dict[tuple[str, str, str], str] = field(repr=False)
    budget: dict[str, Any]
    outbox: list[Any] = field(repr=False)

    def result(self, number: str, line: str, *, doubled: bool = False) -> str:
        """How an invoice line was matched: of the invoice, or of its second copy."""
        copies = {
            invoice: found for (invoice, po, at), found in self.results.items() if (po, at) == (number, line)
        }
        assert len(copies) <= 2
        return copies[sorted(copies)[1 if doubled else 0]] if copies else ""

    def warned(self, number: str) -> list[str]:
        return [text for text in self.told.warnings if text.startswith(f"{number} ")]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A supplier whose account is open: that takes a second or more."""
    directory = tmp_path_factory.mktemp("template") / "supplier"
    FaultySupplier(directory).close()
    return directory


@pytest.fixture(scope="module", params=list(Way), ids=lambda way: way.value)
def loop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, template: Path
) -> Iterator[Loop]:
    folder = tmp_path_factory.mktemp(request.param.value)
    shutil.copytree(template, folder / "supplier")
    with FaultySupplier(folder / "supplier") as supplier:
        yield trade(supplier, folder / "buyer", request.param)


def trade(supplier: FaultySupplier, directory: Path, way: Way) -> Loop:
    for path in ("erp/in", "erp/budgets", "erp/receipts", "data"):
        (directory / path).mkdir(parents=True)
    table = supplier.connect(directory, "askul", way)
    (directory / "askul-connect.toml").write_text(CONFIGURATION + table, encoding="utf-8")
    (directory / "erp/budgets/2026.csv").write_text(BUDGET, encoding="utf-8")
    (directory / "erp/in/a.csv").write_text("\n".join((HEADER, *rows(), "")), encoding="utf-8")

    def run() -> RunReport:
        with open_workspace(directory, plugins=[supplier.plugin]) as opened:
            return opened.run()

    plan = supplier.plan
    for fault in (Fault.SHORT_SHIP, Fault.OVER_SHIP, Fault.REJECT_LINE):
        plan.add(fault, purchase_order_id=number_of(fault), line_id="1", units=2)
    for fault in (Fault.REJECT_ALL, Fault.CANCEL_LATE, Fault.DUPLICATE_INVOICE, *sorted(CALL_FAULTS)):
        plan.add(fault, purchase_order_id=number_of(fault))
    plan.add(Fault.MASS_CANCEL, sku=MASS_SKU)
    plan.add(Fault.SITE_DOWN)
    down = run()
    plan.lift(Fault.SITE_DOWN)
    disturbed = [run()]
    while disturbed[-1].failures:
        assert len(disturbed) < 6, [str(failure.error) for failure in disturbed[-1].failures]
        disturbed.append(run())
    supplier.let_time_pass()
    plan.add(Fault.OUT_OF_ORDER)
    early = run()
    plan.lift(Fault.OUT_OF_ORDER)
    told = run()
    received = [
        f"{line.purchase_order_id},{line.line_id},{line.quantity},2026-04-01"
        for line in supplier.invoices()[0].lines
    ]
    (directory / "erp/receipts/r.csv").write_text("\n".join((RECEIPTS, *received, "")), encoding="utf-8")
    last, again = run(), run()
    with open_workspace(directory, plugins=[supplier.plugin]) as opened:
        [budget], invoices, outbox = opened.budgets(), opened.invoices(), list(opened.outbox())
    matched = {
        (invoice["invoice_number"], match["line_id"]): match["result"]
        for invoice in invoices
        for match in invoice["match"]
    }
    results = {
        (invoice["invoice_number"], line["purchase_order_id"], line["order_line_id"]): matched[
            invoice["invoice_number"], line["line_id"]
        ]
        for invoice in invoices
        for line in invoice["lines"]
    }
    return Loop(
        supplier, directory, down, tuple(disturbed), early, told, last, again, results, budget, outbox
    )


def failed_with(reports: tuple[RunReport, ...], number: str) -> set[str]:
    return {
        failure.error.code
        for report in reports
        for failure in report.failures
        if failure.subject.endswith(f":{number}")
    }


def short(loop: Loop) -> None:
    assert loop.warned("PO-SHORT_SHIP") == [
        "PO-SHORT_SHIP line 1: askul will not deliver 2 of 12 (short: out of stock)"
    ]
    assert loop.result("PO-SHORT_SHIP", "1") == "matched"


def over(loop: Loop) -> None:
    assert loop.result("PO-OVER_SHIP", "1") == "over_invoiced"
    assert loop.result("PO-OVER_SHIP", "2") == "matched"


def line_rejected(loop: Loop) -> None:
    assert loop.warned("PO-REJECT_LINE") == [
        "PO-REJECT_LINE line 1: askul will not deliver 12 of 12 (rejected: no longer made)"
    ]
    assert (loop.result("PO-REJECT_LINE", "1"), loop.result("PO-REJECT_LINE", "2")) == ("", "matched")


def all_rejected(loop: Loop) -> None:
    assert len(loop.warned("PO-REJECT_ALL")) == 2
    assert loop.result("PO-REJECT_ALL", "1") == ""


def cancelled_late(loop: Loop) -> None:
    assert len(loop.warned("PO-CANCEL_LATE")) == 2
    assert "mass: the maker cannot deliver" in loop.warned("PO-CANCEL_LATE")[0]


def cancelled_for_all(loop: Loop) -> None:
    assert loop.warned("PO-MASS_CANCEL") == [
        "PO-MASS_CANCEL line 1: askul will not deliver 2 of 2 (mass: the warehouse cannot be used)"
    ]


def billed_twice(loop: Loop) -> None:
    for line in ("1", "2"):
        assert loop.result("PO-DUPLICATE_INVOICE", line) == "matched"
        assert loop.result("PO-DUPLICATE_INVOICE", line, doubled=True) == "duplicate_invoice"


def out_of_order(loop: Loop) -> None:
    assert (loop.early.invoices, loop.early.confirmations, loop.early.ship_notices) == (2, 0, 0)
    assert loop.early.exit_code == 1
    assert loop.told.confirmations > 0
    assert loop.result("PO-OUT_OF_ORDER", "1") == "matched"


def struck_on_the_way(number: str) -> Callable[[Loop], None]:
    def told(loop: Loop) -> None:
        assert failed_with(loop.disturbed, number) == {"outcome-unknown"}
        assert {report.exit_code for report in loop.disturbed[:-1]} == {3}
        assert loop.result(number, "1") == "matched"

    return told


def down(loop: Loop) -> None:
    assert (loop.down.exit_code, loop.down.placed) == (3, 0)
    assert {failure.error.code for failure in loop.down.failures} == {"partner-unreachable"}


TOLD = {
    Fault.SHORT_SHIP: short,
    Fault.OVER_SHIP: over,
    Fault.REJECT_LINE: line_rejected,
    Fault.REJECT_ALL: all_rejected,
    Fault.CANCEL_LATE: cancelled_late,
    Fault.MASS_CANCEL: cancelled_for_all,
    Fault.DUPLICATE_INVOICE: billed_twice,
    Fault.OUT_OF_ORDER: out_of_order,
    Fault.NO_ACKNOWLEDGEMENT: struck_on_the_way("PO-NO_ACKNOWLEDGEMENT"),
    Fault.CORRUPT: struck_on_the_way("PO-CORRUPT"),
    Fault.LATE: struck_on_the_way("PO-LATE"),
    Fault.SITE_DOWN: down,
}


@pytest.mark.spec("INT-4", "INT-5", "INT-6", "INT-11", "ORD-5")
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.value)
def test_a_fault_is_told_and_makes_no_second_order(loop: Loop, fault: Fault) -> None:
    assert loop.supplier.plan.has_struck(fault), "the fault has happened"
    held = Counter(order.purchase_order_id for order in loop.supplier.orders())
    assert held[number_of(fault)] == 1
    TOLD[fault](loop)


@pytest.mark.spec("INT-3", "INT-11")
def test_every_purchase_order_is_one_order_and_the_ledger_is_a_recount(loop: Loop) -> None:
    held = Counter(order.purchase_order_id for order in loop.supplier.orders())
    assert held == dict.fromkeys((*map(number_of, Fault), SOUND), 1)
    committed = actual = 0
    for order in loop.supplier.orders():
        for line in order.lines:
            # all is invoiced at once, so a line that matched owes nothing more
            if loop.result(order.purchase_order_id, line.line_id) == "matched":
                actual += line.quantity_shipped * PRICES[line.sku]
            else:
                committed += (line.quantity - line.quantity_cancelled) * PRICES[line.sku]
    left = loop.budget
    assert (left["pre_encumbrance"], left["encumbrance"], left["actual"]) == (0, committed, actual)
    assert committed == 12 * 298, "what was shipped above the order is not booked before somebody decides"


@pytest.mark.spec("INT-4", "INT-6")
def test_the_last_run_ends_with_what_is_open_and_the_next_one_does_nothing(loop: Loop) -> None:
    differing = [found for found in loop.results.values() if found != "matched"]
    assert (loop.last.exit_code, loop.last.open_matches) == (1, len(differing))
    assert loop.last.failures == ()
    assert (loop.again.changed, loop.again.warnings) == (False, ())
    assert {message["state"] for message in loop.outbox} == {"sent"}
    assert list((loop.directory / "erp/in").iterdir()) == []
