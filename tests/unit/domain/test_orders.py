"""States of lines and orders as a table (ORD-1)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from askul_connect.core.domain.orders import (
    LINE_STEPS,
    LineState,
    OrderState,
    Step,
    next_line_state,
    order_state,
)
from askul_connect.core.errors import IllegalStep

LEGAL = {
    "draft": {"submit": "awaiting_approval", "approve": "placed", "cancel": "cancelled"},
    "awaiting_approval": {"approve": "placed", "cancel": "cancelled"},
    "placed": {"confirm": "confirmed", "cancel": "cancelled", "reject": "cancelled", "change": "placed"},
    "confirmed": {
        "change": "confirmed",
        "back_order": "confirmed",
        "ship_part": "partly_shipped",
        "ship_rest": "shipped",
        "cancel": "cancelled",
        "reject": "cancelled",
    },
    "partly_shipped": {
        "back_order": "partly_shipped",
        "ship_part": "partly_shipped",
        "ship_rest": "shipped",
        "cancel_rest": "shipped",
        "return_part": "partly_shipped",
    },
    "shipped": {"deliver": "delivered", "return_part": "shipped", "return": "returned"},
    "delivered": {"return_part": "delivered", "return": "returned"},
    "cancelled": {},
    "returned": {},
}
SHIPPED = {LineState.PARTLY_SHIPPED, LineState.SHIPPED, LineState.DELIVERED, LineState.RETURNED}
states = st.lists(st.sampled_from(LineState), min_size=1, max_size=6).map(tuple)


@pytest.mark.spec("ORD-1")
@pytest.mark.parametrize("state", LineState)
@pytest.mark.parametrize("step", Step)
def test_every_step_from_every_state_is_legal_or_refused(state: LineState, step: Step) -> None:
    following = LEGAL[state].get(step)
    if following is not None:
        assert next_line_state(state, step) is LineState(following)
        return
    with pytest.raises(IllegalStep) as caught:
        next_line_state(state, step)
    assert caught.value.detail.startswith(f"a line that is {state} cannot {step}; possible: ")
    assert caught.value.detail.endswith(", ".join(LEGAL[state]) or "none")


@pytest.mark.spec("ORD-1")
def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        LINE_STEPS[LineState.SHIPPED, Step.CANCEL] = LineState.CANCELLED  # type: ignore[index]


@pytest.mark.spec("ORD-1")
@pytest.mark.parametrize("state", LineState)
def test_an_order_whose_lines_are_alike_is_what_they_are(state: LineState) -> None:
    assert order_state((state,)) == order_state((state, state)) == OrderState(state.value)


@pytest.mark.spec("ORD-1")
@given(states)
def test_an_order_is_what_its_lines_make_it(lines: tuple[LineState, ...]) -> None:
    found = order_state(lines)
    assert found == order_state(tuple(reversed(lines)))
    # a cancelled line counts only when there is no other
    assert found == order_state((*lines, LineState.CANCELLED))
    live = set(lines) - {LineState.CANCELLED}
    assert (found is OrderState.CANCELLED) == (not live)
    if live & SHIPPED and live - SHIPPED:
        assert found is OrderState.PARTLY_SHIPPED
    elif live:
        assert found.value in live


@pytest.mark.spec("ORD-1")
@pytest.mark.parametrize(
    ("lines", "order"),
    [
        (("placed", "confirmed"), "placed"),
        (("confirmed", "shipped"), "partly_shipped"),
        (("partly_shipped", "delivered"), "partly_shipped"),
        (("shipped", "delivered"), "shipped"),
        (("delivered", "returned"), "delivered"),
        (("draft", "awaiting_approval", "cancelled"), "draft"),
        (("cancelled", "shipped"), "shipped"),
    ],
)
def test_the_least_advanced_line_names_the_order(lines: tuple[str, ...], order: str) -> None:
    assert order_state(tuple(LineState(line) for line in lines)) is OrderState(order)
