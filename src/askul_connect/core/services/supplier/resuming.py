"""Logging in by a remembered device: one token for a session and the next token (AUTH-11)."""

from __future__ import annotations

from attrs import frozen

from askul_connect.core.domain.accounts import Account, LoginRecord, Membership, SessionStage, User
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.errors import LoginRefused
from askul_connect.core.messages.sessions import ResumeSessionRequest, ResumeSessionResponse
from askul_connect.core.policies.login_standing import Hindrance, hindrance
from askul_connect.core.policies.sessions import is_trusted
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.devices import Shown, exchange, forget, report_reuse, shown_by
from askul_connect.core.services.supplier.factor_proofs import note_factor
from askul_connect.core.services.supplier.factors import stage_after_password, vouches
from askul_connect.core.services.supplier.login import check_device
from askul_connect.core.services.supplier.login_proof import RISKY, lock, refusal, turned_down
from askul_connect.core.services.supplier.login_risk import (
    assess,
    facts_of,
    learn,
    past_of,
    tell_of_risk,
)
from askul_connect.core.services.supplier.passwords import warn_of_expiry
from askul_connect.core.services.supplier.records import add_login_record
from askul_connect.core.services.supplier.sessions import open_session

NOT_REMEMBERED = Hindrance(
    reason="device-not-remembered",
    detail="the device is not remembered, or not any more",
    remedy="Log in with ID and password.",
)


@frozen(kw_only=True)
class _Asked:
    """One call: what came, what is known of it, and the number it is recorded under."""

    request: ResumeSessionRequest
    reference: str
    shown: Shown
    risk: RiskAssessment | None = None

    @property
    def label(self) -> str:
        """What the device says of itself now, or said when it was remembered."""
        return self.request.device or (self.shown.device.label if self.shown.device else "")

    def record(self, context: Context, result: str, reason: str) -> None:
        device = self.shown.device
        add_login_record(
            context.unit,
            context.house,
            LoginRecord(
                reference=self.reference,
                at=context.now,
                login_id="",
                account_id=device.home_account_id if device else "",
                user_id=device.user_id if device else "",
                result=result,
                reason=reason,
                address=context.call.address,
                device=self.label,
                risk=", ".join(self.risk.reasons) if self.risk else "",
            ),
        )

    def refuse(self, context: Context, hindered: Hindrance, reason: str) -> Refused:
        """Recorded with its reason; whose token is not good learns only that."""
        self.record(context, LoginRefused.code, reason)
        turned_down(context, reason)
        return Refused(refusal(hindered, self.reference))


@frozen(kw_only=True)
class _Owner:
    """Whose device it is, and that nothing is in the way."""

    asked: _Asked
    account: Account
    user: User
    membership: Membership


def resume_session(desk: Desk, request: ResumeSessionRequest) -> ResumeSessionResponse | Refused:
    """A session and the next token for a device's token; a token that comes twice ends the device and its sessions.

    Raises:
        ValueInvalid: The device's name is too long.
    """
    check_device(request.device)
    reference = desk.house.ids.digits("login-reference", 10)
    looked = desk.unit(lambda context: _look(context, request, reference))
    if isinstance(looked, Refused):
        return looked
    risk = assess(desk.house, looked)
    return desk.unit(lambda context: _resume(context, request, reference, (looked, risk)))


def _look(context: Context, request: ResumeSessionRequest, reference: str) -> LoginFacts | Refused:
    owner = _owner(context, request, reference, None)
    if isinstance(owner, Refused):
        return owner
    user = owner.user
    known = past_of(context, user.user_id)
    return facts_of(context, (user.account_id, user.user_id), owner.asked.label, known, remembered=True)


def _resume(
    context: Context,
    request: ResumeSessionRequest,
    reference: str,
    assessed: tuple[LoginFacts, RiskAssessment],
) -> ResumeSessionResponse | Refused:
    facts, risk = assessed
    owner = _owner(context, request, reference, risk)
    if isinstance(owner, Refused):
        return owner
    asked, account, user = owner.asked, owner.account, owner.user
    if risk.verdict in (RiskVerdict.REFUSE, RiskVerdict.LOCK):
        tell_of_risk(context, user, facts, risk, reference)
        if risk.verdict is RiskVerdict.LOCK and asked.shown.device is not None:
            lock(context, user, risk, reference)
            forget(context, asked.shown.device, "risk")
        return asked.refuse(context, RISKY, RISKY.reason)
    exchanged = exchange(context, asked.shown)
    if exchanged is None:
        return asked.refuse(context, NOT_REMEMBERED, "device-ended")
    device, device_token = exchanged
    factor_at = vouches(device, risk)
    stage = stage_after_password(context, account, user, factor_proved_on_device=factor_at is not None)
    asked.record(context, "success", "remembered-device")
    tell_of_risk(context, user, facts, risk, reference)
    learn(context, facts, past_of(context, user.user_id))
    token, session = open_session(context, account, user, stage, device=asked.label, family=device.family)
    if factor_at is not None:
        note_factor(context, session, factor_at)
    warn_of_expiry(context, user)
    return ResumeSessionResponse(
        session_token=token,
        expires_at=session.expires_at,
        device_token=device_token,
        device_expires_at=device.expires_at,
        role=owner.membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
        second_factor_required=stage in (SessionStage.SECOND_FACTOR, SessionStage.FACTOR_ENROLMENT),
    )


def _owner(
    context: Context, request: ResumeSessionRequest, reference: str, risk: RiskAssessment | None
) -> _Owner | Refused:
    """Whose the device is, when its token is the newest and nothing is in the way; else a recorded refusal."""
    unit = context.unit
    shown = shown_by(unit, request.device_token)
    asked = _Asked(request=request, reference=reference, shown=shown, risk=risk)
    device = shown.device
    if device is None:
        return asked.refuse(context, NOT_REMEMBERED, "device-unknown")
    if shown.reused:
        report_reuse(context, device, reference)
        return asked.refuse(context, NOT_REMEMBERED, "device-reused")
    user = unit.users.get(device.home_account_id, device.user_id)
    account = unit.accounts.get(device.home_account_id)
    membership = unit.memberships.get(device.home_account_id, device.user_id)
    if user is None or account is None or not is_trusted(device, account, user, context.now):
        return asked.refuse(context, NOT_REMEMBERED, "device-ended")
    hindered = hindrance(account, user, membership, context.now)
    if hindered or membership is None:
        found = hindered or NOT_REMEMBERED
        return asked.refuse(context, found, found.reason)
    return _Owner(asked=asked, account=account, user=user, membership=membership)
