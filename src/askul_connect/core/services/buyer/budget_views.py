"""What integrators read of the ledger and of what waits for a person, with keys that are never renamed."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.budget_approvals import ApprovalState, BudgetApproval
from askul_connect.core.domain.purchasing import LedgerMove, PurchaseOrderKey
from askul_connect.core.errors import UsageError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.views import View


def move_views(unit: BuyerUnitOfWork, number: str) -> Sequence[View]:
    """The moves of every document, or of those with a number; by instant.

    Raises:
        UsageError: No purchase order and no requisition has that number.
    """
    documents = [
        *(str(record.key) for record in unit.purchase_orders.all() if number in ("", *_names(record.key))),
        *(one.key for one in unit.requisitions.all() if number in ("", one.key, one.requisition_id)),
    ]
    if number and not documents:
        raise UsageError(f"no purchase order and no requisition has the number {number!r}")
    moves = [move for document in documents for move in unit.budgets.moves(document)]
    return [_move(move) for move in sorted(moves, key=lambda move: move.at)]


def _names(key: PurchaseOrderKey) -> tuple[str, str]:
    return str(key), key.purchase_order_id


def _move(move: LedgerMove) -> View:
    return {
        "move_key": move.move_key,
        "at": move.at.isoformat(),
        "kind": move.kind.value,
        "purchase_order": move.purchase_order,
        "line_id": move.line_id,
        "department": move.department,
        "period": move.period,
        "currency": move.currency,
        "quantity": move.quantity,
        "pre_encumbrance": move.pre_encumbrance,
        "encumbrance": move.encumbrance,
        "actual": move.actual,
        "source": move.source,
    }


def approval_views(unit: BuyerUnitOfWork, *, everything: bool) -> Sequence[View]:
    """What waits, or everything that was ever asked."""
    return [
        approval_view(one)
        for one in unit.budget_approvals.all()
        if everything or one.state is ApprovalState.ASKED
    ]


def approval_view(approval: BudgetApproval) -> View:
    """One of them."""
    return {
        "stage": approval.stage.value,
        "document": approval.document,
        "number": approval.number,
        "state": approval.state.value,
        "reason": approval.reason,
        "asked_at": approval.asked_at.isoformat(),
        "decided_by": approval.decided_by,
        "decided_at": approval.decided_at.isoformat() if approval.decided_at else None,
    }
