"""What of an earlier order can be ordered again today, and in what quantity (ORD-8)."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from askul_connect.core.domain.catalog import Fulfilment, Item
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.domain.reordering import ReorderChange
from askul_connect.core.domain.sales import OrderLine

#: So many items may in turn take one another's place.
LONGEST_CHAIN = 5


@frozen(kw_only=True)
class ReorderFacts:
    """What is known today.

    Attributes:
        items: Those the account is offered, among them what takes the place of others, by SKU.
        prices: What the account pays for a sales unit, by SKU.
        available: Stock that can be promised, by SKU.
        departments: Codes that the caller may order for.
    """

    items: Mapping[str, Item]
    prices: Mapping[str, UnitPrice]
    available: Mapping[str, int]
    departments: frozenset[str]


@frozen(kw_only=True)
class Proposal:
    """How a line would be ordered today.

    Attributes:
        item: What would be ordered; None when nothing takes the place of what is gone.
        quantity: In the item's own sales unit, within its limits; 0 for nothing.
        department: Empty when that of the line is none the caller may order for.
    """

    line: OrderLine
    item: Item | None
    quantity: int
    department: str
    changes: tuple[ReorderChange, ...]


def sold(item: Item | None) -> bool:
    """Whether it can be ordered at all."""
    return item is not None and not item.discontinued


def in_place_of(sku: str, items: Mapping[str, Item]) -> Item | None:
    """The item itself while it is sold; else the nearest of what takes its place, the best first."""
    seen, nearest = {sku}, [sku]
    for _ in range(LONGEST_CHAIN + 1):
        for one in nearest:
            found = items.get(one)
            if found is not None and sold(found):
                return found
        following = [
            other for one in nearest if (known := items.get(one)) is not None for other in known.substitutes
        ]
        nearest = [other for other in dict.fromkeys(following) if other not in seen]
        seen.update(nearest)
    return None


def quantity_sold(item: Item, wanted: int) -> int:
    """The quantity nearest to what is wanted, not below it where that is sold."""
    least = max(wanted, item.minimum, 1)
    whole = -(-least // item.multiple) * item.multiple
    return whole if whole <= item.maximum else item.maximum // item.multiple * item.multiple


def propose(line: OrderLine, facts: ReorderFacts) -> Proposal:
    """How a line would be ordered today."""
    changes = []
    department = line.department if line.department in facts.departments else ""
    if department != line.department:
        changes.append(ReorderChange.DEPARTMENT)
    item = in_place_of(line.sku, facts.items)
    if item is None:
        changes.append(ReorderChange.GONE)
        return Proposal(line=line, item=None, quantity=0, department=department, changes=tuple(changes))
    wanted = line.quantity
    if item.sku != line.sku:
        changes.append(ReorderChange.SUBSTITUTE)
        # as many pieces as before, in whole sales units of what takes its place
        pieces = wanted * facts.items[line.sku].content_quantity
        wanted = -(-pieces // item.content_quantity)
    quantity = quantity_sold(item, wanted)
    if item.unit != line.unit:
        changes.append(ReorderChange.UNIT)
    if quantity != line.quantity:
        changes.append(ReorderChange.QUANTITY)
    if facts.prices[item.sku].value != line.unit_price:
        changes.append(ReorderChange.PRICE)
    if item.fulfilment is Fulfilment.STOCK and facts.available.get(item.sku, 0) < quantity:
        changes.append(ReorderChange.SHORT)
    return Proposal(line=line, item=item, quantity=quantity, department=department, changes=tuple(changes))
