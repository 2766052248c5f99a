"""Requisitions of the ERP: what somebody asks for before there is a purchase order; they only reserve (INT-3)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from askul_connect.core.domain.budget_terms import BudgetTerms
from askul_connect.core.domain.tax import TaxCategory


@frozen(kw_only=True)
class RequisitionLine:
    """One line.

    Attributes:
        amount_excl_tax: Of all its units, minor units without tax.
        tax_category: None when the ERP did not state it: reserved at the standard rate.
        period: Budget period the line is charged to.
    """

    line_id: str
    quantity: int
    amount_excl_tax: int
    department: str
    cost_centre: str
    account: str
    tax_category: TaxCategory | None
    period: str


@frozen(kw_only=True)
class Requisition:
    """A requisition as the ERP last gave it.

    Attributes:
        content_hash: Of what is asked for; the same again changes nothing.
        cancelled: It will not become a purchase order any more.
        document: Name of the ERP's file.
        taken_at: When it was first taken.
    """

    buyer_party: str
    requisition_id: str
    content_hash: str
    currency: str
    lines: tuple[RequisitionLine, ...]
    cancelled: bool
    document: str
    taken_at: datetime
    terms: BudgetTerms | None = None

    @property
    def key(self) -> str:
        """What the ledger names it by: no purchase order has such a key."""
        return requisition_key(self.buyer_party, self.requisition_id)


def requisition_key(buyer_party: str, requisition_id: str) -> str:
    """The key of a requisition as text."""
    number = requisition_id.replace("%", "%25").replace(":", "%3A")
    return f"requisition:{buyer_party}:{number}"
