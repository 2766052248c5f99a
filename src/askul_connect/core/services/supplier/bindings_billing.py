"""The functions of usage, invoices, credit notes, payments and payment methods."""

from __future__ import annotations

from askul_connect.core.operations import billing as operations
from askul_connect.core.services.supplier import billing, billing_terms, crediting, paying, usage
from askul_connect.core.services.supplier.dispatch import Binding

BILLING_BINDINGS = (
    Binding(operation=operations.LIST_USAGE, run=usage.list_usage),
    Binding(operation=operations.LIST_CREDIT_NOTES, run=crediting.list_credit_notes),
    Binding(operation=operations.GET_INVOICE, run=billing.get_invoice),
    Binding(
        operation=operations.RECORD_PAYMENT,
        run=paying.record_payment,
        reference=paying.payment_reference,
        replay=paying.replay_record_payment,
    ),
    Binding(operation=operations.CHANGE_PAYMENT_METHOD, run=paying.change_payment_method),
    Binding(operation=operations.CHANGE_BILLING_TERMS, run=billing_terms.change_billing_terms),
)
