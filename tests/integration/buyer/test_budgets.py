"""Budgets through ``run``: checked in sum, reserved, given back and used, whatever the setting (INT-3)."""

from __future__ import annotations

from typing import Any

import pytest

from askul_connect.core.errors import PartnerUnreachable

WIPES = "K200-0001,{quantity},XPK,298,JPY,{department},,"


def row(number: str, line: int, quantity: int, department: str = "D100") -> str:
    return f"{number},{line}," + WIPES.format(quantity=quantity, department=department)


@pytest.fixture
def waiting(place: Any) -> Any:
    """A directory whose supplier cannot be reached: what is accepted stays reserved."""
    place.faults.down["askul"] = PartnerUnreachable("down")
    return place


def grant(place: Any, **amounts: int) -> None:
    place.write(
        "erp/budgets/2026.csv",
        "department,period,currency,budget\n"
        + "".join(f"{department},2026-04,JPY,{amount}\n" for department, amount in amounts.items()),
    )


@pytest.mark.spec("INT-3")
def test_an_order_is_checked_in_sum_and_not_line_by_line(waiting: Any) -> None:
    grant(waiting, D100=5 * 298, D200=5 * 298)
    waiting.order("a.csv", row("PO-1", 1, 3), row("PO-1", 2, 3))
    waiting.order("b.csv", row("PO-2", 1, 3), row("PO-2", 2, 2))

    report = waiting.run()

    assert {each.purchase_order_id: each.error.code for each in report.rejections} == {
        "PO-1": "budget-exceeded"
    }
    assert "1,788" in report.rejections[0].error.detail or "1788" in report.rejections[0].error.detail
    assert (waiting.budget()["pre_encumbrance"], waiting.budget()["available"]) == (5 * 298, 0)


@pytest.mark.spec("INT-3")
def test_all_departments_over_budget_are_named_and_none_is_reserved(waiting: Any) -> None:
    grant(waiting, D100=298, D200=298)
    waiting.order("a.csv", row("PO-1", 1, 2), row("PO-1", 2, 2, "D200"), row("PO-1", 3, 1, "D200"))

    [rejection] = waiting.run().rejections

    assert [problem.code for problem in rejection.problems] == ["budget-exceeded"] * 2
    assert ["D100" in rejection.problems[0].detail, "D200" in rejection.problems[1].detail] == [True, True]
    assert [waiting.budget(name)["pre_encumbrance"] for name in ("D100", "D200")] == [0, 0]


@pytest.mark.spec("INT-3")
def test_orders_of_one_budget_do_not_both_take_what_only_one_can_have(waiting: Any) -> None:
    grant(waiting, D100=3 * 298)
    waiting.order("a.csv", row("PO-1", 1, 2), row("PO-2", 1, 2), row("PO-3", 1, 1))

    report = waiting.run()

    assert [each.purchase_order_id for each in report.rejections] == ["PO-2"]
    assert waiting.budget()["available"] == 0


@pytest.mark.spec("INT-3")
def test_over_budget_may_be_a_warning_only(waiting: Any) -> None:
    waiting.configure(settings='[budgets]\nover_budget = "warn"\n')
    grant(waiting, D100=298)
    waiting.order("a.csv", row("PO-1", 1, 2))

    report = waiting.run()

    assert (report.accepted, report.rejections) == (1, ())
    assert any("D100" in warning for warning in report.warnings)
    assert waiting.budget()["available"] == -298


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(("setting", "code"), [("block", "budget-missing"), ("allow", None)])
def test_a_missing_budget(waiting: Any, setting: str, code: str | None) -> None:
    waiting.configure(settings=f'[budgets]\nwhen_missing = "{setting}"\n')
    waiting.order("a.csv", row("PO-1", 1, 2, "D300"))

    report = waiting.run()

    assert [each.error.code for each in report.rejections] == ([code] if code else [])
    assert report.accepted == (0 if code else 1)
    if not code:
        # used all the same, so that a budget that comes later counts it
        assert waiting.budget("D300")["pre_encumbrance"] == 2 * 298


