"""Taking purchase orders from the ERP: translate, recognise, check the budget, reserve, store with what must be sent.

One purchase order is one unit of work: it is taken whole or not at all, and a bad one does not stop the others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import evolve, frozen

from askul_connect.core.domain.budget_approvals import BudgetStage
from askul_connect.core.domain.correlation import correlated
from askul_connect.core.domain.purchasing import (
    LedgerMove,
    PurchaseOrderKey,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.errors import (
    CallerError,
)
from askul_connect.core.messages.purchase_order import PurchaseOrder
from askul_connect.core.messages.purchase_order_change import PurchaseOrderChange
from askul_connect.core.policies.settings import IdsRepeat, OverBudget
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.ports.documents import RejectedPurchaseOrder
from askul_connect.core.ports.erp import IncomingDocument
from askul_connect.core.services.buyer.approving import ask, is_refused, post_order, release_if_enough
from askul_connect.core.services.buyer.budget_checking import BudgetCheck, check_budgets
from askul_connect.core.services.buyer.desk import LOGGER, Desk
from askul_connect.core.services.buyer.outgoing import PLACE_ORDER_KIND, resume_message
from askul_connect.core.services.buyer.preparing import conflict_with, prepare, whole_key
from askul_connect.core.services.buyer.report import Tally
from askul_connect.core.services.buyer.routing import Router, routing_reasons
from askul_connect.core.services.buyer.settling import account_of, due_moves
from askul_connect.core.services.units import run_unit

_SEVERAL = 2


@frozen(kw_only=True)
class Taken:
    """What became of one document of the ERP: the purchase orders stored, and what cannot be.

    Attributes:
        places: Where each line stands in the document, by purchase order and line.
        changes: The changes of purchase orders in it, which are taken once all purchase orders are.
        changed: Purchase order and change id of those that were taken.
    """

    document: str
    keys: tuple[PurchaseOrderKey, ...]
    rejected: tuple[RejectedPurchaseOrder, ...]
    places: Mapping[tuple[str, str], str]
    changes: tuple[PurchaseOrderChange, ...] = ()
    changed: tuple[tuple[PurchaseOrderKey, str], ...] = ()


def take_document(desk: Desk, document: IncomingDocument, router: Router, tally: Tally) -> Taken:
    """Take every purchase order of one document that can be taken.

    Raises:
        OurError: Our storage fails; nothing of the purchase order at hand is stored.
    """
    try:
        found = desk.erp.read(document)
    except CallerError as error:
        unread = RejectedPurchaseOrder(purchase_order_id="", error=error)
        return Taken(document=document.name, keys=(), rejected=(unread,), places={})
    keys: list[PurchaseOrderKey] = []
    rejected: list[RejectedPurchaseOrder] = []
    places: dict[tuple[str, str], str] = {}
    changes: list[PurchaseOrderChange] = []
    for entry in found:
        if isinstance(entry, RejectedPurchaseOrder):
            # what could not be read as far as its buyer is taken for one of ours
            correlation_id = _correlation_id(desk, entry.purchase_order_id)
            rejected.append(evolve(entry, correlation_id=correlation_id))
            continue
        if isinstance(entry, PurchaseOrderChange):
            changes.append(entry)
            continue
        places.update({(entry.purchase_order_id, line.line_id): line.where for line in entry.lines})
        correlation_id = correlation_of(desk, entry)
        try:
            with correlated(correlation_id):
                keys += _take(desk, document.name, entry, router, tally)
        except CallerError as error:
            rejected.append(
                RejectedPurchaseOrder(
                    purchase_order_id=entry.purchase_order_id, error=error, correlation_id=correlation_id
                )
            )
    return Taken(
        document=document.name,
        keys=tuple(keys),
        rejected=tuple(rejected),
        places=places,
        changes=tuple(changes),
    )


def correlation_of(desk: Desk, po: PurchaseOrder | PurchaseOrderChange) -> str:
    """The id of a purchase order in the logs: its key, known before anything of it is translated."""
    return _correlation_id(desk, po.purchase_order_id, po.buyer_party, po.issued_on)


def _correlation_id(
    desk: Desk, purchase_order_id: str, buyer_party: str = "", issued_on: date | None = None
) -> str:
    if not purchase_order_id:
        return ""
    yearly = desk.rules.ids_repeat is not IdsRepeat.NEVER
    return str(
        PurchaseOrderKey(
            buyer_party=buyer_party or desk.rules.own_party,
            purchase_order_id=purchase_order_id,
            issue_year=issued_on.year if yearly and issued_on else 0,
        )
    )


def _take(
    desk: Desk, document: str, po: PurchaseOrder, router: Router, tally: Tally
) -> list[PurchaseOrderKey]:
    records = prepare(desk, document, po, router)
    taken = run_unit(desk.storage, lambda unit: accept_parts(desk, unit, records))
    for record, (accepted, warnings) in zip(records, taken, strict=True):
        if not accepted:
            continue
        tally.accepted += not record.part_of
        tally.changed = True
        tally.warnings.extend(warnings)
        LOGGER.info("purchase order %s taken from %s", record.key, document)
        desk.say(
            "purchase order",
            f"{record.key.purchase_order_id} accepted, {len(record.lines)} lines, for {record.supplier}",
        )
        for reason in routing_reasons(record):
            desk.say("routing", f"{record.key.purchase_order_id} to {record.supplier}: {reason}")
    return [record.key for record in records]


def accept_parts(
    desk: Desk, unit: BuyerUnitOfWork, records: Sequence[PurchaseOrderRecord]
) -> list[tuple[bool, list[str]]]:
    """Accept every part of a purchase order, or none.

    Raises:
        PurchaseOrderConflict, BudgetExceeded, BudgetMissing: As :func:`accept`; budgets for all parts together.
    """
    new = [record for record in records if _is_new(unit, record)]
    if len(new) < _SEVERAL:
        return [accept(desk, unit, record) for record in records]
    lines = tuple(line for record in new for line in record.lines)
    together = evolve(new[0], key=whole_key(new[0]), lines=lines)
    moves = due_moves(desk, unit, together, source=together.document)
    whole = _check(desk, unit, together, moves, None)
    taken = []
    for record in records:
        taken.append(accept(desk, unit, record, whole=whole if record in new else None))
        # told once
        whole = evolve(whole, warnings=[])
    return taken


def _is_new(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> bool:
    known = unit.purchase_orders.get(record.key)
    if known is None:
        return True
    same = known.content_hash == record.content_hash
    return known.state is PurchaseOrderState.REFUSED and not (same and is_refused(unit, str(record.key)))


def accept(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord, *, whole: BudgetCheck | None = None
) -> tuple[bool, list[str]]:
    """Store a purchase order with its reservation and its message to the supplier.

    One that the supplier refused may be corrected and dropped again under its number; one whose sending was given up
    is sent again when it is dropped again. One that waits for a person is sent once its budgets have enough.

    Args:
        desk: Whose it is.
        unit: The unit of work.
        record: The purchase order.
        whole: What was found for all parts of a divided one together.

    Returns:
        Whether there is something new to send, and warnings. Else the same content again changes nothing.

    Raises:
        PurchaseOrderConflict: The key exists with other content.
        BudgetExceeded, BudgetMissing: The budget does not allow it; all budgets concerned are listed.
    """
    known = unit.purchase_orders.get(record.key)
    if known is not None and known.state is PurchaseOrderState.GIVEN_UP:
        # its document still waits to be told so; dropped again after that, it is taken anew
        return False, []
    if known is not None and known.state is not PurchaseOrderState.REFUSED:
        if known.content_hash == record.content_hash:
            if known.state is PurchaseOrderState.HELD:
                return release_if_enough(desk, unit, known), []
            return resume_message(desk, unit, PLACE_ORDER_KIND, str(record.key)), []
        raise conflict_with(record.key, known)
    if known is not None and known.content_hash == record.content_hash and is_refused(unit, str(record.key)):
        return False, []
    record = evolve(record, attempt=1 if known is None else known.attempt + 1)
    moves = due_moves(desk, unit, record, source=record.document)
    check = _check(desk, unit, record, moves, whole)
    record = evolve(
        record,
        budget_before=_before(check.available, moves, str(record.key)),
        state=PurchaseOrderState.HELD if check.over else PurchaseOrderState.ACCEPTED,
    )
    if known is None:
        unit.purchase_orders.add(record)
    else:
        unit.purchase_orders.save(record)
    unit.budgets.move(moves)
    if check.over:
        ask(
            desk,
            unit,
            stage=BudgetStage.ORDER,
            document=str(record.key),
            number=record.key.purchase_order_id,
            reason="; ".join(check.over),
        )
    else:
        post_order(desk, unit, record)
    return True, check.warnings


def _check(
    desk: Desk,
    unit: BuyerUnitOfWork,
    record: PurchaseOrderRecord,
    moves: Sequence[LedgerMove],
    whole: BudgetCheck | None,
) -> BudgetCheck:
    """Whether its budgets have what it needs; for a part that was found already, with all parts together."""
    check = check_budgets(
        desk,
        unit,
        number=record.key.purchase_order_id,
        document=record.document,
        moves=moves,
        accounts=[
            account_of(desk, str(record.key), record.currency, record.terms, line) for line in record.lines
        ],
        action=desk.rules.budgets.over_budget if whole is None else OverBudget.ALLOW,
    )
    return check if whole is None else evolve(whole, available=check.available)


def _before(available: int | None, moves: list[LedgerMove], document: str) -> int | None:
    """What was available before, with what is taken over from requisitions."""
    if available is None:
        return None
    taken_over = [move for move in moves if move.purchase_order != document]
    return available - sum(move.pre_encumbrance + move.encumbrance + move.actual for move in taken_over)
