"""How many of an item are usually ordered, so that nobody has to type a quantity (CART-1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from askul_connect.core.domain.catalog import Item
from askul_connect.core.domain.stored_carts import PastQuantity

#: Of so many of the latest orders of an item the median is proposed; an odd number, so that there is one.
CONSIDERED = 5


def usual_quantity(
    item: Item, past: Sequence[PastQuantity], user_id: str, departments: Collection[str] = ()
) -> int:
    """The quantity to propose: the median of the latest orders, as the item is sold today.

    Args:
        item: Its minimum is proposed where nothing was ordered.
        past: Of the account, the latest first.
        user_id: Whose own orders count before those of others.
        departments: Where the caller is limited to some, only their orders count; empty for all.
    """
    seen = [one for one in past if not departments or one.department in departments]
    own = [one for one in seen if one.placed_by == user_id]
    counted = sorted(one.quantity for one in (own or seen)[:CONSIDERED])
    # of an even number the lower middle, which was ordered once; a mean may never have been
    return sellable(item, counted[(len(counted) - 1) // 2] if counted else item.minimum)


def sellable(item: Item, quantity: int) -> int:
    """The nearest quantity from there on that the item is sold in; the largest where there is none."""
    up = -(-max(quantity, item.minimum) // item.multiple) * item.multiple
    return min(up, item.maximum // item.multiple * item.multiple)
