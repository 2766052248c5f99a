"""A cart, and what it costs with every amount explained (CART-1)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import total_ordering

from attrs import field, frozen

from askul_connect.core.domain.allowances import AllowanceCharge, percentage_agrees
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.discounts import Target
from askul_connect.core.domain.tax import TaxCategory, TaxTotal


@frozen(kw_only=True)
class CartLine:
    """What is wanted of one item.

    Attributes:
        line_id: Unique in the cart.
        quantity: Sales units.
        allowances: What was agreed to be taken off this line or added to it.
    """

    line_id: str
    sku: str
    quantity: int
    department: str = ""
    cost_centre: str = ""
    allowances: tuple[AllowanceCharge, ...] = ()


@frozen(kw_only=True)
class Cart:
    """What is wanted.

    Attributes:
        coupons: Codes that were entered.
        allowances: What was agreed to be taken off all of it together, or added to it.
    """

    lines: tuple[CartLine, ...]
    coupons: tuple[str, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()


@frozen(kw_only=True)
class CartItem:
    """What a price depends on, of one item.

    Attributes:
        unit_price: The account's contract price of one sales unit without tax, major units.
        tax_rate: Percent.
        maker, category, family, catalog_issue: What discounts are for.
        large: A large item, which ships by terms of its own.
    """

    sku: str
    name: str
    unit_price: Decimal
    tax_category: TaxCategory
    tax_rate: Decimal
    fulfilment: Fulfilment
    maker: str = ""
    category: tuple[str, ...] = ()
    family: str = ""
    catalog_issue: str = ""
    large: bool = False


@total_ordering
@frozen(kw_only=True, order=False)
class Shipper:
    """Who ships a part of a checkout: the supplier's own stock, or a maker."""

    fulfilment: Fulfilment
    maker: str = ""

    def __lt__(self, other: Shipper) -> bool:
        """Stock first, then makers by name."""
        return (self.fulfilment is Fulfilment.DIRECT, self.maker) < (
            other.fulfilment is Fulfilment.DIRECT,
            other.maker,
        )


class RuleKind(StrEnum):
    """What an amount rests on, in the order of application (ADR 0023)."""

    AGREED = "agreed"
    RECOMMENDED = "recommended"
    CAMPAIGN = "campaign"
    TIER = "tier"
    COUPON = "coupon"
    PLUGIN = "plugin"
    SHIPPING = "shipping"


@frozen(kw_only=True)
class Adjustment:
    """What one rule takes off a line or adds to it.

    Attributes:
        rule_id: Which rule.
        entry: The amount and its explanation, as the order keeps it.
    """

    kind: RuleKind
    rule_id: str
    entry: AllowanceCharge

    @property
    def net(self) -> int:
        """Minor units without tax: negative for what is taken off."""
        return self.entry.net


@frozen(kw_only=True)
class AppliedRule:
    """A rule that took something off lines or added to them, with what explains each of its amounts.

    Attributes:
        percent: Of what a line cost before; None for an amount.
        entry: The whole entry, where it was agreed.
    """

    kind: RuleKind
    rule_id: str
    reason_code: str = ""
    reason: str = ""
    charge: bool = False
    percent: Decimal | None = None
    entry: AllowanceCharge | None = None

    def adjustment(self, base: int, amount: int) -> Adjustment:
        """The explained amount of a line that cost ``base`` before."""
        entry = self.entry
        if entry is None:
            # else it is the part of one rounded sum that came to this line, not the line's own percentage
            own = self.percent is not None and percentage_agrees(amount, base, self.percent)
            entry = AllowanceCharge(
                charge=self.charge,
                amount=amount,
                reason_code=self.reason_code,
                reason=self.reason,
                percent=self.percent if own else None,
                base_amount=base if own else None,
            )
        return Adjustment(kind=self.kind, rule_id=self.rule_id, entry=entry)


