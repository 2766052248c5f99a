"""Every setting of budgets, through ``run`` and the ``budgets`` commands (INT-3)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect.core.errors import PartnerUnreachable

ORDERS = "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
NAMING = f"{ORDERS},requisition_id,requisition_line_id"
REQUISITIONS = "requisition_id,line_id,quantity,unit_price,currency,department,cost_centre,state"
RECEIPTS = "purchase_order_id,line_id,quantity,received_on"
PRICE = 298


def row(number: str, quantity: int, *, line: int = 1, department: str = "D100", cost_centre: str = "") -> str:
    return f"{number},{line},K200-0001,{quantity},XPK,{PRICE},JPY,{department},{cost_centre},"


@pytest.fixture
def waiting(place: Any) -> Any:
    """A directory whose supplier cannot be reached: what is accepted stays reserved."""
    place.faults.down["askul"] = PartnerUnreachable("down")
    return place


def configure(place: Any, **settings: object) -> None:
    lines = [
        f"{name} = {json.dumps(value) if isinstance(value, str) else value}"
        for name, value in settings.items()
    ]
    place.configure(settings="\n".join(("[budgets]", *lines, "")))


def grant(
    place: Any, amount: int, *, code: str = "D100", period: str = "2026-04", by: str = "department"
) -> None:
    place.write("erp/budgets/2026.csv", f"{by},period,currency,budget\n{code},{period},JPY,{amount}\n")


def shown(place: Any, *command: str) -> Any:
    result = place.cli("budgets", *command, "--json")
    assert result.exit_code in {0, 1}, result.output
    return json.loads(result.stdout)


def held(place: Any, code: str = "D100", period: str = "2026-04") -> tuple[int, int, int]:
    found = place.budget(code, period)
    return found["pre_encumbrance"], found["encumbrance"], found["actual"]


@pytest.mark.spec("INT-3")
def test_over_budget_waits_for_a_person_who_approves(place: Any) -> None:
    configure(place, over_budget="ask")
    grant(place, 2 * PRICE)
    place.order("a.csv", row("PO-1", 3), row("PO-2", 1))

    first = place.run()

    # what waits reserves, so the next one waits as well
    assert {each.purchase_order_id: each.state for each in first.rows} == {"PO-1": "held", "PO-2": "held"}
    assert (first.exit_code, first.placed) == (1, 0)
    assert place.faults.made("place") == []
    assert place.names("in") == ["a.csv"]
    assert [each["number"] for each in shown(place, "waiting")] == ["PO-1", "PO-2"]
    assert "894" in shown(place, "waiting")[0]["reason"]
    assert place.cli("verify", "--quiet").exit_code == 0

    tried = shown(place, "approve", "PO-1", "--by", "課長", "--trial")
    assert (tried["state"], len(shown(place, "waiting"))) == ("approved", 2)
    answer = shown(place, "approve", "PO-1", "--by", "課長")
    assert (answer["state"], answer["decided_by"]) == ("approved", "課長")
    second = place.run()

    assert {each.purchase_order_id: bool(each.order_numbers) for each in second.rows} == {
        "PO-1": True,
        "PO-2": False,
    }
    [asked] = [request.purchase_order_id for request in place.faults.made("place")]
    assert asked == "PO-1"
    assert [each["number"] for each in shown(place, "waiting")] == ["PO-2"]
    assert shown(place, "verify")["differences"] == []


@pytest.mark.spec("INT-3")
def test_over_budget_waits_for_a_person_who_refuses(waiting: Any) -> None:
    configure(waiting, over_budget="ask")
    grant(waiting, PRICE)
    waiting.order("a.csv", row("PO-1", 2))
    waiting.run()
    assert held(waiting) == (2 * PRICE, 0, 0)

    shown(waiting, "refuse", "PO-1", "--by", "課長", "--comment", "来月に")
    assert held(waiting) == (0, 0, 0)
    report = waiting.run()

    [rejection] = report.rejections
    assert rejection.error.code == "budget-exceeded"
    assert "来月に" in rejection.error.detail
    assert (waiting.names("in"), "a.csv" in waiting.names("rejected")) == ([], True)
    assert "来月に" in waiting.error("a.csv")["problems"][0]["detail"]

    # the same again, once there is enough
    grant(waiting, 2 * PRICE)
    waiting.order("b.csv", row("PO-1", 2))
    assert waiting.run().accepted == 1
    assert held(waiting) == (2 * PRICE, 0, 0)
    assert waiting.cli("verify", "--quiet").exit_code == 0


@pytest.mark.spec("INT-3")
def test_a_refusal_is_not_forgotten_when_the_run_before_it_was_told_died(waiting: Any) -> None:
    configure(waiting, over_budget="ask")
    grant(waiting, PRICE)
    waiting.order("a.csv", row("PO-1", 2))
    waiting.run()
    shown(waiting, "refuse", "PO-1", "--by", "課長")
    # the trial meets the file as a run would that dies afterwards
    assert waiting.run(trial=True).accepted == 0
    assert [each.purchase_order_id for each in waiting.run().rejections] == ["PO-1"]


@pytest.mark.spec("INT-3")
def test_what_waits_goes_by_itself_once_its_budget_was_raised(place: Any) -> None:
    configure(place, over_budget="ask")
    grant(place, PRICE)
    place.order("a.csv", row("PO-1", 2))
    assert place.run().placed == 0
    grant(place, 2 * PRICE)
    assert place.run().placed == 1
    [approval] = shown(place, "waiting", "--all")
    assert (approval["state"], approval["decided_by"]) == ("approved", "budget")


@pytest.mark.spec("INT-3")
def test_deciding_what_does_not_wait_is_a_usage_error(waiting: Any) -> None:
    result = waiting.cli("budgets", "approve", "PO-1", "--by", "課長")
    assert result.exit_code == 2
    assert "nothing waits under 'PO-1'" in result.stderr


@pytest.mark.spec("INT-3")
def test_a_warning_at_a_percentage_is_given_once(waiting: Any) -> None:
    configure(waiting, warn_at_percent=80)
    grant(waiting, 10 * PRICE)
    waiting.order("a.csv", row("PO-1", 7), row("PO-2", 1), row("PO-3", 1))
    [warning] = [text for text in waiting.run().warnings if "%" in text]
    assert warning.startswith("PO-2")
    assert "80 %" in warning
    assert f"{2 * PRICE}" in warning


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(("by", "code"), [("account", "7420")])
def test_budgets_by_another_dimension(waiting: Any, by: str, code: str) -> None:
    configure(waiting, dimension=by)
    waiting.write("erp/mapping/accounts.csv", "department,cost_centre,account\nD100,C9,7420\n")
    grant(waiting, 5 * PRICE, code=code, by=by)
    waiting.order("a.csv", row("PO-1", 5, cost_centre="C9"))
    waiting.order("b.csv", row("PO-2", 1, cost_centre="C9"))
    report = waiting.run()
    assert [each.error.code for each in report.rejections] == ["budget-exceeded"]
    assert by.replace("_", " ") in report.rejections[0].error.detail
    assert held(waiting, code) == (5 * PRICE, 0, 0)


@pytest.mark.spec("INT-3")
def test_budgets_of_another_dimension_are_a_configuration_error(waiting: Any) -> None:
    configure(waiting, dimension="account")
    result = waiting.cli("run")
    assert result.exit_code == 2
    assert "budgets.dimension" in result.stderr


@pytest.mark.spec("INT-3")
def test_a_budget_of_a_year_that_begins_in_april_is_consumed_by_orders(place: Any) -> None:
    configure(place, consumed_at="order", period="half_year", first_month=4)
    grant(place, 100_000, period="2026-H1")
    place.order("a.csv", row("PO-1", 10))
    # no receipt: nothing matches
    place.run()
    assert held(place, period="2026-H1") == (0, 0, PRICE * 10)
    assert shown(place, "verify")["differences"] == []


@pytest.mark.spec("INT-3")
def test_known_failure_foreign_currency_unchecked(waiting: Any) -> None:
    configure(waiting, currency="JPY")
    grant(waiting, 10_000)
    euros = "PO-1,1,K200-0001,10,XPK,9.99,EUR,D100,,"
    waiting.order("a.csv", euros)
    [missing] = waiting.run().rejections
    assert missing.error.code == "exchange-rate-missing"
    assert "EUR,JPY,2026-04-01" in missing.error.detail

    waiting.write(
        "erp/mapping/rates.csv",
        "currency,budget_currency,from,rate\nEUR,JPY,2026-01-01,160\nEUR,JPY,2026-04-01,162.5\n"
        "EUR,JPY,2026-04-02,99\n",
    )
    grant(waiting, 2 * 16_234 - 1)
    waiting.order("b.csv", euros, euros.replace("PO-1", "PO-2"))
    report = waiting.run()
    [exceeded] = report.rejections
    assert exceeded.error.code == "budget-exceeded"
    # 99.90 EUR x 162.5 = 16,233.75 JPY
    assert "needs 16234 JPY" in exceeded.error.detail
    assert "are 16233" in exceeded.error.detail
    assert (report.accepted, held(waiting)) == (1, (16_234, 0, 0))
    [shown_row] = report.rows
    assert (shown_row.currency, shown_row.budget_currency, shown_row.budget_after) == (
        "EUR",
        "JPY",
        16_233,
    )


@pytest.mark.spec("INT-3")
def test_a_requisition_reserves_until_a_purchase_order_takes_it_over(place: Any) -> None:
    # the supplier charges freight for so little
    configure(place, shipping="excluded")
    grant(place, 10 * PRICE)
    requisition = f"R-1,1,10,{PRICE},JPY,D100,,"
    place.write("erp/requisitions/r.csv", f"{REQUISITIONS}\n{requisition}\n")
    place.faults.down["askul"] = PartnerUnreachable("down")
    place.order("a.csv", row("PO-0", 1))
    tried = place.run(trial=True)
    assert [each.error.code for each in tried.rejections] == ["budget-exceeded"]
    assert (place.names("requisitions"), shown(place, "moves")) == (["r.csv"], [])
    assert [each.error.code for each in place.run().rejections] == ["budget-exceeded"]
    assert held(place) == (10 * PRICE, 0, 0)
    assert (place.names("requisitions"), "r.csv" in place.names("done")) == ([], True)

    # without naming it there was nothing left
    place.write("erp/in/b.csv", f"{NAMING}\n{row('PO-1', 6)},R-1,1\n")
    report = place.run()
    assert (report.accepted, held(place)) == (1, (10 * PRICE, 0, 0))
    [shown_row] = report.rows
    assert (shown_row.budget_before, shown_row.budget_after) == (6 * PRICE, 0)

    # the rest is not wanted any more; what was ordered goes its way
    place.write("erp/requisitions/s.csv", f"{REQUISITIONS}\n{requisition}cancelled\n")
    place.faults.down.clear()
    place.run()
    assert held(place) == (0, 6 * PRICE, 0)
    kinds = [each["kind"] for each in shown(place, "moves", "R-1")]
    assert kinds == ["pre_encumbrance", "relief", "relief"]
    assert shown(place, "verify") == {
        "documents": 2,
        "moves": 5,
        "differences": [],
        "balances": [],
        "settled": 0,
    }
    assert place.cli("verify", "--quiet").exit_code == 0


@pytest.mark.spec("INT-3")
@pytest.mark.parametrize(("action", "code", "waits"), [("block", "budget-exceeded", 0), ("ask", "", 1)])
def test_a_requisition_over_budget(waiting: Any, action: str, code: str, waits: int) -> None:
    configure(waiting, requisition_over_budget=action)
    grant(waiting, PRICE)
    waiting.write("erp/requisitions/r.csv", f"{REQUISITIONS}\nR-1,1,2,{PRICE},JPY,D100,,open\n")
    report = waiting.run()
    assert [each.error.code for each in report.rejections] == ([code] if code else [])
    assert held(waiting) == (0 if code else 2 * PRICE, 0, 0)
    assert any("R-1" in text for text in report.warnings) is (not code)
    assert len(shown(waiting, "waiting")) == waits
    if waits:
        shown(waiting, "refuse", "R-1", "--by", "課長")
        assert held(waiting) == (0, 0, 0)


@pytest.mark.spec("INT-3")
def test_bad_requisitions_are_told_and_stop_no_others(waiting: Any) -> None:
    waiting.write(
        "erp/requisitions/r.csv",
        f"{REQUISITIONS}\nR-1,1,0,{PRICE},JPY,D100,,\nR-2,1,1,{PRICE},JPY,D100,,maybe\n"
        f"R-3,1,1,{PRICE},JPY,D100,,\nR-4,1,1,{PRICE},XXX,D100,,\n",
    )
    report = waiting.run()
    assert {each.purchase_order_id for each in report.rejections} == {"R-1", "R-2", "R-4"}
    problems = waiting.error("r.csv")["problems"]
    assert [each["requisition_id"] for each in problems] == ["R-1", "R-2", "R-4"]
    assert held(waiting) == (PRICE, 0, 0)
    waiting.write("erp/requisitions/x.csv", "no,header\n")
    assert len(waiting.run().rejections) == 1


@pytest.mark.spec("INT-3", "INT-4")
@pytest.mark.parametrize("action", ["ask", "warn"])
def test_an_invoice_over_budget(place: Any, action: str) -> None:
    place.configure(
        settings=f'[budgets]\ninvoice_over_budget = "{action}"\n[matching]\nprice_tolerance = "400"\n'
    )
    grant(place, 10 * PRICE)
    place.faults.plan["askul", "invoices"] = _dearer
    place.order("a.csv", row("PO-1", 10))
    place.write("erp/receipts/r.csv", f"{RECEIPTS}\nPO-1,1,10,2026-04-14\n")
    report = place.run()
    [found] = place.view("invoices")
    if action == "warn":
        assert found["match"][0]["result"] == "matched"
        assert any("available" in text for text in report.warnings)
        assert held(place) == (0, 0, 10 * PRICE + 500)
        return
    assert (found["match"][0]["result"], report.open_matches) == ("over_budget", 1)
    assert "500" in found["match"][0]["detail"]
    assert held(place) == (0, 10 * PRICE, 0)
    assert [each["stage"] for each in shown(place, "waiting")] == ["invoice"]
    shown(place, "approve", found["invoice_number"], "--by", "課長")
    assert place.run().open_matches == 0
    assert held(place) == (0, 0, 10 * PRICE + 500)
    assert shown(place, "verify")["differences"] == []


def _dearer(inner: Any, cursor: str, page_size: int) -> Any:
    from attrs import evolve

    answer = inner.invoices(cursor, page_size)
    return evolve(
        answer,
        invoices=tuple(
            evolve(
                one,
                lines=tuple(
                    evolve(line, unit_price=line.unit_price + 50, amount_excl_tax=line.amount_excl_tax + 500)
                    for line in one.lines
                ),
                tax=tuple(
                    evolve(entry, taxable=entry.taxable + 500, tax=entry.tax + 50) for entry in one.tax
                ),
                total_excl_tax=one.total_excl_tax + 500,
                total_incl_tax=one.total_incl_tax + 550,
            )
            for one in answer.invoices
        ),
    )


@pytest.mark.spec("INT-3")
def test_the_moves_of_a_purchase_order_for_a_person_and_a_program(waiting: Any) -> None:
    waiting.order("a.csv", row("PO-1", 2))
    waiting.run()
    [move] = shown(waiting, "moves", "PO-1")
    assert (move["kind"], move["pre_encumbrance"], move["source"]) == ("pre_encumbrance", 2 * PRICE, "a.csv")
    printed = waiting.cli("budgets", "moves")
    assert "pre_encumbrance" in printed.output
    assert waiting.cli("budgets", "moves", "PO-9").exit_code == 2
    assert "1 moves of 1 documents, 0 differences" in waiting.cli("budgets", "verify").output
    assert "D100" in waiting.cli("budgets").output
