"""The whole loop against a real Tryton; a script that knows only its RPC recounts what came of it.

The tests of this file share one Tryton, one directory and its calendar, and run in their order.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from askul_connect import open_workspace

# the first time, Tryton is installed and its database built
pytestmark = pytest.mark.timeout(900)


@pytest.mark.spec("INT-2", "INT-4")
def test_a_month_from_purchase_to_draft_invoice(erp: Any, directory: Path) -> None:
    first = erp.approve("D100", ("PAPER-A4", 10, "4280"), ("G100-0001", 5, "1980"))
    erp.approve("D200", ("D100-0001", 4, "540"))

    report = erp.run(directory)

    assert (report.accepted, report.placed, report.posted, report.failures) == (2, 2, 5, ())
    # nobody has received anything yet
    assert report.open_matches == 3
    [purchase] = erp.client.find(
        "purchase.purchase", [["number", "=", first]], ["reference", "lines", "moves"]
    )
    assert purchase["reference"] == "AC00000001"
    moves = erp.client.read("stock.move", purchase["moves"], ["planned_date"])
    assert {move["planned_date"] for move in moves} == {date(2026, 4, 2)}
    lines = erp.client.read("purchase.line", purchase["lines"], ["delivery_date_store"])
    assert {line["delivery_date_store"] for line in lines} == {date(2026, 4, 10)}

    assert erp.buyer.receive(date(2026, 4, 14)) == 2
    received = erp.run(directory)

    assert (received.receipts, received.open_matches, received.failures) == (3, 0, ())
    assert {row.match for row in received.rows} == {"matched"}
    assert not erp.run(directory).changed
    counted = "purchases: 2, lines: 3, units shipped: 19, invoices: 1, differences: 0\n"
    assert erp.recount(directory) == (0, counted)


@pytest.mark.spec("INT-4")
def test_the_draft_has_the_documents_totals_taxes_accounts_and_departments(erp: Any, directory: Path) -> None:
    [known] = erp.lists(directory)["invoices"]
    fields = ["state", "untaxed_amount", "tax_amount", "total_amount", "invoice_date", "lines", "taxes"]

    [invoice] = erp.client.find("account.invoice", [["reference", "=", known["invoice_number"]]], fields)

    assert invoice["state"] == "draft"
    assert invoice["invoice_date"].isoformat() == known["issued_on"]
    untaxed, total = known["total_excl_tax"], known["total_incl_tax"]
    assert (invoice["untaxed_amount"], invoice["total_amount"]) == (untaxed, total)
    taxes = erp.client.read(
        "account.invoice.tax", invoice["taxes"], ["tax.group.code", "base", "amount", "manual"]
    )
    assert sorted((tax["base"], tax["amount"]) for tax in taxes) == sorted(
        (tax["taxable"], tax["tax"]) for tax in known["tax"]
    )
    assert all(tax["manual"] for tax in taxes)
    lines = erp.client.read("account.invoice.line", invoice["lines"], ["account.code"])
    assert {line["account."]["code"] for line in lines} == {"5.1.1"}
    entries = [["origin.id", "in", invoice["lines"], "account.invoice.line"]]
    analytic = erp.client.find("analytic.account.entry", entries, ["account.code"])
    assert sorted(entry["account."]["code"] for entry in analytic) == ["D100", "D100", "D200"]


@pytest.mark.spec("INT-3")
def test_budgets_are_read_and_tryton_counts_only_what_is_posted(erp: Any, directory: Path) -> None:
    budgets = {(one["department"], one["period"]): one for one in erp.lists(directory)["budgets"]}

    assert budgets["D100", "2026-04"]["budget"] == 300_000
    # a confirmed and invoiced purchase uses ours ...
    assert budgets["D200", "2026-04"]["available"] == 100_000 - 4 * 540
    fields = ["account.code", "amount", "actual_amount", "budget.start_date"]
    [line] = [
        one
        for one in erp.client.find("analytic_account.budget.line", [], fields)
        if (one["account."]["code"], one["budget."]["start_date"]) == ("D200", date(2026, 4, 1))
    ]
    # ... and not Tryton's, where an expense is negative
    assert (line["amount"], line["actual_amount"] or 0) == (-100_000, 0)


@pytest.mark.spec("INT-5", "INT-6")
def test_what_cannot_be_taken_is_noted_once_and_read_again_after_a_change(erp: Any, directory: Path) -> None:
    number = erp.approve("D100", ("UNKNOWN-1", 1, "100"))

    reports = [erp.run(directory) for _ in range(2)]

    assert [[one.purchase_order_id for one in report.rejections] for report in reports] == [[number], []]
    [note] = erp.notes(number)
    assert "UNKNOWN-1" in note
    [purchase] = erp.client.call("model.purchase.purchase.search", [["number", "=", number]], 0, 1, None)
    erp.client.write("purchase.purchase", [purchase], {"comment": "looked at"})
    assert [one.purchase_order_id for one in erp.run(directory).rejections] == [number]
    assert len(erp.notes(number)) == 2


@pytest.mark.spec("INT-2")
def test_parts_are_shipments_of_their_own_and_make_the_whole(erp: Any, directory: Path) -> None:
    number = erp.approve("D200", ("D100-0001", 5, "540"))
    assert number == "4"

    report = erp.run(directory)

    assert report.failures == ()
    domain = [["origin.purchase.number", "=", number, "purchase.line"], ["state", "!=", "cancelled"]]
    moves = list(erp.client.find("stock.move", domain, ["quantity", "shipment", "state"]))
    assert sorted(move["quantity"] for move in moves) == [2, 3]
    assert len({move["shipment"] for move in moves}) == 2
    assert {move["state"] for move in moves} == {"draft"}
    erp.buyer.receive(date(2026, 5, 20))
    assert erp.run(directory).open_matches == 0
    [purchase] = erp.client.find("purchase.purchase", [["number", "=", number]], ["shipment_state"])
    assert purchase["shipment_state"] == "received"
    assert erp.recount(directory)[0] == 0


@pytest.mark.spec("INT-6")
def test_a_directory_that_forgot_everything_it_handed_over_doubles_nothing(
    erp: Any, directory: Path, tmp_path: Path
) -> None:
    number = erp.approve("D100", ("M100-0001", 3, "2080"))
    shutil.copytree(directory, tmp_path / "before")
    assert erp.run(directory).failures == ()
    erp.buyer.receive(date(2026, 6, 20))
    erp.run(directory)
    before = erp.counts()

    # as it was before the purchase was taken: everything goes out again, with the same numbers
    forgetful = tmp_path / "before"
    report = erp.run(forgetful)

    assert number in {row.purchase_order_id for row in report.rows}
    assert (report.accepted, report.failures) == (1, ())
    assert report.posted >= 3
    assert erp.counts() == before
    assert erp.recount(forgetful) == erp.recount(directory)


def test_the_script_sees_what_differs(erp: Any, directory: Path) -> None:
    [invoice] = erp.client.find("account.invoice", [["reference", "=", "IN00000001"]], ["id", "lines"])
    erp.client.write("account.invoice", [invoice["id"]], {"reference": "IN-OTHER"})
    try:
        code, said = erp.recount(directory)
    finally:
        erp.client.write("account.invoice", [invoice["id"]], {"reference": "IN00000001"})

    assert code == 1
    assert "invoice IN00000001: 0 times in Tryton" in said
    assert "supplier invoice 'IN-OTHER'" in said


@pytest.mark.spec("INT-6")
def test_a_purchase_that_makes_its_own_invoice_is_not_billed_twice(erp: Any, directory: Path) -> None:
    number = erp.approve("D100", ("M100-0001", 1, "2080"), method="order")

    report = erp.run(directory)

    [failure] = report.failures
    assert f"purchase {number} makes its own invoice" in failure.error.detail
    waiting = [one for one in erp.lists(directory)["outbox"] if one["state"] == "dead"]
    assert [one["kind"] for one in waiting] == ["erp-invoice"]


@pytest.mark.spec("INT-10")
def test_a_trial_changes_nothing_in_tryton(erp: Any, directory: Path) -> None:
    erp.approve("D100", ("M100-0001", 2, "2080"))
    before = erp.counts()

    with open_workspace(directory) as opened:
        report = opened.run(trial=True)

    assert (report.accepted, report.trial) == (1, True)
    assert erp.counts() == before
    assert erp.run(directory).accepted == 1
