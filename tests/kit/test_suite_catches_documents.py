"""A suite that lets a broken supplier pass is worth nothing: mistakes in lists and documents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.errors import CursorExpired
from askul_connect.testing.supplier import Customer

FEEDS = ("orders", "confirmations", "ship_notices", "invoices")


def losing_at_the_border(feed: str) -> Callable[..., Any]:
    def read(channel: Any, cursor: str, page_size: int) -> Any:
        answer = getattr(channel.inner, feed)(cursor, page_size)
        records = getattr(answer, feed)
        return evolve(answer, **{feed: records[:-1] if answer.page.more else records})

    return read


def doubling_at_the_border(feed: str) -> Callable[..., Any]:
    def read(channel: Any, cursor: str, page_size: int) -> Any:
        answer = getattr(channel.inner, feed)(cursor, page_size)
        last = channel.state.get("last", ())
        records = (*last, *getattr(answer, feed))
        channel.state["last"] = records[-1:] if answer.page.more else ()
        return evolve(answer, **{feed: records[:page_size]})

    return read


def forgetting_the_end(channel: Any, cursor: str, page_size: int) -> Any:
    answer = channel.inner.orders(cursor, page_size)
    return answer if answer.orders else evolve(answer, page=evolve(answer.page, next_cursor=""))


def from_the_beginning(channel: Any, cursor: str, page_size: int) -> Any:
    return (
        channel.inner.orders("", page_size)
        if "no cursor" in cursor
        else channel.inner.orders(cursor, page_size)
    )


def counting_wrongly(channel: Any, cursor: str, page_size: int) -> Any:
    answer = channel.inner.orders(cursor, page_size)
    total = answer.page.total
    return evolve(answer, page=evolve(answer.page, total=total and total + 1))


def always_placed(channel: Any, request: Any, **more: Any) -> Any:
    return tuple(evolve(order, state=OrderState.PLACED) for order in channel.inner.find(request, **more))


def backwards(channel: Any, request: Any, **more: Any) -> Any:
    """A state that was shipped is confirmed again."""
    count = channel.state["count"] = channel.state.get("count", 0) + 1
    state = OrderState.SHIPPED if count == 1 else OrderState.CONFIRMED
    return tuple(evolve(order, state=state) for order in channel.inner.find(request, **more))


def losing_units(channel: Any, request: Any, **more: Any) -> Any:
    return tuple(
        evolve(order, lines=tuple(evolve(line, quantity_shipped=0) for line in order.lines))
        for order in channel.inner.find(request, **more)
    )


def with_documents(feed: str, change: Callable[[Any], Any]) -> dict[str, Callable[..., Any]]:
    def read(channel: Any, cursor: str, page_size: int) -> Any:
        answer = getattr(channel.inner, feed)(cursor, page_size)
        return evolve(answer, **{feed: tuple(change(record) for record in getattr(answer, feed))})

    return {feed: read}


def first_line_only(document: Any) -> Any:
    return evolve(document, lines=document.lines[:1])


def every_line_twice(document: Any) -> Any:
    return evolve(document, lines=document.lines * 2)


def unregistered(document: Any) -> Any:
    return evolve(document, supplier=evolve(document.supplier, registration_number="T123"))


def silently_less(document: Any) -> Any:
    return evolve(document, lines=tuple(evolve(line, quantity_confirmed=0) for line in document.lines))


def bound_to_its_connection(channel: Any, cursor: str, page_size: int) -> Any:
    if cursor and cursor not in channel.state:
        raise CursorExpired("given out by another connection")
    answer = channel.inner.orders(cursor, page_size)
    channel.state[answer.page.next_cursor] = True
    return answer


def with_items(change: Callable[[Any], Any]) -> dict[str, Any]:
    def availability(channel: Any, skus: Any) -> Any:
        answer = channel.inner.availability(skus)
        return evolve(answer, items=tuple(change(item) for item in answer.items))

    return {"availability": availability}


def silent_about_the_unknown(channel: Any, skus: Any) -> Any:
    return evolve(channel.inner.availability(skus), unknown=())


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "loses an order at a page border": (
        "test_list_02_pages_of_every_size_hold_the_same_orders",
        {"orders": losing_at_the_border("orders")},
    ),
    "doubles an order at a page border": (
        "test_list_02_pages_of_every_size_hold_the_same_orders",
        {"orders": doubling_at_the_border("orders")},
    ),
    **{
        f"loses one of {feed} at a page border": (
            "test_list_07_pages_of_every_size_hold_the_same_documents",
            {feed: losing_at_the_border(feed)},
        )
        for feed in FEEDS[1:]
    },
    "forgets where the end was": ("test_list_03_the_end_is_a_cursor_too", {"orders": forgetting_the_end}),
    "counts wrongly": (
        "test_list_04_the_first_page_says_how_many_there_are",
        {"orders": counting_wrongly},
    ),
    "keeps its cursors to itself": (
        "test_list_05_a_cursor_outlives_the_connection",
        {"orders": bound_to_its_connection},
    ),
    "takes a strange cursor for the beginning": (
        "test_list_06_a_strange_cursor_is_refused",
        {"orders": from_the_beginning},
    ),
    "never goes on": ("test_course_01_states_follow_each_other", {"find": always_placed}),
    "goes back": ("test_course_01_states_follow_each_other", {"find": backwards}),
    "loses units": ("test_course_02_every_unit_is_shipped_or_cancelled", {"find": losing_units}),
    "confirms one line only": (
        "test_course_03_the_confirmation_answers_every_line",
        with_documents("confirmations", first_line_only),
    ),
    "promises less without a reason": (
        "test_course_03_the_confirmation_answers_every_line",
        with_documents("confirmations", silently_less),
    ),
    "announces one line only": (
        "test_course_04_ship_notices_add_up_to_the_order",
        with_documents("ship_notices", first_line_only),
    ),
    "invoices twice": (
        "test_course_05_what_was_shipped_is_invoiced_once",
        with_documents("invoices", every_line_twice),
    ),
    "invoices something else than it reckons": (
        "test_course_06_an_invoice_is_a_qualified_one",
        with_documents("invoices", first_line_only),
    ),
    "tells a lower price than it takes": (
        "test_offer_01_an_order_is_taken_at_the_price_that_was_told",
        with_items(lambda item: evolve(item, unit_price=item.unit_price - 1)),
    ),
    "leaves out in silence what it does not sell": (
        "test_offer_02_what_is_not_sold_is_named",
        {"availability": silent_about_the_unknown},
    ),
    "promises more than it has": (
        "test_offer_03_as_many_as_were_told_can_be_ordered_and_no_more",
        with_items(lambda item: evolve(item, orderable=item.orderable + item.multiple)),
    ),
    "promises less than it has": (
        "test_offer_03_as_many_as_were_told_can_be_ordered_and_no_more",
        with_items(lambda item: evolve(item, orderable=item.orderable - item.multiple)),
    ),
    "has no registration number": (
        "test_course_06_an_invoice_is_a_qualified_one",
        with_documents("invoices", unregistered),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_caught_by_its_case(catch_channel: Callable[..., None], mistake: str) -> None:
    case, replaced = MISTAKES[mistake]

    catch_channel(case, **replaced)


def test_work_that_is_done_again_and_again_is_caught(
    good: Customer, connection: Any, catch: Callable[[str, Customer], None]
) -> None:
    class Restless:
        def work(self) -> bool:
            assert good.connection.work is not None
            good.connection.work.work()
            return True

        def next_due(self) -> Any:
            assert good.connection.work is not None
            return good.connection.work.next_due()

    restless = connection(good.connection, good.channel, Restless())
    catch("test_course_07_nothing_is_done_twice", evolve(good, connection=restless))
