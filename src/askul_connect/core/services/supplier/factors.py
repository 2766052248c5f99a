"""Second factors of people: what a session may be used for, the list, removal, reset by an administrator (AUTH-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.accounts import (
    Account,
    SecondFactorRule,
    Session,
    SessionStage,
    User,
    UserState,
)
from askul_connect.core.domain.devices import RememberedDevice
from askul_connect.core.domain.factors import FACTOR_STEPS, Factor, FactorKind, FactorState, FactorStep
from askul_connect.core.domain.login_risk import RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import SessionStep, next_state
from askul_connect.core.errors import AccessDenied, FactorNeeded, NotFound, ValueInvalid
from askul_connect.core.messages.factors import (
    FactorSummary,
    ListFactorsRequest,
    ListFactorsResponse,
    RemoveFactorRequest,
    RemoveFactorResponse,
    ResetFactorsRequest,
    ResetFactorsResponse,
)
from askul_connect.core.policies.factors import MOST_OF_A_KIND, is_stale, proves, stage_for
from askul_connect.core.services.supplier import recovery_codes
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    end_others,
    forget_failures,
    note_factor,
    person_of,
    proof_of,
    prove_again,
    record_change,
    replace_session,
    require_fresh,
    session_of,
)
from askul_connect.core.services.supplier.temporary_passwords import (
    SHORT_LIFE,
    give_temporary_password,
    new_temporary_password,
)

_LABEL_LENGTH = 50


# --- what a session may be used for


def factors_of(context: Context, user: User) -> Sequence[Factor]:
    """Every factor of a person, removed ones too."""
    return context.unit.factors.of_user(user.account_id, user.user_id)


def stage_after_password(
    context: Context, account: Account, user: User, *, factor_proved_on_device: bool
) -> SessionStage:
    """What a session may be used for whose password, or remembered device, was proved just now (AUTH-4, AUTH-8).

    Args:
        context: The call.
        account: In which the session will work.
        user: The person.
        factor_proved_on_device: Whether the device is remembered from a login with a factor (AUTH-11).
    """
    expired = user.password_expires_at is not None and context.now >= user.password_expires_at
    if user.password_temporary or user.password_compromised or expired:
        return SessionStage.PASSWORD_CHANGE
    return stage_for(account.login.second_factor, factors_of(context, user), proved=factor_proved_on_device)


def vouches(device: RememberedDevice | None, risk: RiskAssessment) -> datetime | None:
    """When the factor was proved on a device whose word counts for it; None where it has to be proved now (AUTH-9)."""
    if device is None or risk.verdict is RiskVerdict.SECOND_FACTOR:
        return None
    return device.factor_proved_at


def stage_in_account(context: Context, account: Account, user: User, session: Session) -> SessionStage:
    """What a full session may be used for in another account, or under new settings of its own (ACC-5, ACC-11)."""
    proved = proof_of(context, session).factor_at is not None
    return stage_for(account.login.second_factor, factors_of(context, user), proved=proved)


def factor_required(context: Context, user: User) -> bool:
    """Whether one of the person's accounts requires a factor."""
    accounts = (
        context.unit.accounts.get(one.account_id)
        for one in context.unit.memberships.of_user(user.user_id)
        if one.state is UserState.ACTIVE
    )
    return any(one is not None and one.login.second_factor is SecondFactorRule.REQUIRED for one in accounts)


# --- enrolment, shared by the kinds


