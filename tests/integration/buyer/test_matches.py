"""What does not match, who released it, and what the supplier changed afterwards (INT-3, INT-4, INT-5, INT-10)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner

from askul_connect import open_workspace
from askul_connect.cli.application import application
from askul_connect.core.errors import MatchNotAccepted, NumberAmbiguous, NumberUnknown, ValueInvalid
from askul_connect.core.messages.documents import Invoice

WORTH = 12 * 298
ORDER = ("PO-1,1,K200-0001,12,XPK,298,JPY,D100,,",)
RECEIPT = "purchase_order_id,line_id,quantity,received_on\nPO-1,1,{quantity},2026-04-10\n"


@pytest.fixture(scope="module")
def invoiced_directory(opened_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One purchase order that was ordered, shipped and invoiced, and of which nothing was received."""
    directory = tmp_path_factory.mktemp("invoiced") / "here"
    shutil.copytree(opened_directory, directory)
    text = (directory / "askul-connect.toml").read_text(encoding="utf-8")
    reference = text.replace('kind = "faulty"', 'kind = "reference"')
    (directory / "askul-connect.toml").write_text(reference, encoding="utf-8")
    header = (
        "purchase_order_id,line_id,sku,quantity,unit,unit_price,currency,department,cost_centre,requested_on"
    )
    (directory / "erp" / "in" / "a.csv").write_text("\n".join((header, *ORDER, "")), encoding="utf-8")
    with open_workspace(directory) as opened:
        assert opened.run().open_matches == 1
    (directory / "askul-connect.toml").write_text(text, encoding="utf-8")
    return directory


@pytest.fixture
def invoiced(place: Any, invoiced_directory: Path) -> Any:
    shutil.rmtree(place.directory)
    shutil.copytree(invoiced_directory, place.directory)
    return place


@pytest.fixture
def matched(invoiced: Any) -> Any:
    invoiced.write("erp/receipts/r.csv", RECEIPT.format(quantity=12))
    assert invoiced.run().open_matches == 0
    assert held(invoiced) == (0, 0, WORTH)
    return invoiced


def held(place: Any) -> tuple[int, int, int]:
    left = place.budget()
    return left["pre_encumbrance"], left["encumbrance"], left["actual"]


