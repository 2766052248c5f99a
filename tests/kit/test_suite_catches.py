"""A suite that lets a broken supplier pass is worth nothing: each mistake in ordering is caught by the case named.

Mistakes in lists and documents: see ``test_suite_catches_documents.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.errors import OrderRefused, PurchaseOrderConflict
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.ordering import OnPriceChange, PlaceOrderRequest, PlaceOrderResponse
from askul_connect.core.ports.channel import Capability, SupplierConnection
from askul_connect.testing.supplier import Customer


def trial_taken_in_earnest(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    answer = channel.inner.place(evolve(request, trial=False), **more)
    return evolve(answer, trial=request.trial)


def doubled(channel: Any, request: PlaceOrderRequest, *, key: str, correlation_id: str) -> Any:
    """Every call makes an order of its own."""
    count = channel.state["count"] = channel.state.get("count", 0) + 1
    number = f"{request.purchase_order_id}/{count}"
    answer = channel.inner.place(
        evolve(request, purchase_order_id=number), key=f"{key}/{count}", correlation_id=correlation_id
    )
    orders = tuple(evolve(order, purchase_order_id=request.purchase_order_id) for order in answer.orders)
    channel.state.setdefault(request.purchase_order_id, []).extend(orders)
    return evolve(answer, orders=orders)


def doubled_found(channel: Any, request: Any, **_more: Any) -> Any:
    return tuple(channel.state.get(request.purchase_order_id, ()))


def with_orders(change: Callable[[OrderDocument], OrderDocument]) -> Callable[..., Any]:
    def place(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
        answer = channel.inner.place(request, **more)
        return evolve(answer, orders=tuple(change(order) for order in answer.orders))

    return place


def without_tax(order: OrderDocument) -> OrderDocument:
    return evolve(order, tax=(), total_incl_tax=order.total_excl_tax)


def taxed_by_line(order: OrderDocument) -> OrderDocument:
    """Each rate twice: once for the first line, once for the rest."""
    halves = [
        part
        for total in order.tax
        for part in (
            evolve(total, taxable=total.taxable - 10, tax=total.tax - 1),
            evolve(total, taxable=10, tax=1),
        )
    ]
    return evolve(order, tax=tuple(halves))


def refused_without_a_line(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    try:
        return channel.inner.place(request, **more)
    except OrderRefused as error:
        problems = tuple(evolve(problem, line_id="") for problem in error.problems)
        raise OrderRefused(error.detail, problems=problems) from error


def refused_with_one_finding(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    try:
        return channel.inner.place(request, **more)
    except OrderRefused as error:
        raise OrderRefused(error.detail, problems=error.problems[:1]) from error


def price_ignored(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    lines = tuple(evolve(line, expected_unit_price=None) for line in request.lines)
    return channel.inner.place(evolve(request, lines=lines), **more)


def conflict_ignored(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    try:
        return channel.inner.place(request, **more)
    except PurchaseOrderConflict:
        return channel.state["last"]


def remembered(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    channel.state["last"] = conflict_ignored(channel, request, **more)
    return channel.state["last"]


def sold_out_of_sight(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    """What cannot be ordered is left out in silence."""
    lines = tuple(line for line in request.lines if line.sku != "NO-SUCH-ITEM")
    return channel.inner.place(evolve(request, lines=lines), **more)


def found_by_number_only(channel: Any, request: Any, **more: Any) -> Any:
    return channel.inner.find(evolve(request, buyer_party="0188:9999999999999", issue_year=0), **more)


def refused_for_any_expectation(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    if any(line.expected_unit_price is not None for line in request.lines):
        raise OrderRefused("no expectations")
    return channel.inner.place(request, **more)


def without_tolerance(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    return channel.inner.place(evolve(request, price_tolerance=Decimal(0)), **more)


def never_dropping(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    return channel.inner.place(evolve(request, on_price_change=OnPriceChange.REFUSE_ORDER), **more)


def resentful(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    """A number that was refused once is never taken again."""
    number = request.purchase_order_id
    if number in channel.state:
        raise PurchaseOrderConflict(number)
    try:
        return channel.inner.place(request, **more)
    except OrderRefused:
        channel.state[number] = True
        raise


def trial_without_amounts(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    answer = channel.inner.place(request, **more)
    if not request.trial:
        return answer
    return evolve(answer, orders=tuple(evolve(order, total_incl_tax=0) for order in answer.orders))


def trial_says_yes(channel: Any, request: PlaceOrderRequest, **more: Any) -> Any:
    if request.trial:
        return PlaceOrderResponse(orders=(), trial=True)
    return channel.inner.place(request, **more)


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "doubles an order for a repeated key": (
        "test_place_02_the_same_key_again_is_the_same_order",
        {"place": doubled},
    ),
    "doubles an order for another key": (
        "test_place_03_the_same_purchase_order_under_another_key_is_the_same_order",
        {"place": doubled},
    ),
    "has two orders after a repeated call": (
        "test_find_02_no_second_order_after_a_repeated_call",
        {"place": doubled, "find": doubled_found},
    ),
    "takes the same purchase order with other content": (
        "test_place_04_the_same_purchase_order_with_other_content_is_refused",
        {"place": remembered},
    ),
    "leaves out a line": (
        "test_place_01_orders_every_line_once",
        {"place": with_orders(lambda order: evolve(order, lines=order.lines[:-1]))},
    ),
    "forgets the tax": ("test_place_05_the_totals_agree", {"place": with_orders(without_tax)}),
    "rounds the tax by line": ("test_place_05_the_totals_agree", {"place": with_orders(taxed_by_line)}),
    "adds up wrongly": (
        "test_place_05_the_totals_agree",
        {"place": with_orders(lambda order: evolve(order, total_excl_tax=order.total_excl_tax + 1))},
    ),
    "leaves out in silence what it does not sell": (
        "test_refusal_01_an_unknown_item_is_named_with_its_line",
        {"place": sold_out_of_sight},
    ),
    "orders the rest of a refused order": (
        "test_refusal_07_nothing_of_a_refused_order_is_ordered",
        {"place": sold_out_of_sight},
    ),
    "does not say which line": (
        "test_refusal_01_an_unknown_item_is_named_with_its_line",
        {"place": refused_without_a_line},
    ),
    "does not look at the expected price": (
        "test_refusal_02_a_changed_price_is_named_with_its_line",
        {"place": price_ignored},
    ),
    "stops at the first finding": (
        "test_refusal_06_every_finding_is_named",
        {"place": refused_with_one_finding},
    ),
    "ignores trial": ("test_trial_01_has_no_effect", {"place": trial_taken_in_earnest}),
    "lists a trial": ("test_trial_02_is_in_no_list", {"place": trial_taken_in_earnest}),
    "refuses whatever has an expected price": (
        "test_refusal_03_the_expected_price_is_no_reason",
        {"place": refused_for_any_expectation},
    ),
    "knows no tolerance": (
        "test_refusal_04_a_price_within_the_tolerance_is_no_reason",
        {"place": without_tolerance},
    ),
    "drops no line": (
        "test_refusal_05_a_line_with_a_changed_price_is_dropped_when_asked_for",
        {"place": never_dropping},
    ),
    "bears a grudge": ("test_refusal_08_a_refused_order_is_placed_once_corrected", {"place": resentful}),
    "tries without amounts": ("test_trial_03_answers_as_the_order_does", {"place": trial_without_amounts}),
    "says yes to every trial": ("test_trial_04_is_refused_as_the_order_is", {"place": trial_says_yes}),
    "finds nothing": (
        "test_find_01_none_before_and_the_orders_after",
        {"find": lambda *_given, **_named: ()},
    ),
    "finds by the number alone": (
        "test_find_03_a_key_is_party_number_and_year",
        {"find": found_by_number_only},
    ),
    "claims less than its kind": (
        "test_connection_01_has_the_capabilities_of_its_kind",
        {"capabilities": frozenset({Capability.PLACE})},
    ),
    "lists something else than it answered": (
        "test_list_01_a_new_order_is_listed_as_it_was_answered",
        {"place": with_orders(without_tax)},
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_caught_by_its_case(catch_channel: Callable[..., None], mistake: str) -> None:
    case, replaced = MISTAKES[mistake]

    catch_channel(case, **replaced)


def test_a_connection_that_closes_only_once_is_caught(
    good: Customer, connection: Any, catch: Callable[[str, Customer], None]
) -> None:
    closed: list[SupplierConnection] = []

    def close(inner: SupplierConnection) -> None:
        assert inner not in closed, "closed before"
        closed.append(inner)
        inner.close()

    def reopen() -> Any:
        opened = good.reopen()
        return connection(opened, opened.channel, opened.work, close)

    catch("test_connection_03_is_closed_twice_and_opened_again", evolve(good, reopen=reopen))


def test_a_supplier_that_does_not_work_here_is_caught(
    good: Customer, connection: Any, catch: Callable[[str, Customer], None]
) -> None:
    elsewhere = connection(good.connection, good.channel, None)

    catch("test_connection_02_works_in_this_process_when_it_says_so", evolve(good, connection=elsewhere))
