"""Requisitions of the ERP, and what persons decided about budgets."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.adapters.storage.memory_tables import Journal, MemoryTable
from askul_connect.core.domain.budget_approvals import BudgetApproval, BudgetStage
from askul_connect.core.domain.requisitions import Requisition


class MemoryRequisitions:
    """Requisitions of the ERP."""

    def __init__(self, journal: Journal) -> None:
        self._kept = MemoryTable[tuple[str, str], Requisition](
            journal, lambda one: (one.buyer_party, one.requisition_id)
        )

    def put(self, requisition: Requisition) -> None:
        """Store or replace by buyer and number."""
        self._kept.put(requisition)

    def get(self, buyer_party: str, requisition_id: str) -> Requisition | None:
        """By buyer and number."""
        return self._kept.get((buyer_party, requisition_id))

    def all(self) -> Sequence[Requisition]:
        """Every one, by buyer and number."""
        return sorted(self._kept, key=lambda one: (one.buyer_party, one.requisition_id))


class MemoryBudgetApprovals:
    """What was asked of persons about budgets, and their answers."""

    def __init__(self, journal: Journal) -> None:
        self._kept = MemoryTable[tuple[BudgetStage, str], BudgetApproval](
            journal, lambda one: (one.stage, one.document)
        )

    def put(self, approval: BudgetApproval) -> None:
        """Store or replace by stage and document."""
        self._kept.put(approval)

    def get(self, stage: BudgetStage, document: str) -> BudgetApproval | None:
        """By stage and document."""
        return self._kept.get((stage, document))

    def all(self) -> Sequence[BudgetApproval]:
        """Every one, by the instant it was asked, then stage and document."""
        return sorted(self._kept, key=lambda one: (one.asked_at, one.stage, one.document))
