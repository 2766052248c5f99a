"""Staff who act for a named user of an account: with that user's rights, and recorded (ORD-9)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import Account, AccountState, UserState
from askul_connect.core.domain.orders import Channel
from askul_connect.core.errors import AccessDenied, NotFound, ValueInvalid
from askul_connect.core.operations.registry import BUYERS
from askul_connect.core.policies.reach import is_limited, reach
from askul_connect.core.services.supplier.context import Context, Principal

_LONGEST_CHECK = 500


def require_staff_member(context: Context) -> None:
    """Go on only when a person of the supplier's staff calls: nobody else has checked a caller.

    Raises:
        AccessDenied: It is the supplier's own program.
    """
    if context.caller.session is None:
        raise AccessDenied("this is for the supplier's own people: a program checks no caller")


def require_check(checked: str) -> None:
    """Go on only when it is said how the caller was checked.

    Raises:
        ValueInvalid: Nothing is said, or too much.
    """
    if not 1 <= len(checked.strip()) <= _LONGEST_CHECK:
        raise ValueInvalid(
            f"say in 1 to {_LONGEST_CHECK} characters how the caller was checked", where="checked"
        )


def as_user(context: Context, account: Account, user_id: str, channel: Channel) -> Context:
    """The call as if the named user made it: account, departments, limits and role are the user's.

    Raises:
        NotFound: The account has no such user.
        AccessDenied: The account or the user is not active, or the user may not order.
    """
    unit = context.unit
    membership = unit.memberships.get(account.account_id, user_id)
    user = unit.users.get(membership.home_account_id, user_id) if membership else None
    if membership is None or user is None:
        raise NotFound("the account has no such user", where="user_id")
    if account.state is not AccountState.ACTIVE:
        raise AccessDenied(f"the account is {account.state}", where="member_number")
    if membership.state is not UserState.ACTIVE or user.state is not UserState.ACTIVE:
        raise AccessDenied("the user is not active", where="user_id")
    if membership.role not in BUYERS:
        raise AccessDenied(f"a user who is {membership.role} may not order", where="user_id")
    codes = membership.department_codes
    limited = is_limited(membership.role, codes)
    departments = unit.departments.of_account(account.account_id) if limited else ()
    principal = Principal(
        account_id=account.account_id,
        actor=user.user_id,
        role=membership.role,
        # that of the staff member: what is a person's call is judged as one
        session=context.caller.session,
        account=account,
        departments=reach(membership.role, codes, departments) if limited else frozenset(),
    )
    return evolve(context, principal=principal, call=evolve(context.call, channel=channel))
