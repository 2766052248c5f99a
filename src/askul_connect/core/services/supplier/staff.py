"""The supplier's own people: login with a mandatory second factor, and who they are (AUTH-19, AUTH-20)."""

from __future__ import annotations

import base64
import hashlib
import unicodedata

from attrs import evolve

from askul_connect.core.domain.accounts import LoginRecord, Session, SessionStage
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.domain.staff import STAFF_STEPS, StaffMember, StaffState, StaffStep
from askul_connect.core.domain.standing import next_state
from askul_connect.core.errors import (
    LoginMismatch,
    LoginRefused,
    NotFound,
    PasswordChangeRequired,
    PasswordRejected,
    ValueInvalid,
)
from askul_connect.core.messages.staff import (
    AddStaffRequest,
    AddStaffResponse,
    ListStaffRequest,
    ListStaffResponse,
    RemoveStaffRequest,
    RemoveStaffResponse,
    StaffLoginRequest,
    StaffLoginResponse,
    StaffSummary,
)
from askul_connect.core.policies.passwords import PasswordFacts, judge
from askul_connect.core.policies.staff_access import LIFE, after_failure, is_paused
from askul_connect.core.services.supplier.context import Context, Desk, House, Refused
from askul_connect.core.services.supplier.devices import end_access
from askul_connect.core.services.supplier.login import check_device
from askul_connect.core.services.supplier.login_proof import RISKY, as_kept, refusal
from askul_connect.core.services.supplier.login_risk import (
    assess,
    facts_of,
    learn,
    past_of,
    refuses,
    said_of,
)
from askul_connect.core.services.supplier.notices import SECURITY_DESK, notify_person
from askul_connect.core.services.supplier.records import add_login_record, audit
from askul_connect.core.services.supplier.temporary_passwords import SHORT_LIFE, new_temporary_password

_LONGEST_NAME = 100
#: Bytes of a second factor's seed, as RFC 4226 recommends.
_SEED_BYTES = 20


def staff_login(desk: Desk, request: StaffLoginRequest) -> StaffLoginResponse | Refused:
    """A session for password and one-time code; whatever is wrong, the answer is the same.

    Name, password and code are all looked at whatever the others are; an unknown name costs one hash too. A pause
    after failures answers like a wrong password. A code is used up by the login that it was good for.

    Whoever is right is assessed like everybody else (AUTH-9), with no unit of work open.

    Raises:
        ValueInvalid: The device's name is too long.
        PasswordRejected: The new password breaks rules; nothing else was wrong, and the code is not used up.
        LoginRefused: All is right, and the login is too unusual.
    """
    check_device(request.device)
    key = _login_key(request.login_name)
    member = desk.unit(lambda context: context.unit.staff.by_login_key(key))
    known = member if member is not None and member.state is StaffState.ACTIVE else None
    right = desk.house.hasher.verify(known.password_hash if known else "", request.password)
    # hashed whether or not the rest is right: the time it takes says nothing
    replacement = desk.house.hasher.hash(request.new_password) if request.new_password else ""

    def settle(context: Context) -> StaffMember | Refused:
        now = context.unit.staff.by_login_key(key)
        same = now is not None and known is not None and now.password_hash == known.password_hash
        if now is None or now.state is not StaffState.ACTIVE or is_paused(now, context.now):
            return _refused(context, request, now, "paused" if now else "unknown")
        step = _step(context, now, request.code)
        if not right or not same or step is None or step <= now.last_step or _is_late(context, now):
            context.unit.staff.save(after_failure(now, context.now))
            return _refused(context, request, now, "mismatch")
        return _proved(
            context, request, evolve(now, last_step=step, failures=0, paused_until=None), replacement
        )

    proved = desk.unit(settle)
    if isinstance(proved, Refused):
        return proved
    facts = desk.unit(
        lambda context: facts_of(
            context,
            ("", proved.staff_id),
            request.device,
            past_of(context, proved.staff_id),
            failures=known.failures if known else 0,
        )
    )
    risk = assess(desk.house, facts)
    return desk.unit(lambda context: _let_in(context, request, (proved, replacement), (facts, risk)))


def _step(context: Context, member: StaffMember, code: Secret) -> int | None:
    return context.house.codes.step_of(context.house.cipher.decrypt(member.seed), code, context.now)


def _is_late(context: Context, member: StaffMember) -> bool:
    """Whether the password was a temporary one that was not used in time."""
    return member.password_expires_at is not None and context.now >= member.password_expires_at


