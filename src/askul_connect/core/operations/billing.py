"""Operations of usage, invoices, credit notes, payments and payment methods (BIL-1, BIL-3, BIL-9)."""

from __future__ import annotations

from askul_connect.core.domain.capabilities import Capability
from askul_connect.core.messages import billing
from askul_connect.core.operations.registry import (
    ACCOUNTANTS,
    ADMINISTRATORS,
    SUPPLIER,
    Effect,
    Idempotency,
    Operation,
    ServiceFunction,
)

LIST_USAGE = Operation(
    name="ListUsage",
    request=billing.ListUsageRequest,
    response=billing.ListUsageResponse,
    access=ACCOUNTANTS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="What shipments cost, from the next business day on, as they will be invoiced.",
    machines=True,
    capability=Capability.INVOICE_MANAGEMENT,
)
LIST_CREDIT_NOTES = Operation(
    name="ListCreditNotes",
    request=billing.ListCreditNotesRequest,
    response=billing.ListCreditNotesResponse,
    access=ACCOUNTANTS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="Credit notes since a cursor.",
    machines=True,
    capability=Capability.INVOICE_MANAGEMENT,
)
GET_INVOICE = Operation(
    name="GetInvoice",
    request=billing.GetInvoiceRequest,
    response=billing.GetInvoiceResponse,
    access=ACCOUNTANTS,
    effect=Effect.READ,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.DOCUMENTS,
    summary="One invoice, its payments and what of it is open.",
    machines=True,
)
RECORD_PAYMENT = Operation(
    name="RecordPayment",
    request=billing.RecordPaymentRequest,
    response=billing.RecordPaymentResponse,
    access=SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.KEYED,
    function=ServiceFunction.DOCUMENTS,
    summary="Record a payment for an invoice; what it does not need is kept unapplied.",
)
CHANGE_PAYMENT_METHOD = Operation(
    name="ChangePaymentMethod",
    request=billing.ChangePaymentMethodRequest,
    response=billing.ChangePaymentMethodResponse,
    access=ADMINISTRATORS,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Pay by terms, or by a card that the provider's token stands for.",
)

CHANGE_BILLING_TERMS = Operation(
    name="ChangeBillingTerms",
    request=billing.ChangeBillingTermsRequest,
    response=billing.ChangeBillingTermsResponse,
    access=ADMINISTRATORS | SUPPLIER,
    effect=Effect.WRITE,
    idempotency=Idempotency.NATURAL,
    function=ServiceFunction.ACCOUNT,
    summary="Choose closing day and what an invoice is for; staff also set when it is due.",
    capability=Capability.INVOICE_TERMS,
)

BILLING_OPERATIONS = (
    LIST_USAGE,
    LIST_CREDIT_NOTES,
    GET_INVOICE,
    RECORD_PAYMENT,
    CHANGE_PAYMENT_METHOD,
    CHANGE_BILLING_TERMS,
)
