"""Temporary passwords: by letter with a new account, by e-mail, or issued by an administrator (AUTH-4, AUTH-14)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import User, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound, ValueInvalid
from askul_connect.core.messages.login import (
    IssueTemporaryPasswordRequest,
    IssueTemporaryPasswordResponse,
    TemporaryPasswordDelivery,
)
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, Desk, House
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.passwords import chosen_passwords
from askul_connect.core.services.supplier.records import audit

#: By letter.
LETTER_LIFE = timedelta(days=14)
#: By e-mail, and handed over in person or by phone, which need not last longer.
SHORT_LIFE = timedelta(hours=24)
#: Of a token of at least 256 bits in 43 characters or more: at least 80 bits are left, and typing stays possible.
_LENGTH = 20


def new_temporary_password(house: House) -> Secret:
    """A random password that can be typed."""
    return Secret(house.ids.token("temporary-password").reveal()[:_LENGTH])


def give_temporary_password(
    unit: SupplierUnitOfWork, house: House, user: User, encoded: str, expires_at: datetime
) -> None:
    """Give a user a password that only opens a session to set another one; the user's sessions end.

    Args:
        unit: The unit of work.
        house: Policy and clock.
        user: Who gets it.
        encoded: The password's hash, made before the unit of work was begun.
        expires_at: When it stops working.
    """
    unit.users.save(
        evolve(
            user,
            password_hash=encoded,
            password_temporary=True,
            password_expires_at=expires_at,
            old_password_hashes=chosen_passwords(user)[: house.password_policy.remembered],
        )
    )
    end_access(unit, user.user_id, house.clock.now(), "password")


def issue_temporary_password(
    desk: Desk, request: IssueTemporaryPasswordRequest
) -> IssueTemporaryPasswordResponse:
    """A temporary password for a user of the administrator's account; earlier sessions of the user end.

    It is shown once, to be handed over in person or by phone, or it is sent to the registered address and not shown.

    Raises:
        NotFound: The account has no such user.
        ValueInvalid: Another account is the person's home, and answers for the login.
    """
    desk.unit(lambda context: _user(context, request.user_id))
    password = new_temporary_password(desk.house)
    encoded = desk.house.hasher.hash(password)

    def settle(context: Context) -> IssueTemporaryPasswordResponse:
        user = _user(context, request.user_id)
        expires_at = context.now + SHORT_LIFE
        give_temporary_password(context.unit, context.house, user, encoded, expires_at)
        record = audit(
            context, "temporary-password-issued", user.user_id, detail={"delivery": request.delivery.value}
        )
        key = f"{user.user_id}:{record.account_id}:{record.sequence}"
        facts = {"expires_at": expires_at.isoformat()}
        if request.delivery is TemporaryPasswordDelivery.EMAIL:
            notify_person(context, "temporary-password", key, user.email, facts, secret=password)
            return IssueTemporaryPasswordResponse(temporary_password=Secret(""), expires_at=expires_at)
        notify_person(context, "temporary-password-issued", key, user.email, facts)
        return IssueTemporaryPasswordResponse(temporary_password=password, expires_at=expires_at)

    return desk.unit(settle)


def _user(context: Context, user_id: str) -> User:
    """The user, if the caller's account has one and is the one that answers for the login."""
    membership = context.unit.memberships.get(context.caller.account_id, user_id)
    if membership is None or membership.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    user = context.unit.users.get(context.caller.account_id, user_id)
    if user is None:
        raise ValueInvalid(
            "the person logs in by another account, whose administrator issues passwords", where="user_id"
        )
    if user.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    return user