def _proved(
    context: Context, request: StaffLoginRequest, member: StaffMember, replacement: str
) -> StaffMember | Refused:
    """Use up the code of somebody whose password and code were right."""
    if replacement and request.new_password:
        _require_good(context.house, member, request)
    context.unit.staff.save(member)
    if member.password_temporary and not replacement:
        _record(context, request, member, PasswordChangeRequired.code, "temporary password")
        return Refused(
            PasswordChangeRequired(
                "log in with the next code and a new password beside the temporary one", where="new_password"
            )
        )
    return member


def _let_in(
    context: Context,
    request: StaffLoginRequest,
    proved: tuple[StaffMember, str],
    assessed: tuple[LoginFacts, RiskAssessment],
) -> StaffLoginResponse | Refused:
    """Let in whoever is still who proved it; what was changed or taken away in between counts."""
    (before, replacement), (facts, risk) = proved, assessed
    member = context.unit.staff.get(before.staff_id)
    if (
        member is None
        or member.state is not StaffState.ACTIVE
        or member.password_hash != before.password_hash
    ):
        return _refused(context, request, member, "mismatch")
    if refuses(risk):
        return _refuse_risky(context, request, member, assessed)
    if replacement:
        member = evolve(member, password_hash=replacement, password_temporary=False, password_expires_at=None)
        end_access(context.unit, member.staff_id, context.now, "password")
        audit(context, "staff-password-changed", member.staff_id, account_id="", actor=member.staff_id)
        context.unit.staff.save(member)
    reference = _record(context, request, member, "success", "", risk=risk)
    _tell(context, member, (facts, risk), reference)
    learn(context, facts, past_of(context, member.staff_id))
    token = context.house.ids.token("staff-session")
    expires_at = context.now + LIFE
    context.unit.sessions.add(
        Session(
            token_hash=token.fingerprint(),
            session_id=context.house.ids.new("session", token.fingerprint()),
            account_id="",
            user_id=member.staff_id,
            home_account_id="",
            stage=SessionStage.FULL,
            created_at=context.now,
            last_seen_at=context.now,
            expires_at=expires_at,
            address=context.call.address,
        )
    )
    audit(
        context,
        "staff-logged-in",
        member.staff_id,
        account_id="",
        actor=member.staff_id,
        reference=reference,
    )
    return StaffLoginResponse(session_token=token, expires_at=expires_at, name=member.name)


def _refuse_risky(
    context: Context,
    request: StaffLoginRequest,
    member: StaffMember,
    assessed: tuple[LoginFacts, RiskAssessment],
) -> Refused:
    """Refused, and told to the supplier's security desk; a lock ends the sessions too."""
    facts, risk = assessed
    reference = _record(context, request, member, LoginRefused.code, RISKY.reason, risk=risk)
    _tell(context, member, (facts, risk), reference)
    if risk.verdict is RiskVerdict.LOCK:
        end_access(context.unit, member.staff_id, context.now, "risk")
        detail = {"reasons": ", ".join(risk.reasons)}
        audit(
            context,
            "staff-login-locked",
            member.staff_id,
            account_id="",
            actor="",
            reference=reference,
            detail=detail,
        )
    return Refused(refusal(RISKY, reference))


def _tell(
    context: Context, member: StaffMember, assessed: tuple[LoginFacts, RiskAssessment], reference: str
) -> None:
    """Tell the supplier's security desk what stood out; staff have no address of their own here."""
    facts, risk = assessed
    if risk.verdict is not RiskVerdict.ALLOW:
        said = said_of(facts, risk, reference) | {"login_name": member.login_name}
        notify_person(context, "staff-login-unusual", reference, SECURITY_DESK, said)


def _require_good(house: House, member: StaffMember, request: StaffLoginRequest) -> None:
    new = request.new_password or Secret("")
    facts = PasswordFacts(
        login_ids=(member.login_name,),
        name=member.name,
        company=house.profile.name,
        used_before=new == request.password,
        second_factor=True,
    )
    problems = judge(house.password_policy, new, facts)
    if problems:
        raise PasswordRejected("the new password does not satisfy the policy", problems=problems)


def _refused(
    context: Context, request: StaffLoginRequest, member: StaffMember | None, reason: str
) -> Refused:
    reference = _record(context, request, member, LoginMismatch.code, f"staff-{reason}")
    return Refused(LoginMismatch("the login data do not match", reference=reference))


