"""Requests and responses of usage, invoices, credit notes, payments and payment methods."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from attrs import frozen

from askul_connect.core.domain.allowances import AllowanceCharge
from askul_connect.core.domain.payments import InvoiceSplit, PaymentMethod
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tax import TaxCategory
from askul_connect.core.messages.credit_notes import CreditNote
from askul_connect.core.messages.documents import Invoice, InvoiceAllowance
from askul_connect.core.messages.paging import ListRequest, PageInfo


@frozen(kw_only=True)
class UsageLine:
    """One shipped line, with the amounts that the invoice will state."""

    line_id: str
    sku: str
    name: str
    quantity: int
    unit: str
    unit_price: Decimal
    amount_excl_tax: int
    tax_category: TaxCategory
    tax_rate: Decimal
    department: str = ""
    cost_centre: str = ""
    allowances: tuple[AllowanceCharge, ...] = ()


@frozen(kw_only=True)
class UsageReduction:
    """Units that came back; what they take off stands in ``allowances``, with their part of the order's.

    Attributes:
        document: The invoice or credit note that took it off; empty until the closing.
    """

    reduction_id: str
    line_id: str
    quantity: int
    returned_on: date
    document: str = ""
    allowances: tuple[InvoiceAllowance, ...] = ()


@frozen(kw_only=True)
class UsageRecord:
    """What one shipment costs, known the next business day and invoiced as it stands here (BIL-1).

    Attributes:
        closing_on: The closing that bills it.
        allowances: The shipment's part of its order's allowances and charges.
        reductions: What came back of it.
    """

    ship_notice_number: str
    order_number: str
    purchase_order_id: str
    shipped_on: date
    closing_on: date
    currency: str
    lines: tuple[UsageLine, ...]
    allowances: tuple[InvoiceAllowance, ...] = ()
    reductions: tuple[UsageReduction, ...] = ()


@frozen(kw_only=True)
class ListUsageRequest(ListRequest):
    """Shipments that are new, or of which something came back, up to the business day before today."""


@frozen(kw_only=True)
class ListUsageResponse:
    """One page of usage."""

    usage: tuple[UsageRecord, ...]
    page: PageInfo


@frozen(kw_only=True)
class ListCreditNotesRequest(ListRequest):
    """Credit notes that are new."""


@frozen(kw_only=True)
class ListCreditNotesResponse:
    """One page of credit notes."""

    credit_notes: tuple[CreditNote, ...]
    page: PageInfo


@frozen(kw_only=True)
class GetInvoiceRequest:
    """One invoice by its number."""

    invoice_number: str


@frozen(kw_only=True)
class InvoicePayment:
    """One payment of an invoice, or below zero what went back to the card; minor units.

    Attributes:
        unapplied: What of the amount the invoice did not need, kept for the customer.
    """

    payment_id: str
    method: PaymentMethod
    received_on: date
    amount: int
    unapplied: int
    reference: str


@frozen(kw_only=True)
class InvoiceStanding:
    """What of an invoice is paid and open; minor units with tax.

    Attributes:
        in_credit: What was paid or credited beyond the total.
        known: False for an invoice that is older than the recording of payments.
    """

    paid: int
    credited: int
    outstanding: int
    in_credit: int
    known: bool


@frozen(kw_only=True)
class GetInvoiceResponse:
    """The invoice, and where it stands.

    Attributes:
        credit_notes: Numbers of those about it.
    """

    invoice: Invoice
    standing: InvoiceStanding
    payments: tuple[InvoicePayment, ...] = ()
    credit_notes: tuple[str, ...] = ()


@frozen(kw_only=True)
class RecordPaymentRequest:
    """A payment for one invoice (BIL-1).

    Attributes:
        member_number: Of the account that paid.
        amount: Minor units of the invoice's currency, above zero; what the invoice does not need is kept unapplied.
        reference: The bank's.
        ticket: The ticket of the account that staff work on.
    """

    member_number: str
    invoice_number: str
    amount: int
    received_on: date
    reference: str = ""
    ticket: str = ""


@frozen(kw_only=True)
class RecordPaymentResponse:
    """What became of the payment, and where the invoice stands then."""

    payment_id: str
    applied: int
    unapplied: int
    outstanding: int


@frozen(kw_only=True)
class ChangePaymentMethodRequest:
    """How the account pays from the next shipment on, and what its invoices are for (BIL-9, BIL-1).

    Attributes:
        card_token: The payment provider's token of a card, for ``card``; never the card's number.
        split: One invoice for the account, or one for each department; nothing leaves it as it is.
    """

    method: PaymentMethod
    card_token: Secret | None = None
    split: InvoiceSplit | None = None


@frozen(kw_only=True)
class ChangePaymentMethodResponse:
    """What is in force now."""

    method: PaymentMethod
    split: InvoiceSplit


@frozen(kw_only=True)
class ChangeBillingTermsRequest:
    """When the account is invoiced and pays, and what its invoices are for; nothing leaves it as it is (BIL-1).

    Attributes:
        split: One invoice for the account, or one for each department.
        closing_day: 10, 20, or 31 for the month's end.
        payment_months: Months from the closing's month to that of the payment, 0 to 3; for the supplier to say.
        payment_day: Day of that month, 31 for its end; for the supplier to say.
        member_number: Of the account, for staff; empty for one's own.
        ticket: The ticket of the account that staff work on.
    """

    split: InvoiceSplit | None = None
    closing_day: int | None = None
    payment_months: int | None = None
    payment_day: int | None = None
    member_number: str = ""
    ticket: str = ""


@frozen(kw_only=True)
class ChangeBillingTermsResponse:
    """What is in force now.

    Attributes:
        next_closing: When what is shipped today will be invoiced.
        due_on: When that has to be paid.
    """

    split: InvoiceSplit
    closing_day: int
    payment_months: int
    payment_day: int
    next_closing: date
    due_on: date
