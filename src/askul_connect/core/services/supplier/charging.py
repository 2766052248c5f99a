"""Charging cards: asked for with the invoice, done afterwards outside every unit of work, recorded once (BIL-9)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import AskulConnectError
from askul_connect.core.ports.cards import CardCharge, CardOutcome
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.methods import has_card
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.receivables import customer_of, receivable_of, settle
from askul_connect.core.services.supplier.refunding import CARDS, ask_for_refund

CHARGE = "card-charge"
_FORM = StoredForm(name="card charge")


def ask_for_charge(context: Context, account: Account, invoice_number: str) -> None:
    """Have an invoice charged, or tell the customer that there is no card to charge."""
    if not has_card(context.unit, account.account_id):
        notify_customer(context, "card-needed", invoice_number, account, invoice_number)
        return
    known = context.unit.outbox.find(CHARGE, invoice_number)
    if known is not None:
        if known.state in {OutboxState.REFUSED, OutboxState.DEAD}:
            again = evolve(known, state=OutboxState.PENDING, attempts=0, next_attempt_at=context.now)
            context.unit.outbox.save(again)
        return
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new(CHARGE, invoice_number),
            kind=CHARGE,
            business_key=invoice_number,
            target=CARDS,
            body=_FORM.write({"account_id": account.account_id, "invoice_number": invoice_number}),
            state=OutboxState.PENDING,
            attempts=0,
            next_attempt_at=context.now,
            last_error="",
            correlation_id=context.call.correlation_id,
            created_at=context.now,
        )
    )


def what_to_charge(context: Context, message: OutboxMessage) -> CardCharge | None:
    """What is open of the invoice, and the card; None when nothing is, or there is no card any more."""
    receivable = receivable_of(context.unit, _FORM.read(message.body))
    setting = context.unit.billing.setting(receivable.account_id)
    if not receivable.outstanding or setting is None or not setting.card:
        return None
    return CardCharge(
        key=receivable.invoice_number,
        token=context.house.cipher.decrypt(setting.card),
        amount=receivable.outstanding,
        currency=receivable.currency,
    )


def put_away(context: Context, message: OutboxMessage) -> None:
    """Put away a message that there is nothing to do for; an invoice that is open waits for another card."""
    receivable = receivable_of(context.unit, _FORM.read(message.body))
    state = OutboxState.REFUSED if receivable.outstanding else OutboxState.SENT
    context.unit.outbox.save(evolve(message, state=state, done_at=context.now))


def charged(context: Context, message: OutboxMessage, outcome: CardOutcome) -> None:
    """Record a charge as a payment of the invoice; what came back meanwhile goes back to the card."""
    payment = settle(
        context,
        receivable_of(context.unit, _FORM.read(message.body)),
        outcome.amount,
        method=PaymentMethod.CARD,
        reference=outcome.reference,
        on=context.today,
    )
    if payment.unapplied:
        receivable = receivable_of(context.unit, _FORM.read(message.body))
        ask_for_refund(context, receivable, payment.payment_id)


def declined(context: Context, message: OutboxMessage, _error: AskulConnectError) -> None:
    """Tell the customer that the card was declined; the invoice stays open."""
    receivable = receivable_of(context.unit, _FORM.read(message.body))
    number = receivable.invoice_number
    key = f"{number}:{context.now.isoformat()}"
    notify_customer(context, "card-declined", key, customer_of(context.unit, receivable), number)