@pytest.mark.spec("INT-3", "INT-4")
@pytest.mark.parametrize(("basis", "permille"), [("excl_tax", 1_000), ("incl_tax", 1_100)])
def test_from_reservation_to_actual_with_and_without_tax(place: Any, basis: str, permille: int) -> None:
    place.configure(settings=f'[budgets]\nbasis = "{basis}"\n')
    place.order("a.csv", row("PO-1", 1, 10), row("PO-1", 2, 5, "D200"))
    place.faults.down["askul"] = PartnerUnreachable("down")
    place.run()
    reserved = [place.budget(name)["pre_encumbrance"] for name in ("D100", "D200")]
    place.faults.down.clear()
    place.write(
        "erp/receipts/r.csv",
        "purchase_order_id,line_id,quantity,received_on\nPO-1,1,10,2026-04-14\nPO-1,2,5,2026-04-14\n",
    )

    report = place.run()

    assert report.exit_code == 0
    wanted = [10 * 298 * permille // 1_000, 5 * 298 * permille // 1_000]
    assert reserved == wanted
    for name, amount in zip(("D100", "D200"), wanted, strict=True):
        held = place.budget(name)
        assert (held["pre_encumbrance"], held["encumbrance"], held["actual"]) == (0, 0, amount)
        assert held["available"] == 100_000 - amount
    [shown] = report.rows
    assert shown.budget_before == 200_000
    assert shown.budget_after == 200_000 - sum(wanted)


@pytest.mark.spec("INT-3")
def test_a_refused_order_gives_everything_back(place: Any) -> None:
    place.order("a.csv", row("PO-1", 1, 10), "PO-1,2,NO-SUCH,1,EA,10,JPY,D200,,")

    place.run()

    assert [place.budget(name)["available"] for name in ("D100", "D200")] == [100_000, 100_000]


@pytest.mark.spec("INT-4")
def test_an_invoice_waits_for_its_receipt_and_is_matched_when_it_comes(place: Any) -> None:
    place.order("a.csv", row("PO-1", 1, 10), row("PO-1", 2, 5))
    place.write("erp/receipts/r.csv", "purchase_order_id,line_id,quantity,received_on\nPO-1,1,9,2026-04-14\n")
    first = place.run()
    before = place.view("invoices")[0]

    assert (first.exit_code, first.open_matches) == (1, 2)
    assert [match["result"] for match in before["match"]] == ["not_received", "not_received"]
    assert place.budget()["actual"] == 0
    assert place.run().exit_code == 1, "what does not match is told by every run"
    place.write(
        "erp/receipts/s.csv",
        "purchase_order_id,line_id,quantity,received_on\nPO-1,1,1,2026-05-01\nPO-1,2,5,2026-05-01\n",
    )
    second = place.run()

    assert (second.exit_code, second.open_matches, second.receipts) == (0, 0, 2)
    after = place.view("invoices")[0]
    assert [match["result"] for match in after["match"]] == ["matched", "matched"]
    # the document itself is kept as it came
    assert {**after, "match": None} == {**before, "match": None}
    assert place.budget()["actual"] == 15 * 298
    assert place.budget()["encumbrance"] == 0


@pytest.mark.spec("INT-4")
def test_an_invoice_that_bills_a_shipment_again_is_a_duplicate_and_used_once(place: Any) -> None:
    from attrs import evolve

    def twice(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.invoices(cursor, page_size)
        copies = [
            evolve(invoice, invoice_number=f"{invoice.invoice_number}-B") for invoice in answer.invoices
        ]
        return evolve(answer, invoices=(*answer.invoices, *copies))

    place.faults.plan["askul", "invoices"] = twice
    place.order("a.csv", row("PO-1", 1, 10))
    place.write(
        "erp/receipts/r.csv", "purchase_order_id,line_id,quantity,received_on\nPO-1,1,10,2026-04-14\n"
    )

    report = place.run()

    assert report.exit_code == 1
    results = {invoice["invoice_number"]: invoice["match"][0]["result"] for invoice in place.view("invoices")}
    assert results == {"IN00000001": "matched", "IN00000001-B": "duplicate_invoice"}
    assert place.budget()["actual"] == 10 * 298


@pytest.mark.spec("INT-2", "INT-5")
def test_the_same_receipts_again_under_another_name_are_not_received_twice(place: Any) -> None:
    place.order("a.csv", row("PO-1", 1, 10))
    receipt = "purchase_order_id,line_id,quantity,received_on\nPO-1,1,5,2026-04-14\n"
    place.write("erp/receipts/r.csv", receipt)
    place.write("erp/receipts/s.csv", receipt)

    assert place.run().receipts == 1
    assert place.names("receipts") == []
