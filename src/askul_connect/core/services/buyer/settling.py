"""The one way to the budget ledger: what a purchase order holds is settled from the facts that are stored (INT-3).

Whoever stores a fact about a purchase order calls :func:`settle` in the same unit of work. It reads all facts, lets the
policy say what each line should hold, and appends the difference to what the moves add up to. So neither the order in
which facts come nor their repetition matters, and a fact that was taken back is moved back by the next call.

What counts as a fact, and where a new one enters:

========================================  ==========================================================================
fact                                      where it is
========================================  ==========================================================================
lines of the purchase order, their price  ``record.lines``: a changed purchase order stores its changed lines
department and period of a line           ``record.lines``: what is open moves to the new budget as a pair
it waits, was refused, is closed          ``record.state``: the tables :data:`WAITING` and :data:`CLOSED`; a state that
                                          means that nothing more comes (cancelled, closed short) belongs in CLOSED
orders of the supplier                    ``record.order_numbers`` and the stored orders, as they stand now: units,
                                          amounts, cancelled units; a substitute is a line of the order under the
                                          same line id, or a cancelled unit
invoice lines                             matches whose result is in :data:`BOOKED`, with the stored invoice's value
credit note lines                         enter in :func:`_billed_parts`, with a negative value: 0 units where goods
                                          came back or a price was corrected, negative units where the same units are
                                          billed again
========================================  ==========================================================================

A document that is no longer stored is no fact: its value is taken back when its purchase order is settled again.
Whoever purges documents purges those of settled purchase orders only, together with the purchase order itself.
"""

from __future__ import annotations

from collections import defaultdict

from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.purchasing import (
    LedgerMove,
    MatchResult,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.policies.budgeting import invoice_values, order_values, reserved_values
from askul_connect.core.policies.settlement import (
    Account,
    BilledPart,
    Holding,
    LineFacts,
    OrderedPart,
    holding_of,
    settlement,
)
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.desk import Desk

#: States in which no supplier has answered: the purchase order holds what it says itself.
WAITING = frozenset({PurchaseOrderState.ACCEPTED})
#: States in which nothing more is to come: only what was billed is held.
CLOSED = frozenset({PurchaseOrderState.REFUSED, PurchaseOrderState.GIVEN_UP})
#: Results of matching that book an invoice line.
BOOKED = frozenset({MatchResult.MATCHED})


def settle(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord, *, source: str
) -> list[LedgerMove]:
    """Append what is missing until each line of a purchase order holds what the facts say.

    Args:
        desk: Whose it is.
        unit: The unit of work that has stored the facts.
        record: The purchase order as it is stored now.
        source: The document that brought the new fact, for a reader of the ledger.

    Returns:
        The moves that were appended; none when nothing had changed.
    """
    document = str(record.key)
    moves = unit.budgets.moves(document)
    made: list[LedgerMove] = []
    holdings = holdings_of(desk, unit, record)
    for line in record.lines:
        account = Account(
            document=document,
            line_id=line.line_id,
            department=line.department,
            period=line.period,
            currency=record.currency,
        )
        holding = holdings[line.line_id]
        made += settlement(account, holding, moves, source=source, now=desk.timeline.now())
    if made:
        unit.budgets.move(made)
    return made


def holdings_of(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> dict[str, Holding]:
    """What each line of a purchase order should hold by the facts that are stored, by line id."""
    return {line_id: holding_of(facts) for line_id, facts in line_facts(desk, unit, record).items()}


def line_facts(desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> dict[str, LineFacts]:
    """The facts of each line of a purchase order, by line id."""
    reserved = reserved_values(
        record.lines,
        desk.rules.tax_table,
        business_date(record.accepted_at, desk.rules.zone),
        desk.rules.budgets.basis,
        record.allowances,
    )
    ordered = _ordered_parts(desk, unit, record)
    billed = _billed_parts(desk, unit, record)
    return {
        line.line_id: LineFacts(
            units=line.quantity,
            reserved=reserved[line.line_id],
            waiting=record.state in WAITING,
            closed=record.state in CLOSED,
            ordered=tuple(ordered[line.line_id]),
            billed=tuple(billed[line.line_id]),
        )
        for line in record.lines
    }


def _ordered_parts(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord
) -> dict[str, list[OrderedPart]]:
    found: dict[str, list[OrderedPart]] = defaultdict(list)
    orders = (
        unit.history.many(record.supplier, "orders", record.order_numbers) if record.order_numbers else {}
    )
    for number in record.order_numbers:
        order = orders.get(number)
        if order is None:
            continue
        values = order_values(order, desk.rules.budgets.basis)
        for line in order.lines:
            found[line.line_id].append(
                OrderedPart(
                    order_number=number,
                    units=line.quantity,
                    value=values[line.line_id],
                    cancelled=line.quantity_cancelled,
                )
            )
    return found


def _billed_parts(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord
) -> dict[str, list[BilledPart]]:
    found: dict[str, list[BilledPart]] = defaultdict(list)
    if not record.order_numbers:
        return found
    booked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for match in unit.matches.of_purchase_order(str(record.key)):
        if match.result in BOOKED:
            booked[match.supplier, match.invoice_number].add(match.line_number)
    for (supplier, number), line_numbers in booked.items():
        invoice = unit.history.invoice(supplier, number)
        if invoice is None:
            continue
        values = invoice_values(invoice, desk.rules.budgets.basis)
        for line in invoice.lines:
            if line.line_number in line_numbers:
                found[line.line_id].append(
                    BilledPart(
                        order_number=line.order_number,
                        units=line.quantity,
                        value=values[line.line_number],
                    )
                )
    return found
