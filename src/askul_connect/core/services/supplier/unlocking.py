"""Lifting a pause or lock (AUTH-7)."""

from __future__ import annotations

from askul_connect.core.domain.accounts import User
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.sessions import UnlockUserRequest, UnlockUserResponse
from askul_connect.core.policies.lockout import cleared
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.login_proof import user_subject
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_served, audit_read


def unlock_user(context: Context, request: UnlockUserRequest) -> UnlockUserResponse:
    """Let a user whose home is the administrator's account, or a staff member's ticket's, try again from any device.

    Raises:
        NotFound: The account has no such user.
        AccessDenied: A staff member names no open ticket of a customer.
    """
    account_id = account_served(context, request.ticket)
    user = context.unit.users.get(account_id, request.user_id)
    if user is None:
        raise NotFound("there is no such user", where="user_id")
    counter = clear_attempts(context, user)
    if counter is None:
        if context.is_staff:
            audit_read(context, request.ticket, account_id, user.user_id, ("login attempts that count",))
        return UnlockUserResponse(was_locked=False, failures=0)
    was_locked = counter.locked_at is not None
    record = audit(
        context,
        "user-unlocked",
        user.user_id,
        account_id=account_id,
        reference=request.ticket if context.is_staff else "",
        detail={"was_locked": was_locked, "failures": counter.failures},
    )
    notify_person(context, "login-unlocked", f"{user.user_id}:{record.sequence}", user.email)
    return UnlockUserResponse(was_locked=was_locked, failures=counter.failures)


def clear_attempts(context: Context, user: User) -> AttemptCounter | None:
    """Let a person try again from any device; what stood in the way, or None."""
    counter = context.unit.attempts.get(user_subject(user))
    if counter is None or not (counter.failures or counter.locked_at):
        return None
    context.unit.attempts.put(cleared(counter.subject, counter.last_at))
    return counter
