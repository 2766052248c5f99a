"""Removing what is beyond its time: what goes, what stays known, and the sums that do not change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.purchasing import MoveKind, PurchaseOrderState
from askul_connect.core.domain.purges import PurgeEntry, counts_text
from askul_connect.core.errors import ValueInvalid
from askul_connect.testing.storage.samples import NOW, TODAY, outbox_message
from askul_connect.testing.storage.samples_documents import (
    KEY,
    confirmation,
    invoice,
    invoice_line,
    match,
    move,
    order_document,
    purchase_order,
    receipt,
    ship_notice,
)
from askul_connect.testing.storage.units import StorageCases, stored


class BuyerPurgingCases(StorageCases):
    """What a purge does."""

    @pytest.mark.spec("INT-12")
    def test_purge_01_old_purchase_orders_by_key_without_purged_ones(self, storage: Any) -> None:
        keys = [
            evolve(KEY, purchase_order_id=f"PO-{n}", issue_year=year) for n in (1, 2) for year in (0, 2026)
        ]
        records = [purchase_order(key, document=f"{key}.xml") for key in keys]
        with storage.begin() as unit:
            for record in reversed(records):
                unit.purchase_orders.add(record)
            head = evolve(records[1], lines=(), purged_on=TODAY, state=PurchaseOrderState.PLACED)
            unit.purchase_orders.save(head)
        later = NOW + timedelta(microseconds=1)
        with storage.begin() as unit:
            assert unit.purchase_orders.get(keys[1]) == head
            assert list(unit.purchase_orders.old(NOW, None, 9)) == []
            first = list(unit.purchase_orders.old(later, None, 2))
            assert first == [records[0], records[2]]
            assert list(unit.purchase_orders.old(later, first[-1].key, 2)) == [records[3]]
            names = [record.document for record in records]
            assert unit.purchase_orders.named([*names[1:], "x"], NOW) == frozenset(names[1:])
            assert unit.purchase_orders.named(names, later) == frozenset()

    @pytest.mark.spec("INT-12", "INT-5")
    @pytest.mark.parametrize("feed", ["orders", "confirmations", "ship_notices", "invoices"])
    def test_purge_02_a_record_that_went_is_known_and_counted(self, storage: Any, feed: str) -> None:
        make = {
            "orders": order_document,
            "confirmations": confirmation,
            "ship_notices": ship_notice,
            "invoices": invoice,
        }[feed]
        with storage.begin() as unit:
            getattr(unit.history, f"put_{feed}")("askul", [make("1"), make("2")])
            getattr(unit.history, f"put_{feed}")("other", [make("1")])
        with storage.begin() as unit:
            assert unit.history.purge("askul", feed, ["1", "9"], TODAY) == 1
            assert unit.history.purge("askul", feed, ["1"], TODAY) == 0
        with storage.begin() as unit:
            assert dict(unit.history.many("askul", feed, ["1", "2"])) == {"2": make("2")}
            assert unit.history.purged("askul", feed, ["1", "2"]) == {"1"}
            assert unit.history.purged("other", feed, ["1", "2"]) == frozenset()
            assert [unit.history.count(name, feed) for name in ("askul", "other")] == [3, 1]

    @pytest.mark.spec("INT-12")
    def test_purge_03_finds_what_is_about_an_order(self, storage: Any) -> None:
        lines = (invoice_line("1", order_number="O-1"), invoice_line("2", order_number="O-2"))
        with storage.begin() as unit:
            unit.history.put_confirmations("askul", [confirmation("C-2"), confirmation("C-1")])
            unit.history.put_confirmations("askul", [confirmation("C-3", order_number="O-3")])
            unit.history.put_ship_notices("askul", [ship_notice("S-1", order_number="O-2")])
            unit.history.put_invoices("askul", [invoice("I-1", lines=lines), invoice("I-2", lines=lines[1:])])
            unit.history.put_invoices("other", [invoice("I-1", lines=lines)])
        with storage.begin() as unit:
            found = {
                (feed, order): list(unit.history.numbers_of("askul", feed, [order, "none"]))
                for feed in ("confirmations", "ship_notices", "invoices")
                for order in ("O-1", "O-2")
            }
            assert found == {
                ("confirmations", "O-1"): ["C-1", "C-2"],
                ("confirmations", "O-2"): [],
                ("ship_notices", "O-1"): [],
                ("ship_notices", "O-2"): ["S-1"],
                ("invoices", "O-1"): ["I-1"],
                ("invoices", "O-2"): ["I-1", "I-2"],
            }
            with pytest.raises(ValueInvalid):
                unit.history.numbers_of("askul", "orders", ["O-1"])

    @pytest.mark.spec("INT-12", "INT-3")
    def test_purge_04_moves_become_one_for_each_budget(self, storage: Any) -> None:
        other = str(evolve(KEY, purchase_order_id="PO-2"))
        later = NOW + timedelta(days=1)
        with storage.begin() as unit:
            unit.budgets.move(
                [
                    move("a"),
                    move("b", encumbrance=-100, actual=95),
                    move("c", department="B-20", encumbrance=7),
                    move("d", department="B-20", encumbrance=-7),
                    move("e", purchase_order=other, encumbrance=0, actual=5),
                    move("f", purchase_order="stays", encumbrance=1),
                ]
            )
            before = list(unit.budgets.balances())
        with storage.begin() as unit:
            assert unit.budgets.condense(str(KEY), NOW) == len("abcd")
            assert unit.budgets.condense("none", NOW) == 0
        with storage.begin() as unit:
            assert unit.budgets.condense(other, later) == 1
        with storage.begin() as unit:
            assert list(unit.budgets.balances()) == before
            assert list(unit.budgets.moves(str(KEY))) == list(unit.budgets.moves(other)) == []
            kept, *closings = (one for _, one in unit.budgets.page(0, 9))
            assert kept.move_key == "f"
            assert {one.kind for one in closings} == {MoveKind.CLOSING}
            assert sorted((one.department, one.encumbrance, one.actual, one.at) for one in closings) == [
                ("A-10", 0, 100, later),
                ("B-20", 0, 0, NOW),
            ]
            # its place is not given to another one
            unit.budgets.move([move("g")])
            assert [one.move_key for _, one in unit.budgets.page(0, 9)][-1] == "g"

    @pytest.mark.spec("INT-12")
    def test_purge_05_receipts_matches_and_messages(self, storage: Any) -> None:
        other = evolve(KEY, purchase_order_id="PO-2")
        message = outbox_message()
        with storage.begin() as unit:
            unit.receipts.add(receipt("R-2"), KEY)
            unit.receipts.add(receipt("R-1"), KEY)
            unit.receipts.add(receipt("R-3"), other)
            unit.matches.put([match("1"), match("2")])
            unit.outbox.add(message)
        with storage.begin() as unit:
            assert [one.receipt_id for one in unit.receipts.of_order(KEY)] == ["R-1", "R-2"]
            assert unit.receipts.remove(KEY) == 2
            assert unit.receipts.remove(KEY) == 0
            unit.matches.remove("askul", "I-1", ["1", "9"])
            assert unit.outbox.remove(message.kind, "none") is False
            assert unit.outbox.remove(message.kind, message.business_key) is True
        with storage.begin() as unit:
            assert list(unit.receipts.of_order(KEY)) == []
            assert [one.receipt_id for one in unit.receipts.of_order(other)] == ["R-3"]
            assert [one.line_number for one in unit.matches.all()] == ["2"]
            assert list(unit.outbox.all()) == []
            unit.outbox.add(message)

    @pytest.mark.spec("INT-12")
    def test_purge_06_its_record_is_replaced(self, storage: Any) -> None:
        entry = PurgeEntry(
            purge_id="b",
            started_at=NOW,
            holder="host:1",
            records_before=TODAY,
            working_before=TODAY - timedelta(days=1),
            removed=counts_text({"orders": 1}),
        )
        done = evolve(entry, removed=counts_text({"orders": 2}), finished_at=NOW)
        with storage.begin() as unit:
            unit.purges.put(entry)
            unit.purges.put(evolve(entry, purge_id="a"))
        stored(storage, lambda unit: unit.purges.put(done))
        assert list(stored(storage, lambda unit: unit.purges.all())) == [evolve(entry, purge_id="a"), done]
