"""Requests and responses of ordering, and the lists a buyer synchronises from."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, AnticipatedTotals
from askul_connect.core.messages.documents import Invoice, OrderConfirmation, OrderDocument, ShipNotice
from askul_connect.core.messages.growth import NEW_IN_REQUEST
from askul_connect.core.messages.paging import ListRequest, PageInfo


class OnPriceChange(StrEnum):
    """What the supplier does with a line whose price is not the expected one (CART-4)."""

    REFUSE_ORDER = "refuse_order"
    DROP_LINE = "drop_line"


@frozen(kw_only=True)
class OrderLineRequest:
    """One line to order, in the supplier's terms.

    Attributes:
        line_id: The buyer's line number, returned in every later document.
        expected_unit_price: Price without tax the buyer expects; None means any.
        allowances: What was agreed to be taken off this line or added to it; the supplier takes only what it agreed.
    """

    line_id: str
    sku: str
    quantity: int
    unit: str
    expected_unit_price: Decimal | None = None
    department: str = ""
    cost_centre: str = ""
    requested_on: date | None = None
    allowances: tuple[AllowanceCharge, ...] = field(default=(), metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class PlaceOrderRequest:
    """Place an order (ORD-2).

    Attributes:
        purchase_order_id: The buyer's number; with ``buyer_party`` and ``issue_year`` unique for ever (INT-11).
        issue_year: Year of issue where the buyer's numbers start again each year, else 0.
        price_tolerance: Accepted deviation of each unit price, in major units of the currency.
        trial: Check everything and answer completely, but do nothing (CART-5).
        allowances: What was agreed to be taken off the order as a whole or added to it.
        anticipated: The totals the buyer expects, kept with the order as they are.
        coupons: Codes of coupons; one that does not count refuses the order.
    """

    purchase_order_id: str
    buyer_party: str
    currency: str
    lines: tuple[OrderLineRequest, ...]
    issue_year: int = 0
    price_tolerance: Decimal = Decimal(0)
    on_price_change: OnPriceChange = OnPriceChange.REFUSE_ORDER
    trial: bool = False
    allowances: tuple[AllowanceCharge, ...] = field(default=(), metadata=NEW_IN_REQUEST)
    anticipated: AnticipatedTotals | None = field(default=None, metadata=NEW_IN_REQUEST)
    coupons: tuple[str, ...] = field(default=(), metadata=NEW_IN_REQUEST)


@frozen(kw_only=True)
class DroppedLine:
    """A line that was left out by the caller's own expectation, and why."""

    line_id: str
    code: str
    reason: str


@frozen(kw_only=True)
class PlaceOrderResponse:
    """The orders made; several where one checkout splits by fulfilment or supplier (ORD-2)."""

    orders: tuple[OrderDocument, ...]
    trial: bool
    dropped: tuple[DroppedLine, ...] = ()


@frozen(kw_only=True)
class GetOrderRequest:
    """One order by the supplier's number."""

    order_number: str


@frozen(kw_only=True)
class GetOrderResponse:
    """The order."""

    order: OrderDocument


@frozen(kw_only=True)
class GetOrderByExternalIdRequest:
    """The orders of one purchase order; how an unknown outcome is found out."""

    purchase_order_id: str
    buyer_party: str
    issue_year: int = 0


@frozen(kw_only=True)
class GetOrderByExternalIdResponse:
    """The orders; none when the supplier never took the purchase order."""

    orders: tuple[OrderDocument, ...]


@frozen(kw_only=True)
class ListOrdersRequest(ListRequest):
    """Orders that are new or have changed."""


@frozen(kw_only=True)
class ListOrdersResponse:
    """One page of orders."""

    orders: tuple[OrderDocument, ...]
    page: PageInfo


@frozen(kw_only=True)
class ListConfirmationsRequest(ListRequest):
    """Order confirmations that are new."""


@frozen(kw_only=True)
class ListConfirmationsResponse:
    """One page of order confirmations."""

    confirmations: tuple[OrderConfirmation, ...]
    page: PageInfo


@frozen(kw_only=True)
class ListShipNoticesRequest(ListRequest):
    """Ship notices that are new."""


@frozen(kw_only=True)
class ListShipNoticesResponse:
    """One page of ship notices."""

    ship_notices: tuple[ShipNotice, ...]
    page: PageInfo


@frozen(kw_only=True)
class ListInvoicesRequest(ListRequest):
    """Invoices that are new."""


@frozen(kw_only=True)
class ListInvoicesResponse:
    """One page of invoices."""

    invoices: tuple[Invoice, ...]
    page: PageInfo
