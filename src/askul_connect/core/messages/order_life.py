"""Requests and responses about an order after it was placed: change, cancellation, rejection, delivery (ORD-5)."""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from askul_connect.core.domain.orders import OrderState
from askul_connect.core.messages.documents import OrderDocument
from askul_connect.core.messages.growth import NEW_IN_REQUEST, NEW_IN_RESPONSE


@frozen(kw_only=True)
class CancelOrderRequest:
    """Cancel an order, or some of its lines, until the cut-off.

    Attributes:
        lines: Line ids; none means every line that is not cancelled yet.
        trial: Check everything and answer completely, but do nothing (CART-5).
    """

    order_number: str
    lines: tuple[str, ...] = ()
    trial: bool = False


@frozen(kw_only=True)
class CancelOrderResponse:
    """The order as it stands then; ``change_number`` names what was done.

    Attributes:
        other_orders: Those of the same checkout, whose amounts may have changed too.
        total_incl_tax: What the units that are left of all the checkout come to, minor units with tax.
        coupon: Code of the coupon that counts for the checkout; one that does no longer was given back.
    """

    order: OrderDocument
    change_number: str
    trial: bool
    other_orders: tuple[OrderDocument, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    total_incl_tax: int = field(default=0, metadata=NEW_IN_RESPONSE)
    coupon: str = field(default="", metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class ChangedLine:
    """The quantity that is wanted of one line, all in all."""

    line_id: str
    quantity: int


@frozen(kw_only=True)
class ChangeOrderRequest:
    """Change quantities of an order, until the cut-off.

    Attributes:
        trial: Check everything and answer completely, but do nothing (CART-5).
        expected_total: What a trial said that all of the checkout comes to, minor units with tax; another total refuses
            the change (CART-4).
    """

    order_number: str
    lines: tuple[ChangedLine, ...]
    trial: bool = False
    expected_total: int | None = field(default=None, metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class ChangeOrderResponse:
    """The order as it stands then; ``change_number`` names what was done.

    Attributes:
        other_orders: Those of the same checkout, whose amounts may have changed too.
        total_incl_tax: What the units that are left of all the checkout come to, minor units with tax.
        coupon: Code of the coupon that counts for the checkout; one that does no longer was given back.
    """

    order: OrderDocument
    change_number: str
    trial: bool
    other_orders: tuple[OrderDocument, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    total_incl_tax: int = field(default=0, metadata=NEW_IN_RESPONSE)
    coupon: str = field(default="", metadata=NEW_IN_RESPONSE)


@frozen(kw_only=True)
class RejectedLine:
    """A line that the supplier will not deliver, and why in its words."""

    line_id: str
    reason: str


@frozen(kw_only=True)
class RejectLinesRequest:
    """Reject lines of which nothing has left.

    Attributes:
        ticket: An open ticket of the customer, for people of the supplier (AUTH-19).
    """

    order_number: str
    lines: tuple[RejectedLine, ...]
    ticket: str = ""


@frozen(kw_only=True)
class RejectLinesResponse:
    """The order as it stands then."""

    order: OrderDocument
    change_number: str


@frozen(kw_only=True)
class RecordDeliveryRequest:
    """A shipment has arrived.

    Attributes:
        delivered_on: Business day; today by default.
        ticket: An open ticket of the customer, for people of the supplier (AUTH-19).
    """

    ship_notice_number: str
    delivered_on: date | None = None
    ticket: str = ""


@frozen(kw_only=True)
class RecordDeliveryResponse:
    """The shipment, and where its order stands then."""

    ship_notice_number: str
    order_number: str
    delivered_on: date
    order_state: OrderState


@frozen(kw_only=True)
class CancelOrdersInBulkRequest:
    """Cancel what has not left of many orders: all that every given condition names, of all customers.

    Attributes:
        reason: Told to every customer concerned.
        order_numbers: Only these orders.
        sku: Only lines of this item.
        ordered_from, ordered_to: Only orders of these days, both included.
        most: About how many orders one call cancels; orders of one customer are never divided over two calls.
        ticket: An open ticket, for people of the supplier (AUTH-19).
    """

    reason: str
    order_numbers: tuple[str, ...] = ()
    sku: str = ""
    ordered_from: date | None = None
    ordered_to: date | None = None
    most: int = 500
    ticket: str = ""


@frozen(kw_only=True)
class CancelOrdersInBulkResponse:
    """What was cancelled.

    Attributes:
        bulk_number: Names this call's work; each user is told of it once.
        order_numbers: The orders that lost lines.
        informed: How many people were told.
        left: Orders that the conditions name too and that another call, with a key of its own, will cancel.
    """

    bulk_number: str
    order_numbers: tuple[str, ...]
    informed: int
    left: int
