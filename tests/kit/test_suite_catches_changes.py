"""A suite that lets a broken supplier pass is worth nothing: mistakes in changing and cancelling."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import evolve

from askul_connect.core.errors import CursorExpired, IllegalStep, TooLateToChange
from askul_connect.core.messages.documents import OrderDocument


def unheard(method: str) -> Callable[..., Any]:
    """Says yes and does nothing."""

    def answer(channel: Any, request: Any, **more: Any) -> Any:
        made = getattr(channel.inner, method)(evolve(request, trial=True), **more)
        return evolve(made, trial=request.trial)

    return answer


def in_earnest(method: str) -> Callable[..., Any]:
    """Does what is only tried."""

    def answer(channel: Any, request: Any, **more: Any) -> Any:
        made = getattr(channel.inner, method)(evolve(request, trial=False), **more)
        return evolve(made, trial=request.trial)

    return answer


def always_fine(method: str) -> Callable[..., Any]:
    """Says yes when it is too late."""

    def answer(channel: Any, request: Any, **more: Any) -> Any:
        try:
            return getattr(channel.inner, method)(request, **more)
        except (TooLateToChange, IllegalStep):
            return SimpleNamespace(order=None, change_number="", trial=request.trial)

    return answer


def every_time(channel: Any, request: Any, *, key: str, correlation_id: str) -> Any:
    """Does not know a key again."""
    count = channel.state["count"] = channel.state.get("count", 0) + 1
    return channel.inner.change(request, key=f"{key}/{count}", correlation_id=correlation_id)


def every_time_cancelled(channel: Any, request: Any, *, key: str, correlation_id: str) -> Any:
    count = channel.state["count"] = channel.state.get("count", 0) + 1
    return channel.inner.cancel(request, key=f"{key}/{count}", correlation_id=correlation_id)


def whole(channel: Any, request: Any, **more: Any) -> Any:
    return channel.inner.cancel(evolve(request, lines=()), **more)


def answered(change: Callable[[OrderDocument], OrderDocument]) -> Callable[..., Any]:
    def answer(channel: Any, request: Any, **more: Any) -> Any:
        made = channel.inner.change(request, **more)
        return evolve(made, order=change(made.order))

    return answer


def cheaper(order: OrderDocument) -> OrderDocument:
    return evolve(order, total_incl_tax=order.total_incl_tax - 1)


def forgetful(order: OrderDocument) -> OrderDocument:
    """What was ordered is rewritten."""
    lines = tuple(
        evolve(line, quantity=line.quantity - line.quantity_cancelled, quantity_cancelled=0)
        for line in order.lines
    )
    return evolve(order, lines=lines)


def any_cursor(channel: Any, cursor: str, page_size: int) -> Any:
    try:
        return channel.inner.credit_notes(cursor, page_size)
    except CursorExpired:
        return channel.inner.credit_notes("", page_size)


def never_ending(channel: Any, cursor: str, page_size: int) -> Any:
    count = channel.state["count"] = channel.state.get("count", 0) + 1
    answer = channel.inner.credit_notes(cursor, page_size)
    return evolve(answer, page=evolve(answer.page, more=count > 1, next_cursor=f"{count}"))


MISTAKES: dict[str, tuple[str, dict[str, Any]]] = {
    "changes nothing": (
        "test_change_01_fewer_units_are_cancelled_units",
        {"change": unheard("change")},
    ),
    "rewrites what was ordered": (
        "test_change_01_fewer_units_are_cancelled_units",
        {"change": answered(forgetful)},
    ),
    "adds up wrongly after a change": (
        "test_change_02_more_units_are_sold_at_the_lines_price",
        {"change": answered(cheaper)},
    ),
    "changes again for a repeated key": (
        "test_change_03_the_same_key_again_changes_nothing_more",
        {"change": every_time},
    ),
    "changes in a trial": (
        "test_change_04_a_trial_answers_and_changes_nothing",
        {"change": in_earnest("change")},
    ),
    "promises a change that is too late": (
        "test_change_05_it_is_refused_when_the_goods_have_left",
        {"change": always_fine("change")},
    ),
    "cancels nothing": ("test_cancel_01_an_order_is_cancelled_whole", {"cancel": unheard("cancel")}),
    "cancels too much": ("test_cancel_02_only_the_lines_that_are_named", {"cancel": whole}),
    "refuses a repeated cancellation": (
        "test_cancel_03_the_same_key_again_answers_the_same",
        {"cancel": every_time_cancelled},
    ),
    "cancels in a trial": (
        "test_cancel_04_a_trial_answers_and_cancels_nothing",
        {"cancel": in_earnest("cancel")},
    ),
    "promises a cancellation that is too late": (
        "test_cancel_05_it_is_refused_when_the_goods_have_left",
        {"cancel": always_fine("cancel")},
    ),
    "has no end": ("test_credit_01_the_end_is_a_cursor_too", {"credit_notes": never_ending}),
    "takes any cursor": ("test_credit_02_a_strange_cursor_is_refused", {"credit_notes": any_cursor}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_is_caught_by_its_case(catch_channel: Callable[..., None], mistake: str) -> None:
    case, replaced = MISTAKES[mistake]

    catch_channel(case, **replaced)
