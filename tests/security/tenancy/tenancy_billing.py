"""The entries of usage, invoices, credit notes, payments and payment methods."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from attrs import evolve
from tenancy_callers import canary
from tenancy_entry import ABSENT, DEPARTMENT, Asked, Entry, list_entry

from askul_connect.core.domain.payments import PaymentMethod
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.messages import billing


def _invoice(asked: Asked) -> str:
    """The number of an invoice of the account that is asked about."""
    if asked.whose == ABSENT:
        return "IN99999999"
    return asked.estate.invoices[asked.account, "D2" if asked.whose == DEPARTMENT else "D1"]


def _payment(asked: Asked) -> billing.RecordPaymentRequest:
    estate = asked.estate
    ticket = estate.people_of.ticket(asked.own)[0]
    own = estate.account_ids[asked.own]
    with estate.storage.begin() as unit:
        found, account = unit.tickets.get(ticket), unit.accounts.get(own)
        assert found is not None
        assert account is not None
        unit.tickets.save(evolve(found, account_id=own))
    return billing.RecordPaymentRequest(
        member_number=account.member_number,
        invoice_number=_invoice(asked),
        amount=1,
        received_on=date(2027, 1, 4),
        reference=canary(asked.own),
        ticket=ticket,
    )


_CLOSING_DAY = 31


def _terms(asked: Asked) -> billing.ChangeBillingTermsRequest:
    # staff name the account, with a ticket of it; a customer's own number is no other one
    named = _payment(asked)
    return billing.ChangeBillingTermsRequest(
        closing_day=_CLOSING_DAY, member_number=named.member_number, ticket=named.ticket
    )


BILLING_ENTRIES: Mapping[str, Entry] = {
    "ListUsage": list_entry(billing.ListUsageRequest, "ListUsage", "ship_notice_number"),
    "ListCreditNotes": list_entry(billing.ListCreditNotesRequest, "ListCreditNotes", "credit_note_number"),
    "GetInvoice": Entry(
        request=lambda asked: billing.GetInvoiceRequest(invoice_number=_invoice(asked)),
        reaches=lambda answer, asked: answer.invoice.invoice_number == _invoice(asked),
        names={"invoice_number"},
    ),
    "RecordPayment": Entry(
        request=_payment,
        reaches=lambda answer, _: answer.applied + answer.unapplied == 1,
        names={"invoice_number"},
        # staff name the account, with a ticket of it
        free={"member_number", "ticket", "reference"},
        wrong=(
            lambda _: billing.RecordPaymentRequest(
                member_number="x", invoice_number="x", amount=0, received_on=date(2027, 1, 4)
            ),
        ),
    ),
    "ChangeBillingTerms": Entry(
        request=_terms,
        reaches=lambda answer, _: answer.closing_day == _CLOSING_DAY,
        free={"member_number", "ticket"},
        wrong=(
            lambda _: billing.ChangeBillingTermsRequest(closing_day=15),
            lambda _: billing.ChangeBillingTermsRequest(payment_months=1, member_number="x", ticket="x"),
        ),
    ),
    "ChangePaymentMethod": Entry(
        request=lambda _: billing.ChangePaymentMethodRequest(method=PaymentMethod.TERMS),
        reaches=lambda answer, _: answer.method is PaymentMethod.TERMS,
        free={"card_token"},
        wrong=(
            lambda _: billing.ChangePaymentMethodRequest(
                method=PaymentMethod.CARD, card_token=Secret("4111111111111111")
            ),
            lambda _: billing.ChangePaymentMethodRequest(
                method=PaymentMethod.CARD, card_token=Secret("あいう")
            ),
            lambda _: billing.ChangePaymentMethodRequest(method=PaymentMethod.CARD),
        ),
    ),
}
