"""Reading what is new at the suppliers: resumable, without doubles, and never claiming more than was stored."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import evolve

from askul_connect.adapters.storage.sql.storage import buyer_sql
from askul_connect.core.domain.purchasing import Watermark
from askul_connect.core.errors import CursorExpired, PartnerUnreachable
from askul_connect.core.services.buyer import syncing

FEEDS = ("orders", "confirmations", "ship_notices", "invoices")
FEED_FIELDS = {"orders": "orders", "confirmations": "confirmations", "ship_notices": "ship_notices"}


def watermark(place: Any, feed: str) -> Watermark | None:
    storage = buyer_sql(f"sqlite:///{place.directory}/data/buyer.sqlite3")
    with storage.begin() as unit:
        found = unit.watermarks.get("askul", feed)
    storage.close()
    return found


@pytest.fixture
def month(place: Any) -> Any:
    """Three orders that went through a whole month."""
    place.order("a.csv", *(f"PO-{number},1,K200-0001,{number},XPK,298,JPY,D100,," for number in range(1, 4)))
    place.write(
        "erp/receipts/r.csv",
        "purchase_order_id,line_id,quantity,received_on\n"
        + "".join(f"PO-{number},1,{number},2026-04-14\n" for number in range(1, 4)),
    )
    assert place.run().exit_code == 0
    place.faults.calls.clear()
    return place


@pytest.mark.spec("INT-5")
def test_an_expired_cursor_leads_to_a_full_reading_without_doubles(month: Any) -> None:
    before = month.state()
    for feed in FEEDS:

        def expire(inner: Any, cursor: str, page_size: int, feed: str = feed) -> Any:
            if cursor:
                raise CursorExpired("too old")
            return getattr(inner, feed)(cursor, page_size)

        month.faults.plan["askul", feed] = expire

    report = month.run()

    assert (report.exit_code, report.changed, report.invoices) == (0, False, 0)
    assert month.state() == before
    assert month.faults.made("orders") == ["", ""] or month.faults.made("orders")[1] == ""


@pytest.mark.spec("INT-5")
def test_a_supplier_that_expires_every_cursor_is_a_failure_and_no_endless_loop(month: Any) -> None:
    def expire(*_given: Any) -> Any:
        raise CursorExpired("too old")

    month.faults.plan["askul", "orders"] = expire

    report = month.run()

    assert [failure.error.code for failure in report.failures] == ["cursor-expired"]
    assert report.exit_code == 3
    assert len(month.faults.made("orders")) == 2


@pytest.mark.spec("INT-5")
def test_a_cursor_that_does_not_move_is_no_endless_loop(month: Any) -> None:
    def stuck(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.orders(cursor, page_size)
        return evolve(answer, page=evolve(answer.page, more=True, next_cursor=cursor))

    month.faults.plan["askul", "orders"] = stuck

    report = month.run()

    assert [failure.error.code for failure in report.failures] == ["partner-answer-invalid"]


@pytest.mark.spec("INT-5")
def test_a_page_that_fails_leaves_the_watermark_behind_the_one_before(
    place: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "PAGE_SIZE", 2)
    place.order("a.csv", *(f"PO-{number},1,K200-0001,1,XPK,298,JPY,D100,," for number in range(1, 6)))
    pages: list[Any] = []

    def third_page_fails(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.confirmations(cursor, page_size)
        if len(pages) == 2:
            raise PartnerUnreachable("in the middle")
        if answer.confirmations:
            pages.append(answer)
        return answer

    place.faults.plan["askul", "confirmations"] = third_page_fails
    place.run()

    mark = watermark(place, "confirmations")
    assert mark is not None
    assert mark.cursor == pages[1].page.next_cursor
    posted = [name for name in place.names("out") if name.startswith("confirmation")]
    assert len(posted) == 4
    place.faults.plan.clear()
    place.run()
    assert len([name for name in place.names("out") if name.startswith("confirmation")]) == 5


@pytest.mark.spec("INT-5")
def test_what_a_supplier_deletes_is_forgotten_and_not_missed(month: Any) -> None:
    order = month.view("orders")[0]["order_number"]

    def delete(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.orders(cursor, page_size)
        return evolve(answer, page=evolve(answer.page, deleted=(order, "never-seen")))

    month.faults.plan["askul", "orders"] = delete
    report = month.run()

    assert order not in [entry["order_number"] for entry in month.view("orders")]
    assert report.warnings == ()
    assert month.run().warnings == ()


@pytest.mark.spec("INT-5")
def test_a_supplier_that_sends_less_than_it_counts_is_told(place: Any) -> None:
    def count_too_much(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.invoices(cursor, page_size)
        return evolve(answer, page=evolve(answer.page, total=7))

    place.faults.plan["askul", "invoices"] = count_too_much

    assert [text for text in place.run().warnings if "0 invoices are stored" in text and "spoke of 7" in text]


@pytest.mark.spec("INT-5")
def test_a_document_that_changed_is_stored_and_handed_over_again(month: Any) -> None:
    [name] = [name for name in month.names("out") if "CF00000001" in name]
    before = month.out()[name]

    def changed(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.confirmations("", page_size)
        first, *others = answer.confirmations
        line = evolve(first.lines[0], promised_on=None, reason="delayed")
        return evolve(answer, confirmations=(evolve(first, lines=(line,)), *others))

    month.faults.plan["askul", "confirmations"] = changed
    report = month.run()

    assert (report.confirmations, report.posted) == (1, 1)
    assert month.out()[name] != before
    assert month.run().changed is False


@pytest.mark.spec("INT-5")
def test_a_document_that_a_page_has_twice_counts_as_often_as_it_changes(month: Any) -> None:
    def twice(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.confirmations("", page_size)
        first, *others = answer.confirmations
        changed = evolve(first, lines=(evolve(first.lines[0], promised_on=None, reason="delayed"),))
        return evolve(answer, confirmations=(first, changed, changed, *others))

    month.faults.plan["askul", "confirmations"] = twice
    report = month.run()

    # the last of them stays, and is handed over once
    assert (report.confirmations, report.posted) == (1, 1)
    assert [text for text in month.out().values() if b"delayed" in text]


@pytest.mark.spec("INT-5", "INT-9")
def test_two_suppliers_with_equal_numbers_do_not_mix(place: Any) -> None:
    place.configure(suppliers=("askul", "other"), settings='[erp]\ndefault_supplier = "askul"')
    place.order("a.csv", "PO-1,1,K200-0001,12,XPK,298,JPY,D100,,")

    def claims_ours(inner: Any, cursor: str, page_size: int) -> Any:
        answer = inner.orders(cursor, page_size)
        ours = [order for order in claimed if order is not None]
        return evolve(answer, orders=tuple(ours))

    claimed: list[Any] = []

    def remember(inner: Any, request: Any, **named: Any) -> Any:
        answer = inner.place(request, **named)
        [order] = answer.orders
        line = evolve(order.lines[0], quantity_cancelled=12)
        claimed.append(evolve(order, lines=(line,)))
        return answer

    place.faults.plan["askul", "place"] = remember
    place.faults.plan["other", "orders"] = claims_ours
    place.run()

    # another supplier's order of the same number cancels nothing of ours
    used = place.budget()
    assert used["encumbrance"] + used["actual"] == 12 * 298
