"""What an integrator may decide: values that the policies take as they are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

from attrs import field, frozen

from askul_connect.core.domain.budget_terms import (
    BudgetBasis,
    BudgetDimension,
    BudgetTerms,
    ConsumedAt,
    ShippingBasis,
)
from askul_connect.core.messages.ordering import OnPriceChange


class BudgetPeriod(StrEnum):
    """How long a budget lasts."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"


class OverBudget(StrEnum):
    """What happens to a document that needs more than is available."""

    BLOCK = "block"
    ASK = "ask"
    WARN = "warn"
    ALLOW = "allow"


class CarryOver(StrEnum):
    """When what is still open goes over to the budget of the present period."""

    NEVER = "never"
    YEAR = "year"
    PERIOD = "period"


class MissingBudget(StrEnum):
    """What happens where the ERP gives no budget."""

    BLOCK = "block"
    ALLOW = "allow"


class IdsRepeat(StrEnum):
    """Whether the ERP's purchase order numbers start again each year (INT-11)."""

    NEVER = "never"
    YEARLY = "yearly"


@frozen(kw_only=True)
class BudgetSettings:
    """How budgets are kept and checked (INT-3).

    Attributes:
        first_month: Month in which the budget year begins.
        over_budget, requisition_over_budget, invoice_over_budget: For each stage.
        warn_at_percent: Warn once so much of a budget is used; 0 never.
        currency: Of all budgets; empty where each document's own currency has its own budgets.
    """

    basis: BudgetBasis = BudgetBasis.EXCL_TAX
    shipping: ShippingBasis = ShippingBasis.INCLUDED
    consumed_at: ConsumedAt = ConsumedAt.INVOICE
    dimension: BudgetDimension = BudgetDimension.DEPARTMENT
    period: BudgetPeriod = BudgetPeriod.MONTH
    first_month: int = 1
    over_budget: OverBudget = OverBudget.BLOCK
    requisition_over_budget: OverBudget = OverBudget.WARN
    invoice_over_budget: OverBudget = OverBudget.WARN
    when_missing: MissingBudget = MissingBudget.BLOCK
    warn_at_percent: int = 0
    currency: str = ""
    carry_over: CarryOver = CarryOver.NEVER

    def terms(self, *, rate: Decimal = Decimal(1)) -> BudgetTerms:
        """The terms of a document that is taken now."""
        return BudgetTerms(
            basis=self.basis,
            shipping=self.shipping,
            consumed_at=self.consumed_at,
            dimension=self.dimension,
            currency=self.currency,
            rate=rate,
        )


@frozen(kw_only=True)
class OrderSettings:
    """What is accepted of a supplier's price (CART-4); the tolerance is in major units per unit."""

    price_tolerance: Decimal = Decimal(0)
    on_price_change: OnPriceChange = OnPriceChange.REFUSE_ORDER


class MatchWay(StrEnum):
    """What an invoice line is compared with."""

    THREE_WAY = "three_way"
    """Order and goods receipts."""
    TWO_WAY = "two_way"
    """The order alone, for what nobody receives: services, fees."""


@frozen(kw_only=True)
class MatchingSettings:
    """How far an invoice may differ (INT-4); of a tolerance and its percentage the smaller counts, 0 is not given.

    Attributes:
        price_tolerance: Major units per unit; the percentage is of the agreed price.
        quantity_tolerance: Units; the percentage is of those ordered, or received.
        amount_tolerance: Minor units of a line, or of what an order has beside its lines; the percentage is of the
            amount it should be.
        tax_tolerance: Minor units per rate and invoice; the percentage is of the tax it should be.
        way: How lines are matched; ``accounts`` and then ``suppliers`` say where it is done otherwise.
    """

    price_tolerance: Decimal = Decimal(0)
    price_tolerance_percent: Decimal = Decimal(0)
    quantity_tolerance: int = 0
    quantity_tolerance_percent: Decimal = Decimal(0)
    amount_tolerance: int = 0
    amount_tolerance_percent: Decimal = Decimal(0)
    tax_tolerance: int = 0
    tax_tolerance_percent: Decimal = Decimal(0)
    way: MatchWay = MatchWay.THREE_WAY
    suppliers: Mapping[str, MatchWay] = field(factory=dict)
    accounts: Mapping[str, MatchWay] = field(factory=dict)


@frozen(kw_only=True)
class OutboxSettings:
    """How sending is retried (INT-6).

    Attributes:
        stale_after_days: An order that is to leave later than that waits for somebody's approval; 0 for never.
    """

    attempts: int = 8
    first_retry_seconds: int = 60
    longest_retry_seconds: int = 3_600
    stale_after_days: int = 30


@frozen(kw_only=True)
class SyncSettings:
    """How suppliers' lists are read (INT-5).

    Attributes:
        look_back_days: How far the day's first run reads again, for suppliers that enter records late; 0 for not.
    """

    look_back_days: int = 0
