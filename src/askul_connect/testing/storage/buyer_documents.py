"""Suppliers' documents on the buyer's side, and what matching found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from askul_connect.core.domain.matches import DecisionKind, DifferenceKind, MatchResult
from askul_connect.core.domain.orders import LineState, OrderState
from askul_connect.core.domain.purchasing import BilledLine
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.documents import Invoice, OrderDocument
from askul_connect.testing.storage.samples_documents import (
    confirmation,
    decision,
    finding,
    invoice,
    invoice_line,
    invoices,
    match,
    order_document,
    order_document_line,
    order_documents,
    ship_notice,
)
from askul_connect.testing.storage.units import Mishap, StorageCases, made_by_hypothesis, stored

_MAKERS: dict[str, Callable[[str], Any]] = {
    "orders": order_document,
    "confirmations": confirmation,
    "ship_notices": ship_notice,
    "invoices": invoice,
}


class BuyerDocumentCases(StorageCases):
    """Order history, invoices, matches."""

    @pytest.mark.spec("INT-4", "INT-7")
    @made_by_hypothesis
    @given(made=order_documents)
    def test_history_01_keeps_every_field_of_an_order(self, storage: Any, made: OrderDocument) -> None:
        stored(storage, lambda unit: unit.history.put_orders("askul", [made]))
        with storage.begin() as unit:
            found = unit.history.order("askul", made.order_number)
            assert found == made
            assert [str(line.unit_price) for line in found.lines] == [
                str(line.unit_price) for line in made.lines
            ]
            assert ("askul", made) in unit.history.orders()

    @pytest.mark.spec("INT-4", "INT-7")
    @made_by_hypothesis
    @given(made=invoices)
    def test_history_02_keeps_every_field_of_an_invoice(self, storage: Any, made: Invoice) -> None:
        stored(storage, lambda unit: unit.history.put_invoices("askul", [made]))
        with storage.begin() as unit:
            assert unit.history.invoice("askul", made.invoice_number) == made
            assert ("askul", made) in unit.history.invoices()

    def test_history_03_keeps_confirmations_and_ship_notices(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_confirmations("askul", [confirmation()])
            unit.history.put_ship_notices("askul", [ship_notice()])
        with storage.begin() as unit:
            assert unit.history.confirmation("askul", "C-1") == confirmation()
            assert unit.history.ship_notice("askul", "S-1") == ship_notice()
            assert unit.history.confirmation("other", "C-1") is None
            assert unit.history.ship_notice("askul", "S-2") is None

    @pytest.mark.spec("INT-5")
    def test_history_04_a_document_replaces_its_earlier_version(self, storage: Any) -> None:
        shorter = order_document(
            state=OrderState.SHIPPED, lines=(order_document_line("2", state=LineState.SHIPPED),), tax=()
        )
        changed = invoice(lines=(invoice_line("7"), invoice_line("8")), total_incl_tax=1)
        with storage.begin() as unit:
            unit.history.put_orders("askul", [order_document(), order_document("O-2")])
            unit.history.put_invoices("askul", [invoice()])
            unit.history.put_confirmations("askul", [confirmation()])
            unit.history.put_ship_notices("askul", [ship_notice()])
        with storage.begin() as unit:
            unit.history.put_orders("askul", [order_document(), shorter])
            unit.history.put_invoices("askul", [changed])
            unit.history.put_confirmations("askul", [confirmation(currency="USD")])
            unit.history.put_ship_notices("askul", [ship_notice(lines=())])
        with storage.begin() as unit:
            assert list(unit.history.orders()) == [("askul", shorter), ("askul", order_document("O-2"))]
            assert unit.history.order("askul", "O-1") == shorter
            assert unit.history.invoice("askul", "I-1") == changed
            assert unit.history.confirmation("askul", "C-1") == confirmation(currency="USD")
            assert unit.history.ship_notice("askul", "S-1") == ship_notice(lines=())
            assert unit.history.count("askul", "confirmations") == 1

    def test_history_05_every_order_and_invoice_by_supplier_and_number(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_orders("b", [order_document("O-2"), order_document("O-1")])
            unit.history.put_orders("a", [order_document("O-9")])
            unit.history.put_invoices("b", [invoice("I-2"), invoice("I-1")])
            unit.history.put_invoices("a", [invoice("I-9")])
            unit.history.put_orders("a", [])
        with storage.begin() as unit:
            orders = [(supplier, one.order_number) for supplier, one in unit.history.orders()]
            assert orders == [("a", "O-9"), ("b", "O-1"), ("b", "O-2")]
            found = [(supplier, one.invoice_number) for supplier, one in unit.history.invoices()]
            assert found == [("a", "I-9"), ("b", "I-1"), ("b", "I-2")]
            assert unit.history.order("a", "O-1") is None
            assert unit.history.invoice("a", "I-1") is None

    @pytest.mark.spec("INT-5")
    @pytest.mark.parametrize("feed", ["orders", "confirmations", "ship_notices", "invoices"])
    def test_history_06_counts_and_removes(self, storage: Any, feed: str) -> None:
        make = _MAKERS[feed]
        with storage.begin() as unit:
            put = getattr(unit.history, f"put_{feed}")
            put("askul", [make("1"), make("2"), make("3")])
            put("other", [make("1")])
            assert unit.history.count("askul", feed) == len("123")
        with storage.begin() as unit:
            unit.history.remove("askul", feed, ["1", "3", "none"])
        with storage.begin() as unit:
            one = getattr(unit.history, feed.removesuffix("s"))
            assert (one("askul", "1"), one("askul", "2"), one("askul", "3")) == (None, make("2"), None)
            assert (unit.history.count("askul", feed), unit.history.count("other", feed)) == (1, 1)
            getattr(unit.history, f"put_{feed}")("askul", [make("1")])
            assert one("askul", "1") == make("1")

    def test_history_07_there_is_no_other_feed(self, storage: Any) -> None:
        with pytest.raises(ValueInvalid, match="carts"), storage.begin() as unit:
            unit.history.count("askul", "carts")

    def test_history_08_a_rollback_brings_the_earlier_version_back(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.history.put_orders("askul", [order_document()]))
        with pytest.raises(Mishap), storage.begin() as unit:
            unit.history.put_orders("askul", [order_document(lines=())])
            unit.history.remove("askul", "orders", ["O-1"])
            raise Mishap
        assert stored(storage, lambda unit: unit.history.order("askul", "O-1")) == order_document()

    @pytest.mark.spec("INT-5")
    @pytest.mark.parametrize("feed", ["orders", "confirmations", "ship_notices", "invoices"])
    def test_history_09_many_are_found_at_once(self, storage: Any, feed: str) -> None:
        make = _MAKERS[feed]
        with storage.begin() as unit:
            put = getattr(unit.history, f"put_{feed}")
            put("askul", [make("1"), make("2"), make("3")])
            put("other", [make("4")])
        with storage.begin() as unit:
            found = unit.history.many("askul", feed, ["3", "none", "4", "1", "1", "it's"])
            assert found == {"1": make("1"), "3": make("3")}
            assert unit.history.many("askul", feed, []) == {}

    @pytest.mark.spec("INT-5")
    def test_history_10_many_are_replaced_at_once(self, storage: Any) -> None:
        lines = tuple(order_document_line(str(number)) for number in range(1, 5))
        earlier = [order_document(number, lines=lines) for number in ("O-1", "O-2", "O-3")]
        later = [
            order_document("O-1", lines=lines[:1], tax=()),
            order_document("O-2", lines=(*lines, order_document_line('\u0001 \\ " 見本'))),
            order_document("O-4", linked_orders=("O-1", "O-2")),
        ]
        stored(storage, lambda unit: unit.history.put_orders("askul", [*earlier, order_document("O-5")]))
        stored(storage, lambda unit: unit.history.put_orders("askul", [earlier[0], *later]))
        with storage.begin() as unit:
            found = [order for _, order in unit.history.orders()]
        assert found == [*later[:2], earlier[2], later[2], order_document("O-5")]

    @pytest.mark.spec("INT-4")
    def test_match_01_is_replaced_and_stands_in_the_invoices_order(self, storage: Any) -> None:
        lines = tuple(invoice_line(number) for number in ("10", "9", "1"))
        changed = match("9", result=MatchResult.NOT_RECEIVED, detail="0 < 10", purchase_order="", line_id="")
        with storage.begin() as unit:
            unit.history.put_invoices("askul", [invoice(lines=lines)])
            unit.matches.put([match("0"), match("1"), match("9"), match("10")])
            unit.matches.put([changed])
            unit.matches.put([match("1", invoice_number="I-0"), match("1", supplier="a")])
        with storage.begin() as unit:
            # A line the invoice does not have comes last.
            in_order = [match("10"), changed, match("1"), match("0")]
            assert list(unit.matches.of_invoice("askul", "I-1")) == in_order
            assert list(unit.matches.of_invoice("askul", "none")) == []
            others = [match("1", supplier="a"), match("1", invoice_number="I-0")]
            assert list(unit.matches.all()) == [*others, *in_order]

    @pytest.mark.spec("INT-4")
    def test_match_02_knows_what_bills_an_order_line(self, storage: Any) -> None:
        line = invoice_line("1")
        other = invoice_line("2", line_id="other")
        with storage.begin() as unit:
            for number in ("I-2", "I-1", "I-3"):
                unit.history.put_invoices("askul", [invoice(number, lines=(line, other))])
            unit.history.put_invoices("elsewhere", [invoice("I-1", lines=(line,))])
            unit.matches.put([match("1", invoice_number=number) for number in ("I-1", "I-2")])
            unit.matches.put([match("1", invoice_number="I-3", result=MatchResult.NOT_RECEIVED)])
            unit.matches.put([match("2", invoice_number="I-1")])
            unit.matches.put([match("1", invoice_number="I-1", supplier="elsewhere")])
        with storage.begin() as unit:
            found = unit.matches.billed("askul", line.order_number, line.line_id)
            assert list(found) == [
                BilledLine(
                    invoice_number=number,
                    line_number="1",
                    ship_notice_number=line.ship_notice_number,
                    quantity=line.quantity,
                )
                for number in ("I-1", "I-2")
            ]
            assert list(unit.matches.billed("askul", line.order_number, "none")) == []
            assert list(unit.matches.open_invoices()) == [("askul", "I-2"), ("askul", "I-3")]
            both = unit.matches.billed_of_orders("askul", [line.order_number, "none"])
            assert list(both[line.order_number, line.line_id]) == list(found)
            assert [one.line_number for one in both[line.order_number, "other"]] == ["2"]
            assert unit.matches.billed_of_orders("nobody", [line.order_number]) == {}

    @pytest.mark.spec("INT-3")
    def test_match_03_of_a_purchase_order(self, storage: Any) -> None:
        made = [match("2", invoice_number="I-1"), match("1", invoice_number="I-2"), match("1")]
        with storage.begin() as unit:
            unit.matches.put([*made, match("9", purchase_order="0188:1:PO-9")])
        with storage.begin() as unit:
            found = list(unit.matches.of_purchase_order(made[0].purchase_order))
            assert found == sorted(made, key=lambda one: (one.supplier, one.invoice_number, one.line_number))
            assert list(unit.matches.of_purchase_order("none")) == []

    @pytest.mark.spec("INT-4")
    def test_match_04_keeps_every_difference_and_what_is_booked(self, storage: Any) -> None:
        several = (finding(), finding(kind=DifferenceKind.CURRENCY, amount=None, facts={}))
        differs = {"result": MatchResult.PRICE_DIFFERENCE, "amount": -12, "findings": several}
        open_one, released = match("1", **differs), match("2", **differs, booked=True)
        with storage.begin() as unit:
            unit.history.put_invoices("askul", [invoice(lines=(invoice_line("1"), invoice_line("2")))])
            unit.matches.put([open_one, match("2"), released, match("3", supplier="other")])
        with storage.begin() as unit:
            assert unit.matches.of_invoices("askul", ["I-1", "I-2"]) == {
                ("I-1", "1"): open_one,
                ("I-1", "2"): released,
            }
            assert unit.matches.of_invoices("askul", []) == {}
            assert list(unit.matches.open()) == [open_one]
            assert list(unit.matches.open_invoices()) == [("askul", "I-1")]
            assert len(unit.matches.billed("askul", invoice_line().order_number, invoice_line().line_id)) == 1
        with storage.begin() as unit:
            unit.matches.remove("askul", "I-1", ["2", "none"])
            unit.matches.remove("other", "I-1", ["1"])
        with storage.begin() as unit:
            assert list(unit.matches.all()) == [open_one, match("3", supplier="other")]
            found = unit.matches.of_purchase_order(open_one.purchase_order)
            assert list(found) == [open_one, match("3", supplier="other")]

    @pytest.mark.spec("INT-4")
    def test_match_05_decisions_are_only_added_to(self, storage: Any) -> None:
        made = [
            decision(),
            decision(decision=DecisionKind.CHANGED, decided_by="askul"),
            decision(invoice_number="I-2", line_number=""),
            decision(),
        ]
        with storage.begin() as unit:
            unit.matches.decide(made[:1])
            unit.matches.decide([])
        with pytest.raises(Mishap), storage.begin() as unit:
            unit.matches.decide([decision(reason="never")])
            raise Mishap
        with storage.begin() as unit:
            unit.matches.decide([*made[1:], decision(supplier="other")])
        with storage.begin() as unit:
            assert list(unit.matches.decisions("askul", ["I-2", "I-1"])) == made
            assert list(unit.matches.decisions("askul", ["I-2"])) == made[2:3]
            assert list(unit.matches.decisions("askul", [])) == []

    @pytest.mark.spec("INT-9")
    @pytest.mark.parametrize("feed", ["orders", "confirmations", "ship_notices", "invoices"])
    def test_history_11_knows_whose_a_number_is(self, storage: Any, feed: str) -> None:
        with storage.begin() as unit:
            for supplier in ("b", "a"):
                getattr(unit.history, f"put_{feed}")(supplier, [_MAKERS[feed]("1")])
            getattr(unit.history, f"put_{feed}")("a", [_MAKERS[feed]("2")])
        with storage.begin() as unit:
            assert list(unit.history.suppliers_of(feed, "1")) == ["a", "b"]
            assert list(unit.history.suppliers_of(feed, "2")) == ["a"]
            assert list(unit.history.suppliers_of(feed, "3")) == []

    def test_history_12_finds_the_documents_of_orders(self, storage: Any) -> None:
        with storage.begin() as unit:
            unit.history.put_confirmations("askul", [confirmation("C-2"), confirmation("C-1")])
            unit.history.put_confirmations("askul", [confirmation("C-3", order_number="elsewhere")])
            unit.history.put_ship_notices("askul", [ship_notice("S-1")])
            unit.history.put_ship_notices("other", [ship_notice("S-2")])
        number = confirmation().order_number
        with storage.begin() as unit:
            found = unit.history.confirmations_of("askul", [number, "none"])
            assert list(found) == [confirmation("C-1"), confirmation("C-2")]
            shipped = unit.history.ship_notices_of("askul", [ship_notice().order_number])
            assert list(shipped) == [ship_notice("S-1")]
            assert list(unit.history.ship_notices_of("askul", [])) == []
