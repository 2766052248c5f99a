"""Booking the lines of an invoice that matched or were released, if the budgets have it (INT-3)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field, frozen

from askul_connect.core.domain.budget_approvals import ApprovalState, BudgetStage
from askul_connect.core.domain.purchasing import LedgerMove, PurchaseOrderRecord
from askul_connect.core.errors import BudgetExceeded, BudgetMissing
from askul_connect.core.policies.settings import OverBudget
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.approving import ask
from askul_connect.core.services.buyer.budget_checking import check_budgets
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import document_key
from askul_connect.core.services.buyer.settling import BilledInvoices, due_moves


@frozen(kw_only=True)
class Booked:
    """What came of it.

    Attributes:
        over: Why the budgets do not allow it, and nothing was booked; empty when it was.
        warnings: For the run's report.
    """

    over: str = ""
    warnings: list[str] = field(factory=list)


def book_invoice(
    desk: Desk,
    unit: BuyerUnitOfWork,
    *,
    supplier: str,
    number: str,
    records: Iterable[PurchaseOrderRecord],
    read: BilledInvoices,
) -> Booked:
    """Move the ledger to what an invoice's booked lines ask for, unless the budgets do not allow it.

    Args:
        desk: Whose it is.
        unit: The unit of work that has stored which lines are booked.
        supplier: Whose invoice.
        number: The invoice.
        records: The purchase orders that its lines bill.
        read: Invoices that were read in this unit of work already.
    """
    source = document_key(supplier, number)
    moves = [move for record in records for move in due_moves(desk, unit, record, source=source, read=read)]
    booked = _checked(desk, unit, number, moves, source)
    if moves and not booked.over:
        unit.budgets.move(moves)
    return booked


def _checked(
    desk: Desk, unit: BuyerUnitOfWork, number: str, moves: list[LedgerMove], document: str
) -> Booked:
    settings = desk.rules.budgets
    if settings.invoice_over_budget is OverBudget.ALLOW or not moves:
        return Booked()
    approval = unit.budget_approvals.get(BudgetStage.INVOICE, document)
    if approval is not None and approval.state is ApprovalState.APPROVED:
        return Booked()
    try:
        check = check_budgets(
            desk,
            unit,
            number=number,
            document=document,
            moves=moves,
            accounts=(),
            action=settings.invoice_over_budget,
        )
    except BudgetExceeded as error:
        return Booked(over=error.detail)
    except BudgetMissing:
        # the order was taken all the same
        return Booked()
    if check.over and approval is None:
        ask(
            desk,
            unit,
            stage=BudgetStage.INVOICE,
            document=document,
            number=number,
            reason="; ".join(check.over),
        )
    return Booked(over="; ".join(check.over), warnings=check.warnings)
