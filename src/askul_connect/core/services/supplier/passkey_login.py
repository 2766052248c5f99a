"""Logging in by a passkey alone (AUTH-8): it holds something the person has and proves who uses it."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode

from attrs import frozen

from askul_connect.core.domain.accounts import SessionStage, User
from askul_connect.core.domain.factors import ChallengePurpose, FactorKind
from askul_connect.core.domain.identifiers import email_key, normalise_customer_number
from askul_connect.core.domain.login_risk import LoginFacts, RiskAssessment, RiskVerdict
from askul_connect.core.errors import LoginMismatch, ValueInvalid
from askul_connect.core.messages.factors import (
    LoginWithPasskeyRequest,
    LoginWithPasskeyResponse,
    StartPasskeyLoginRequest,
    StartPasskeyLoginResponse,
)
from askul_connect.core.policies.factors import CHALLENGE_LIFE, MOST_OF_A_KIND, proves
from askul_connect.core.policies.login_standing import account_hindrance, person_hindrance
from askul_connect.core.services.supplier import passkeys
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    note_factor,
    note_identity,
    refused,
    succeeded,
)
from askul_connect.core.services.supplier.login import check_device
from askul_connect.core.services.supplier.login_proof import RISKY, as_kept, find_person, lock, refusal
from askul_connect.core.services.supplier.login_risk import (
    assess,
    facts_of,
    learn,
    past_of,
    refuses,
    tell_of_risk,
)
from askul_connect.core.services.supplier.sessions import open_session

#: Lengths of the ids that authenticators make; an ID's decoys keep theirs.
_LENGTHS = (16, 20, 32, 32, 48, 64)


def start_passkey_login(context: Context, request: StartPasskeyLoginRequest) -> StartPasskeyLoginResponse:
    """A challenge for whatever ID was typed.

    The list of passkeys has one length for everybody: it is filled up with decoys that stay the same for an ID, so
    that it tells neither whether the ID is known nor how many passkeys there are (AUTH-2).
    """
    user = _whom(context, request.login_id)
    typed = as_kept(request.login_id)
    challenge = passkeys.give_challenge(context, ChallengePurpose.LOGIN, user=user, login_id=typed)
    known = context.unit.factors.of_user(*((user.account_id, user.user_id) if user else ("", "")))
    real = [one.credential_id for one in proves(known) if one.kind is FactorKind.PASSKEY]
    decoys = _decoys(context, request.login_id)
    shown = sorted([*real, *decoys[len(real) :]])
    options = context.house.passkeys.request_options(
        context.house.relying_party, challenge=challenge.reveal(), allowed=shown
    )
    return StartPasskeyLoginResponse(options=options, expires_at=context.now + CHALLENGE_LIFE)


def _whom(context: Context, login_id: str) -> User | None:
    """The person an ID names, who is one of the account at present; nobody takes as many queries."""
    found = find_person(context, login_id)
    if found is None or person_hindrance(found.user, found.membership):
        return None
    return found.user


def _decoys(context: Context, login_id: str) -> list[str]:
    """As many ids of no passkey as there can be passkeys of a person, the same for the same ID."""
    key = context.house.seal_key.reveal().encode()
    made = []
    for number in range(MOST_OF_A_KIND[FactorKind.PASSKEY]):
        name = f"passkey-decoy:{number}:{_canonical(login_id)}".encode("utf-8", "surrogatepass")
        digest = hmac.new(key, name, hashlib.sha512).digest()
        # the last byte chooses the length and is part of the longest only
        made.append(urlsafe_b64encode(digest[: _LENGTHS[digest[-1] % len(_LENGTHS)]]).rstrip(b"=").decode())
    return made


def _canonical(login_id: str) -> str:
    for read in (normalise_customer_number, email_key):
        try:
            return read(login_id)
        except ValueInvalid:
            continue
    return login_id


@frozen(kw_only=True)
class _Proved:
    """Somebody whose passkey answered, and who may be let in.

    Attributes:
        typed: The ID that the challenge was asked for with.
        facts: What the assessment is made from.
    """

    user: User
    credential_id: str
    typed: str
    device: str
    facts: LoginFacts


def login_with_passkey(desk: Desk, request: LoginWithPasskeyRequest) -> LoginWithPasskeyResponse | Refused:
    """A session for the answer of a passkey, assessed like every other login (AUTH-9).

    Raises:
        ValueInvalid: The device's name is too long.
        LoginMismatch: The answer is not accepted; says nothing of the ID.
        LoginRefused: It is, but the account cannot be used at present, or the login is too unusual.
    """
    check_device(request.device)
    proved = desk.unit(lambda context: _prove(context, request))
    if isinstance(proved, Refused):
        return proved
    risk = assess(desk.house, proved.facts)
    return desk.unit(lambda context: _let_in(context, proved, risk))


def _prove(context: Context, request: LoginWithPasskeyRequest) -> _Proved | Refused:
    answered = passkeys.answer_of(context, request.passkey, ChallengePurpose.LOGIN, "")
    challenge = answered.challenge
    typed = challenge.login_id if challenge else ""
    user = context.unit.users.get(challenge.home_account_id, challenge.user_id) if challenge else None
    account = context.unit.accounts.get(user.account_id) if user else None
    membership = context.unit.memberships.get(user.account_id, user.user_id) if user else None
    if (
        answered.factor is None
        or user is None
        or account is None
        or membership is None
        or person_hindrance(user, membership)
    ):
        return _mismatch(context, user, typed, request.device)
    hindered = account_hindrance(account)
    if hindered:
        error = refusal(hindered, "")
        return refused(context, user, error, hindered.reason, typed, device=request.device)
    return _Proved(
        user=user,
        credential_id=answered.factor.credential_id,
        typed=typed,
        device=request.device,
        facts=facts_of(
            context, (user.account_id, user.user_id), request.device, past_of(context, user.user_id)
        ),
    )


def _mismatch(context: Context, user: User | None, typed: str, device: str) -> Refused:
    return refused(
        context, user, LoginMismatch("the login data do not match"), "passkey", typed, device=device
    )


def _let_in(context: Context, proved: _Proved, risk: RiskAssessment) -> LoginWithPasskeyResponse | Refused:
    """Let in whoever is still who answered: what was changed or taken away in between counts."""
    unit = context.unit
    user = unit.users.get(proved.user.account_id, proved.user.user_id)
    account = unit.accounts.get(proved.user.account_id)
    membership = unit.memberships.get(proved.user.account_id, proved.user.user_id)
    if user is None or account is None or membership is None:
        return _mismatch(context, user, proved.typed, proved.device)
    if person_hindrance(user, membership) or account_hindrance(account):
        return _mismatch(context, user, proved.typed, proved.device)
    if all(one.credential_id != proved.credential_id for one in passkeys.passkeys_of(context, user)):
        return _mismatch(context, user, proved.typed, proved.device)
    if refuses(risk):
        return _refuse_risky(context, user, proved, risk)
    reference = succeeded(context, user, "passkey", proved.typed, device=proved.device, risk=risk)
    tell_of_risk(context, user, proved.facts, risk, reference)
    learn(context, proved.facts, past_of(context, user.user_id))
    # a second factor that the assessment asks for is proved: a passkey is both at once
    stage = SessionStage.PASSWORD_CHANGE if user.password_compromised else SessionStage.FULL
    token, session = open_session(context, account, user, stage, device=proved.device, family="")
    note_identity(context, session)
    note_factor(context, session)
    return LoginWithPasskeyResponse(
        session_token=token,
        expires_at=session.expires_at,
        role=membership.role,
        account_name=account.name,
        user_name=user.name,
        password_change_required=stage is SessionStage.PASSWORD_CHANGE,
    )


def _refuse_risky(context: Context, user: User, proved: _Proved, risk: RiskAssessment) -> Refused:
    error = refusal(RISKY, "")
    made = refused(context, user, error, RISKY.reason, proved.typed, device=proved.device, risk=risk)
    tell_of_risk(context, user, proved.facts, risk, error.reference)
    if risk.verdict is RiskVerdict.LOCK:
        lock(context, user, risk, error.reference)
    return made
