"""Limits of people and departments, kept in the unit of work that places the order (ACC-5)."""

from __future__ import annotations

from collections.abc import Collection

from askul_connect.core.domain.limits import DepartmentLimit, month_of
from askul_connect.core.domain.sales import Order
from askul_connect.core.errors import (
    DepartmentLimitExceeded,
    NotFound,
    OrderLimitExceeded,
    Problem,
    ValueInvalid,
)
from askul_connect.core.messages.ordering import PlaceOrderRequest
from askul_connect.core.messages.people import (
    DepartmentLimitSummary,
    ListDepartmentLimitsRequest,
    ListDepartmentLimitsResponse,
    SetDepartmentLimitRequest,
    SetDepartmentLimitResponse,
)
from askul_connect.core.policies.limits import used_by, used_in
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.records import audit


def set_department_limit(context: Context, request: SetDepartmentLimitRequest) -> SetDepartmentLimitResponse:
    """What a department may spend in a month, in force at once.

    Raises:
        NotFound: The account has no such department.
        ValueInvalid: The limit is negative.
    """
    account_id, limit = context.caller.account_id, request.monthly_limit
    if context.unit.departments.by_code(account_id, request.code) is None:
        raise NotFound(f"there is no department {request.code!r}", where="code")
    if limit is None:
        context.unit.department_limits.remove(account_id, request.code)
    elif limit < 0:
        raise ValueInvalid("a limit is not negative", where="monthly_limit")
    else:
        context.unit.department_limits.put(
            DepartmentLimit(account_id=account_id, code=request.code, monthly_limit=limit)
        )
    audit(context, "department-limit-set", request.code, detail={"monthly_limit": limit})
    return SetDepartmentLimitResponse(code=request.code, monthly_limit=limit)


def list_department_limits(
    context: Context, _request: ListDepartmentLimitsRequest
) -> ListDepartmentLimitsResponse:
    """The limits of the departments within reach, with what this business month has used."""
    scope = context.caller.departments
    return ListDepartmentLimitsResponse(
        month=month_of(context.today)[0],
        limits=tuple(
            DepartmentLimitSummary(
                code=one.code, monthly_limit=one.monthly_limit, used=used, left=one.monthly_limit - used
            )
            for one in context.unit.department_limits.of_account(context.caller.account_id)
            if not scope or one.code in scope
            for used in [_used(context, one.code)]
        ),
    )


def _used(context: Context, code: str) -> int:
    first, last = month_of(context.today)
    orders = context.unit.orders.of_department(context.caller.account_id, code, first, last)
    return used_in(orders, code, context.house.currency)


def limit_problems(context: Context, request: PlaceOrderRequest, order: Order) -> tuple[Problem, ...]:
    """Which limits an order that is about to be stored would break.

    What was used is read in the same unit of work: two orders that both fit alone do not both come through.
    """
    problems = [*_person_problems(context, order)]
    limits = {
        one.code: one.monthly_limit for one in context.unit.department_limits.of_account(order.account_id)
    }
    asked = {line.line_id: number for number, line in enumerate(request.lines, start=1)}
    first_lines = {line.department: line.line_id for line in reversed(order.lines)}
    for code, line_id in sorted(first_lines.items()):
        if code not in limits:
            continue
        left = limits[code] - _used(context, code)
        costs = used_by(order, code, context.house.currency)
        if costs > left:
            detail = (
                f"{code} has {left} left of its {limits[code]} for the month, the order needs {costs}"
                f" {order.currency} with tax"
            )
            where = f"lines[{asked[line_id]}]/department"
            problems.append(finding(DepartmentLimitExceeded, detail, where=where, line_id=line_id))
    return tuple(problems)


def change_problems(context: Context, order: Order, line_ids: Collection[str]) -> tuple[Problem, ...]:
    """Which limits a change breaks that has been stored: nothing of the unit is kept when there are any.

    Args:
        context: The call.
        order: As it is stored now; it counts in the month it was ordered in.
        line_ids: The lines of which more is ordered; a change that only takes off breaks nothing.
    """
    if not line_ids:
        return ()
    problems = _person_problems(context, order)
    limits = {
        one.code: one.monthly_limit for one in context.unit.department_limits.of_account(order.account_id)
    }
    first, last = month_of(order.order_date)
    changed = {line.department: line.line_id for line in reversed(order.lines) if line.line_id in line_ids}
    for code, line_id in sorted(changed.items()):
        if code not in limits:
            continue
        orders = context.unit.orders.of_department(order.account_id, code, first, last)
        used = used_in(orders, code, context.house.currency)
        if used > limits[code]:
            detail = (
                f"{code} may spend {limits[code]} in the month, and would come to {used} {order.currency}"
            )
            problems.append(finding(DepartmentLimitExceeded, detail, where="lines", line_id=line_id))
    return tuple(problems)


def _person_problems(context: Context, order: Order) -> list[Problem]:
    if context.caller.session is None:
        return []
    membership = context.unit.memberships.get(order.account_id, context.caller.actor)
    limit = membership.order_limit if membership else None
    if limit is None or order.total_incl_tax <= limit:
        return []
    detail = f"one order may cost {limit}, this one costs {order.total_incl_tax} {order.currency} with tax"
    return [finding(OrderLimitExceeded, detail, where="lines")]
