"""Login, and the change of a password that is proved like a login (AUTH-1, AUTH-4, AUTH-5, AUTH-11)."""

from __future__ import annotations

from attrs import evolve

from askul_connect.core.domain.accounts import SessionStage, User
from askul_connect.core.domain.devices import RememberedDevice
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import PasswordRejected, ValueInvalid
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    ChangePasswordResponse,
    LoginRequest,
    LoginResponse,
)
from askul_connect.core.policies.passwords import NEVER
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.devices import (
    end,
    end_access,
    exchange,
    forget,
    remember,
    report_reuse,
    shown_by,
)
from askul_connect.core.services.supplier.factor_proofs import begin_proof
from askul_connect.core.services.supplier.factors import stage_after_password, vouches
from askul_connect.core.services.supplier.login_proof import (
    DEVICE_LENGTH,
    Credentials,
    Person,
    Proof,
    prove,
    settle,
)
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.passwords import judge_new_password, warn_of_expiry, with_password
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.sessions import open_session


def login(desk: Desk, request: LoginRequest) -> LoginResponse | Refused:
    """A session for the right ID and password; one that can only set a password where that is due.

    Raises:
        ValueInvalid: A device is to be remembered that others use too, or its name is too long.
    """
    check_device(request.device)
    if request.remember and request.shared_device:
        raise ValueInvalid("a device that others use is not remembered", where="remember")
    given = Credentials(
        login_id=request.login_id,
        password=request.password,
        device=request.device,
        device_token=request.device_token,
    )
    proof = prove(desk, given)
    if isinstance(proof, Refused):
        return proof
    return desk.unit(lambda context: _let_in(context, proof, request))


def check_device(device: str) -> None:
    """Refuse a name of a device that is too long or has control characters; before anything is looked up."""
    if len(device) > DEVICE_LENGTH or not device.isprintable():
        raise ValueInvalid(
            f"the name of a device has at most {DEVICE_LENGTH} printable characters", where="device"
        )


def _let_in(context: Context, proof: Proof, request: LoginRequest) -> LoginResponse | Refused:
    admitted = settle(context, proof)
    if isinstance(admitted, Refused):
        return admitted
    person = admitted.person
    account, user = person.account, person.user
    if proof.new_hash:
        user = evolve(user, password_hash=proof.new_hash)
        context.unit.users.save(user)
    factor_at = vouches(proof.reserved.trusted, admitted.risk)
    stage = stage_after_password(context, account, user, factor_proved_on_device=factor_at is not None)
    device, device_token = _device_of(context, proof, person, request, stage)
    _end_session_before(context, user)
    token, session = open_session(
        context, account, user, stage, device=request.device, family=device.family if device else ""
    )
    begin_proof(context, session, factor_at)
    warn_of_expiry(context, user)
    return LoginResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=person.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
        device_token=device_token,
        device_expires_at=device.expires_at if device else None,
        stage=stage,
    )


def _device_of(
    context: Context, proof: Proof, person: Person, request: LoginRequest, stage: SessionStage
) -> tuple[RememberedDevice | None, Secret | None]:
    """The device that the session belongs to and its next token, where it is remembered."""
    trusted = proof.reserved.trusted
    if request.device_token is not None and trusted is not None:
        shown = shown_by(context.unit, request.device_token)
        if request.shared_device and shown.device is not None:
            forget(context, shown.device, "shared")
            return None, None
        exchanged = exchange(context, shown)
        if exchanged is not None:
            return exchanged
        # it was exchanged while the password was hashed: two hold it
        if shown.device is not None and shown.reused:
            report_reuse(context, shown.device, proof.reserved.reference)
    # a session that is not complete has not proved enough to be remembered by
    if request.remember and person.account.login.remember_me and stage is SessionStage.FULL:
        return remember(context, person.user, request.device)
    return None, None


def _end_session_before(context: Context, user: User) -> None:
    """Whoever logs in anew from a session gets another token, and the old one ends."""
    if context.call.token is None:
        return
    before = context.unit.sessions.get(context.call.token.fingerprint())
    if before is not None and before.user_id == user.user_id and before.ended_at is None:
        end(context.unit, before, context.now)


# --- change of password ---------------------------------------------------------------------------------------


def change_password(desk: Desk, request: ChangePasswordRequest) -> ChangePasswordResponse | Refused:
    """A new password for whoever proves the present one; the user's other sessions and devices end (AUTH-5, AUTH-11).

    The attempt counts like a login. The session the call came with goes on, unless it was one that could only set a
    password.
    """
    check_device(request.device)
    given = Credentials(
        login_id=request.login_id,
        password=request.current_password,
        device=request.device,
        device_token=request.device_token,
    )
    proof = prove(desk, given)
    if isinstance(proof, Refused):
        return proof
    house, user, home = desk.house, proof.person.user, proof.person.account
    problems = judge_new_password(house, home, user, request.new_password)
    if problems:
        # the attempt itself was a good login and stays recorded
        settled = desk.unit(lambda context: settle(context, proof))
        if isinstance(settled, Refused):
            return settled
        return Refused(
            PasswordRejected("the new password does not satisfy the policy", problems=tuple(problems))
        )
    encoded = house.hasher.hash(request.new_password)
    return desk.unit(lambda context: _set_password(context, proof, encoded))


def _set_password(context: Context, proof: Proof, encoded: str) -> ChangePasswordResponse | Refused:
    admitted = settle(context, proof)
    if isinstance(admitted, Refused):
        return admitted
    person = admitted.person
    # whoever proves a password does so at home: an ID names nobody in another account
    user = with_password(context.house, person.account, person.user, encoded, context.now)
    context.unit.users.save(user)
    own = context.unit.sessions.get(context.call.token.fingerprint()) if context.call.token else None
    goes_on = own is not None and own.user_id == user.user_id and own.stage is SessionStage.FULL
    end_access(context.unit, user.user_id, context.now, "password", keep=own if goes_on else None)
    reference = proof.reserved.reference
    audit(
        context,
        "password-changed",
        user.user_id,
        account_id=user.account_id,
        actor=user.user_id,
        reference=reference,
    )
    facts = {"address": context.call.address, "reference": reference}
    notify_person(context, "password-changed", f"{user.user_id}:{reference}", user.email, facts)
    return ChangePasswordResponse(password_expires_at=user.password_expires_at or NEVER)
