"""The terms under which a document is charged to budgets; they stay with it when the settings change (INT-3)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from attrs import frozen


class BudgetBasis(StrEnum):
    """Whether the tax of a purchase uses the budget."""

    EXCL_TAX = "excl_tax"
    INCL_TAX = "incl_tax"


class ShippingBasis(StrEnum):
    """Whether the freight that an order or invoice charges uses the budget."""

    INCLUDED = "included"
    EXCLUDED = "excluded"


class ConsumedAt(StrEnum):
    """Which document turns what is held into actual."""

    ORDER = "order"
    SHIPMENT = "shipment"
    INVOICE = "invoice"


class BudgetDimension(StrEnum):
    """What of a line names its budget."""

    DEPARTMENT = "department"
    COST_CENTRE = "cost_centre"
    ACCOUNT = "account"


@frozen(kw_only=True)
class BudgetTerms:
    """How a document is charged.

    Attributes:
        currency: Of the budget; empty where it is the document's own.
        rate: Units of the budget's currency for one unit of the document's, of the day on which it was taken; 1
            where they are the same.
    """

    basis: BudgetBasis = BudgetBasis.EXCL_TAX
    shipping: ShippingBasis = ShippingBasis.INCLUDED
    consumed_at: ConsumedAt = ConsumedAt.INVOICE
    dimension: BudgetDimension = BudgetDimension.DEPARTMENT
    currency: str = ""
    rate: Decimal = Decimal(1)
