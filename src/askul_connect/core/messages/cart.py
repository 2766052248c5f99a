"""Requests and responses of keeping, changing, filling and ordering the cart (CART-1, CART-3, CART-6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.stored_carts import CartAction
from askul_connect.core.messages.documents import OrderDocument


@frozen(kw_only=True)
class CartLineDocument:
    """One line of the cart.

    Attributes:
        version: To be named by who changes the line.
        name: Empty when the item is not in the caller's catalog any more.
        seen_price: Unit price without tax, major units, when the line was last changed.
    """

    line_id: str
    version: int
    sku: str
    name: str
    quantity: int
    unit: str
    department: str
    cost_centre: str
    seen_price: Decimal


@frozen(kw_only=True)
class CartDocument:
    """The cart of the caller in the account that the caller works in; one on all devices.

    Attributes:
        version: Grows with every change; 0 for a cart that was never used.
    """

    version: int
    lines: tuple[CartLineDocument, ...]
    changed_at: datetime | None = None


@frozen(kw_only=True)
class GetCartRequest:
    """The caller's cart as it is kept."""


@frozen(kw_only=True)
class GetCartResponse:
    """The cart."""

    cart: CartDocument


@frozen(kw_only=True)
class CartChange:
    """One change.

    Attributes:
        action: ``add`` needs ``sku``; all others need ``line_id`` and the ``version`` of the line that is shown.
        quantity: For ``add`` and ``set``; none to add proposes the usual one.
        department: For ``add`` and ``move``; of what is added, none for the only one that there is.
        cost_centre: For ``add`` and ``move``.
    """

    action: CartAction
    sku: str = ""
    quantity: int | None = None
    department: str | None = None
    cost_centre: str | None = None
    line_id: str = ""
    version: int = 0


@frozen(kw_only=True)
class ChangeCartRequest:
    """Change the cart: all changes or none."""

    changes: tuple[CartChange, ...]


@frozen(kw_only=True)
class ChangeCartResponse:
    """The cart after the changes."""

    cart: CartDocument


@frozen(kw_only=True)
class QuickOrderRequest:
    """Put pasted lines into the cart.

    Attributes:
        text: Lines of "SKU quantity", or CSV; a JAN names an item too, and without a quantity the usual one is meant.
        department: Of all lines; empty for the only one that there is.
        trial: Read and judge everything, but put nothing into the cart.
    """

    text: str
    department: str = ""
    cost_centre: str = ""
    trial: bool = False


@frozen(kw_only=True)
class QuickOrderItem:
    """An item that was put into the cart.

    Attributes:
        rows: The lines of the text that name it.
        quantity: Of all these lines together.
    """

    rows: tuple[int, ...]
    sku: str
    name: str
    quantity: int


@frozen(kw_only=True)
class ItemSuggestion:
    """An item that may have been meant."""

    sku: str
    name: str


@frozen(kw_only=True)
class QuickOrderRefusal:
    """A line of the text that was not put into the cart.

    Attributes:
        row: The line, from 1.
        code: Of the error.
        text: What the line names.
    """

    row: int
    code: str
    text: str
    reason: str
    remedy: str
    suggestions: tuple[ItemSuggestion, ...] = ()


@frozen(kw_only=True)
class QuickOrderResponse:
    """The cart with every line that is good; those that are not, with what may have been meant."""

    cart: CartDocument
    added: tuple[QuickOrderItem, ...]
    refused: tuple[QuickOrderRefusal, ...]
    trial: bool = False


@frozen(kw_only=True)
class CheckOutCartRequest:
    """Order everything in the cart, as it was shown.

    Attributes:
        expected_version: Of the cart.
        expected_total: What the cart comes to with tax, minor units, as PriceCart said with the same coupons.
        purchase_order_id: The caller's own number; empty to have one made.
        buyer_party: Empty for the account's.
        coupons: Codes of coupons; one that does not count refuses the order.
        trial: Check everything and answer completely, but do nothing (CART-5).
    """

    expected_version: int
    expected_total: int
    purchase_order_id: str = ""
    buyer_party: str = ""
    issue_year: int = 0
    coupons: tuple[str, ...] = ()
    trial: bool = False


@frozen(kw_only=True)
class CheckOutCartResponse:
    """The orders made, linked with each other; the cart is empty.

    Attributes:
        purchase_order_id: The number that the orders are known by.
    """

    orders: tuple[OrderDocument, ...]
    purchase_order_id: str
    trial: bool
