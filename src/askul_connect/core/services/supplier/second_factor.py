"""Proving the second factor of a session that waits for it (AUTH-8)."""

from __future__ import annotations

from collections.abc import Callable

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import Account, Membership, Session, SessionStage, User
from askul_connect.core.domain.devices import RememberedDevice
from askul_connect.core.domain.factors import ChallengePurpose, FactorKind, RecoveryCode
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.standing import SessionStep
from askul_connect.core.errors import FactorRejected, IllegalStep, NotAuthenticated, ValueInvalid
from askul_connect.core.messages.factors import (
    StartPasskeyVerificationRequest,
    StartPasskeyVerificationResponse,
    VerifySecondFactorRequest,
    VerifySecondFactorResponse,
)
from askul_connect.core.policies.factors import CHALLENGE_LIFE, MOST_IN_A_ROW, MOST_IN_A_SESSION, proves
from askul_connect.core.policies.sessions import is_trusted
from askul_connect.core.services.supplier import devices, factors, passkeys, recovery_codes, totp
from askul_connect.core.services.supplier.authentication import principal_of
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    count_failure,
    count_in_a_row,
    forget_failures,
    paused,
    record_change,
    refused,
    replace_session,
    succeeded,
)
from askul_connect.core.services.supplier.notices import notify_person

_TOO_MANY = "too many wrong codes"
_NO_MATCH = "the second factor does not match or was used before"


@frozen(kw_only=True)
class Waiting:
    """A session that waits for its second factor, and whose it is."""

    session: Session
    account: Account
    user: User
    membership: Membership


def _waiting(context: Context) -> Waiting:
    """The session of the call's token.

    Raises:
        NotAuthenticated: There is none, or it has ended.
        IllegalStep: It does not wait for a factor.
    """
    if context.call.token is None:
        raise NotAuthenticated("this needs the session that waits for its second factor")
    session = principal_of(context.unit, context.call.token, context.now, context.call.address).session
    if session is None or session.stage is not SessionStage.SECOND_FACTOR:
        raise IllegalStep("this session does not wait for a second factor")
    account = context.unit.accounts.get(session.account_id)
    user = context.unit.users.get(session.home_account_id, session.user_id)
    membership = context.unit.memberships.get(session.account_id, session.user_id)
    if account is None or user is None or membership is None:
        raise NotAuthenticated("the session or client credential is not valid")
    return Waiting(session=session, account=account, user=user, membership=membership)


def start_passkey_verification(
    context: Context, _request: StartPasskeyVerificationRequest
) -> StartPasskeyVerificationResponse:
    """A challenge for the passkeys of the person.

    Raises:
        NotAuthenticated: There is no session, or it has ended.
        IllegalStep: It does not wait for a factor, or there is no passkey.
    """
    waiting = _waiting(context)
    known = passkeys.passkeys_of(context, waiting.user)
    if not known:
        raise IllegalStep("there is no passkey that could answer; use another factor")
    challenge = passkeys.give_challenge(
        context,
        ChallengePurpose.VERIFICATION,
        user=waiting.user,
        session_id=waiting.session.session_id,
    )
    options = context.house.passkeys.request_options(
        context.house.relying_party,
        challenge=challenge.reveal(),
        allowed=[one.credential_id for one in known],
    )
    return StartPasskeyVerificationResponse(options=options, expires_at=context.now + CHALLENGE_LIFE)


def verify_second_factor(
    desk: Desk, request: VerifySecondFactorRequest
) -> VerifySecondFactorResponse | Refused:
    """A full session in the place of the one that waited.

    Raises:
        ValueInvalid: Not exactly one of the three was given.
        NotAuthenticated: There is no session, or it has ended.
        IllegalStep: The session does not wait for a factor.
        FactorRejected: Wrong or used before, which answers alike; the fifth ends the session.
        TooManyAttempts: Too many wrong ones in a row; ``retry_after`` says how long to wait.
    """
    given = (request.code is not None, request.recovery_code is not None, bool(request.passkey))
    if sum(given) != 1:
        raise ValueInvalid("give exactly one of code, recovery_code and passkey")
    if request.recovery_code is not None:
        return _by_recovery_code(desk, request.recovery_code, remember=request.remember)

    def check(context: Context, waiting: Waiting) -> str:
        if request.code is not None:
            return _by_code(context, waiting, request.code)
        answered = passkeys.answer_of(
            context, request.passkey, ChallengePurpose.VERIFICATION, waiting.session.session_id
        )
        return "passkey" if answered.factor is not None else ""

    return desk.unit(lambda context: _settle(context, check, remember=request.remember))


