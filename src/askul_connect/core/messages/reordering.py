"""Request and response of ordering again (ORD-8)."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.reordering import ReorderChange
from askul_connect.core.messages.cart import CartDocument


@frozen(kw_only=True)
class ReorderRequest:
    """An order, or some of its lines, as it would be ordered today.

    Attributes:
        order_number: Of any order that the caller may see, however old.
        line_ids: Which of its lines; none for all.
        into_cart: Put into the cart what can be ordered of it.
    """

    order_number: str
    line_ids: tuple[str, ...] = ()
    into_cart: bool = False


@frozen(kw_only=True)
class ReorderLine:
    """One line of before and of today.

    Attributes:
        ordered_sku, ordered_name, ordered_quantity, ordered_unit_price: As it was.
        sku, name, unit: What would be ordered; empty when nothing takes the place of what is gone.
        quantity: In today's sales unit, within its limits; 0 for nothing.
        unit_price: Today's, without tax, major units; None for nothing.
        amount_excl_tax: Quantity times price, minor units, without discounts.
        available: Stock that can be promised; 0 for what its maker ships.
        department: Empty when the caller may not order for that of before.
        changes: What is not as it was.
        added: Whether it was put into the cart.
    """

    line_id: str
    ordered_sku: str
    ordered_name: str
    ordered_quantity: int
    ordered_unit_price: Decimal
    sku: str
    name: str
    unit: str
    quantity: int
    unit_price: Decimal | None
    amount_excl_tax: int
    available: int
    department: str
    cost_centre: str
    changes: tuple[ReorderChange, ...]
    added: bool = False


@frozen(kw_only=True)
class ReorderResponse:
    """The lines in the order of before; nothing has been ordered.

    Attributes:
        cart: The cart, where lines were to be put into it.
    """

    currency: str
    lines: tuple[ReorderLine, ...]
    cart: CartDocument | None = None
