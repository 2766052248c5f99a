"""What came back: it lessens the invoice of its closing, or becomes a credit note about an earlier one (BIL-3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.credit_notes import ReducedLine
from askul_connect.core.domain.reductions import Reduction
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.errors import OurError
from askul_connect.core.messages.billing import ListCreditNotesRequest, ListCreditNotesResponse
from askul_connect.core.messages.credit_notes import CreditNote, CreditNoteLine
from askul_connect.core.messages.documents import InvoiceAllowance
from askul_connect.core.policies.pricing import totals
from askul_connect.core.policies.reductions import exempt_reductions, reduced_lines
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.invoicing import require_qualified_issuer
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.receiving_returns import mark_credited
from askul_connect.core.services.supplier.refunding import ask_for_refund
from askul_connect.core.services.supplier.usage import record_usage
from askul_connect.core.services.supplier.visibility import visible_documents

CREDIT_NOTE_FEED = "credit_notes"
_CREDIT_NOTE_NUMBER = "CN{:08d}"


def reduced_until(context: Context, account_id: str, closing: date) -> Sequence[ReducedLine]:
    """What came back up to a closing and is not credited yet, by day and id."""
    unit = context.unit
    open_ = {one.reduction_id: one for one in unit.reductions.uncredited(account_id, closing)}
    if not open_:
        return ()
    shipments: dict[str, list[ShippedLine]] = {}
    for line in unit.shipped_lines.of_notices(account_id, {one.ship_notice_number for one in open_.values()}):
        shipments.setdefault(line.ship_notice_number, []).append(line)
    known: dict[str, list[Reduction]] = {number: [] for number in shipments}
    for order_number in sorted({one.order_number for one in open_.values()}):
        for one in unit.reductions.of_order(account_id, order_number):
            # what came back after the closing is not of this one
            if one.ship_notice_number in known and (one.credit_note_number or one.reduction_id in open_):
                known[one.ship_notice_number].append(one)
    found = [
        one
        for number, lines in shipments.items()
        for one in reduced_lines(lines, known[number])
        if one.reduction.reduction_id in open_
    ]
    if len(found) < len(open_):
        raise OurError("something came back of a shipment that is not there")
    return sorted(found, key=lambda one: (one.reduction.returned_on, one.reduction.reduction_id))


def lessen(context: Context, account_id: str, reduced: Sequence[ReducedLine], invoice_number: str) -> None:
    """Mark what an invoice took off."""
    if reduced:
        reductions = [one.reduction for one in reduced]
        context.unit.reductions.credit(reductions, invoice_number)
        mark_credited(context, reductions)
        record_usage(context, account_id, [one.line.ship_notice_number for one in reduced])


def issue_credit_notes(
    context: Context, account: Account, reduced: Sequence[ReducedLine], closing: date
) -> None:
    """One credit note for each invoice that something came back of; each reduction is in one of them."""
    profile = context.house.profile
    exempt = exempt_reductions(reduced, context.house.currency, profile.tax_rounding)
    by_invoice: dict[str, list[ReducedLine]] = {}
    for one in reduced:
        by_invoice.setdefault(one.line.invoice_number, []).append(one)
    for invoice_number, members in sorted(by_invoice.items()):
        require_qualified_issuer(context)
        _issue(context, account, invoice_number, members, closing, exempt)


def _issue(  # noqa: PLR0917 -- one document and all it is made of
    context: Context,
    account: Account,
    invoice_number: str,
    reduced: Sequence[ReducedLine],
    closing: date,
    exempt: frozenset[str],
) -> None:
    unit, account_id = context.unit, account.account_id
    receivable = unit.billing.receivable(account_id, invoice_number)
    if receivable is None:
        raise OurError(f"nothing is known of what invoice {invoice_number} is paid with")
    sums = totals(
        [entry for one in reduced for entry in one.taxed],
        context.house.currency,
        context.house.profile.tax_rounding,
    )
    number = _CREDIT_NOTE_NUMBER.format(unit.counters.next("credit-note"))
    document = CreditNote(
        credit_note_number=number,
        issued_on=context.today,
        period_end=closing,
        invoice_number=invoice_number,
        invoice_issued_on=receivable.issued_on,
        currency=receivable.currency,
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
        lines=tuple(
            _line(str(place), one, exempt=one.reduction.reduction_id in exempt)
            for place, one in enumerate(reduced, start=1)
        ),
        tax=sums.tax,
        total_excl_tax=sums.excl_tax.minor,
        total_incl_tax=sums.incl_tax.minor,
        allowances=tuple(
            InvoiceAllowance(
                order_number=one.line.order_number,
                purchase_order_id=one.line.purchase_order_id,
                ship_notice_number=one.line.ship_notice_number,
                allowance=entry,
                reduction_id=one.reduction.reduction_id,
            )
            for one in reduced
            for entry in one.taken_back
        ),
        exempt=all(one.reduction.reduction_id in exempt for one in reduced),
    )
    unit.billing.add_credit_note(account_id, document)
    reductions = [one.reduction for one in reduced]
    unit.reductions.credit(reductions, number)
    mark_credited(context, reductions)
    owed = evolve(receivable, credited=receivable.credited + document.total_incl_tax)
    unit.billing.save_receivable(owed)
    ask_for_refund(context, owed, number)
    unit.changes.record(account_id, CREDIT_NOTE_FEED, [number])
    record_usage(context, account_id, [one.line.ship_notice_number for one in reduced])
    orders = sorted({one.line.order_number for one in reduced})
    notify_customer(context, "credit-note-issued", number, account, invoice_number, order_numbers=orders)


def _line(number: str, one: ReducedLine, *, exempt: bool) -> CreditNoteLine:
    line, reduction = one.line, one.reduction
    return CreditNoteLine(
        line_number=number,
        order_number=line.order_number,
        purchase_order_id=line.purchase_order_id,
        line_id=line.line_id,
        ship_notice_number=line.ship_notice_number,
        shipped_on=line.shipped_on,
        returned_on=reduction.returned_on,
        sku=line.sku,
        name=line.name,
        quantity=reduction.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=one.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        reduction_id=reduction.reduction_id,
        reason=reduction.reason,
        exempt=exempt,
        department=line.department,
        cost_centre=line.cost_centre,
        allowances=one.allowances,
    )


def list_credit_notes(context: Context, request: ListCreditNotesRequest) -> ListCreditNotesResponse:
    """Credit notes, in commit order."""
    account_id, billing = context.caller.account_id, context.unit.billing
    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset(line.order_number for line in document.lines)
            for number, document in billing.credit_notes(account_id, numbers).items()
        },
    )
    found = page(context, CREDIT_NOTE_FEED, request, visible=visible)
    return ListCreditNotesResponse(
        credit_notes=in_order(found.keys, billing.credit_notes(account_id, found.keys)), page=found.info
    )
