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
    unknown = erp.approve("D100", ("UNKNOWN-1", 1, "100"))

    report = erp.run(directory)

    assert (report.accepted, report.placed, report.posted, report.failures) == (3, 2, 5, ())
    assert [one.purchase_order_id for one in report.rejections] == [unknown]
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
    assert received.rejections == ()
    assert {row.match for row in received.rows if row.order_numbers} == {"matched"}
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


@pytest.mark.spec("INT-5", "INT-6")
def test_what_was_not_taken_is_noted_once_and_read_again_after_a_change(erp: Any, directory: Path) -> None:
    [purchase] = erp.client.find("purchase.purchase", [["number", "=", "3"]], ["id"])
    # three runs have met it
    [note] = erp.notes("3")
    assert "UNKNOWN-1" in note

    erp.client.write("purchase.purchase", [purchase["id"]], {"comment": "looked at"})

    assert [one.purchase_order_id for one in erp.run(directory).rejections] == ["3"]
    assert len(erp.notes("3")) == 2


@pytest.mark.spec("INT-2", "INT-6")
def test_parts_an_invoice_of_trytons_own_and_a_directory_that_forgot_all_it_handed_over(
    erp: Any, directory: Path, tmp_path: Path
) -> None:
    parts = erp.approve("D200", ("D100-0001", 5, "540"))
    own = erp.approve("D100", ("M100-0001", 1, "2080"), method="order")
    assert parts == "4"
    shutil.copytree(directory, tmp_path / "before")

    report = erp.run(directory)

    # each part is a shipment of its own, and they make the whole
    domain = [["origin.purchase.number", "=", parts, "purchase.line"], ["state", "!=", "cancelled"]]
    moves = list(erp.client.find("stock.move", domain, ["quantity", "shipment", "state"]))
    assert sorted(move["quantity"] for move in moves) == [2, 3]
    assert len({move["shipment"] for move in moves}) == 2
    assert {move["state"] for move in moves} == {"draft"}
    # Tryton has its own invoice of the other, and gets no second one
    [failure] = report.failures
    assert f"purchase {own} makes its own invoice" in failure.error.detail
    waiting = [one for one in erp.lists(directory)["outbox"] if one["state"] == "dead"]
    assert [one["kind"] for one in waiting] == ["erp-invoice"]

    # as the directory was before: everything goes out again, with the same numbers
    before = erp.counts()
    again = erp.run(tmp_path / "before")

    assert (again.accepted, again.posted) == (report.accepted, report.posted)
    assert report.posted >= 5
    assert erp.counts() == before


@pytest.mark.spec("INT-2", "INT-10")
def test_a_trial_changes_nothing_and_a_party_that_is_not_mapped_is_left_alone(
    erp: Any, directory: Path
) -> None:
    erp.approve("D100", ("M100-0001", 1, "2080"))
    table = directory / "erp" / "mapping" / "parties.csv"
    known, before = table.read_text(encoding="utf-8"), erp.counts()

    with open_workspace(directory) as opened:
        reports = [opened.run(trial=True) for _ in range(2)]
        table.write_text(known.replace("ASKUL", "SOMEBODY"), encoding="utf-8")
        left = opened.run(trial=True)

    assert [(report.accepted, report.trial) for report in reports] == [(1, True)] * 2
    assert (left.accepted, left.rejections) == (0, ())
    assert erp.counts() == before
