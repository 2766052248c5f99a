"""What was proved in a session: the identity again before a change, a factor, and wrong tries (AUTH-8, AUTH-11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from attrs import evolve

from askul_connect.core.domain.accounts import LoginRecord, Session, SessionStage, User
from askul_connect.core.domain.factors import FactorFailures, SessionProof
from askul_connect.core.domain.login_risk import RiskAssessment
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import SESSION_STEPS, SessionStep, next_state
from askul_connect.core.errors import (
    AskulConnectError,
    LoginMismatch,
    NotAuthenticated,
    Problem,
    ProofRequired,
    TooManyAttempts,
)
from askul_connect.core.policies.factors import MOST_IN_A_SESSION, is_fresh, wait_left
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.devices import end, end_access
from askul_connect.core.services.supplier.login_proof import turned_down
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import add_login_record, audit

_REFERENCE_DIGITS = 10
#: Reasons of refusals of somebody who is logged in: a wrong password or code that came with a change.
NO_LOGINS = frozenset({"proof", "passkey-enrolment", "totp-enrolment"})
_SECOND = timedelta(seconds=1)
#: Reason of the refusal during a pause.
_PAUSED = "too-many-attempts"


def new_reference(context: Context) -> str:
    """The number under which a person and support find what happened."""
    return context.house.ids.digits("login-reference", _REFERENCE_DIGITS)


def session_of(context: Context) -> Session:
    """The session of the caller, who is a person.

    Raises:
        NotAuthenticated: There is none: a machine or the supplier's own automation calls.
    """
    session = context.caller.session
    if session is None:
        raise NotAuthenticated("this needs a login by a person")
    return session


def person_of(context: Context, session: Session) -> User:
    """The person of a session.

    Raises:
        NotAuthenticated: Gone meanwhile.
    """
    user = context.unit.users.get(session.home_account_id, session.user_id)
    if user is None:
        raise NotAuthenticated("the person of this session no longer exists")
    return user


# --- proofs


def proof_of(context: Context, session: Session) -> SessionProof:
    """What was proved in a session so far."""
    return context.unit.proofs.get(session.token_hash) or SessionProof(token_hash=session.token_hash)


def begin_proof(context: Context, session: Session, factor_at: datetime | None) -> None:
    """Note with what a new session begins: the password was proved just now, a factor maybe before on its device."""
    context.unit.proofs.put(
        SessionProof(token_hash=session.token_hash, identity_at=context.now, factor_at=factor_at)
    )


def note_identity(context: Context, session: Session) -> None:
    """Note that the password, or a passkey in its place, was proved in a session just now."""
    context.unit.proofs.put(evolve(proof_of(context, session), identity_at=context.now))


def note_factor(context: Context, session: Session, at: datetime | None = None) -> None:
    """Note that a second factor was proved in a session just now, or before on its device."""
    context.unit.proofs.put(evolve(proof_of(context, session), factor_at=at or context.now))


def require_fresh(context: Context) -> None:
    """Let a change of factors go on only shortly after a proof of identity (ASVS 7.5.1).

    Raises:
        ProofRequired: The password has to come with the call.
    """
    if not is_fresh(proof_of(context, session_of(context)), context.now):
        raise ProofRequired("the password was not proved in this session within 5 minutes")


def prove_again(desk: Desk, password: Secret | None) -> Refused | None:
    """Check the password that came with a change, between units of work, and note that it was right.

    Args:
        desk: The call.
        password: What was typed; None when nothing was, which proves nothing and refuses nothing.

    Returns:
        The refusal of a wrong one; it counts as a wrong try of the session, which ends after five.
    """
    if password is None:
        return None
    encoded = desk.unit(lambda context: person_of(context, session_of(context)).password_hash)
    right = desk.house.hasher.verify(encoded, password)

    def settle(context: Context) -> Refused | None:
        session = session_of(context)
        user = person_of(context, session)
        if right and user.password_hash == encoded:
            note_identity(context, session)
            return None
        count_failure(context, session)
        return refused(context, user, LoginMismatch("the login data do not match"), "proof")

    return desk.unit(settle)


# --- wrong tries


def count_failure(context: Context, session: Session) -> None:
    """Count a wrong try of a session; the session ends with the fifth."""
    proof = proof_of(context, session)
    proof = evolve(proof, failures=proof.failures + 1)
    context.unit.proofs.put(proof)
    if proof.failures >= MOST_IN_A_SESSION:
        end_session(context, session)


def paused(context: Context, user: User) -> Refused | None:
    """The refusal while a person has to wait, whatever is typed; None when a code may be tried.

    It is the one of a password's pause (AUTH-7). Only a session whose password was proved gets it.
    """
    left = wait_left(context.unit.factor_failures.get(user.user_id), context.now)
    if left <= timedelta():
        return None
    detail = "too many second factors were wrong: none is looked at for the moment"
    problem = Problem(code=_PAUSED, detail=detail, remedy=TooManyAttempts.remedy.en)
    error = TooManyAttempts(detail, retry_after=-(-left // _SECOND), problems=(problem,))
    return refused(context, user, error, _PAUSED)


def count_in_a_row(context: Context, user: User) -> int:
    """Count a wrong code of a person; returns how many there have been in a row, over all sessions."""
    known = context.unit.factor_failures.get(user.user_id)
    failures = (known.failures if known else 0) + 1
    context.unit.factor_failures.put(
        FactorFailures(user_id=user.user_id, failures=failures, last_at=context.now)
    )
    return failures


def forget_failures(context: Context, user: User) -> None:
    """Begin to count anew after a right one."""
    if context.unit.factor_failures.get(user.user_id) is not None:
        context.unit.factor_failures.put(
            FactorFailures(user_id=user.user_id, failures=0, last_at=context.now)
        )


# --- sessions


def end_session(context: Context, session: Session) -> None:
    """End a session at once."""
    end(context.unit, session, context.now)


def end_others(context: Context, user: User, own: Session, *, everything: bool) -> None:
    """End a person's other sessions.

    Args:
        context: The call.
        user: The person.
        own: The session that goes on, with its device.
        everything: As the person chose, devices too; sessions that could only enrol a factor end in any case, since
            whoever holds one would enrol a factor by the password alone.
    """
    if everything:
        end_access(context.unit, user.user_id, context.now, "factor", keep=own)
        return
    for session in context.unit.sessions.live_of_user(user.user_id):
        if session.token_hash != own.token_hash and session.stage is SessionStage.FACTOR_ENROLMENT:
            end(context.unit, session, context.now)


def replace_session(context: Context, session: Session, step: SessionStep) -> tuple[Secret, Session]:
    """Put a session of a new token in the place of one that goes a step on; its limits stay (ASVS 7.2.4)."""
    token = context.house.ids.token("session")
    made = evolve(
        session,
        token_hash=token.fingerprint(),
        session_id=context.house.ids.new("session", token.fingerprint()),
        stage=next_state(SESSION_STEPS, session.stage, step, "a session"),
        last_seen_at=context.now,
    )
    before = proof_of(context, session)
    end_session(context, session)
    context.unit.sessions.add(made)
    context.unit.proofs.put(evolve(before, token_hash=made.token_hash, factor_at=context.now, failures=0))
    return token, made


# --- records


def refused(
    context: Context,
    user: User | None,
    error: AskulConnectError,
    reason: str,
    typed: str = "",
    *,
    device: str = "",
    risk: RiskAssessment | None = None,
) -> Refused:
    """A refusal that the login history knows by its reference (AUTH-2, AUTH-10).

    Args:
        context: The call.
        user: Whom the attempt was about; None for nobody we know.
        error: What the caller is told; it gets the reference.
        reason: For the history only.
        typed: The login ID, where one was typed.
        device: What the caller said of itself.
        risk: What was said of the attempt, where it was assessed.
    """
    error.reference = new_reference(context)
    _record(context, user, (error.code, reason), (typed, device), error.reference, risk=risk)
    if reason not in NO_LOGINS:
        turned_down(context, reason)
    return Refused(error)


def succeeded(
    context: Context,
    user: User,
    reason: str,
    typed: str = "",
    *,
    device: str = "",
    risk: RiskAssessment | None = None,
) -> str:
    """Put a right one into the login history; its reference."""
    reference = new_reference(context)
    _record(context, user, ("success", reason), (typed, device), reference, risk=risk)
    return reference


def _record(
    context: Context,
    user: User | None,
    outcome: tuple[str, str],
    said: tuple[str, str],
    reference: str,
    *,
    risk: RiskAssessment | None,
) -> None:
    result, reason = outcome
    typed, device = said
    add_login_record(
        context.unit,
        context.house,
        LoginRecord(
            reference=reference,
            at=context.now,
            login_id=typed or (user.email if user else ""),
            account_id=user.account_id if user else "",
            user_id=user.user_id if user else "",
            result=result,
            reason=reason,
            address=context.call.address,
            device=device,
            risk=", ".join(risk.reasons) if risk else "",
        ),
    )


def record_change(context: Context, user: User, action: str, subject: str, facts: Mapping[str, str]) -> None:
    """Put a change of factors into the audit records and tell the person (AUTH-17)."""
    reference = new_reference(context)
    actor = context.principal.actor if context.principal else user.user_id
    audit(
        context, action, subject, account_id=user.account_id, actor=actor, reference=reference, detail=facts
    )
    notify_person(context, action, reference, user.email, facts)