def _record(
    context: Context,
    request: StaffLoginRequest,
    member: StaffMember | None,
    result: str,
    reason: str,
    *,
    risk: RiskAssessment | None = None,
) -> str:
    reference = context.house.ids.digits("login-reference", 10)
    add_login_record(
        context.unit,
        context.house,
        LoginRecord(
            reference=reference,
            at=context.now,
            login_id=as_kept(request.login_name),
            account_id="",
            user_id=member.staff_id if member else "",
            result=result,
            reason=reason,
            address=context.call.address,
            device=request.device,
            risk=", ".join(risk.reasons) if risk else "",
        ),
    )
    return reference


def _login_key(login_name: str) -> str:
    return unicodedata.normalize("NFKC", login_name).strip().casefold()


def new_seed(house: House) -> Secret:
    """A seed for a second factor, base32."""
    random = hashlib.sha256(house.ids.token("staff-seed").reveal().encode()).digest()
    return Secret(base64.b32encode(random[:_SEED_BYTES]).decode())


def add_staff(desk: Desk, request: AddStaffRequest) -> AddStaffResponse:
    """A new staff member, with a temporary password and a second factor that are shown once.

    Raises:
        ValueInvalid: A name is empty or too long, or somebody has the login name or had it before.
    """
    # who may not add anybody makes us hash nothing
    desk.unit(lambda context: _require_free(context, request))
    house = desk.house
    password, seed = new_temporary_password(house), new_seed(house)
    encoded = house.hasher.hash(password)

    def settle(context: Context) -> AddStaffResponse:
        _require_free(context, request)
        key = _login_key(request.login_name)
        expires_at = context.now + SHORT_LIFE
        member = StaffMember(
            staff_id=house.ids.new("staff", key),
            login_name=request.login_name.strip(),
            login_key=key,
            name=request.name.strip(),
            state=StaffState.ACTIVE,
            password_hash=encoded,
            password_temporary=True,
            password_expires_at=expires_at,
            seed=house.cipher.encrypt(seed),
            added_by=context.caller.actor if context.caller.session else "",
            created_at=context.now,
        )
        context.unit.staff.add(member)
        audit(
            context, "staff-added", member.staff_id, account_id="", detail={"login_name": member.login_name}
        )
        return AddStaffResponse(
            staff_id=member.staff_id,
            temporary_password=password,
            enrolment_uri=house.codes.uri(seed, issuer=house.profile.name, name=member.login_name),
            expires_at=expires_at,
        )

    return desk.unit(settle)


def _require_free(context: Context, request: AddStaffRequest) -> None:
    for where, name in (("login_name", request.login_name), ("name", request.name)):
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise ValueInvalid(f"a name has 1 to {_LONGEST_NAME} characters on one line", where=where)
    if context.unit.staff.by_login_key(_login_key(request.login_name)) is not None:
        raise ValueInvalid("somebody has this login name, or had it before", where="login_name")


def remove_staff(context: Context, request: RemoveStaffRequest) -> RemoveStaffResponse:
    """Take a staff member's access away; sessions end at once, and the second factor is forgotten.

    Raises:
        NotFound: There is no such staff member.
        ValueInvalid: It is the last one.
    """
    member = context.unit.staff.get(request.staff_id)
    if member is None:
        raise NotFound("there is no such staff member", where="staff_id")
    if member.removed_at is not None:
        return RemoveStaffResponse(removed_at=member.removed_at)
    active = [one for one in context.unit.staff.all() if one.state is StaffState.ACTIVE]
    if len(active) == 1:
        raise ValueInvalid("the last staff member cannot be removed; add another one first", where="staff_id")
    state = next_state(STAFF_STEPS, member.state, StaffStep.REMOVE, "a staff member")
    context.unit.staff.save(evolve(member, state=state, removed_at=context.now, seed="", password_hash=""))
    end_access(context.unit, member.staff_id, context.now, "removed")
    for environment in context.unit.environments.of_user(member.staff_id):
        context.unit.environments.remove(environment)
    audit(context, "staff-removed", member.staff_id, account_id="")
    return RemoveStaffResponse(removed_at=context.now)


def list_staff(context: Context, _request: ListStaffRequest) -> ListStaffResponse:
    """Everybody, removed ones too."""
    return ListStaffResponse(
        staff=tuple(
            StaffSummary(
                staff_id=one.staff_id,
                login_name=one.login_name,
                name=one.name,
                state=one.state.value,
                added_by=one.added_by,
                created_at=one.created_at,
                removed_at=one.removed_at,
            )
            for one in context.unit.staff.all()
        )
    )
