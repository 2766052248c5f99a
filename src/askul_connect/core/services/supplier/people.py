"""What is done with the people of an account, by whichever operation: add, change, remove (ACC-5, ACC-6)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Membership, Role, User, UserState
from askul_connect.core.domain.audit import AuditRecord
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import USER_STEPS, UserStep, next_state
from askul_connect.core.errors import (
    DuplicateRegistration,
    LastAdministrator,
    NotFound,
    Problem,
    UnknownDepartment,
    ValueInvalid,
)
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.capabilities import require_room_for_user
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.devices import end, end_access
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit

NAME_LENGTH = 100
_WHOM_LENGTH = 16


@frozen(kw_only=True)
class Place:
    """What a person is to be in an account."""

    role: Role
    department_codes: tuple[str, ...]
    order_limit: int | None


def place_problems(context: Context, place: Place) -> list[Problem]:
    """What is wrong with a role, departments and a limit."""
    account_id = context.caller.account_id
    problems = []
    if place.role is Role.SUPPLIER:
        problems.append(
            finding(ValueInvalid, "a customer's user cannot have the supplier's role", where="role")
        )
    problems += [
        finding(UnknownDepartment, f"there is no department {code!r}", where="department_codes")
        for code in place.department_codes
        if context.unit.departments.by_code(account_id, code) is None
    ]
    if place.order_limit is not None and place.order_limit < 0:
        problems.append(finding(ValueInvalid, "a limit is not negative", where="order_limit"))
    return problems


def email_problems(email: str) -> list[Problem]:
    """What is wrong with an address."""
    try:
        normalise_email(email)
    except ValueInvalid as error:
        return [finding(ValueInvalid, error.detail, where="email")]
    return []


def name_problems(where: str, name: str) -> list[Problem]:
    """What is wrong with a name of a person or department."""
    if name.strip() and len(name) <= NAME_LENGTH:
        return []
    return [finding(ValueInvalid, f"a name has 1 to {NAME_LENGTH} characters", where=where)]


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """Department codes as they are stored."""
    return tuple(sorted(set(codes)))


def version_of(user: User, membership: Membership) -> int:
    """What a change names: grows with every change of the person or of what the person is in the account.

    Of a person whose home is another account only what is of this one counts.
    """
    if membership.account_id != membership.home_account_id:
        return membership.version
    return user.version + membership.version - 1


def member(context: Context, user_id: str) -> tuple[User, Membership]:
    """An active user of the caller's account.

    Raises:
        NotFound: The account has none of that id.
    """
    membership = context.unit.memberships.get(context.caller.account_id, user_id)
    user = context.unit.users.get(membership.home_account_id, user_id) if membership else None
    if membership is None or user is None or membership.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    return user, membership


def administrators(unit: SupplierUnitOfWork, account_id: str) -> list[User]:
    """The active administrators of an account."""
    found = (
        unit.users.get(one.home_account_id, one.user_id)
        for one in unit.memberships.of_account(account_id)
        if one.role is Role.ADMINISTRATOR and one.state is UserState.ACTIVE
    )
    return [user for user in found if user is not None]


def require_administrator(unit: SupplierUnitOfWork, account_id: str) -> None:
    """Refuse what would leave an account without an administrator (ACC-6).

    Only those whose home the account is count: whoever joined from elsewhere may be removed there at any time.

    Raises:
        LastAdministrator: There would be none.
    """
    for one in unit.memberships.of_account(account_id):
        own = one.home_account_id == account_id
        if own and one.role is Role.ADMINISTRATOR and one.state is UserState.ACTIVE:
            return
    raise LastAdministrator("the account would have no administrator of its own any more")


# --- notices -------------------------------------------------------------------------------------------------


def tell(
    context: Context,
    kind: str,
    record: AuditRecord,
    to: str,
    facts: Mapping[str, str] | None = None,
    *,
    secret: Secret | None = None,
) -> None:
    """A notice about what was just recorded, to one address."""
    # keys are logged, addresses are not
    seal = context.house.seal_key.reveal().encode()
    whom = hmac.new(seal, to.lower().encode(), hashlib.sha256).hexdigest()[:_WHOM_LENGTH]
    key = f"{record.account_id}:{record.sequence}:{whom}"
    notify_person(context, kind, key, to, {"at": record.at.isoformat(), **(facts or {})}, secret=secret)


def tell_administrators(
    context: Context, kind: str, record: AuditRecord, facts: Mapping[str, str] | None = None
) -> None:
    """The same to every active administrator of the account of the record."""
    for one in administrators(context.unit, record.account_id):
        tell(context, kind, record, one.email, facts)


# --- what is done --------------------------------------------------------------------------------------------


def new_user(context: Context, account_id: str, email: str, name: str, state: UserState) -> User:
    """A person who is not known yet, without a password."""
    key = email_key(email)
    return User(
        user_id=context.house.ids.new("user", f"{account_id}:{key}"),
        account_id=account_id,
        email=normalise_email(email),
        email_key=key,
        name=name,
        state=state,
        password_hash="",
        password_temporary=True,
        password_expires_at=None,
        old_password_hashes=(),
        created_at=context.now,
    )


def new_membership(context: Context, account_id: str, user: User, place: Place) -> Membership:
    """What ties a person to an account from now on."""
    return Membership(
        account_id=account_id,
        user_id=user.user_id,
        home_account_id=user.account_id,
        role=place.role,
        department_codes=in_order(place.department_codes),
        state=UserState.ACTIVE,
        primary_administrator=False,
        joined_at=context.now,
        order_limit=place.order_limit,
    )


def add_person(context: Context, email: str, name: str, place: Place) -> User:
    """A user without a password; one who was removed or rejected here comes back, with the old password forgotten.

    Raises:
        DuplicateRegistration: The address is a user's, here or elsewhere.
    """
    unit, account_id = context.unit, context.caller.account_id
    known = unit.users.by_email_key(email_key(email))
    if known is None:
        user = new_user(context, account_id, email, name, UserState.ACTIVE)
        unit.users.add(user)
    else:
        if known.account_id != account_id or (known.state, UserStep.RETURN) not in USER_STEPS:
            raise DuplicateRegistration(f"{normalise_email(email)} is registered already", where="email")
        user = evolve(
            known,
            name=name,
            state=next_state(USER_STEPS, known.state, UserStep.RETURN, "a user"),
            password_hash="",
            password_temporary=True,
            password_expires_at=None,
            version=known.version + 1,
        )
        unit.users.save(user)
    join(context, account_id, user, place)
    record = audit(context, "user-added", user.user_id, detail=described(place))
    tell(context, "user-added", record, user.email, {"role": place.role.value})
    return user


def join(context: Context, account_id: str, user: User, place: Place) -> Membership:
    """The membership of a person in an account, new or returned.

    Raises:
        AccountLimitReached: The account has as many people as its kind may have.
    """
    account = context.unit.accounts.get(account_id)
    if account is not None:
        require_room_for_user(context, account)
    made = new_membership(context, account_id, user, place)
    old = context.unit.memberships.get(account_id, user.user_id)
    if old is None:
        context.unit.memberships.add(made)
        return made
    state = next_state(USER_STEPS, old.state, UserStep.RETURN, "a user")
    made = evolve(made, state=state, version=old.version + 1)
    context.unit.memberships.save(made)
    return made


def described(place: Place) -> dict[str, object]:
    """What records say of a place."""
    return {
        "role": place.role.value,
        "departments": list(in_order(place.department_codes)),
        "order_limit": place.order_limit,
    }


def place_of(membership: Membership) -> Place:
    """What a person is."""
    return Place(
        role=membership.role,
        department_codes=membership.department_codes,
        order_limit=membership.order_limit,
    )


def change_person(
    context: Context, user: User, membership: Membership, name: str, place: Place
) -> Membership:
    """Another name or place, in force at once: the role and departments are looked up at every call.

    Raises:
        LastAdministrator: The primary administrator would be no administrator any more.
    """
    if name != user.name:
        context.unit.users.save(evolve(user, name=name, version=user.version + 1))
        audit(context, "user-renamed", user.user_id)
    before = place_of(membership)
    if described(place) == described(before):
        return membership
    if membership.primary_administrator and place.role is not Role.ADMINISTRATOR:
        raise LastAdministrator(
            "the primary administrator, whom the customer number logs in, stays one; transfer the"
            " administration first",
            where="role",
        )
    changed = evolve(
        membership,
        role=place.role,
        department_codes=in_order(place.department_codes),
        order_limit=place.order_limit,
        version=membership.version + 1,
    )
    context.unit.memberships.save(changed)
    action = "user-changed" if place.role is before.role else "user-role-changed"
    detail = {"before": described(before), "after": described(place)}
    record = audit(context, action, user.user_id, detail=detail)
    facts = {"before": before.role.value, "after": place.role.value}
    tell(context, action, record, user.email, facts)
    return changed


def remove_person(context: Context, user: User, membership: Membership) -> None:
    """End what ties a person to the caller's account, and at home the person's login; sessions end at once.

    Raises:
        LastAdministrator: It is the primary administrator.
    """
    unit, account_id = context.unit, context.caller.account_id
    if membership.primary_administrator:
        raise LastAdministrator(
            "the primary administrator, whom the customer number logs in, is not removed; transfer the"
            " administration first",
            where="user_id",
        )
    _end(unit, membership)
    record = audit(context, "user-removed", user.user_id)
    tell(context, "user-removed", record, user.email)
    if membership.home_account_id != account_id:
        _leave(context, user, account_id)
        return
    state = next_state(USER_STEPS, user.state, UserStep.REMOVE, "a user")
    unit.users.save(evolve(user, state=state, version=user.version + 1))
    end_access(context.unit, user.user_id, context.now, "removed")
    # Whoever has no login any more is nobody's user; the other accounts learn that, and not why.
    for other in unit.memberships.of_user(user.user_id):
        if other.state is UserState.ACTIVE:
            _end(unit, other)
            left = audit(context, "user-removed", user.user_id, account_id=other.account_id, actor="")
            tell_administrators(context, "user-left", left, {"email": user.email})


def _end(unit: SupplierUnitOfWork, membership: Membership) -> None:
    unit.memberships.save(
        evolve(
            membership,
            state=next_state(USER_STEPS, membership.state, UserStep.REMOVE, "a user"),
            primary_administrator=False,
            version=membership.version + 1,
        )
    )


def _leave(context: Context, user: User, account_id: str) -> None:
    for session in context.unit.sessions.live_of_user(user.user_id):
        if session.account_id == account_id:
            end(context.unit, session, context.now)
