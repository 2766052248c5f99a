"""Charging cards: asked for with the invoice, done afterwards outside every unit of work, recorded once (BIL-9)."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.payments import Payment, PaymentMethod, Receivable, paid
from askul_connect.core.domain.stored import StoredForm
from askul_connect.core.errors import AskulConnectError, OurError
from askul_connect.core.ports.cards import CardCharge
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.methods import has_card
from askul_connect.core.services.supplier.notices import notify_customer
from askul_connect.core.services.supplier.records import audit

#: Target of the messages that ask for a charge.
CARDS = "cards"
_KIND = "card-charge"
_FORM = StoredForm(name="card charge")
_PAYMENT_ID = "PA{:08d}"


def ask_for_charge(context: Context, account: Account, invoice_number: str) -> None:
    """Have an invoice charged, or tell the customer that there is no card to charge."""
    if not has_card(context.unit, account.account_id):
        notify_customer(context, "card-needed", invoice_number, account, invoice_number)
        return
    known = context.unit.outbox.find(_KIND, invoice_number)
    if known is not None:
        if known.state in {OutboxState.REFUSED, OutboxState.DEAD}:
            again = evolve(known, state=OutboxState.PENDING, attempts=0, next_attempt_at=context.now)
            context.unit.outbox.save(again)
        return
    context.unit.outbox.add(
        OutboxMessage(
            message_id=context.house.ids.new(_KIND, invoice_number),
            kind=_KIND,
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
    receivable = _receivable(context.unit, message)
    setting = context.unit.billing.setting(receivable.account_id)
    if not receivable.outstanding or setting is None or not setting.card:
        return None
    return CardCharge(
        key=receivable.invoice_number,
        token=context.house.cipher.decrypt(setting.card),
        amount=receivable.outstanding,
        currency=receivable.currency,
    )


def nothing_charged(context: Context, message: OutboxMessage) -> None:
    """Put away a message that there is nothing to do for; an invoice that is open waits for another card."""
    state = OutboxState.REFUSED if _receivable(context.unit, message).outstanding else OutboxState.SENT
    context.unit.outbox.save(evolve(message, state=state, done_at=context.now))


def charged(context: Context, message: OutboxMessage, charge: CardCharge, reference: str) -> None:
    """Record a charge as a payment of the invoice."""
    settle(
        context,
        _receivable(context.unit, message),
        charge.amount,
        method=PaymentMethod.CARD,
        reference=reference,
        on=context.today,
    )
    done = evolve(message, state=OutboxState.SENT, attempts=message.attempts + 1, done_at=context.now)
    context.unit.outbox.save(done)


def declined(context: Context, message: OutboxMessage, error: AskulConnectError) -> None:
    """Tell the customer that the card was declined; the invoice stays open."""
    receivable = _receivable(context.unit, message)
    account = context.unit.accounts.get(receivable.account_id)
    if account is None:
        raise OurError(f"the account of invoice {receivable.invoice_number} is not there")
    number = receivable.invoice_number
    attempts = message.attempts + 1
    context.unit.outbox.save(
        evolve(
            message,
            state=OutboxState.REFUSED,
            attempts=attempts,
            last_error=f"{error.code}: {error.detail}",
            done_at=context.now,
        )
    )
    key = f"{number}:{context.now.isoformat()}"
    notify_customer(context, "card-declined", key, account, number)


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
    unit = context.unit
    payment = Payment(
        payment_id=_PAYMENT_ID.format(unit.counters.next("payment")),
        account_id=receivable.account_id,
        invoice_number=receivable.invoice_number,
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
        receivable.invoice_number,
        account_id=receivable.account_id,
        actor=payment.recorded_by,
        reference=payment.payment_id,
        detail={"amount": amount, "applied": applied, "method": method.value, "ticket": ticket},
    )
    return payment


def _receivable(unit: SupplierUnitOfWork, message: OutboxMessage) -> Receivable:
    """What the message is about, also when the account was merged since."""
    fields = _FORM.read(message.body)
    account = unit.accounts.get(fields["account_id"])
    while account is not None and account.merged_into:
        account = unit.accounts.get(account.merged_into)
    found = unit.billing.receivable(account.account_id, fields["invoice_number"]) if account else None
    if found is None:
        raise OurError(f"nothing is known of what invoice {fields['invoice_number']} is paid with")
    return found
