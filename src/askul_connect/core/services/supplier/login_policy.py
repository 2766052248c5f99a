"""How an account's people log in: read and set by its administrator, in force at once (ACC-11)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve

from askul_connect.core.domain.accounts import (
    Account,
    LoginSettings,
    Membership,
    Role,
    SecondFactorRule,
    SessionStage,
    User,
    UserState,
)
from askul_connect.core.domain.standing import SESSION_STEPS, SessionStep, next_state
from askul_connect.core.errors import ValueInvalid
from askul_connect.core.messages.factors import (
    GetLoginPolicyRequest,
    GetLoginPolicyResponse,
    SetLoginPolicyRequest,
    SetLoginPolicyResponse,
)
from askul_connect.core.policies.factors import proves
from askul_connect.core.policies.login_settings import settings_problems, shift
from askul_connect.core.policies.passwords import LONGEST_LIFE, SHORTEST_LIFE
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import new_reference, prove_again, require_fresh
from askul_connect.core.services.supplier.factors import factors_of, stage_in_account
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit

_STEPS = {
    SessionStage.SECOND_FACTOR: SessionStep.ASK_FACTOR,
    SessionStage.FACTOR_ENROLMENT: SessionStep.ASK_ENROLMENT,
}


def get_login_policy(context: Context, _request: GetLoginPolicyRequest) -> GetLoginPolicyResponse:
    """The settings, what they can be, and how many people have no factor yet."""
    account = context.account()
    settings = account.login
    without = [user for user, _ in _people(context, account) if not proves(factors_of(context, user))]
    return GetLoginPolicyResponse(
        second_factor=settings.second_factor,
        remember_me=settings.remember_me,
        idle_minutes=settings.idle_minutes,
        password_days=context.house.password_policy.lasting(settings.password_days).expires_after_days or 0,
        own_password_days=settings.password_days,
        least_password_days=SHORTEST_LIFE,
        most_password_days=LONGEST_LIFE,
        people_without_factor=len(without),
    )


def set_login_policy(desk: Desk, request: SetLoginPolicyRequest) -> SetLoginPolicyResponse | Refused:
    """New settings, in force at once; setting what is set already changes nothing and tells nobody.

    Raises:
        ProofRequired: The administrator's password has to come with the call.
        ValueInvalid: A value is outside its range; all are told at once.
    """
    wrong = prove_again(desk, request.current_password)
    return wrong if wrong is not None else desk.unit(lambda context: _set(context, request))


def _set(context: Context, request: SetLoginPolicyRequest) -> SetLoginPolicyResponse:
    require_fresh(context)
    account = context.account()
    policy = context.house.password_policy
    wanted = LoginSettings(
        second_factor=request.second_factor,
        remember_me=request.remember_me,
        idle_minutes=request.idle_minutes,
        password_days=request.password_days,
    )
    problems = settings_problems(policy, wanted)
    if problems:
        raise ValueInvalid("the login policy cannot be set like this", problems=problems)
    if wanted == account.login:
        return SetLoginPolicyResponse(changed=False, sessions_affected=0)
    changed = evolve(account, login=wanted)
    context.unit.accounts.save(changed)
    later = shift(policy, account.login, wanted)
    if later:
        for user in context.unit.users.of_account(account.account_id):
            if user.password_expires_at is not None and not user.password_temporary:
                expires_at = user.password_expires_at + later
                context.unit.users.save(evolve(user, password_expires_at=expires_at))
    required = wanted.second_factor is SecondFactorRule.REQUIRED
    newly = required and account.login.second_factor is not SecondFactorRule.REQUIRED
    affected = _ask_for_factors(context, changed) if newly else 0
    _tell(context, changed, _difference(account.login, wanted))
    return SetLoginPolicyResponse(changed=True, sessions_affected=affected)


def _ask_for_factors(context: Context, account: Account) -> int:
    """Sessions in which no factor was proved go no further without one; returns how many there are."""
    affected = 0
    for user, _ in _people(context, account):
        for session in context.unit.sessions.live_of_user(user.user_id):
            if session.account_id != account.account_id or session.stage is not SessionStage.FULL:
                continue
            stage = stage_in_account(context, account, user, session)
            if stage in _STEPS:
                stage = next_state(SESSION_STEPS, session.stage, _STEPS[stage], "a session")
                context.unit.sessions.save(evolve(session, stage=stage))
                affected += 1
    return affected


def _people(context: Context, account: Account) -> Iterator[tuple[User, Membership]]:
    for one in context.unit.memberships.of_account(account.account_id):
        user = context.unit.users.get(one.home_account_id, one.user_id)
        if one.state is UserState.ACTIVE and user is not None and user.state is UserState.ACTIVE:
            yield user, one


def _difference(before: LoginSettings, after: LoginSettings) -> Mapping[str, str]:
    names = ("second_factor", "remember_me", "idle_minutes", "password_days")
    return {
        name: f"{getattr(before, name)} -> {getattr(after, name)}"
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def _tell(context: Context, account: Account, facts: Mapping[str, str]) -> None:
    """An audit record, and a notice to every administrator (AUTH-17)."""
    reference = new_reference(context)
    audit(context, "login-policy-changed", account.account_id, reference=reference, detail=facts)
    for user, membership in _people(context, account):
        if membership.role is Role.ADMINISTRATOR:
            notify_person(context, "login-policy-changed", f"{reference}:{user.user_id}", user.email, facts)
