"""Whether the buyer's data agree with themselves: what ``verify`` looks at beyond the database's own checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.purchasing import PurchaseOrderRecord, PurchaseOrderState
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.outgoing import (
    ERP_CONFIRMATION_KIND,
    ERP_INVOICE_KIND,
    ERP_SHIP_NOTICE_KIND,
    OUTBOX_FORM,
    PLACE_ORDER_KIND,
)

_STATES: Mapping[PurchaseOrderState, AbstractSet[OutboxState | None]] = {
    # one that waited before may have been refused
    PurchaseOrderState.HELD: {None, OutboxState.REFUSED},
    PurchaseOrderState.ACCEPTED: {
        OutboxState.PENDING,
        OutboxState.UNKNOWN,
        OutboxState.DEAD,
        OutboxState.HELD,
    },
    PurchaseOrderState.PLACED: {OutboxState.SENT},
    PurchaseOrderState.REFUSED: {None, OutboxState.REFUSED},
    PurchaseOrderState.GIVEN_UP: {OutboxState.REFUSED},
}
"""What the outbox says of a purchase order in each state; nothing where a person decided before it was sent."""
#: Moves that are read at once.
_PAGE = 1_000


def audit_ledger(unit: BuyerUnitOfWork) -> Iterator[str]:
    """Budgets whose balances are not the sums of their moves (INT-3)."""
    sums: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    after = 0
    while page := unit.budgets.page(after, _PAGE):
        after = page[-1][0]
        for _, move in page:
            total = sums[move.department, move.period, move.currency]
            for place, change in enumerate((move.pre_encumbrance, move.encumbrance, move.actual)):
                total[place] += change
    for balance in unit.budgets.balances():
        key = (balance.department, balance.period, balance.currency)
        kept = [balance.pre_encumbrance, balance.encumbrance, balance.actual]
        moved = sums.pop(key, [0, 0, 0])
        if kept != moved:
            yield f"the budget {' '.join(key)} holds {kept}, its moves add up to {moved}"
    for key in sorted(sums):
        yield f"moves of {' '.join(key)} have no budget"


def audit_outbox(unit: BuyerUnitOfWork) -> Iterator[str]:
    """Purchase orders and the messages about them that do not agree (INT-6)."""
    for record in unit.purchase_orders.all():
        if record.purged_on is not None:
            continue
        message = unit.outbox.find(PLACE_ORDER_KIND, str(record.key))
        state = message.state if message else None
        if state not in _STATES[record.state]:
            yield (
                f"the purchase order {record.key} is {record.state}, its message {state}"
                if state
                else f"the purchase order {record.key} has no message"
            )
        yield from _orders_of(unit, record)
    for message in unit.outbox.all():
        yield from _what_it_names(unit, message)


def _orders_of(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> Iterator[str]:
    if record.state is PurchaseOrderState.PLACED and not record.order_numbers:
        yield f"the purchase order {record.key} is placed and has no order"
    for number in record.order_numbers:
        if unit.history.order(record.supplier, number) is None:
            yield f"the order {number} of the purchase order {record.key} is not stored"


def _what_it_names(unit: BuyerUnitOfWork, message: OutboxMessage) -> Iterator[str]:
    named = OUTBOX_FORM.read(message.body)
    reads = {
        ERP_CONFIRMATION_KIND: unit.history.confirmation,
        ERP_SHIP_NOTICE_KIND: unit.history.ship_notice,
        ERP_INVOICE_KIND: unit.history.invoice,
    }
    read = reads.get(message.kind)
    # a message that was withdrawn is about a document that is gone
    if read is None or message.state is OutboxState.REFUSED:
        return
    if read(named["supplier"], named["number"]) is None:
        yield f"the outbox names {message.kind} {message.business_key}, which is not stored"


def audit_matches(unit: BuyerUnitOfWork) -> Iterator[str]:
    """Matches about invoices that are not there."""
    for match in unit.matches.all():
        if unit.history.invoice(match.supplier, match.invoice_number) is None:
            yield f"a match is about the invoice {match.invoice_number} of {match.supplier}, which is not stored"


def orders_by_supplier(unit: BuyerUnitOfWork) -> dict[str, frozenset[str]]:
    """Numbers of the orders the buyer knows, by supplier connection."""
    found: dict[str, set[str]] = defaultdict(set)
    for supplier, order in unit.history.orders():
        found[supplier].add(order.order_number)
    return {supplier: frozenset(numbers) for supplier, numbers in found.items()}
