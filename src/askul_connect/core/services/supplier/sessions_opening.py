"""From a proved identity to a session, however it was proved (AUTH-11, AUTH-16)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import Account, Membership, Session, SessionStage, User
from askul_connect.core.messages.login import LoginResponse
from askul_connect.core.services.supplier.authentication import SESSION_LIFE
from askul_connect.core.services.supplier.context import Context


def open_session(
    context: Context, account: Account, user: User, membership: Membership, stage: SessionStage
) -> LoginResponse:
    """A session for somebody who was proved to be the user, and what the login answers.

    Args:
        context: The call, in the unit of work that lets the person in.
        account: The account to work in.
        user: Who it is.
        membership: What the person is there.
        stage: What the session may be used for.
    """
    token = context.house.ids.token("session")
    expires_at = context.now + SESSION_LIFE
    context.unit.sessions.add(
        Session(
            token_hash=token.fingerprint(),
            session_id=context.house.ids.new("session", token.fingerprint()),
            account_id=account.account_id,
            user_id=user.user_id,
            home_account_id=user.account_id,
            stage=stage,
            created_at=context.now,
            last_seen_at=context.now,
            expires_at=expires_at,
            address=context.call.address,
        )
    )
    return LoginResponse(
        session_token=token,
        expires_at=expires_at,
        role=membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
    )
