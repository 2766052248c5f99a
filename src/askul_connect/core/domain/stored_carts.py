"""A cart as it is kept between calls: one for each person or machine in each account (CART-6)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen


class CartAction(StrEnum):
    """What is done to a cart.

    ``KEEP`` takes note of today's price and stock, and changes nothing else.
    """

    ADD = "add"
    SET = "set"
    MOVE = "move"
    REMOVE = "remove"
    KEEP = "keep"


@frozen(kw_only=True)
class StoredCartLine:
    """One line of a stored cart.

    Attributes:
        line_id: Given by the cart and never given again.
        quantity: Sales units.
        seen_price: The caller's unit price without tax, major units, when the line was last looked at by a change.
        seen_enough: Whether the stock was enough for the quantity then; what a maker ships always is.
        version: The version of the cart that the line was last changed in.
    """

    line_id: str
    sku: str
    quantity: int
    department: str
    cost_centre: str
    seen_price: Decimal
    seen_enough: bool
    version: int

    @property
    def place(self) -> tuple[str, str, str]:
        """What two lines that are the same have in common: item, department and cost centre."""
        return self.sku, self.department, self.cost_centre


@frozen(kw_only=True)
class GoneLine:
    """A line that is not in the cart any more, so that a window that still shows it is told.

    Attributes:
        version: The version of the cart that it went in.
        ordered: Whether it was ordered; else it was removed, or became part of another line.
    """

    line_id: str
    sku: str
    department: str
    version: int
    ordered: bool = False


@frozen(kw_only=True)
class StoredCart:
    """What a person or a machine wants to order for an account.

    Attributes:
        user_id: Id of the person or the client credential.
        version: Grows with every change.
        last_line: Number of the last line id that was given.
        gone: The latest lines that went, the oldest first.
    """

    account_id: str
    user_id: str
    version: int
    changed_at: datetime
    last_line: int = 0
    lines: tuple[StoredCartLine, ...] = ()
    gone: tuple[GoneLine, ...] = ()


@frozen(kw_only=True)
class PastQuantity:
    """How many of an item were ordered once.

    Attributes:
        placed_by: Id of the person or the client credential.
    """

    placed_by: str
    department: str
    quantity: int
