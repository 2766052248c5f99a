"""Order and line states as a table (ORD-1); the diagram in the documentation is generated from it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from askul_connect.core.errors import IllegalStep


class Channel(StrEnum):
    """How an order came in (ORD-9)."""

    SOAP = "soap"
    JSON = "json"
    IN_PROCESS = "in_process"
    PORTAL = "portal"
    FAX = "fax"
    PHONE = "phone"
    EDI = "edi"


class LineState(StrEnum):
    """State of one order line."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    PLACED = "placed"
    CONFIRMED = "confirmed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class OrderState(StrEnum):
    """State of an order; derived from its lines."""

    DRAFT = "draft"
    AWAITING_APPROVAL = "awaiting_approval"
    PLACED = "placed"
    CONFIRMED = "confirmed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class CancelCause(StrEnum):
    """Why units of a line will not come (ORD-5)."""

    CUSTOMER = "customer"
    REJECTED = "rejected"
    SHORT = "short"
    MASS = "mass"


class Step(StrEnum):
    """What can happen to a line."""

    SUBMIT = "submit"
    APPROVE = "approve"
    CHANGE = "change"
    CONFIRM = "confirm"
    BACK_ORDER = "back_order"
    SHIP_PART = "ship_part"
    SHIP_REST = "ship_rest"
    DELIVER = "deliver"
    CANCEL = "cancel"
    CANCEL_REST = "cancel_rest"
    REJECT = "reject"
    RETURN_PART = "return_part"
    RETURN = "return"


#: (state, step) -> next state. A pair that is not here is illegal.
LINE_STEPS: Mapping[tuple[LineState, Step], LineState] = MappingProxyType(
    {
        (LineState.DRAFT, Step.SUBMIT): LineState.AWAITING_APPROVAL,
        (LineState.DRAFT, Step.APPROVE): LineState.PLACED,
        (LineState.DRAFT, Step.CANCEL): LineState.CANCELLED,
        (LineState.AWAITING_APPROVAL, Step.APPROVE): LineState.PLACED,
        (LineState.AWAITING_APPROVAL, Step.CANCEL): LineState.CANCELLED,
        (LineState.PLACED, Step.CONFIRM): LineState.CONFIRMED,
        (LineState.PLACED, Step.CANCEL): LineState.CANCELLED,
        (LineState.PLACED, Step.REJECT): LineState.CANCELLED,
        (LineState.PLACED, Step.CHANGE): LineState.PLACED,
        (LineState.CONFIRMED, Step.CHANGE): LineState.CONFIRMED,
        (LineState.CONFIRMED, Step.BACK_ORDER): LineState.CONFIRMED,
        (LineState.CONFIRMED, Step.SHIP_PART): LineState.PARTLY_SHIPPED,
        (LineState.CONFIRMED, Step.SHIP_REST): LineState.SHIPPED,
        (LineState.CONFIRMED, Step.CANCEL): LineState.CANCELLED,
        (LineState.CONFIRMED, Step.REJECT): LineState.CANCELLED,
        (LineState.PARTLY_SHIPPED, Step.BACK_ORDER): LineState.PARTLY_SHIPPED,
        (LineState.PARTLY_SHIPPED, Step.SHIP_PART): LineState.PARTLY_SHIPPED,
        (LineState.PARTLY_SHIPPED, Step.SHIP_REST): LineState.SHIPPED,
        (LineState.PARTLY_SHIPPED, Step.CANCEL_REST): LineState.SHIPPED,
        (LineState.PARTLY_SHIPPED, Step.RETURN_PART): LineState.PARTLY_SHIPPED,
        (LineState.SHIPPED, Step.DELIVER): LineState.DELIVERED,
        (LineState.SHIPPED, Step.RETURN_PART): LineState.SHIPPED,
        (LineState.SHIPPED, Step.RETURN): LineState.RETURNED,
        (LineState.DELIVERED, Step.RETURN_PART): LineState.DELIVERED,
        (LineState.DELIVERED, Step.RETURN): LineState.RETURNED,
    }
)


def next_line_state(state: LineState, step: Step) -> LineState:
    """The state after a step.

    Raises:
        IllegalStep: The table has no such step from this state.
    """
    try:
        return LINE_STEPS[(state, step)]
    except KeyError:
        allowed = ", ".join(s for (at, s) in LINE_STEPS if at is state) or "none"
        raise IllegalStep(f"a line that is {state} cannot {step}; possible: {allowed}") from None


#: From least to most advanced; the least advanced line that is not cancelled names the order's state.
_PROGRESS = (
    LineState.DRAFT,
    LineState.AWAITING_APPROVAL,
    LineState.PLACED,
    LineState.CONFIRMED,
    LineState.PARTLY_SHIPPED,
    LineState.SHIPPED,
    LineState.DELIVERED,
    LineState.RETURNED,
)
_SOME_SHIPPED = frozenset(
    {LineState.PARTLY_SHIPPED, LineState.SHIPPED, LineState.DELIVERED, LineState.RETURNED}
)


def order_state(lines: tuple[LineState, ...]) -> OrderState:
    """The order's state from its lines' states.

    A cancelled line does not count unless all are cancelled; an order of which some but not all lines have been
    shipped is partly shipped.
    """
    live = [state for state in lines if state is not LineState.CANCELLED]
    if not live:
        return OrderState.CANCELLED
    least = min(live, key=_PROGRESS.index)
    if least not in _SOME_SHIPPED and any(state in _SOME_SHIPPED for state in live):
        return OrderState.PARTLY_SHIPPED
    return OrderState(least.value)
