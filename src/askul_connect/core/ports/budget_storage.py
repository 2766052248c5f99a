"""What the buyer's side keeps for its budgets beside the ledger: requisitions and what persons decided (INT-3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from askul_connect.core.domain.budget_approvals import BudgetApproval, BudgetStage
from askul_connect.core.domain.requisitions import Requisition


class RequisitionRepository(Protocol):
    """Requisitions of the ERP."""

    def put(self, requisition: Requisition) -> None:
        """Store or replace by buyer and number."""
        ...

    def get(self, buyer_party: str, requisition_id: str) -> Requisition | None:
        """By buyer and number."""
        ...

    def all(self) -> Sequence[Requisition]:
        """Every one, by buyer and number."""
        ...


class BudgetApprovalRepository(Protocol):
    """What was asked of persons about budgets, and their answers."""

    def put(self, approval: BudgetApproval) -> None:
        """Store or replace by stage and document."""
        ...

    def get(self, stage: BudgetStage, document: str) -> BudgetApproval | None:
        """By stage and document."""
        ...

    def all(self) -> Sequence[BudgetApproval]:
        """Every one, by the instant it was asked, then stage and document."""
        ...