@frozen(kw_only=True)
class PricedLine:
    """What a line costs, minor units without tax.

    Attributes:
        before: Quantity times contract price.
        applied: Rules in the order of application, each with what the line cost before it and the amount.
        after: ``before`` with all adjustments; never below zero.
    """

    line: CartLine
    item: CartItem
    before: int
    applied: tuple[tuple[AppliedRule, int, int], ...]
    after: int

    @property
    def adjustments(self) -> tuple[Adjustment, ...]:
        """Every amount with its explanation, in the order of application."""
        return tuple(rule.adjustment(base, amount) for rule, base, amount in self.applied)

    @property
    def shipper(self) -> Shipper:
        """Who ships it."""
        return shipper_of(self.item)


def shipper_of(item: CartItem) -> Shipper:
    """Who ships an item."""
    maker = item.maker if item.fulfilment is Fulfilment.DIRECT else ""
    return Shipper(fulfilment=item.fulfilment, maker=maker)


@frozen(kw_only=True)
class ShippingFee:
    """What shipping a part costs by one rule.

    Attributes:
        entry: The charge; None when it is free.
        free_from: From which amount of goods with tax on it is free; None for never.
        lacking: What the goods lack to that, minor units with tax; 0 when it is free.
    """

    rule_id: str
    name: str
    entry: AllowanceCharge | None
    free_from: int | None
    lacking: int


@frozen(kw_only=True)
class PricedPart:
    """What one shipper ships of a cart: this becomes one order.

    Attributes:
        line_ids: Its lines, in the order of the cart.
        goods: Sum of its lines without tax.
        allowances: Its part of what was agreed for the cart as a whole, then its shipping charges.
        shipping: What shipping costs and why.
        tax: Once per rate of this part alone, as its order states it.
    """

    shipper: Shipper
    line_ids: tuple[str, ...]
    goods: int
    allowances: tuple[AllowanceCharge, ...]
    shipping: tuple[ShippingFee, ...]
    tax: tuple[TaxTotal, ...]
    total_excl_tax: int
    total_incl_tax: int


@frozen(kw_only=True)
class DepartmentSubtotal:
    """What the lines of one department come to, minor units without tax."""

    department: str
    before: int
    after: int


@frozen(kw_only=True)
class Offer:
    """A rule that is not fully reached, and what the cart lacks.

    Attributes:
        lacks_amount: Minor units without tax of the items that it is for; with tax for shipping.
        lacks_quantity: Sales units of them.
        target: The items that it is for.
        in_cart: Whether some of them are in the cart.
        register: The account has to register the items first.
        benefit: What it would take off then, in words.
    """

    kind: RuleKind
    rule_id: str
    name: str
    lacks_amount: int
    lacks_quantity: int
    target: Target | None = None
    in_cart: bool = True
    register: bool = False
    benefit: str = ""


@frozen(kw_only=True)
class CouponRefusal:
    """Why a coupon that was entered takes nothing off."""

    code: str
    reason: str


@frozen(kw_only=True)
class PricedCart:
    """A cart with what it costs, minor units.

    Attributes:
        lines: In the order of the cart.
        parts: By shipper; what becomes one order each.
        departments: By code.
        tax: Once per rate of the whole cart (PRC-3). The orders of several parts round each on their own, and what
            counts in the end is the invoice.
        goods: Sum of the lines without tax.
        shipping: Sum of the shipping charges without tax.
        coupon: Code of the coupon that counts; empty without one.
        refused_coupons: Codes that were entered and do not count.
    """

    lines: tuple[PricedLine, ...]
    parts: tuple[PricedPart, ...]
    departments: tuple[DepartmentSubtotal, ...]
    tax: tuple[TaxTotal, ...]
    goods: int
    shipping: int
    total_excl_tax: int
    total_incl_tax: int
    offers: tuple[Offer, ...] = ()
    coupon: str = ""
    refused_coupons: tuple[CouponRefusal, ...] = field(default=())
