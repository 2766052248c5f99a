"""Temporary passwords: with a new account, issued by an administrator, or sent by support (AUTH-4, AUTH-14)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import AccountState, User, UserState
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
from askul_connect.core.services.supplier.notices import letter_to, notify_person
from askul_connect.core.services.supplier.passwords import chosen_passwords
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.ticket_access import account_served

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
    """A temporary password for a user of the administrator's account, or of a ticket's; the user's sessions end.

    An administrator is shown it once, to hand it over in person or by phone, or has it sent to the registered e-mail
    address. The supplier's staff have it sent, by e-mail or by letter, and are never shown it (AUTH-19).

    Raises:
        NotFound: The account has no such user.
        AccessDenied: A staff member names no open ticket of a customer.
        ValueInvalid: Another account is the person's home, and answers for the login; it cannot be delivered so.
    """
    desk.unit(lambda context: _user(context, request))
    password = new_temporary_password(desk.house)
    encoded = desk.house.hasher.hash(password)

    def settle(context: Context) -> IssueTemporaryPasswordResponse:
        user = _user(context, request)
        by_letter = request.delivery is TemporaryPasswordDelivery.LETTER
        expires_at = context.now + (LETTER_LIFE if by_letter else SHORT_LIFE)
        give_temporary_password(context.unit, context.house, user, encoded, expires_at)
        record = audit(
            context,
            "temporary-password-issued",
            user.user_id,
            account_id=user.account_id,
            reference=request.ticket if context.is_staff else "",
            detail={"delivery": request.delivery.value},
        )
        key = f"{user.user_id}:{record.account_id}:{record.sequence}"
        facts = {"expires_at": expires_at.isoformat()}
        if request.delivery is TemporaryPasswordDelivery.HANDED_OVER:
            notify_person(context, "temporary-password-issued", key, user.email, facts)
            return IssueTemporaryPasswordResponse(temporary_password=password, expires_at=expires_at)
        if by_letter:
            _write_letter(context, user, key, facts, password)
        else:
            notify_person(context, "temporary-password", key, user.email, facts, secret=password)
        return IssueTemporaryPasswordResponse(temporary_password=Secret(""), expires_at=expires_at)

    return desk.unit(settle)


def _write_letter(context: Context, user: User, key: str, facts: Mapping[str, str], password: Secret) -> None:
    """Write the letter with the password, to the account's registered address, and say by e-mail that it comes."""
    account = context.unit.accounts.get(user.account_id)
    if account is None or account.state is not AccountState.ACTIVE:
        raise ValueInvalid("a letter goes to an account that works", where="delivery")
    where = {"postcode": account.postcode, "address": account.address, "company": account.name}
    to = letter_to(user.user_id)
    notify_person(
        context, "temporary-password-letter", key, to, {**facts, **where, "name": user.name}, secret=password
    )
    notify_person(context, "temporary-password-by-letter", key, user.email, facts)


def _user(context: Context, request: IssueTemporaryPasswordRequest) -> User:
    """The user, if the account has one and is the one that answers for the login."""
    user_id, account_id = request.user_id, account_served(context, request.ticket)
    staff, delivery = context.is_staff, request.delivery
    if staff and delivery is TemporaryPasswordDelivery.HANDED_OVER:
        raise ValueInvalid("support has it sent, by email or letter, and is not shown it", where="delivery")
    if not staff and delivery is TemporaryPasswordDelivery.LETTER:
        raise ValueInvalid("a letter is for the supplier's support to write", where="delivery")
    membership = context.unit.memberships.get(account_id, user_id)
    if membership is None or membership.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    user = context.unit.users.get(account_id, user_id)
    if user is None:
        raise ValueInvalid(
            "the person logs in by another account, whose administrator issues passwords", where="user_id"
        )
    if user.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    return user
