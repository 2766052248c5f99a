"""Items of the catalog and their stock (CAT-1)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.tax import TaxCategory


class Fulfilment(StrEnum):
    """Who ships an item: the supplier's own stock or its maker."""

    STOCK = "stock"
    DIRECT = "direct"


@frozen(kw_only=True)
class Item:
    """One item in the sales unit it is ordered in.

    Attributes:
        sku: The supplier's item number, unique.
        jan: GTIN-13 with its check digit, empty when the item has none.
        name: Japanese name; ``name_en`` the English one.
        category: Path from general to special, for instance ``("文具", "ペン", "ボールペン")``.
        unit: Sales unit, a UN/ECE Rec. 20 code.
        content_quantity: Pieces in one sales unit.
        list_price: Price of one sales unit without tax, in major units, up to 4 decimals.
        minimum, multiple, maximum: Limits of the ordered quantity in sales units.
        lead_days: Business days until a direct-ship item leaves its maker; 0 for stock.
    """

    sku: str
    jan: str
    name: str
    name_en: str
    maker: str
    category: tuple[str, ...]
    unspsc: str
    tax_category: TaxCategory
    currency: str
    list_price: Decimal
    unit: str
    content_quantity: int
    fulfilment: Fulfilment
    minimum: int = 1
    multiple: int = 1
    maximum: int = 9_999
    lead_days: int = 0
    discontinued: bool = False


@frozen(kw_only=True)
class StockLevel:
    """Pieces of stock of one item, in sales units; available = on hand - reserved, never below zero."""

    sku: str
    on_hand: int
    reserved: int = 0

    @property
    def available(self) -> int:
        """Units that can still be promised."""
        return self.on_hand - self.reserved
