"""Passkeys: enrolment, and the answer to a challenge (AUTH-8, WebAuthn)."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from attrs import evolve, frozen

from askul_connect.core.domain.accounts import User
from askul_connect.core.domain.factors import Challenge, ChallengePurpose, Factor, FactorKind
from askul_connect.core.domain.secrets import Secret
from askul_connect.core.errors import FactorRejected
from askul_connect.core.messages.factors import (
    ConfirmPasskeyRequest,
    ConfirmPasskeyResponse,
    EnrolPasskeyRequest,
    EnrolPasskeyResponse,
)
from askul_connect.core.policies.factors import CHALLENGE_LIFE, counter_went_back, proves
from askul_connect.core.services.supplier import factors, recovery_codes
from askul_connect.core.services.supplier.context import Context, Desk, Refused
from askul_connect.core.services.supplier.factor_proofs import (
    count_failure,
    prove_again,
    refused,
    session_of,
)

NO_ANSWER = "the passkey's answer does not match or was used before"
_COPIED = "its counter went back: there is a copy of it"


def passkeys_of(context: Context, user: User) -> Sequence[Factor]:
    """The passkeys of a person that prove something."""
    return [one for one in proves(factors.factors_of(context, user)) if one.kind is FactorKind.PASSKEY]


# --- enrolment


def enrol_passkey(desk: Desk, request: EnrolPasskeyRequest) -> EnrolPasskeyResponse | Refused:
    """What the browser makes a passkey from.

    Raises:
        ProofRequired: The password has to come with the call.
        ValueInvalid: The label, or there are as many passkeys as there can be.
    """
    wrong = prove_again(desk, request.current_password)
    return wrong if wrong is not None else desk.unit(lambda context: _enrol(context, request))


def _enrol(context: Context, request: EnrolPasskeyRequest) -> EnrolPasskeyResponse:
    user, factor = factors.begin(context, FactorKind.PASSKEY, request.label)
    challenge = give_challenge(
        context, ChallengePurpose.ENROLMENT, user=user, session_id=session_of(context).session_id
    )
    options = context.house.passkeys.creation_options(
        context.house.relying_party,
        challenge=challenge.reveal(),
        user_id=user.user_id,
        name=user.email,
        display=user.name,
        known=[one.credential_id for one in passkeys_of(context, user)],
    )
    context.unit.factors.add(factor)
    return EnrolPasskeyResponse(
        factor_id=factor.factor_id, options=options, expires_at=context.now + CHALLENGE_LIFE
    )


def confirm_passkey(desk: Desk, request: ConfirmPasskeyRequest) -> ConfirmPasskeyResponse | Refused:
    """The passkey counts from now on.

    Raises:
        NotFound: There is no passkey to be confirmed under that id.
        FactorRejected: The answer is not what was asked for.
    """

    def due(context: Context) -> bool:
        user, _ = factors.pending(context, request.factor_id, FactorKind.PASSKEY)
        return factors.codes_due(context, user)

    codes = recovery_codes.make_codes(desk.house) if desk.unit(due) else recovery_codes.NewCodes()
    return desk.unit(lambda context: _confirm(context, request, codes))


def _confirm(
    context: Context, request: ConfirmPasskeyRequest, codes: recovery_codes.NewCodes
) -> ConfirmPasskeyResponse | Refused:
    user, factor = factors.pending(context, request.factor_id, FactorKind.PASSKEY)
    made = _made(context, user, factor, request.credential)
    if made is None:
        count_failure(context, session_of(context))
        return refused(context, user, FactorRejected(NO_ANSWER), "passkey-enrolment")
    token = factors.confirm(context, user, made, codes, end_other_sessions=request.end_other_sessions)
    return ConfirmPasskeyResponse(confirmed_at=context.now, recovery_codes=codes.shown, session_token=token)


def _made(context: Context, user: User, factor: Factor, answer: str) -> Factor | None:
    """The factor with the passkey that was made; None when the answer is not accepted."""
    house = context.house
    try:
        presented = house.passkeys.presented(answer)
        challenge = take_challenge(context, ChallengePurpose.ENROLMENT, presented.challenge)
        if challenge is None or challenge.session_id != session_of(context).session_id:
            return None
        if challenge.user_id != user.user_id:
            return None
        found = house.passkeys.made(house.relying_party, presented.challenge, answer)
    except FactorRejected:
        return None
    if context.unit.factors.by_credential(found.credential_id) is not None:
        return None
    return evolve(
        factor,
        credential_id=found.credential_id,
        public_key=found.public_key,
        sign_count=found.sign_count,
    )


# --- challenges


def give_challenge(
    context: Context,
    purpose: ChallengePurpose,
    *,
    user: User | None,
    session_id: str = "",
    login_id: str = "",
) -> Secret:
    """A new challenge, base64url of 256 random bits; only its hash is stored."""
    drawn = context.house.ids.token("challenge").reveal().encode()
    text = Secret(urlsafe_b64encode(hashlib.sha256(drawn).digest()).rstrip(b"=").decode())
    context.unit.challenges.forget_expired(context.now)
    context.unit.challenges.add(
        Challenge(
            challenge_hash=text.fingerprint(),
            purpose=purpose,
            user_id=user.user_id if user else "",
            home_account_id=user.account_id if user else "",
            session_id=session_id,
            login_id=login_id,
            created_at=context.now,
            expires_at=context.now + CHALLENGE_LIFE,
        )
    )
    return text


def take_challenge(context: Context, purpose: ChallengePurpose, text: str) -> Challenge | None:
    """The challenge of that text, which nobody can answer again; None when there is none or it is too old."""
    found = context.unit.challenges.take(Secret(text).fingerprint())
    if found is None or found.purpose is not purpose or context.now >= found.expires_at:
        return None
    return found


# --- answers


@frozen(kw_only=True)
class Answered:
    """What came of an answer.

    Attributes:
        challenge: The one that was answered, None for none of ours.
        factor: The passkey that answered; None when it is not accepted.
    """

    challenge: Challenge | None = None
    factor: Factor | None = None


def answer_of(context: Context, answer: str, purpose: ChallengePurpose, session_id: str) -> Answered:
    """Check an answer; the challenge is used up whatever comes of it, and a copied passkey is suspended.

    Args:
        context: The call.
        answer: What the browser gave.
        purpose: What the challenge has to have been given for.
        session_id: The session it has to have been given to; empty before a login.
    """
    try:
        presented = context.house.passkeys.presented(answer)
    except FactorRejected:
        return Answered()
    challenge = take_challenge(context, purpose, presented.challenge)
    if challenge is None or challenge.session_id != session_id:
        return Answered(challenge=challenge)
    user = context.unit.users.get(challenge.home_account_id, challenge.user_id)
    if user is None or presented.user_handle not in ("", user.user_id):
        return Answered(challenge=challenge)
    own = (one for one in passkeys_of(context, user) if one.credential_id == presented.credential_id)
    factor = next(own, None)
    return Answered(
        challenge=challenge,
        factor=_used(context, user, factor, presented.challenge, answer) if factor else None,
    )


def _used(context: Context, user: User, factor: Factor, challenge: str, answer: str) -> Factor | None:
    """The passkey as it is after its answer; None when that is not signed by it, or there is a copy of it."""
    house = context.house
    try:
        count = house.passkeys.signed(house.relying_party, challenge, answer, factor.public_key)
    except FactorRejected:
        return None
    if counter_went_back(factor.sign_count, count):
        factors.suspend(context, user, factor, _COPIED)
        return None
    used = evolve(factor, sign_count=count, last_used_at=context.now)
    context.unit.factors.save(used)
    return used
