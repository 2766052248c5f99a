"""Limits of people and departments, kept in the unit of work that places the order (ACC-5)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import partial

from askul_connect.core.domain.accounts import Account
from askul_connect.core.domain.capabilities import LIMITS, Capability
from askul_connect.core.domain.limits import DepartmentLimit, month_of
from askul_connect.core.domain.sales import Order
from askul_connect.core.errors import (
    AccountLimitReached,
    CardNotRegistered,
    DepartmentLimitExceeded,
    NotForThisAccount,
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
from askul_connect.core.policies.limits import used_in
from askul_connect.core.services.supplier.capabilities import require_capability
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.credit import require_credit
from askul_connect.core.services.supplier.findings import finding
from askul_connect.core.services.supplier.methods import require_payable
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
    return _used_within(context, context.caller.account_id, code, first, last)


def _used_within(context: Context, account_id: str, code: str, first: date, last: date) -> int:
    orders = context.unit.orders.of_department(account_id, code, first, last)
    numbers = [order.order_number for order in orders]
    returned = context.unit.reductions.units_of(account_id, numbers)
    return used_in(orders, code, context.house.currency, returned)


def limit_problems(
    context: Context, request: PlaceOrderRequest, orders: Sequence[Order]
) -> tuple[Problem, ...]:
    """Which limits the orders of a checkout that are about to be stored would break together.

    What was used is read in the same unit of work: two orders that both fit alone do not both come through.
    """
    account_id, of = context.caller.account_id, context.house.currency
    total = sum(order.total_incl_tax for order in orders)
    problems = [*_person_problems(context, account_id, total)] if orders else []
    limits = {one.code: one.monthly_limit for one in context.unit.department_limits.of_account(account_id)}
    first_lines: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(request.lines, start=1):
        first_lines.setdefault(line.department, (number, line.line_id))
    departments = {line.department for order in orders for line in order.lines}
    for code in sorted(departments & limits.keys()):
        left = limits[code] - _used(context, code)
        costs = used_in(orders, code, of)
        if costs > left:
            detail = (
                f"{code} has {left} left of its {limits[code]} for the month, the order needs {costs}"
                f" {of} with tax"
            )
            number, line_id = first_lines[code]
            where = f"lines[{number}]/department"
            problems.append(finding(DepartmentLimitExceeded, detail, where=where, line_id=line_id))
    return tuple(problems)


def change_problems(
    context: Context, order: Order, line_ids: Collection[str], total: int
) -> tuple[Problem, ...]:
    """Which limits a change breaks that has been stored: nothing of the unit is kept when there are any.

    Args:
        context: The call.
        order: As it is stored now; it counts in the month it was ordered in.
        line_ids: The lines of which more is ordered; a change that only takes off breaks nothing.
        total: What is left of all of its checkout, minor units with tax.
    """
    if not line_ids:
        return ()
    problems = _person_problems(context, order.account_id, total)
    limits = {
        one.code: one.monthly_limit for one in context.unit.department_limits.of_account(order.account_id)
    }
    first, last = month_of(order.order_date)
    changed = {line.department: line.line_id for line in reversed(order.lines) if line.line_id in line_ids}
    for code, line_id in sorted(changed.items()):
        if code not in limits:
            continue
        used = _used_within(context, order.account_id, code, first, last)
        if used > limits[code]:
            detail = (
                f"{code} may spend {limits[code]} in the month, and would come to {used} {order.currency}"
            )
            problems.append(finding(DepartmentLimitExceeded, detail, where="lines", line_id=line_id))
    return tuple(problems)


def _person_problems(context: Context, account_id: str, total: int) -> list[Problem]:
    if context.caller.session is None:
        return []
    membership = context.unit.memberships.get(account_id, context.caller.actor)
    limit = membership.order_limit if membership else None
    if limit is None or total <= limit:
        return []
    detail = f"one order may cost {limit}, this one costs {total} {context.house.currency} with tax"
    return [finding(OrderLimitExceeded, detail, where="lines")]


def account_problems(
    context: Context, account: Account, request: PlaceOrderRequest, orders: Sequence[Order]
) -> list[Problem]:
    """What the account may not: orders of so many lines or of so much at once, or any that it cannot pay for."""
    checks: tuple[Callable[[], None], ...] = (
        partial(require_payable, context, account),
        partial(_require_lines, account, request),
        partial(require_credit, context, account, orders),
    )
    problems = []
    for check in checks:
        try:
            check()
        except (CardNotRegistered, NotForThisAccount, AccountLimitReached) as error:
            problems.append(finding(type(error), error.detail, where=error.where or "lines"))
    return problems


def _require_lines(account: Account, request: PlaceOrderRequest) -> None:
    if len(request.lines) > LIMITS[account.kind].order_lines:
        require_capability(account, Capability.BULK_ORDERS)
