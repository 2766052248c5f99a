"""What shipping costs, as data (PRC-4)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.domain.accounts import AccountKind
from askul_connect.core.domain.capabilities import LIMITS
from askul_connect.core.domain.catalog import Fulfilment
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.errors import ValueInvalid

#: Why a charge is made, UN/ECE 7161: freight service.
FREIGHT = "FC"


@frozen(kw_only=True)
class ShippingRule:
    """What the shipping of one part of a checkout costs.

    Attributes:
        name: In words, for the customer.
        kinds: Kinds of accounts it is for; empty for all.
        fulfilment: Who ships.
        makers: Whose direct shipments; empty for all.
        large: It is for large items only, for each sales unit of them; otherwise for a shipment's other items, once.
        free_from: What the goods must come to, minor units with tax, for shipping to cost nothing; None for never.
        fee: What it costs below, minor units without tax.
    """

    rule_id: str
    name: str
    fee: int
    free_from: int | None = None
    kinds: frozenset[AccountKind] = frozenset()
    fulfilment: Fulfilment = Fulfilment.STOCK
    makers: frozenset[str] = frozenset()
    large: bool = False
    tax_category: TaxCategory = TaxCategory.STANDARD

    def __attrs_post_init__(self) -> None:
        if not self.rule_id or not self.name:
            raise ValueInvalid("a shipping rule has an id and a name")
        if self.fee < 0 or (self.free_from is not None and self.free_from < 0):
            raise ValueInvalid(f"the amounts of the shipping rule {self.rule_id!r} are not negative")

    def covers(self, kind: AccountKind, fulfilment: Fulfilment, maker: str) -> bool:
        """Whether it is about a shipment of that kind to that kind of account."""
        return (
            self.fulfilment is fulfilment
            and (not self.kinds or kind in self.kinds)
            and (not self.makers or maker in self.makers)
        )


#: Yen. What ordinary items from stock cost is said by the table of kinds (ACC-1): for companies free from 2,000 with
#: tax on, else 440 with tax (since 2023-10-31). Large items and direct shipments have terms of their own.
ASKUL_SHIPPING = (
    *(
        ShippingRule(
            rule_id=f"stock-{kind}",
            name="配送料",
            fee=limits.shipping.fee,
            free_from=limits.shipping.free_from,
            kinds=frozenset({kind}),
        )
        for kind, limits in LIMITS.items()
    ),
    ShippingRule(rule_id="large", name="大型商品配送料", fee=2_000, free_from=30_000, large=True),
    ShippingRule(
        rule_id="direct", name="直送品配送料", fee=400, free_from=2_000, fulfilment=Fulfilment.DIRECT
    ),
    ShippingRule(
        rule_id="large-direct",
        name="大型直送品配送料",
        fee=2_000,
        free_from=30_000,
        fulfilment=Fulfilment.DIRECT,
        large=True,
    ),
)
