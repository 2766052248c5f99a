"""The one way to the budget ledger: what a document holds is settled from the facts that are stored (INT-3).

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
                                          means that nothing more comes (cancelled) belongs in CLOSED; and
                                          ``record.closed_lines``, what the ERP no longer waits for
changes on their way to the supplier      ``unit.order_changes`` that wait: what they ask for more is reserved
orders of the supplier                    ``record.order_numbers`` and the stored orders, as they stand now: units,
                                          amounts, cancelled and shipped units; a substitute is a line of the order
                                          under the same line id, or a cancelled unit
invoice lines                             booked matches (``match.booked``), with the stored invoice's value
credit note lines                         credit matches whose result is in :data:`CREDITED`, with the stored credit
                                          note's value below zero and 0 units: what came back is not awaited again
requisitions                              hold what no purchase order's line has taken over; settled with those
                                          purchase orders, and by :func:`settle_requisition` when they change
how it is charged                         ``record.terms``, those of the day on which it was taken
========================================  ==========================================================================

A document that is no longer stored is no fact: its value is taken back when its purchase order is settled again.
Whoever purges documents purges those of settled purchase orders only, together with the purchase order itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import define, evolve, field

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.budget_terms import BudgetTerms
from askul_connect.core.domain.calendar import business_date
from askul_connect.core.domain.purchase_changes import CreditResult
from askul_connect.core.domain.purchasing import (
    LedgerMove,
    PurchaseLine,
    PurchaseOrderRecord,
    PurchaseOrderState,
)
from askul_connect.core.domain.requisitions import Requisition, RequisitionLine
from askul_connect.core.domain.rounding import Rounding, divide
from askul_connect.core.messages.documents import InvoiceLine
from askul_connect.core.policies.budgeting import (
    budget_code,
    in_budget_currency,
    invoice_values,
    order_values,
    reserved_values,
)
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
from askul_connect.core.services.buyer.expecting import pending_lines

#: States in which no supplier has answered: the purchase order holds what it says itself.
WAITING = frozenset({PurchaseOrderState.HELD, PurchaseOrderState.ACCEPTED})
#: States in which nothing more is to come: only what was billed is held.
CLOSED = frozenset({PurchaseOrderState.REFUSED, PurchaseOrderState.CANCELLED, PurchaseOrderState.GIVEN_UP})
#: States in which a purchase order takes nothing over from a requisition.
GIVES_BACK = frozenset(
    {PurchaseOrderState.REFUSED, PurchaseOrderState.CANCELLED, PurchaseOrderState.GIVEN_UP}
)
#: Results of matching that book a line of a credit note.
CREDITED = frozenset({CreditResult.MATCHED})


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
    made = due_moves(desk, unit, record, source=source)
    if made:
        unit.budgets.move(made)
    return made


def settle_requisition(
    desk: Desk, unit: BuyerUnitOfWork, requisition: Requisition, *, source: str
) -> list[LedgerMove]:
    """As :func:`settle` for a requisition."""
    made = due_of_requisition(desk, unit, requisition, source=source)
    if made:
        unit.budgets.move(made)
    return made


def due_moves(
    desk: Desk,
    unit: BuyerUnitOfWork,
    record: PurchaseOrderRecord,
    *,
    source: str,
    read: BilledInvoices | None = None,
) -> list[LedgerMove]:
    """What :func:`settle` would append; the purchase order itself need not be stored yet.

    Several purchase orders of one unit of work may share what was ``read`` of the invoices that bill them.
    """
    holdings = holdings_of(desk, unit, record, read)
    accounts = [
        account_of(desk, str(record.key), record.currency, record.terms, line) for line in record.lines
    ]
    made = _due(desk, unit, str(record.key), accounts, holdings, source=source)
    for requisition_id in sorted({line.requisition_id for line in record.lines if line.requisition_id}):
        requisition = unit.requisitions.get(record.key.buyer_party, requisition_id)
        if requisition is not None:
            made += due_of_requisition(desk, unit, requisition, source=source, with_record=record)
    return made


def due_of_requisition(
    desk: Desk,
    unit: BuyerUnitOfWork,
    requisition: Requisition,
    *,
    source: str,
    with_record: PurchaseOrderRecord | None = None,
) -> list[LedgerMove]:
    """What :func:`settle_requisition` would append.

    Args:
        desk: Whose it is.
        unit: The unit of work.
        requisition: It need not be stored yet.
        source: The document that brought the new fact.
        with_record: A purchase order as it will be stored.
    """
    holdings = requisition_holdings(desk, unit, requisition, with_record=with_record)
    accounts = [
        account_of(desk, requisition.key, requisition.currency, requisition.terms, line)
        for line in requisition.lines
    ]
    return _due(desk, unit, requisition.key, accounts, holdings, source=source)


def _due(
    desk: Desk,
    unit: BuyerUnitOfWork,
    document: str,
    accounts: Iterable[Account],
    holdings: Mapping[str, Holding],
    *,
    source: str,
) -> list[LedgerMove]:
    moves = _moves_by_line(unit, document)
    now = desk.timeline.now()
    made: list[LedgerMove] = []
    for account in accounts:
        own = moves.pop(account.line_id, [])
        made += settlement(account, holdings[account.line_id], own, source=source, now=now)
    for line_id, own in sorted(moves.items()):
        # a line that the ERP has taken out of its document
        last = own[-1]
        gone = Account(
            document=document,
            line_id=line_id,
            department=last.department,
            period=last.period,
            currency=last.currency,
        )
        made += settlement(gone, Holding(), own, source=source, now=now)
    return made


def _moves_by_line(unit: BuyerUnitOfWork, document: str) -> defaultdict[str, list[LedgerMove]]:
    found: defaultdict[str, list[LedgerMove]] = defaultdict(list)
    for move in unit.budgets.moves(document):
        found[move.line_id].append(move)
    return found


def account_of(
    desk: Desk, document: str, currency: str, terms: BudgetTerms | None, line: PurchaseLine | RequisitionLine
) -> Account:
    """The budget that a line is charged to now."""
    charged = _terms(desk, terms)
    return Account(
        document=document,
        line_id=line.line_id,
        department=budget_code(line, charged.dimension),
        period=line.period,
        currency=charged.currency or currency,
    )


def holdings_of(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord, read: BilledInvoices | None = None
) -> dict[str, Holding]:
    """What each line of a purchase order should hold by the facts that are stored, by line id."""
    consumed_at = _terms(desk, record.terms).consumed_at
    return {
        line_id: holding_of(facts, consumed_at)
        for line_id, facts in line_facts(desk, unit, record, read).items()
    }


def requisition_holdings(
    desk: Desk,
    unit: BuyerUnitOfWork,
    requisition: Requisition,
    *,
    with_record: PurchaseOrderRecord | None = None,
) -> dict[str, Holding]:
    """What each line of a requisition should hold: what no purchase order has taken over, by line id."""
    taken = _taken_over(unit, requisition, with_record)
    values = _reserved(
        desk,
        requisition.lines,
        requisition.taken_at,
        requisition.currency,
        terms=_terms(desk, requisition.terms),
    )
    found = {}
    for line in requisition.lines:
        left = 0 if requisition.cancelled else max(line.quantity - taken[line.line_id], 0)
        value = divide(values[line.line_id] * left, line.quantity, Rounding.UP) if left else 0
        found[line.line_id] = holding_of(LineFacts(units=left, reserved=value, waiting=left > 0))
    return found


def _taken_over(
    unit: BuyerUnitOfWork, requisition: Requisition, with_record: PurchaseOrderRecord | None
) -> dict[str, int]:
    """Units of each line of a requisition that purchase orders have taken over."""
    records = {record.key: record for record in unit.purchase_orders.taking_over(requisition.requisition_id)}
    if with_record is not None:
        records[with_record.key] = with_record
    taken: dict[str, int] = defaultdict(int)
    for record in records.values():
        if record.key.buyer_party != requisition.buyer_party or record.state in GIVES_BACK:
            continue
        for line in record.lines:
            if line.requisition_id == requisition.requisition_id:
                taken[line.requisition_line_id or line.line_id] += line.quantity
    return taken


def line_facts(
    desk: Desk, unit: BuyerUnitOfWork, record: PurchaseOrderRecord, read: BilledInvoices | None = None
) -> dict[str, LineFacts]:
    """The facts of each line of a purchase order, by line id."""
    terms = _terms(desk, record.terms)
    reserved = _reserved(
        desk, record.lines, record.accepted_at, record.currency, terms=terms, allowances=record.allowances
    )
    ordered = _ordered_parts(unit, record, terms)
    billed = _billed_parts(unit, record, terms, read or BilledInvoices())
    pending = _reserved(desk, pending_lines(unit, record), record.accepted_at, record.currency, terms=terms)
    return {
        line.line_id: LineFacts(
            units=line.quantity,
            reserved=reserved[line.line_id],
            waiting=record.state in WAITING,
            closed=record.state in CLOSED or line.line_id in record.closed_lines,
            ordered=tuple(ordered[line.line_id]),
            billed=tuple(billed[line.line_id]),
            pending=pending.get(line.line_id, 0),
        )
        for line in record.lines
    }


def _terms(desk: Desk, terms: BudgetTerms | None) -> BudgetTerms:
    """Those of the document; what was taken before terms were kept is charged by the settings of today."""
    return terms or evolve(desk.rules.budgets.terms(), currency="")


def _reserved(
    desk: Desk,
    lines: tuple[PurchaseLine, ...] | tuple[RequisitionLine, ...],
    taken_at: datetime,
    currency: str,
    *,
    terms: BudgetTerms,
    allowances: tuple[AllowanceCharge, ...] = (),
) -> dict[str, int]:
    values = reserved_values(
        lines,
        desk.rules.tax_table,
        business_date(taken_at, desk.rules.zone),
        terms,
        allowances,
    )
    return {line_id: in_budget_currency(value, currency, terms) for line_id, value in values.items()}


def _ordered_parts(
    unit: BuyerUnitOfWork, record: PurchaseOrderRecord, terms: BudgetTerms
) -> dict[str, list[OrderedPart]]:
    found: dict[str, list[OrderedPart]] = defaultdict(list)
    orders = (
        unit.history.many(record.supplier, "orders", record.order_numbers) if record.order_numbers else {}
    )
    for number in record.order_numbers:
        order = orders.get(number)
        if order is None:
            continue
        values = order_values(order, terms)
        for line in order.lines:
            found[line.line_id].append(
                OrderedPart(
                    order_number=number,
                    units=line.quantity,
                    value=in_budget_currency(values[line.line_id], record.currency, terms),
                    cancelled=line.quantity_cancelled,
                    shipped=line.quantity_shipped,
                )
            )
    return found


@define
class BilledInvoices:
    """What was read of invoices in one unit of work: an invoice of a month bills hundreds of purchase orders."""

    _lines: dict[tuple[str, str, BudgetTerms], dict[str, tuple[InvoiceLine, int]]] = field(factory=dict)

    def lines(
        self, unit: BuyerUnitOfWork, supplier: str, number: str, terms: BudgetTerms
    ) -> Mapping[str, tuple[InvoiceLine, int]]:
        """An invoice's lines with what they use of the budget, by line number; none when it is not stored."""
        key = (supplier, number, terms)
        if key not in self._lines:
            invoice = unit.history.invoice(supplier, number)
            values = invoice_values(invoice, terms) if invoice else {}
            lines = invoice.lines if invoice else ()
            self._lines[key] = {line.line_number: (line, values[line.line_number]) for line in lines}
        return self._lines[key]


def _billed_parts(
    unit: BuyerUnitOfWork, record: PurchaseOrderRecord, terms: BudgetTerms, read: BilledInvoices
) -> dict[str, list[BilledPart]]:
    found: dict[str, list[BilledPart]] = defaultdict(list)
    if not record.order_numbers:
        return found
    for (supplier, number), line_numbers in _booked(unit, record):
        lines = read.lines(unit, supplier, number, terms)
        for line_number in sorted(line_numbers & lines.keys()):
            line, value = lines[line_number]
            found[line.line_id].append(
                BilledPart(
                    order_number=line.order_number,
                    units=line.quantity,
                    value=in_budget_currency(value, record.currency, terms),
                )
            )
    _add_credited(unit, record, terms, found)
    return found


def _booked(unit: BuyerUnitOfWork, record: PurchaseOrderRecord) -> Iterable[tuple[tuple[str, str], set[str]]]:
    """Supplier and number of each invoice that bills a purchase order, and the numbers of its lines that do."""
    booked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for match in unit.matches.of_purchase_order(str(record.key)):
        if match.booked:
            booked[match.supplier, match.invoice_number].add(match.line_number)
    return booked.items()


def _add_credited(
    unit: BuyerUnitOfWork, record: PurchaseOrderRecord, terms: BudgetTerms, found: dict[str, list[BilledPart]]
) -> None:
    """What credit notes take back: goods that went back are not waited for again, so they have no units."""
    booked: dict[tuple[str, str], set[str]] = defaultdict(set)
    for match in unit.credit_matches.of_purchase_order(str(record.key)):
        if match.result in CREDITED:
            booked[match.supplier, match.credit_note_number].add(match.line_number)
    for (supplier, number), line_numbers in booked.items():
        note = unit.history.credit_note(supplier, number)
        if note is None:
            continue
        values = invoice_values(note, terms)
        for line in note.lines:
            if line.line_number in line_numbers:
                value = in_budget_currency(values[line.line_number], record.currency, terms)
                found[line.line_id].append(BilledPart(order_number=line.order_number, units=0, value=-value))
