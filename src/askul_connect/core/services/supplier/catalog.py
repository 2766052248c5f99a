"""The catalog at the caller's prices (CAT-1)."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.catalog import Item, StockLevel
from askul_connect.core.domain.currency import currency
from askul_connect.core.domain.money import UnitPrice
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.catalog import (
    GetItemRequest,
    GetItemResponse,
    ItemDocument,
    ListItemsRequest,
    ListItemsResponse,
)
from askul_connect.core.policies.pricing import contract_price
from askul_connect.core.services.supplier.capabilities import offered
from askul_connect.core.services.supplier.catalog_index import ITEM_FEED
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page


def unit_price(context: Context, account: Account, item: Item) -> UnitPrice:
    """What the account pays for one sales unit, without tax."""
    listed = UnitPrice(item.list_price, currency(item.currency))
    if not has(account.kind, Capability.CORPORATE_PRICES):
        return listed
    return contract_price(listed, context.house.profile.price_factor_permille)


def _document(context: Context, account: Account, item: Item, stock: StockLevel | None) -> ItemDocument:
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
        unit_price=unit_price(context, account, item).value,
        unit=item.unit,
        content_quantity=item.content_quantity,
        minimum=item.minimum,
        multiple=item.multiple,
        maximum=item.maximum,
        fulfilment=item.fulfilment,
        lead_days=item.lead_days,
        discontinued=item.discontinued,
        available=stock.available if stock else 0,
    )


def get_item(context: Context, request: GetItemRequest) -> GetItemResponse:
    """One item.

    Raises:
        NotFound: There is no such SKU.
    """
    account = context.account()
    item = offered(account, context.unit.catalog.items([request.sku]).values()).get(request.sku)
    if item is None:
        raise NotFound(f"there is no item {request.sku!r}", where="sku")
    stock = context.unit.catalog.stock([request.sku]).get(request.sku)
    return GetItemResponse(item=_document(context, account, item, stock))


def list_items(context: Context, request: ListItemsRequest) -> ListItemsResponse:
    """Items that are new or have changed, in commit order."""
    account = context.account()

    def seen(skus: Sequence[str]) -> frozenset[str]:
        return frozenset(offered(account, context.unit.catalog.items(skus).values()))

    whole = has(account.kind, Capability.WHOLE_CATALOG)
    found = page(context, ITEM_FEED, request, of_account=False, visible=None if whole else seen)
    items = context.unit.catalog.items(found.keys)
    stock = context.unit.catalog.stock(found.keys)
    documents = {sku: _document(context, account, item, stock.get(sku)) for sku, item in items.items()}
    return ListItemsResponse(items=in_order(found.keys, documents), page=found.info)
