"""Reading a long history page by page in one unit of work that keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.errors import AskulConnectError, ValueInvalid
from askul_connect.testing.storage.samples_documents import (
    KEY,
    confirmation,
    invoice,
    match,
    move,
    order_document,
    receipt,
    ship_notice,
)
from askul_connect.testing.storage.units import StorageCases, stored

_MAKERS: dict[str, Callable[[str], Any]] = {
    "orders": order_document,
    "confirmations": confirmation,
    "ship_notices": ship_notice,
    "invoices": invoice,
}


def _paged(read: Callable[[Any, int], Iterable[Any]], first: Any, key: Callable[[Any], Any]) -> list[Any]:
    """Everything, read two at a time."""
    found: list[Any] = []
    while page := list(read(key(found[-1]) if found else first, 2)):
        assert len(page) in {1, 2}
        found += page
    return found


class BuyerReadingCases(StorageCases):
    """What an export reads."""

    @pytest.mark.spec("INT-7")
    @pytest.mark.parametrize("feed", _MAKERS)
    def test_page_01_of_a_feed_by_supplier_and_number(self, storage: Any, feed: str) -> None:
        make = _MAKERS[feed]
        keys = [("b", "1"), ("a", "2"), ("a", "10"), ("ａ", "1"), ("b", "0")]
        with storage.begin() as unit:
            for supplier, number in keys:
                getattr(unit.history, f"put_{feed}")(supplier, [make(number)])
        with storage.reading() as unit:
            found = _paged(
                lambda after, limit: unit.history.page(feed, after, limit), ("", ""), lambda one: one[:2]
            )
            assert found == [(*key, make(key[1])) for key in sorted(keys)]
            assert list(unit.history.page(feed, ("a", "2"), 1)) == [("b", "0", make("0"))]
            with pytest.raises(ValueInvalid):
                unit.history.page("quotations", ("", ""), 1)

    @pytest.mark.spec("INT-7")
    def test_page_02_of_receipts_matches_and_moves(self, storage: Any) -> None:
        receipts = [receipt(number) for number in ("R-10", "R-2", "R-1")]
        moves = [move(key) for key in ("z", "a", "m")]
        matches = [match(line) for line in ("2", "10", "1")]
        matches.append(evolve(matches[0], supplier="a"))
        with storage.begin() as unit:
            for one in receipts:
                unit.receipts.add(one, KEY)
            unit.budgets.move(moves)
            unit.matches.put(matches)
        with storage.reading() as unit:
            found = _paged(unit.receipts.page, "", lambda one: one[1].receipt_id)
            assert [key for key, _ in found] == [KEY] * 3
            assert [one.receipt_id for _, one in found] == ["R-1", "R-10", "R-2"]
            assert {(one.line_id, one.quantity, one.received_on) for _, one in found} == {
                (one.line_id, one.quantity, one.received_on) for one in receipts
            }
            assert [one for _, one in _paged(unit.budgets.page, 0, lambda one: one[0])] == moves
            found = _paged(
                unit.matches.page,
                ("", "", ""),
                lambda one: (one.supplier, one.invoice_number, one.line_number),
            )
            assert [(one.supplier, one.line_number) for one in found] == [
                ("a", "2"),
                ("askul", "1"),
                ("askul", "10"),
                ("askul", "2"),
            ]

    @pytest.mark.spec("INT-7")
    def test_reading_01_leaves_nothing(self, storage: Any) -> None:
        stored(storage, lambda unit: unit.facts.put("name", "before"))
        with storage.reading() as unit:
            assert unit.facts.get("name") == "before"

        def write() -> None:
            with storage.reading() as unit:
                unit.facts.put("name", "after")

        # it may be refused or taken back
        with suppress(AskulConnectError):
            write()
        assert stored(storage, lambda unit: unit.facts.get("name")) == "before"
