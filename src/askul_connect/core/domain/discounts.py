"""What takes something off a cart, as data (PRC-1): which items, from which amount or quantity on, and how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from attrs import field, frozen

from askul_connect.core.domain.allowances import PERCENT_DECIMALS, percent_units
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.errors import ValueInvalid

#: What a percentage is counted in: hundred percent of it.
WHOLE: int = 100 * 10**PERCENT_DECIMALS


class DiscountKind(StrEnum):
    """Kinds of discounts, in the order they are applied in."""

    RECOMMENDED = "recommended"
    """Items that the supplier designated and the account registered."""
    CAMPAIGN = "campaign"
    """Items of a campaign, of a printed catalog for instance."""
    TIER = "tier"
    """By the amount of the order."""
    COUPON = "coupon"
    """By a coupon that was claimed or entered."""


#: Between the steps of a category's path where it is one text.
CATEGORY_STEP = ">"


@frozen(kw_only=True)
class Target:
    """Which items a discount is for: those that any of the lists names, or all when every list is empty.

    Attributes:
        skus, makers, families: Names of items, makers and families of variants.
        categories: Paths such as ``文具>ペン``; an item below one of them is meant too.
        catalog_issues: Printed catalogs that the item stands in.
        large, direct: Whether large items and those that their maker ships are meant too; only where a campaign says
            so (PRC-1).
    """

    skus: tuple[str, ...] = ()
    makers: tuple[str, ...] = ()
    families: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    catalog_issues: tuple[str, ...] = ()
    large: bool = False
    direct: bool = False

    @property
    def everything(self) -> bool:
        """Whether it names nothing, and so means all."""
        return not (self.skus or self.makers or self.families or self.categories or self.catalog_issues)


@frozen(kw_only=True)
class Benefit:
    """What is taken off: a percentage, or an amount without tax in minor units; exactly one of the two.

    Attributes:
        each: The amount is taken off each sales unit, not once.
    """

    percent: Decimal | None = None
    amount: int | None = None
    each: bool = False

    def __attrs_post_init__(self) -> None:
        if (self.percent is None) == (self.amount is None) or (self.each and self.amount is None):
            raise ValueInvalid("a discount takes off a percentage or an amount, exactly one of both")
        if self.percent is not None and percent_units(self.percent) > WHOLE:
            raise ValueInvalid(f"a discount takes off at most 100 %, not {self.percent} %")
        if self.amount is not None and (type(self.amount) is not int or self.amount < 0):
            raise ValueInvalid(
                f"a discount takes off an amount of 0 or more minor units, not {self.amount!r}"
            )

    def off(self, amount: int) -> int:
        """What is taken off an amount as a whole, minor units, rounded down and never more than there is."""
        if self.percent is not None:
            return divide(amount * percent_units(self.percent), WHOLE, Rounding.DOWN)
        return min(self.amount or 0, amount)


@frozen(kw_only=True)
class Step:
    """From when on a benefit counts.

    Attributes:
        from_amount: What the items it is for must come to, minor units without tax, less what was taken off before.
        from_quantity: How many sales units of them there must be.
    """

    benefit: Benefit
    from_amount: int = 0
    from_quantity: int = 0

    def __attrs_post_init__(self) -> None:
        if self.from_amount < 0 or self.from_quantity < 0:
            raise ValueInvalid("the amount and the quantity that a discount needs are not negative")

    def reached(self, amount: int, quantity: int) -> bool:
        """Whether there is enough of both."""
        return amount >= self.from_amount and quantity >= self.from_quantity


@frozen(kw_only=True)
class Discount:
    """One rule that takes something off.

    Attributes:
        discount_id: Names it in every explanation.
        name: In words, for the customer.
        steps: From the lowest to the highest; the highest that is reached counts, alone.
        valid_from, valid_to: First and last day of the order; None for no end.
    """

    discount_id: str
    kind: DiscountKind
    name: str
    steps: tuple[Step, ...]
    target: Target = field(factory=Target)
    valid_from: date | None = None
    valid_to: date | None = None

    def __attrs_post_init__(self) -> None:
        if not self.discount_id or not self.name:
            raise ValueInvalid("a discount has an id and a name")
        if not self.steps:
            raise ValueInvalid(f"the discount {self.discount_id!r} takes nothing off; give it a step")
        for lower, higher in pairwise(self.steps):
            if (higher.from_amount, higher.from_quantity) <= (lower.from_amount, lower.from_quantity):
                raise ValueInvalid(f"the steps of {self.discount_id!r} go from the lowest to the highest")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueInvalid(f"the discount {self.discount_id!r} ends before it begins")

    def valid_on(self, day: date) -> bool:
        """Whether it counts for orders of that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )
