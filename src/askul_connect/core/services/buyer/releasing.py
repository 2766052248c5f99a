"""An accountant releases an invoice line that does not match (INT-4)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.matches import DecisionKind, MatchDecision, MatchResult
from askul_connect.core.domain.purchasing import InvoiceMatch, PurchaseOrderRecord
from askul_connect.core.errors import MatchNotAccepted, NumberAmbiguous, NumberUnknown, ValueInvalid
from askul_connect.core.ports.buyer_storage import BuyerUnitOfWork
from askul_connect.core.services.buyer.booking import book_invoice
from askul_connect.core.services.buyer.desk import Desk
from askul_connect.core.services.buyer.settling import BilledInvoices
from askul_connect.core.services.units import run_unit

_MOST_CHARACTERS = 500


def accept_match(
    desk: Desk,
    invoice_number: str,
    line_number: str,
    *,
    reason: str,
    decided_by: str,
    supplier: str = "",
    trial: bool = False,
) -> InvoiceMatch:
    """Book a line as it is, though it does not match; who, when and why are kept.

    Its result and differences stay what they were. When the supplier changes the invoice afterwards, the release is
    over with the content it was given for.

    Args:
        desk: Whose it is.
        invoice_number: The invoice.
        line_number: Its line, by its number in the invoice.
        reason: Why, in words; up to 500 characters.
        decided_by: Who.
        supplier: Whose invoice, needed where several suppliers have that number.
        trial: Check everything, but book nothing.

    Raises:
        ValueInvalid: Reason or person is blank or too long.
        NumberUnknown: There is no such invoice, or it has no such line.
        NumberAmbiguous: Several suppliers have an invoice with that number.
        MatchNotAccepted: The line is booked already, was not matched yet, belongs to no purchase order, or its budget
            does not allow it.
    """
    for name, text in (("reason", reason), ("decided_by", decided_by)):
        if not text.strip() or len(text) > _MOST_CHARACTERS or not text.isprintable():
            raise ValueInvalid(
                f"{name} is 1 to {_MOST_CHARACTERS} printable characters that are not all blank", where=name
            )

    def accept(unit: BuyerUnitOfWork) -> InvoiceMatch:
        match, record = _acceptable(unit, supplier, invoice_number, line_number)
        accepted = evolve(match, booked=True)
        if trial:
            return accepted
        unit.matches.put([accepted])
        unit.matches.decide([_decision(desk, match, reason.strip(), decided_by.strip())])
        done = book_invoice(
            desk,
            unit,
            supplier=match.supplier,
            number=invoice_number,
            records=[record],
            read=BilledInvoices(),
        )
        if done.over:
            raise MatchNotAccepted(done.over, where=f"{invoice_number} line {line_number}")
        return accepted

    return run_unit(desk.storage, accept)


def owner_of(unit: BuyerUnitOfWork, invoice_number: str, supplier: str) -> str:
    """The supplier whose invoice it is.

    Raises:
        NumberUnknown: There is no such invoice.
        NumberAmbiguous: Several suppliers have one with that number.
    """
    owners = unit.history.suppliers_of("invoices", invoice_number)
    found = [one for one in owners if supplier in {"", one}]
    if not found:
        whose = f" of {supplier}" if supplier else ""
        raise NumberUnknown(f"there is no invoice {invoice_number}{whose}", where="INVOICE")
    if len(found) > 1:
        raise NumberAmbiguous(
            f"the invoice {invoice_number} may be one of {', '.join(found)}", where="--supplier"
        )
    return found[0]


def _acceptable(
    unit: BuyerUnitOfWork, supplier: str, invoice_number: str, line_number: str
) -> tuple[InvoiceMatch, PurchaseOrderRecord]:
    """An open match and the purchase order that it would be booked on."""
    owner = owner_of(unit, invoice_number, supplier)
    place = f"{invoice_number} line {line_number}"
    invoice = unit.history.invoice(owner, invoice_number)
    lines = invoice.lines if invoice else ()
    line = next((one for one in lines if one.line_number == line_number), None)
    if line is None:
        raise NumberUnknown(f"the invoice {invoice_number} has no line {line_number}", where="LINE")
    matches = unit.matches.of_invoice(owner, invoice_number)
    match = next((one for one in matches if one.line_number == line_number), None)
    if match is None:
        raise MatchNotAccepted("it was not matched yet: the next run does it", where=place)
    if match.booked:
        raise MatchNotAccepted("it is booked already", where=place)
    if match.result is MatchResult.OVER_BUDGET:
        raise MatchNotAccepted(
            "it matches, and its budget is to be raised or approved ('budgets approve')", where=place
        )
    records = unit.purchase_orders.by_id(line.purchase_order_id)
    record = next((one for one in records if str(one.key) == match.purchase_order), None)
    if record is None or all(one.line_id != match.line_id for one in record.lines):
        raise MatchNotAccepted(
            "it belongs to no line of a purchase order, so no budget could bear it", where=place
        )
    if sum(one.line_number == line_number for one in lines) > 1:
        raise MatchNotAccepted("the invoice has several lines with that number", where=place)
    return match, record


def _decision(desk: Desk, match: InvoiceMatch, reason: str, decided_by: str) -> MatchDecision:
    return MatchDecision(
        supplier=match.supplier,
        invoice_number=match.invoice_number,
        line_number=match.line_number,
        decision=DecisionKind.ACCEPTED,
        result=match.result,
        decided_by=decided_by,
        decided_at=desk.timeline.now(),
        reason=reason,
    )
