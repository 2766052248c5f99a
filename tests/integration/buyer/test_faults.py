"""What goes wrong between the two sides: nothing is lost, nothing is done twice, and others go on (INT-6, INT-9)."""

from __future__ import annotations

from typing import Any

import pytest

from askul_connect.core.errors import (
    AskulConnectError,
    OutcomeUnknown,
    PartnerAnswerInvalid,
    PartnerRefused,
    PartnerUnreachable,
)
from askul_connect.core.messages.ordering import PlaceOrderResponse
from askul_connect.core.ports.channel import Capability

FIRST = "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,"
SECOND = "PO-2,1,K200-0001,2,XPK,298,JPY,D100,,"


def messages(place: Any, kind: str = "place-order") -> list[tuple[str, str, int]]:
    return [
        (entry["business_key"].rpartition(":")[2], entry["state"], entry["attempts"])
        for entry in place.view("outbox")
        if entry["kind"] == kind
    ]


def placed(place: Any) -> list[str]:
    return [order["purchase_order_id"] for order in place.view("orders")]


@pytest.mark.spec("INT-6")
def test_orders_are_placed_and_documents_posted_in_the_order_they_came(place: Any) -> None:
    numbers = [f"PO-{number}" for number in (3, 20, 1, 100, 11, 2)]
    place.order("a.csv", *(f"{number},1,K200-0001,1,XPK,298,JPY,D100,," for number in numbers))

    place.run()

    assert [request.purchase_order_id for request in place.faults.made("place")] == numbers
    assert [key for key, _, _ in messages(place)] == numbers
    assert placed(place) == numbers
    assert messages(place, "erp-confirmation") == [
        (f"askul/CF{number:08}", "sent", 1) for number in range(1, 7)
    ]


@pytest.mark.spec("INT-6")
def test_an_unreachable_supplier_keeps_the_file_and_the_next_run_places_it_once(place: Any) -> None:
    place.order("a.csv", FIRST, SECOND)
    place.faults.down["askul"] = PartnerUnreachable("no route to host")

    result = place.cli("run")

    assert result.exit_code == 3
    assert "no route to host" in result.stderr
    assert (place.names("in"), placed(place)) == (["a.csv"], [])
    assert messages(place) == [("PO-1", "pending", 1), ("PO-2", "pending", 0)]
    # the second was not even tried: it would have waited for the same time-out
    assert len(place.faults.made("place")) == 1
    assert place.budget()["pre_encumbrance"] == 14 * 298

    place.faults.down.clear()
    result = place.cli("run")

    assert result.exit_code == 1, "the month is invoiced, and no goods receipt came"
    assert (placed(place), place.names("in"), place.names("done")) == (["PO-1", "PO-2"], [], ["a.csv"])
    assert [(key, state) for key, state, _ in messages(place)] == [("PO-1", "sent"), ("PO-2", "sent")]


def fails_after(error: AskulConnectError) -> Any:
    """The supplier executes the call, and the answer is lost."""

    def place(inner: Any, request: Any, **named: Any) -> Any:
        inner.place(request, **named)
        raise error

    return place


def fails_before(error: AskulConnectError) -> Any:
    def place(*_given: Any, **_named: Any) -> Any:
        raise error

    return place


@pytest.mark.spec("INT-6")
@pytest.mark.parametrize("fault", [fails_after, fails_before])
@pytest.mark.parametrize(
    "error",
    [OutcomeUnknown("no answer in 30 s"), PartnerAnswerInvalid("<html>")],
    ids=lambda error: error.code,
)
def test_an_unknown_outcome_is_asked_for_before_anything_is_sent_again(
    place: Any, fault: Any, error: AskulConnectError
) -> None:
    place.order("a.csv", FIRST)
    faults = place.faults
    faults.plan["askul", "place"] = fault(error)
    # nothing is due in the supplier that could make a second pass
    faults.plan["askul", "orders"] = fails_before(PartnerUnreachable("down"))
    faults.plan["askul", "find"] = fails_before(PartnerUnreachable("down"))

    assert place.cli("run").exit_code == 3

    assert messages(place)[0][:2] == ("PO-1", "unknown")
    assert place.names("in") == ["a.csv"]
    faults.plan.clear()
    faults.calls.clear()
    place.run()

    assert next(method for _, method, _ in faults.calls) == "find"
    assert len(faults.made("place")) == (1 if fault is fails_before else 0)
    assert placed(place) == ["PO-1"]
    assert messages(place)[0][:2] == ("PO-1", "sent")
    assert place.names("done") == ["a.csv"]
    assert place.budget()["pre_encumbrance"] == 0


