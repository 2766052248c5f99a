"""What a price is made of besides the cart: facts of the account and the items, and the supplier's rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from attrs import field, frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.carts import CartItem
from askul_connect.core.domain.coupons import Coupon, Standing
from askul_connect.core.domain.currency import Currency
from askul_connect.core.domain.delivery_terms import ShippingRule
from askul_connect.core.domain.discounts import Discount
from askul_connect.core.domain.price_adjustments import Proposal
from askul_connect.core.domain.rounding import Rounding
from askul_connect.core.domain.tax import TaxCategory


@frozen(kw_only=True)
class PricingFacts:
    """What is known when a cart is priced.

    Attributes:
        items: Every item of the cart, by SKU, at the account's contract price.
        rates: The rate of the day of every category that something beside the goods is taxed by, in percent.
        registered: Recommended items that the account has registered, by the discount's id.
        claimed: Codes of the coupons that the account has claimed.
        coupon_uses: How often the account has used a coupon, by code; not named is never.
        proposals: What further rules propose for this very cart.
    """

    account_id: str
    kind: AccountKind
    standing: Standing
    currency: Currency
    today: date
    items: Mapping[str, CartItem]
    rates: Mapping[TaxCategory, Decimal] = field(factory=dict)
    registered: frozenset[str] = frozenset()
    claimed: frozenset[str] = frozenset()
    coupon_uses: Mapping[str, int] = field(factory=dict)
    proposals: tuple[Proposal, ...] = ()


@frozen(kw_only=True)
class PricingRules:
    """The supplier's rules.

    Attributes:
        recommended: Discounts of recommended items; one counts where the account has registered it.
        discounts: Campaigns and tiers.
        coupons: The coupons that there are, or those that this cart can have something to do with.
        shipping: The first that covers a part counts, and the first for large items besides.
        tax_rounding: How the tax of each rate is rounded.
    """

    recommended: tuple[Discount, ...] = ()
    discounts: tuple[Discount, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    shipping: tuple[ShippingRule, ...] = ()
    tax_rounding: Rounding = Rounding.DOWN
