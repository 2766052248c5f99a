"""On which terms a supplier sells: what shipping costs, and what is taken off (PRC-1, PRC-4)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.domain.delivery_terms import ASKUL_SHIPPING, ShippingRule
from askul_connect.core.domain.discounts import Discount


@frozen(kw_only=True)
class SellingTerms:
    """What a supplier's configuration says about prices; coupons and recommended items are kept in its database.

    Attributes:
        shipping: The first rule that covers a shipment counts; without one shipping costs nothing.
        discounts: Campaigns and tiers.
    """

    shipping: tuple[ShippingRule, ...] = ()
    discounts: tuple[Discount, ...] = ()


#: Those of the reference supplier when its configuration says nothing.
ASKUL_TERMS = SellingTerms(shipping=ASKUL_SHIPPING)
