"""``outbox``: what a person sees of the messages that are to leave, and decides about them (INT-6, INT-10)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from askul_connect.core.errors import OutcomeUnknown, PartnerUnreachable
from askul_connect.core.services.buyer.lease import LEASE_LIFE

FIRST = "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,"
SECOND = "PO-2,1,K200-0001,2,XPK,298,JPY,D100,,"
WHY = ("--reason", "the supplier is back", "--by", "花子")


@pytest.fixture
def waiting(place: Any) -> Any:
    """Two orders for a supplier that cannot be reached; the second was not tried."""
    place.order("a.csv", FIRST)
    place.order("b.csv", SECOND)
    place.faults.down["askul"] = PartnerUnreachable("no route to host")
    place.run()
    return place


def states(place: Any) -> dict[str, str]:
    return {
        one["business_key"].rpartition(":")[2]: one["state"]
        for one in place.view("outbox")
        if one["kind"] == "place-order"
    }


def decided(place: Any, *arguments: str, code: int = 0) -> Any:
    result = place.cli("outbox", *arguments, "--json")
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.spec("INT-6")
def test_a_message_is_listed_and_shown(waiting: Any) -> None:
    everything = waiting.view("outbox")
    assert decided(waiting, "list", "--state", "pending", "--kind", "place-order") == everything
    assert decided(waiting, "list", "--state", "dead") == []
    shown = decided(waiting, "show", "PO-1")
    assert {key: shown[key] for key in everything[0]} == everything[0]
    assert decided(waiting, "show", everything[0]["id"]) == shown
    assert decided(waiting, "show", everything[0]["business_key"]) == shown
    assert shown["possible"] == ["resend", "give-up", "repair"]
    assert [(line["sku"], line["quantity"]) for line in shown["order"]["lines"]] == [("K200-0001", 12)]
    assert shown["decisions"] == []

    table = waiting.cli("outbox", "show", "PO-1")
    assert "no route to host" in table.stdout
    assert "you can: resend, give-up, repair" in table.stdout


@pytest.mark.spec("INT-6", "INT-10")
@pytest.mark.parametrize("step", ["resend", "give-up"])
def test_a_trial_says_what_would_become_of_a_message_and_changes_nothing(waiting: Any, step: str) -> None:
    before = (waiting.state(), decided(waiting, "show", "PO-1"))

    found = decided(waiting, step, "PO-1", "--trial", *WHY)

    [one] = found["decided"]
    assert one["trial"] is True
    assert (one["was"], one["state"]) == ("pending", "pending" if step == "resend" else "refused")
    assert (waiting.state(), decided(waiting, "show", "PO-1")) == before
    assert "Trial: nothing was changed." in waiting.cli("outbox", step, "PO-1", "--trial", *WHY).stdout


@pytest.mark.spec("INT-6", "INT-3")
def test_giving_an_order_up_frees_its_budget_and_rejects_its_file(waiting: Any) -> None:
    assert waiting.budget()["pre_encumbrance"] == 14 * 298

    result = waiting.cli("outbox", "give-up", "PO-1", *WHY)

    assert result.exit_code == 0
    assert "0188:9999999999999:PO-1: pending -> refused" in result.stdout
    assert waiting.budget()["pre_encumbrance"] == 2 * 298
    [decision] = decided(waiting, "show", "PO-1")["decisions"]
    assert (decision["by"], decision["step"], decision["reason"]) == (
        "花子",
        "give-up",
        "the supplier is back",
    )
    waiting.faults.down.clear()
    report = waiting.run()
    assert [(one.document, one.error.code) for one in report.rejections] == [("a.csv", "order-given-up")]
    assert (waiting.names("rejected")[0], waiting.names("done")) == ("a.csv", ["b.csv"])
    assert [order["purchase_order_id"] for order in waiting.view("orders")] == ["PO-2"]
    assert waiting.cli("verify").exit_code == 0


@pytest.mark.spec("INT-6")
def test_what_may_have_been_executed_is_asked_for_and_never_given_up(place: Any) -> None:
    def lost(inner: Any, request: Any, **named: Any) -> Any:
        inner.place(request, **named)
        raise OutcomeUnknown("no answer")

    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = lost
    place.faults.plan["askul", "find"] = lambda *_given, **_named: (_ for _ in ()).throw(
        PartnerUnreachable("down")
    )
    place.faults.plan["askul", "orders"] = place.faults.plan["askul", "find"]
    place.run()

    for step in ("give-up", "repair"):
        refused = place.cli("outbox", step, "PO-1", "--reason", "tired of waiting")
        assert refused.exit_code == 2
        assert "may have been executed" in refused.stderr
    [one] = decided(place, "resend", "PO-1", *WHY)["decided"]
    assert (one["was"], one["state"]) == ("unknown", "unknown")
    place.faults.plan.clear()
    place.faults.calls.clear()
    place.run()
    assert place.faults.made("place") == []
    assert states(place) == {"PO-1": "sent"}
    over = place.cli("outbox", "resend", "PO-1", *WHY)
    assert over.exit_code == 2
    assert "was sent and answered" in over.stderr


@pytest.mark.spec("INT-2", "INT-6")
def test_an_order_is_repaired_after_its_mapping_was_corrected(place: Any) -> None:
    mapping = "supplier,item,sku\naskul,OURS-1,{}\n"
    place.write("erp/mapping/items.csv", mapping.format("K200-0001"))
    place.order("a.csv", "PO-1,1,OURS-1,12,XPK,298,JPY,D100,,")
    place.faults.down["askul"] = PartnerUnreachable("no route to host")
    place.run()
    same = place.cli("outbox", "repair", "PO-1", *WHY)
    assert same.exit_code == 2
    assert "comes out the same" in same.stderr

    place.write("erp/mapping/items.csv", mapping.format("G100-0001"))
    place.faults.down.clear()
    # a run by itself never changes an order under its number
    assert [one.error.code for one in place.run(trial=True).rejections] == ["purchase-order-conflict"]
    [tried] = decided(place, "repair", "PO-1", "--trial", *WHY)["decided"]
    assert decided(place, "show", "PO-1")["order"]["lines"][0]["sku"] == "K200-0001"
    [done] = decided(place, "repair", "PO-1", *WHY)["decided"]
    assert {**tried, "trial": False} == done

    shown = decided(place, "show", "PO-1")
    assert (shown["order"]["lines"][0]["sku"], shown["order"]["attempt"]) == ("G100-0001", 2)
    assert place.budget()["pre_encumbrance"] == 12 * 298
    place.faults.calls.clear()
    place.run()
    [request] = place.faults.made("place")
    assert [line.sku for line in request.lines] == ["G100-0001"]


@pytest.mark.spec("INT-6")
def test_a_dead_order_is_repaired_from_its_rejected_file(place: Any) -> None:
    place.configure(settings="[outbox]\nattempts = 1\n")
    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = lambda *_given, **_named: (_ for _ in ()).throw(
        PartnerUnreachable("down")
    )
    place.run()
    assert states(place) == {"PO-1": "dead"}
    gone = place.cli("outbox", "repair", "PO-1", *WHY)
    assert (gone.exit_code, "--document" in gone.stderr) == (2, True)
    file = place.directory / "erp" / "rejected" / "a.csv"
    other = place.cli("outbox", "repair", "PO-1", "--document", str(file), *WHY)
    assert "comes out the same" in other.stderr
    file.write_text(file.read_text(encoding="utf-8").replace(",12,", ",7,"), encoding="utf-8")
    assert decided(place, "repair", "PO-1", "--document", str(file), *WHY)["decided"][0]["state"] == "pending"
    missing = place.cli("outbox", "repair", "PO-1", "--document", "nowhere.csv", *WHY)
    assert (missing.exit_code, "cannot be read" in missing.stderr) == (2, True)
    place.faults.plan.clear()
    place.run()
    assert [order["lines"][0]["quantity"] for order in place.view("orders")] == [7]


@pytest.mark.spec("INT-6")
def test_all_of_a_state_are_decided_one_by_one_and_what_cannot_be_is_told(waiting: Any) -> None:
    found = decided(waiting, "give-up", "PO-9", "--state", "pending", *WHY, code=1)

    assert [one["business_key"].rpartition(":")[2] for one in found["decided"]] == ["PO-1", "PO-2"]
    assert [one["message"] for one in found["failed"]] == ["PO-9"]
    assert states(waiting) == {"PO-1": "refused", "PO-2": "refused"}
    nothing = waiting.cli("outbox", "give-up", "--state", "held", *WHY)
    assert nothing.exit_code == 2


@pytest.mark.spec("INT-12")
def test_no_decision_is_made_under_a_run(waiting: Any) -> None:
    from datetime import UTC, datetime

    from askul_connect.adapters.storage.sql.storage import buyer_sql
    from askul_connect.core.domain.purchasing import Lease

    storage = buyer_sql(f"sqlite:///{waiting.directory}/data/buyer.sqlite3")
    with storage.begin() as unit:
        unit.leases.put(Lease(name="run", holder="elsewhere:1:2", expires_at=datetime.now(UTC) + LEASE_LIFE))
    storage.close()

    result = waiting.cli("outbox", "give-up", "PO-1", *WHY)

    assert result.exit_code == 5
    assert states(waiting)["PO-1"] == "pending"


@pytest.mark.spec("INT-6")
def test_a_document_goes_to_the_erp_again_and_changes_nothing_there(place: Any) -> None:
    place.order("a.csv", FIRST)
    place.run()
    before = place.out()
    (place.directory / "erp" / "out" / min(before)).unlink()

    number = next(one["business_key"] for one in place.view("outbox") if one["kind"] == "erp-confirmation")
    assert decided(place, "resend", number, *WHY)["decided"][0]["state"] == "pending"
    place.run()

    assert place.out() == before
    refused = place.cli("outbox", "repair", number, *WHY)
    assert (refused.exit_code, "only orders" in refused.stderr) == (2, True)
