"""Login and passwords (AUTH-1, AUTH-2, AUTH-4, AUTH-5)."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.accounts import (
    Account,
    AccountState,
    LoginRecord,
    Membership,
    Session,
    SessionStage,
    User,
    UserState,
)
from askul_connect.core.domain.identifiers import email_key, normalise_customer_number
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import LoginMismatch, LoginRefused, PasswordRejected, ValueInvalid
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    ChangePasswordResponse,
    LoginRequest,
    LoginResponse,
)
from askul_connect.core.policies.passwords import NEVER
from askul_connect.core.services.supplier.authentication import SESSION_LIFE
from askul_connect.core.services.supplier.context import Context, Refused
from askul_connect.core.services.supplier.merging import MERGED, former_administrator
from askul_connect.core.services.supplier.passwords import end_sessions, judge_new_password, with_password
from askul_connect.core.services.supplier.records import add_login_record

_LOGIN_ID_LENGTH = 254


def _find(context: Context, login_id: str) -> tuple[Account, User, Membership] | None:
    """The account and user an ID names: the customer number its primary administrator, an e-mail its user."""
    unit = context.unit
    user: User | None = None
    try:
        account = unit.accounts.by_customer_number(normalise_customer_number(login_id))
        if account is not None and account.merged_into:
            return former_administrator(unit, account)
        membership = unit.memberships.primary_administrator(account.account_id) if account else None
        user = unit.users.get(membership.home_account_id, membership.user_id) if membership else None
    except ValueInvalid:
        try:
            user = unit.users.by_email_key(email_key(login_id))
        except ValueInvalid:
            return None
        account = unit.accounts.get(user.account_id) if user else None
        membership = unit.memberships.get(user.account_id, user.user_id) if user else None
    if account is None or user is None or user.state is not UserState.ACTIVE:
        return None
    if membership is None or membership.state is not UserState.ACTIVE:
        return None
    return account, user, membership


def _prove(context: Context, login_id: str, password: Secret) -> tuple[Account, User, Membership] | Refused:
    """Who logs in, or a refusal that is recorded; an unknown ID takes the same work as a wrong password (AUTH-2)."""
    reference = context.house.ids.digits("login-reference", 10)
    found = _find(context, login_id)
    right = context.house.hasher.verify(found[1].password_hash if found else "", password)
    account_id, user_id = (found[0].account_id, found[1].user_id) if found else ("", "")

    def record(result: str, reason: str) -> None:
        add_login_record(
            context.unit,
            context.house,
            LoginRecord(
                reference=reference,
                at=context.now,
                login_id=unicodedata.normalize("NFC", login_id)[:_LOGIN_ID_LENGTH],
                account_id=account_id,
                user_id=user_id,
                result=result,
                reason=reason,
                address=context.call.address,
            ),
        )

    if found is None or not right:
        record(LoginMismatch.code, "mismatch")
        return Refused(LoginMismatch("the login data do not match", reference=reference))
    account, user, membership = found
    reason = _standing(account, user, context.now)
    if reason:
        record(LoginRefused.code, reason)
        return Refused(LoginRefused(reason, reference=reference))
    record("success", "")
    return account, user, membership


def _standing(account: Account, user: User, now: datetime) -> str:
    """Why somebody who knows the password cannot log in; empty when nothing is in the way."""
    if account.merged_into:
        return MERGED
    if account.state is not AccountState.ACTIVE:
        return f"the account is {account.state.value.replace('_', ' ')}"
    if user.password_temporary and user.password_expires_at is not None and now >= user.password_expires_at:
        return "the temporary password has expired; ask the administrator or support for a new one"
    return ""


def login(context: Context, request: LoginRequest) -> LoginResponse | Refused:
    """A session for the right ID and password; one that can only set a password where that is due."""
    proved = _prove(context, request.login_id, request.password)
    if isinstance(proved, Refused):
        return proved
    account, user, membership = proved
    expired = user.password_expires_at is not None and context.now >= user.password_expires_at
    change = user.password_temporary or user.password_compromised or expired
    token = context.house.ids.token("session")
    expires_at = context.now + SESSION_LIFE
    context.unit.sessions.add(
        Session(
            token_hash=token.fingerprint(),
            session_id=context.house.ids.new("session", token.fingerprint()),
            account_id=account.account_id,
            user_id=user.user_id,
            home_account_id=user.account_id,
            stage=SessionStage.PASSWORD_CHANGE if change else SessionStage.FULL,
            created_at=context.now,
            last_seen_at=context.now,
            expires_at=expires_at,
            address=context.call.address,
        )
    )
    if context.house.hasher.outdated(user.password_hash):
        context.unit.users.save(evolve(user, password_hash=context.house.hasher.hash(request.password)))
    return LoginResponse(
        session_token=token,
        expires_at=expires_at,
        role=membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=change,
    )


def change_password(context: Context, request: ChangePasswordRequest) -> ChangePasswordResponse | Refused:
    """A new password for whoever proves the present one; the user's other sessions end (AUTH-5, AUTH-11).

    The session the call came with goes on, unless it was one that could only set a password.
    """
    proved = _prove(context, request.login_id, request.current_password)
    if isinstance(proved, Refused):
        return proved
    account, user, _ = proved
    problems = judge_new_password(context.house, account, user, request.new_password)
    if problems:
        # the attempt itself was a good login and stays recorded
        return Refused(
            PasswordRejected("the new password does not satisfy the policy", problems=tuple(problems))
        )
    encoded = context.house.hasher.hash(request.new_password)
    changed = with_password(context.house, account, user, encoded, context.now)
    context.unit.users.save(changed)
    own = context.call.token.fingerprint() if context.call.token else ""
    end_sessions(context.unit, user.user_id, context.now, but=own)
    return ChangePasswordResponse(password_expires_at=changed.password_expires_at or NEVER)
