"""The departments of an account (ACC-5, ACC-7)."""

from __future__ import annotations

from datetime import date

from attrs import evolve

from askul_connect.core.domain.accounts import Department, UserState
from askul_connect.core.domain.departments import within
from askul_connect.core.domain.orders import LineState
from askul_connect.core.errors import (
    DepartmentInUse,
    DuplicateRegistration,
    NotFound,
    Problem,
    UnknownDepartment,
    ValueInvalid,
    VersionConflict,
)
from askul_connect.core.messages.accounts import (
    AddDepartmentRequest,
    AddDepartmentResponse,
    DepartmentSummary,
    ListDepartmentsRequest,
    ListDepartmentsResponse,
)
from askul_connect.core.messages.people import (
    ChangeDepartmentRequest,
    ChangeDepartmentResponse,
    RemoveDepartmentRequest,
    RemoveDepartmentResponse,
)
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.people import name_problems
from askul_connect.core.services.supplier.records import audit

_CODE_LENGTH = 20
_OPEN = frozenset(
    {LineState.AWAITING_APPROVAL, LineState.PLACED, LineState.CONFIRMED, LineState.PARTLY_SHIPPED}
)


def add_department(context: Context, request: AddDepartmentRequest) -> AddDepartmentResponse:
    """A department of the caller's account."""
    account_id = context.caller.account_id
    problems = [*name_problems("name", request.name)]
    if not request.code.strip() or len(request.code) > _CODE_LENGTH:
        problems.append(
            finding(ValueInvalid, f"a department code has 1 to {_CODE_LENGTH} characters", where="code")
        )
    if request.parent_code and context.unit.departments.by_code(account_id, request.parent_code) is None:
        problems.append(_no_parent(request.parent_code))
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
    audit(context, "department-added", request.code)
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
            DepartmentSummary(
                code=entry.code,
                name=entry.name,
                parent_code=entry.parent_code,
                version=entry.version,
                postcode=entry.postcode,
                address=entry.address,
            )
            for entry in departments
            if not scope or entry.code in scope
        )
    )


def change_department(context: Context, request: ChangeDepartmentRequest) -> ChangeDepartmentResponse:
    """Name, place in the tree and address, in force at once; the code stays, because orders name it.

    Raises:
        NotFound: The account has no such department.
        VersionConflict: Somebody else has changed it; the differences are named.
        ValueInvalid: A value breaks its rule, or the department would be below itself; all findings at once.
    """
    department = _department(context, request.code)
    changed = evolve(
        department,
        name=request.name,
        parent_code=request.parent_code,
        postcode=request.postcode,
        address=request.address,
        version=department.version + 1,
    )
    if request.version != department.version:
        raise VersionConflict(
            f"the department is at version {department.version}, not {request.version}",
            where="version",
            problems=tuple(
                finding(
                    VersionConflict,
                    f"it is {getattr(department, name)!r} now, asked for is {getattr(changed, name)!r}",
                    where=name,
                )
                for name in ("name", "parent_code", "postcode", "address")
                if getattr(department, name) != getattr(changed, name)
            ),
        )
    problems = [*name_problems("name", request.name), *_parent_problems(context, request)]
    if problems:
        raise ValueInvalid("the department cannot be changed like this", problems=tuple(problems))
    context.unit.departments.save(changed)
    audit(
        context,
        "department-changed",
        department.code,
        detail={"parent": {"before": department.parent_code, "after": changed.parent_code}},
    )
    return ChangeDepartmentResponse(code=changed.code, version=changed.version)


def _no_parent(code: str) -> Problem:
    return finding(UnknownDepartment, f"there is no department {code!r}", where="parent_code")


def _parent_problems(context: Context, request: ChangeDepartmentRequest) -> list[Problem]:
    if not request.parent_code:
        return []
    departments = context.unit.departments.of_account(context.caller.account_id)
    if request.parent_code not in {one.code for one in departments}:
        return [_no_parent(request.parent_code)]
    if request.parent_code in within(departments, (request.code,)):
        detail = f"{request.parent_code!r} is {request.code!r} itself or below it"
        return [finding(ValueInvalid, detail, where="parent_code")]
    return []


def replay_change_department(
    context: Context, _request: ChangeDepartmentRequest, code: str
) -> ChangeDepartmentResponse:
    """The answer of an earlier call with the same key, as the department stands now."""
    return ChangeDepartmentResponse(code=code, version=_department(context, code).version)


def remove_department(context: Context, request: RemoveDepartmentRequest) -> RemoveDepartmentResponse:
    """Take a department out of the tree; its orders stay in the history under its code.

    Raises:
        NotFound: The account has no such department.
        DepartmentInUse: It has users, departments below it or open orders; all of them are named.
    """
    department = _department(context, request.code)
    problems = _uses(context, department)
    if problems:
        raise DepartmentInUse(f"the department {department.code} is in use", problems=tuple(problems))
    context.unit.departments.remove(department.account_id, department.code)
    context.unit.department_limits.remove(department.account_id, department.code)
    audit(context, "department-removed", department.code)
    return RemoveDepartmentResponse(code=department.code)


def replay_remove_department(
    _context: Context, _request: RemoveDepartmentRequest, code: str
) -> RemoveDepartmentResponse:
    """The answer of an earlier call with the same key."""
    return RemoveDepartmentResponse(code=code)


def _uses(context: Context, department: Department) -> list[Problem]:
    unit, account_id, code = context.unit, department.account_id, department.code
    # whoever lost the last department would see the whole account
    people = [
        one.user_id
        for one in unit.memberships.of_account(account_id)
        if one.state is UserState.ACTIVE and code in one.department_codes
    ]
    below = [one.code for one in unit.departments.of_account(account_id) if one.parent_code == code]
    orders = [
        order.order_number
        for order in unit.orders.of_department(account_id, code, date.min)
        if any(line.department == code and line.state in _OPEN for line in order.lines)
    ]
    return [
        finding(DepartmentInUse, f"{what}: {', '.join(found)}", where=where)
        for what, where, found in (
            ("users belong to it", "users", people),
            ("departments are below it", "departments", below),
            ("orders are open", "orders", orders),
        )
        if found
    ]


def _department(context: Context, code: str) -> Department:
    department = context.unit.departments.by_code(context.caller.account_id, code)
    if department is None:
        raise NotFound(f"there is no department {code!r}", where="code")
    return department
