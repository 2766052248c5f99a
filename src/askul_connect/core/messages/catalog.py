"""Requests and responses of the catalog."""

from __future__ import annotations

from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ItemDocument:
    """One item at the caller's price (without tax, major units)."""

    sku: str
    jan: str
    name: str
    name_en: str
    maker: str
    category: tuple[str, ...]
    unspsc: str
    tax_category: TaxCategory
    tax_rate: Decimal
    currency: str
    unit_price: Decimal
    unit: str
    content_quantity: int
    minimum: int
    multiple: int
    maximum: int
    fulfilment: Fulfilment
    lead_days: int
    discontinued: bool
    available: int


@frozen(kw_only=True)
class GetItemRequest:
    """One item by SKU."""

    sku: str


@frozen(kw_only=True)
class GetItemResponse:
    """The item."""

    item: ItemDocument


@frozen(kw_only=True)
class ListItemsRequest(ListRequest):
    """Items that are new or have changed."""


@frozen(kw_only=True)
class ListItemsResponse:
    """One page of items."""

    items: tuple[ItemDocument, ...]
    page: PageInfo
