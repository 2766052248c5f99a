"""Documents that need more than their budget has wait for a person's word (INT-3)."""

from __future__ import annotations

from attrs import asdict, evolve

from askul_connect.core.domain.budget_approvals import ApprovalState, BudgetApproval, BudgetStage
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.errors import BudgetExceeded, UsageError
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND, post_message
from askul_connect.core.services.buyer.refusals import refusal_text
from askul_connect.core.services.buyer.settling import account_of, settle, settle_requisition
from askul_connect.core.services.holding import require_released
from askul_connect.core.services.units import run_unit, try_unit

#: Whose word it is when a budget was raised and nobody had to give one.
THE_BUDGET = "budget"
#: Whose word it is when the ERP no longer wants what was asked about.
THE_ERP = "erp"


def post_order(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> None:
    """Store the message that sends a purchase order to its supplier."""
    post_message(
        desk,
        unit,
        PLACE_ORDER_KIND,
        str(record.key),
        content=asdict(record.key),
        target=record.supplier,
        correlation_id=record.correlation_id,
    )


def ask(
    desk: Desk, unit: BuyerUnitOfWork, *, stage: BudgetStage, document: str, number: str, reason: str
) -> None:
    """Ask for a person's word on a document; what was said about an earlier form of it is over."""
    unit.budget_approvals.put(
        BudgetApproval(
            stage=stage,
            document=document,
            number=number,
            state=ApprovalState.ASKED,
            reason=reason,
            asked_at=desk.timeline.now(),
        )
    )


def release_if_enough(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> bool:
    """Send a held purchase order without a person's word when its budgets have been raised; whether it was."""
    accounts = {
        (account.department, account.period, account.currency)
        for line in record.lines
        for account in [account_of(desk, str(record.key), record.currency, record.terms, line)]
    }
    balances = [unit.budgets.balance(*account) for account in sorted(accounts)]
    # what it reserves is in them already
    if any(balance is not None and balance.available < 0 for balance in balances):
        return False
    _send(desk, unit, record)
    _answer(desk, unit, BudgetStage.ORDER, str(record.key), ApprovalState.APPROVED, by=THE_BUDGET)
    return True


def is_refused(unit: BuyerUnitOfWork, document: str) -> bool:
    """Whether a person refused a purchase order and the ERP has not been told yet."""
    found = unit.budget_approvals.get(BudgetStage.ORDER, document)
    return found is not None and found.state is ApprovalState.REFUSED


def note_told(unit: BuyerUnitOfWork, document: str) -> None:
    """The ERP knows that a person refused a purchase order."""
    found = unit.budget_approvals.get(BudgetStage.ORDER, document)
    if found is not None and found.state is ApprovalState.REFUSED:
        unit.budget_approvals.put(evolve(found, state=ApprovalState.TOLD))


def withdraw_question(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> None:
    """Nobody need give a word any more on a purchase order that the ERP has cancelled."""
    found = unit.budget_approvals.get(BudgetStage.ORDER, str(record.key))
    if found is not None and found.state is ApprovalState.ASKED:
        _answer(desk, unit, BudgetStage.ORDER, str(record.key), ApprovalState.TOLD, by=THE_ERP)


def decide(
    desk: Desk, number: str, *, approved: bool, by: str, comment: str = "", trial: bool = False
) -> BudgetApproval:
    """Approve or refuse what waits under a number.

    An approved purchase order is sent by the next run; a refused one gives back what it reserved and is told to the
    ERP as rejected. An approved invoice is booked by the next run; a refused one stays unmatched. A refused requisition
    reserves nothing any more.

    Args:
        desk: Whose it is.
        number: Of a purchase order, requisition or invoice, as its owner writes it.
        approved: Whether it may go on.
        by: Who says so.
        comment: Told to the ERP with a refusal.
        trial: Say what the answer would be, and keep nothing.

    Raises:
        UsageError: Nothing waits under that number, or several things do.
        CopyOnHold: This is a restored copy that was not told to resume.
    """

    def answer(unit: BuyerUnitOfWork) -> BudgetApproval:
        require_released(unit)
        found = _waiting(unit, number)
        if found.stage is BudgetStage.ORDER:
            _decide_order(desk, unit, found, approved=approved, by=by, comment=comment)
        elif found.stage is BudgetStage.REQUISITION and not approved:
            _refuse_requisition(desk, unit, found, by)
        state = ApprovalState.APPROVED if approved else ApprovalState.REFUSED
        return _answer(desk, unit, found.stage, found.document, state, by=by)

    return (try_unit if trial else run_unit)(desk.storage, answer)


def _waiting(unit: BuyerUnitOfWork, number: str) -> BudgetApproval:
    asked = [one for one in unit.budget_approvals.all() if one.state is ApprovalState.ASKED]
    found = [one for one in asked if number in (one.number, one.document)]
    if len(found) == 1:
        return found[0]
    if found:
        keys = ", ".join(one.document for one in found)
        raise UsageError(f"several documents {number!r} wait; name one by its key: {keys}")
    raise UsageError(f"nothing waits under {number!r}; 'askul-connect budgets waiting' lists what does")


def _decide_order(
    desk: Desk, unit: BuyerUnitOfWork, found: BudgetApproval, *, approved: bool, by: str, comment: str
) -> None:
    record = next(
        (one for one in unit.purchase_orders.by_id(found.number) if str(one.key) == found.document), None
    )
    if record is None or record.state is not PurchaseOrderState.HELD:
        raise UsageError(f"{found.number} is no longer held; nothing was changed")
    if approved:
        _send(desk, unit, record)
        return
    reason = f"{found.reason}; refused by {by}" + (f": {comment}" if comment else "")
    refused = evolve(
        record,
        state=PurchaseOrderState.REFUSED,
        refusal=refusal_text(BudgetExceeded(reason, where=record.document)),
    )
    unit.purchase_orders.save(refused)
    settle(desk, unit, refused, source=f"refused by {by}")


def _refuse_requisition(desk: Desk, unit: BuyerUnitOfWork, found: BudgetApproval, by: str) -> None:
    requisition = next((one for one in unit.requisitions.all() if one.key == found.document), None)
    if requisition is not None:
        cancelled = evolve(requisition, cancelled=True)
        unit.requisitions.put(cancelled)
        settle_requisition(desk, unit, cancelled, source=f"refused by {by}")


def _send(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> None:
    accepted = evolve(record, state=PurchaseOrderState.ACCEPTED)
    unit.purchase_orders.save(accepted)
    post_order(desk, unit, accepted)


def _answer(
    desk: Desk, unit: BuyerUnitOfWork, stage: BudgetStage, document: str, state: ApprovalState, *, by: str
) -> BudgetApproval:
    asked = unit.budget_approvals.get(stage, document)
    if asked is None:
        raise UsageError(f"nothing was asked about {document}")
    answered = evolve(asked, state=state, decided_by=by, decided_at=desk.timeline.now())
    unit.budget_approvals.put(answered)
    return answered
