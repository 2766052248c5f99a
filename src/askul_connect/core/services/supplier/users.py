"""Changing and removing users, and handing over the administration (ACC-6, ACC-7)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Membership, Role, User, UserState
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.errors import Problem, ValueInvalid, VersionConflict
from askul_connect.core.messages.people import (
    ChangeUserRequest,
    ChangeUserResponse,
    RemoveUserRequest,
    RemoveUserResponse,
    TransferAdministrationRequest,
    TransferAdministrationResponse,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.email_change import ask_new_address
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.people import (
    Place,
    change_person,
    described,
    email_problems,
    member,
    name_problems,
    place_of,
    place_problems,
    remove_person,
    require_administrator,
    tell,
    version_of,
)
from askul_connect.core.services.supplier.records import audit


def change_user(context: Context, request: ChangeUserRequest) -> ChangeUserResponse:
    """What is registered of a user, in force at once; a new address confirms itself first.

    Raises:
        NotFound: The account has no such user.
        VersionConflict: Somebody else has changed the user; the differences are named.
        LastAdministrator: Nobody would be left to administer the account.
        ValueInvalid: A value breaks its rule, or is another account's to change; all findings at once.
    """
    user, membership = member(context, request.user_id)
    place = Place(
        role=request.role, department_codes=request.department_codes, order_limit=request.order_limit
    )
    if request.version != version_of(user, membership):
        raise VersionConflict(
            f"the user is at version {version_of(user, membership)}, not {request.version}",
            where="version",
            problems=_differences(user, membership, request, place),
        )
    problems = [
        *email_problems(request.email),
        *name_problems("name", request.name),
        *place_problems(context, place),
    ]
    moves = not problems and email_key(request.email) != user.email_key
    if membership.home_account_id != membership.account_id:
        # the home account answers for who the person is
        problems += [
            finding(ValueInvalid, "another account answers for the person's name and address", where=where)
            for where, changed in (("name", request.name != user.name), ("email", moves))
            if changed
        ]
    if problems:
        raise ValueInvalid("the user cannot be changed like this", problems=tuple(problems))
    change_person(context, user, membership, request.name, place)
    require_administrator(context.unit, membership.account_id)
    user, membership = member(context, request.user_id)
    if moves:
        ask_new_address(context, user, normalise_email(request.email))
    return ChangeUserResponse(
        user_id=user.user_id, version=version_of(user, membership), confirmation_sent=moves
    )


def _differences(
    user: User, membership: Membership, request: ChangeUserRequest, place: Place
) -> tuple[Problem, ...]:
    """What is there now where it is not what is asked for."""
    now = {"email": user.email, "name": user.name, **described(place_of(membership))}
    asked = {"email": request.email, "name": request.name, **described(place)}
    named = {"departments": "department_codes"}
    return tuple(
        finding(
            VersionConflict, f"it is {now[key]!r} now, asked for is {asked[key]!r}", where=named.get(key, key)
        )
        for key in now
        if now[key] != asked[key]
    )


def replay_change_user(context: Context, _request: ChangeUserRequest, user_id: str) -> ChangeUserResponse:
    """The answer of an earlier call with the same key, as the user stands now."""
    user, membership = member(context, user_id)
    return ChangeUserResponse(user_id=user_id, version=version_of(user, membership), confirmation_sent=False)


def remove_user(context: Context, request: RemoveUserRequest) -> RemoveUserResponse:
    """End a user's access at once; removing again answers the same.

    Raises:
        NotFound: The account never had such a user.
        LastAdministrator: Nobody would be left to administer the account.
    """
    known = context.unit.memberships.get(context.caller.account_id, request.user_id)
    if known is not None and known.state is UserState.REMOVED:
        return RemoveUserResponse(user_id=request.user_id)
    user, membership = member(context, request.user_id)
    remove_person(context, user, membership)
    require_administrator(context.unit, membership.account_id)
    return RemoveUserResponse(user_id=request.user_id)


def transfer_administration(
    context: Context, request: TransferAdministrationRequest
) -> TransferAdministrationResponse:
    """Another primary administrator, in one step: at no time are there two, or none.

    Raises:
        NotFound: The account has no such user.
        ValueInvalid: The person's home is another account, or the role is not a customer's.
    """
    user, membership = member(context, request.user_id)
    problems = []
    if membership.home_account_id != membership.account_id:
        problems.append(
            finding(ValueInvalid, "another account answers for this person's login", where="user_id")
        )
    if request.former_role is Role.SUPPLIER:
        problems.append(
            finding(ValueInvalid, "a customer's user cannot have the supplier's role", where="former_role")
        )
    if problems:
        raise ValueInvalid("the administration cannot be transferred like this", problems=tuple(problems))
    unit, account_id = context.unit, membership.account_id
    former = unit.memberships.primary_administrator(account_id)
    if former is not None and former.user_id == user.user_id:
        return TransferAdministrationResponse(user_id=user.user_id, former_user_id=user.user_id)
    unit.memberships.save(
        evolve(
            membership, role=Role.ADMINISTRATOR, primary_administrator=True, version=membership.version + 1
        )
    )
    before = unit.users.get(former.home_account_id, former.user_id) if former else None
    if former is not None:
        unit.memberships.save(
            evolve(
                former,
                role=request.former_role,
                primary_administrator=False,
                version=former.version + 1,
            )
        )
    detail = {"from": former.user_id if former else "", "former_role": request.former_role.value}
    record = audit(context, "administration-transferred", user.user_id, detail=detail)
    for one in (user, before):
        if one is not None:
            tell(context, "administration-transferred", record, one.email, {"to": user.name})
    return TransferAdministrationResponse(
        user_id=user.user_id, former_user_id=former.user_id if former else ""
    )


def replay_transfer_administration(
    _context: Context, _request: TransferAdministrationRequest, reference: str
) -> TransferAdministrationResponse:
    """The answer of an earlier call with the same key."""
    user_id, _, former = reference.partition(" ")
    return TransferAdministrationResponse(user_id=user_id, former_user_id=former)


def transfer_reference(response: TransferAdministrationResponse) -> str:
    """What of the response names its result."""
    return f"{response.user_id} {response.former_user_id}"
