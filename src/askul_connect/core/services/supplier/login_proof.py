"""The proof of an ID and password, in stages (AUTH-1, AUTH-2, AUTH-6, AUTH-7).

1. A unit of work finds whom the ID names and counts the attempt as failed, before anything is verified.
2. One password is hashed, with no transaction open: the stored one, or a dummy where there is none to look at.
3. Who is right is assessed for risk, outside every unit where an assessor may have to wait; then a unit of work
   settles: the count is taken back, or a refusal recorded.

The first unit does not wait for the disk, and no answer leaves before the last one has: that takes the first along.
Whoever makes the machine lose power in between has learned nothing about the password either (ADR 0020).

Every refusal before the proof takes the same units, queries and hashes, whomever the ID names or does not name.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from askul_connect.core.domain.accounts import Account, LoginRecord, Membership, Role, User
from askul_connect.core.domain.devices import LoginEnvironment, RememberedDevice
from askul_connect.core.domain.events import LoginCause, LoginTurnedDown
from askul_connect.core.domain.identifiers import email_key, normalise_customer_number
from askul_connect.core.domain.login_attempts import AttemptCounter
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import (
    InternalError,
    LoginMismatch,
    LoginRefused,
    Problem,
    TooManyAttempts,
    ValueInvalid,
)
from askul_connect.core.policies import lockout
from askul_connect.core.policies.login_standing import Hindrance, hindrance
from askul_connect.core.policies.sessions import is_trusted
from askul_connect.core.ports.supplier_storage import SupplierUnitOfWork
from askul_connect.core.services.supplier.context import Context, Desk, House, Refused
from askul_connect.core.services.supplier.devices import forget, report_reuse, shown_by
from askul_connect.core.services.supplier.login_risk import (
    assess,
    facts_of,
    is_immediate,
    learn,
    past_of,
    refuses,
    tell_of_risk,
)
from askul_connect.core.services.supplier.notices import SECURITY_DESK, notify_person
from askul_connect.core.services.supplier.proving import password_matches
from askul_connect.core.services.supplier.records import add_login_record, audit

LOGIN_ID_LENGTH = 254
DEVICE_LENGTH = 100


@frozen(kw_only=True)
class Credentials:
    """What somebody typed, and the device it came from.

    Attributes:
        device: What the caller said of itself.
        device_token: Of a remembered device.
    """

    login_id: str
    password: Secret
    device: str = ""
    device_token: Secret | None = None


@frozen(kw_only=True)
class Person:
    """Whom an ID names."""

    account: Account
    user: User
    membership: Membership | None

    @property
    def role(self) -> Role:
        """What the person is in the account; whoever is let in has a membership."""
        if self.membership is None:
            raise InternalError("a person without a membership was let in")
        return self.membership.role


@frozen(kw_only=True)
class Reserved:
    """An attempt that is counted, or refused.

    Attributes:
        person: None for an ID that names nobody.
        trusted: The remembered device it came from, if that is the person's own and still good.
        counted_at: The instant it was counted at.
        subject: Which counter it stands on.
        allowed: Whether the password is looked at.
        begins: ``paused`` or ``locked`` when its failure begins that.
        alert: Whether, with its failure, many IDs have failed from its source.
        failures: How many failed in a row before it.
    """

    reference: str
    given: Credentials
    person: Person | None
    trusted: RememberedDevice | None
    counted_at: datetime
    subject: str
    source: str
    allowed: bool
    locked: bool
    retry_after: int | None
    begins: str
    alert: bool
    failures: int


@frozen(kw_only=True)
class Proof:
    """Somebody who proved the password, and may be let in.

    Attributes:
        person: As they were when the attempt began.
        new_hash: The password's hash by today's parameters; empty when the stored one is of today.
        assessed: The risk, and what it was assessed from; None when that is done as it is settled.
    """

    reserved: Reserved
    person: Person
    new_hash: str
    assessed: tuple[LoginFacts, RiskAssessment] | None


@frozen(kw_only=True)
class Admitted:
    """Somebody who is let in."""

    person: Person
    risk: RiskAssessment


def prove(desk: Desk, given: Credentials) -> Proof | Refused:
    """Who can be let in, or a refusal that is recorded."""
    reserved = desk.reserve(lambda context: _reserve(context, given))
    person = reserved.person
    # exactly one hash, whatever happened before: a refused attempt pays for a password that nobody has
    stored = person.user.password_hash if person and reserved.allowed else ""
    right = password_matches(desk.house, stored, given.login_id, given.password)
    if not reserved.allowed:
        return desk.unit(lambda context: _refuse_unseen(context, reserved))
    if person is None or not right:
        return desk.unit(lambda context: _refuse_mismatch(context, reserved))
    hindered = hindrance(person.account, person.user, person.membership, desk.house.clock.now())
    if hindered:
        return desk.unit(lambda context: _refuse_hindered(context, reserved, hindered))
    assessed = None
    if not is_immediate(desk.house):
        facts = desk.unit(
            lambda context: _facts(context, reserved, person.user, past_of(context, person.user.user_id))
        )
        assessed = facts, assess(desk.house, facts)
        if refuses(assessed[1]):
            return desk.unit(lambda context: _refuse_risky(context, reserved, person.user, *assessed))
    outdated = desk.house.hasher.outdated(person.user.password_hash)
    new_hash = desk.house.hasher.hash(given.password) if outdated else ""
    return Proof(reserved=reserved, person=person, new_hash=new_hash, assessed=assessed)


def settle(context: Context, proof: Proof) -> Admitted | Refused:
    """Let somebody in who proved the password: in the unit of work that does what the proof was for.

    The person is looked up again: what was changed or revoked while the password was hashed counts.
    """
    reserved = proof.reserved
    user = context.unit.users.get(proof.person.user.account_id, proof.person.user.user_id)
    account = context.unit.accounts.get(proof.person.account.account_id)
    if user is None or account is None or user.password_hash != proof.person.user.password_hash:
        return _refuse_mismatch(context, reserved)
    membership = context.unit.memberships.get(account.account_id, user.user_id)
    hindered = hindrance(account, user, membership, context.now)
    if hindered:
        return _refuse_hindered(context, reserved, hindered)
    known = past_of(context, user.user_id)
    if proof.assessed is not None:
        facts, risk = proof.assessed
    else:
        facts = _facts(context, reserved, user, known)
        risk = assess(context.house, facts)
        if refuses(risk):
            return _refuse_risky(context, reserved, user, facts, risk)
    take_back(context, reserved)
    _record(context, reserved, "success", "", risk=risk)
    tell_of_risk(context, user, facts, risk, reserved.reference)
    learn(context, facts, known)
    return Admitted(person=Person(account=account, user=user, membership=membership), risk=risk)


def _facts(context: Context, reserved: Reserved, user: User, known: Sequence[LoginEnvironment]) -> LoginFacts:
    return facts_of(
        context,
        (user.account_id, user.user_id),
        reserved.given.device,
        known,
        remembered=reserved.trusted is not None,
        failures=reserved.failures,
    )


# --- the first unit: whom, and whether at all -----------------------------------------------------------------


def _reserve(context: Context, given: Credentials) -> Reserved:
    """Find whom the ID names and count the attempt as failed; every ID takes the same queries."""
    unit, rules, now = context.unit, context.house.lockout, context.now
    reference = context.house.ids.digits("login-reference", 10)
    person = find_person(context, given.login_id)
    trusted = _trusted(context, given, person, reference)
    if trusted is not None:
        subject = f"device:{trusted.family}"
    else:
        subject = user_subject(person.user) if person else _unknown_subject(context.house, given.login_id)
    # a trusted device neither counts for its source nor is stopped by what others did there
    source = "" if trusted else lockout.source_of(context.call.address)
    known = unit.attempts.get(subject)
    attempt = lockout.reserve(rules, known, subject, now)
    allowed, waits, alert = attempt.allowed, [attempt.retry_after], False
    if source:
        digest = _digest(context.house, subject)
        from_there = lockout.reserve_source(rules, unit.sources.get(source), source, digest, now)
        allowed, alert = allowed and from_there.allowed, from_there.alert
        waits.append(from_there.retry_after)
        if allowed:
            unit.sources.put(from_there.counter)
        else:
            unit.sources.get(source)
    if allowed:
        unit.attempts.put(attempt.counter)
    else:
        # as many queries as for an attempt that is let through
        unit.attempts.get(subject)
    return Reserved(
        reference=reference,
        given=given,
        person=person,
        trusted=trusted,
        counted_at=now,
        subject=subject,
        source=source,
        allowed=allowed,
        locked=known is not None and known.locked_at is not None,
        retry_after=max((one for one in waits if one is not None), default=None),
        begins=attempt.begins if allowed else "",
        alert=alert and allowed,
        failures=known.failures if known else 0,
    )


def find_person(context: Context, login_id: str) -> Person | None:
    """The customer number names the account's primary administrator, an e-mail its user (AUTH-1).

    Three queries, whether or not there is anybody: an absent key is asked for by an empty one.
    """
    unit = context.unit
    try:
        number = normalise_customer_number(login_id)
    except ValueInvalid:
        user = unit.users.by_email_key(_address(login_id))
        account = unit.accounts.get(user.account_id if user else "")
        membership = unit.memberships.get(user.account_id if user else "", user.user_id if user else "")
    else:
        account = unit.accounts.by_customer_number(number)
        if account is not None and account.merged_into:
            membership = _former_administrator(unit, account)
        else:
            membership = unit.memberships.primary_administrator(account.account_id if account else "")
        home, user_id = (membership.home_account_id, membership.user_id) if membership else ("", "")
        user = unit.users.get(home, user_id)
    if account is None or user is None:
        return None
    return Person(account=account, user=user, membership=membership)


def _former_administrator(unit: SupplierUnitOfWork, account: Account) -> Membership | None:
    """Whom the customer number of an account that was taken over logged in; one query."""
    members = unit.memberships.of_account(account.account_id)
    return next((one for one in members if one.primary_administrator), None)


def _address(login_id: str) -> str:
    try:
        return email_key(login_id)
    except ValueInvalid:
        return ""


def _trusted(
    context: Context, given: Credentials, person: Person | None, reference: str
) -> RememberedDevice | None:
    if given.device_token is None:
        return None
    shown = shown_by(context.unit, given.device_token)
    if shown.device is None:
        return None
    if shown.reused:
        report_reuse(context, shown.device, reference)
        return None
    good = person is not None and is_trusted(shown.device, person.account, person.user, context.now)
    return shown.device if good else None


def user_subject(user: User) -> str:
    """The counter of a person from untrusted devices, however the ID is spelt."""
    return f"user:{user.user_id}"


def _unknown_subject(house: House, login_id: str) -> str:
    """The counter of an ID that nobody has: by a keyed digest, since people type other secrets there by mistake."""
    try:
        spelt = normalise_customer_number(login_id)
    except ValueInvalid:
        spelt = _address(login_id) or "".join(unicodedata.normalize("NFKC", login_id).casefold().split())
    return f"id:{_digest(house, spelt)}"


def _digest(house: House, text: str) -> str:
    key = house.seal_key.reveal().encode()
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


# --- the last unit: refusals ----------------------------------------------------------------------------------


def _refuse_unseen(context: Context, reserved: Reserved) -> Refused:
    """The answer of a pause, a lock and a busy source, whatever was typed."""
    reason = "locked" if reserved.locked else "too-many-attempts"
    detail = (
        "too many attempts failed: it is locked until it is unlocked"
        if reserved.locked
        else "too many attempts failed: none is looked at for the moment"
    )
    _record(context, reserved, TooManyAttempts.code, reason)
    _tell_of_failures(context, reserved)
    problem = Problem(code=reason, detail=detail, remedy=TooManyAttempts.remedy.en)
    return Refused(
        TooManyAttempts(
            detail, reference=reserved.reference, retry_after=reserved.retry_after, problems=(problem,)
        )
    )


def _refuse_mismatch(context: Context, reserved: Reserved) -> Refused:
    _record(context, reserved, LoginMismatch.code, "mismatch")
    _tell_of_failures(context, reserved)
    return Refused(LoginMismatch("the login data do not match", reference=reserved.reference))


def _refuse_hindered(context: Context, reserved: Reserved, hindered: Hindrance) -> Refused:
    """The password was right, so it is no failure, and the reason may be told."""
    take_back(context, reserved)
    _record(context, reserved, LoginRefused.code, hindered.reason)
    return Refused(refusal(hindered, reserved.reference))


def refusal(hindered: Hindrance, reference: str) -> LoginRefused:
    """The error for somebody whose login is hindered."""
    problem = Problem(code=hindered.reason, detail=hindered.detail, remedy=hindered.remedy)
    return LoginRefused(hindered.detail, reference=reference, problems=(problem,))


RISKY = Hindrance(
    reason="risk-refused",
    detail="the login looks unusual and was refused",
    remedy="Log in from a device and network you have used before, or contact support.",
)


def _refuse_risky(
    context: Context, reserved: Reserved, user: User, facts: LoginFacts, risk: RiskAssessment
) -> Refused:
    """The password was right and the circumstances are not; the count of failures stays as it is."""
    _record(context, reserved, LoginRefused.code, RISKY.reason, risk=risk)
    tell_of_risk(context, user, facts, risk, reserved.reference)
    if risk.verdict is RiskVerdict.LOCK:
        lock(context, user, risk, reserved.reference)
        if reserved.trusted is not None:
            forget(context, reserved.trusted, "risk")
    return Refused(refusal(RISKY, reserved.reference))


def lock(context: Context, user: User, risk: RiskAssessment, reference: str) -> None:
    """Lock a person for untrusted devices until the administrator or support unlocks (AUTH-7, AUTH-9)."""
    subject = user_subject(user)
    known = context.unit.attempts.get(subject)
    counter = known or AttemptCounter(subject=subject, failures=0, last_at=context.now)
    context.unit.attempts.put(lockout.locked(counter, context.now))
    detail = {"risk": ", ".join(risk.reasons)}
    audit(
        context,
        "user-locked",
        user.user_id,
        account_id=user.account_id,
        actor="",
        reference=reference,
        detail=detail,
    )


# --- what both have -------------------------------------------------------------------------------------------


def take_back(context: Context, reserved: Reserved) -> None:
    """A success: nothing counts against the subject, and this attempt not against its source."""
    context.unit.attempts.put(lockout.cleared(reserved.subject, reserved.counted_at))
    if reserved.source:
        found = context.unit.sources.get(reserved.source)
        if found is not None:
            digest = _digest(context.house, reserved.subject)
            context.unit.sources.put(lockout.without_source(found, digest, reserved.counted_at))


def _record(
    context: Context, reserved: Reserved, result: str, reason: str, *, risk: RiskAssessment | None = None
) -> None:
    person = reserved.person
    add_login_record(
        context.unit,
        context.house,
        LoginRecord(
            reference=reserved.reference,
            at=context.now,
            login_id=as_kept(reserved.given.login_id),
            account_id=person.account.account_id if person else "",
            user_id=person.user.user_id if person else "",
            result=result,
            reason=reason,
            address=context.call.address,
            device=reserved.given.device,
            risk=", ".join(risk.reasons) if risk else "",
        ),
    )
    if reason:
        turned_down(context, reason)


def turned_down(context: Context, reason: str) -> None:
    """Tell what counts events that somebody was not let in (SRV-5)."""
    context.happened.append(LoginTurnedDown(cause=LoginCause(reason.replace("-", "_"))))


def as_kept(login_id: str) -> str:
    """What was typed, as every database can keep it: JSON can carry halves of characters and zeros."""
    composed = unicodedata.normalize("NFC", login_id)[:LOGIN_ID_LENGTH]
    return composed.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _tell_of_failures(context: Context, reserved: Reserved) -> None:
    """Tell the owner once, when a pause or lock begins, and the supplier when many IDs fail from one source."""
    kind = "login-locked" if reserved.begins == "locked" else "login-paused"
    key = reserved.reference
    if reserved.begins and reserved.person is not None:
        facts = {"address": context.call.address, "device": reserved.given.device, "reference": key}
        notify_person(context, kind, key, reserved.person.user.email, facts)
    else:
        # as many queries as for somebody who is told
        context.unit.outbox.find(kind, key)
    if reserved.trusted is not None and reserved.begins == "locked":
        # a device that fails so often is in other hands
        forget(context, reserved.trusted, "failures")
    if reserved.alert:
        detail = {"source": reserved.source, "ids": context.house.lockout.watched_subjects}
        audit(
            context,
            "many-logins-failed",
            reserved.source,
            account_id="",
            actor="",
            reference=key,
            detail=detail,
        )
        notify_person(
            context,
            "many-logins-failed",
            key,
            SECURITY_DESK,
            {name: str(one) for name, one in detail.items()} | {"reference": key},
        )
