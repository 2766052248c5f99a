"""Sending back to a card what its invoice does not need any more: asked for once, sent from the outbox (BIL-9)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.payments import PaymentMethod, Receivable, refundable, refunded
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import AskulConnectError, OurError
from askul_connect.core.ports.cards import CardOutcome, CardRefund
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.receivables import (
    add_payment,
    customer_of,
    receivable_of,
)
from askul_connect.core.services.supplier.records import audit

#: Target of the messages that the card provider is called for.
CARDS = "cards"
REFUND = "card-refund"
_FORM = StoredForm(name="card refund")


def ask_for_refund(context: Context, receivable: Receivable, key: str) -> None:
    """Have sent back to the card what was charged beyond what the invoice needs; nothing when there is nothing.

    Args:
        context: The call.
        receivable: As it is stored.
        key: Why: number of the credit note, or id of the payment that was too much. One key is one refund.
    """
    unit, number = context.unit, receivable.invoice_number
    charges = [
        one
        for one in unit.billing.payments_of(receivable.account_id, number)
        if one.method is PaymentMethod.CARD
    ]
    amount = refundable(receivable, charges)
    if not amount:
        return
    unit.billing.save_receivable(evolve(receivable, refunding=receivable.refunding + amount))
    unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new(REFUND, key),
            kind=REFUND,
            business_key=key,
            target=CARDS,
            body=_FORM.write(
                {
                    "account_id": receivable.account_id,
                    "invoice_number": number,
                    "amount": amount,
                    "charge_reference": next(one.reference for one in charges if one.amount > 0),
                }
            ),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            correlation_id=context.call.correlation_id,
            created_at=context.now,
        )
    )


def what_to_send_back(context: Context, message: OutboxMessage) -> CardRefund:
    """What a message stands for; the amount was settled when it was asked for."""
    fields = _FORM.read(message.body)
    return CardRefund(
        key=message.business_key,
        charge_key=fields["invoice_number"],
        charge_reference=fields["charge_reference"],
        amount=fields["amount"],
        currency=receivable_of(context.unit, fields).currency,
    )


def sent_back(context: Context, message: OutboxMessage, outcome: CardOutcome) -> None:
    """Record a refund as a payment below zero, and tell the customer."""
    fields = _FORM.read(message.body)
    receivable = receivable_of(context.unit, fields)
    payments = context.unit.billing.payments_of(receivable.account_id, receivable.invoice_number)
    kept = sum(one.unapplied for one in payments if one.method is PaymentMethod.CARD)
    after, applied = refunded(receivable, outcome.amount, kept)
    done = evolve(after, refunding=receivable.refunding - fields["amount"])
    payment = add_payment(
        context,
        done,
        amount=-outcome.amount,
        applied=-applied,
        method=PaymentMethod.CARD,
        reference=outcome.reference,
        on=context.today,
    )
    account = customer_of(context.unit, receivable)
    notify_customer(context, "card-refunded", payment.payment_id, account, receivable.invoice_number)


def refund_refused(context: Context, message: OutboxMessage, error: AskulConnectError) -> None:
    """Keep what could not be sent back as the customer's credit, and tell the customer and the records."""
    fields = _FORM.read(message.body)
    receivable = receivable_of(context.unit, fields)
    if receivable.refunding < fields["amount"]:
        raise OurError(f"more is refused than was to be sent back for invoice {receivable.invoice_number}")
    context.unit.billing.save_receivable(
        evolve(receivable, refunding=receivable.refunding - fields["amount"])
    )
    audit(
        context,
        "refund-refused",
        receivable.invoice_number,
        account_id=receivable.account_id,
        actor="supplier",
        reference=message.business_key,
        detail={"amount": fields["amount"], "code": error.code},
    )
    account = customer_of(context.unit, receivable)
    notify_customer(context, "refund-refused", message.business_key, account, receivable.invoice_number)
