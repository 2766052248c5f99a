"""One session, several accounts and departments (ACC-5)."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from askul_connect.core.domain.accounts import (
    Account,
    AccountState,
    Membership,
    SecondFactorRule,
    Session,
    SessionStage,
    UserState,
)
from askul_connect.core.errors import NotFound, SecondFactorRequired, UnknownDepartment, ValueInvalid
from askul_connect.core.messages.people import (
    ListContextsRequest,
    ListContextsResponse,
    SwitchContextRequest,
    SwitchContextResponse,
    WorkContext,
)
from askul_connect.core.policies.reach import reach
from askul_connect.core.services.supplier.context import Context
from askul_connect.core.services.supplier.factor_proofs import person_of
from askul_connect.core.services.supplier.factors import stage_in_account
from askul_connect.core.services.supplier.records import audit


def list_contexts(context: Context, _request: ListContextsRequest) -> ListContextsResponse:
    """Where the person may work, by the account's name."""
    session = _session(context)
    found = sorted(_memberships(context), key=lambda one: (one[0].name, one[0].account_id))
    return ListContextsResponse(
        contexts=tuple(
            WorkContext(
                member_number=account.member_number,
                account_name=account.name,
                role=membership.role,
                department_codes=_choices(context, membership),
                second_factor_required=account.login.second_factor is SecondFactorRule.REQUIRED,
                current=account.account_id == session.account_id,
                current_department=(
                    session.department_code if account.account_id == session.account_id else ""
                ),
            )
            for account, membership in found
        )
    )


def switch_context(context: Context, request: SwitchContextRequest) -> SwitchContextResponse:
    """The session works there from its next call on, by that account's login settings.

    Raises:
        NotFound: The person belongs to no open account of that number.
        SecondFactorRequired: The account requires one, and this session has not proved any.
        UnknownDepartment: It is not within the person's reach there.
    """
    session = _session(context)
    found = next(
        (one for one in _memberships(context) if one[0].member_number == request.member_number), None
    )
    if found is None:
        raise NotFound("there is no such account of this person", where="member_number")
    account, membership = found
    elsewhere = account.account_id != session.account_id
    user = person_of(context, session)
    if elsewhere and stage_in_account(context, account, user, session) is not SessionStage.FULL:
        raise SecondFactorRequired("the account requires a second factor; log in anew and prove one")
    code = request.department_code
    if code and code not in _choices(context, membership):
        raise UnknownDepartment(f"there is no department {code!r} to work in", where="department_code")
    context.unit.sessions.save(
        evolve(session, account_id=account.account_id, department_code=code, last_seen_at=context.now)
    )
    audit(
        context,
        "context-switched",
        context.caller.actor,
        account_id=account.account_id,
        detail={"department": code},
    )
    return SwitchContextResponse(account_name=account.name, role=membership.role, department_code=code)


def _session(context: Context) -> Session:
    session = context.caller.session
    if session is None:
        raise ValueInvalid("only a person's session has contexts")
    return session


def _memberships(context: Context) -> Sequence[tuple[Account, Membership]]:
    """The open accounts that the person belongs to."""
    found = (
        (context.unit.accounts.get(one.account_id), one)
        for one in context.unit.memberships.of_user(context.caller.actor)
        if one.state is UserState.ACTIVE
    )
    return [
        (account, one)
        for account, one in found
        if account is not None and account.state is AccountState.ACTIVE
    ]


def _choices(context: Context, membership: Membership) -> tuple[str, ...]:
    departments = context.unit.departments.of_account(membership.account_id)
    own = reach(membership.role, membership.department_codes, departments)
    return tuple(one.code for one in departments if not own or one.code in own)