def begin(context: Context, kind: FactorKind, label: str) -> tuple[User, Factor]:
    """A pending factor of the caller, not stored yet; an earlier pending one of the kind is forgotten.

    Raises:
        ProofRequired: The password has to come with the call.
        ValueInvalid: The label, or there are as many of the kind as there can be.
    """
    require_fresh(context)
    user = person_of(context, session_of(context))
    if not label.strip() or len(label) > _LABEL_LENGTH:
        raise ValueInvalid(f"a label has 1 to {_LABEL_LENGTH} characters", where="label")
    known = factors_of(context, user)
    of_kind = [one for one in known if one.kind is kind]
    if (
        sum(one.state in (FactorState.ACTIVE, FactorState.SUSPENDED) for one in of_kind)
        >= MOST_OF_A_KIND[kind]
    ):
        raise ValueInvalid(
            f"there are {MOST_OF_A_KIND[kind]} factors of this kind already; remove one first", where="kind"
        )
    for one in of_kind:
        if one.state is FactorState.PENDING:
            context.unit.factors.save(removed(one))
    return user, Factor(
        factor_id=context.house.ids.new("factor", f"{user.user_id}:{len(known)}"),
        home_account_id=user.account_id,
        user_id=user.user_id,
        kind=kind,
        state=FactorState.PENDING,
        label=label.strip(),
        created_at=context.now,
    )


def pending(context: Context, factor_id: str, kind: FactorKind) -> tuple[User, Factor]:
    """The caller's pending factor of that id.

    Raises:
        NotFound: There is none, or it was begun too long ago.
    """
    user = person_of(context, session_of(context))
    factor = context.unit.factors.get(user.account_id, factor_id)
    if (
        factor is None
        or factor.user_id != user.user_id
        or factor.kind is not kind
        or factor.state is not FactorState.PENDING
        or is_stale(factor, context.now)
    ):
        raise NotFound("there is no factor of this kind to be confirmed", where="factor_id")
    return user, factor


def codes_due(context: Context, user: User) -> bool:
    """Whether the person gets a set of recovery codes with the next factor."""
    return not proves(factors_of(context, user)) or not recovery_codes.codes_of(context, user)


def confirm(
    context: Context, user: User, factor: Factor, codes: recovery_codes.NewCodes, *, end_other_sessions: bool
) -> Secret | None:
    """A pending factor counts from now on; returns the token of a session that takes the place of the caller's."""
    context.unit.factors.save(
        evolve(
            factor,
            state=next_state(FACTOR_STEPS, factor.state, FactorStep.CONFIRM, "a factor"),
            confirmed_at=context.now,
            last_used_at=context.now,
        )
    )
    if codes.hashes:
        recovery_codes.store_codes(context, user, codes)
    session, token = session_of(context), None
    if session.stage is SessionStage.FACTOR_ENROLMENT:
        token, session = replace_session(context, session, SessionStep.ENROL_FACTOR)
    else:
        note_factor(context, session)
    end_others(context, user, session, everything=end_other_sessions)
    record_change(
        context, user, "factor-added", factor.factor_id, {"kind": factor.kind.value, "label": factor.label}
    )
    return token


# --- the list


def list_factors(context: Context, _request: ListFactorsRequest) -> ListFactorsResponse:
    """The caller's own factors; what is pending for too long or removed is not among them."""
    session = session_of(context)
    user = person_of(context, session)
    shown = [
        one
        for one in factors_of(context, user)
        if one.state is not FactorState.REMOVED and not is_stale(one, context.now)
    ]
    return ListFactorsResponse(
        stage=session.stage,
        required=factor_required(context, user),
        factors=tuple(
            FactorSummary(
                factor_id=one.factor_id,
                kind=one.kind,
                state=one.state,
                label=one.label,
                created_at=one.created_at,
                last_used_at=one.last_used_at,
                suspended_reason=one.suspended_reason,
            )
            for one in shown
        ),
        recovery_codes_left=recovery_codes.left(context, user),
    )


# --- the end of a factor


def removed(factor: Factor) -> Factor:
    """A factor that is no more; nothing that could prove anything is left of it."""
    state = next_state(FACTOR_STEPS, factor.state, FactorStep.REMOVE, "a factor")
    return evolve(factor, state=state, seed="", credential_id="", public_key="")


