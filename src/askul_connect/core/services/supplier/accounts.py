"""An account's users and departments (ACC-5, ACC-6)."""

from __future__ import annotations

import attrs
from attrs import evolve

from askul_connect.core.domain.accounts import Department, Membership, Role, User, UserState
from askul_connect.core.domain.capabilities import CAPABILITIES
from askul_connect.core.domain.identifiers import email_key, normalise_email
from askul_connect.core.domain.registered_data import data_of
from askul_connect.core.errors import (
    DuplicateRegistration,
    NotFound,
    Problem,
    UnknownDepartment,
    ValueInvalid,
)
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    AddDepartmentResponse,
    AddUserRequest,
    AddUserResponse,
    DepartmentSummary,
    GetAccountRequest,
    GetAccountResponse,
    ListDepartmentsRequest,
    ListDepartmentsResponse,
    ListUsersRequest,
    ListUsersResponse,
    UserSummary,
)
from askul_connect.core.services.supplier.capabilities import require_room_for_user
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding

_NAME_LENGTH = 100
_CODE_LENGTH = 20


def get_account(context: Context, _request: GetAccountRequest) -> GetAccountResponse:
    """The caller's account; the customer number and the registered data are for administrators only (ACC-2)."""
    account = context.account()
    administrator = context.caller.role is Role.ADMINISTRATOR
    answer = GetAccountResponse(
        name=account.name,
        kind=account.kind,
        state=account.state,
        member_number=account.member_number,
        customer_number=account.customer_number if administrator else "",
        buyer_party=account.buyer_party,
        currency=context.house.profile.currency,
        version=account.version,
        capabilities=tuple(sorted(one.value for one in CAPABILITIES[account.kind])),
    )
    return evolve(answer, **attrs.asdict(data_of(account))) if administrator else answer


def add_user(context: Context, request: AddUserRequest) -> AddUserResponse:
    """A user without a password: a temporary one is issued separately, so that it is never stored with an answer."""
    account_id = context.caller.account_id
    require_room_for_user(context, context.account())
    problems = [*_email_problems(request.email), *_name_problems("name", request.name)]
    if request.role is Role.SUPPLIER:
        problems.append(
            finding(ValueInvalid, "a customer's user cannot have the supplier's role", where="role")
        )
    problems += [
        finding(UnknownDepartment, f"there is no department {code!r}", where="department_codes")
        for code in request.department_codes
        if context.unit.departments.by_code(account_id, code) is None
    ]
    if problems:
        raise ValueInvalid("the user cannot be added like this", problems=tuple(problems))
    email = normalise_email(request.email)
    if context.unit.users.by_email_key(email_key(email)) is not None:
        raise DuplicateRegistration(f"{email} is registered already", where="email")
    user_id = context.house.ids.new("user", f"{account_id}:{email_key(email)}")
    context.unit.users.add(
        User(
            user_id=user_id,
            account_id=account_id,
            email=email,
            email_key=email_key(email),
            name=request.name,
            state=UserState.ACTIVE,
            password_hash="",
            password_temporary=True,
            password_expires_at=None,
            old_password_hashes=(),
            created_at=context.now,
        )
    )
    context.unit.memberships.add(
        Membership(
            account_id=account_id,
            user_id=user_id,
            home_account_id=account_id,
            role=request.role,
            department_codes=tuple(sorted(set(request.department_codes))),
            state=UserState.ACTIVE,
            primary_administrator=False,
            joined_at=context.now,
        )
    )
    return AddUserResponse(user_id=user_id)


def replay_add_user(context: Context, _request: AddUserRequest, user_id: str) -> AddUserResponse:
    """The answer of an earlier call with the same key."""
    if context.unit.memberships.get(context.caller.account_id, user_id) is None:
        raise NotFound("the user added under this key no longer exists")
    return AddUserResponse(user_id=user_id)


def list_users(context: Context, _request: ListUsersRequest) -> ListUsersResponse:
    """All users of the caller's account, by e-mail; those whose home is another account among them."""
    found = [
        (user, membership)
        for membership in context.unit.memberships.of_account(context.caller.account_id)
        if (user := context.unit.users.get(membership.home_account_id, membership.user_id)) is not None
    ]
    return ListUsersResponse(
        users=tuple(
            UserSummary(
                user_id=user.user_id,
                email=user.email,
                name=user.name,
                role=membership.role,
                state=membership.state,
                department_codes=membership.department_codes,
            )
            for user, membership in sorted(found, key=lambda one: one[0].email_key)
        )
    )


def add_department(context: Context, request: AddDepartmentRequest) -> AddDepartmentResponse:
    """A department of the caller's account."""
    account_id = context.caller.account_id
    problems = [*_name_problems("name", request.name)]
    if not request.code.strip() or len(request.code) > _CODE_LENGTH:
        problems.append(
            finding(ValueInvalid, f"a department code has 1 to {_CODE_LENGTH} characters", where="code")
        )
    if request.parent_code and context.unit.departments.by_code(account_id, request.parent_code) is None:
        problems.append(
            finding(UnknownDepartment, f"there is no department {request.parent_code!r}", where="parent_code")
        )
    if problems:
        raise ValueInvalid("the department cannot be added like this", problems=tuple(problems))
    if context.unit.departments.by_code(account_id, request.code) is not None:
        raise DuplicateRegistration(f"there is a department {request.code} already", where="code")
    department_id = context.house.ids.new("department", f"{account_id}:{request.code}")
    context.unit.departments.add(
        Department(
            department_id=department_id,
            account_id=account_id,
            code=request.code,
            name=request.name,
            parent_code=request.parent_code,
            postcode=request.postcode,
            address=request.address,
        )
    )
    return AddDepartmentResponse(department_id=department_id)


def replay_add_department(
    _context: Context, _request: AddDepartmentRequest, department_id: str
) -> AddDepartmentResponse:
    """The answer of an earlier call with the same key."""
    return AddDepartmentResponse(department_id=department_id)


def list_departments(context: Context, _request: ListDepartmentsRequest) -> ListDepartmentsResponse:
    """The departments of the caller's account that the caller may see."""
    scope = context.caller.departments
    departments = context.unit.departments.of_account(context.caller.account_id)
    return ListDepartmentsResponse(
        departments=tuple(
            DepartmentSummary(code=entry.code, name=entry.name, parent_code=entry.parent_code)
            for entry in departments
            if not scope or entry.code in scope
        )
    )


def _email_problems(email: str) -> list[Problem]:
    try:
        normalise_email(email)
    except ValueInvalid as error:
        return [finding(ValueInvalid, error.detail, where="email")]
    return []


def _name_problems(where: str, name: str) -> list[Problem]:
    if name.strip() and len(name) <= _NAME_LENGTH:
        return []
    return [finding(ValueInvalid, f"a name has 1 to {_NAME_LENGTH} characters", where=where)]
