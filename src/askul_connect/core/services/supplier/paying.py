"""Payments of invoices, and how an account pays (BIL-1, BIL-9)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import Capability, has
from askul_connect.core.domain.card_tokens import card_token
from askul_connect.core.domain.payments import BillingSetting, InvoiceSplit, Payment, PaymentMethod
from askul_connect.core.errors import NotFound, OurError, PaymentMethodUnavailable, ValueInvalid
from askul_connect.core.messages.billing import (
    ChangePaymentMethodRequest,
    ChangePaymentMethodResponse,
    RecordPaymentRequest,
    RecordPaymentResponse,
)
from askul_connect.core.services.supplier.capabilities import require_capability
from askul_connect.core.services.supplier.charging import ask_for_charge
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.methods import method_of, split_of
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.receivables import settle
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_for_staff

_LONGEST_REFERENCE = 200


def record_payment(context: Context, request: RecordPaymentRequest) -> RecordPaymentResponse:
    """Record what came in for an invoice; what the invoice does not need is kept for the customer as unapplied.

    Raises:
        NotFound: The account has no such invoice.
        ValueInvalid: Nothing was paid, it lies in the future, or the reference is too long.
        AccessDenied: Staff name no open ticket of the account.
    """
    account = account_for_staff(context, request.member_number, request.ticket)
    if request.received_on > context.today:
        raise ValueInvalid(f"{request.received_on} has not come yet", where="received_on")
    if len(request.reference) > _LONGEST_REFERENCE:
        raise ValueInvalid(f"a reference has up to {_LONGEST_REFERENCE} characters", where="reference")
    receivable = context.unit.billing.receivable(account.account_id, request.invoice_number)
    if receivable is None:
        raise NotFound("the account has no such invoice", where="invoice_number")
    payment = settle(
        context,
        receivable,
        request.amount,
        method=PaymentMethod.TERMS,
        reference=request.reference,
        on=request.received_on,
        ticket=request.ticket,
    )
    return _recorded(context, payment)


def payment_reference(response: RecordPaymentResponse) -> str:
    """What of the response names its result."""
    return response.payment_id


def replay_record_payment(
    context: Context, request: RecordPaymentRequest, reference: str
) -> RecordPaymentResponse:
    """The answer of an earlier call with the same key; what is open is that of now."""
    account = account_for_staff(context, request.member_number, request.ticket)
    payment = context.unit.billing.payment(account.account_id, reference)
    if payment is None:
        raise OurError(f"payment {reference} is not there")
    return _recorded(context, payment)


def _recorded(context: Context, payment: Payment) -> RecordPaymentResponse:
    receivable = context.unit.billing.receivable(payment.account_id, payment.invoice_number)
    return RecordPaymentResponse(
        payment_id=payment.payment_id,
        applied=payment.applied,
        unapplied=payment.unapplied,
        outstanding=receivable.outstanding if receivable else 0,
    )


def change_payment_method(
    context: Context, request: ChangePaymentMethodRequest
) -> ChangePaymentMethodResponse:
    """How the account pays from the next shipment on; a new card is charged what an old one was not.

    Raises:
        CardNumberRefused: A card's number was given; nothing of it is kept.
        PaymentMethodUnavailable: Accounts of that kind have no terms, or the supplier takes no cards.
        NotForThisAccount: Accounts of that kind have no departments to be invoiced.
        ValueInvalid: It is no token, or there is none where one is needed, or one where none is.
    """
    account, unit = context.account(), context.unit
    # before everything else, so that a number is in no finding and in no record
    token = card_token(request.card_token) if request.card_token is not None else None
    before = unit.billing.setting(account.account_id)
    split = request.split or split_of(unit, account)
    if split is InvoiceSplit.DEPARTMENT:
        require_capability(account, Capability.DEPARTMENTS)
    if request.method is PaymentMethod.TERMS:
        if token is not None:
            raise ValueInvalid("an account that pays by terms has no card", where="card_token")
        if not has(account.kind, Capability.INVOICE_TERMS):
            raise PaymentMethodUnavailable(f"accounts of kind {account.kind} pay by card", where="method")
        card = ""
    else:
        if context.house.cards is None:
            raise PaymentMethodUnavailable("this supplier takes no cards", where="method")
        card = context.house.cipher.encrypt(token) if token else before.card if before else ""
        if not card:
            raise ValueInvalid("payment by card needs the provider's token of one", where="card_token")
    unit.billing.put_setting(
        BillingSetting(
            account_id=account.account_id,
            method=request.method,
            split=split,
            card=card,
            changed_at=context.now,
            changed_by=context.caller.actor,
        )
    )
    record = audit(
        context,
        "payment-method-changed",
        account.account_id,
        detail={"method": request.method.value, "split": split.value, "new_card": token is not None},
    )
    facts = {"method": request.method.value, "at": record.at.isoformat()}
    key = f"{account.account_id}:{record.sequence}"
    notify_person(context, "payment-method-changed", key, account.email, facts)
    if token is not None:
        _charge_open(context, account)
    return ChangePaymentMethodResponse(method=method_of(unit, account), split=split)


def forget_card(context: Context, account_id: str) -> None:
    """Forget the card of an account that has ended."""
    setting = context.unit.billing.setting(account_id)
    if setting is not None and setting.card:
        context.unit.billing.put_setting(evolve(setting, card="", changed_at=context.now))


def _charge_open(context: Context, account: Account) -> None:
    """Have the new card charged with the invoices that were to be paid by card and are open."""
    unsettled = [one.invoice_number for one in context.unit.billing.unsettled(account.account_id)]
    for number, invoice in context.unit.documents.invoices(account.account_id, unsettled).items():
        if invoice.payment_method is PaymentMethod.CARD:
            ask_for_charge(context, account, number)