def suspend(context: Context, user: User, factor: Factor, reason: str) -> None:
    """A factor proves nothing from now on; the person is told."""
    state = next_state(FACTOR_STEPS, factor.state, FactorStep.SUSPEND, "a factor")
    context.unit.factors.save(evolve(factor, state=state, suspended_reason=reason))
    record_change(
        context, user, "factor-suspended", factor.factor_id, {"label": factor.label, "reason": reason}
    )


def remove_factor(desk: Desk, request: RemoveFactorRequest) -> RemoveFactorResponse | Refused:
    """Remove a factor of one's own; doing it again answers the same.

    Raises:
        ProofRequired: The password has to come with the call.
        NotFound: The person has no such factor.
        FactorNeeded: It is the last active one, and an account of the person requires one.
    """
    wrong = prove_again(desk, request.current_password)
    return wrong if wrong is not None else desk.unit(lambda context: _remove(context, request))


def _remove(context: Context, request: RemoveFactorRequest) -> RemoveFactorResponse:
    require_fresh(context)
    session = session_of(context)
    user = person_of(context, session)
    factor = context.unit.factors.get(user.account_id, request.factor_id)
    if factor is None or factor.user_id != user.user_id:
        raise NotFound("there is no such factor", where="factor_id")
    left = [one for one in proves(factors_of(context, user)) if one.factor_id != factor.factor_id]
    if factor.state is FactorState.REMOVED:
        return RemoveFactorResponse(factors_left=len(left))
    was_pending = factor.state is FactorState.PENDING
    if not was_pending and not left and factor_required(context, user):
        raise FactorNeeded("an account requires a second factor, and this is the last one", where="factor_id")
    context.unit.factors.save(removed(factor))
    if not was_pending:
        if not left:
            context.unit.recovery_codes.replace(user.account_id, user.user_id, ())
        end_others(context, user, session, everything=request.end_other_sessions)
        record_change(
            context,
            user,
            "factor-removed",
            factor.factor_id,
            {"kind": factor.kind.value, "label": factor.label},
        )
    return RemoveFactorResponse(factors_left=len(left))


def reset_factors(desk: Desk, request: ResetFactorsRequest) -> ResetFactorsResponse | Refused:
    """Remove every factor of another user; the user proves a temporary password and enrols anew.

    The password becomes a temporary one in the same step: otherwise whoever knows the old one would be let in by it
    alone.

    Raises:
        ProofRequired: The administrator's password has to come with the call.
        NotFound: The account has no such user, or the user's home is another one.
        AccessDenied: The administrator's own factors are for another administrator to reset.
    """
    wrong = prove_again(desk, request.current_password)
    if wrong is not None:
        return wrong
    desk.unit(lambda context: _to_be_reset(context, request.user_id))
    password = new_temporary_password(desk.house)
    encoded = desk.house.hasher.hash(password)

    def reset(context: Context) -> ResetFactorsResponse:
        user = _to_be_reset(context, request.user_id)
        expires_at = context.now + SHORT_LIFE
        _take_everything(context, user, encoded, expires_at)
        return ResetFactorsResponse(temporary_password=password, expires_at=expires_at)

    return desk.unit(reset)


def _to_be_reset(context: Context, user_id: str) -> User:
    require_fresh(context)
    if user_id == context.caller.actor:
        raise AccessDenied("one's own factors are for another administrator, or support, to reset")
    user = context.unit.users.get(context.caller.account_id, user_id)
    if user is None or user.state is not UserState.ACTIVE:
        raise NotFound("there is no such user", where="user_id")
    return user


def _take_everything(context: Context, user: User, encoded: str, expires_at: datetime) -> None:
    known = [one for one in factors_of(context, user) if one.state is not FactorState.REMOVED]
    for one in known:
        context.unit.factors.save(removed(one))
    context.unit.recovery_codes.replace(user.account_id, user.user_id, ())
    forget_failures(context, user)
    give_temporary_password(context.unit, context.house, user, encoded, expires_at)
    record_change(context, user, "factors-reset", user.user_id, {"factors": str(len(known))})
