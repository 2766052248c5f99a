"""What an integrator may decide: values that the policies take as they are."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from askul_connect.core.messages.ordering import OnPriceChange


class BudgetBasis(StrEnum):
    """What a purchase uses of a budget."""

    EXCL_TAX = "excl_tax"
    INCL_TAX = "incl_tax"


class BudgetPeriod(StrEnum):
    """How long a budget lasts."""

    MONTH = "month"
    YEAR = "year"


class OverBudget(StrEnum):
    """What happens to a purchase order that needs more than is available."""

    BLOCK = "block"
    WARN = "warn"


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
    """How budgets are checked (INT-3)."""

    basis: BudgetBasis = BudgetBasis.EXCL_TAX
    period: BudgetPeriod = BudgetPeriod.MONTH
    over_budget: OverBudget = OverBudget.BLOCK
    when_missing: MissingBudget = MissingBudget.BLOCK


@frozen(kw_only=True)
class OrderSettings:
    """What is accepted of a supplier's price (CART-4); the tolerance is in major units per unit."""

    price_tolerance: Decimal = Decimal(0)
    on_price_change: OnPriceChange = OnPriceChange.REFUSE_ORDER


@frozen(kw_only=True)
class MatchingSettings:
    """How far an invoice may differ (INT-4).

    Attributes:
        price_tolerance: Major units per unit.
        quantity_tolerance: Units.
        tax_tolerance: Minor units per rate and invoice.
    """

    price_tolerance: Decimal = Decimal(0)
    quantity_tolerance: int = 0
    tax_tolerance: int = 0


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
