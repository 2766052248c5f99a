"""Items side by side: what can be ordered, and what one piece costs (CAT-1, CAT-6)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from askul_connect.core.domain.accounts import Department
from askul_connect.core.domain.catalog import Fulfilment, Item, StockLevel
from askul_connect.core.domain.item_query import ItemQuery, ItemSort
from askul_connect.core.errors import UnknownDepartment, ValueInvalid
from askul_connect.core.messages.item_search import (
    Availability,
    ComparedItem,
    CompareItemsRequest,
    CompareItemsResponse,
    GetAvailabilityRequest,
    GetAvailabilityResponse,
)
from askul_connect.core.policies.item_prices import per_piece, price_units, rounded
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog import price_view, unit_prices
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.promising import destination, promise_for

MAXIMUM_SKUS = 1_000
MAXIMUM_COMPARED = 100


def get_availability(context: Context, request: GetAvailabilityRequest) -> GetAvailabilityResponse:
    """Price, stock and quantities of items.

    Raises:
        ValueInvalid: No item is named, or too many.
        UnknownDepartment: The account has no such department, or the caller does not order for it.
    """
    skus = _distinct(request.skus, MAXIMUM_SKUS)
    account = context.account()
    items = offered(account, context.unit.catalog.items(skus).values())
    stock = context.unit.catalog.levels(items)
    prices = unit_prices(context, account, items)
    where_to = destination(context, account, _department(context, request.department))
    promises = {sku: promise_for(context, item, where_to) for sku, item in items.items()}
    return GetAvailabilityResponse(
        items=tuple(
            Availability(
                sku=sku,
                unit=items[sku].unit,
                currency=items[sku].currency,
                unit_price=prices[sku].value,
                minimum=items[sku].minimum,
                multiple=items[sku].multiple,
                maximum=items[sku].maximum,
                fulfilment=items[sku].fulfilment,
                lead_days=items[sku].lead_days,
                discontinued=items[sku].discontinued,
                available=_available(stock.get(sku)),
                orderable=_orderable(items[sku], _available(stock.get(sku))),
                delivered_on=found.delivered_on if (found := promises[sku]) else None,
                ordered_by=found.ordered_by if found else None,
            )
            for sku in skus
            if sku in items
        ),
        unknown=tuple(sku for sku in skus if sku not in items),
    )


def compare_items(context: Context, request: CompareItemsRequest) -> CompareItemsResponse:
    """Items by what one piece costs with tax.

    Raises:
        ValueInvalid: Neither items nor a family are named, or both, or too many items.
    """
    if bool(request.skus) == bool(request.family):
        raise ValueInvalid("give either skus or a family", where="skus")
    account = context.account()
    skus = _distinct(request.skus, MAXIMUM_COMPARED) if request.skus else _family(context, request.family)
    items = offered(account, context.unit.catalog.items(skus).values())
    stock = context.unit.catalog.levels(items)
    prices = unit_prices(context, account, items)
    found: list[tuple[Fraction, ComparedItem]] = []
    for sku, item in items.items():
        paid = price_units(prices[sku].value)
        rate = context.house.tax_table.rate(item.tax_category, context.today).rate
        with_tax = per_piece(paid, item.content_quantity, rate)
        made = ComparedItem(
            sku=sku,
            name=item.name,
            maker=item.maker,
            unit=item.unit,
            content_quantity=item.content_quantity,
            currency=item.currency,
            unit_price=prices[sku].value,
            tax_category=item.tax_category,
            tax_rate=rate,
            price_per_piece=rounded(per_piece(paid, item.content_quantity)),
            price_per_piece_incl_tax=rounded(with_tax),
            fulfilment=item.fulfilment,
            lead_days=item.lead_days,
            available=_available(stock.get(sku)),
        )
        found.append((with_tax, made))
    found.sort(key=lambda one: (one[0], one[1].sku))
    return CompareItemsResponse(
        items=tuple(made for _, made in found), unknown=tuple(sku for sku in skus if sku not in items)
    )


def _department(context: Context, code: str) -> Department | None:
    if not code:
        return None
    found = context.unit.departments.by_code(context.caller.account_id, code)
    # a department outside the caller's scope answers like one that does not exist (AUTH-20)
    if found is None or (context.caller.departments and code not in context.caller.departments):
        raise UnknownDepartment(f"the account has no department {code!r}", where="department")
    return found


def _distinct(skus: Sequence[str], most: int) -> tuple[str, ...]:
    if not 1 <= len(skus) <= most:
        raise ValueInvalid(f"give 1 to {most} items, not {len(skus)}", where="skus")
    return tuple(dict.fromkeys(skus))


def _family(context: Context, family: str) -> tuple[str, ...]:
    """The variants that are sold; of a family that is larger than what can be compared, the first."""
    account = context.account()
    query = ItemQuery(kind=account.kind, prices=price_view(context, account), family=family)
    hits = context.unit.item_search.page(query, ItemSort.CATALOG, None, MAXIMUM_COMPARED)
    return tuple(hit.sku for hit in hits)


def _available(level: StockLevel | None) -> int:
    return level.available if level else 0


def _orderable(item: Item, available: int) -> int:
    """The largest quantity that an order is taken for, of those the item is sold in."""
    most = item.maximum if item.fulfilment is Fulfilment.DIRECT else min(item.maximum, available)
    quantity = most - most % item.multiple
    return quantity if quantity >= item.minimum and not item.discontinued else 0