def _by_code(context: Context, waiting: Waiting, code: Secret) -> str:
    factor = totp.code_matches(context, waiting.user, code)
    if factor is None:
        return ""
    context.unit.factors.save(evolve(factor, last_used_at=context.now))
    return "totp"


def _by_recovery_code(desk: Desk, code: Secret, *, remember: bool) -> VerifySecondFactorResponse | Refused:
    def look(context: Context) -> RecoveryCode | Refused | None:
        waiting = _waiting(context)
        wait = paused(context, waiting.user)
        if wait is not None:
            return wait
        return recovery_codes.meant(recovery_codes.codes_of(context, waiting.user), code)

    found = desk.unit(look)
    if isinstance(found, Refused):
        return found
    # the work of one hash, whatever was typed
    right = desk.house.hasher.verify(found.code_hash if found else "", recovery_codes.as_typed(code))

    def check(context: Context, waiting: Waiting) -> str:
        if found is None or not right or not context.unit.recovery_codes.use(found, context.now):
            return ""
        left = recovery_codes.left(context, waiting.user)
        record_change(
            context, waiting.user, "recovery-code-used", waiting.user.user_id, {"codes_left": str(left)}
        )
        return "recovery-code"

    return desk.unit(lambda context: _settle(context, check, remember=remember))


def _settle(
    context: Context, check: Callable[[Context, Waiting], str], *, remember: bool
) -> VerifySecondFactorResponse | Refused:
    """Try it, unless the person has to wait; count it, or give the session that goes on."""
    waiting = _waiting(context)
    wait = paused(context, waiting.user)
    if wait is not None:
        return wait
    by = check(context, waiting)
    if not by:
        _count(context, waiting)
        return refused(context, waiting.user, FactorRejected(_NO_MATCH), "second-factor")
    forget_failures(context, waiting.user)
    token, session = replace_session(context, waiting.session, SessionStep.PROVE_FACTOR)
    succeeded(context, waiting.user, by)
    device, device_token = _note_on_device(context, waiting, session, remember=remember)
    return VerifySecondFactorResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=waiting.membership.role,
        account_name=waiting.account.name,
        user_name=waiting.user.name,
        recovery_codes_left=recovery_codes.left(context, waiting.user),
        device_token=device_token,
        device_expires_at=device.expires_at if device else None,
    )


def _note_on_device(
    context: Context, waiting: Waiting, session: Session, *, remember: bool
) -> tuple[RememberedDevice | None, Secret | None]:
    """The device a factor was proved on needs none next time, where it is remembered already or is to be now.

    Returns:
        A device that is remembered from now on and its first token; what was remembered before keeps its own.
    """
    home = context.unit.accounts.get(waiting.user.account_id)
    known = context.unit.devices.get(session.device_family)
    if known is not None and home is not None and is_trusted(known, home, waiting.user, context.now):
        context.unit.devices.save(evolve(known, factor_proved_at=context.now))
        return None, None
    if not remember or home is None or not home.login.remember_me:
        return None, None
    device, token = devices.remember(context, waiting.user, session.device, factor_proved_at=context.now)
    context.unit.sessions.save(evolve(session, device_family=device.family))
    return device, token


def _count(context: Context, waiting: Waiting) -> None:
    """Count a wrong one: the session's, and the person's in a row."""
    count_failure(context, waiting.session)
    failures = count_in_a_row(context, waiting.user)
    if failures == MOST_IN_A_SESSION:
        key = f"{waiting.session.session_id}:{failures}"
        notify_person(context, "second-factor-attempts", key, waiting.user.email, {"attempts": str(failures)})
    if failures >= MOST_IN_A_ROW:
        for one in proves(factors.factors_of(context, waiting.user)):
            if one.kind is FactorKind.TOTP:
                factors.suspend(context, waiting.user, one, _TOO_MANY)
