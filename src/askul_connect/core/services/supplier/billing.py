"""Closing the month and the qualified invoice (BIL-1, BIL-2)."""

from __future__ import annotations

from collections.abc import Sequence

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.allowances import taxed_amounts
from askul_connect.core.domain.calendar import closing_date, due_date, period_of
from askul_connect.core.domain.identifiers import normalise_customer_number
from askul_connect.core.domain.sales import ShippedLine
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance, InvoiceLine
from askul_connect.core.messages.fulfilment import CloseBillingRequest, CloseBillingResponse
from askul_connect.core.messages.ordering import ListInvoicesRequest, ListInvoicesResponse
from askul_connect.core.policies.pricing import totals
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.cursors import in_order, page
from askul_connect.core.services.supplier.documents import customer_party, supplier_party
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.visibility import visible_documents

INVOICE_FEED = "invoices"
_INVOICE_NUMBER = "IN{:08d}"


def close_billing(context: Context, request: CloseBillingRequest) -> CloseBillingResponse:
    """Invoice everything an account was shipped up to a closing date and that is in no invoice yet.

    Closing again finds nothing unbilled and returns what the first closing made.

    Raises:
        NotFound: There is no such account.
        ValueInvalid: The customer number has not 10 digits, or the date is no closing date of the account or has
            not passed.
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
    lines = context.unit.shipped_lines.unbilled(account.account_id, closing)
    if lines:
        invoice = _make_invoice(context, account, request, lines)
        context.unit.documents.add_invoice(account.account_id, invoice)
        context.unit.shipped_lines.bill(lines, invoice.invoice_number)
        context.unit.changes.record(account.account_id, INVOICE_FEED, [invoice.invoice_number])
        notify_customer(
            context,
            "invoice-issued",
            invoice.invoice_number,
            account,
            str(closing),
            order_numbers=sorted({line.order_number for line in lines}),
        )
    return CloseBillingResponse(
        invoices=tuple(context.unit.documents.invoices_closed_on(account.account_id, closing))
    )


def _make_invoice(
    context: Context, account: Account, request: CloseBillingRequest, lines: Sequence[ShippedLine]
) -> Invoice:
    start, end = period_of(request.closing_date, account.terms.closing_day)
    allowances = tuple(
        InvoiceAllowance(
            order_number=line.order_number,
            purchase_order_id=line.purchase_order_id,
            ship_notice_number=line.ship_notice_number,
            allowance=entry,
        )
        for line in lines
        for entry in line.order_allowances
    )
    sums = totals(
        taxed_amounts(
            [(line.tax_category, line.tax_rate, line.amount_excl_tax) for line in lines],
            [entry.allowance for entry in allowances],
        ),
        context.house.currency,
        context.house.profile.tax_rounding,
    )
    return Invoice(
        invoice_number=_INVOICE_NUMBER.format(context.unit.counters.next("invoice")),
        issued_on=context.today,
        period_start=min(start, *(line.shipped_on for line in lines)),
        period_end=end,
        due_on=due_date(request.closing_date, account.terms),
        currency=context.house.profile.currency,
        supplier=supplier_party(context.house.profile),
        customer=customer_party(account),
        lines=tuple(_invoice_line(str(number), line) for number, line in enumerate(lines, start=1)),
        tax=sums.tax,
        total_excl_tax=sums.excl_tax.minor,
        total_incl_tax=sums.incl_tax.minor,
        allowances=allowances,
    )


def _invoice_line(number: str, line: ShippedLine) -> InvoiceLine:
    return InvoiceLine(
        line_number=number,
        order_number=line.order_number,
        purchase_order_id=line.purchase_order_id,
        line_id=line.line_id,
        ship_notice_number=line.ship_notice_number,
        shipped_on=line.shipped_on,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit=line.unit,
        unit_price=line.unit_price,
        amount_excl_tax=line.amount_excl_tax,
        tax_category=line.tax_category,
        tax_rate=line.tax_rate,
        department=line.department,
        cost_centre=line.cost_centre,
        allowances=line.allowances,
    )


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
