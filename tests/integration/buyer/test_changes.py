"""Changes of purchase orders: keys, answers, and outcomes that nobody knows (INT-6, INT-10, INT-11)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.security.simulated import SimulatedClock
from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.errors import (
    AccessDenied,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerUnreachable,
    TooLateToChange,
)
from askul_connect.core.ports.channel import Capability

PENS = "PO-1,1,K200-0001,10,XPK,298,JPY,D100,,"
TEA = "PO-1,2,G100-0001,4,XCT,1980,JPY,D200,,"
_XSD = "urn:oasis:names:specification:ubl:schema:xsd"
BUYER = (
    "<cac:BuyerCustomerParty><cac:Party><cbc:EndpointID schemeID='0188'>9999999999999</cbc:EndpointID></cac:Party>"
    "</cac:BuyerCustomerParty>"
)


@pytest.fixture(scope="module")
def ordered_directory(module_place: Any) -> Path:
    """A directory with a purchase order that was placed a moment ago."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(SimulatedClock, "advance", lambda *_: False)
        module_place.order("a.csv", PENS, TEA)
        module_place.run()
    return Path(module_place.directory)


@pytest.fixture
def ordered(ordered_directory: Path, place: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A copy of it; the clock stands."""
    monkeypatch.setattr(SimulatedClock, "advance", lambda *_: False)
    shutil.rmtree(place.directory)
    shutil.copytree(ordered_directory, place.directory)
    return place


def drop(place: Any, *rows: str, name: str = "c.csv") -> None:
    rows = ("change_id,purchase_order_id,kind,line_id,quantity", *rows, "")
    place.write(f"erp/in/{name}", "\n".join(rows))


def live(place: Any) -> dict[str, int]:
    [order] = place.view("orders")
    return {line["line_id"]: line["quantity"] - line["quantity_cancelled"] for line in order["lines"]}


def states(place: Any) -> list[str]:
    [order] = place.view("orders")
    return [change["state"] for change in order["changes"]]


def moves(place: Any) -> list[Any]:
    storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
    with storage.begin() as unit:
        [record] = unit.purchase_orders.all()
        found = list(unit.budgets.moves(str(record.key)))
    storage.close()
    return found


def codes(place: Any, name: str = "c.csv") -> list[tuple[str, str]]:
    return [(problem["code"], problem["where"]) for problem in place.error(name)["problems"]]


@pytest.mark.spec("INT-6", "INT-11")
@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
def test_what_may_have_been_changed_is_asked_for_and_never_sent_again_blindly(
    ordered: Any, *, done: bool
) -> None:
    def lost(inner: Any, request: Any, **more: Any) -> Any:
        if done:
            inner.change(request, **more)
        raise OutcomeUnknown("the line went dead")

    ordered.faults.plan["askul", "change"] = lost
    drop(ordered, "C-1,PO-1,change,1,7")
    assert ordered.run().exit_code == 3
    [message] = [one for one in ordered.view("outbox") if one["kind"] == "change-order"]
    assert (message["state"], states(ordered), ordered.names("in")) == ("unknown", ["waiting"], ["c.csv"])

    del ordered.faults.plan["askul", "change"]
    ordered.faults.calls.clear()
    assert ordered.run().exit_code == 0
    assert len(ordered.faults.made("find")) == 1
    assert len(ordered.faults.made("change")) == (0 if done else 1)
    assert (live(ordered), states(ordered)) == ({"1": 7, "2": 4}, ["done"])
    assert ordered.names("in") == []


@pytest.mark.spec("INT-6", "REL-4")
def test_a_change_that_does_not_show_yet_is_carried_out_once(ordered: Any) -> None:
    """The answer is lost, and what asking says is older than the change."""

    def lost(inner: Any, request: Any, **more: Any) -> Any:
        inner.change(request, **more)
        raise OutcomeUnknown("the line went dead")

    def as_placed(inner: Any, request: Any, **more: Any) -> Any:
        return tuple(
            evolve(
                order,
                lines=tuple(evolve(line, quantity=10 if line.line_id == "1" else 4) for line in order.lines),
            )
            for order in inner.find(request, **more)
        )

    ordered.faults.plan["askul", "change"] = lost
    drop(ordered, "C-1,PO-1,change,1,12")
    ordered.run()
    del ordered.faults.plan["askul", "change"]
    ordered.faults.plan["askul", "find"] = as_placed
    assert ordered.run().exit_code == 0
    assert len(ordered.faults.made("change")) == 2
    assert (live(ordered), states(ordered)) == ({"1": 12, "2": 4}, ["done"])


@pytest.mark.spec("INT-6", "INT-11")
def test_changes_of_an_order_go_one_after_the_other(ordered: Any) -> None:
    ordered.faults.down["askul"] = PartnerUnreachable("no route to host")
    drop(ordered, "C-1,PO-1,change,1,7", "C-2,PO-1,change,1,12")
    ordered.run()
    assert states(ordered) == ["waiting", "waiting"]
    # what the last of them wants more is reserved meanwhile
    assert ordered.budget()["pre_encumbrance"] == 596

    ordered.faults.down.clear()
    ordered.run()
    assert [request.lines[0].quantity for request in ordered.faults.made("change")][-2:] == [7, 12]
    assert (live(ordered)["1"], states(ordered)) == (12, ["done", "done"])
    assert (ordered.budget()["pre_encumbrance"], ordered.budget()["encumbrance"]) == (0, 3576)


@pytest.mark.spec("INT-6", "INT-11")
def test_a_change_that_failed_is_not_overtaken(ordered: Any) -> None:
    def unclear(inner: Any, request: Any, **more: Any) -> Any:
        if request.lines[0].quantity == 7:
            raise PartnerAnswerInvalid("what came is no answer")
        return inner.change(request, **more)

    ordered.faults.plan["askul", "change"] = unclear
    drop(ordered, "C-1,PO-1,change,1,7", "C-2,PO-1,change,1,12")
    ordered.run()
    assert [request.lines[0].quantity for request in ordered.faults.made("change")] == [7]
    del ordered.faults.plan["askul", "change"]
    ordered.run()
    assert (live(ordered)["1"], states(ordered)) == (12, ["done", "done"])


@pytest.mark.spec("INT-6", "INT-11")
def test_a_change_waits_until_it_is_known_whether_its_order_was_placed(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(inner: Any, request: Any, **more: Any) -> Any:
        inner.place(request, **more)
        raise OutcomeUnknown("the line went dead")

    monkeypatch.setattr(SimulatedClock, "advance", lambda *_: False)
    place.faults.plan["askul", "place"] = lost
    place.order("a.csv", PENS, TEA)
    place.run()
    drop(place, "C-1,PO-1,cancel,2,")
    place.faults.down["askul"] = PartnerUnreachable("no route to host")
    place.run()
    assert place.names("in") == ["a.csv", "c.csv"]

    place.faults.down.clear()
    place.run()
    assert (live(place), states(place), place.names("in")) == ({"1": 10, "2": 0}, ["done"], [])
    assert len(place.faults.made("place")) == 1


@pytest.mark.spec("INT-11")
def test_a_change_of_an_order_that_is_refused_then_is_refused_too(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SimulatedClock, "advance", lambda *_: False)
    place.faults.plan["askul", "place"] = lambda *_given, **_named: (_ for _ in ()).throw(OutcomeUnknown("?"))
    place.order("a.csv", PENS, "PO-1,2,NO-SUCH,1,EA,10,JPY,D200,,")
    place.run()
    drop(place, "C-1,PO-1,cancel,1,")
    del place.faults.plan["askul", "place"]
    place.run()
    assert place.names("rejected") == ["a.csv", "a.csv.error.json", "c.csv", "c.csv.error.json"]
    assert codes(place) == [("illegal-step", "")]
    assert place.budget()["available"] == 100_000


@pytest.mark.spec("INT-11")
def test_the_same_number_with_other_content_is_a_conflict(ordered: Any) -> None:
    drop(ordered, "C-1,PO-1,change,1,7")
    ordered.run()
    drop(ordered, "C-1,PO-1,change,1,7", name="again.csv")
    ordered.faults.calls.clear()
    ordered.run()
    assert ordered.faults.made("change") == []
    drop(ordered, "C-1,PO-1,change,1,8", name="other.csv")
    ordered.run()
    assert codes(ordered, "other.csv") == [("purchase-order-conflict", "change_id")]
    # a purchase order is still no change of itself
    ordered.order("b.csv", PENS.replace(",10,", ",7,"), TEA)
    ordered.run()
    assert codes(ordered, "b.csv") == [("purchase-order-conflict", "purchase_order_id")]
    ordered.order("c.csv", PENS, TEA)
    ordered.run()
    assert ordered.names("in") == []
    assert live(ordered) == {"1": 7, "2": 4}


@pytest.mark.spec("ORD-5", "INT-3", "INT-11")
def test_a_refusal_moves_nothing_of_the_ledger_and_may_be_tried_again(ordered: Any) -> None:
    def late(*_given: Any, **_named: Any) -> Any:
        raise TooLateToChange("line 1 could be changed until noon")

    ordered.faults.plan["askul", "change"] = late
    before = moves(ordered)
    drop(ordered, "C-1,PO-1,change,1,7")
    report = ordered.run()
    assert moves(ordered) == before
    assert ([one.error.code for one in report.rejections], report.exit_code) == (["too-late-to-change"], 1)
    assert codes(ordered) == [("too-late-to-change", "")]

    del ordered.faults.plan["askul", "change"]
    drop(ordered, "C-1,PO-1,change,1,7", name="again.csv")
    ordered.run()
    assert (live(ordered)["1"], states(ordered)) == (7, ["done"])


@pytest.mark.spec("INT-1", "INT-11")
@pytest.mark.parametrize("lacking", [Capability.CHANGE, Capability.CANCEL])
def test_what_a_supplier_does_not_take_goes_back_unsent(ordered: Any, lacking: Capability) -> None:
    ordered.faults.lacking.add(lacking)
    before = moves(ordered)
    row = "C-1,PO-1,change,1,7" if lacking is Capability.CHANGE else "C-1,PO-1,cancel,,"
    drop(ordered, row)
    assert ordered.run().exit_code == 1
    assert codes(ordered) == [("capability-missing", "askul")]
    assert (moves(ordered), states(ordered)) == (before, [])


@pytest.mark.spec("INT-11", "INT-12")
def test_a_change_for_a_supplier_that_is_no_longer_configured_goes_back(ordered: Any) -> None:
    ordered.configure(suppliers=("other",))
    drop(ordered, "C-1,PO-1,change,1,7")
    ordered.run()
    assert codes(ordered) == [("configuration-invalid", "suppliers.askul")]


@pytest.mark.spec("INT-6")
def test_a_change_that_is_given_up_waits_for_a_person(ordered: Any) -> None:
    path = ordered.directory / "askul-connect.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[outbox]\nattempts = 1\n", encoding="utf-8")
    ordered.faults.plan["askul", "change"] = lambda *_given, **_named: (_ for _ in ()).throw(
        PartnerUnreachable("no route to host")
    )
    drop(ordered, "C-1,PO-1,change,1,12")
    ordered.run()
    assert (states(ordered), ordered.names("in")) == (["given_up"], [])
    assert ordered.budget()["pre_encumbrance"] == 0
    assert "drop the file again" in ordered.error("c.csv")["problems"][0]["detail"]

    del ordered.faults.plan["askul", "change"]
    drop(ordered, "C-1,PO-1,change,1,12", name="again.csv")
    ordered.run()
    assert (live(ordered)["1"], states(ordered)) == (12, ["done"])


@pytest.mark.spec("INT-6", "INT-11")
def test_what_a_change_did_stays_when_the_rest_of_it_is_refused(ordered: Any) -> None:
    def late(*_given: Any, **_named: Any) -> Any:
        raise TooLateToChange("line 2 could be cancelled until noon")

    # a supplier that tries nothing cannot say beforehand that it will refuse
    ordered.faults.lacking.add(Capability.TRIAL)
    ordered.faults.plan["askul", "cancel"] = late
    drop(ordered, "C-1,PO-1,change,1,7", "C-1,PO-1,change,2,0")
    ordered.run()
    assert (live(ordered), states(ordered)) == ({"1": 7, "2": 4}, ["refused"])
    assert codes(ordered) == [("too-late-to-change", "")]
    assert [name for name in ordered.out() if name.startswith("confirmation-")] == [
        "confirmation-askul-CH00000001.xml"
    ]
    assert ordered.budget()["encumbrance"] == 2086


@pytest.mark.spec("INT-6", "INT-11")
def test_a_change_of_two_calls_is_tried_before_either_is_made(ordered: Any) -> None:
    def late(_inner: Any, request: Any, **_more: Any) -> Any:
        assert request.trial
        raise TooLateToChange("line 2 could be cancelled until noon")

    ordered.faults.plan["askul", "cancel"] = late
    before = moves(ordered)
    drop(ordered, "C-1,PO-1,change,1,7", "C-1,PO-1,change,2,0")
    ordered.run()
    assert (live(ordered), states(ordered)) == ({"1": 10, "2": 4}, ["refused"])
    assert moves(ordered) == before


@pytest.mark.spec("INT-10")
def test_a_trial_says_what_a_change_would_do_and_does_nothing(ordered: Any) -> None:
    drop(ordered, "C-1,PO-1,change,1,7", "C-2,PO-1,close,2,")
    drop(ordered, "C-3,PO-9,cancel,,", name="d.csv")
    before = ordered.state()
    report = ordered.run(trial=True)
    assert (report.order_changes, [one.error.code for one in report.rejections]) == (
        2,
        ["purchase-order-unknown"],
    )
    assert [request.trial for request in ordered.faults.made("change")] == [True]
    assert ordered.state() == before


@pytest.mark.spec("INT-10")
def test_a_trial_shows_an_order_as_its_change_leaves_it(place: Any) -> None:
    place.order("a.csv", PENS, TEA)
    drop(place, "C-1,PO-1,change,1,20")
    [row] = place.run(trial=True).rows
    assert (row.budget_before, row.budget_after) == (200_000, 200_000 - 5960 - 7920)
    [request] = place.faults.made("place")
    assert [line.quantity for line in request.lines] == [20, 4]


@pytest.mark.spec("INT-2", "INT-11")
def test_an_order_change_and_a_cancellation_of_ubl_are_taken(ordered: Any) -> None:
    common = f'xmlns:cac="{_XSD}:CommonAggregateComponents-2" xmlns:cbc="{_XSD}:CommonBasicComponents-2"'
    reference = "<cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>"

    def line(number: str, units: int, price: str) -> str:
        return (
            f"<cac:OrderLine><cac:LineItem><cbc:ID>{number}</cbc:ID><cbc:Quantity unitCode='XPK'>{units}"
            f"</cbc:Quantity><cac:Price><cbc:PriceAmount currencyID='JPY'>{price}</cbc:PriceAmount></cac:Price>"
            "</cac:LineItem></cac:OrderLine>"
        )

    def order_change(number: str, *lines: str) -> str:
        return (
            f'<OrderChange xmlns="{_XSD}:OrderChange-2" {common}><cbc:ID>{number}</cbc:ID>{reference}{BUYER}'
            f"{''.join(lines)}</OrderChange>"
        )

    ordered.write("erp/in/c.xml", order_change("C-1", line("1", 7, "298.00")))
    ordered.write("erp/in/d.xml", order_change("C-2", line("1", 7, "200"), line("9", 1, "1")))
    ordered.run()
    assert live(ordered) == {"1": 7, "2": 4}
    assert codes(ordered, "d.xml") == [
        ("value-invalid", "/OrderChange/cac:OrderLine[1]/cac:LineItem/cac:Price/cbc:PriceAmount"),
        ("value-invalid", "/OrderChange/cac:OrderLine[2]/cac:LineItem/cbc:ID"),
    ]
    ordered.write(
        "erp/in/e.xml",
        f'<OrderCancellation xmlns="{_XSD}:OrderCancellation-2" {common}><cbc:ID>X-1</cbc:ID>{reference}{BUYER}'
        "</OrderCancellation>",
    )
    ordered.run()
    assert live(ordered) == {"1": 0, "2": 0}


@pytest.mark.spec("INT-11")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("C-1,PO-9,cancel,,", "purchase-order-unknown"),
        ("C-1,PO-1,cancel,9,", "value-invalid"),
        ("C-1,PO-1,reopen,1,", "value-invalid"),
        ("C-1,PO-1,change,1,x", "value-invalid"),
    ],
)
def test_what_cannot_be_taken_goes_back_with_its_code(ordered: Any, row: str, code: str) -> None:
    before = moves(ordered)
    drop(ordered, row)
    assert ordered.run().exit_code == 1
    assert [found for found, _ in codes(ordered)] == [code]
    assert moves(ordered) == before


@pytest.mark.spec("INT-5", "AUTH-20")
def test_a_credential_that_may_not_read_credit_notes_is_told_and_stops_nothing(ordered: Any) -> None:
    ordered.faults.plan["askul", "credit_notes"] = lambda *_: (_ for _ in ()).throw(
        AccessDenied("the credential is not issued for ListCreditNotes")
    )
    report = ordered.run()
    assert (report.exit_code, report.failures) == (0, ())
    assert any("credit notes are not read" in warning for warning in report.warnings)


@pytest.mark.spec("INT-5", "INT-6", "INT-11", "INT-12")
def test_a_run_with_a_change_that_is_killed_at_any_commit_is_taken_up(ordered: Any, interrupted: Any) -> None:
    drop(ordered, "C-1,PO-1,change,1,7", "C-1,PO-1,change,2,0", "C-2,PO-1,close,1,")
    wanted = interrupted(ordered)
    [order] = wanted["orders"]
    assert [change["state"] for change in order["changes"]] == ["done", "done"]
    assert "confirmation-askul-CH00000002.xml" in wanted["out"]
