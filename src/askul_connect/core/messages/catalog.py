"""Requests and responses of the catalog."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.growth import NEW_IN_RESPONSE
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class ItemDocument:
    """One item at the caller's price (without tax, major units).

    Attributes:
        price_per_piece: Of one of the ``content_quantity`` pieces, half up to four decimals.
        price_until: Last day on which the price holds, as far as is known; None without end.
        regions: Prefectures it is delivered to (JIS X 0401); empty for all.
        catalog_issue, catalog_page: Where the printed catalog shows it.
        family: What the variants of one product share.
        substitutes: SKUs to take in its place, the best first.
        large: Whether it is shipped on terms of its own.
    """

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
    price_per_piece: Decimal | None = field(default=None, metadata=NEW_IN_RESPONSE)
    price_until: date | None = field(default=None, metadata=NEW_IN_RESPONSE)
    regions: tuple[str, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    catalog_issue: str = field(default="", metadata=NEW_IN_RESPONSE)
    catalog_page: int = field(default=0, metadata=NEW_IN_RESPONSE)
    family: str = field(default="", metadata=NEW_IN_RESPONSE)
    recommended: bool = field(default=False, metadata=NEW_IN_RESPONSE)
    substitutes: tuple[str, ...] = field(default=(), metadata=NEW_IN_RESPONSE)
    large: bool = field(default=False, metadata=NEW_IN_RESPONSE)


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
