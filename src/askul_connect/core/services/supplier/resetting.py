"""Setting a new password with the token that was sent (AUTH-12)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, User, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.tokens import OneTimeToken, TokenPurpose
from askul_connect.core.errors import PasswordRejected, ResetTokenInvalid
from askul_connect.core.messages.recovery import ResetPasswordRequest, ResetPasswordResponse
from askul_connect.core.policies.passwords import NEVER
from askul_connect.core.services.supplier.context import Context, Desk
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.passwords import judge_new_password, with_password
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.unlocking import clear_attempts


def reset_password(desk: Desk, request: ResetPasswordRequest) -> ResetPasswordResponse:
    """A new password for whoever holds the token; a password that breaks a rule leaves the token good.

    Sessions end and devices are forgotten; second factors stay. A pause after failed logins does not stand in the
    way: whoever reads the registered mailbox is let in (AUTH-7).

    Raises:
        ResetTokenInvalid: The token is unknown, used, replaced by a newer one or too old; all answer alike.
        PasswordRejected: The password breaks rules; every one is named.
    """
    _, account, user = desk.unit(lambda context: _holder(context, request.reset_token))
    problems = judge_new_password(desk.house, account, user, request.new_password)
    if problems:
        raise PasswordRejected("the new password does not satisfy the policy", problems=tuple(problems))
    encoded = desk.house.hasher.hash(request.new_password)

    def settle(context: Context) -> ResetPasswordResponse:
        token, account, user = _holder(context, request.reset_token)
        unit = context.unit
        unit.one_time_tokens.save(evolve(token, ended_at=context.now))
        changed = with_password(context.house, account, user, encoded, context.now)
        unit.users.save(changed)
        end_access(unit, user.user_id, context.now, "password")
        clear_attempts(context, user)
        key = token.token_hash
        record = audit(
            context, "password-reset", user.user_id, account_id=account.account_id, actor=user.user_id
        )
        notify_person(context, "password-changed", key, user.email, {"at": record.at.isoformat()})
        return ResetPasswordResponse(password_expires_at=changed.password_expires_at or NEVER)

    return desk.unit(settle)


def _holder(context: Context, given: Secret) -> tuple[OneTimeToken, Account, User]:
    token = context.unit.one_time_tokens.get(given.fingerprint())
    if token is None or token.purpose is not TokenPurpose.PASSWORD_RESET:
        raise _refuse()
    user = context.unit.users.get(token.account_id, token.user_id)
    account = context.unit.accounts.get(token.account_id)
    if token.ended_at is not None or context.now >= token.expires_at:
        raise _refuse()
    if user is None or user.state is not UserState.ACTIVE:
        raise _refuse()
    if account is None or account.state is not AccountState.ACTIVE:
        raise _refuse()
    return token, account, user


def _refuse() -> ResetTokenInvalid:
    return ResetTokenInvalid("the token is not valid", where="reset_token")
