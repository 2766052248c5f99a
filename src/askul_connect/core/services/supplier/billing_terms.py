"""When an account is invoiced and pays, and what one invoice is for (BIL-1)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Account, BillingTerms
from askul_connect.core.domain.calendar import CLOSING_DAYS, closing_date, due_date
from askul_connect.core.domain.capabilities import Capability
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.payments import BillingSetting, InvoiceSplit
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.billing import ChangeBillingTermsRequest, ChangeBillingTermsResponse
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.capabilities import require_capability
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.methods import split_of
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_for_staff
from askul_connect.core.services.supplier.usage import record_usage

_MOST_MONTHS = 3
_LAST_DAY = 31


def change_billing_terms(context: Context, request: ChangeBillingTermsRequest) -> ChangeBillingTermsResponse:
    """Change when an account is invoiced and pays, for everything that is in no invoice yet.

    Raises:
        AccessDenied: Staff name no open ticket of the account.
        NotFound: A customer names another account.
        NotForThisAccount: Accounts of that kind have no terms, or no departments to be invoiced.
        ValueInvalid: The closing day is none that there is, payment would be due before the closing, or a customer says
            when it is due.
    """
    account = _account(context, request)
    require_capability(account, Capability.INVOICE_TERMS)
    split = request.split or split_of(context.unit, account)
    if split is InvoiceSplit.DEPARTMENT:
        require_capability(account, Capability.DEPARTMENTS)
    before = account.terms
    terms = _checked(
        BillingTerms(
            closing_day=before.closing_day if request.closing_day is None else request.closing_day,
            payment_months=before.payment_months
            if request.payment_months is None
            else request.payment_months,
            payment_day=before.payment_day if request.payment_day is None else request.payment_day,
        )
    )
    if terms != before or split is not split_of(context.unit, account):
        _store(context, evolve(account, terms=terms), split, request.ticket)
    closing = closing_date(context.today, terms.closing_day)
    return ChangeBillingTermsResponse(
        split=split,
        closing_day=terms.closing_day,
        payment_months=terms.payment_months,
        payment_day=terms.payment_day,
        next_closing=closing,
        due_on=due_date(closing, terms),
    )


def _account(context: Context, request: ChangeBillingTermsRequest) -> Account:
    if context.is_staff:
        return account_for_staff(context, request.member_number, request.ticket)
    account = context.account()
    if request.member_number not in {"", account.member_number}:
        raise NotFound("there is no such account", where="member_number")
    for name in ("payment_months", "payment_day"):
        if getattr(request, name) is not None:
            raise ValueInvalid("when invoices are due is for the supplier to say", where=name)
    return account


def _checked(terms: BillingTerms) -> BillingTerms:
    findings = Findings("billing terms")
    if terms.closing_day not in CLOSING_DAYS:
        accepted = ", ".join(map(str, CLOSING_DAYS))
        findings.add(
            ValueInvalid, f"{terms.closing_day} is no closing day; accepted: {accepted}", where="closing_day"
        )
    if not 0 <= terms.payment_months <= _MOST_MONTHS:
        findings.add(ValueInvalid, f"payment is due after 0 to {_MOST_MONTHS} months", where="payment_months")
    if not 1 <= terms.payment_day <= _LAST_DAY:
        findings.add(ValueInvalid, f"a payment day is 1 to {_LAST_DAY}", where="payment_day")
    elif terms.payment_months == 0 and terms.payment_day <= terms.closing_day:
        detail = f"payment on day {terms.payment_day} is not behind the closing on day {terms.closing_day}"
        findings.add(ValueInvalid, detail, where="payment_day")
    if findings:
        raise findings.error()
    return terms


def _store(context: Context, account: Account, split: InvoiceSplit, ticket: str) -> None:
    unit, account_id, terms = context.unit, account.account_id, account.terms
    save_account(unit, account)
    setting = unit.billing.setting(account_id)
    made = BillingSetting(
        account_id=account_id, split=split, changed_at=context.now, changed_by=context.caller.actor
    )
    if setting is not None:
        made = evolve(setting, split=split, changed_at=context.now, changed_by=context.caller.actor)
    unit.billing.put_setting(made)
    # the closing that bills them is another one now
    waiting = {
        line.ship_notice_number: None for line in unit.shipped_lines.unbilled(account_id, context.today)
    }
    if waiting:
        record_usage(context, account_id, list(waiting))
    detail = {
        "split": split.value,
        "closing_day": terms.closing_day,
        "payment_months": terms.payment_months,
        "payment_day": terms.payment_day,
        "ticket": ticket,
    }
    record = audit(
        context, "billing-terms-changed", account_id, account_id=account_id, reference=ticket, detail=detail
    )
    facts = {"closing_day": str(terms.closing_day), "split": split.value, "at": record.at.isoformat()}
    notify_person(context, "billing-terms-changed", f"{account_id}:{record.sequence}", account.email, facts)
