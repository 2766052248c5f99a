"""Temporary passwords: by letter with a new account, or issued by an administrator (AUTH-4)."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import User, UserState
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import NotFound
from askul_connect.core.messages.login import IssueTemporaryPasswordRequest, IssueTemporaryPasswordResponse
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, House
from askul_connect.core.services.supplier.devices import end_access

#: By letter.
LETTER_LIFE = timedelta(days=14)
#: Handed over in person or by phone, so it need not last longer than one by e-mail.
HANDED_OVER_LIFE = timedelta(hours=24)
#: Of a token of at least 256 bits in 43 characters or more: at least 80 bits are left, and typing stays possible.
_LENGTH = 20


def give_temporary_password(
    unit: SupplierUnitOfWork, house: House, user: User, expires_at: datetime
) -> Secret:
    """Give a user a password that only opens a session to set another one; the user's sessions end.

    Returns:
        The password, which is stored nowhere but as a hash.
    """
    password = Secret(house.ids.token("temporary-password").reveal()[:_LENGTH])
    unit.users.save(
        evolve(
            user,
            password_hash=house.hasher.hash(password),
            password_temporary=True,
            password_expires_at=expires_at,
            old_password_hashes=chosen_passwords(user)[: house.password_policy.remembered],
        )
    )
    end_access(unit, user.user_id, house.clock.now(), "password")
    return password


def chosen_passwords(user: User) -> tuple[str, ...]:
    """Hashes of the passwords the user chose, the latest first.

    Temporary ones are not among them, so that asking for new ones pushes none out of the policy's memory (AUTH-5).
    """
    if user.password_temporary or not user.password_hash:
        return user.old_password_hashes
    return (user.password_hash, *user.old_password_hashes)


def issue_temporary_password(
    context: Context, request: IssueTemporaryPasswordRequest
) -> IssueTemporaryPasswordResponse:
    """A temporary password for a user of the administrator's account; earlier sessions of the user end.

    Raises:
        NotFound: The account has no such user.
    """
    user = context.unit.users.get(context.caller.account_id, request.user_id)
    if user is None or user.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    expires_at = context.now + HANDED_OVER_LIFE
    password = give_temporary_password(context.unit, context.house, user, expires_at)
    return IssueTemporaryPasswordResponse(temporary_password=password, expires_at=expires_at)
