"""Requests and responses of filling the catalog (CAT-3)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.tax import TaxCategory


@frozen(kw_only=True)
class CatalogRow:
    """An item with its list price, or, with ``customer``, a contract price of an item.

    Attributes:
        unit_price: Without tax, major units of the supplier's currency, up to four decimals.
        price_from, price_to: First and last day of the price. An item's list price without them holds until another
            is in force; a contract price has a first day.
        customer: Customer number, of a contract price; such a row says nothing else of the item.
        on_hand: Sales units in stock now; None leaves the stock as it is.
    """

    sku: str
    unit_price: Decimal
    name: str = ""
    unit: str = ""
    tax_category: TaxCategory = TaxCategory.STANDARD
    jan: str = ""
    name_en: str = ""
    maker: str = ""
    category: tuple[str, ...] = ()
    unspsc: str = ""
    content_quantity: int = 1
    fulfilment: Fulfilment = Fulfilment.STOCK
    minimum: int = 1
    multiple: int = 1
    maximum: int = 9_999
    lead_days: int = 0
    discontinued: bool = False
    kinds: tuple[AccountKind, ...] = ()
    regions: tuple[str, ...] = ()
    catalog_issue: str = ""
    catalog_page: int = 0
    family: str = ""
    recommended: bool = False
    substitutes: tuple[str, ...] = ()
    large: bool = False
    on_hand: int | None = None
    price_from: date | None = None
    price_to: date | None = None
    customer: str = ""


@frozen(kw_only=True)
class ImportCatalogRequest:
    """Up to 5,000 rows, all of which are taken or none."""

    rows: tuple[CatalogRow, ...]
    trial: bool = False


@frozen(kw_only=True)
class ImportCatalogResponse:
    """What the rows did.

    Attributes:
        added, changed, unchanged: Items. One of which only a price or the stock changed counts as unchanged.
        prices: Dated prices that are new or another than before.
        stock: Items whose stock became another.
    """

    added: int
    changed: int
    unchanged: int
    prices: int
    stock: int
