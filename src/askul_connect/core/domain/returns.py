"""Goods that a customer wants to send back, from the request to the credit note (ORD-6)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from attrs import frozen


class ReturnReason(StrEnum):
    """Why goods go back."""

    NOT_NEEDED = "not_needed"
    WRONG_ITEM = "wrong_item"
    DAMAGED = "damaged"
    DEFECTIVE = "defective"
    LATE = "late"


class ReturnState(StrEnum):
    """State of one return."""

    REQUESTED = "requested"
    AUTHORISED = "authorised"
    REFUSED = "refused"
    RECEIVED = "received"
    CREDITED = "credited"


class ReturnStep(StrEnum):
    """What can happen to a return."""

    AUTHORISE = "authorise"
    REFUSE = "refuse"
    RECEIVE = "receive"
    CREDIT = "credit"


#: (state, step) -> next state. A pair that is not here is illegal.
RETURN_STEPS: Mapping[tuple[ReturnState, ReturnStep], ReturnState] = MappingProxyType(
    {
        (ReturnState.REQUESTED, ReturnStep.AUTHORISE): ReturnState.AUTHORISED,
        (ReturnState.REQUESTED, ReturnStep.REFUSE): ReturnState.REFUSED,
        (ReturnState.AUTHORISED, ReturnStep.REFUSE): ReturnState.REFUSED,
        (ReturnState.AUTHORISED, ReturnStep.RECEIVE): ReturnState.RECEIVED,
        (ReturnState.RECEIVED, ReturnStep.CREDIT): ReturnState.CREDITED,
    }
)


@frozen(kw_only=True)
class ReturnLine:
    """Units of one shipped line.

    Attributes:
        ship_notice_number: The shipment they came with.
        quantity: Units that are to come back.
        quantity_received: Units that did.
        sellable: Of these, units that went back into stock.
    """

    line_id: str
    ship_notice_number: str
    quantity: int
    reason: ReturnReason
    quantity_received: int = 0
    sellable: int = 0


@frozen(kw_only=True)
class GoodsReturn:
    """One return of one order.

    Attributes:
        return_number: Unique.
        requested_by: User or client credential.
        answer: What the supplier said when it refused; never personal.
    """

    return_number: str
    account_id: str
    order_number: str
    requested_by: str
    requested_at: datetime
    state: ReturnState
    lines: tuple[ReturnLine, ...]
    answer: str = ""