def resent(place: Any, change: Callable[[Invoice], Invoice] | None, *, deleted: bool = False) -> None:
    """The supplier sends its invoice again, changed, or says that it is gone."""
    with open_workspace(place.directory) as opened, opened._storage.begin() as unit:
        [(_, known)] = unit.history.invoices()

    def invoices(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.invoices(cursor, page_size)
        sent = (*answer.invoices, *([change(known)] if change else []))
        gone = (known.invoice_number,) if deleted else ()
        return evolve(answer, invoices=sent, page=evolve(answer.page, deleted=gone))

    place.faults.plan["askul", "invoices"] = invoices


def repriced(invoice: Invoice, price: str) -> Invoice:
    """All its lines at another price, with totals that add up."""
    lines = tuple(
        evolve(line, unit_price=Decimal(price), amount_excl_tax=int(Decimal(price) * line.quantity))
        for line in invoice.lines
    )
    net = sum(line.amount_excl_tax for line in lines)
    tax = tuple(evolve(one, taxable=net, tax=net * int(one.rate) // 100) for one in invoice.tax)
    total = net + sum(one.tax for one in tax)
    return evolve(invoice, lines=lines, tax=tax, total_excl_tax=net, total_incl_tax=total)


def listed(place: Any, *options: str) -> list[dict[str, Any]]:
    result = place.cli("matches", "list", "--json", *options)
    assert result.exit_code == 0, result.output
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def number_of(place: Any) -> str:
    [invoice] = place.view("invoices")
    return str(invoice["invoice_number"])


@pytest.mark.spec("INT-4")
def test_what_is_open_is_listed_with_what_to_do(invoiced: Any) -> None:
    [one] = listed(invoiced)

    assert (one["result"], one["standing"], one["booked"]) == ("not_received", "not_received", False)
    [difference] = one["differences"]
    assert (difference["kind"], difference["amount"]) == ("more_than_received", WORTH)
    assert difference["text"] == {
        "ja": "請求数量 12、検収数量 0",
        "en": "12 units invoiced, 0 received",
    }
    assert "検収" in difference["what_to_do"]["ja"]
    table = CliRunner().invoke(
        application,
        ("--directory", str(invoiced.directory), "matches", "list"),
        env={"LC_ALL": "ja_JP.UTF-8"},
        prog_name="askul-connect",
    )
    assert "請求数量 12、検収数量 0" in table.stdout
    assert "3,576 JPY" in table.stdout


@pytest.mark.spec("INT-3", "INT-4")
def test_a_person_releases_a_line_and_it_is_booked_once(invoiced: Any) -> None:
    number = number_of(invoiced)
    before = held(invoiced)
    tried = invoiced.cli("--trial", "matches", "accept", number, "1", "--reason", "came yesterday")
    assert tried.exit_code == 0
    assert (held(invoiced), len(listed(invoiced))) == (before, 1)

    done = invoiced.cli(
        "matches", "accept", number, "1", "--reason", "came yesterday", "--by", "経理 花子", "--json"
    )

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["booked"] is True
    assert (listed(invoiced), held(invoiced)) == ([], (0, 0, WORTH))
    [one] = listed(invoiced, "--all")
    assert (one["result"], one["standing"], one["booked"]) == ("not_received", "released", True)
    [decision] = one["decisions"]
    assert (decision["decision"], decision["decided_by"], decision["reason"]) == (
        "accepted",
        "経理 花子",
        "came yesterday",
    )
    report = invoiced.run()
    assert (report.open_matches, report.exit_code, report.rows[0].match) == (0, 0, "released")
    assert held(invoiced) == (0, 0, WORTH)
    again = invoiced.cli("matches", "accept", number, "1", "--reason", "twice")
    assert again.exit_code == 2
    assert "match-not-accepted" in again.stderr


NO_RELEASES: list[tuple[str, str, dict[str, str], type[Exception]]] = [
    ("IN-NONE", "1", {}, NumberUnknown),
    ("", "99", {}, NumberUnknown),
    ("", "1", {"supplier": "other"}, NumberUnknown),
    ("", "1", {"reason": " "}, ValueInvalid),
    ("", "1", {"reason": "x" * 501}, ValueInvalid),
    ("", "1", {"decided_by": "a\nb"}, ValueInvalid),
]


@pytest.mark.spec("INT-4")
def test_a_release_needs_a_line_a_person_and_a_reason(invoiced: Any) -> None:
    number = number_of(invoiced)
    with open_workspace(invoiced.directory) as opened:
        for invoice, line, given, error in NO_RELEASES:
            with pytest.raises(error):
                opened.accept_match(
                    invoice or number, line, **{"reason": "right", "decided_by": "me", **given}
                )
        assert len(opened.matches()) == 1


@pytest.mark.spec("INT-4")
def test_what_belongs_to_no_purchase_order_cannot_be_booked(invoiced: Any) -> None:
    resent(invoiced, lambda known: evolve(known, lines=(evolve(known.lines[0], purchase_order_id="PO-9"),)))
    assert invoiced.run().open_matches == 1
    [one] = listed(invoiced)
    assert (one["result"], one["differences"][0]["amount"]) == ("unknown_order", WORTH)
    with open_workspace(invoiced.directory) as opened, pytest.raises(MatchNotAccepted, match="no budget"):
        opened.accept_match(number_of(invoiced), "1", reason="right", decided_by="me")


@pytest.mark.spec("INT-9")
def test_an_invoice_number_of_two_suppliers_needs_the_supplier(invoiced: Any) -> None:
    number = number_of(invoiced)
    with open_workspace(invoiced.directory) as opened:
        with opened._storage.begin() as unit:
            unit.history.put_invoices("other", [unit.history.invoice("askul", number)])
        with pytest.raises(NumberAmbiguous):
            opened.accept_match(number, "1", reason="right", decided_by="me")
        assert opened.accept_match(number, "1", reason="right", decided_by="me", supplier="askul").booked
        assert len(opened.explain(number)["invoices"]) == 2
        assert len(opened.explain(number, supplier="askul")["invoices"]) == 1


@pytest.mark.spec("INT-3", "INT-4", "INT-5")
def test_an_invoice_that_is_changed_after_it_matched_is_matched_again_and_taken_back(matched: Any) -> None:
    resent(matched, lambda known: repriced(known, "300"))

    report = matched.run()

    [one] = listed(matched)
    assert (report.open_matches, one["result"]) == (1, "price_difference")
    assert one["differences"][0]["amount"] == 12 * 2
    assert held(matched) == (0, WORTH, 0)
    [decision] = one["decisions"]
    assert (decision["decision"], decision["result"], decision["decided_by"]) == (
        "changed",
        "matched",
        "askul",
    )
    assert "12 x 298 = 3576 JPY" in decision["reason"]

    resent(matched, lambda known: repriced(known, "298"))
    assert matched.run().open_matches == 0
    assert held(matched) == (0, 0, WORTH)


@pytest.mark.spec("INT-4")
def test_a_release_is_over_with_the_content_it_was_given_for(invoiced: Any) -> None:
    with open_workspace(invoiced.directory) as opened:
        opened.accept_match(number_of(invoiced), "1", reason="right", decided_by="me")
    resent(invoiced, lambda known: repriced(known, "9000"))

    invoiced.run()

    [one] = listed(invoiced)
    assert [each["kind"] for each in one["differences"]] == ["unit_price", "more_than_received"]
    assert [each["decision"] for each in one["decisions"]] == ["accepted", "changed"]
    assert held(invoiced) == (0, WORTH, 0)


@pytest.mark.spec("INT-5")
def test_what_nobody_compares_may_change(matched: Any) -> None:
    resent(matched, lambda known: evolve(known, due_on=known.due_on.replace(day=1)))
    matched.run()
    [one] = listed(matched, "--all")
    assert (one["booked"], one["decisions"], held(matched)) == (True, [], (0, 0, WORTH))


@pytest.mark.spec("INT-3", "INT-5")
def test_an_invoice_that_is_deleted_after_it_matched_gives_its_budget_back(matched: Any) -> None:
    number = number_of(matched)
    resent(matched, None, deleted=True)
    matched.run()
    assert (listed(matched, "--all"), held(matched)) == ([], (0, WORTH, 0))

    # it comes again, and is one like any other
    with open_workspace(matched.directory) as opened, opened._storage.begin() as unit:
        decisions = unit.matches.decisions("askul", [number])
    assert [(one.line_number, one.decision.value) for one in decisions] == [
        ("1", "withdrawn"),
        ("", "withdrawn"),
    ]


@pytest.mark.spec("INT-4")
def test_a_line_that_is_gone_from_the_invoice_is_taken_back(matched: Any) -> None:
    def without(known: Invoice) -> Invoice:
        return evolve(repriced(known, "298"), lines=(evolve(known.lines[0], line_number="7", quantity=1),))

    resent(matched, without)
    matched.run()
    assert [(one["line_number"], one["booked"]) for one in listed(matched, "--all")] == [("7", False)]
    assert held(matched) == (0, WORTH, 0)


@pytest.mark.spec("INT-4")
def test_a_number_that_comes_again_for_something_else_is_a_duplicate(matched: Any) -> None:
    def other(known: Invoice) -> Invoice:
        return evolve(known, lines=(evolve(known.lines[0], ship_notice_number="SN-OTHER"),))

    resent(matched, other)
    matched.run()
    [one] = listed(matched)
    assert (one["result"], one["differences"][0]["kind"]) == ("duplicate_invoice", "number_reused")
    assert "order AC" in one["differences"][0]["text"]["en"]
    assert held(matched) == (0, WORTH, 0)
    with open_workspace(matched.directory) as opened:
        opened.accept_match(number_of(matched), "1", reason="their correction", decided_by="me")
    assert held(matched) == (0, 0, WORTH)


@pytest.mark.spec("INT-4")
def test_the_same_shipped_lines_under_another_number_are_a_duplicate(matched: Any) -> None:
    resent(matched, lambda known: evolve(known, invoice_number="IN-AGAIN"))
    assert matched.run().open_matches == 1
    [one] = listed(matched)
    assert [each["kind"] for each in one["differences"]] == ["billed_elsewhere", "more_than_ordered"]
    assert (one["invoice_number"], one["result"]) == ("IN-AGAIN", "duplicate_invoice")
    assert [each["amount"] for each in one["differences"]] == [WORTH, WORTH]
    assert held(matched) == (0, 0, WORTH)


@pytest.mark.spec("INT-4")
def test_a_line_number_that_an_invoice_has_twice_is_not_booked(invoiced: Any) -> None:
    invoiced.write("erp/receipts/r.csv", RECEIPT.format(quantity=12))

    def twice(known: Invoice) -> Invoice:
        half = evolve(known.lines[0], quantity=6, amount_excl_tax=6 * 298)
        return evolve(known, lines=(half, evolve(half, ship_notice_number="SN-2")))

    resent(invoiced, twice)
    assert invoiced.run().open_matches == 1
    [one] = listed(invoiced)
    assert (one["result"], one["differences"][0]["kind"]) == ("duplicate_invoice", "line_repeated")
    assert held(invoiced) == (0, WORTH, 0)
    with open_workspace(invoiced.directory) as opened, pytest.raises(MatchNotAccepted, match="several lines"):
        opened.accept_match(number_of(invoiced), "1", reason="right", decided_by="me")


@pytest.mark.spec("INT-4")
@pytest.mark.parametrize(
    "settings",
    [
        '[matching.suppliers]\naskul = "two_way"\n',
        # a percentage of nothing is nothing
        '[matching]\nquantity_tolerance_percent = "100"\nquantity_tolerance = 12\n',
    ],
)
def test_two_ways_need_no_receipt(invoiced: Any, settings: str) -> None:
    invoiced.configure(settings=settings)
    report = invoiced.run()
    if "quantity" in settings:
        assert report.open_matches == 1
    else:
        assert (report.open_matches, held(invoiced)) == (0, (0, 0, WORTH))


@pytest.mark.spec("INT-10")
def test_explain_tells_of_an_invoice_an_order_and_a_purchase_order(invoiced: Any) -> None:
    number = number_of(invoiced)
    [order] = invoiced.view("orders")
    with open_workspace(invoiced.directory) as opened:
        opened.accept_match(number, "1", reason="came yesterday", decided_by="経理 花子")

    [invoice] = json.loads(invoiced.cli("explain", number, "--json").stdout)["invoices"]
    [line] = invoice["lines"]
    assert (line["way"], line["standing"]) == ("three_way", "released")
    assert line["compared"]["order"]["unit_price"] == "298"
    assert line["compared"]["purchase_order"]["quantity"] == 12
    assert line["compared"]["received"] is None
    assert [one["quantity"] for one in line["compared"]["invoiced"]] == [12]
    assert [one["decided_by"] for one in invoice["decisions"]] == ["経理 花子"]
    assert sum(one["actual"] for one in invoice["ledger"]) == WORTH
    assert [one["state"] for one in invoice["messages"]] == ["sent"]

    explained = json.loads(invoiced.cli("explain", "PO-1", "--json").stdout)["purchase_orders"]
    by_order = json.loads(invoiced.cli("explain", order["order_number"], "--json").stdout)["purchase_orders"]
    assert explained == by_order
    [record] = explained
    assert (record["state"], record["budget"]["available_before"]) == ("placed", 100_000)
    assert [one["kind"] for one in record["ledger"]] == ["pre_encumbrance", "encumbrance", "actual"]
    assert {one["kind"] for one in record["messages"]} == {
        "place-order",
        "erp-confirmation",
        "erp-ship-notice",
        "erp-invoice",
    }
    english = invoiced.cli("explain", "PO-1").stdout
    assert "100000 JPY were available before, 96424 JPY after" in english
    assert "it does not match, but was released by a person" in english


@pytest.mark.spec("INT-10")
def test_explain_speaks_japanese_and_keeps_secrets(invoiced: Any) -> None:
    secret = (invoiced.directory / "secrets" / "askul.credential").read_text(encoding="ascii").strip()
    spoken = []
    for number in (number_of(invoiced), "PO-1"):
        for options in ((), ("--json",)):
            result = CliRunner().invoke(
                application,
                ("--directory", str(invoiced.directory), "explain", number, *options),
                env={"LC_ALL": "ja_JP.UTF-8"},
                prog_name="askul-connect",
            )
            assert result.exit_code == 0
            assert secret not in result.output
            spoken.append(result.stdout)
    assert "請求数量 12、検収数量 0" in spoken[0]
    assert "その前の利用可能額は 100000 JPY" in spoken[2]


@pytest.mark.spec("INT-10")
def test_a_number_that_nothing_has_is_a_typed_error(invoiced: Any) -> None:
    result = invoiced.cli("explain", "NOPE", "--json")
    assert (result.exit_code, json.loads(result.stderr)["code"]) == (2, "number-unknown")
    with open_workspace(invoiced.directory) as opened, pytest.raises(NumberUnknown):
        opened.explain("PO-1", supplier="other")


@pytest.mark.spec("INT-10")
def test_explain_tells_what_waits_and_what_was_refused(place: Any) -> None:
    place.order("a.csv", "PO-1,1,K200-0001,1,XPK,1,JPY,D100,,")
    place.run()
    [record] = json.loads(place.cli("explain", "PO-1", "--json").stdout)["purchase_orders"]
    assert record["state"] == "refused"
    assert "price" in record["refusal"]
    assert (sum(one["pre_encumbrance"] for one in record["ledger"]), record["orders"]) == (0, [])
    assert "its budget was given back" in place.cli("explain", "PO-1").stdout
