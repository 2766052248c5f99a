"""Payments recorded for what is owed, and whose it is by now (BIL-1, BIL-9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.payments import Payment, PaymentMethod, Receivable, paid
from askul_connect.core.errors import OurError
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.records import audit

_PAYMENT_ID = "PA{:08d}"


def settle(
    context: Context,
    receivable: Receivable,
    amount: int,
    *,
    method: PaymentMethod,
    reference: str,
    on: date,
    ticket: str = "",
) -> Payment:
    """Record a payment and take it off what is open.

    Raises:
        ValueInvalid: Nothing was paid.
    """
    after, applied = paid(receivable, amount)
    return add_payment(
        context,
        after,
        amount=amount,
        applied=applied,
        method=method,
        reference=reference,
        on=on,
        ticket=ticket,
    )


def add_payment(
    context: Context,
    after: Receivable,
    *,
    amount: int,
    applied: int,
    method: PaymentMethod,
    reference: str,
    on: date,
    ticket: str = "",
) -> Payment:
    """Store a payment with what is owed after it; one below zero went back to the customer."""
    unit = context.unit
    payment = Payment(
        payment_id=_PAYMENT_ID.format(unit.counters.next("payment")),
        account_id=after.account_id,
        invoice_number=after.invoice_number,
        amount=amount,
        applied=applied,
        method=method,
        received_on=on,
        reference=reference,
        recorded_at=context.now,
        recorded_by=context.principal.actor if context.principal else "supplier",
    )
    unit.billing.add_payment(payment)
    unit.billing.save_receivable(after)
    audit(
        context,
        "payment-recorded",
        after.invoice_number,
        account_id=after.account_id,
        actor=payment.recorded_by,
        reference=payment.payment_id,
        detail={"amount": amount, "applied": applied, "method": method.value, "ticket": ticket},
    )
    return payment


def receivable_of(unit: SupplierUnitOfWork, fields: Mapping[str, Any]) -> Receivable:
    """What a message with ``account_id`` and ``invoice_number`` is about, also when the account was merged since."""
    account = unit.accounts.get(fields["account_id"])
    while account is not None and account.merged_into:
        account = unit.accounts.get(account.merged_into)
    found = unit.billing.receivable(account.account_id, fields["invoice_number"]) if account else None
    if found is None:
        raise OurError(f"nothing is known of what invoice {fields['invoice_number']} is paid with")
    return found


def customer_of(unit: SupplierUnitOfWork, receivable: Receivable) -> Account:
    """Whose invoice it is."""
    account = unit.accounts.get(receivable.account_id)
    if account is None:
        raise OurError(f"the account of invoice {receivable.invoice_number} is not there")
    return account