@pytest.mark.spec("INT-3", "INT-6")
def test_what_was_cancelled_while_the_outcome_was_unknown_gives_its_budget_back(place: Any) -> None:
    configuration = place.directory / "askul-connect.toml"
    exception = (
        '\n[[suppliers.askul.behaviour.exceptions]]\npurchase_order_id = "PO-1"\nline_id = "1"\nshort = 2\n'
    )
    configuration.write_text(configuration.read_text(encoding="utf-8") + exception, encoding="utf-8")
    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = fails_after(OutcomeUnknown("no answer"))
    place.faults.plan["askul", "find"] = fails_before(PartnerUnreachable("down"))

    # the supplier ships 10 and will never ship 2, all while we do not know that it has the order
    place.run()

    assert placed(place) == ["PO-1"]
    assert place.budget()["pre_encumbrance"] == 12 * 298
    place.faults.plan.clear()
    place.write(
        "erp/receipts/r.csv", "purchase_order_id,line_id,quantity,received_on\nPO-1,1,10,2026-04-14\n"
    )
    assert place.run().open_matches == 0
    left = place.budget()
    assert (left["pre_encumbrance"], left["encumbrance"], left["actual"]) == (0, 0, 10 * 298)


@pytest.mark.spec("INT-6")
def test_a_message_that_was_under_way_counts_as_unknown(place: Any) -> None:
    class Killed(BaseException):
        pass

    def kill(inner: Any, request: Any, **named: Any) -> Any:
        inner.place(request, **named)
        raise Killed

    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = kill
    with pytest.raises(Killed):
        place.run()
    place.faults.plan.clear()
    place.faults.calls.clear()

    assert messages(place) == [("PO-1", "unknown", 0)]
    place.run()

    assert place.faults.made("place") == []
    assert messages(place) == [("PO-1", "sent", 1)]


@pytest.mark.spec("INT-6", "AUTH-20")
def test_a_wrong_credential_ends_with_2_and_loses_nothing(place: Any) -> None:
    secret = place.directory / "secrets" / "askul.credential"
    right = secret.read_bytes()
    secret.write_text(f"ac_{'x' * 43}\n", encoding="ascii")
    place.order("a.csv", FIRST)

    result = place.cli("run")

    assert result.exit_code == 2
    assert "not-authenticated" in result.stderr
    assert (place.names("in"), messages(place)) == (["a.csv"], [("PO-1", "pending", 1)])
    secret.write_bytes(right)
    place.run()
    assert placed(place) == ["PO-1"]


@pytest.mark.spec("INT-9")
def test_one_failing_supplier_does_not_stop_another(place: Any) -> None:
    place.configure(suppliers=("askul", "other"), settings='[erp]\ndefault_supplier = "askul"')
    place.write(
        "erp/mapping/parties.csv",
        "party,role,supplier\n0188:9999999999999,buyer,\n0188:1999999999998,seller,other\n",
    )
    place.order("a.csv", FIRST)
    place.faults.down["askul"] = PartnerUnreachable("down")
    place.write("erp/in/b.xml", UBL)

    report = place.run()

    assert report.exit_code == 3
    assert {failure.supplier for failure in report.failures} == {"askul"}
    assert [
        (order["purchase_order_id"], order["supplier"], order["state"]) for order in place.view("orders")
    ] == [("PO-UBL", "other", "shipped")]
    assert (place.names("in"), place.names("done")) == (["a.csv"], ["b.xml"])
    place.faults.down.clear()
    place.run()
    assert sorted(placed(place)) == ["PO-1", "PO-UBL"]


@pytest.mark.spec("INT-6")
def test_a_failure_to_place_is_not_forgotten_because_reading_works(place: Any) -> None:
    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = fails_before(PartnerRefused("teapot"))

    report = place.run()

    assert report.exit_code == 3
    assert [(failure.subject.rpartition(":")[2], failure.error.code) for failure in report.failures] == [
        ("PO-1", "partner-refused")
    ]


