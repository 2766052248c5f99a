"""Registering an account, and what staff decide about it (ACC-3, ACC-4, ACC-10)."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from datetime import timedelta

from attrs import evolve

from askul_connect.core.domain.account_records import ErasureExtent, RegistrationAttempt
from askul_connect.core.domain.accounts import Account, AccountState, BillingTerms, User
from askul_connect.core.domain.findings import Findings
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.registered_data import REGISTERED_FIELDS, RegisteredData
from askul_connect.core.domain.standing import AccountStep
from askul_connect.core.errors import DuplicateRegistration, TooManyRegistrations, ValueInvalid
from askul_connect.core.messages.registration import (
    AccountDecision,
    ApproveAccountRequest,
    ApproveAccountResponse,
    RegisterAccountRequest,
    RegisterAccountResponse,
    ReinstateAccountRequest,
    ReinstateAccountResponse,
    RejectAccountRequest,
    RejectAccountResponse,
    SuspendAccountRequest,
    SuspendAccountResponse,
)
from askul_connect.core.policies.registered_data import Checked, check_registered_data
from askul_connect.core.services.supplier.account_list import save_account
from askul_connect.core.services.supplier.context import Context, Desk, House, Refused
from askul_connect.core.services.supplier.duplicates import duplicates_of
from askul_connect.core.services.supplier.erasing import erase_account
from askul_connect.core.services.supplier.founding import found, new_account, new_administrator, stepped
from askul_connect.core.services.supplier.notices import notify_customer, notify_person
from askul_connect.core.services.supplier.passwords import judge_new_password
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.temporary_passwords import (
    LETTER_LIFE,
    give_temporary_password,
    new_temporary_password,
)
from askul_connect.core.services.supplier.ticket_access import account_for_staff
from askul_connect.core.services.supplier.withdrawing import end_account_sessions

#: From one source: enough for a person with typing errors, too few to try out a list of addresses.
ATTEMPTS = 20
ATTEMPTS_WITHIN = timedelta(hours=1)
_CORPORATE_SCHEME = "0188"
_REASON_LENGTH = 500


def register_account(desk: Desk, request: RegisterAccountRequest) -> RegisterAccountResponse | Refused:
    """Take an application; all findings at once.

    Whether an address is registered shows here, as the source document wants it. So attempts are counted for each
    source, also those that are refused.

    Raises:
        DuplicateRegistration: The administrator's address is one user already (ACC-4).
        TooManyRegistrations: The source has tried too often.
        ValueInvalid: Data or password break their rules.
    """
    judged = desk.unit(lambda context: _judge(context, request))
    if isinstance(judged, Refused):
        return judged
    # drawn and hashed between the units of work
    account, user = _made(desk.house, request, judged.data)
    account = evolve(account, application_number=desk.house.ids.digits("application-number", 10))
    encoded = desk.house.hasher.hash(request.password) if request.password.reveal() else ""
    user = evolve(user, password_hash=encoded, password_temporary=not encoded)
    return desk.unit(lambda context: _register(context, account, user, judged.warnings))


def _judge(context: Context, request: RegisterAccountRequest) -> Checked | Refused:
    refused = _count(context)
    if refused is not None:
        return refused
    findings = Findings("registration")
    checked = check_registered_data(request.kind, _data(request), findings)
    _, email = _administrator(request)
    if email != request.email:
        try:
            email_key(email)
        except ValueInvalid as error:
            findings.add(ValueInvalid, error.detail, where="administrator_email")
    if not findings:
        _check_free(context, email, findings)
    if request.password.reveal():
        with suppress(ValueInvalid):  # an address that is none was noted above
            account, user = _made(context.house, request, checked.data)
            for problem in judge_new_password(context.house, account, user, request.password):
                findings.add(ValueInvalid, problem.detail, where="password")
    return Refused(findings.error()) if findings else checked


def _count(context: Context) -> Refused | None:
    address = context.call.address
    if not address:
        return None
    attempts = context.unit.registration_attempts
    key = context.house.seal_key.reveal().encode()
    source = hmac.new(key, f"registration:{address}".encode(), hashlib.sha256).hexdigest()
    since = context.now - ATTEMPTS_WITHIN
    attempts.forget(since)
    if attempts.since(source, since) >= ATTEMPTS:
        wait = int(ATTEMPTS_WITHIN.total_seconds())
        return Refused(TooManyRegistrations("this source has tried to register too often", retry_after=wait))
    number = context.house.ids.digits("registration-attempt", 20)
    attempts.add(RegistrationAttempt(attempt_id=number, source=source, at=context.now))
    return None


def _check_free(context: Context, email: str, findings: Findings) -> None:
    user = context.unit.users.by_email_key(email_key(email))
    if user is None or _rejected_home(context, user) is not None:
        return
    detail = (
        f"{email} is registered: log in with it, reset the password if it is forgotten, or ask the company's"
        " administrator; who has just registered finds the numbers in the mailbox"
    )
    findings.add(DuplicateRegistration, detail, where="email")


def _rejected_home(context: Context, user: User) -> Account | None:
    """The account of somebody whose application was rejected: the address may be used for another one."""
    home = context.unit.accounts.get(user.account_id)
    return home if home is not None and home.state is AccountState.REJECTED else None


def _data(request: RegisterAccountRequest) -> RegisteredData:
    return RegisteredData(**{name: getattr(request, name) for name in REGISTERED_FIELDS})


def _administrator(request: RegisterAccountRequest) -> tuple[str, str]:
    return (
        request.administrator_name.strip() or request.representative.strip(),
        request.administrator_email.strip() or request.email,
    )


def _made(house: House, request: RegisterAccountRequest, data: RegisteredData) -> tuple[Account, User]:
    party = f"{_CORPORATE_SCHEME}:{data.corporate_number}" if data.corporate_number else ""
    account = new_account(house, request.kind, data, buyer_party=party, terms=BillingTerms())
    return account, new_administrator(house, account, *_administrator(request))


def _register(
    context: Context, account: Account, user: User, warnings: tuple[str, ...]
) -> RegisterAccountResponse | Refused:
    findings = Findings("registration")
    _check_free(context, user.email, findings)
    if findings:
        return Refused(findings.error())
    known = context.unit.users.by_email_key(user.email_key)
    rejected = _rejected_home(context, known) if known else None
    if rejected is not None:
        erase_account(context, rejected, ErasureExtent.EVERYTHING)
    found(context.unit, account, user)
    alike = [one.member_number for one, _ in duplicates_of(context.unit, account)]
    record = audit(
        context,
        "account-registered",
        account.account_id,
        account_id=account.account_id,
        actor=user.user_id,
        detail={"kind": account.kind.value, "duplicates": alike, "warnings": len(warnings)},
    )
    if alike:
        audit(context, "duplicate-flagged", account.account_id, account_id="", detail={"alike": alike})
    facts = {
        "application_number": account.application_number,
        "member_number": account.member_number,
        "at": record.at.isoformat(),
    }
    for place, to in enumerate(dict.fromkeys((user.email, account.email))):
        notify_person(context, "account-registered", f"{account.account_id}:{place}", to, facts)
    return RegisterAccountResponse(
        application_number=account.application_number,
        member_number=account.member_number,
        state=account.state,
        warnings=warnings,
    )


# --- what staff decide ----------------------------------------------------------------------------------------


def approve_account(desk: Desk, request: ApproveAccountRequest) -> ApproveAccountResponse:
    """Open a registered account; the administrator gets the customer number and a first password by letter.

    Approving again while no password was chosen writes the letter anew; afterwards it changes nothing.

    Raises:
        NotFound: There is no such account.
        IllegalStep: It is not waiting for approval.
    """

    def look(context: Context) -> None:
        account_for_staff(context, request.member_number, request.ticket)

    desk.unit(look)
    password = new_temporary_password(desk.house)
    encoded = desk.house.hasher.hash(password)

    def settle(context: Context) -> ApproveAccountResponse:
        unit = context.unit
        account = account_for_staff(context, request.member_number, request.ticket)
        user = _primary(context, account)
        again = account.state is AccountState.ACTIVE
        if again and not user.password_temporary:
            return ApproveAccountResponse(member_number=account.member_number, state=account.state)
        if not again:
            account = stepped(context.house, account, AccountStep.APPROVE)
            save_account(unit, account)
        expires_at = context.now + LETTER_LIFE
        # what the applicant chose proved nothing about the address: the letter does
        give_temporary_password(unit, context.house, user, encoded, expires_at)
        action = "letter-written-again" if again else "account-approved"
        record = _decided(context, account, action, request.ticket)
        facts = {
            "customer_number": account.customer_number,
            "member_number": account.member_number,
            "expires_at": expires_at.isoformat(),
        }
        key = f"{account.account_id}:{record}"
        notify_person(context, "account-approved", key, user.email, facts, secret=password)
        return ApproveAccountResponse(member_number=account.member_number, state=account.state)

    return desk.unit(settle)


def _primary(context: Context, account: Account) -> User:
    membership = context.unit.memberships.primary_administrator(account.account_id)
    user = (
        context.unit.users.get(membership.home_account_id, membership.user_id)
        if membership is not None
        else None
    )
    if user is None:
        raise ValueInvalid("the account has no administrator", where="member_number")
    return user


def _decided(context: Context, account: Account, action: str, ticket: str) -> int:
    """Record a decision with its ticket; the number of the record."""
    return audit(
        context, action, account.account_id, account_id=account.account_id, detail={"ticket": ticket}
    ).sequence


def _decide(
    context: Context, decision: AccountDecision, step: AccountStep, after: AccountState, action: str
) -> Account:
    account = account_for_staff(context, decision.member_number, decision.ticket)
    if not decision.reason.strip() or len(decision.reason) > _REASON_LENGTH:
        raise ValueInvalid(f"give a reason of 1 to {_REASON_LENGTH} characters", where="reason")
    if account.state is after and account.state_reason == decision.reason:
        return account
    account = stepped(context.house, account, step, decision.reason)
    save_account(context.unit, account)
    if account.state is not AccountState.ACTIVE:
        end_account_sessions(context, account)
    number = _decided(context, account, action, decision.ticket)
    notify_customer(context, action, f"{account.account_id}:{number}", account, decision.reason)
    return account


def reject_account(context: Context, request: RejectAccountRequest) -> RejectAccountResponse:
    """Turn an application down, with the reason; the address may apply again."""
    account = _decide(context, request, AccountStep.REJECT, AccountState.REJECTED, "account-rejected")
    return RejectAccountResponse(member_number=account.member_number, state=account.state)


def suspend_account(context: Context, request: SuspendAccountRequest) -> SuspendAccountResponse:
    """Stop an account: its sessions end, its credentials are refused; orders under way go on."""
    account = _decide(context, request, AccountStep.SUSPEND, AccountState.SUSPENDED, "account-suspended")
    return SuspendAccountResponse(member_number=account.member_number, state=account.state)


def reinstate_account(context: Context, request: ReinstateAccountRequest) -> ReinstateAccountResponse:
    """Let a suspended account work again."""
    account = _decide(context, request, AccountStep.REINSTATE, AccountState.ACTIVE, "account-reinstated")
    return ReinstateAccountResponse(member_number=account.member_number, state=account.state)
