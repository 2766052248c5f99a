"""Sessions: opened by a login, listed and ended by their owner (AUTH-11)."""

from __future__ import annotations

from datetime import timedelta

from askul_connect.core.domain.accounts import Account, Session, SessionStage, User
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import AccessDenied, NotFound, ValueInvalid
from askul_connect.core.messages.sessions import (
    EndSessionRequest,
    EndSessionResponse,
    ListSessionsRequest,
    ListSessionsResponse,
    LogoutRequest,
    LogoutResponse,
    RememberedDeviceSummary,
    SessionSummary,
)
from askul_connect.core.policies.sessions import is_over
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.devices import end, end_access, forget
from askul_connect.core.services.supplier.records import audit


def open_session(
    context: Context, account: Account, user: User, stage: SessionStage, *, device: str, family: str
) -> tuple[Secret, Session]:
    """A new session with a token of its own.

    Args:
        context: The call.
        account: In which it works.
        user: Whose it is.
        stage: What it may be used for.
        device: What the caller said of itself.
        family: Of the remembered device it belongs to; empty without one.

    Returns:
        The token, which is stored only as a hash, and the session.
    """
    token = context.house.ids.token("session")
    session = Session(
        token_hash=token.fingerprint(),
        session_id=context.house.ids.new("session", token.fingerprint()),
        account_id=account.account_id,
        user_id=user.user_id,
        home_account_id=user.account_id,
        stage=stage,
        created_at=context.now,
        last_seen_at=context.now,
        expires_at=context.now + timedelta(hours=context.house.sessions.hours),
        address=context.call.address,
        device=device,
        device_family=family,
    )
    context.unit.sessions.add(session)
    return token, session


def _own(context: Context) -> Session:
    """The session of the call."""
    session = context.caller.session
    if session is None:
        raise AccessDenied("this is for people, not for client credentials")
    return session


def _usable(context: Context) -> list[Session]:
    """The caller's sessions that have not ended, by themselves or otherwise."""
    found = []
    for session in context.unit.sessions.live_of_user(_own(context).user_id):
        account = context.unit.accounts.get(session.account_id)
        if account is not None and not is_over(session, account, context.now):
            found.append(session)
    return found


def list_sessions(context: Context, _request: ListSessionsRequest) -> ListSessionsResponse:
    """The caller's own sessions and devices; nobody else's."""
    own = _own(context)
    return ListSessionsResponse(
        sessions=tuple(
            SessionSummary(
                session_id=session.session_id,
                device=session.device,
                address=session.address,
                created_at=session.created_at,
                last_seen_at=session.last_seen_at,
                expires_at=session.expires_at,
                remembered=bool(session.device_family),
                current=session.token_hash == own.token_hash,
            )
            for session in _usable(context)
        ),
        devices=tuple(
            RememberedDeviceSummary(
                device=device.label,
                created_at=device.created_at,
                last_used_at=device.last_used_at,
                expires_at=device.expires_at,
            )
            for device in context.unit.devices.live_of_user(own.user_id)
            if context.now < device.expires_at
        ),
    )


def end_session(context: Context, request: EndSessionRequest) -> EndSessionResponse:
    """End one of the caller's own sessions or all others; a device that opened one is forgotten with it.

    Raises:
        ValueInvalid: Neither or both are named.
        NotFound: There is no such session of the caller; another person's answers the same.
    """
    own = _own(context)
    if bool(request.session_id) == request.all_others:
        raise ValueInvalid("name one session, or all others", where="session_id")
    usable = {session.session_id: session for session in _usable(context)}
    if request.all_others:
        end_access(context.unit, own.user_id, context.now, "session", keep=own)
        ended = len(usable) - 1
    else:
        session = usable.get(request.session_id)
        if session is None:
            raise NotFound("there is no such session", where="session_id")
        end(context.unit, session, context.now)
        _forget_device(context, session, "session")
        ended = 1
    audit(context, "sessions-ended", own.user_id, detail={"ended": ended, "session": request.session_id})
    return EndSessionResponse(ended=ended)


def logout(context: Context, request: LogoutRequest) -> LogoutResponse:
    """End the session of the call."""
    own = _own(context)
    end(context.unit, own, context.now)
    if request.forget_device:
        _forget_device(context, own, "logout")
    return LogoutResponse(ended_at=context.now)


def _forget_device(context: Context, session: Session, why: str) -> None:
    device = context.unit.devices.get(session.device_family)
    if device is not None:
        forget(context, device, why)
