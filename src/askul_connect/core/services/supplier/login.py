"""Login, and the change of a password that is proved like a login (AUTH-1, AUTH-4, AUTH-5, AUTH-11)."""

from __future__ import annotations

from datetime import datetime

from attrs import evolve

from askul_connect.core.domain.accounts import Account, SessionStage, User
from askul_connect.core.domain.devices import RememberedDevice
from askul_connect.core.domain.login_risk import RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import PasswordRejected, ValueInvalid
from askul_connect.core.messages.login import (
    ChangePasswordRequest,
    ChangePasswordResponse,
    LoginRequest,
    LoginResponse,
)
from askul_connect.core.policies.passwords import PasswordFacts, judge
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
from askul_connect.core.services.supplier.login_proof import (
    DEVICE_LENGTH,
    Credentials,
    Person,
    Proof,
    prove,
    settle,
)
from askul_connect.core.services.supplier.notices import notify_person
from askul_connect.core.services.supplier.records import audit
from askul_connect.core.services.supplier.sessions import open_session
from askul_connect.core.services.supplier.temporary_passwords import chosen_passwords


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


def stage_after_password(
    context: Context, _account: Account, user: User, _device: RememberedDevice | None
) -> SessionStage:
    """What a session may be used for after the password was proved.

    Args:
        context: The call.
        user: Who proved it.
        _account: Says whether a second factor is required.
        _device: The remembered device that the login came from; None when its word does not count for the second
            factor (AUTH-8, AUTH-9).
    """
    expired = user.password_expires_at is not None and context.now >= user.password_expires_at
    if user.password_temporary or user.password_compromised or expired:
        return SessionStage.PASSWORD_CHANGE
    return SessionStage.FULL


def _let_in(context: Context, proof: Proof, request: LoginRequest) -> LoginResponse | Refused:
    person = settle(context, proof)
    if isinstance(person, Refused):
        return person
    account, user = person.account, person.user
    if proof.new_hash:
        user = evolve(user, password_hash=proof.new_hash)
        context.unit.users.save(user)
    trusted = proof.reserved.trusted
    vouches = trusted if proof.risk.verdict is not RiskVerdict.SECOND_FACTOR else None
    stage = stage_after_password(context, account, user, vouches)
    device, device_token = _device_of(context, proof, person, request, stage)
    _end_session_before(context, user)
    token, session = open_session(
        context, account, user, stage, device=request.device, family=device.family if device else ""
    )
    return LoginResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=person.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
        device_token=device_token,
        device_expires_at=device.expires_at if device else None,
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
    house, user = desk.house, proof.person.user
    policy = house.password_policy
    chosen = chosen_passwords(user)
    used = dict.fromkeys((user.password_hash, *chosen[: policy.remembered]))
    facts = PasswordFacts(
        login_ids=(user.email, proof.person.account.customer_number),
        name=user.name,
        company=proof.person.account.name,
        used_before=any(house.hasher.verify(old, request.new_password) for old in used),
    )
    problems = judge(policy, request.new_password, facts)
    if problems:
        # the attempt itself was a good login and stays recorded
        settled = desk.unit(lambda context: settle(context, proof))
        if isinstance(settled, Refused):
            return settled
        return Refused(PasswordRejected("the new password does not satisfy the policy", problems=problems))
    changed = evolve(
        user,
        password_hash=house.hasher.hash(request.new_password),
        password_temporary=False,
        password_compromised=False,
        password_expires_at=None,
        old_password_hashes=chosen[: policy.remembered - 1],
    )
    return desk.unit(
        lambda context: _set_password(context, proof, changed, policy.expires_at(desk.house.clock.now()))
    )


def _set_password(
    context: Context, proof: Proof, changed: User, expires_at: datetime
) -> ChangePasswordResponse | Refused:
    person = settle(context, proof)
    if isinstance(person, Refused):
        return person
    user = evolve(
        person.user,
        password_hash=changed.password_hash,
        password_temporary=changed.password_temporary,
        password_compromised=changed.password_compromised,
        password_expires_at=expires_at,
        old_password_hashes=changed.old_password_hashes,
    )
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
    notify_person(context, "password-changed", reference, user.email, facts)
    return ChangePasswordResponse(password_expires_at=expires_at)
