"""Requests and responses of finding items and of comparing them (CAT-2)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.item_query import ItemSort
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.catalog import ItemDocument
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class SearchItemsRequest(ListRequest):
    """A search; an item is found when it meets everything that is given. The cursor is good for the same search only.

    Attributes:
        text: Words, each a part of the item's names or maker, or its SKU or JAN; widths, kana and case do not matter.
        category: Path; items at and below it.
        makers: One of these, as they are written.
        catalog_issue, catalog_page: Of the printed catalog; page 0 stands for the whole issue.
        in_stock: Items with stock, or without.
        price_from, price_below: Of the caller's own price, without tax, major units.
        discontinued: Whether items that are no longer sold are found too.
        facets: Whether to count, on the first page, what the hits have.
    """

    text: str = ""
    category: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    catalog_issue: str = ""
    catalog_page: int = 0
    family: str = ""
    fulfilment: Fulfilment | None = None
    in_stock: bool | None = None
    recommended: bool = False
    price_from: Decimal | None = None
    price_below: Decimal | None = None
    discontinued: bool = False
    sort: ItemSort = ItemSort.CATALOG
    facets: bool = False


@frozen(kw_only=True)
class CategoryCount:
    """Hits at and below a category."""

    category: tuple[str, ...]
    count: int


@frozen(kw_only=True)
class MakerCount:
    """Hits of a maker."""

    maker: str
    count: int


@frozen(kw_only=True)
class PriceBandCount:
    """Hits whose price is in a band; the highest has no end."""

    price_from: Decimal
    price_below: Decimal | None
    count: int


@frozen(kw_only=True)
class SearchFacets:
    """What the hits have. When the total is not exact, every count says "at least".

    Attributes:
        categories: Every path with hits, parents before their children.
        makers: The most frequent first, up to 100.
        direct: Hits that their maker ships.
    """

    categories: tuple[CategoryCount, ...]
    makers: tuple[MakerCount, ...]
    prices: tuple[PriceBandCount, ...]
    in_stock: int
    direct: int


@frozen(kw_only=True)
class SearchItemsResponse:
    """One page of hits.

    Attributes:
        page: Its total is on the first page, and at most 10,000.
        total_exact: Whether there are no more hits than the total says.
        facets: On the first page, when they were asked for.
    """

    items: tuple[ItemDocument, ...]
    page: PageInfo
    total_exact: bool = True
    facets: SearchFacets | None = None


@frozen(kw_only=True)
class GetAvailabilityRequest:
    """Up to 1,000 items, by SKU.

    Attributes:
        department: Code of the department they would be for; its address is where they would go.
    """

    skus: tuple[str, ...]
    department: str = ""


@frozen(kw_only=True)
class Availability:
    """What of one item can be ordered now, at which price (without tax, major units).

    Attributes:
        available: Sales units in stock; of a direct-ship item what its maker keeps here, often 0.
        orderable: The largest quantity that an order is taken for now; 0 when it is for none.
        lead_days: Business days until a direct-ship item leaves its maker.
        delivered_on: The day it arrives when it is ordered now; empty where it is not delivered to.
        ordered_by: Until when that stays so.
    """

    sku: str
    unit: str
    currency: str
    unit_price: Decimal
    minimum: int
    multiple: int
    maximum: int
    fulfilment: Fulfilment
    lead_days: int
    discontinued: bool
    available: int
    orderable: int
    delivered_on: date | None = None
    ordered_by: datetime | None = None


@frozen(kw_only=True)
class GetAvailabilityResponse:
    """The items in the order of the request; what is not in the caller's catalog is named."""

    items: tuple[Availability, ...]
    unknown: tuple[str, ...] = ()


@frozen(kw_only=True)
class CompareItemsRequest:
    """Up to 100 items by SKU, or those of a family; exactly one of both."""

    skus: tuple[str, ...] = ()
    family: str = ""


@frozen(kw_only=True)
class ComparedItem:
    """One item and what one of its pieces costs; major units.

    Attributes:
        price_per_piece: Without tax, half up to four decimals.
        price_per_piece_incl_tax: With today's tax; the tax of an invoice is rounded once per rate, so this is for
            comparing only.
    """

    sku: str
    name: str
    maker: str
    unit: str
    content_quantity: int
    currency: str
    unit_price: Decimal
    tax_category: TaxCategory
    tax_rate: Decimal
    price_per_piece: Decimal
    price_per_piece_incl_tax: Decimal
    fulfilment: Fulfilment
    lead_days: int
    available: int


@frozen(kw_only=True)
class CompareItemsResponse:
    """The items, the cheapest piece with tax first; what is not in the caller's catalog is named."""

    items: tuple[ComparedItem, ...]
    unknown: tuple[str, ...] = ()
