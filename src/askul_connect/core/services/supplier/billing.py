"""Closing the month, invoices at each shipment, and what is known of an invoice (BIL-1, BIL-2, BIL-9)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.calendar import closing_date, due_date, period_of
from askul_connect.core.domain.identifiers import normalise_customer_number
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod, Receivable
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.errors import NotFound, OurError, ValueInvalid
from askul_connect.core.messages.billing import (
    GetInvoiceRequest,
    GetInvoiceResponse,
    InvoicePayment,
    InvoiceStanding,
)
from askul_connect.core.messages.fulfilment import CloseBillingRequest, CloseBillingResponse
from askul_connect.core.messages.ordering import ListInvoicesRequest, ListInvoicesResponse
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.crediting import issue_credit_notes, lessen, reduced_until
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.invoicing import BATCH, INVOICE_FEED, Period, issue_invoice
from askul_connect.core.services.supplier.methods import method_of, split_of
from askul_connect.core.services.supplier.usage import record_usage
from askul_connect.core.services.supplier.visibility import visible_documents


def close_billing(context: Context, request: CloseBillingRequest) -> CloseBillingResponse:
    """Invoice everything an account was shipped up to a closing date and that is in no invoice yet.

    What came back by then lessens the invoice of its line, or becomes a credit note about an earlier one. Closing
    again finds nothing unbilled and returns what the first closing made.

    Raises:
        NotFound: There is no such account.
        ValueInvalid: The customer number has not 10 digits, or the date is no closing date of the account or has
            not passed.
        IssuerNotQualified: The supplier has no valid registration number.
    """
    account = context.unit.accounts.by_customer_number(normalise_customer_number(request.customer_number))
    if account is None:
        raise NotFound("there is no such account", where="customer_number")
    closing = request.closing_date
    following = closing_date(closing, account.terms.closing_day)
    if following != closing:
        raise ValueInvalid(
            f"{closing} is no closing date of this account; the next one is {following}", where="closing_date"
        )
    if closing >= context.today:
        raise ValueInvalid(f"{closing} has not passed yet; today is {context.today}", where="closing_date")
    _close(context, account, closing)
    unit = context.unit
    made = unit.documents.invoices_closed_on(account.account_id, closing)
    return CloseBillingResponse(
        # one that is kept in parts may be longer than what should be held at once
        invoices=tuple(one for one in made if one.lines),
        invoice_numbers=tuple(one.invoice_number for one in made),
        credit_notes=tuple(unit.billing.credit_notes_closed_on(account.account_id, closing)),
    )


def _close(context: Context, account: Account, closing: date) -> None:
    unit, account_id = context.unit, account.account_id
    reduced = reduced_until(context, account_id, closing)
    not_billed = [one for one in reduced if not one.line.invoice_number and one.line.shipped_on <= closing]
    billed = [one for one in reduced if one.line.invoice_number]
    by_department = split_of(unit, account) is InvoiceSplit.DEPARTMENT
    found = unit.shipped_lines.unbilled_departments(account_id, closing)
    departments: Sequence[str | None] = found if by_department else [None] if found else []
    method = method_of(unit, account)
    for department in departments:
        own = [one for one in not_billed if department in {None, one.line.department}]
        start, end = period_of(closing, account.terms.closing_day)
        period = Period(
            first=start,
            last=end,
            due_on=due_date(closing, account.terms) if method is PaymentMethod.TERMS else context.today,
            department=department or "",
            method=method,
        )
        lines = _batches(context, account_id, closing, department)
        number, count = issue_invoice(context, account, lines, period, own)
        if unit.shipped_lines.bill_all(account_id, closing, number, department=department) != count:
            raise OurError(f"invoice {number} does not hold what was to be billed")
        lessen(context, account_id, own, number)
    issue_credit_notes(context, account, billed, closing)


def _batches(
    context: Context, account_id: str, closing: date, department: str | None
) -> Iterator[Sequence[ShippedLine]]:
    after: ShippedLine | None = None
    while lines := context.unit.shipped_lines.unbilled_batch(
        account_id, closing, BATCH, after=after, department=department
    ):
        yield lines
        after = lines[-1]


def shipped(context: Context, account: Account, lines: Sequence[ShippedLine]) -> None:
    """Note what left, and invoice it at once where the account pays by card (BIL-9)."""
    if not lines:
        return
    record_usage(context, account.account_id, [line.ship_notice_number for line in lines])
    if method_of(context.unit, account) is PaymentMethod.CARD:
        today = context.today
        period = Period(first=today, last=today, due_on=today, method=PaymentMethod.CARD)
        number, _ = issue_invoice(context, account, [lines], period)
        context.unit.shipped_lines.bill(lines, number)


def list_invoices(context: Context, request: ListInvoicesRequest) -> ListInvoicesResponse:
    """Invoices, in commit order."""
    account_id = context.caller.account_id
    documents = context.unit.documents
    visible = visible_documents(
        context,
        lambda numbers: {
            number: frozenset(line.order_number for line in document.lines)
            for number, document in documents.invoices(account_id, numbers).items()
        },
    )
    found = page(context, INVOICE_FEED, request, visible=visible)
    return ListInvoicesResponse(
        invoices=in_order(found.keys, documents.invoices(account_id, found.keys)), page=found.info
    )


def get_invoice(context: Context, request: GetInvoiceRequest) -> GetInvoiceResponse:
    """One invoice, its payments and credit notes, and what of it is open.

    Raises:
        NotFound: The account has no such invoice, or the caller may not see all of it; both answer alike.
    """
    unit, account_id, number = context.unit, context.caller.account_id, request.invoice_number
    invoice = unit.documents.invoices(account_id, [number]).get(number)
    orders = frozenset(line.order_number for line in invoice.lines) if invoice else frozenset()
    visible = visible_documents(context, lambda numbers: dict.fromkeys(numbers, orders))
    if invoice is None or (visible is not None and number not in visible([number])):
        raise NotFound("there is no such invoice", where="invoice_number")
    receivable = unit.billing.receivable(account_id, number)
    if receivable is None:
        raise OurError(f"nothing is known of what invoice {number} is paid with")
    return GetInvoiceResponse(
        invoice=invoice,
        standing=_standing(receivable),
        payments=tuple(
            InvoicePayment(
                payment_id=one.payment_id,
                method=one.method,
                received_on=one.received_on,
                amount=one.amount,
                unapplied=one.unapplied,
                reference=one.reference,
            )
            for one in unit.billing.payments_of(account_id, number)
        ),
        credit_notes=tuple(unit.billing.credit_notes_of(account_id, number)),
    )


def _standing(receivable: Receivable) -> InvoiceStanding:
    return InvoiceStanding(
        paid=receivable.paid,
        credited=receivable.credited,
        outstanding=receivable.outstanding,
        in_credit=receivable.in_credit,
        known=receivable.tracked,
    )
