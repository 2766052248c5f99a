"""Requests and responses about goods that go back (ORD-6)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from askul_connect.core.domain.returns import ReturnReason, ReturnState
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ReturnDocumentLine:
    """Units of one shipped line that are to go back, and how many did."""

    line_id: str
    ship_notice_number: str
    quantity: int
    reason: ReturnReason
    quantity_received: int


@frozen(kw_only=True)
class ReturnDocument:
    """One return of one order.

    Attributes:
        answer: What the supplier said when it refused.
    """

    return_number: str
    order_number: str
    purchase_order_id: str
    state: ReturnState
    requested_at: datetime
    lines: tuple[ReturnDocumentLine, ...]
    answer: str = ""


@frozen(kw_only=True)
class ReturnLineRequest:
    """Units of one line to send back; the supplier finds the shipments they came with, oldest first."""

    line_id: str
    quantity: int
    reason: ReturnReason


@frozen(kw_only=True)
class RequestReturnRequest:
    """Ask to send shipped goods back.

    Attributes:
        trial: Check everything and answer completely, but do nothing (CART-5).
    """

    order_number: str
    lines: tuple[ReturnLineRequest, ...]
    trial: bool = False


@frozen(kw_only=True)
class RequestReturnResponse:
    """The return, which waits for the supplier."""

    goods_return: ReturnDocument
    trial: bool


@frozen(kw_only=True)
class AuthoriseReturnRequest:
    """Let goods be sent back.

    Attributes:
        ticket: An open ticket of the customer, for people of the supplier (AUTH-19).
    """

    return_number: str
    ticket: str = ""


@frozen(kw_only=True)
class AuthoriseReturnResponse:
    """The return."""

    goods_return: ReturnDocument


@frozen(kw_only=True)
class RefuseReturnRequest:
    """Refuse a return, also one that was authorised and whose goods never came.

    Attributes:
        answer: Why, told to the customer.
        ticket: An open ticket of the customer, for people of the supplier (AUTH-19).
    """

    return_number: str
    answer: str
    ticket: str = ""


@frozen(kw_only=True)
class RefuseReturnResponse:
    """The return."""

    goods_return: ReturnDocument


@frozen(kw_only=True)
class ReceivedLine:
    """What came back of one line; ``sellable`` of the units go back into stock."""

    line_id: str
    quantity: int
    sellable: int


@frozen(kw_only=True)
class ReceiveReturnRequest:
    """The goods are there; what did not come is not credited.

    Attributes:
        ticket: An open ticket of the customer, for people of the supplier (AUTH-19).
    """

    return_number: str
    lines: tuple[ReceivedLine, ...]
    ticket: str = ""


@frozen(kw_only=True)
class ReceiveReturnResponse:
    """The return; it is credited by the next credit note."""

    goods_return: ReturnDocument


@frozen(kw_only=True)
class ListReturnsRequest(ListRequest):
    """Returns that are new or have changed."""


@frozen(kw_only=True)
class ListReturnsResponse:
    """One page of returns."""

    returns: tuple[ReturnDocument, ...]
    page: PageInfo
