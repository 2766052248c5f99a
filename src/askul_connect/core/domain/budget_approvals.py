"""A person's word on a document that needs more than its budget has (INT-3)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from attrs import frozen


class BudgetStage(StrEnum):
    """Which document is checked against the budget."""

    REQUISITION = "requisition"
    ORDER = "order"
    INVOICE = "invoice"


class ApprovalState(StrEnum):
    """What a person has said so far."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    TOLD = "told"
    """Refused, and the ERP has been told: the same document dropped again is taken anew."""


@frozen(kw_only=True)
class BudgetApproval:
    """What was asked about one document, and the answer.

    Attributes:
        document: Key of the purchase order or requisition as text; ``supplier/number`` of an invoice.
        number: The document's number as its owner writes it.
        reason: What is needed and what was available when it was asked.
        decided_by: Who answered; empty while nobody has.
    """

    stage: BudgetStage
    document: str
    number: str
    state: ApprovalState
    reason: str
    asked_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
