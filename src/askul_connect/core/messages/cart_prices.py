"""What the cart costs, with every amount explained (CART-1, CART-2, CART-4)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from askul_connect.core.domain.carts import DepartmentSubtotal, RuleKind
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.discounts import Target
from askul_connect.core.domain.tax import TaxCategory, TaxTotal


@frozen(kw_only=True)
class PriceCartRequest:
    """What the cart costs now.

    Attributes:
        coupons: Codes that are to be entered when it is ordered.
    """

    coupons: tuple[str, ...] = ()


@frozen(kw_only=True)
class PriceStep:
    """What one rule takes off a line or adds to it.

    Attributes:
        amount: Minor units without tax; negative for what is taken off.
        percent: Of what the line cost before the rule; none where it is an amount, or a part of one for several lines.
    """

    kind: RuleKind
    rule: str
    reason: str
    amount: int
    percent: Decimal | None = None


@frozen(kw_only=True)
class PricedCartLine:
    """One line with its price; amounts in minor units without tax.

    Attributes:
        before: Quantity times price.
        after: What it costs with the steps.
        steps: In the order in which the rules apply.
        maker: Who ships it, where a maker does.
        available: Units in stock now, all carts and orders apart.
        ship_to: Postcode of its department's address, or the account's.
        delivered_on: When it arrives if it is ordered before ``ordered_by``; none where nothing is delivered to.
    """

    line_id: str
    version: int
    sku: str
    name: str
    quantity: int
    unit: str
    department: str
    cost_centre: str
    unit_price: Decimal
    before: int
    after: int
    steps: tuple[PriceStep, ...]
    tax_category: TaxCategory
    tax_rate: Decimal
    fulfilment: Fulfilment
    maker: str
    available: int
    lead_days: int
    ship_to: str
    delivered_on: date | None = None
    ordered_by: datetime | None = None


@frozen(kw_only=True)
class ShippingExplained:
    """What shipping a part costs, and what it lacks to be free.

    Attributes:
        amount: Minor units without tax; 0 when it is free.
        free_from: From which amount of goods with tax on it is free.
        lacking: What the goods lack to that.
    """

    rule: str
    name: str
    amount: int
    lacking: int
    free_from: int | None = None


@frozen(kw_only=True)
class PricedCartPart:
    """What one shipper ships: it becomes an order of its own.

    Attributes:
        maker: Empty for the supplier's own stock.
        goods: Its lines without tax, minor units.
    """

    fulfilment: Fulfilment
    maker: str
    line_ids: tuple[str, ...]
    goods: int
    shipping: tuple[ShippingExplained, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int


@frozen(kw_only=True)
class OfferDocument:
    """What would be taken off if the cart had more.

    Attributes:
        lacks_amount: Minor units of the items it is for: with tax for shipping, else without.
        lacks_quantity: Sales units of them.
        in_cart: Whether some of them are in the cart.
        register: The account has to register the items first.
        benefit: In words.
    """

    kind: RuleKind
    rule: str
    name: str
    benefit: str
    lacks_amount: int
    lacks_quantity: int
    in_cart: bool
    register: bool
    target: Target | None = None


@frozen(kw_only=True)
class CartProblem:
    """Why the cart cannot be ordered as it is.

    Attributes:
        code: Of the error that ordering would be refused with.
        line_id: The line concerned; empty for the whole cart.
    """

    code: str
    detail: str
    where: str
    remedy: str
    line_id: str = ""


class CartNews(StrEnum):
    """What has changed of a line's item since the line was last changed."""

    PRICE = "price"
    OUT_OF_STOCK = "out_of_stock"
    IN_STOCK = "in_stock"
    DISCONTINUED = "discontinued"
    NOT_SOLD = "not_sold"


@frozen(kw_only=True)
class CartNewsItem:
    """One thing that has changed (CART-4); ``keep`` the line to be told no more.

    Attributes:
        price_before, price_now: Unit prices without tax, major units, where the price changed.
        available: Units in stock, where the stock changed.
    """

    line_id: str
    sku: str
    news: CartNews
    price_before: Decimal | None = None
    price_now: Decimal | None = None
    available: int | None = None


@frozen(kw_only=True)
class PriceCartResponse:
    """The cart with its prices; amounts in minor units.

    Attributes:
        version: Of the cart; to be expected when it is ordered.
        lines: Those that have a price.
        tax: Once per rate of the whole cart; its orders round each for themselves, and the invoice counts in the end.
        total_incl_tax: What its orders come to; to be expected when it is ordered.
        problems: Everything that ordering would be refused for, each on its line; none when it can be ordered.
    """

    version: int
    currency: str
    lines: tuple[PricedCartLine, ...]
    departments: tuple[DepartmentSubtotal, ...]
    parts: tuple[PricedCartPart, ...]
    tax: tuple[TaxTotal, ...]
    goods: int
    shipping: int
    total_excl_tax: int
    total_incl_tax: int
    coupon: str = ""
    offers: tuple[OfferDocument, ...] = ()
    problems: tuple[CartProblem, ...] = ()
    news: tuple[CartNewsItem, ...] = ()