@pytest.mark.spec("INT-6")
def test_tries_are_counted_when_they_are_due_and_given_up_in_the_end(place: Any) -> None:
    place.configure(settings="[outbox]\nattempts = 2\nfirst_retry_seconds = 60\n")
    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = fails_before(PartnerUnreachable("down"))
    for _ in range(4):
        assert place.run().exit_code == 3
    # runs that somebody starts before a message's time are free
    assert messages(place) == [("PO-1", "pending", 1)]

    # another order makes the supplier's clock go on, and with it ours
    def place_others(inner: Any, request: Any, **named: Any) -> Any:
        if request.purchase_order_id == "PO-1":
            raise PartnerRefused("teapot")
        return inner.place(request, **named)

    place.faults.plan["askul", "place"] = place_others
    place.order("b.csv", SECOND)
    report = place.run()

    assert messages(place)[0] == ("PO-1", "dead", 2)
    assert (place.names("in"), place.names("done")) == ([], ["b.csv"])
    assert report.exit_code == 3
    [problem] = place.error("a.csv")["problems"]
    assert problem["code"] == "partner-refused"
    assert "given up after 2 tries" in problem["detail"]
    assert "drop the file again" in problem["detail"]

    place.faults.plan.clear()
    place.order("a.csv", FIRST)
    place.run()
    assert sorted(placed(place)) == ["PO-1", "PO-2"]
    assert place.names("done") == ["a.csv", "b.csv"]


@pytest.mark.spec("INT-1", "INT-6")
def test_an_answer_without_an_order_is_no_success(place: Any) -> None:
    place.order("a.csv", FIRST)
    place.faults.plan["askul", "place"] = lambda inner, request, **named: PlaceOrderResponse(
        orders=(), trial=False
    )

    report = place.run()

    assert report.exit_code == 3
    assert messages(place)[0][1] == "unknown"
    assert place.names("in") == ["a.csv"]


@pytest.mark.spec("INT-1")
@pytest.mark.parametrize("lacking", [Capability.PLACE, Capability.INVOICES])
def test_what_a_supplier_lacks_is_not_asked_for(place: Any, lacking: Capability) -> None:
    place.faults.lacking.add(lacking)
    place.order("a.csv", FIRST)

    report = place.run()

    assert place.faults.made(str(lacking)) == []
    assert [failure.error.code for failure in report.failures] == (
        ["capability-missing"] if lacking is Capability.PLACE else []
    )
    assert place.names("in") == (["a.csv"] if lacking is Capability.PLACE else [])


def test_a_pending_order_of_a_connection_that_is_gone_says_so(place: Any) -> None:
    place.configure(suppliers=("askul", "other"), settings='[erp]\ndefault_supplier = "other"')
    place.faults.down["other"] = PartnerUnreachable("down")
    place.order("a.csv", FIRST)
    place.run()
    place.configure(suppliers=("askul",), settings='[erp]\ndefault_supplier = "askul"')
    (place.directory / "erp" / "in" / "a.csv").unlink()

    result = place.cli("run")

    assert result.exit_code == 2
    assert "suppliers.other" in result.stderr
    assert messages(place)[0][1] == "pending"


@pytest.mark.spec("INT-1", "CART-4")
def test_a_line_that_was_left_out_is_told_and_reserves_nothing(place: Any) -> None:
    place.configure(settings='[orders]\non_price_change = "drop_line"\n')
    place.order("a.csv", FIRST, "PO-1,2,G100-0001,1,XCT,1,JPY,D100,,")

    report = place.run()

    assert [warning for warning in report.warnings if "PO-1 line 2 was left out" in warning]
    assert [line["line_id"] for order in place.view("orders") for line in order["lines"]] == ["1"]
    left = place.budget()
    assert (left["pre_encumbrance"], left["encumbrance"] + left["actual"]) == (0, 12 * 298)


UBL = """<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:fdc:peppol.eu:poacc:trns:order:3</cbc:CustomizationID>
  <cbc:ID>PO-UBL</cbc:ID>
  <cbc:IssueDate>2026-04-01</cbc:IssueDate>
  <cbc:DocumentCurrencyCode>JPY</cbc:DocumentCurrencyCode>
  <cbc:AccountingCost>D100</cbc:AccountingCost>
  <cac:BuyerCustomerParty><cac:Party>
    <cbc:EndpointID schemeID="0188">9999999999999</cbc:EndpointID>
  </cac:Party></cac:BuyerCustomerParty>
  <cac:SellerSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="0188">1999999999998</cbc:EndpointID>
  </cac:Party></cac:SellerSupplierParty>
  <cac:OrderLine><cac:LineItem>
    <cbc:ID>1</cbc:ID>
    <cbc:Quantity unitCode="XPK">3</cbc:Quantity>
    <cbc:LineExtensionAmount currencyID="JPY">894</cbc:LineExtensionAmount>
    <cac:Price><cbc:PriceAmount currencyID="JPY">298</cbc:PriceAmount></cac:Price>
    <cac:Item><cbc:Name>wipes</cbc:Name>
      <cac:SellersItemIdentification><cbc:ID>K200-0001</cbc:ID></cac:SellersItemIdentification></cac:Item>
  </cac:LineItem></cac:OrderLine>
</Order>
"""
