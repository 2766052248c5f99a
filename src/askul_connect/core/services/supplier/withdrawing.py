"""Ending an account (ACC-8)."""

from __future__ import annotations

import hmac
from datetime import date

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, SessionStage
from askul_connect.core.domain.identifiers import normalise_member_number
from askul_connect.core.domain.standing import AccountStep
from askul_connect.core.errors import AccountInUse, NotFound, Problem, ValueInvalid
from askul_connect.core.messages.account_ends import WithdrawAccountRequest, WithdrawAccountResponse
from askul_connect.core.policies.retention import CONTACTS_KEPT, LEGAL_RECORDS_YEARS, LOGINS_KEPT
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.changing import open_invoices
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.founding import stepped
from askul_connect.core.services.supplier.invitations import cancel_invitations
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.paying import forget_card
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_for_staff
from askul_connect.core.services.supplier.user_imports import stop_imports


def withdraw_account(context: Context, request: WithdrawAccountRequest) -> WithdrawAccountResponse:
    """End an account for good: its sessions and credentials end, its legal records stay.

    Raises:
        AccountInUse: Orders are under way, shipped lines are not invoiced, or invoices are not paid; all are listed.
        ValueInvalid: The member number is not that of the caller's account, or the application number is wrong.
        IllegalStep: The account never worked.
    """
    account = _account(context, request)
    if account.state is not AccountState.WITHDRAWN:
        problems = open_business(context, account)
        if problems:
            raise AccountInUse("orders or invoices of the account are open", problems=problems)
        _end(context, account, request)
    return WithdrawAccountResponse(
        member_number=account.member_number,
        state=AccountState.WITHDRAWN,
        contacts_erased_after_days=CONTACTS_KEPT.days,
        logins_erased_after_days=LOGINS_KEPT.days,
        legal_records_years=LEGAL_RECORDS_YEARS,
    )


def _account(context: Context, request: WithdrawAccountRequest) -> Account:
    if context.is_staff:
        return account_for_staff(context, request.member_number, request.ticket)
    account = context.account()
    if normalise_member_number(request.member_number) != account.member_number:
        raise NotFound("that is not the member number of this account", where="member_number")
    given = request.application_number.strip().encode()
    if account.application_number and not hmac.compare_digest(given, account.application_number.encode()):
        raise ValueInvalid("the application number is not that of the account", where="application_number")
    return account


def open_business(context: Context, account: Account) -> tuple[Problem, ...]:
    """What stands in the way of ending an account: every open order, unbilled order and invoice that is not paid."""
    unit = context.unit
    orders = [order.order_number for order in unit.orders.open_of_account(account.account_id)]
    unbilled = {line.order_number for line in unit.shipped_lines.unbilled(account.account_id, date.max)}
    invoices = open_invoices(context, account)
    return (
        *(finding(AccountInUse, f"order {number} is under way", where=number) for number in orders),
        *(
            finding(AccountInUse, f"order {number} is not invoiced", where=number)
            for number in sorted(unbilled)
        ),
        *(
            finding(
                AccountInUse,
                f"{one.outstanding} of invoice {one.invoice_number} are open, due on {one.due_on}",
                where=one.invoice_number,
            )
            for one in invoices
        ),
    )


def end_account_sessions(context: Context, account: Account) -> None:
    """End the sessions that work in an account, and those of the people it is the home of; others go on."""
    unit = context.unit
    for membership in unit.memberships.of_account(account.account_id):
        for session in unit.sessions.live_of_user(membership.user_id):
            if account.account_id in {session.account_id, session.home_account_id}:
                unit.sessions.save(evolve(session, stage=SessionStage.ENDED, ended_at=context.now))


def _end(context: Context, account: Account, request: WithdrawAccountRequest) -> None:
    unit = context.unit
    save_account(unit, stepped(context.house, account, AccountStep.WITHDRAW, request.reason))
    members = unit.memberships.of_account(account.account_id)
    end_account_sessions(context, account)
    stop_imports(context, account.account_id, "the account was withdrawn")
    cancel_invitations(context, account.account_id)
    forget_card(context, account.account_id)
    credentials = [one for one in unit.credentials.of_account(account.account_id) if one.revoked_at is None]
    for credential in credentials:
        unit.credentials.save(evolve(credential, revoked_at=context.now))
    audit(
        context,
        "account-withdrawn",
        account.account_id,
        account_id=account.account_id,
        detail={"ticket": request.ticket, "people": len(members), "credentials": len(credentials)},
    )
    facts = {"member_number": account.member_number, "contacts_erased_after_days": str(CONTACTS_KEPT.days)}
    people = (unit.users.get(one.home_account_id, one.user_id) for one in members)
    addresses = (account.email, *(user.email for user in people if user is not None))
    for number, to in enumerate(dict.fromkeys(addresses)):
        notify_person(context, "account-withdrawn", f"{account.account_id}:{number}", to, facts)
