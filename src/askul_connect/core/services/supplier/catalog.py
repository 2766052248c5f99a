"""The catalog at the caller's prices (CAT-1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.catalog import DatedPrice, Item, StockLevel
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.item_query import PriceView
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.catalog import (
    GetItemRequest,
    GetItemResponse,
    ItemDocument,
    ListItemsRequest,
    ListItemsResponse,
)
from askul_connect.core.policies.item_prices import (
    paid_units,
    per_piece,
    price_of_units,
    price_units,
    price_until,
    rounded,
)
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog_index import ITEM_FEED
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page

_LIST_PRICE = 1_000


def price_view(context: Context, account: Account) -> PriceView:
    """Whose prices are meant: those of the account, today."""
    corporate = has(account.kind, Capability.CORPORATE_PRICES)
    return PriceView(
        account_id=account.account_id,
        on=context.today,
        permille=context.house.profile.price_factor_permille if corporate else _LIST_PRICE,
    )


def unit_prices(context: Context, account: Account, items: Mapping[str, Item]) -> dict[str, UnitPrice]:
    """What the account pays for one sales unit of each item, without tax: its contract price before all else."""
    prices = context.unit.catalog.prices(account.account_id, items)
    view = price_view(context, account)
    return {sku: _price(item, prices.get(sku, ()), view) for sku, item in items.items()}


def unit_price(context: Context, account: Account, item: Item) -> UnitPrice:
    """As :func:`unit_prices`, of one item."""
    return unit_prices(context, account, {item.sku: item})[item.sku]


def _price(item: Item, own: Sequence[DatedPrice], view: PriceView) -> UnitPrice:
    paid = paid_units(price_units(item.list_price), own, view)
    return UnitPrice(price_of_units(paid), currency(item.currency))


def item_documents(context: Context, account: Account, items: Mapping[str, Item]) -> dict[str, ItemDocument]:
    """Items as the account sees them, by SKU."""
    stock = context.unit.catalog.levels(items)
    prices = context.unit.catalog.prices(account.account_id, items)
    view = price_view(context, account)
    return {
        sku: _document(context, item, stock.get(sku), prices.get(sku, ()), view)
        for sku, item in items.items()
    }


def _document(
    context: Context, item: Item, stock: StockLevel | None, own: Sequence[DatedPrice], view: PriceView
) -> ItemDocument:
    paid = paid_units(price_units(item.list_price), own, view)
    return ItemDocument(
        sku=item.sku,
        jan=item.jan,
        name=item.name,
        name_en=item.name_en,
        maker=item.maker,
        category=item.category,
        unspsc=item.unspsc,
        tax_category=item.tax_category,
        tax_rate=context.house.tax_table.rate(item.tax_category, context.today).rate,
        currency=item.currency,
        unit_price=price_of_units(paid),
        unit=item.unit,
        content_quantity=item.content_quantity,
        minimum=item.minimum,
        multiple=item.multiple,
        maximum=item.maximum,
        fulfilment=item.fulfilment,
        lead_days=item.lead_days,
        discontinued=item.discontinued,
        available=stock.available if stock else 0,
        price_per_piece=rounded(per_piece(paid, item.content_quantity)),
        price_until=price_until(own, view.account_id, view.on),
        regions=item.regions,
        catalog_issue=item.catalog_issue,
        catalog_page=item.catalog_page,
        family=item.family,
        recommended=item.recommended,
        substitutes=item.substitutes,
        large=item.large,
    )


def get_item(context: Context, request: GetItemRequest) -> GetItemResponse:
    """One item.

    Raises:
        NotFound: There is no such SKU.
    """
    account = context.account()
    items = offered(account, context.unit.catalog.items([request.sku]).values())
    if request.sku not in items:
        raise NotFound(f"there is no item {request.sku!r}", where="sku")
    return GetItemResponse(item=item_documents(context, account, items)[request.sku])


def list_items(context: Context, request: ListItemsRequest) -> ListItemsResponse:
    """Items that are new or have changed, in commit order."""
    account = context.account()
    whole = has(account.kind, Capability.WHOLE_CATALOG)

    def seen(skus: Sequence[str]) -> frozenset[str]:
        items = context.unit.catalog.items(skus)
        sold = offered(account, items.values())
        # who sees the whole catalog is told what left it
        return frozenset(sold) if not whole else frozenset(skus) - (items.keys() - sold.keys())

    found = page(context, ITEM_FEED, request, of_account=False, visible=seen)
    documents = item_documents(context, account, context.unit.catalog.items(found.keys))
    info = found.info
    if whole and not request.cursor:
        limited = context.unit.catalog.limited().items()
        hidden = sum(number for kinds, number in limited if account.kind not in kinds)
        info = evolve(info, total=context.unit.changes.alive("", ITEM_FEED) - hidden)
    return ListItemsResponse(items=in_order(found.keys, documents), page=info)
