"""Items of the catalog and their stock (CAT-1)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
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
        kinds: Kinds of accounts that may buy it; empty for all that the table of capabilities lets buy it.
        regions: Prefectures it is delivered to, as two digits of JIS X 0401; empty for all.
        catalog_issue, catalog_page: Where the printed catalog shows it; empty and 0 when it does not.
        family: What the variants of one product share; empty for an item that stands alone.
        recommended: Whether the supplier recommends it.
        substitutes: SKUs to take in its place, the best first.
        large: Whether it is shipped on terms of its own (PRC-4).
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
    kinds: tuple[AccountKind, ...] = ()
    regions: tuple[str, ...] = ()
    catalog_issue: str = ""
    catalog_page: int = 0
    family: str = ""
    recommended: bool = False
    substitutes: tuple[str, ...] = ()
    large: bool = False


@frozen(kw_only=True)
class DatedPrice:
    """A price of one sales unit without tax that is in force from a day to a day.

    Attributes:
        account_id: Whose contract price it is; empty for a list price of everybody.
        valid_from, valid_to: First and last day; None for the last of one without end. Of two that are in force the
            one that began later counts.
        price: Major units of the item's currency, up to 4 decimals.
    """

    account_id: str
    sku: str
    valid_from: date
    valid_to: date | None
    price: Decimal

    def in_force(self, on: date) -> bool:
        """Whether it is that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


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
