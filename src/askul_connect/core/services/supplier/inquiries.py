"""Questions whose answer must not show whether anything was found (AUTH-12, AUTH-13).

Whoever asks gets the same answer after the same work: one message is stored. What it asks for is looked up
afterwards, by the supplier's own work, and the answer goes to a registered address only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, User, UserState
from askul_connect.core.domain.company_names import company_key, phone_key
from askul_connect.core.domain.identifiers import email_key
from askul_connect.core.domain.outbox import OutboxMessage, OutboxState
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.recovery import (
    RecoverLoginIdRequest,
    RecoverLoginIdResponse,
    RequestPasswordResetRequest,
    RequestPasswordResetResponse,
)
from askul_connect.core.services.supplier.asking import INQUIRY_FORM, QUESTION_FORM, take
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.invitations import INVITED, answer_invitation
from askul_connect.core.services.supplier.joining import REGISTERED, answer_registration
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit

RESET_LIFE = timedelta(minutes=30)
#: So that nobody's mailbox is filled by someone else's asking.
_MOST_AN_HOUR = 5
_RESET, _RECOVERY = "password-reset-asked", "login-id-asked"


def request_password_reset(
    context: Context, request: RequestPasswordResetRequest
) -> RequestPasswordResetResponse:
    """Take the question; the answer is the same whatever is found (AUTH-12)."""
    asked = {"email": request.email, "company_name": request.company_name}
    return RequestPasswordResetResponse(reference=take(context, _RESET, asked))


def recover_login_id(context: Context, request: RecoverLoginIdRequest) -> RecoverLoginIdResponse:
    """Take the question; the answer is the same whatever is found (AUTH-13)."""
    asked = {"company_name": request.company_name, "phone": request.phone, "name": request.name}
    return RecoverLoginIdResponse(reference=take(context, _RECOVERY, asked))


def answer(context: Context, message: OutboxMessage) -> None:
    """Look up what was asked for and answer the registered address, if there is one; the question is forgotten."""
    sealed = INQUIRY_FORM.read(message.body)["sealed"]
    asked = QUESTION_FORM.read(context.house.cipher.decrypt(sealed).reveal())
    _ANSWERS[message.kind](context, message.business_key, asked)
    done = evolve(
        message,
        state=OutboxState.SENT,
        attempts=message.attempts + 1,
        done_at=context.now,
        body=INQUIRY_FORM.write({}),
    )
    context.unit.outbox.save(done)


def _answer_reset(context: Context, reference: str, asked: Mapping[str, str]) -> None:
    unit = context.unit
    try:
        user = unit.users.by_email_key(email_key(asked["email"]))
    except ValueInvalid:
        user = None
    account = unit.accounts.get(user.account_id) if user else None
    if user is None or account is None or not _reachable(account, user):
        return
    if company_key(asked["company_name"]) != company_key(account.name):
        return
    tokens = unit.one_time_tokens.of_user(TokenPurpose.PASSWORD_RESET, user.user_id)
    recent = [one for one in tokens if one.created_at > context.now - timedelta(hours=1)]
    if len(recent) >= _MOST_AN_HOUR:
        return
    for older in tokens:
        if older.ended_at is None:
            unit.one_time_tokens.save(evolve(older, ended_at=context.now))
    token = context.house.ids.token("password-reset")
    unit.one_time_tokens.add(
        OneTimeToken(
            token_hash=token.fingerprint(),
            purpose=TokenPurpose.PASSWORD_RESET,
            account_id=account.account_id,
            user_id=user.user_id,
            created_at=context.now,
            expires_at=context.now + RESET_LIFE,
        )
    )
    facts = {"expires_at": (context.now + RESET_LIFE).isoformat()}
    notify_person(context, "password-reset", reference, user.email, facts, secret=token)
    audit(
        context,
        "password-reset-asked",
        user.user_id,
        account_id=account.account_id,
        actor="",
        reference=reference,
    )


def _answer_recovery(context: Context, reference: str, asked: Mapping[str, str]) -> None:
    unit = context.unit
    name = _person_key(asked["name"])
    for account in unit.accounts.by_name(company_key(asked["company_name"])):
        if not phone_key(asked["phone"]) or phone_key(asked["phone"]) != phone_key(account.phone):
            continue
        primary = unit.memberships.primary_administrator(account.account_id)
        for user in unit.users.of_account(account.account_id):
            if _person_key(user.name) != name or not _reachable(account, user):
                continue
            facts = {"login_id": user.email}
            if primary is not None and primary.user_id == user.user_id:
                facts["customer_number"] = account.customer_number
            notify_person(context, "login-id", f"{reference}:{user.user_id}", user.email, facts)
            audit(
                context,
                "login-id-told",
                user.user_id,
                account_id=account.account_id,
                actor="",
                reference=reference,
            )


def _reachable(account: Account, user: User) -> bool:
    return account.state is AccountState.ACTIVE and user.state is UserState.ACTIVE


def _person_key(name: str) -> str:
    # People have no legal form, but spaces and widths vary just the same.
    return company_key(name)


_ANSWERS: Mapping[str, Callable[[Context, str, Mapping[str, Any]], None]] = {
    _RESET: _answer_reset,
    _RECOVERY: _answer_recovery,
    REGISTERED: answer_registration,
    INVITED: answer_invitation,
}
